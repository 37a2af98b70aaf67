//! The check `purpose-without-basis`: see its doc in `rules/purpose-without-basis.md`.

use super::Judged;
use crate::diagnostic::{Diagnostic, Rule, Severity, Silence};
use crate::model::Purpose;

/// Nothing in the law is named that allows a purpose.
pub(super) static PURPOSE_WITHOUT_BASIS: Rule = Rule {
    name: "purpose-without-basis",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/purpose-without-basis.md"),
};

pub(super) fn check(judged: Judged<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for purpose in &judged.registry.purposes {
        let path = format!("purposes.{}", purpose.id);
        if purpose.bases.is_empty() {
            diagnostics.push(
                judged
                    .at(&PURPOSE_WITHOUT_BASIS, &path, format!("the purpose `{}` has no legal basis", purpose.id))
                    .why("no use of personal data is lawful without one, and people must be told which it is (GDPR Art. 6(1), 13(1)(c))")
                    .help("add `basis:`, such as `basis: contract`"),
            );
        }
        if let Some(basis) = undistinguished(purpose) {
            let message = format!("the purpose `{}` rests on several bases, and nothing says when it is `{basis}`", purpose.id);
            diagnostics.push(
                judged
                    .at(&PURPOSE_WITHOUT_BASIS, &format!("{path}.bases"), message)
                    .why("people's rights depend on the basis, so that they must know which one is theirs (GDPR Art. 13(1)(c))")
                    .help(format!("write `{{ basis: {basis}, when: … }}`")),
            );
        }
    }
}

/// The first of several bases that does not say when it applies.
fn undistinguished(purpose: &Purpose) -> Option<&'static str> {
    let several = purpose.bases.len() > 1;
    purpose.bases.iter().find(|used| several && used.when.is_none()).map(|used| used.basis.name())
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::found;

    const RULE: &str = "purpose-without-basis";

    #[test]
    fn one_basis_or_several_with_their_cases_are_clean() {
        assert_eq!(found(RULE, "purposes: { answer: { label: Answer, basis: contract } }\n"), []);
        let several = "[{ basis: consent, when: before a contract }, { basis: contract, when: after it }]";
        assert_eq!(found(RULE, &format!("purposes: {{ answer: {{ label: Answer, bases: {several} }} }}\n")), []);
    }

    #[test]
    fn no_basis_is_reported_at_each_purpose() {
        let found = found(RULE, "purposes: { answer: { label: Answer }, bill: { label: Bill } }\n");
        let messages: Vec<&str> = found.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
        assert_eq!(messages, ["the purpose `answer` has no legal basis", "the purpose `bill` has no legal basis"]);
        assert!(found[0].labels[0].span.is_some());
    }

    #[test]
    fn several_bases_must_be_told_apart() {
        let found = found(RULE, "purposes: { a: { label: A, bases: [{ basis: consent, when: asked }, { basis: contract }] } }\n");
        assert_eq!(found[0].message, "the purpose `a` rests on several bases, and nothing says when it is `contract`");
    }
}
