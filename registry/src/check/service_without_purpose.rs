//! The check `service-without-purpose`: see its doc in `rules/service-without-purpose.md`.

use super::Judged;
use crate::diagnostic::{Diagnostic, Rule, Severity, Silence};
use crate::model::{From, Localized, Registry, Service};

/// Something loads or stores in the browser, and nothing says what for.
pub(super) static SERVICE_WITHOUT_PURPOSE: Rule = Rule {
    name: "service-without-purpose",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/service-without-purpose.md"),
};

pub(super) fn check(judged: Judged<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for service in &judged.registry.services {
        let path = format!("services.{}", service.id);
        if !stays_here(service) && !has_purpose(judged.registry, service) {
            diagnostics.push(
                judged
                    .at(&SERVICE_WITHOUT_PURPOSE, &path, format!("the service `{}` serves no declared purpose", service.id))
                    .why("people must be told what their data is used for and on which basis (GDPR Art. 13(1)(c))")
                    .help("add `purpose:` with the name of a purpose, or let one use a data category with `from: { service: … }`"),
            );
        }
        let named = service.label != Localized::everywhere(service.id.as_str()) || judged.places.has(&format!("{path}.label"));
        let missing: Vec<&str> = [("label", !named), ("does", service.does.default.is_empty())]
            .into_iter()
            .filter_map(|(key, missing)| missing.then_some(key))
            .collect();
        if !missing.is_empty() {
            let keys: Vec<String> = missing.iter().map(|key| format!("`{key}`")).collect();
            let message = format!("the service `{}` has no {}", service.id, keys.join(", no "));
            diagnostics.push(
                judged
                    .at(&SERVICE_WITHOUT_PURPOSE, &path, message)
                    .why("who stores or reads something in a browser must say clearly what it is and what it is for (Directive 2002/58/EC Art. 5(3))")
                    .help(format!("add {}", keys.join(" and "))),
            );
        }
    }
}

/// Whether a service is part of the site itself and gives nothing to anybody, so that what it does is all there is to tell.
fn stays_here(service: &Service) -> bool {
    service.recipient.is_none() && !service.needs_consent() && !service.exempt
}

fn has_purpose(registry: &Registry, service: &Service) -> bool {
    let mut own = registry.data.iter().filter(|data| data.from.as_ref() == Some(&From::Service(service.id.clone())));
    service.purpose.is_some() || own.any(|data| registry.purposes.iter().any(|purpose| purpose.data.contains(&data.id)))
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::found;

    fn messages(text: &str) -> Vec<String> {
        found("service-without-purpose", text).into_iter().map(|diagnostic| diagnostic.message).collect()
    }

    const FIGURES: &str = "figures: { label: Figures, does: counts visits, category: analytics";

    #[test]
    fn a_purpose_of_its_own_or_of_its_data_is_clean() {
        let count =
            "purposes: { count: { label: Count, data: [visits] } }\ndata: { visits: { label: Visits, from: { service: figures } } }\n";
        assert!(messages(&format!("{count}services: {{ {FIGURES} }} }}\n")).is_empty());
        let count = "purposes: { count: { label: Count } }\n";
        assert!(messages(&format!("{count}services: {{ {FIGURES}, purpose: count }} }}\n")).is_empty());
    }

    #[test]
    fn what_is_essential_and_goes_to_nobody_explains_itself() {
        let portal = "portal: { label: Portal, does: opens the portal, category: essential";
        assert!(messages(&format!("services: {{ {portal} }} }}\n")).is_empty());
        let sent = messages(&format!("recipients: {{ acme: {{ name: Acme }} }}\nservices: {{ {portal}, recipient: acme }} }}\n"));
        assert_eq!(sent, ["the service `portal` serves no declared purpose"]);
    }

    #[test]
    fn no_purpose_and_no_words_are_reported() {
        assert_eq!(messages(&format!("services: {{ {FIGURES} }} }}\n")), ["the service `figures` serves no declared purpose"]);
        let bare = messages("services: { portal: { category: essential } }\n");
        assert_eq!(bare, ["the service `portal` has no `label`, no `does`"]);
    }
}
