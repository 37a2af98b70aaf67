//! The check `retention-unenforced`: see its doc in `rules/retention-unenforced.md`.

use super::Judged;
use crate::derive::notices;
use crate::derive::retention::{Record, records_of};
use crate::diagnostic::{Diagnostic, Rule, Severity, Silence};
use crate::model::{
    CaptureKind, DataCategory, Enforcer, From, Keep, Period, Registry, Retention, Service, Since, Start, Stated, System, Then,
};

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
    if !countable {
        let message = format!("the retention job cannot carry out `{}`, which has no length of time", rule.id);
        return Some((message, "add `keep:` with a length of time, or say in `by:` who else sees to it"));
    }
    let faults = [reached, counted, cut, together, outlived, retold];
    faults.into_iter().find_map(|fault| fault(registry, rule))
}

/// The job has what the functions keep, and nothing else.
fn reached(registry: &Registry, rule: &Retention) -> Option<(String, &'static str)> {
    let kept = |data: &&DataCategory| {
        matches!(data.from, Some(From::Functions(_)))
            || registry.forms.iter().any(|form| {
                let asked = form.fields.iter().filter_map(|field| field.data.as_ref());
                let noted = form.captures.iter().filter_map(|capture| capture.data.as_ref());
                asked.chain(noted).any(|id| *id == data.id) || data.from == Some(From::Form(form.id.clone()))
            })
    };
    if let Some(data) = data(registry, rule).find(|data| !kept(data)) {
        let message = format!("the retention job cannot reach `{}`, which no form asks for and the functions do not keep", data.id);
        return Some((message, "say in its `from:` which form or part of the functions it comes from, or in `by:` who else sees to it"));
    }
    (!rule.only.is_empty() && records_of(registry, rule).is_empty()).then(|| {
        let message = format!("no form notes what `{}` is about", rule.id);
        (message, "name in `only:` what a form of its data has below `captures`")
    })
}

/// It counts from what the functions note.
fn counted(registry: &Registry, rule: &Retention) -> Option<(String, &'static str)> {
    const HELP: &str = "write `from: received`, for what comes in by a form also `from: last-contact`, for projects `from: close`, and for \
                        privacy requests `from: answer`; or say in `by:` who else sees to it";
    if matches!(rule.from, Some(Start::Other(_))) {
        return Some((format!("the retention job cannot tell from when on `{}` counts", rule.id), HELP));
    }
    let since = since(rule);
    let fits = |record: &Record| match record {
        Record::Lead(_) | Record::Capture(..) => matches!(since, Since::Received | Since::LastContact),
        Record::Project => since == Since::Close,
        Record::Receipt | Record::Notice => since == Since::Received,
        Record::Request => since == Since::Answer,
    };
    let all = records_of(registry, rule).iter().all(fits);
    (!all).then(|| (format!("`{}` counts from a time that is not noted of all its data", rule.id), HELP))
}

fn since(rule: &Retention) -> Since {
    match rule.from {
        Some(Start::Noted(since)) => since,
        _ => Since::Received,
    }
}

/// Addresses alone can be cut so that they tell nobody; why that much of them is still needed is written down.
fn cut(_: &Registry, rule: &Retention) -> Option<(String, &'static str)> {
    if rule.then != Some(Then::Anonymise) {
        return None;
    }
    if rule.only != [CaptureKind::IpAddress] {
        let message = format!("the retention job cannot make anonymous what `{}` keeps", rule.id);
        return Some((message, "write `then: delete`; IP addresses alone, with `only: ip-address`, can be cut"));
    }
    rule.because.is_none().then(|| {
        let message = format!("`{}` keeps a part of each address, and does not say why", rule.id);
        (message, "add `because:` with what the first half of the address is needed for, or write `then: delete`")
    })
}

/// What is kept in one record goes at once, and what was noted with a lead goes with it at the latest.
fn together(registry: &Registry, rule: &Retention) -> Option<(String, &'static str)> {
    let own = period(rule)?;
    let concerned = records_of(registry, rule);
    let differs = |other: &&Retention| {
        let (of_other, Some(period)) = (records_of(registry, other), period(other)) else { return false };
        let is_lead_of = |record: &Record| matches!(record, Record::Capture(form, _) if of_other.contains(&Record::Lead(form.clone())));
        let is_one = concerned.iter().any(|record| of_other.contains(record));
        let outlives = concerned.iter().any(is_lead_of) && own.1.days() > period.1.days();
        other.by == rule.by && (is_one && period != own || outlives)
    };
    let other = registry.retention.iter().find(differs)?;
    let message = format!("`{}` and `{}` are kept in one record, and end at different times", rule.id, other.id);
    Some((message, "give both the same `keep:` and `from:`: what is in one record goes at once"))
}

/// An erasure is in the log for as long as a restored backup could bring back what was erased: until the job would remove that anyway.
fn outlived(registry: &Registry, rule: &Retention) -> Option<(String, &'static str)> {
    let (_, own) = period(rule).filter(|_| records_of(registry, rule).contains(&Record::Request))?;
    let outlives = |other: &&Retention| {
        let is_of_leads = records_of(registry, other).iter().any(|record| matches!(record, Record::Lead(_)));
        is_of_leads && period(other).is_some_and(|(_, period)| period.days() > own.days())
    };
    let other = registry.retention.iter().find(outlives)?;
    let message =
        format!("`{}` forgets who was erased before `{}` is over, so that a restored backup could bring them back", rule.id, other.id);
    Some((message, "keep requests at least as long as what comes in by the forms"))
}

/// Who was told of a change is known until it applies: whoever is forgotten before would be told again.
fn retold(registry: &Registry, rule: &Retention) -> Option<(String, &'static str)> {
    let (_, own) = period(rule).filter(|_| records_of(registry, rule).contains(&Record::Notice))?;
    let ahead = notices::promised(registry).filter(|ahead| ahead.days() > own.days())?;
    let message =
        format!("`{}` forgets who was told of a change {} before it applies, so that they could be told again", rule.id, ahead.words());
    Some((message, "keep notices at least as long as `changes.notice` promises them ahead"))
}

/// How long a rule keeps, and from when on.
fn period(rule: &Retention) -> Option<(Since, Period)> {
    match rule.keep {
        Some(Stated::Known(Keep::For(keep))) => Some((since(rule), keep)),
        _ => None,
    }
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
#[path = "retention_unenforced/tests.rs"]
mod tests;
