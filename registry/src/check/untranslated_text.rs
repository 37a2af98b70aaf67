//! The check `untranslated-text`: see its doc in `rules/untranslated-text.md`.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Rule, Severity, Silence, nearest};
use crate::model::Places;

/// A text lacks one of the site's languages, or has one that the site does not.
pub static UNTRANSLATED_TEXT: Rule = Rule {
    name: "untranslated-text",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/untranslated-text.md"),
};

/// Judges every text that is written in several languages by those of the site. A text that is the same for all needs none.
pub fn check(places: &Places, languages: &[String]) -> Vec<Diagnostic> {
    let mut texts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (path, _) in places.iter() {
        if let Some((text, key)) = path.rsplit_once('.') {
            texts.entry(text).or_default().push(key);
        }
    }
    // A map is a text in languages where any of its keys is one of them: nothing else is declared under such a name.
    texts.retain(|_, keys| keys.iter().any(|key| languages.iter().any(|language| language == key)));
    let mut diagnostics = Vec::new();
    for (text, keys) in texts {
        let missing: Vec<String> =
            languages.iter().filter(|language| !keys.contains(&language.as_str())).map(|l| format!("`{l}`")).collect();
        let others = keys.iter().filter(|key| !languages.iter().any(|language| language == *key));
        for key in others {
            let near = nearest(key, languages.iter().map(String::as_str)).map(|near| format!("did you mean `{near}`?"));
            let found = Diagnostic::new(&UNTRANSLATED_TEXT, format!("`{key}` is no language of this site"))
                .help(near.unwrap_or_else(|| "take it out, or add the language to `languages` in `content/site.yaml`".to_owned()));
            diagnostics.push(places.point(found, &format!("{text}.{key}")));
        }
        if !missing.is_empty() {
            let found = Diagnostic::new(&UNTRANSLATED_TEXT, format!("this text has no {}", missing.join(", no ")))
                .why("readers of that language would get it in another one (GDPR Art. 12(1): in an intelligible form)")
                .help("write it in every language of the site, or once for all of them");
            diagnostics.push(places.point(found, text));
        }
    }
    diagnostics
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::resolve;

    fn messages(text: &str) -> Vec<String> {
        let read = resolve::registry(Some((&Arc::from("content/privacy.yaml"), text)), &[]);
        assert_eq!(read.diagnostics, []);
        check(&read.value.places, &["en".to_owned(), "fr".to_owned()]).into_iter().map(|d| d.message).collect()
    }

    #[test]
    fn a_text_is_in_every_language_of_the_site_or_the_same_in_all() {
        assert_eq!(messages("data: { lead: { label: { en: Leads, fr: Prospects }, people: visitors } }\n"), [""; 0]);
        assert_eq!(messages("data: { lead: { label: { en: Leads } } }\n"), ["this text has no `fr`"]);
    }

    #[test]
    fn other_languages_are_told() {
        let told = messages("data: { lead: { label: { en: Leads, FR: Prospects } } }\n");
        assert_eq!(told, ["`FR` is no language of this site", "this text has no `fr`"]);
    }
}
