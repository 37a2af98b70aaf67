//! The check `change-without-notice`: see its doc in `rules/change-without-notice.md`.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;
use registry::diagnostic::{Diagnostic, Rule, Severity, Silence, Span};
use registry::model::{AutomatedDecisions, DataId, Effective, Keep, Purpose, Registry, Sale, Stated};

use crate::document::version::Version;
use crate::site::Site;

/// What is declared went beyond what was published, or a version comes sooner than people were promised.
pub static CHANGE_WITHOUT_NOTICE: Rule = Rule {
    name: "change-without-notice",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/change-without-notice.md"),
};

/// The policy that answers for the registry.
const POLICY: &str = "privacy";

/// Where a policy page says its version.
struct Said {
    file: Arc<str>,
    version: String,
    span: Span,
    effective: Option<Date>,
}

/// Judges what is declared now against the published versions of the privacy policy, sorted by the day from which they apply.
pub fn check(site: &Site, registry: &Registry, versions: &[Version]) -> Vec<Diagnostic> {
    let versions: Vec<&Version> = versions.iter().filter(|version| version.policy == POLICY).collect();
    let mut diagnostics = Vec::new();
    let Some(last) = versions.last() else { return diagnostics };
    for said in said(site) {
        if versions.iter().any(|version| version.version == said.version) {
            let new = beyond(&last.registry, registry);
            if !new.is_empty() {
                diagnostics.push(
                    Diagnostic::new(&CHANGE_WITHOUT_NOTICE, format!("since version {} there is {}", last.version, new.join(", ")))
                        .at(&said.file, said.span, "still this version")
                        .why("people must be told before their data is used for more, by more, or for longer (GDPR Art. 13(3))")
                        .help("raise `version:`, set `effective:`, and run `plainsite policy publish`"),
                );
            }
        } else if let Some(day) = said.effective {
            diagnostics.extend(notice(&last.registry, site.today, day).map(|found| found.at(&said.file, said.span, "")));
        }
    }
    for pair in versions.windows(2) {
        let [before, version] = pair else { continue };
        let kept = notice(&before.registry, version.published, version.effective);
        let path = Arc::from(Version::path(&version.policy, &version.version));
        diagnostics.extend(kept.map(|found| found.in_file(&path)));
    }
    diagnostics
}

/// What the privacy policy's pages say of their version.
fn said(site: &Site) -> Vec<Said> {
    let outlines = site.pages.iter().filter_map(|page| page.outline.as_ref());
    let policies = outlines.filter(|outline| outline.front.policy.as_ref().is_some_and(|(name, _)| name == POLICY));
    let said = policies.filter_map(|outline| {
        let (version, span) = outline.front.version.clone()?;
        Some(Said { file: outline.path.clone(), version, span, effective: outline.front.effective })
    });
    said.collect()
}

/// A version that takes effect sooner than was promised.
fn notice(registry: &Registry, told: Date, effective: Date) -> Option<Diagnostic> {
    let Effective::After(period) = registry.changes.as_ref()?.effective else { return None };
    let days = told.until(effective).map_or(0, |span| span.get_days());
    (f64::from(days) < period.days().floor()).then(|| {
        Diagnostic::new(
            &CHANGE_WITHOUT_NOTICE,
            format!("this version applies {days} days after it is told, and {} were promised", period.words()),
        )
        .why("`changes.notice` in `content/privacy.yaml` is a promise to people who rely on it")
        .help("set a later `effective:`")
    })
}

/// What is declared now and goes beyond what was: more purposes, data, bases, recipients, services, countries without the old
/// safeguards, longer periods, a sale, decisions by machines.
fn beyond(then: &Registry, now: &Registry) -> Vec<String> {
    let mut found = Vec::new();
    for purpose in &now.purposes {
        let Some(before) = then.purpose(&purpose.id) else {
            found.push(format!("a new purpose `{}`", purpose.id));
            continue;
        };
        let bases = |purpose: &Purpose| purpose.bases.iter().map(|used| used.basis.name().to_owned()).collect();
        found.extend(more(&bases(purpose), &bases(before)).map(|basis| format!("another basis `{basis}` of `{}`", purpose.id)));
        let data = |purpose: &Purpose| purpose.data.iter().map(ToString::to_string).collect();
        found.extend(more(&data(purpose), &data(before)).map(|data| format!("more data `{data}` for `{}`", purpose.id)));
        let recipients = |purpose: &Purpose| purpose.recipients.iter().map(ToString::to_string).collect();
        found.extend(more(&recipients(purpose), &recipients(before)).map(|who| format!("another recipient `{who}` for `{}`", purpose.id)));
    }
    for recipient in &now.recipients {
        match then.recipient(&recipient.id) {
            None => found.push(format!("a new recipient `{}`", recipient.id)),
            Some(before) if before.country != recipient.country => found.push(format!("another country of `{}`", recipient.id)),
            Some(before) if before.safeguards != recipient.safeguards => found.push(format!("other safeguards of `{}`", recipient.id)),
            Some(_) => {}
        }
    }
    let fields = |registry: &Registry| registry.forms.iter().flat_map(|form| &form.fields).map(|field| field.name.clone()).collect();
    found.extend(more(&fields(now), &fields(then)).map(|field| format!("a new field `{field}`")));
    let data = |registry: &Registry| registry.data.iter().map(|data| data.id.to_string()).collect();
    found.extend(more(&data(now), &data(then)).map(|data| format!("new data `{data}`")));
    let services = |registry: &Registry| registry.services.iter().map(|service| service.id.to_string()).collect();
    found.extend(more(&services(now), &services(then)).map(|service| format!("a new service `{service}`")));
    let longer = now.data.iter().filter(|data| longest(then, &data.id).zip(longest(now, &data.id)).is_some_and(|(then, now)| now > then));
    found.extend(longer.map(|data| format!("a longer period for `{}`", data.id)));
    if now.sale != then.sale && matches!(then.sale, Some(Stated::Known(Sale::None))) {
        found.push("another answer on the sale of data".to_owned());
    }
    if now.automated_decisions != then.automated_decisions
        && matches!(now.automated_decisions, Some(Stated::Known(AutomatedDecisions::Made { .. })))
    {
        found.push("another answer on decisions by machines".to_owned());
    }
    found
}

/// What the first list has beyond the second.
fn more<'l>(now: &'l BTreeSet<String>, then: &'l BTreeSet<String>) -> impl Iterator<Item = &'l String> {
    now.difference(then)
}

/// The longest period for which some data is kept, in days; none where no rule says.
fn longest(registry: &Registry, data: &DataId) -> Option<f64> {
    let rules = registry.retention.iter().filter(|rule| rule.data.contains(data));
    let days = rules.filter_map(|rule| match rule.keep {
        Some(Stated::Known(Keep::For(period))) => Some(period.days()),
        Some(Stated::Known(Keep::Session)) => Some(0.0),
        Some(Stated::Known(Keep::UntilDeleted)) => Some(f64::INFINITY),
        Some(Stated::Unknown(_)) | None => None,
    });
    days.reduce(f64::max)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::check::fixture;

    fn registry(text: &str) -> Registry {
        let read = registry::resolve::registry(Some((&Arc::from("content/privacy.yaml"), text)), &[]);
        assert_eq!(read.diagnostics, []);
        read.value.registry
    }

    fn version(text: &str, published: Date, effective: Date, name: &str) -> Version {
        Version {
            policy: "privacy".to_owned(),
            version: name.to_owned(),
            published,
            effective,
            texts: Default::default(),
            registry: registry(text),
            previous: String::new(),
            seal: String::new(),
        }
    }

    const BEFORE: &str = "recipients: { a: { name: A } }\ndata: { x: { label: X } }\nretention: { x: { keep: 1 year, data: [x] } }\nchanges: { notice: 30 days }\n";
    const AFTER: &str = "recipients: { a: { name: A }, b: { name: B } }\ndata: { x: { label: X } }\nretention: { y: { keep: 2 years, data: [x] } }\n\
                         purposes: { p: { label: P } }\nchanges: { notice: 30 days }\n";

    fn messages(page: &str, now: &str, versions: &[Version]) -> Vec<String> {
        let site = fixture::read(&format!("=== content/privacy.md\n---\npolicy: privacy\n{page}---\n# P\n")).site;
        check(&site, &registry(now), versions).into_iter().map(|d| d.message).collect()
    }

    #[test]
    fn what_goes_beyond_the_published_version_needs_a_new_one() {
        let first = version(BEFORE, date(2026, 1, 1), date(2026, 1, 1), "1");
        assert_eq!(messages("version: 1\n", BEFORE, std::slice::from_ref(&first)), [""; 0]);
        assert_eq!(
            messages("version: 1\n", AFTER, std::slice::from_ref(&first)),
            ["since version 1 there is a new purpose `p`, a new recipient `b`, a longer period for `x`"]
        );
        assert_eq!(messages("version: 2\neffective: 2026-12-01\n", AFTER, &[first]), [""; 0]);
    }

    // Promises: cluently/notice-of-changes
    #[test]
    fn a_version_waits_as_long_as_was_promised() {
        let first = version(BEFORE, date(2026, 1, 1), date(2026, 1, 1), "1");
        let short = "this version applies 14 days after it is told, and 30 days were promised";
        assert_eq!(messages("version: 2\neffective: 2026-06-15\n", AFTER, std::slice::from_ref(&first)), [short]);
        let second = version(AFTER, date(2026, 2, 1), date(2026, 2, 15), "2");
        assert_eq!(messages("version: 2\n", AFTER, &[first, second]), [short]);
    }
}
