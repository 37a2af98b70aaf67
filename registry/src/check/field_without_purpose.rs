//! The check `field-without-purpose`: see its doc in `rules/field-without-purpose.md`.

use super::Judged;
use crate::diagnostic::{Diagnostic, Rule, Severity, Silence};
use crate::model::{DataCategory, Field, From, Registry, Role};

/// Data is asked for or held, and nothing says what for.
pub(super) static FIELD_WITHOUT_PURPOSE: Rule = Rule {
    name: "field-without-purpose",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/field-without-purpose.md"),
};

/// Why, for every message of this check.
const WHY: &str = "people must be told what each thing that they give is used for (GDPR Art. 13(1)(c)), and nothing may be collected \
                   without a purpose (Art. 5(1)(b))";

pub(super) fn check(judged: Judged<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for form in &judged.registry.forms {
        for field in &form.fields {
            if let Some((message, help)) = fault(judged.registry, field) {
                let path = format!("forms.{}.fields.{}", form.id, field.name);
                diagnostics.push(judged.at(&FIELD_WITHOUT_PURPOSE, &path, message).why(WHY).help(help));
            }
        }
    }
    for data in &judged.registry.data {
        // What is handled on behalf of users serves their purposes, which are theirs to tell.
        if data.role != Role::Processor && !is_used(judged.registry, data) {
            let message = format!("the data category `{}` serves no purpose", data.id);
            let help = format!("add `{}` to the `data` of a purpose, or remove it", data.id);
            diagnostics.push(judged.at(&FIELD_WITHOUT_PURPOSE, &format!("data.{}", data.id), message).why(WHY).help(help));
        }
    }
}

/// What is wrong with a field, and what to do.
fn fault(registry: &Registry, field: &Field) -> Option<(String, String)> {
    let missing: Vec<&str> = [("purpose", field.purpose.is_none()), ("data", field.data.is_none())]
        .into_iter()
        .filter_map(|(key, missing)| missing.then_some(key))
        .collect();
    if !missing.is_empty() {
        let words: Vec<&str> = missing.iter().map(|key| if *key == "data" { "no data category" } else { "no purpose" }).collect();
        let keys: Vec<String> = missing.iter().map(|key| format!("`{key}:`")).collect();
        let message = format!("the field `{}` has {}", field.name, words.join(" and "));
        return Some((message, format!("add {} to the field, or once to the whole form", keys.join(" and "))));
    }
    let (data, purpose) = (field.data.as_ref()?, registry.purpose(field.purpose.as_ref()?)?);
    let listed = purpose.data.contains(data) || registry.data(data).is_none();
    (!listed).then(|| {
        let message = format!("the field `{}` is `{data}` for `{}`, and that purpose does not list `{data}`", field.name, purpose.id);
        (message, format!("add `{data}` to `purposes.{}.data`", purpose.id))
    })
}

/// Whether anything says what a category is used for: a purpose, or the service or the field that it comes from.
fn is_used(registry: &Registry, data: &DataCategory) -> bool {
    let by_service = match &data.from {
        Some(From::Service(id)) => registry.service(id).is_some_and(|service| service.purpose.is_some()),
        _ => false,
    };
    let mut fields = registry.forms.iter().flat_map(|form| &form.fields);
    by_service
        || registry.purposes.iter().any(|purpose| purpose.data.contains(&data.id))
        || fields.any(|field| field.purpose.is_some() && field.data.as_ref() == Some(&data.id))
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::with_form;

    const PRIVACY: &str = "data: { lead: { label: Leads }, other: { label: Others } }\n\
                           purposes: { answer: { label: Answer, data: [lead] }, count: { label: Count, data: [other] } }\n";

    fn messages(privacy: &str, form: &str) -> Vec<String> {
        let form = Some(form).filter(|form| !form.is_empty());
        with_form("field-without-purpose", privacy, form).into_iter().map(|diagnostic| diagnostic.message).collect()
    }

    #[test]
    fn data_and_purpose_of_the_field_or_of_the_form_are_clean() {
        assert!(messages(PRIVACY, "fields: { email: { type: email, data: lead, purpose: answer } }\n").is_empty());
        assert!(messages(PRIVACY, "data: lead\npurpose: answer\nfields: { email: { type: email }, trap: { type: hidden } }\n").is_empty());
    }

    #[test]
    fn what_a_field_lacks_is_named() {
        assert_eq!(messages("", "fields: { email: { type: email } }\n"), ["the field `email` has no purpose and no data category"]);
        assert_eq!(messages(PRIVACY, "data: lead\nfields: { email: { type: email } }\n"), ["the field `email` has no purpose"]);
    }

    #[test]
    fn the_purpose_must_list_the_data_of_its_fields() {
        let form = "data: lead\npurpose: count\nfields: { email: { type: email } }\n";
        assert_eq!(messages(PRIVACY, form), ["the field `email` is `lead` for `count`, and that purpose does not list `lead`"]);
    }

    #[test]
    fn data_of_no_use_is_reported_unless_it_is_the_users() {
        assert_eq!(messages("data: { lead: { label: Leads } }\n", ""), ["the data category `lead` serves no purpose"]);
        assert!(messages("data: { lead: { label: Leads, role: processor } }\n", "").is_empty());
        let service = "data: { visits: { label: Visits, from: { service: figures } } }\npurposes: { count: { label: Count } }\n";
        let of = |purpose: &str| messages(&format!("{service}services: {{ figures: {{ label: Figures{purpose} }} }}\n"), "");
        assert!(of(", purpose: count").is_empty());
        assert_eq!(of("").len(), 1);
    }
}
