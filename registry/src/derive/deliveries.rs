//! What a delivery may carry. Adapters choose what they send from here and from nowhere else, so that none sends what is not declared.

use crate::model::{Capture, DataId, Delivery, DeliveryKind, Field, FieldType, Form, PurposeId, RecipientId, Registry};

/// What a delivery may carry to its recipient.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carried<'a> {
    /// The field with the address of who sent the form: a confirmation goes there, and the answer to a notification.
    pub address: Option<&'a Field>,
    /// The fields whose values are sent, in the form's order.
    pub fields: Vec<&'a Field>,
    /// What was noted and is sent with them.
    pub captures: Vec<&'a Capture>,
}

/// What a delivery of a form may carry.
///
/// A value is sent where its kind of delivery carries it, and where the purpose that it was asked for names both its data and the recipient.
/// A confirmation carries no value at all. Who narrows a delivery by `fields` sends nothing else, so not what nobody typed either.
pub fn declared<'a>(registry: &Registry, form: &'a Form, delivery: &Delivery) -> Carried<'a> {
    let permits = |data: Option<&DataId>, purpose: Option<&PurposeId>| permits(registry, &delivery.to, data, purpose);
    let fields: Vec<&Field> = form.fields.iter().filter(|field| permits(field.data.as_ref(), field.purpose.as_ref())).collect();
    let address = match delivery.kind {
        DeliveryKind::Confirmation | DeliveryKind::Notification => fields.iter().copied().find(|field| field.kind == FieldType::Email),
        DeliveryKind::Page | DeliveryKind::Webhook => None,
    };
    let captures = form.captures.iter().filter(|capture| permits(capture.data.as_ref(), capture.purpose.as_ref()));
    // No field bears the empty name: it stands for what is no field.
    let captures = captures.filter(|_| carries(delivery, "")).collect();
    Carried { address, fields: fields.into_iter().filter(|field| carries(delivery, &field.name)).collect(), captures }
}

/// Whether a recipient may have some data for a purpose.
fn permits(registry: &Registry, recipient: &RecipientId, data: Option<&DataId>, purpose: Option<&PurposeId>) -> bool {
    let (Some(data), Some(purpose)) = (data, purpose.and_then(|id| registry.purpose(id))) else { return false };
    purpose.data.contains(data) && purpose.recipients.contains(recipient)
}

/// Whether a kind of delivery carries the value of a name, as far as its author narrowed it.
fn carries(delivery: &Delivery, name: &str) -> bool {
    let is_named = delivery.fields.as_ref().map(|names| names.iter().any(|named| named == name));
    match delivery.kind {
        DeliveryKind::Page | DeliveryKind::Notification => is_named.unwrap_or(true),
        DeliveryKind::Webhook => is_named.unwrap_or(false),
        DeliveryKind::Confirmation => false,
    }
}
