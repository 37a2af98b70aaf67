//! What data there is, what it is used for on which basis, how long it is kept.

use serde::Serialize;

use super::{Answer, Telling};
use crate::model::{Basis, BasisUse, DataCategory, DataId, Enforcer, Field, From, Holding, Keep, Purpose, Retention, Role, Stated, Then};

/// A category of data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DataView {
    /// Its key.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// Whose it is.
    pub people: String,
    /// What belongs to it.
    pub items: Vec<String>,
    /// The fields of its form.
    pub fields: Vec<FieldView>,
    /// What these fields are asked for: purposes, each once.
    pub fields_serve: Vec<String>,
    /// Where it comes from, in words.
    pub from: String,
    /// Whether it is handled on behalf of the site's users.
    pub on_behalf: bool,
    /// A word on how it is treated.
    pub note: String,
    /// Which part of the work it belongs to: the key, and in words.
    pub system: (String, String),
    /// How long it is kept.
    pub kept: Vec<RetentionView>,
    /// What it is used for.
    pub purposes: Vec<String>,
}

/// A field that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldView {
    /// What visitors read beside it.
    pub label: String,
    /// Whether it must be filled in.
    pub required: bool,
    /// Why it is asked for.
    pub why: String,
    /// The choices there are.
    pub options: Vec<String>,
    /// Whether visitors never see it.
    pub hidden: bool,
}

/// A purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PurposeView {
    /// Its key.
    pub id: String,
    /// What it is.
    pub label: String,
    /// What allows it.
    pub bases: Vec<BasisView>,
    /// The data that it uses.
    pub data: Vec<String>,
    /// Who receives data for it.
    pub recipients: Vec<String>,
    /// Which part of the work it belongs to: the key, and in words.
    pub system: (String, String),
    /// The same in words, where not all purposes belong to one part.
    pub part: String,
}

/// A basis as a purpose rests on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BasisView {
    /// Its name, in words.
    pub name: String,
    /// Its key, such as `legal-obligation`.
    pub basis: &'static str,
    /// The article, such as `6(1)(c)`.
    pub article: String,
    /// When it is this one.
    pub when: String,
    /// The interest pursued.
    pub interest: String,
    /// The law that obliges.
    pub law: String,
}

/// A basis with all that rests on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BasesView {
    /// Its name, in words.
    pub name: String,
    /// The article, such as `6(1)(c)`.
    pub article: String,
    /// The purposes that rest on it.
    pub uses: Vec<UnderBasis>,
}

/// A purpose below a basis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnderBasis {
    /// What the purpose is.
    pub label: String,
    /// How it rests on the basis.
    pub basis: BasisView,
}

/// How long some data is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RetentionView {
    /// Its key.
    pub id: String,
    /// What is kept: the declaration's own label, or those of its data.
    pub label: String,
    /// The labels of its data, where the declaration has a label of its own.
    pub data: Vec<String>,
    /// For as long as this lasts.
    pub during: String,
    /// How long, in words; empty where it is only for as long as something lasts.
    pub keep: Answer,
    /// Whether it is only for the browser's session.
    pub session: bool,
    /// From when on.
    pub from: String,
    /// What becomes of it then: the key, and in words; both empty where nothing is said.
    pub then: (String, String),
    /// Why so long.
    pub because: String,
    /// Who or what carries it out, in words.
    pub by: Answer,
}

impl Telling<'_> {
    fn system(&self, system: crate::model::System) -> (String, String) {
        (system.name().to_owned(), self.words.word_of("system", system.name()))
    }

    fn data_label(&self, id: &DataId) -> String {
        self.registry.data(id).map_or_else(|| id.to_string(), |data| self.text(&data.label))
    }

    pub(super) fn data(&self, data: &DataCategory) -> DataView {
        let registry = self.registry;
        let fields: Vec<&Field> =
            registry.forms.iter().flat_map(|form| &form.fields).filter(|field| field.data.as_ref() == Some(&data.id)).collect();
        let served = registry.purposes.iter().filter(|purpose| fields.iter().any(|field| field.purpose.as_ref() == Some(&purpose.id)));
        let fields_serve = served.map(|purpose| self.text(&purpose.label)).collect();
        let purposes = registry.purposes.iter().filter(|purpose| purpose.data.contains(&data.id));
        let kept = registry.retention.iter().filter(|rule| rule.data.contains(&data.id));
        DataView {
            id: data.id.0.clone(),
            label: self.text(&data.label),
            people: self.optional(data.people.as_ref()),
            items: self.texts(&data.items),
            fields: fields.into_iter().map(|field| self.field(field)).collect(),
            fields_serve,
            from: data.from.as_ref().map(|from| self.from(from)).unwrap_or_default(),
            on_behalf: data.role == Role::Processor,
            note: self.optional(data.note.as_ref()),
            system: self.system(data.system),
            kept: kept.map(|rule| self.retention(rule)).collect(),
            purposes: purposes.map(|purpose| self.text(&purpose.label)).collect(),
        }
    }

    fn field(&self, field: &Field) -> FieldView {
        FieldView {
            label: self.text(&field.label),
            required: field.required,
            why: self.optional(field.why.as_ref()),
            options: field.options.iter().map(|option| self.text(&option.label)).collect(),
            hidden: field.kind == crate::model::FieldType::Hidden,
        }
    }

    fn from(&self, from: &From) -> String {
        match from {
            From::Form(id) => self.registry.form(id).map_or_else(|| id.to_string(), |form| self.text(&form.label)),
            From::Service(id) => self.registry.service(id).map_or_else(|| id.to_string(), |service| self.text(&service.label)),
            From::Recipient(id) => self.registry.recipient(id).map_or_else(|| id.to_string(), |recipient| recipient.name.clone()),
            From::Functions(Holding::Deliveries | Holding::Protection) => self.words.word("from_functions"),
            From::Functions(Holding::Projects) => self.words.word("from_projects"),
            From::Functions(Holding::Codes) => self.words.word("from_codes"),
            From::Functions(Holding::Receipts) => self.words.word("from_receipts"),
            From::Functions(Holding::Requests) => self.words.word("from_requests"),
            From::Functions(Holding::Notices) => self.words.word("from_notices"),
            From::Other(text) => self.text(text),
        }
    }

    pub(super) fn purpose(&self, purpose: &Purpose) -> PurposeView {
        let recipients = purpose.recipients.iter().filter_map(|id| self.registry.recipient(id));
        let several = self.registry.purposes.iter().any(|other| other.system != purpose.system);
        PurposeView {
            id: purpose.id.0.clone(),
            label: self.text(&purpose.label),
            bases: purpose.bases.iter().map(|basis| self.basis(basis)).collect(),
            data: purpose.data.iter().map(|id| self.data_label(id)).collect(),
            recipients: recipients.map(|recipient| recipient.name.clone()).collect(),
            system: self.system(purpose.system),
            part: if several { self.words.word_of("system", purpose.system.name()) } else { String::new() },
        }
    }

    fn basis(&self, used: &BasisUse) -> BasisView {
        BasisView {
            name: self.words.word_of("basis", used.basis.name()),
            basis: used.basis.name(),
            article: article(used.basis),
            when: self.optional(used.when.as_ref()),
            interest: self.optional(used.interest.as_ref()),
            law: self.optional(used.law.as_ref()),
        }
    }

    pub(super) fn bases(&self) -> Vec<BasesView> {
        let of = |basis: &Basis| {
            let under = |purpose: &Purpose| {
                let used = purpose.bases.iter().find(|used| used.basis == *basis)?;
                Some(UnderBasis { label: self.text(&purpose.label), basis: self.basis(used) })
            };
            let uses: Vec<UnderBasis> = self.registry.purposes.iter().filter_map(under).collect();
            let name = self.words.word_of("basis", basis.name());
            (!uses.is_empty()).then(|| BasesView { name, article: article(*basis), uses })
        };
        Basis::ALL.iter().filter_map(of).collect()
    }

    pub(super) fn retention(&self, rule: &Retention) -> RetentionView {
        let data: Vec<String> = rule.data.iter().map(|id| self.data_label(id)).collect();
        let by = |enforcer: &Enforcer| match enforcer {
            Enforcer::Recipient(id) => self.registry.recipient(id).map_or_else(|| id.to_string(), |recipient| recipient.name.clone()),
            Enforcer::Manual(who) => self.text(who),
            Enforcer::Job => self.words.word("by_job"),
            Enforcer::Browser => self.words.word("by_browser"),
            Enforcer::Product => self.words.word("by_product"),
        };
        let noted: Vec<String> = rule.only.iter().map(|kind| self.words.word_of("mail_capture", kind.name())).collect();
        let has_own = rule.label.is_some() || !noted.is_empty();
        let noted = (!noted.is_empty()).then(|| noted.join(", "));
        let then = |then: Then| (then.name().to_owned(), self.words.word_of("then", then.name()));
        RetentionView {
            id: rule.id.0.clone(),
            label: rule.label.as_ref().map_or_else(|| noted.unwrap_or_else(|| data.join(", ")), |label| self.text(label)),
            data: if has_own { data } else { Vec::new() },
            during: self.optional(rule.during.as_ref()),
            keep: self.answer(rule.keep.as_ref(), |keep| self.words.keep(*keep)),
            session: matches!(rule.keep, Some(Stated::Known(Keep::Session))),
            from: rule.from.as_ref().map(|from| self.words.start(from)).unwrap_or_default(),
            // "Until it is deleted, then deleted" says nothing.
            then: rule.then.filter(|_| rule.keep != Some(Stated::Known(Keep::UntilDeleted))).map(then).unwrap_or_default(),
            because: self.optional(rule.because.as_ref()),
            by: self.answer(rule.by.as_ref(), by),
        }
    }
}

fn article(basis: Basis) -> String {
    format!("6(1)({})", basis.point())
}
