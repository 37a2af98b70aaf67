//! The check `right-missing`: see its doc in `rules/right-missing.md`.

use super::Judged;
use crate::derive::rights;
use crate::diagnostic::{Diagnostic, Rule, Severity, Silence};
use crate::model::{Basis, Registry, Right};

/// A right that people have is not offered.
pub(super) static RIGHT_MISSING: Rule =
    Rule { name: "right-missing", severity: Severity::Error, silence: Silence::Allowed, doc: include_str!("../../rules/right-missing.md") };

pub(super) fn check(judged: Judged<'_>, diagnostics: &mut Vec<Diagnostic>) {
    if !judged.handles_data() {
        return;
    }
    let registry = judged.registry;
    let applicable = rights::applicable(registry);
    let offered = &registry.rights.offer;
    let missing: Vec<Right> =
        applicable.iter().filter(|right| !offered.contains(right) && !told_elsewhere(registry, **right)).copied().collect();
    if missing.is_empty() {
        return;
    }
    let articles: Vec<&str> = missing.iter().map(|right| right.article()).collect();
    let whole: Vec<&str> =
        Right::ALL.iter().filter(|right| applicable.contains(right) || offered.contains(right)).map(|right| right.name()).collect();
    let names: Vec<String> = missing.iter().map(|right| format!("`{}`", right.name())).collect();
    diagnostics.push(
        judged
            .at(&RIGHT_MISSING, "rights.offer", format!("people have rights that are not offered: {}", names.join(", ")))
            .why(format!("the law gives them, and people must be told of them (GDPR Art. {}; Art. 13(2)(b) to (d))", articles.join(", ")))
            .help(format!("write `offer: [{}]` below `rights`", whole.join(", "))),
    );
}

/// Whether `interest-unstated` reports that the right is missing, so that one mistake is told once.
fn told_elsewhere(registry: &Registry, right: Right) -> bool {
    right == Right::Objection && registry.rests_on(Basis::LegitimateInterest)
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::found;

    const ALWAYS: &str = "access, rectification, erasure, restriction, complaint";

    fn messages(rights: &str, basis: &str) -> Vec<String> {
        let text = format!("purposes: {{ answer: {{ label: Answer, basis: {basis} }} }}\nrights: {{ offer: [{rights}] }}\n");
        found("right-missing", &text).into_iter().map(|diagnostic| diagnostic.message).collect()
    }

    #[test]
    fn the_rights_that_apply_are_enough() {
        assert!(messages(ALWAYS, "legal-obligation").is_empty());
        assert!(messages(&format!("{ALWAYS}, portability, withdrawal"), "consent").is_empty());
        assert_eq!(found("right-missing", "controller: { name: Acme }\n"), []);
    }

    // Promises: cresco/right-portability, qualify-crm/right-portability, cluently/right-portability
    #[test]
    fn what_applies_depends_on_the_basis() {
        assert_eq!(messages(ALWAYS, "contract"), ["people have rights that are not offered: `portability`"]);
        assert_eq!(messages(ALWAYS, "public-task"), ["people have rights that are not offered: `objection`"]);
        assert_eq!(messages(ALWAYS, "consent"), ["people have rights that are not offered: `portability`, `withdrawal`"]);
        assert!(messages(ALWAYS, "legitimate-interest").is_empty(), "`interest-unstated` tells of that one");
    }

    // Promises: cresco/right-rectification, cresco/right-erasure, cresco/right-restriction, qualify-crm/right-rectification
    // Promises: qualify-crm/right-erasure, qualify-crm/right-restriction, cluently/right-rectification, cluently/right-erasure
    // Promises: cluently/right-restriction
    #[test]
    fn the_remedy_is_the_whole_list() {
        let found = found("right-missing", "data: { lead: { label: Leads } }\nrights: { offer: [access, portability] }\n").remove(0);
        assert_eq!(
            found.help.unwrap(),
            "write `offer: [access, rectification, erasure, restriction, portability, complaint]` below `rights`"
        );
        assert!(found.why.unwrap().contains("Art. 16, 17, 18, 77"));
    }
}
