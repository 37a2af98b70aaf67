//! The check `california-incomplete`: see its doc in `rules/california-incomplete.md`.

use super::Judged;
use crate::diagnostic::{Diagnostic, Rule, Severity, Silence};
use crate::model::{California, CaliforniaRight, Registry};

/// Something that the law of California asks for is missing.
pub(super) static CALIFORNIA_INCOMPLETE: Rule = Rule {
    name: "california-incomplete",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/california-incomplete.md"),
};

/// The most days for an answer, before it is extended (Cal. Civ. Code § 1798.130(a)(2)(A)).
const DAYS: f64 = 45.0;

/// The path, what is wrong, why, and what to do.
type Fault = (&'static str, String, &'static str, String);

pub(super) fn check(judged: Judged<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let Some(california) = &judged.registry.california else { return };
    let faults = [rights(california), answer(california), identity(california), sale(judged.registry)];
    for (path, message, why, help) in faults.into_iter().flatten() {
        diagnostics.push(judged.at(&CALIFORNIA_INCOMPLETE, path, message).why(why).help(help));
    }
}

/// The rights that are neither offered nor undecided.
fn rights(california: &California) -> Option<Fault> {
    let stated = |right: &CaliforniaRight| california.rights.iter().any(|(offered, _)| offered == right);
    let missing: Vec<&str> = CaliforniaRight::ALL.iter().filter(|right| !stated(right)).map(|right| right.name()).collect();
    let names: Vec<String> = missing.iter().map(|name| format!("`{name}`")).collect();
    let lines: Vec<String> = missing.iter().map(|name| format!("`{name}: true`")).collect();
    (!missing.is_empty()).then(|| {
        (
            "california.rights",
            format!("rights of residents of California are not offered: {}", names.join(", ")),
            "a policy must describe the rights that the law gives them (Cal. Civ. Code § 1798.130(a)(5)(A))",
            format!("add {} below `rights`, or `{{ unknown: who must decide }}`", lines.join(", ")),
        )
    })
}

fn answer(california: &California) -> Option<Fault> {
    let message = match california.answer_within {
        None => "nothing says by when a resident of California gets an answer".to_owned(),
        Some(period) if period.days() > DAYS => format!("an answer within `{period}` comes later than the law of California allows"),
        Some(_) => return None,
    };
    let why = "an answer is due within 45 days of the request (Cal. Civ. Code § 1798.130(a)(2)(A))";
    Some(("california.answer_within", message, why, "write `answer_within: 45 days`, or less".to_owned()))
}

fn identity(california: &California) -> Option<Fault> {
    california.verify_identity.is_none().then(|| {
        (
            "california.verify_identity",
            "nothing says whether who asks must show who they are".to_owned(),
            "a policy must describe how requests are verified (Cal. Code Regs. tit. 11, § 7011(e)(3))",
            "add `verify_identity: true`, or `false` where whoever asks gets an answer".to_owned(),
        )
    })
}

fn sale(registry: &Registry) -> Option<Fault> {
    registry.sale.is_none().then(|| {
        (
            "sale",
            "nothing says whether personal data is sold".to_owned(),
            "a policy must say what is sold or shared, or that nothing is (Cal. Civ. Code § 1798.130(a)(5)(C))",
            "add `sale: none`, or `sale:` with what is sold to whom, or `sale: { unknown: who must say }`".to_owned(),
        )
    })
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::found;

    const RIGHTS: &str = "know: true, delete: true, correct: true, opt-out: true, limit: true, non-discrimination: true";

    fn messages(sale: &str, california: &str) -> Vec<String> {
        let found = found("california-incomplete", &format!("{sale}\ncalifornia: {{ {california} }}\n"));
        found.into_iter().map(|diagnostic| diagnostic.message).collect()
    }

    #[test]
    fn what_is_whole_or_undecided_is_clean() {
        let rest = "answer_within: 45 days, verify_identity: true";
        assert!(messages("sale: none", &format!("rights: {{ {RIGHTS} }}, {rest}")).is_empty());
        let undecided = RIGHTS.replace("limit: true", "limit: { unknown: the lawyer }");
        assert!(messages("sale: { unknown: the lawyer }", &format!("rights: {{ {undecided} }}, {rest}")).is_empty());
        assert_eq!(found("california-incomplete", "data: { lead: { label: Leads } }\n"), [], "California is not declared");
    }

    // Promises: cluently/california-identity, cluently/nothing-sold
    #[test]
    fn everything_missing_is_told_at_once() {
        let rights = RIGHTS.replace("correct: true, ", "").replace("limit: true", "limit: false");
        let found = messages("", &format!("rights: {{ {rights} }}"));
        assert_eq!(found.len(), 4);
        assert!(found.contains(&"rights of residents of California are not offered: `correct`, `limit`".to_owned()), "{found:?}");
        assert!(found.contains(&"nothing says whether personal data is sold".to_owned()), "{found:?}");
    }

    // Promises: cluently/california-45-days
    #[test]
    fn an_answer_takes_forty_five_days_at_most() {
        let found = messages("sale: none", &format!("rights: {{ {RIGHTS} }}, answer_within: 2 months, verify_identity: false"));
        assert_eq!(found, ["an answer within `P2M` comes later than the law of California allows"]);
    }
}
