//! The check `automated-decisions-undecided`: see its doc in `rules/automated-decisions-undecided.md`.

use super::Judged;
use crate::diagnostic::{Diagnostic, Rule, Severity, Silence};

/// Nobody has said whether machines alone decide about people.
pub(super) static AUTOMATED_DECISIONS_UNDECIDED: Rule = Rule {
    name: "automated-decisions-undecided",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/automated-decisions-undecided.md"),
};

pub(super) fn check(judged: Judged<'_>, diagnostics: &mut Vec<Diagnostic>) {
    if judged.registry.automated_decisions.is_none() && judged.handles_data() {
        diagnostics.push(
            judged
                .at(&AUTOMATED_DECISIONS_UNDECIDED, "automated_decisions", "nothing says whether machines alone decide about people")
                .why("people must be told of such decisions, of their logic and of what follows from them (GDPR Art. 13(2)(f), 22)")
                .help("add `automated_decisions: none`, or `automated_decisions: { logic: …, consequences: … }`"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::found;

    const RULE: &str = "automated-decisions-undecided";

    #[test]
    fn none_the_logic_or_somebody_to_ask_is_an_answer() {
        for answer in ["none", "{ logic: a score of answers, consequences: no call }", "{ unknown: the product team }"] {
            assert_eq!(found(RULE, &format!("automated_decisions: {answer}\ndata: {{ lead: {{ label: Leads }} }}\n")), []);
        }
    }

    #[test]
    fn no_answer_is_reported_once_data_is_handled() {
        assert_eq!(found(RULE, "data: { lead: { label: Leads } }\n").len(), 1);
        assert_eq!(found(RULE, "controller: { name: Acme }\n"), []);
    }
}
