//! E-mails as text and HTML, from the site's templates, in a reader's language. How they are sent is left to the adapters.

mod announcements;
mod facts;
mod requests;

use std::fmt;
use std::sync::{Arc, OnceLock};

use registry::contract::Contract;
use registry::derive::deliveries::Carried;
use registry::model::Form;
use serde_json::{Map, Value, json};
use tera::{Context, Tera};

use crate::lead::{Failure, Lead, Suspicion};
use crate::ports::Notice;

/// An e-mail without its envelope.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its subject: one line, whatever the words of the site hold.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// The same as a page of HTML.
    pub html: String,
}

/// What a letter says may be about a person.
impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Letter")
    }
}

/// The letters of a site.
pub struct Letters {
    contract: Arc<Contract>,
    /// Templates are read at the first letter; none where one of them is no template.
    templates: OnceLock<Option<Tera>>,
}

impl Letters {
    /// With the site's templates and words.
    pub fn new(contract: Arc<Contract>) -> Self {
        Self { contract, templates: OnceLock::new() }
    }

    /// Tells who sent a form that it arrived, in the language of the page. It never repeats what was typed: whoever types another's address
    /// would have us send that text there.
    ///
    /// # Errors
    /// [`Failure::Rejected`] where a template of the site does not render.
    pub fn confirmation(&self, form: &Form, lead: &Lead) -> Result<Letter, Failure> {
        let (registry, language) = (&self.contract.registry, lead.language.as_str());
        let words = self.words(language);
        let label = form.label.get(language);
        let sent = form.sent.as_ref().map_or_else(|| word(words, "mail_confirmation_sent"), |sent| sent.get(language));
        let values = json!({
            "subject": word(words, "mail_confirmation_subject").replace("{form}", label),
            "intro": word(words, "mail_confirmation_intro").replace("{form}", label).replace("{site}", self.site()),
            "sent": sent,
            "reference": lead.id,
            "next": form.next.iter().map(|step| step.get(language)).collect::<Vec<_>>(),
            "kept": facts::kept(registry, form, language, words),
            "rights": facts::rights(registry, words),
            "contact": registry.controller.as_ref().and_then(|controller| controller.email.as_ref()?.known()),
        });
        self.letter("confirmation", language, values)
    }

    /// Tells operations what was sent by a form.
    ///
    /// # Errors
    /// As [`Letters::confirmation`].
    pub fn notification(&self, form: &Form, carried: &Carried<'_>, lead: &Lead) -> Result<Letter, Failure> {
        self.submission("mail_notification_intro", form, carried, lead)
    }

    /// The same, where this letter is the only copy of what was sent.
    ///
    /// # Errors
    /// As [`Letters::confirmation`].
    pub fn only_copy(&self, form: &Form, carried: &Carried<'_>, lead: &Lead) -> Result<Letter, Failure> {
        self.submission("mail_only_copy_intro", form, carried, lead)
    }

    fn submission(&self, intro: &str, form: &Form, carried: &Carried<'_>, lead: &Lead) -> Result<Letter, Failure> {
        let language = self.default_language();
        let words = self.words(language);
        let label = form.label.get(language);
        let values = json!({
            "subject": word(words, "mail_notification_subject").replace("{form}", label),
            "intro": word(words, intro).replace("{form}", label).replace("{site}", self.site()),
            "form": label,
            "answers": carried.address.is_some_and(|field| lead.values.reveal().contains_key(&field.name)),
            "rows": facts::rows(carried, lead, language, words),
            "reference": lead.id,
        });
        self.letter("notification", language, values)
    }

    /// Tells operations what needs a person.
    ///
    /// # Errors
    /// As [`Letters::confirmation`].
    pub fn notice(&self, notice: &Notice) -> Result<Letter, Failure> {
        let language = self.default_language();
        let words = self.words(language);
        let subject = |key: &str, count: usize| word(words, key).replace("{count}", &count.to_string());
        let failed = |failure: &Failure| word(words, &format!("mail_failure_{failure}").replace('-', "_")).to_owned();
        match notice {
            Notice::Alert { dead, parked } => {
                let dead_rows = dead.iter().map(|(lead, sink, why)| json!({ "lead": lead, "sink": sink, "failure": failed(why) }));
                let parked_rows = parked.iter().map(|(sink, why)| json!({ "sink": sink, "failure": failed(why) }));
                let values = json!({
                    "subject": subject("mail_alert_subject", dead.len() + parked.len()),
                    "dead": dead_rows.collect::<Vec<_>>(),
                    "parked": parked_rows.collect::<Vec<_>>(),
                });
                self.letter("alert", language, values)
            }
            Notice::Digest { held } => {
                let why = |reason: &Suspicion| match reason {
                    Suspicion::Honeypot => word(words, "mail_held_honeypot"),
                    Suspicion::Links => word(words, "mail_held_links"),
                };
                let rows = held
                    .iter()
                    .map(|(lead, reasons)| json!({ "lead": lead, "why": reasons.iter().map(why).collect::<Vec<_>>().join("; ") }));
                let values = json!({ "subject": subject("mail_digest_subject", held.len()), "held": rows.collect::<Vec<_>>() });
                self.letter("digest", language, values)
            }
            Notice::Retention(report) => {
                let records: u64 = report.gone.iter().map(|gone| gone.records).sum();
                let gone: Vec<_> = report.gone.iter().filter(|gone| gone.records > 0).collect();
                let subject = word(words, "mail_retention_subject").replace("{count}", &records.to_string());
                let values = json!({ "subject": subject, "gone": gone, "finished": report.finished, "others": report.others });
                self.letter("retention", language, values)
            }
            Notice::Late(jobs) => {
                let since = |since: &jiff::Timestamp| since.strftime("%Y-%m-%d %H:%M UTC").to_string();
                let rows: Vec<_> = jobs.iter().map(|(job, away)| json!({ "job": job, "since": since(away) })).collect();
                self.letter("late", language, json!({ "subject": subject("mail_late_subject", jobs.len()), "jobs": rows }))
            }
            Notice::Requests { open } => self.open_requests(open),
            Notice::Erased { entry } => self.erased(entry),
        }
    }

    fn letter(&self, name: &str, language: &str, mut values: Value) -> Result<Letter, Failure> {
        let templates = self.templates.get_or_init(|| templates(&self.contract)).as_ref().ok_or(Failure::Rejected)?;
        let subject = one_line(values["subject"].as_str().unwrap_or_default());
        for (key, value) in [
            ("subject", json!(subject)),
            ("lang", json!(language)),
            ("site", json!(self.site())),
            ("home", json!(self.contract.site.base_url)),
            ("words", json!(self.words(language))),
        ] {
            values[key] = value;
        }
        let context = Context::from_serialize(&values).map_err(|_| Failure::Rejected)?;
        let render = |kind: &str| templates.render(&format!("emails/{name}.{kind}"), &context).map_err(|_| Failure::Rejected);
        Ok(Letter { text: render("txt")?, html: render("html")?, subject })
    }

    /// The words of a language, or of the site's first one.
    fn words(&self, language: &str) -> Option<&Map<String, Value>> {
        let words = &self.contract.site.words;
        words.get(language).or_else(|| words.get(self.default_language()))
    }

    fn default_language(&self) -> &str {
        self.contract.site.languages.first().map_or("en", String::as_str)
    }

    /// What the site is called.
    fn site(&self) -> &str {
        self.contract.registry.controller.as_ref().map_or("", |it| it.product.as_deref().unwrap_or(&it.name))
    }
}

impl fmt::Debug for Letters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Letters")
    }
}

/// The templates of e-mails. Values are escaped in HTML, and nothing is in text.
fn templates(contract: &Contract) -> Option<Tera> {
    let mut tera = Tera::new();
    tera.autoescape_on([".html"]);
    let emails = contract.site.templates.iter().filter(|(name, _)| name.starts_with("emails/"));
    tera.add_raw_templates(emails.map(|(name, text)| (name.as_str(), text.as_str()))).ok()?;
    Some(tera)
}

/// A word of the interface; its key where there is none, so that nothing is silently left out.
fn word<'w>(words: Option<&'w Map<String, Value>>, key: &'w str) -> &'w str {
    words.and_then(|words| words.get(key)?.as_str()).unwrap_or(key)
}

/// A text as one line: a line break in a subject would begin another header.
fn one_line(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    clean.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}
