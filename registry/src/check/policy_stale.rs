//! The check `policy-stale`: see its doc in `rules/policy-stale.md`.

use super::Judged;
use crate::diagnostic::{Diagnostic, Rule, Severity, Silence};

/// A policy for California was not reviewed for a year.
pub(super) static POLICY_STALE: Rule =
    Rule { name: "policy-stale", severity: Severity::Error, silence: Silence::Allowed, doc: include_str!("../../rules/policy-stale.md") };

pub(super) fn check(judged: Judged<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let Some(california) = &judged.registry.california else { return };
    let message = match california.reviewed.as_deref() {
        None => "nothing says when the policy for California was last reviewed".to_owned(),
        Some(day) => match a_year_after(day) {
            None => format!("`{day}` is no day such as `{}`", judged.today),
            Some(_) if day > judged.today => format!("the policy for California was reviewed on {day}, which is yet to come"),
            Some(due) if due.as_str() < judged.today => format!("the policy for California was last reviewed on {day}, over 12 months ago"),
            Some(_) => return,
        },
    };
    diagnostics.push(
        judged
            .at(&POLICY_STALE, "california.reviewed", message)
            .why("it must be brought up to date at least once every 12 months (Cal. Civ. Code § 1798.130(a)(5))")
            .help(format!("read the policy again, then write `reviewed: {}` below `california`", judged.today)),
    );
}

/// The same day of the next year, for a day as `YYYY-MM-DD`. Such days compare as texts.
fn a_year_after(day: &str) -> Option<String> {
    let (year, rest) = day.split_once('-')?;
    let (month, of_month) = rest.split_once('-')?;
    let within = |text: &str, digits: usize, most: u32| {
        let plain = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|number| plain && (1..=most).contains(number))
    };
    within(month, 2, 12)?;
    within(of_month, 2, 31)?;
    Some(format!("{:04}-{rest}", within(year, 4, 9998)? + 1))
}

#[cfg(test)]
mod tests {
    use super::a_year_after;
    use crate::check::fixture::{TODAY, found};

    fn messages(reviewed: &str) -> Vec<String> {
        let found = found("policy-stale", &format!("california: {{ verify_identity: true{reviewed} }}\n"));
        found.into_iter().map(|diagnostic| diagnostic.message).collect()
    }

    #[test]
    fn a_review_within_twelve_months_is_clean() {
        assert_eq!(TODAY, "2026-06-01");
        for day in ["2026-06-01", "2025-12-31", "2025-06-01"] {
            assert!(messages(&format!(", reviewed: {day}")).is_empty(), "{day}");
        }
        assert_eq!(found("policy-stale", "data: { lead: { label: Leads } }\n"), [], "California is not declared");
    }

    #[test]
    fn no_review_an_old_one_and_one_to_come_are_reported() {
        assert_eq!(messages(""), ["nothing says when the policy for California was last reviewed"]);
        assert_eq!(messages(", reviewed: 2025-05-31"), ["the policy for California was last reviewed on 2025-05-31, over 12 months ago"]);
        assert_eq!(messages(", reviewed: 2026-06-02"), ["the policy for California was reviewed on 2026-06-02, which is yet to come"]);
        assert_eq!(messages(", reviewed: last spring"), ["`last spring` is no day such as `2026-06-01`"]);
    }

    #[test]
    fn days_are_read_strictly() {
        assert_eq!(a_year_after("2024-02-29").as_deref(), Some("2025-02-29"));
        for text in ["2024", "2024-13-01", "2024-1-01", "2024-01-32", "2024-01-00", "+024-01-01", "2024-01-01-01"] {
            assert_eq!(a_year_after(text), None, "{text}");
        }
    }
}
