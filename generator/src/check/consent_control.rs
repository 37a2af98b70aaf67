//! The checks `consent-control-missing` and `banner-without-need`: see their docs in `rules/`.

use registry::diagnostic::{Diagnostic, Rule, Severity, Silence};

use super::Built;
use super::facts::Facts;
use super::uses::At;
use super::written::Told;
use crate::render::context::choices;
use crate::render::redirects;

/// A page does not ask, or has no way to reopen the cookie choices, and some service needs consent.
pub static CONSENT_CONTROL_MISSING: Rule = Rule {
    name: "consent-control-missing",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/consent-control-missing.md"),
};

/// A page offers cookie choices, and no service needs consent.
pub static BANNER_WITHOUT_NEED: Rule = Rule {
    name: "banner-without-need",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/banner-without-need.md"),
};

/// The attribute of the link or button that reopens the choices.
pub(super) const CONTROL: &str = "data-consent-choices";

pub(super) fn check(built: Built<'_>, facts: &Facts, told: &mut Vec<Told>) {
    // A page at an old address only leads on.
    if built.site.redirects.iter().any(|redirect| redirects::out(&redirect.from) == *facts.out) {
        return;
    }
    let asked = built.registry.asks_for_consent();
    if asked && !facts.asks {
        let found = Diagnostic::new(&CONSENT_CONTROL_MISSING, "this page does not bring the script that asks for consent")
            .why("what waits for consent never runs there, and nobody is asked")
            .help("put `<script src=\"{{ site.consent.script }}\"></script>` before all others into the `<head>` of the template, or extend the built-in `base.html`, which has it");
        told.push(Told { diagnostic: found, at: At::default(), words: Vec::new() });
    }
    let found = match (asked, facts.has_choices) {
        (true, false) => Diagnostic::new(&CONSENT_CONTROL_MISSING, "this page has no way to reopen the cookie choices")
            .why("withdrawing consent must be as easy as giving it, from every page (GDPR Art. 7(3))")
            .help(match choices(built.site, language(built, facts)).is_empty() {
                true => "say in the front matter of the page that tells of cookies, in this language, `policy: cookies` or `policy: privacy`: the choices lead there",
                false => "put `<a href=\"{{ site.choices }}\" data-consent-choices>` into the template, or extend the built-in `base.html`, which has it",
            }),
        (false, true) => Diagnostic::new(&BANNER_WITHOUT_NEED, "this page offers cookie choices, and no service needs consent")
            .why("people are asked for nothing, and learn to press anything")
            .help("take what has `data-consent-choices` out, or declare the service that needs consent"),
        _ => return,
    };
    let words = if facts.has_choices { vec![CONTROL.to_owned()] } else { Vec::new() };
    told.push(Told { diagnostic: found, at: At::default(), words });
}

/// The language of a page.
fn language(built: Built<'_>, facts: &Facts) -> usize {
    built.site.pages.iter().find(|page| page.out == facts.out).map_or(0, |page| page.language)
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::pages;

    const ASKS: &str =
        "=== content/privacy.yaml\nservices: { v: { label: V, does: shows, category: media, cookies: [{ name: v, keep: 1 day }] } }\n";
    const BARE: &str = "=== templates/page.html\n<h1>x</h1>{{ content }}\n=== templates/404.html\n<h1>x</h1>\n";

    fn rules(text: &str) -> Vec<(&'static str, String)> {
        let found = pages(text).into_iter().filter(|d| d.rule.name.contains("consent") || d.rule.name.contains("banner"));
        found.map(|d| (d.rule.name, d.labels[0].file.to_string())).collect()
    }

    #[test]
    fn the_built_in_pages_have_the_control_where_it_is_needed_and_nowhere_else() {
        let policy = "=== content/privacy.md\n---\npolicy: privacy\n---\n{{ cookies() }}\n";
        assert_eq!(rules(&format!("=== content/a.md\n# A\n{ASKS}{policy}")), []);
        let moved = "=== content/b.md\n---\naliases: [/old/]\n---\n# B\n";
        assert_eq!(rules(&format!("{moved}{ASKS}{policy}")), [], "a page at an old address only leads on");
        assert_eq!(rules("=== content/a.md\n# A\n"), []);
    }

    // Promises: cresco/banner-on-every-page, cluently/withdrawal-as-easy
    #[test]
    fn a_page_without_the_control_is_told() {
        let told = rules(&format!("=== content/a.md\n# A\n{ASKS}{BARE}"));
        let fault = ("consent-control-missing", "404.html".to_owned());
        assert_eq!(told, [fault.clone(), fault], "two faults, each seen on two pages");
    }

    // Promises: cresco/banner-on-every-page, cresco/consent-by-banner
    #[test]
    fn a_page_that_cannot_ask_is_told() {
        let with_link = BARE.replace("<h1>x</h1>", "<h1>x</h1><a href=\"/\" data-consent-choices>c</a>");
        let policy = "=== content/privacy.md\n---\npolicy: privacy\n---\n{{ cookies() }}\n";
        let found = pages(&format!("=== content/a.md\n# A\n{ASKS}{policy}{with_link}"));
        let messages: Vec<_> = found.iter().filter(|d| d.rule.name == "consent-control-missing").map(|d| d.message.as_str()).collect();
        assert_eq!(messages, ["this page does not bring the script that asks for consent"]);
    }

    // Promises: qualify-crm/no-banner, qualify-crm/no-consent-needed
    #[test]
    fn choices_that_nobody_has_are_told_where_they_were_written() {
        let page = "=== content/a.md\n<a href=\"#x\" id=\"x\" data-consent-choices>Choices</a>\n";
        assert_eq!(rules(page), [("banner-without-need", "content/a.md".to_owned())]);
    }
}
