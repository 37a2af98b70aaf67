//! Registries for the tests of exports: one that declares everything, and some that declare little; and words for them.

use std::sync::Arc;

use registry::derive::edition::Edition;
use registry::derive::words::Words;
use registry::model::Registry;
use registry::resolve;

/// The edition that all exports of these tests stand for.
pub(crate) const EDITION: Edition<'static> =
    Edition { url: "https://cluster.example/privacy/", created: "2025-01-02", updated: "2026-05-01", version: 3, in_force: true };

/// An edition of a policy that has no page.
pub(crate) const UNPUBLISHED: Edition<'static> =
    Edition { url: "", created: "2026-05-01", updated: "2026-05-01", version: 1, in_force: false };

/// Registries that leave most unsaid, or say that it is unknown.
pub(crate) const SPARSE: [&str; 6] = [
    "",
    "controller: {}\n",
    "controller: { name: Acme, address: { unknown: Acme }, email: { unknown: Acme }, country: { unknown: Acme } }\n\
     dpo: { unknown: Acme }\nautomated_decisions: { unknown: Acme }\nsale: { unknown: Acme }\n",
    "controller: { name: Acme, phone: \"+33 (0)1\" }\ndpo: { contact: dpo@acme.example }\nrights: { offer: [complaint] }\n",
    "dpo: { contact: https://acme.example/dpo }\nautomated_decisions: none\nrights: { offer: [access, withdrawal] }\n",
    "recipients: { a: { name: A } }\ndata: { d: { label: D } }\nretention: { r: { data: [d] } }\npurposes: { p: { label: P, data: [d] } }\n",
];

/// The registry that declares everything.
pub(crate) fn full() -> Registry {
    read(include_str!("privacy.yaml"), &[("content/forms/contact.yaml", include_str!("contact.yaml"))])
}

/// A registry without forms.
pub(crate) fn of(privacy: &str) -> Registry {
    read(privacy, &[])
}

fn read(privacy: &str, forms: &[(&str, &str)]) -> Registry {
    let forms: Vec<(Arc<str>, &str)> = forms.iter().map(|(path, text)| (Arc::from(*path), *text)).collect();
    let forms: Vec<(&Arc<str>, &str)> = forms.iter().map(|(path, text)| (path, *text)).collect();
    let read = resolve::registry(Some((&Arc::from("content/privacy.yaml"), privacy)), &forms);
    assert_eq!(read.diagnostics, [], "{privacy}");
    read.value.registry
}

/// The words that exports add to those of the policy; every other key stands for itself.
const EXPORT: [(&str, &str, &str); 10] = [
    ("export_not_stated", "not stated", "non précisé"),
    ("export_unknown", "not stated; to be supplied by: {who}", "non précisé ; à fournir par : {who}"),
    ("export_no_dpo", "none appointed: {reason}", "aucun désigné : {reason}"),
    ("export_dpo", "Data protection officer", "Délégué à la protection des données"),
    ("export_self_hosted", "runs on our own machines; its maker receives nothing", "sur nos propres machines ; l’éditeur ne reçoit rien"),
    ("export_during", "as long as this lasts: {what}", "tant que dure : {what}"),
    ("export_from", "counted from: {what}", "à compter de : {what}"),
    ("export_exercise", "Exercised by: {channels}", "S’exerce par : {channels}"),
    ("export_answer", "an answer is due within: {period}", "réponse sous : {period}"),
    ("export_nothing_required", "none: nothing has to be filled in", "aucune : rien n’est obligatoire"),
];

/// Does something with the words of a language.
pub(crate) fn in_language<T>(language: &str, act: impl FnOnce(Words<'_>) -> T) -> T {
    let get = |key: &str| {
        let (_, english, french) = EXPORT.iter().find(|(known, ..)| *known == key)?;
        Some(if language == "fr" { *french } else { *english }.to_owned())
    };
    act(Words { language, get: &get })
}
