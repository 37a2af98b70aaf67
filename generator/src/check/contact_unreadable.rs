//! The check `contact-unreadable`: see its doc in `rules/contact-unreadable.md`.

use std::sync::Arc;

use registry::diagnostic::{Diagnostic, Rule, Severity, Silence};

use super::Built;
use super::facts::Facts;
use super::uses::{At, Uses};
use super::written::Told;
use crate::html::scan::{Token, decode, tokens};

/// A contact address that cannot be read without JavaScript, or is missing where it must stand.
pub static CONTACT_UNREADABLE: Rule = Rule {
    name: "contact-unreadable",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/contact-unreadable.md"),
};

/// What stands for `@` in addresses that machines shall not read, in small letters.
const DISGUISES: [&str; 6] = ["[at]", "(at)", "{at}", "[arobase]", "(arobase)", "[a]"];

pub(super) fn check(uses: &Uses, told: &mut Vec<Told>) {
    for at in &uses.hidden {
        let found = Diagnostic::new(&CONTACT_UNREADABLE, "an e-mail address is hidden behind a script")
            .why("who reads without JavaScript cannot read it")
            .help("write the address as text, or call `{{ email() }}`; turn the host's e-mail obfuscation off");
        told.push(Told { diagnostic: found, at: *at, words: vec!["email-protection".to_owned(), "data-cfemail".to_owned()] });
    }
}

/// Judges the privacy policies among the pages: the controller's address stands there as people write addresses.
pub(super) fn check_policy(built: Built<'_>, facts: &Arc<Facts>, told: &mut Vec<Told>) {
    let page = facts.origin.as_ref().and_then(|origin| built.site.page_of(origin));
    let outline = page.and_then(|page| built.site.pages[page].outline.as_ref());
    let policy = outline.and_then(|outline| outline.front.policy.as_ref());
    if policy.is_none_or(|(policy, _)| policy != "privacy") {
        return;
    }
    let html = (built.html)(&facts.out);
    let controller = built.registry.controller.as_ref();
    let email = controller.and_then(|controller| controller.email.as_ref()?.known());
    let mut is_there = false;
    for token in tokens(&html) {
        match token {
            Token::Text(text) => {
                let read = decode(text);
                is_there |= email.is_some_and(|email| read.contains(email.as_str()));
                told.extend(disguised(&read).map(|address| disguise(&html, text, address)));
            }
            Token::Start(tag) if tag.is("a") => {
                let href = tag.attribute("href").unwrap_or_default();
                is_there |=
                    email.is_some_and(|email| href.strip_prefix("mailto:").is_some_and(|to| to.split('?').next() == Some(email.as_str())));
            }
            _ => {}
        }
    }
    if let Some(email) = email.filter(|_| !is_there) {
        let found = Diagnostic::new(&CONTACT_UNREADABLE, format!("the privacy policy does not show the controller's address `{email}`"))
            .why("people exercise their rights at that address, and must find it where they read about them")
            .help("call `{{ email() }}` where the policy says how to reach you");
        told.push(Told { diagnostic: found, at: At::default(), words: vec!["policy: privacy".to_owned()] });
    }
}

fn disguise(html: &str, text: &str, address: &str) -> Told {
    let start = text.find(address).map_or(text, |start| &text[start..start + address.len()]);
    let found = Diagnostic::new(&CONTACT_UNREADABLE, format!("`{address}` is no address that can be used"))
        .why("who copies it, or has it read aloud, gets something that no mail reaches")
        .help("write the address with its `@`, or call `{{ email() }}`");
    Told { diagnostic: found, at: super::uses::place(html, start), words: vec![address.to_owned()] }
}

/// The addresses of a text in which something stands for `@`.
fn disguised(text: &str) -> impl Iterator<Item = &str> {
    let lower = text.to_ascii_lowercase();
    let marks = DISGUISES.iter().flat_map(move |mark| lower.match_indices(mark).map(|(at, _)| (at, mark.len())).collect::<Vec<_>>());
    marks.filter_map(|(at, length)| {
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+');
        let before = text[..at].trim_end_matches(' ');
        let name = before.len() - before.trim_end_matches(is_part).len();
        let after = text[at + length..].trim_start_matches(' ');
        let domain = after.len() - after.trim_start_matches(is_part).len();
        let rest = after[domain..].trim_start_matches(' ').to_ascii_lowercase();
        // A domain ends with a word: `(at) 5.30` is a time.
        let top = after[..domain].trim_end_matches('.').rsplit_once('.').map_or("", |(_, top)| top);
        let is_domain = top.len() > 1 && top.bytes().all(|b| b.is_ascii_alphabetic());
        let has_dot = is_domain || ["[dot]", "(dot)", "[point]", "(point)"].iter().any(|dot| rest.starts_with(dot));
        let end = text.len() - after.len() + domain;
        (name > 0 && domain > 0 && has_dot).then(|| text[before.len() - name..end].trim_end_matches('.'))
    })
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::pages;

    const CONTROLLER: &str = "=== content/privacy.yaml\ncontroller: { name: A, address: B, email: data@a.example }\n";
    /// A look that does not show the address by itself.
    const BARE: &str = "=== templates/page.html\n<title>{{ page.title }}</title>{{ content }}\n";

    fn found(front: &str, body: &str) -> Vec<String> {
        let found = pages(&format!("{CONTROLLER}{BARE}=== content/a.md\n{front}{body}\n"));
        found.into_iter().filter(|d| d.rule.name == "contact-unreadable").map(|d| d.message).collect()
    }

    const POLICY: &str = "---\npolicy: privacy\n---\n";

    #[test]
    fn an_address_that_can_be_read_and_followed() {
        for body in ["Write to data@a.example.", "[Write](mailto:data@a.example?subject=x)", "Write to <data@a.example>.", "{{ email() }}"]
        {
            assert_eq!(found(POLICY, body), [] as [&str; 0], "{body}");
        }
        assert_eq!(found("", "No address. Ask (at) 5.30 or meet [at] the office."), [] as [&str; 0]);
        assert_eq!(found(POLICY, "data@a.example, open (at) 5.30 and [at] home"), [] as [&str; 0]);
    }

    // Promises: qualify-crm/rights-address, cluently/answered-within-30-days
    #[test]
    fn an_address_that_is_missing_hidden_or_disguised() {
        let missing = "the privacy policy does not show the controller's address `data@a.example`";
        let hidden = "an e-mail address is hidden behind a script";
        assert_eq!(found(POLICY, "Write to us."), [missing]);
        assert_eq!(found(POLICY, "<!-- data@a.example -->"), [missing]);
        assert_eq!(found("", "<a href=\"/cdn-cgi/l/email-protection#1f\">x</a>"), [hidden]);
        assert_eq!(found("", "<span data-cfemail=\"1f\">x</span>"), [hidden]);
        assert_eq!(found("", "Write to \\[email&#160;protected].").len(), 1);
        assert_eq!(found(POLICY, "data@a.example, dpo [at] a.example."), ["`dpo [at] a.example` is no address that can be used"]);
        assert_eq!(found(POLICY, "data@a.example, dpo(arobase)a (point) example")[0], "`dpo(arobase)a` is no address that can be used");
    }
}
