//! The check `interest-unstated`: see its doc in `rules/interest-unstated.md`.

use super::Judged;
use crate::diagnostic::{Diagnostic, Rule, Severity, Silence};
use crate::model::{Basis, Right};

/// A legitimate interest is claimed and not named, or people cannot object to it.
pub(super) static INTEREST_UNSTATED: Rule = Rule {
    name: "interest-unstated",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/interest-unstated.md"),
};

pub(super) fn check(judged: Judged<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for purpose in &judged.registry.purposes {
        if purpose.bases.iter().any(|used| used.basis == Basis::LegitimateInterest && used.interest.is_none()) {
            let message = format!("the purpose `{}` rests on a legitimate interest that is not stated", purpose.id);
            diagnostics.push(
                judged
                    .at(&INTEREST_UNSTATED, &format!("purposes.{}.basis", purpose.id), message)
                    .why("people must be told which interest it is (GDPR Art. 13(1)(d))")
                    .help("add `interest:` beside the basis, such as `interest: replying to people who write to us`"),
            );
        }
    }
    if judged.registry.rests_on(Basis::LegitimateInterest) && !judged.registry.rights.offer.contains(&Right::Objection) {
        diagnostics.push(
            judged
                .at(&INTEREST_UNSTATED, "rights.offer", "a purpose rests on a legitimate interest, and the right to object is not offered")
                .why("people can object to what is done in another's interest, and must be told so (GDPR Art. 21(1), 21(4))")
                .help("add `objection` to `rights.offer`"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::found;

    fn messages(rights: &str, basis: &str) -> Vec<String> {
        let text = format!("purposes: {{ answer: {{ label: Answer, {basis} }} }}\nrights: {{ offer: [{rights}] }}\n");
        found("interest-unstated", &text).into_iter().map(|diagnostic| diagnostic.message).collect()
    }

    #[test]
    fn a_stated_interest_with_the_right_to_object_is_clean() {
        assert!(messages("objection", "basis: legitimate-interest, interest: replying").is_empty());
        assert!(messages("access", "basis: contract").is_empty());
    }

    #[test]
    fn the_interest_is_missed_at_each_basis() {
        let unstated = ["the purpose `answer` rests on a legitimate interest that is not stated"];
        assert_eq!(messages("objection", "basis: legitimate-interest"), unstated);
        let several = "bases: [{ basis: contract, when: a client }, { basis: legitimate-interest, when: others }]";
        assert_eq!(messages("objection", several), unstated);
    }

    // Promises: cresco/right-objection, qualify-crm/right-objection, cluently/right-objection
    #[test]
    fn the_right_to_object_is_missed() {
        let found = messages("access", "basis: legitimate-interest, interest: replying");
        assert_eq!(found, ["a purpose rests on a legitimate interest, and the right to object is not offered"]);
    }
}
