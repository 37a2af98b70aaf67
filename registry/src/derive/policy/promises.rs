//! What a policy must show: every text of it that says something about the declarations, with the declaration it comes from.

use super::{Answer, Policy, RecipientView, RetentionView, ServiceView};

/// Something that a policy must show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// The part that shows it, by the name of its shortcode.
    pub part: &'static str,
    /// The declaration, by its path of keys.
    pub path: String,
    /// The text that must be readable.
    pub text: String,
}

struct Promises {
    part: &'static str,
    found: Vec<Promise>,
}

impl Promises {
    fn part(&mut self, part: &'static str) -> &mut Self {
        self.part = part;
        self
    }

    fn text(&mut self, path: impl Into<String>, text: &str) {
        if !text.is_empty() {
            self.found.push(Promise { part: self.part, path: path.into(), text: text.to_owned() });
        }
    }

    fn texts(&mut self, path: &str, texts: &[String]) {
        texts.iter().for_each(|text| self.text(path, text));
    }

    fn answer(&mut self, path: impl Into<String>, answer: &Answer) {
        let text = if answer.unknown.is_empty() { &answer.text } else { &answer.unknown };
        self.text(path, text);
    }
}

/// Everything that a policy must show, part by part.
pub fn promises(policy: &Policy) -> Vec<Promise> {
    let mut promises = Promises { part: "", found: Vec::new() };
    if !policy.declared {
        return promises.found;
    }
    who(policy, &mut promises);
    uses(policy, &mut promises);
    policy.recipients.iter().for_each(|recipient| self::recipient(recipient, promises.part("recipients")));
    policy.retention.iter().for_each(|rule| retention(rule, promises.part("retention")));
    let services = policy.categories.iter().flat_map(|category| &category.services);
    services.for_each(|service| self::service(service, promises.part("cookies")));
    people(policy, &mut promises);
    more(policy, &mut promises);
    promises.found
}

fn who(policy: &Policy, promises: &mut Promises) {
    let controller = &policy.controller;
    promises.part("controller").text("controller.name", &controller.name);
    promises.text("controller.product", &controller.product);
    promises.answer("controller.representative", &controller.representative);
    promises.text("controller.representative_title", &controller.representative_title);
    promises.answer("controller.address", &controller.address);
    promises.answer("controller.country", &controller.country);
    promises.answer("controller.email", &controller.email);
    promises.answer("controller.eu_representative", &controller.eu_representative);
    if let Some(dpo) = &policy.dpo {
        [&dpo.contact, &dpo.none, &dpo.unknown].into_iter().for_each(|text| promises.text("dpo", text));
    }
    if let Some(authority) = &policy.authority {
        promises.part("authority").text("authority", &authority.name);
        promises.text("authority", &authority.host);
    }
}

fn uses(policy: &Policy, promises: &mut Promises) {
    promises.part("collected");
    for data in &policy.data {
        let path = format!("data.{}", data.id);
        promises.text(format!("{path}.label"), &data.label);
        promises.text(format!("{path}.people"), &data.people);
        promises.texts(&format!("{path}.items"), &data.items);
        promises.text(format!("{path}.from"), &data.from);
        promises.text(format!("{path}.note"), &data.note);
        promises.texts(&path, &data.fields_serve);
        for field in &data.fields {
            promises.text(&path, &field.label);
            promises.text(&path, &field.why);
            promises.texts(&path, &field.options);
        }
    }
    promises.part("purposes");
    for purpose in &policy.purposes {
        let path = format!("purposes.{}", purpose.id);
        promises.text(format!("{path}.label"), &purpose.label);
        promises.text(format!("{path}.system"), &purpose.part);
        for basis in &purpose.bases {
            promises.text(&path, &basis.name);
            [&basis.when, &basis.interest, &basis.law].into_iter().for_each(|text| promises.text(&path, text));
        }
    }
}

fn recipient(recipient: &RecipientView, promises: &mut Promises) {
    let path = format!("recipients.{}", recipient.id);
    promises.text(format!("{path}.name"), &recipient.name);
    promises.answer(format!("{path}.role"), &recipient.role);
    promises.text(format!("{path}.does"), &recipient.does);
    if !recipient.self_hosted {
        promises.answer(format!("{path}.country"), &recipient.country);
        promises.text(format!("{path}.region"), &recipient.region);
        promises.text(format!("{path}.address"), &recipient.address);
        promises.answer(format!("{path}.safeguards"), &recipient.safeguards);
        promises.texts(&format!("{path}.certifications"), &recipient.certifications);
    }
}

fn retention(rule: &RetentionView, promises: &mut Promises) {
    let path = format!("retention.{}", rule.id);
    promises.text(&path, &rule.label);
    promises.texts(&format!("{path}.data"), &rule.data);
    promises.text(format!("{path}.during"), &rule.during);
    promises.answer(format!("{path}.keep"), &rule.keep);
    promises.text(format!("{path}.from"), &rule.from);
    promises.text(format!("{path}.because"), &rule.because);
    promises.answer(format!("{path}.by"), &rule.by);
}

fn service(service: &ServiceView, promises: &mut Promises) {
    let path = format!("services.{}", service.id);
    promises.text(format!("{path}.label"), &service.label);
    promises.text(format!("{path}.does"), &service.does);
    promises.text(format!("{path}.receives"), &service.receives);
    promises.text(format!("{path}.purpose"), &service.purpose);
    promises.text(format!("{path}.system"), &service.part);
    promises.text(format!("{path}.recipient"), &service.recipient);
    for cookie in &service.cookies {
        promises.text(format!("{path}.cookies"), &cookie.name);
        promises.text(format!("{path}.cookies"), &cookie.does);
        promises.answer(format!("{path}.cookies"), &cookie.keep);
    }
    for storage in &service.storage {
        promises.text(format!("{path}.storage"), &storage.key);
        promises.text(format!("{path}.storage"), &storage.does);
        promises.answer(format!("{path}.storage"), &storage.keep);
    }
}

fn people(policy: &Policy, promises: &mut Promises) {
    promises.part("rights");
    for right in &policy.rights.offer {
        promises.text("rights.offer", &right.name);
        promises.text("rights.notes", &right.note);
    }
    promises.texts("rights.channel", &policy.rights.channel);
    promises.answer("rights.answer_within", &policy.rights.answer_within);
    promises.text("rights.law", &policy.rights.law);
    if policy.rights.withdrawal {
        promises.texts("rights.withdraw", &policy.rights.withdraw);
    }
    if let Some(decisions) = &policy.automated_decisions {
        [&decisions.logic, &decisions.consequences, &decisions.unknown]
            .into_iter()
            .for_each(|text| promises.text("automated_decisions", text));
    }
    if let Some(changes) = &policy.changes {
        promises.part("changes").text("changes", &changes.notice);
        promises.text("changes", &changes.by);
    }
    promises.part("california");
    if let Some(california) = &policy.california {
        for right in &california.rights {
            promises.text("california.rights", &right.name);
            promises.text("california.rights", &right.unknown);
        }
        promises.text("california.answer_within", &california.answer_within);
    }
}

fn more(policy: &Policy, promises: &mut Promises) {
    promises.part("security");
    policy.security.iter().for_each(|part| promises.texts("security", &part.measures));
    promises.part("extensions");
    for extension in &policy.extensions {
        let path = format!("extensions.{}", extension.id);
        promises.text(&path, &extension.name);
        promises.text(&path, &extension.does);
        for (key, texts) in
            [("reads", &extension.reads), ("stores", &extension.stores), ("never", &extension.never), ("revoke", &extension.revoke)]
        {
            promises.texts(&format!("{path}.{key}"), texts);
        }
        promises.text(format!("{path}.deleted_within"), &extension.deleted_within);
    }
    promises.part("attributions");
    for attribution in &policy.attributions {
        let texts = [&attribution.label, &attribution.publisher, &attribution.licence, &attribution.owner];
        texts.into_iter().for_each(|text| promises.text("attributions", text));
    }
}
