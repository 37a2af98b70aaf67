//! The check `promise-not-shown`: see its doc in `rules/promise-not-shown.md`.

use std::collections::BTreeMap;

use registry::derive::policy::Promise;
use registry::diagnostic::{Diagnostic, Rule, Severity, Silence};
use registry::model::Places;

use crate::html::scan::{Token, decode, tokens};

/// The policy pages of a language leave out a part that the registry demands.
pub static PROMISE_NOT_SHOWN: Rule = Rule {
    name: "promise-not-shown",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/promise-not-shown.md"),
};

/// The most missing texts that a diagnostic names.
const NAMED: usize = 3;

/// Judges the policy pages of a language, given as HTML, by all that they must show together.
pub fn check(language: &str, pages: &[String], promises: &[Promise], places: &Places) -> Vec<Diagnostic> {
    let shown: String = pages.iter().map(|page| readable(page) + " ").collect();
    let mut missing: BTreeMap<&str, Vec<&Promise>> = BTreeMap::new();
    for promise in promises.iter().filter(|promise| !shown.contains(&plain(&promise.text))) {
        missing.entry(promise.part).or_default().push(promise);
    }
    missing.into_iter().map(|(part, missing)| diagnostic(language, part, &missing, places)).collect()
}

fn diagnostic(language: &str, part: &str, missing: &[&Promise], places: &Places) -> Diagnostic {
    let named: Vec<String> = missing.iter().take(NAMED).map(|promise| format!("`{}`", promise.text)).collect();
    let more = match missing.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    let message = format!("no policy page in `{language}` shows {}{more}", named.join(", "));
    let first = missing.first().map_or("", |promise| &promise.path);
    places
        .point(Diagnostic::new(&PROMISE_NOT_SHOWN, message), first)
        .why("what is declared must be readable in the policy, in every language of the site")
        .help(format!("put `{{{{ {part}() }}}}` into a page whose front matter says `policy: privacy`"))
}

/// The text of a page that people can read: lower case, each run of white space one space.
fn readable(html: &str) -> String {
    let mut text = String::with_capacity(html.len() / 2);
    for token in tokens(html) {
        match token {
            Token::Text(part) => text.push_str(&decode(part)),
            _ => text.push(' '),
        }
    }
    plain(&text)
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn promise(part: &'static str, text: &str) -> Promise {
        Promise { part, path: String::new(), text: text.to_owned() }
    }

    fn messages(page: &str, promises: &[Promise]) -> Vec<String> {
        check("en", &[page.to_owned()], promises, &Places::default()).into_iter().map(|d| d.message).collect()
    }

    #[test]
    fn what_stands_in_the_page_is_shown_whatever_its_spaces_and_capitals() {
        let page = "<p>Kept for 2&nbsp;years by <b>Notion</b> &amp; co</p><script>3 years</script>";
        let promises = [promise("retention", "2 years"), promise("recipients", "notion"), promise("recipients", "& co")];
        assert_eq!(messages(page, &promises), [""; 0]);
        assert_eq!(messages(page, &[promise("retention", "3 years")]), ["no policy page in `en` shows `3 years`"]);
    }

    #[test]
    fn what_is_missing_is_told_once_a_part() {
        let promises = ["a1", "b2", "c3", "d4"].map(|text| promise("recipients", text));
        assert_eq!(messages("<p>x</p>", &promises), ["no policy page in `en` shows `a1`, `b2`, `c3`, and 1 more"]);
    }
}
