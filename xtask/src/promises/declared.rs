//! What the three sites promise, and what keeps each promise: the facts of `generator/tests/facts`.

use std::collections::BTreeSet;
use std::sync::Arc;

use registry::yaml::{self, Node, Value};

/// The folder of the facts, one file a site.
pub(crate) const FACTS: &str = "generator/tests/facts";

/// The sites: the name of the file, which begins the ids, and the name of the company.
pub(crate) const SITES: [(&str, &str); 3] = [("cresco", "CRESCO System"), ("qualify-crm", "Qualify CRM"), ("cluently", "Cluently")];

/// What keeps a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keeper {
    /// It is a statement, and all that is claimed is that the site's pages say it.
    Page,
    /// The build, which fails where the site and what is declared differ.
    Check,
    /// What runs in the visitor's browser, and the headers that it goes by.
    Browser,
    /// The functions, as they answer.
    Function,
    /// The functions' jobs, in time.
    Job,
    /// The company itself: nothing here can prove it.
    Organisation,
}

impl Keeper {
    const ALL: [Self; 6] = [Self::Page, Self::Check, Self::Browser, Self::Function, Self::Job, Self::Organisation];

    /// The word for it in the facts.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Check => "check",
            Self::Browser => "browser",
            Self::Function => "function",
            Self::Job => "job",
            Self::Organisation => "organisation",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|keeper| keeper.name() == name)
    }

    /// The folders whose tests can prove that it keeps something; none where no test can.
    pub(crate) fn folders(self) -> &'static [&'static str] {
        match self {
            Self::Page => &["generator/"],
            Self::Check => &["registry/", "generator/"],
            Self::Browser => &["e2e/"],
            Self::Function | Self::Job => &["functions/"],
            Self::Organisation => &[],
        }
    }
}

/// A promise of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Promise {
    /// Such as `cresco/no-passwords`. It stays for good, whatever becomes of the words.
    pub(crate) id: String,
    /// What is promised, in short.
    pub(crate) words: String,
    /// At least one.
    pub(crate) kept: Vec<Keeper>,
}

/// The promises of a site, in their order, and what is wrong with them.
pub(crate) fn read(site: &str, text: &str) -> (Vec<Promise>, Vec<String>) {
    let file: Arc<str> = format!("{FACTS}/{site}.yaml").into();
    let parsed = yaml::parse(&file, text, 0);
    let mut faults: Vec<String> = parsed.diagnostics.iter().map(|diagnostic| format!("{file}: {}", diagnostic.message)).collect();
    let mut promises = Vec::new();
    let mut known = BTreeSet::new();
    for node in parsed.value.as_ref().and_then(Node::as_list).unwrap_or_default() {
        match promise(site, node) {
            Ok(promise) if known.insert(promise.id.clone()) => promises.push(promise),
            Ok(promise) => faults.push(format!("{file}: `{}` stands twice", promise.id)),
            Err(fault) => faults.push(format!("{file}: {fault}")),
        }
    }
    (promises, faults)
}

fn promise(site: &str, node: &Node) -> Result<Promise, String> {
    let field = |name: &str| node.as_map()?.iter().find(|entry| entry.key == name).map(|entry| &entry.value);
    let words = field("fact").and_then(Node::as_text).ok_or("a fact has no `fact`, which says what it is")?;
    let id = field("id").and_then(Node::as_text).ok_or_else(|| format!("`{words}` has no `id`"))?;
    if !is_kebab(id) {
        return Err(format!("`{id}` is no id: small letters, digits and single dashes make one"));
    }
    let kept = field("kept").ok_or_else(|| format!("nothing says what keeps `{id}`: give it `kept:`"))?;
    let names = match &kept.value {
        Value::List(items) => items.iter().map(|item| item.as_text().unwrap_or_default()).collect(),
        Value::Scalar(_) | Value::Map(_) => vec![kept.as_text().unwrap_or_default()],
    };
    let known = Keeper::ALL.map(Keeper::name).join(", ");
    let kept: Result<Vec<_>, _> = names
        .iter()
        .map(|name| Keeper::named(name).ok_or_else(|| format!("`{id}` is kept by `{name}`, which is none of {known}")))
        .collect();
    match kept? {
        kept if kept.is_empty() => Err(format!("nothing says what keeps `{id}`: give it `kept:`")),
        kept => Ok(Promise { id: format!("{site}/{id}"), words: words.to_owned(), kept }),
    }
}

fn is_kebab(id: &str) -> bool {
    id.split('-').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}
