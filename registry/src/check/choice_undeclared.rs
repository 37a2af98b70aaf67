//! The check `choice-undeclared`: see its doc in `rules/choice-undeclared.md`.

use super::Judged;
use crate::derive::consent;
use crate::diagnostic::{Diagnostic, Rule, Severity, Silence};

/// Visitors are asked for consent, and the cookie that keeps their choice is not declared.
pub(super) static CHOICE_UNDECLARED: Rule = Rule {
    name: "choice-undeclared",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/choice-undeclared.md"),
};

pub(super) fn check(judged: Judged<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let mut free = judged.registry.services.iter().filter(|service| !service.needs_consent());
    let is_declared = free.any(|service| service.cookies.iter().any(|cookie| cookie.name == consent::COOKIE));
    if judged.registry.asks_for_consent() && !is_declared {
        let message = format!("the banner keeps each choice in the cookie `{}`, which no service declares", consent::COOKIE);
        diagnostics.push(
            judged
                .at(&CHOICE_UNDECLARED, "services", message)
                .why("the policy would not tell of a cookie that every visitor who decides gets (Directive 2002/58/EC Art. 5(3))")
                .help("add `consent: { use: plainsite-consent }` below `services`"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::found;

    const VIDEO: &str = "services:\n  video: { label: Video, category: media }\n";

    #[test]
    fn a_declared_choice_is_clean_and_so_is_a_site_that_asks_nothing() {
        assert_eq!(found("choice-undeclared", &format!("{VIDEO}  consent: {{ use: plainsite-consent }}\n")), []);
        assert_eq!(found("choice-undeclared", &VIDEO.replace("media", "essential")), []);
    }

    #[test]
    fn a_choice_that_nobody_declares_is_told_and_so_is_one_that_waits_for_itself() {
        let text = found("choice-undeclared", VIDEO).remove(0);
        assert!(text.message.contains("`plainsite-consent`"), "{}", text.message);
        let waits = format!("{VIDEO}  keep: {{ label: K, category: functional, cookies: [{{ name: plainsite-consent, keep: 1 day }}] }}\n");
        assert_eq!(found("choice-undeclared", &waits).len(), 1);
    }
}
