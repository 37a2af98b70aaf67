//! A site on the bench: what is declared there goes in, everything that derives from it comes out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use plainsite::build::{Builder, Changes};
use plainsite::document::{front_matter, version};
use plainsite::render::headers;
use plainsite::site::Drafts;
use plainsite::source::{Disk, Memory, Source};
use registry::derive::{consent, egress, retention, schema};
use registry::model::{FILE, FORMS, Registry};
use registry::yaml;
use serde_json::{Map, Value};

use crate::expected::Place;

/// The day of the builds.
const TODAY: jiff::civil::Date = jiff::civil::date(2026, 6, 1);

/// The rules of the reader: what breaks one of them is no registry, and shows nothing about a declaration.
const READING: [&str; 7] =
    ["duplicate-key", "invalid-yaml", "recipient-unknown", "unknown-catalogue-entry", "unknown-key", "unknown-name", "wrong-type"];

/// A site: its files, and what they declare as one tree, the forms below `forms`.
pub(crate) struct Site {
    files: Memory,
    pub(crate) declared: Value,
    /// The same, read.
    pub(crate) registry: Registry,
}

impl Site {
    /// Reads a site of this repository.
    pub(crate) fn read(folder: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
        let mut files = Memory::default();
        for path in Disk::new(&root).list().files {
            // Of a published policy, every change has to be published: that is not what is judged here.
            if !path.starts_with(version::FOLDER) {
                let bytes = fs::read(root.join(&*path)).unwrap();
                files.save(&path, if path.ends_with(".md") { bare(&String::from_utf8(bytes).unwrap()).into() } else { bytes });
            }
        }
        let tree = |path: &Arc<str>| {
            let text = String::from_utf8(files.read(path).unwrap()).unwrap();
            yaml::parse(path, &text, 0).value.unwrap().to_json()
        };
        let mut declared = tree(&Arc::from(FILE));
        let forms: Map<String, Value> = files.0.keys().filter_map(|path| Some((name(path)?.to_owned(), tree(path)))).collect();
        declared["forms"] = Value::Object(forms);
        let registry = Builder::new(Drafts::Left, TODAY).build(&files, Changes::Everything).declared.registry.clone();
        Self { files, declared, registry }
    }
}

/// A page without its own prose: front matter, headings, and the parts that derive. Prose is the same whatever is declared, and
/// reading it anew for each mutation would take most of the time.
fn bare(page: &str) -> String {
    let (_, body) = front_matter::split(page);
    let kept = page[body..].lines().filter(|line| line.starts_with('#') || line.starts_with("{{"));
    kept.fold(page[..body].to_owned(), |text, line| text + line + "\n\n")
}

/// The name of the form in a file.
fn name(path: &str) -> Option<&str> {
    path.strip_prefix(FORMS)?.strip_suffix(".yaml")
}

/// A builder that sees one registry after the other.
pub(crate) struct Bench {
    builder: Builder,
    files: Memory,
    /// The files that declare.
    declaring: Vec<String>,
}

/// What derives from a registry.
pub(crate) struct Seen {
    places: BTreeMap<Place, String>,
    /// The rules that are broken, each with how often.
    broken: BTreeMap<&'static str, usize>,
    /// Whether nothing keeps the site from being published.
    whole: bool,
}

impl Bench {
    pub(crate) fn new(site: &Site) -> Self {
        let forms = site.files.0.keys().filter(|path| name(path).is_some()).map(ToString::to_string);
        let declaring = [FILE.to_owned()].into_iter().chain(forms).collect();
        let mut bench = Self { builder: Builder::new(Drafts::Left, TODAY), files: site.files.clone(), declaring };
        bench.builder.build(&bench.files, Changes::Everything);
        bench
    }

    /// What derives from a registry; none where the reader refuses it.
    pub(crate) fn see(&mut self, declared: &Value) -> Option<Seen> {
        let mut privacy = declared.clone();
        let forms = privacy.as_object_mut()?.remove("forms");
        self.files.save(FILE, privacy.to_string());
        for path in &self.declaring[1..] {
            let form = forms.as_ref().and_then(|forms| forms.get(name(path)?));
            self.files.save(path, form.map(Value::to_string).unwrap_or_default());
        }
        let build = self.builder.build(&self.files, Changes::Paths(&self.declaring));
        let mut broken = BTreeMap::new();
        for diagnostic in &build.diagnostics {
            *broken.entry(diagnostic.rule.name).or_default() += 1;
        }
        if READING.iter().any(|rule| broken.contains_key(rule)) {
            return None;
        }
        let registry = &build.declared.registry;
        let schemas: Vec<Value> = registry.forms.iter().map(schema::json_schema).collect();
        let mut places = BTreeMap::from([
            (Place::Contract, build.contract().to_json()),
            (Place::Headers, format!("{:?}", headers::rules(registry, build.site.config.base_url.as_deref(), build.site.portals()))),
            (Place::Job, format!("{:?}", retention::rules(registry))),
            (Place::Egress, format!("{:?}", egress::hosts(registry))),
            (Place::Consent, format!("{:?}", consent::model(registry))),
            (Place::Schema, format!("{schemas:?}")),
        ]);
        for page in &build.site.pages {
            let shown = build.output.as_ref().and_then(|output| output.get(&page.out)).and_then(|page| page.bytes());
            let place = if build.site.language(page.language) == "en" { Place::English } else { Place::French };
            places.entry(place).or_default().push_str(&without_script(&String::from_utf8_lossy(&shown.unwrap_or_default())));
        }
        Some(Seen { places, broken, whole: build.output.is_some() })
    }
}

/// A page without the name of its consent script, which changes with what is asked in any language: `Place::Consent` holds that.
fn without_script(html: &str) -> String {
    let Some((before, rest)) = html.split_once("/assets/consent.") else { return html.to_owned() };
    format!("{before}{}", &rest[rest.find(".js").unwrap_or(0)..])
}

impl Seen {
    /// Whether nothing keeps the site from being published.
    pub(crate) fn is_whole(&self) -> bool {
        self.whole
    }

    /// The checks that fail more often than at the site as it is.
    pub(crate) fn fails_beyond(&self, base: &Self) -> bool {
        self.broken.iter().any(|(rule, times)| base.broken.get(rule).is_none_or(|before| before < times))
    }

    /// The places that are other ones than at the site as it is.
    pub(crate) fn changed_from(&self, base: &Self) -> BTreeSet<Place> {
        base.places.iter().filter(|(place, text)| self.places.get(place) != Some(*text)).map(|(place, _)| *place).collect()
    }
}
