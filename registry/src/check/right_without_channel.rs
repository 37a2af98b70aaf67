//! The check `right-without-channel`: see its doc in `rules/right-without-channel.md`.

use super::Judged;
use crate::derive::rights::FORM;
use crate::diagnostic::{Diagnostic, Rule, Severity, Silence};
use crate::model::{Channel, Registry};

/// Rights are offered, and there is no way to exercise them.
pub(super) static RIGHT_WITHOUT_CHANNEL: Rule = Rule {
    name: "right-without-channel",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/right-without-channel.md"),
};

/// The most days of a month, which the law gives for an answer.
const MONTH: f64 = 31.0;

/// A message, and what to do.
type Fault = (&'static str, String, &'static str);

pub(super) fn check(judged: Judged<'_>, diagnostics: &mut Vec<Diagnostic>) {
    if judged.registry.rights.offer.is_empty() {
        return;
    }
    for (path, message, help) in channels(judged.registry).into_iter().chain(answer(judged.registry)) {
        diagnostics.push(
            judged
                .at(&RIGHT_WITHOUT_CHANNEL, path, message)
                .why("exercising a right must be made easy, and answered within a month (GDPR Art. 12(2), 12(3))")
                .help(help),
        );
    }
}

/// Channels that lead nowhere. The banner changes a choice, and answers no request.
fn channels(registry: &Registry) -> Vec<Fault> {
    let path = "rights.channel";
    let channels = &registry.rights.channel;
    if channels.iter().all(|channel| *channel == Channel::Banner) {
        let message = "rights are offered, and nothing says how to exercise them".to_owned();
        return vec![(path, message, "add `channel:` with `email`, `post`, `form` or `account`, below `rights`")];
    }
    let controller = registry.controller.as_ref();
    let leads_nowhere = |channel: &Channel| {
        let (missing, what, help) = match channel {
            Channel::Email => {
                (controller.is_none_or(|c| c.email.is_none()), "the controller has no e-mail address", "add `email:` below `controller`")
            }
            Channel::Post => {
                (controller.is_none_or(|c| c.address.is_none()), "the controller has no address", "add `address:` below `controller`")
            }
            Channel::Form => (
                registry.forms.is_empty() && registry.requests().is_none(),
                "the site has no form",
                "add a form in `content/forms/`, the form for privacy requests, or another channel",
            ),
            Channel::Account | Channel::Banner => return None,
        };
        missing.then(|| (path, format!("rights are exercised by `{}`, and {what}", channel.name()), help))
    };
    channels.iter().filter_map(leads_nowhere).chain(requests(registry)).collect()
}

/// The form for privacy requests, where it is there and nobody is told, or where another form has its name.
fn requests(registry: &Registry) -> Option<Fault> {
    registry.requests()?;
    if registry.forms.iter().any(|form| form.id.as_str() == FORM) {
        let message = format!("the form for privacy requests is `{FORM}`, and so is one of the site's own");
        return Some(("rights.channel", message, "give the file of that form another name"));
    }
    let told = registry.rights.channel.contains(&Channel::Form);
    (!told).then(|| {
        let message = "privacy requests are kept, and `form` is no channel of the rights".to_owned();
        ("rights.channel", message, "add `form` to `channel:`, and `{{ privacy_request() }}` to a page")
    })
}

/// The time for an answer, where it is missing or too long.
fn answer(registry: &Registry) -> Option<Fault> {
    let path = "rights.answer_within";
    match &registry.rights.answer_within {
        None => Some((
            path,
            "rights are offered, and nothing says by when a request is answered".to_owned(),
            "add `answer_within: 1 month` below `rights`",
        )),
        Some(stated) => {
            let late = stated.known().filter(|period| period.days() > MONTH)?;
            Some((
                path,
                format!("an answer within `{late}` comes later than the month that the law gives"),
                "write `answer_within: 1 month`, or less",
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::with_form;

    fn messages(rights: &str, form: Option<&str>) -> Vec<String> {
        let text = format!("controller: {{ name: Acme, email: a@acme.example }}\nrights: {{ offer: [access], {rights} }}\n");
        with_form("right-without-channel", &text, form).into_iter().map(|diagnostic| diagnostic.message).collect()
    }

    #[test]
    fn a_channel_that_leads_somewhere_and_a_time_are_clean() {
        assert!(messages("channel: email, answer_within: 1 month", None).is_empty());
        assert!(messages("channel: account, answer_within: 30 days", None).is_empty());
        assert!(messages("channel: account, answer_within: { unknown: Acme }", None).is_empty());
        let form = Some("fields: { email: { type: email } }\n");
        assert!(messages("channel: [form, email], answer_within: 2 weeks", form).is_empty());
    }

    #[test]
    fn nothing_is_asked_where_no_right_is_offered() {
        assert!(with_form("right-without-channel", "data: { lead: { label: Leads } }\n", None).is_empty());
    }

    // Promises: qualify-crm/rights-address, qualify-crm/answered-within-a-month, cluently/answered-within-30-days
    #[test]
    fn no_channel_and_no_time_are_told_at_once() {
        let both = [
            "rights are offered, and nothing says by when a request is answered",
            "rights are offered, and nothing says how to exercise them",
        ];
        assert_eq!(messages("", None), both);
        assert_eq!(messages("channel: banner", None).len(), 2);
    }

    #[test]
    fn a_channel_that_leads_nowhere_is_reported() {
        let found = messages("channel: [form, post], answer_within: 1 month", None);
        assert_eq!(
            found,
            [
                "rights are exercised by `form`, and the site has no form",
                "rights are exercised by `post`, and the controller has no address"
            ]
        );
    }

    #[test]
    fn the_form_for_requests_is_a_channel_that_is_told() {
        let kept = |channel: &str| {
            let data = "data: { requests: { label: Requests, from: { functions: requests } } }";
            let rights = format!("rights: {{ offer: [access], channel: {channel}, answer_within: 1 month }}");
            let text = format!("controller: {{ name: Acme, email: a@acme.example }}\n{data}\n{rights}\n");
            with_form("right-without-channel", &text, None).into_iter().map(|diagnostic| diagnostic.message).collect::<Vec<_>>()
        };
        assert!(kept("[email, form]").is_empty());
        assert_eq!(kept("email"), ["privacy requests are kept, and `form` is no channel of the rights"]);
    }

    // Promises: qualify-crm/answered-within-a-month, cluently/answered-within-30-days
    #[test]
    fn an_answer_takes_a_month_at_most() {
        assert!(messages("channel: email, answer_within: 31 days", None).is_empty());
        let late = messages("channel: email, answer_within: 45 days", None);
        assert_eq!(late, ["an answer within `P45D` comes later than the month that the law gives"]);
    }
}
