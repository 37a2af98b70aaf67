//! The check `stale-headers`: see its doc in `rules/stale-headers.md`.

use std::sync::Arc;

use registry::diagnostic::{Diagnostic, Rule, Severity, Silence};
use registry::model::Registry;
use registry::yaml::{self, Fields};

use crate::render::vercel;
use crate::site::Site;

/// Where the host's configuration lies.
pub const PATH: &str = "vercel.json";

/// The host's configuration differs from what the site needs.
pub static STALE_HEADERS: Rule =
    Rule { name: "stale-headers", severity: Severity::Error, silence: Silence::Never, doc: include_str!("../../rules/stale-headers.md") };

/// Judges the text of `vercel.json`.
pub fn check(text: &str, site: &Site, registry: &Registry) -> Vec<Diagnostic> {
    let file = Arc::from(PATH);
    let mut found = unknown_keys(text);
    found.extend(match vercel::vercel_json(text, site, registry) {
        Some(wanted) if wanted == text => Vec::new(),
        Some(wanted) => {
            let line = text.lines().zip(wanted.lines()).take_while(|(a, b)| a == b).count();
            let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
            let end = start + text[start..].lines().next().unwrap_or("").len();
            vec![
                Diagnostic::new(&STALE_HEADERS, "`vercel.json` differs from what the site derives")
                    .at(&file, start..end, "from here on")
                    .why("the host would send other headers or redirects than the ones that were checked")
                    .help("run `plainsite build`, which writes them, and commit the file"),
            ]
        }
        None => vec![
            Diagnostic::new(&STALE_HEADERS, "`vercel.json` is not a JSON object")
                .in_file(&file)
                .help("`{}` is enough to begin with: its `headers` and `redirects` are made by plainsite"),
        ],
    });
    found
}

/// The keys that the host does not know. A misspelt one does nothing, and the host does not tell. JSON is YAML too, whose reader knows where a key stands.
pub fn unknown_keys(text: &str) -> Vec<Diagnostic> {
    let (file, mut diagnostics) = (Arc::from(PATH), Vec::new());
    let root = yaml::parse(&file, text, 0).value.filter(|root| root.as_map().is_some());
    if let Some(mut fields) = root.as_ref().and_then(|root| Fields::of(root, &file, "`vercel.json`", &mut diagnostics)) {
        vercel::KEYS.iter().for_each(|key| _ = fields.take(key));
        fields.finish();
    }
    diagnostics
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::fixture;

    #[test]
    fn a_file_is_an_object_with_what_the_site_derives() {
        let site = fixture::read("=== content/a.md\n# A\n").site;
        let registry = Registry::default();
        let found = check("[]", &site, &registry).remove(0);
        assert_eq!(found.message, "`vercel.json` is not a JSON object");
        assert!(found.help.as_ref().is_some_and(|help| help.starts_with("`{}`") && help.contains("made by plainsite")));
        assert_eq!(check("{}", &site, &registry)[0].message, "`vercel.json` differs from what the site derives");
        let derived = vercel::vercel_json("{}", &site, &registry).unwrap();
        assert_eq!(check(&derived, &site, &registry), []);
    }

    #[test]
    fn a_key_that_the_host_does_not_know_is_told_with_the_nearest() {
        let found = unknown_keys("{\n  \"cleanUrls\": true,\n  \"servicse\": {}\n}\n").remove(0);
        assert_eq!(found.rule.name, "unknown-key");
        assert_eq!(found.help.as_deref(), Some("did you mean `services`?"));
        assert_eq!(
            found.short(|_| Some("{\n  \"cleanUrls\": true,\n  \"servicse\": {}\n}\n")).split(" error").next(),
            Some("vercel.json:3:3:")
        );
        assert_eq!(unknown_keys("[]"), []);
    }
}
