//! The table: what derives from each declaration.

use std::collections::BTreeSet;

use registry::catalogue;
use registry::derive::{authority, retention};
use registry::model::{Basis, CaptureKind, Category, Channel, DeliveryKind, Holding, Right, Role, Safeguard, StorageKind, System, Then};

use crate::site::Site;

/// A place that derives from the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// The pages in English.
    English,
    /// The pages in French.
    French,
    /// What the functions load.
    Contract,
    /// The headers of every state of consent.
    Headers,
    /// The rules of the retention job.
    Job,
    /// The hosts that the functions may call.
    Egress,
    /// What visitors are asked.
    Consent,
    /// What the functions accept of a form.
    Schema,
}

use Place::{Consent, Contract, Egress, English, French, Headers, Job, Schema};

/// What values a declaration can have.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// More declarations, and no value of its own.
    Group,
    /// Words for people.
    Text,
    /// An e-mail address.
    Email,
    /// A host.
    Host,
    /// A length of time.
    Period,
    /// A country.
    Country,
    /// A day.
    Day,
    /// Yes or no.
    Flag,
    /// A number.
    Number,
    /// A word of a vocabulary.
    Word(&'static [&'static str]),
    /// A name that the tool knows.
    Known(fn() -> Vec<String>),
    /// The name of something in a section of the registry.
    Id(&'static str),
    /// One of these values, in JSON.
    Instead(&'static [&'static str]),
}

use Kind::{Country, Day, Email, Flag, Group, Host, Id, Instead, Known, Number, Period, Text, Word};

/// What a mutation of a declaration is, and what it must change.
pub(crate) struct Expected {
    pub(crate) kind: Kind,
    pub(crate) places: BTreeSet<Place>,
    /// What it must leave as it is: the pages in the other language.
    pub(crate) not: BTreeSet<Place>,
}

/// Whether the pages of every language tell of something.
#[derive(Clone, Copy, PartialEq)]
enum Pages {
    Told,
    Silent,
}

use Pages::{Silent, Told};

/// The types of a form's field.
const TYPES: &[&str] = &["text", "email", "tel", "textarea", "url", "hidden"];

/// A row: the declarations, what values they have, whether pages tell of them, and what else derives from them.
///
/// In a path, `*` stands for any key, and `a|b` for either. All that is declared is in the contract.
type Row = (&'static str, Kind, Pages, &'static [Place]);

#[rustfmt::skip]
const TABLE: &[Row] = &[
    ("controller", Group, Told, &[]),
    ("controller.name|product|representative|representative_title|address|phone", Text, Told, &[]),
    ("controller.legal_form|capital|registration|vat|publication_director|eu_representative", Text, Told, &[]),
    ("controller.country", Country, Told, &[]),
    ("controller.email", Email, Told, &[]),
    ("authority", Known(authorities), Told, &[]),
    ("dpo", Instead(&[r#"{ "none": "nobody has to name one" }"#]), Told, &[]),
    ("dpo.contact|none", Text, Told, &[]),
    ("automated_decisions", Instead(&[r#""none""#, r#"{ "logic": "a", "consequences": "b" }"#]), Told, &[]),
    ("automated_decisions.logic|consequences", Text, Told, &[]),
    ("sale", Instead(&[r#""none""#, r#""addresses, to whoever pays""#]), Told, &[]),
    ("host", Id("recipients"), Told, &[]),

    ("recipients", Group, Told, &[Egress]),
    ("recipients.*", Group, Told, &[Egress]),
    ("recipients.*.use", Known(catalogue::recipients), Told, &[]),
    ("recipients.*.name|legal_name|does|region|address|copy|privacy", Text, Told, &[]),
    ("recipients.*.role", Word(Role::NAMES), Told, &[]),
    ("recipients.*.country", Country, Told, &[]),
    ("recipients.*.self_hosted", Flag, Told, &[]),
    ("recipients.*.safeguards", Group, Told, &[]),
    ("recipients.*.safeguards.*", Word(Safeguard::NAMES), Told, &[]),
    ("recipients.*.certifications", Group, Told, &[]),
    ("recipients.*.certifications.*", Text, Told, &[]),
    ("recipients.*.erasure", Instead(&[r#""manual""#, r#"{ "expires": "30 days" }"#]), Silent, &[]),
    ("recipients.*.calls", Group, Silent, &[Egress]),
    ("recipients.*.calls.*", Host, Silent, &[Egress]),

    ("data", Group, Told, &[]),
    ("data.*", Group, Told, &[]),
    ("data.*.label|people|note", Text, Told, &[]),
    ("data.*.items", Group, Told, &[]),
    ("data.*.items.*", Text, Told, &[]),
    ("data.*.from", Instead(&[r#""people themselves""#]), Told, &[]),
    ("data.*.from.form", Id("forms"), Told, &[]),
    ("data.*.from.service", Id("services"), Told, &[]),
    ("data.*.from.recipient", Id("recipients"), Told, &[]),
    ("data.*.from.functions", Word(Holding::NAMES), Told, &[]),
    ("data.*.role", Word(Role::NAMES), Told, &[]),
    ("data.*.system", Word(System::NAMES), Told, &[]),

    ("purposes", Group, Told, &[]),
    ("purposes.*", Group, Told, &[]),
    ("purposes.*.label", Text, Told, &[]),
    ("purposes.*.basis", Word(Basis::NAMES), Told, &[]),
    ("purposes.*.when|interest|law", Text, Told, &[]),
    ("purposes.*.bases", Group, Told, &[]),
    ("purposes.*.bases.*", Group, Told, &[]),
    ("purposes.*.bases.*.basis", Word(Basis::NAMES), Told, &[]),
    ("purposes.*.bases.*.when|interest|law", Text, Told, &[]),
    ("purposes.*.data", Group, Told, &[]),
    ("purposes.*.data.*", Id("data"), Told, &[]),
    ("purposes.*.recipients", Group, Told, &[]),
    ("purposes.*.recipients.*", Id("recipients"), Told, &[]),
    ("purposes.*.system", Word(System::NAMES), Told, &[]),

    ("retention", Group, Told, &[Job]),
    ("retention.*", Group, Told, &[Job]),
    ("retention.*.data", Group, Told, &[Job]),
    ("retention.*.data.*", Id("data"), Told, &[Job]),
    ("retention.*.label|during|because", Text, Told, &[]),
    ("retention.*.only", Word(CaptureKind::NAMES), Silent, &[Job]),
    ("retention.*.from", Instead(&[r#""last-contact""#, r#""close""#]), Told, &[Job]),
    ("retention.*.keep", Period, Told, &[Job]),
    ("retention.*.then", Word(Then::NAMES), Told, &[Job]),
    ("retention.*.by", Instead(&[r#""product""#, r#"{ "manual": "somebody" }"#]), Told, &[Job]),
    ("retention.*.by.manual", Text, Told, &[]),
    ("retention.*.by.recipient", Id("recipients"), Told, &[]),

    ("services", Group, Told, &[Headers, Consent]),
    ("services.*", Group, Told, &[Headers, Consent]),
    ("services.*.use", Known(catalogue::services), Told, &[Headers, Consent]),
    ("services.*.label|does|receives", Text, Told, &[Consent]),
    ("services.*.loosens", Text, Told, &[]),
    ("services.*.category", Word(Category::NAMES), Told, &[Headers, Consent]),
    ("services.*.exempt", Flag, Told, &[Headers, Consent]),
    ("services.*.purpose", Id("purposes"), Told, &[Consent]),
    ("services.*.recipient", Id("recipients"), Told, &[Consent]),
    ("services.*.cookies|storage", Group, Told, &[Consent]),
    ("services.*.cookies|storage.*", Group, Told, &[Consent]),
    ("services.*.cookies|storage.*.name|key|does", Text, Told, &[Consent]),
    ("services.*.cookies|storage.*.keep", Period, Told, &[Consent]),
    ("services.*.cookies.*.party", Word(&["first", "third"]), Told, &[Consent]),
    ("services.*.storage.*.kind", Word(StorageKind::NAMES), Told, &[Consent]),
    ("services.*.system", Word(System::NAMES), Told, &[]),

    ("rights", Group, Told, &[]),
    ("rights.offer", Group, Told, &[]),
    ("rights.offer.*", Word(Right::NAMES), Told, &[]),
    ("rights.channel|withdraw", Group, Told, &[]),
    ("rights.channel|withdraw.*", Word(Channel::NAMES), Told, &[]),
    ("rights.answer_within", Period, Told, &[]),
    ("rights.law", Text, Told, &[]),
    ("rights.notes", Group, Told, &[]),
    ("rights.notes.*", Text, Told, &[]),
    ("changes", Instead(&[r#"{ "effective": "on publication" }"#, r#"{ "notice": "30 days", "by": "email" }"#]), Told, &[]),
    ("changes.effective", Group, Told, &[]),
    ("changes.notice", Period, Told, &[]),
    ("changes.by", Word(Channel::NAMES), Told, &[]),
    ("california", Group, Told, &[]),
    ("california.rights", Group, Told, &[]),
    ("california.rights.*", Flag, Told, &[]),
    ("california.answer_within", Period, Told, &[]),
    ("california.verify_identity", Flag, Told, &[]),
    ("california.reviewed", Day, Told, &[]),

    ("security", Group, Told, &[]),
    ("security.*", Group, Told, &[]),
    ("security.*.label", Text, Told, &[]),
    ("security.*.system", Word(System::NAMES), Told, &[]),
    ("attributions", Group, Told, &[]),
    ("attributions.*", Group, Told, &[]),
    ("attributions.*.label|publisher|url|licence|licence_url|owner", Text, Told, &[]),
    ("extensions", Group, Told, &[]),
    ("extensions.*", Group, Told, &[]),
    ("extensions.*.name|browser|does", Text, Told, &[]),
    ("extensions.*.reads|stores|never|revoke", Group, Told, &[]),
    ("extensions.*.reads|stores|never|revoke.*", Text, Told, &[]),
    ("extensions.*.deleted_within", Period, Told, &[]),

    ("forms.*.label", Text, Told, &[Schema]),
    ("forms.*.submit|sent", Text, Silent, &[]),
    ("forms.*.next", Group, Told, &[]),
    ("forms.*.next.*", Text, Told, &[]),
    ("forms.*.captures", Group, Told, &[]),
    ("forms.*.captures.*", Group, Told, &[]),
    ("forms.*.captures.*.what", Word(CaptureKind::NAMES), Told, &[]),
    ("forms.*.deliver", Group, Silent, &[]),
    ("forms.*.deliver.*", Group, Silent, &[]),
    ("forms.*.deliver.*.to", Id("recipients"), Silent, &[]),
    ("forms.*.deliver.*.as", Word(DeliveryKind::NAMES), Silent, &[]),
    ("forms.*.deliver.*.fields", Group, Silent, &[]),
    ("forms.*.data", Id("data"), Told, &[]),
    ("forms.*.purpose", Id("purposes"), Told, &[]),
    ("forms.*.fields", Group, Told, &[Schema]),
    ("forms.*.fields.*", Group, Told, &[Schema]),
    ("forms.*.fields.*.label", Text, Told, &[Schema]),
    ("forms.*.fields.*.hint", Text, Silent, &[]),
    ("forms.*.fields.*.type", Word(TYPES), Silent, &[Schema]),
    ("forms.*.fields.*.required", Flag, Told, &[Schema]),
    ("forms.*.fields.*.why", Text, Told, &[]),
    ("forms.*.fields.*.min_length|max_length", Number, Silent, &[Schema]),
    ("forms.*.fields.*.pattern", Text, Silent, &[Schema]),
    ("forms.*.fields.*.autocomplete", Text, Silent, &[]),
    ("forms.*.fields.*.options", Group, Told, &[Schema]),
    ("forms.*.fields.*.options.*", Text, Told, &[]),
    ("forms.*.fields.*.data", Id("data"), Told, &[]),
    ("forms.*.fields.*.purpose", Id("purposes"), Told, &[]),
];

/// What a mutation of the declaration of a path must change; none where no row tells.
pub(crate) fn of(path: &[String], site: &Site) -> Option<Expected> {
    if let Some((_, kind, pages, more)) = row(path) {
        let told = (pages == Told).then_some([English, French]);
        let more = more.iter().filter(|place| derives(**place, path, site));
        let places = told.into_iter().flatten().chain([Contract]).chain(more.copied()).collect();
        return Some(Expected { kind, places, not: BTreeSet::new() });
    }
    let (last, above) = path.split_last()?;
    let (_, kind, pages, _) = row(above)?;
    let only = |shown: &[Place], not: &[Place]| {
        let shown = shown.iter().filter(|_| pages == Told).copied();
        Some(Expected { kind: Text, places: shown.chain([Contract]).collect(), not: not.iter().copied().collect() })
    };
    match (last.as_str(), kind) {
        ("unknown", _) => only(&[English, French], &[]),
        ("en", Text | Instead(_)) => only(&[English], &[French]),
        ("fr", Text | Instead(_)) => only(&[French], &[English]),
        _ => None,
    }
}

fn row(path: &[String]) -> Option<Row> {
    let is_it = |(pattern, ..): &&Row| {
        let keys: Vec<&str> = pattern.split('.').collect();
        let fits = |(key, own): (&&str, &String)| *key == "*" || key.split('|').any(|key| key == own);
        keys.len() == path.len() && keys.iter().zip(path).all(fits)
    };
    TABLE.iter().find(is_it).copied()
}

/// Whether a place derives from this very declaration: the retention job has only its own rules, visitors are asked only
/// about what waits for their consent.
fn derives(place: Place, path: &[String], site: &Site) -> bool {
    let registry = &site.registry;
    let concerned: BTreeSet<String> = match place {
        Job => retention::rules(registry).into_iter().map(|rule| rule.id.0).collect(),
        Consent | Headers => registry.services.iter().filter(|service| service.needs_consent()).map(|s| s.id.0.clone()).collect(),
        Egress => registry.recipients.iter().filter(|recipient| !recipient.calls.is_empty()).map(|r| r.id.0.clone()).collect(),
        _ => return true,
    };
    path.get(1).map_or(!concerned.is_empty(), |id| concerned.contains(id))
}

fn authorities() -> Vec<String> {
    authority::KNOWN.iter().map(|known| known.id.to_owned()).collect()
}
