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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// A registry, and a form where one is given.
    fn registry(text: &str, form: Option<&str>) -> Registry {
        let (privacy, contact) = (Arc::from("content/privacy.yaml"), Arc::from("content/forms/contact.yaml"));
        let forms: Vec<_> = form.map(|form| (&contact, form)).into_iter().collect();
        let read = crate::resolve::registry(Some((&privacy, text)), &forms);
        assert_eq!(read.diagnostics, []);
        read.value.registry
    }

    #[test]
    fn a_notice_is_promised_by_email_or_not_here() {
        let promised = |changes: &str| promised(&registry(&format!("changes: {changes}\n"), None)).map(|period| period.to_string());
        assert_eq!(promised("{ notice: 30 days, by: email }").as_deref(), Some("P30D"));
        assert_eq!(promised("{ notice: 30 days, by: account }"), None);
        assert_eq!(promised("{ notice: 30 days }"), None);
        assert_eq!(promised("{ effective: on publication }"), None);
        assert_eq!(super::promised(&Registry::default()), None);
    }

    #[test]
    fn an_address_goes_to_those_who_may_have_it() {
        let form = "data: lead\npurpose: answer\nfields: { name: {}, email: { type: email }, other: { type: email } }\n";
        let carriers = |purposes: &str| {
            let text = format!(
                "recipients: {{ notion: {{ name: Notion }}, post: {{ name: Post }} }}\n\
                 data: {{ lead: {{ label: Leads }}, else: {{ label: Else }} }}\npurposes:\n{purposes}"
            );
            let registry = registry(&text, Some(form));
            let reach = reach(&registry, &registry.forms[0])?;
            assert_eq!(reach.field.name, "email", "the first address is that of who sent the form");
            Some(reach.carriers.into_iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
        };
        let answer = "  answer: { label: answer, basis: contract, data: [lead], recipients: [notion] }\n";
        assert_eq!(carriers(answer).as_deref(), Some("notion"));
        let notice = |basis: &str, data: &str| {
            format!("{answer}  tell: {{ label: tell, basis: {basis}, law: GDPR Art. 13(3), data: [{data}], recipients: [post] }}\n")
        };
        assert_eq!(carriers(&notice("legal-obligation", "lead")).as_deref(), Some("notion post"));
        assert_eq!(carriers(&notice("legal-obligation", "else")).as_deref(), Some("notion"));
        assert_eq!(carriers(&notice("consent", "lead")).as_deref(), Some("notion"), "what some agreed to is not for all");
        assert_eq!(carriers("  answer: { label: answer, basis: contract, data: [else], recipients: [notion] }\n"), None);
    }
}
