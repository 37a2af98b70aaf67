//! The check `ungated-service`: see its doc in `rules/ungated-service.md`.

use registry::diagnostic::{Diagnostic, Rule, Severity, Silence};
use registry::model::Service;

use super::Built;
use super::origins::{Place, declaring, declaring_path, place};
use super::uses::{Gate, Load, Uses};
use super::written::Told;

/// A service that needs consent loads without it.
pub static UNGATED_SERVICE: Rule = Rule {
    name: "ungated-service",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/ungated-service.md"),
};

pub(super) fn check(built: Built<'_>, uses: &Uses, told: &mut Vec<Told>) {
    for load in &uses.loads {
        let (services, whence) = match place(&load.url, built.site.config.base_url.as_deref()) {
            Place::Own(path) => (declaring_path(built.registry, load.way, path), path),
            Place::Elsewhere(address) => (declaring(built.registry, load.way, address), address.host),
        };
        // What one service loads without consent may be loaded, whoever else has to ask for it.
        let is_free = |service: &&Service| match &load.gate {
            Gate::Script => true,
            Gate::Service(id) => !service.needs_consent() || service.id.as_str() == id.as_ref(),
            Gate::Open => !service.needs_consent(),
        };
        if let Some(service) = services.first().filter(|_| !services.iter().any(is_free)) {
            told.push(Told {
                diagnostic: diagnostic(load, service, whence),
                at: load.at,
                words: vec![load.url.to_string(), whence.to_owned()],
            });
        }
    }
}

fn diagnostic(load: &Load, service: &Service, whence: &str) -> Diagnostic {
    let id = &service.id;
    let message = match &load.gate {
        Gate::Service(other) => format!("`{whence}` belongs to the service `{id}`, but waits for the consent to `{other}`"),
        Gate::Open | Gate::Script => format!("`{whence}` loads before visitors agree to the service `{id}`"),
    };
    Diagnostic::new(&UNGATED_SERVICE, message)
        .why(format!("the service is in the category `{}`, for which consent is asked", service.category.name()))
        .help(format!("put it into `<template data-service=\"{id}\">…</template>`, which is opened when visitors agree"))
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::pages;

    const SERVICES: &str = "=== content/privacy.yaml
services:
  maps: { label: Maps, does: shows a map, category: functional, origins: { frame: [https://maps.example], img: [https://maps.example] } }
  counter: { label: Counter, does: counts, category: analytics, origins: { script: [/_count/] } }
  shop: { label: Shop, does: sells, category: essential, origins: { frame: [https://shop.example] } }
";

    fn found(html: &str) -> Vec<String> {
        let silence = "=== content/site.yaml\nbase_url: https://a.example\n";
        let found = pages(&format!("{SERVICES}{silence}=== content/a.md\n<div>{html}</div>\n"));
        found.into_iter().filter(|d| d.rule.name == "ungated-service").map(|d| d.message).collect()
    }

    #[test]
    fn what_needs_consent_stands_in_its_own_template() {
        for html in [
            "<template data-service=\"maps\"><iframe src=\"https://maps.example/\"></iframe></template>",
            "<TEMPLATE data-service=maps><div><template><iframe src=\"//maps.example/\"></iframe></template></div></TEMPLATE>",
            "<template data-service=\"counter\"><script src=\"/_count/script.js\"></script></template>",
            "<iframe src=\"https://shop.example/\"></iframe>",
            "<a href=\"https://maps.example/\">a map</a>",
            "<script src=\"/_counter/script.js\"></script>",
        ] {
            assert_eq!(found(html), [] as [&str; 0], "{html}");
        }
    }

    // Promises: cresco/analytics-after-consent, cresco/third-parties-after-consent, cluently/usage-after-consent, cluently/posthog
    // Promises: cluently/analytics-after-consent
    #[test]
    fn outside_of_it_or_in_anothers_it_is_told() {
        for (html, message) in [
            ("<iframe src=\"https://maps.example/\"></iframe>", "`maps.example` loads before visitors agree to the service `maps`"),
            (
                "<template><img src=\"https://maps.example/x.png\" alt=\"\"></template>",
                "`maps.example` loads before visitors agree to the service `maps`",
            ),
            (
                "<template data-service=\"counter\"></template><iframe src=\"https://maps.example/\"></iframe>",
                "`maps.example` loads before visitors agree to the service `maps`",
            ),
            (
                "<template data-service=\"maps\" shadowrootmode=\"open\"><iframe src=\"https://maps.example/\"></iframe></template>",
                "`maps.example` loads before visitors agree to the service `maps`",
            ),
            (
                "<template data-service=\"counter\"><iframe src=\"https://maps.example/\"></iframe></template>",
                "`maps.example` belongs to the service `maps`, but waits for the consent to `counter`",
            ),
            ("<script src=\"/_count/script.js\"></script>", "`/_count/script.js` loads before visitors agree to the service `counter`"),
            (
                "<script src=\"https://a.example/_count/script.js?x\"></script>",
                "`/_count/script.js?x` loads before visitors agree to the service `counter`",
            ),
        ] {
            assert_eq!(found(html), [message], "{html}");
        }
    }
}
