//! The notice of a change of the policy: what was promised, and who may be written to for it.
//!
//! Telling people what becomes of their data before it does is owed to them (GDPR Art. 13(3) and 14(4)); it is no advertising, and asks for no
//! consent. It does not widen who gets their address: only a recipient that the registry names for it carries the letter.

use std::collections::BTreeSet;

use crate::model::{Basis, Channel, Effective, Field, FieldType, Form, Period, Purpose, RecipientId, Registry};

/// How long before a change people are told by e-mail; none where that is not promised.
pub fn promised(registry: &Registry) -> Option<Period> {
    let changes = registry.changes.as_ref()?;
    match changes.effective {
        Effective::After(period) if changes.by == Some(Channel::Email) => Some(period),
        Effective::After(_) | Effective::OnPublication => None,
    }
}

/// How those who sent a form are written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach<'a> {
    /// The field with the address.
    pub field: &'a Field,
    /// Who may carry a letter there.
    pub carriers: BTreeSet<&'a RecipientId>,
}

/// How those who sent a form are written to; none where it asks for no address, or for one that no recipient may have.
///
/// A recipient may have it for the purpose that the address was asked for, or for one on a legal obligation, which is how a site declares the
/// notice itself. Either must name the address's data and the recipient.
pub fn reach<'a>(registry: &'a Registry, form: &'a Form) -> Option<Reach<'a>> {
    let field = form.fields.iter().find(|field| field.kind == FieldType::Email)?;
    let data = field.data.as_ref()?;
    let is_owed = |purpose: &Purpose| purpose.bases.iter().any(|used| used.basis == Basis::LegalObligation);
    let serves = |purpose: &&Purpose| purpose.data.contains(data) && (field.purpose.as_ref() == Some(&purpose.id) || is_owed(purpose));
    let carriers: BTreeSet<_> = registry.purposes.iter().filter(serves).flat_map(|purpose| &purpose.recipients).collect();
    (!carriers.is_empty()).then_some(Reach { field, carriers })
}
