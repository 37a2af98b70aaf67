//! What belongs together for exports: the fields of a category, who receives data for a purpose, by its services too; and what is
//! declared without a use that would place it, so that no export leaves anything out.

use crate::model::{Country, DataCategory, DataId, Field, Purpose, Recipient, Registry, Retention, Safeguard, Stated};

/// The fields that ask for data of a category.
pub(super) fn fields<'r>(registry: &'r Registry, data: &'r DataCategory) -> impl Iterator<Item = &'r Field> {
    registry.forms.iter().flat_map(|form| &form.fields).filter(|field| field.data.as_ref() == Some(&data.id))
}

/// A category's label, with what belongs to it.
pub(super) fn category(registry: &Registry, data: &DataCategory, language: &str) -> String {
    let asked = fields(registry, data).map(|field| &field.label);
    let items: Vec<&str> = data.items.iter().chain(asked).map(|text| text.get(language)).collect();
    let label = data.label.get(language);
    if items.is_empty() { label.to_owned() } else { format!("{label}: {}", items.join(", ")) }
}

/// Who receives data for a purpose: its own recipients, and those of the services that serve it.
pub(super) fn recipients<'r>(registry: &'r Registry, purpose: &Purpose) -> Vec<&'r Recipient> {
    let serves = |recipient: &Recipient| {
        let by_service = |service: &crate::model::Service| {
            service.purpose.as_ref() == Some(&purpose.id) && service.recipient.as_ref() == Some(&recipient.id)
        };
        purpose.recipients.contains(&recipient.id) || registry.services.iter().any(by_service)
    };
    registry.recipients.iter().filter(|recipient| serves(recipient)).collect()
}

/// What makes a transfer to a recipient lawful: what is declared, or that its country is adequate, which needs no declaration.
pub(super) fn safeguards(recipient: &Recipient) -> &[Safeguard] {
    match &recipient.safeguards {
        Some(declared) => declared.known().map_or(&[], Vec::as_slice),
        None if recipient.country.as_ref().and_then(Stated::known).is_some_and(Country::is_adequate) => &[Safeguard::Adequacy],
        None => &[],
    }
}

/// The retention rules for some data, in the order in which they are declared.
pub(super) fn retention<'r>(registry: &'r Registry, data: &[DataId]) -> Vec<(usize, &'r Retention)> {
    registry.retention.iter().enumerate().filter(|(_, rule)| rule.data.iter().any(|id| data.contains(id))).collect()
}

/// The categories of data that no purpose uses.
pub(super) fn unused_data(registry: &Registry) -> Vec<&DataCategory> {
    registry.data.iter().filter(|data| !registry.purposes.iter().any(|purpose| purpose.data.contains(&data.id))).collect()
}

/// The recipients whom no purpose names, such as the host.
pub(super) fn unused_recipients(registry: &Registry) -> Vec<&Recipient> {
    let used = |recipient: &&Recipient| registry.purposes.iter().any(|purpose| recipients(registry, purpose).contains(recipient));
    registry.recipients.iter().filter(|recipient| !used(recipient)).collect()
}

/// The retention rules that name no data.
pub(super) fn unused_retention(registry: &Registry) -> Vec<(usize, &Retention)> {
    let of_some = |rule: &Retention| rule.data.iter().any(|id| registry.data(id).is_some());
    registry.retention.iter().enumerate().filter(|(_, rule)| !of_some(rule)).collect()
}
