//! The check `retention-unenforced`: see its doc in `rules/retention-unenforced.md`.

use super::Judged;
use crate::diagnostic::{Diagnostic, Rule, Severity, Silence};
use crate::model::{DataCategory, Enforcer, From, Keep, Registry, Retention, Service, Stated, System};

/// A period is promised, and nobody and nothing carries it out.
pub(super) static RETENTION_UNENFORCED: Rule = Rule {
    name: "retention-unenforced",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/retention-unenforced.md"),
};

pub(super) fn check(judged: Judged<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for rule in &judged.registry.retention {
        if let Some((message, help)) = fault(judged.registry, rule) {
            diagnostics.push(
                judged
                    .at(&RETENTION_UNENFORCED, &format!("retention.{}.by", rule.id), message)
                    .why("a period that nothing carries out is an empty promise (GDPR Art. 5(1)(e), 5(2))")
                    .help(help),
            );
        }
    }
}

/// What is wrong with who carries a rule out, and what to do.
fn fault(registry: &Registry, rule: &Retention) -> Option<(String, &'static str)> {
    let Some(by) = &rule.by else {
        return Some((
            format!("nothing and nobody carries out the retention rule `{}`", rule.id),
            "add `by:` with `job`, `browser`, `product`, `{ recipient: … }`, `{ manual: who }`, or `{ unknown: who must supply it }`",
        ));
    };
    match by.known()? {
        Enforcer::Job => job(registry, rule),
        Enforcer::Browser => browser(registry, rule),
        Enforcer::Recipient(_) | Enforcer::Product | Enforcer::Manual(_) => None,
    }
}

fn data<'a>(registry: &'a Registry, rule: &'a Retention) -> impl Iterator<Item = &'a DataCategory> {
    rule.data.iter().filter_map(|id| registry.data(id))
}

/// The job counts time from a day, in the stores of the functions.
fn job(registry: &Registry, rule: &Retention) -> Option<(String, &'static str)> {
    if let Some(data) = data(registry, rule).find(|data| data.system == System::Product) {
        let message = format!("the retention job cannot reach `{}`, which lives in a product", data.id);
        return Some((message, "write `by: product`, or `by: { manual: who }`"));
    }
    if rule.then.is_none() {
        let message = format!("the retention job is not told what becomes of what `{}` keeps", rule.id);
        return Some((message, "add `then: delete` or `then: anonymise`"));
    }
    let countable = matches!(rule.keep, Some(Stated::Known(Keep::For(_)) | Stated::Unknown(_)));
    (!countable).then(|| {
        let message = format!("the retention job cannot carry out `{}`, which has no length of time", rule.id);
        (message, "add `keep:` with a length of time, or say in `by:` who else sees to it")
    })
}

/// A browser forgets when it is closed, or when what it stores ends by itself.
fn browser(registry: &Registry, rule: &Retention) -> Option<(String, &'static str)> {
    let forgets = match &rule.keep {
        Some(Stated::Unknown(_)) => true,
        Some(Stated::Known(keep)) if *keep != Keep::UntilDeleted => data(registry, rule).all(|data| ends_within(registry, data, *keep)),
        _ => false,
    };
    (!forgets).then(|| {
        let message = format!("what the browser stores does not carry out the retention rule `{}`", rule.id);
        (message, "give what the service stores a `keep:` within the rule's, or say in `by:` who else sees to it")
    })
}

/// Whether all that the data's service stores ends within a time. A product's own cookies are not declared here.
fn ends_within(registry: &Registry, data: &DataCategory, limit: Keep) -> bool {
    let in_time = |service: &Service| {
        let stored: Vec<_> =
            service.cookies.iter().map(|cookie| &cookie.keep).chain(service.storage.iter().map(|stored| &stored.keep)).collect();
        let ends = |keep: &Option<Stated<Keep>>| match keep {
            Some(Stated::Known(keep)) => days(*keep) <= days(limit),
            Some(Stated::Unknown(_)) => true,
            None => false,
        };
        (limit == Keep::Session || !stored.is_empty()) && stored.into_iter().all(ends)
    };
    match &data.from {
        _ if data.system == System::Product => true,
        Some(From::Service(id)) => registry.service(id).is_some_and(in_time),
        _ => limit == Keep::Session,
    }
}

/// A lifetime in days; a session is over at once.
fn days(keep: Keep) -> f64 {
    match keep {
        Keep::Session => 0.0,
        Keep::For(period) => period.days(),
        Keep::UntilDeleted => f64::INFINITY,
    }
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::found;

    fn messages(rule: &str) -> Vec<String> {
        let text = format!(
            "data:\n  lead: {{ label: Leads }}\n  draft: {{ label: Drafts, system: product }}\n  visits: {{ label: Visits, from: {{ service: figures }} }}\n\
             services: {{ figures: {{ label: Figures, cookies: [{{ name: _f, keep: 1 year }}] }} }}\nrecipients: {{ crm: {{ name: Crm }} }}\n\
             retention: {{ rule: {{ {rule} }} }}\n"
        );
        found("retention-unenforced", &text).into_iter().map(|diagnostic| diagnostic.message).collect()
    }

    #[test]
    fn somebody_who_can_carry_it_out_is_clean() {
        for rule in [
            "data: [lead], keep: 2 years, then: delete, by: job",
            "data: [lead], keep: 2 years, by: { recipient: crm }",
            "data: [lead], during: the contract, by: { manual: accountant }",
            "data: [lead], keep: 2 years, by: { unknown: Acme }",
            "data: [draft], keep: 30 days, by: product",
            "data: [visits], keep: 1 year, by: browser",
            "data: [lead], keep: session, by: browser",
        ] {
            assert!(messages(rule).is_empty(), "{rule}");
        }
    }

    #[test]
    fn nobody_is_reported() {
        assert_eq!(messages("data: [lead], keep: 2 years"), ["nothing and nobody carries out the retention rule `rule`"]);
    }

    #[test]
    fn the_job_reaches_no_product_and_needs_to_know_when_and_what() {
        let product = messages("data: [lead, draft], keep: 2 years, by: job");
        assert_eq!(product, ["the retention job cannot reach `draft`, which lives in a product"]);
        let then = messages("data: [lead], keep: 2 years, by: job");
        assert_eq!(then, ["the retention job is not told what becomes of what `rule` keeps"]);
        for keep in ["keep: until deleted", "keep: session", "during: the contract"] {
            let found = messages(&format!("data: [lead], {keep}, then: delete, by: job"));
            assert_eq!(found, ["the retention job cannot carry out `rule`, which has no length of time"], "{keep}");
        }
    }

    #[test]
    fn the_browser_forgets_only_what_ends_by_itself() {
        for rule in [
            "data: [lead], keep: 1 year",
            "data: [visits], keep: 6 months",
            "data: [visits], keep: session",
            "data: [visits], keep: until deleted",
        ] {
            let found = messages(&format!("{rule}, by: browser"));
            assert_eq!(found, ["what the browser stores does not carry out the retention rule `rule`"], "{rule}");
        }
    }
}
