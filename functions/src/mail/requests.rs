//! Letters on privacy requests: the link, a request that no database keeps, and what operations are told.

use jiff::Timestamp;
use registry::derive::rights::{Asked, FORM};
use registry::derive::schema::{self, Ending};
use registry::derive::words::Words;
use serde_json::json;

use super::{Letter, Letters, word};
use crate::lead::Failure;
use crate::personal::Personal;
use crate::ports::Erased;
use crate::request::{PrivacyRequest, RequestId};

impl Letters {
    /// Asks who typed an address whether a request is theirs. The code stands in the link's fragment, which no server sees, and once more for
    /// whoever has no script.
    ///
    /// # Errors
    /// [`Failure::Rejected`] where a template of the site does not render.
    pub fn link(&self, request: &PrivacyRequest, code: &Personal<String>) -> Result<Letter, Failure> {
        let (site, language) = (&self.contract.site, request.language.as_str());
        let words = self.words(language);
        let end = if site.folders { Ending::Slash } else { Ending::Name };
        let page = schema::thanks(FORM, language, &site.languages, end);
        let values = json!({
            "subject": word(words, "mail_link_subject").replace("{site}", self.site()),
            "intro": word(words, "mail_link_intro").replace("{site}", self.site()),
            "asked": self.asked(request.asked, language),
            "link": format!("{}{page}#{}", site.base_url, code.reveal()),
            "code": code.reveal(),
        });
        self.letter("request-link", language, values)
    }

    /// Passes a request on to operations, who alone have it.
    ///
    /// # Errors
    /// As [`Letters::link`].
    pub fn request(&self, request: &PrivacyRequest) -> Result<Letter, Failure> {
        let language = self.default_language();
        let person = request.person.as_ref().map(Personal::reveal);
        let values = json!({
            "subject": word(self.words(language), "mail_request_subject"),
            "reference": request.id,
            "asked": self.asked(request.asked, language),
            "email": person.map(|person| &person.email),
            "message": person.and_then(|person| person.message.as_ref()),
        });
        self.letter("request", language, values)
    }

    /// Tells operations of requests that wait for a person.
    pub(super) fn open_requests(&self, open: &[(RequestId, Asked, Timestamp)]) -> Result<Letter, Failure> {
        let language = self.default_language();
        let row = |(id, asked, due): &(RequestId, Asked, Timestamp)| json!({ "request": id, "asked": self.asked(*asked, language), "due": due.strftime("%Y-%m-%d").to_string() });
        let values = json!({
            "subject": word(self.words(language), "mail_requests_subject").replace("{count}", &open.len().to_string()),
            "open": open.iter().map(row).collect::<Vec<_>>(),
        });
        self.letter("requests", language, values)
    }

    /// Gives operations an entry of the log of erasures to keep.
    pub(super) fn erased(&self, entry: &Erased) -> Result<Letter, Failure> {
        let language = self.default_language();
        let values = json!({
            "subject": word(self.words(language), "mail_erased_subject"),
            "entry": format!("{} {}", entry.at, entry.person.0),
        });
        self.letter("erased", language, values)
    }

    /// What is asked for, in words.
    fn asked(&self, asked: Asked, language: &str) -> String {
        asked.label(Words { language, get: &|key| self.contract.site.word(language, key) })
    }
}
