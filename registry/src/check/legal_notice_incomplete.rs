//! The check `legal-notice-incomplete`: see its doc in `rules/legal-notice-incomplete.md`.

use super::Judged;
use crate::diagnostic::{Diagnostic, Rule, Severity, Silence};
use crate::model::Stated;

/// A French legal notice lacks something that the law demands.
pub(super) static LEGAL_NOTICE_INCOMPLETE: Rule = Rule {
    name: "legal-notice-incomplete",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/legal-notice-incomplete.md"),
};

pub(super) fn check(judged: Judged<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let (Some(controller), Some(host)) = (&judged.registry.controller, &judged.registry.host) else { return };
    let is_french = controller.country.as_ref().and_then(Stated::known).is_some_and(|country| country.code() == "FR");
    if !is_french {
        return;
    }
    let needed = [
        ("publication_director", controller.publication_director.is_none()),
        ("legal_form", controller.legal_form.is_none()),
        ("registration", controller.registration.is_none()),
        ("phone", controller.phone.is_none()),
    ];
    let missing: Vec<String> = needed.into_iter().filter(|(_, missing)| *missing).map(|(key, _)| format!("`{key}`")).collect();
    if !missing.is_empty() {
        diagnostics.push(
            judged
                .at(&LEGAL_NOTICE_INCOMPLETE, "controller", format!("the legal notice has no {}", missing.join(", no ")))
                .why("who publishes a site in France must say who answers for it and how it is registered (law of 21 June 2004, Art. 1-1)")
                .help(format!("add {}; what nobody has stated yet is `{{ unknown: who must supply it }}`", missing.join(", "))),
        );
    }
    if judged.registry.recipient(host).is_some_and(|host| host.address.is_none()) {
        diagnostics.push(
            judged
                .at(&LEGAL_NOTICE_INCOMPLETE, &format!("recipients.{host}"), format!("the host `{host}` has no address"))
                .why("the legal notice must name the host with its address (law of 21 June 2004, Art. 1-1)")
                .help("add `address:`"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::found;

    fn messages(controller: &str, host: &str) -> Vec<String> {
        let text = format!(
            "controller: {{ name: A, address: B, email: c@d.example, country: FR{controller} }}\nhost: h\nrecipients: {{ h: {{ name: H{host} }} }}\n"
        );
        found("legal-notice-incomplete", &text).into_iter().map(|d| d.message).collect()
    }

    #[test]
    fn a_french_site_with_a_host_tells_who_answers_for_it() {
        let whole = ", publication_director: E, legal_form: SAS, registration: { unknown: A }, phone: \"+33 1\"";
        assert_eq!(messages(whole, ", address: F"), [""; 0]);
        assert_eq!(
            messages("", ""),
            [
                "the legal notice has no `publication_director`, no `legal_form`, no `registration`, no `phone`",
                "the host `h` has no address"
            ]
        );
    }

    #[test]
    fn elsewhere_other_laws_hold() {
        let text = "controller: { name: A, address: B, email: c@d.example, country: DE }\nhost: h\nrecipients: { h: { name: H } }\n";
        assert_eq!(found("legal-notice-incomplete", text), []);
    }
}
