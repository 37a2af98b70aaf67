//! The letter that tells of a change of a policy: what changes, from when on, where all of it stands, and what whoever disagrees can do.

use serde_json::json;

use super::{Letter, Letters, facts, word};
use crate::announcement::Announcement;
use crate::lead::Failure;

impl Letters {
    /// Tells of a version to come, in a language, or in the site's first one that it has.
    ///
    /// # Errors
    /// [`Failure::Rejected`] where a template of the site does not render, or the version has no text.
    pub fn announcement(&self, announcement: &Announcement, language: &str) -> Result<Letter, Failure> {
        let languages = std::iter::once(language).chain(self.contract.site.languages.iter().map(String::as_str));
        let mut texts = languages.filter_map(|language| announcement.texts.get_key_value(language)).chain(&announcement.texts);
        let (language, change) = texts.next().ok_or(Failure::Rejected)?;
        let (registry, words) = (&self.contract.registry, self.words(language));
        let said = |key: &str| {
            // The title goes last: what its author wrote in braces is no name of ours.
            word(words, key).replace("{site}", self.site()).replace("{day}", &change.day).replace("{title}", &change.title)
        };
        let values = json!({
            "subject": said("mail_change_subject"),
            "title": said("mail_change_title"),
            "intro": said("mail_change_intro"),
            "sections": change.sections,
            "whole": change.whole,
            "word_by_word": change.word_by_word,
            "rights": facts::rights(registry, words),
            "contact": registry.controller.as_ref().and_then(|controller| controller.email.as_ref()?.known()),
        });
        self.letter("announcement", language, values)
    }
}
