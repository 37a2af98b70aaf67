//! The check `inline-script`: see its doc in `rules/inline-script.md`.

use registry::diagnostic::{Diagnostic, Rule, Severity, Silence};

use super::uses::{InlineForm, Uses};
use super::written::Told;

/// Script or style in a page itself, which the policy does not let through.
pub static INLINE_SCRIPT: Rule =
    Rule { name: "inline-script", severity: Severity::Error, silence: Silence::Allowed, doc: include_str!("../../rules/inline-script.md") };

pub(super) fn check(uses: &Uses, told: &mut Vec<Told>) {
    for inline in &uses.inline {
        let (message, is_style, words) = match inline.form {
            InlineForm::Script => ("a script stands in the page itself", false, vec!["<script>", "<script"]),
            InlineForm::Handler => ("a script stands in an attribute", false, vec![]),
            InlineForm::Address => ("a script stands in an address", false, vec!["javascript:"]),
            InlineForm::Style => ("a style sheet stands in the page itself", true, vec!["<style>", "<style"]),
            InlineForm::StyleAttribute => ("a style stands in an attribute", true, vec![]),
        };
        let help = if is_style {
            "give the element a class, and write the style into a style sheet in `templates/css/`"
        } else {
            "move it into a file in `templates/`, and load that: `<script src=\"{{ asset(path=\"…\") }}\" defer></script>`"
        };
        let found = Diagnostic::new(&INLINE_SCRIPT, message)
            .why("the Content-Security-Policy lets only files of the site run and style it, so that browsers ignore this")
            .help(help);
        told.push(Told { diagnostic: found, at: inline.at, words: words.into_iter().map(str::to_owned).collect() });
    }
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::pages;

    fn found(html: &str) -> Vec<String> {
        let found = pages(&format!("=== content/a.md\n<div>{html}</div>\n"));
        found.into_iter().filter(|d| d.rule.name == "inline-script").map(|d| d.message).collect()
    }

    #[test]
    fn files_and_data_are_left_alone() {
        for html in [
            "<script type=\"application/ld+json\">{}</script>",
            "<script type=\"text/x-template\"><p></script>",
            "<script> </script>",
            "<p class=\"style\" once=\"x\">onclick=</p>",
            "<!-- <script>x</script> --><textarea><script>x</script></textarea>",
        ] {
            assert_eq!(found(html), [] as [&str; 0], "{html}");
        }
    }

    #[test]
    fn whatever_the_policy_would_stop_is_told() {
        for (html, message) in [
            ("<script>track()</script>", "a script stands in the page itself"),
            ("<SCRIPT TYPE=module>track()</SCRIPT>", "a script stands in the page itself"),
            ("<script type=\"text/javascript; charset=utf-8\">track()</script>", "a script stands in the page itself"),
            ("<script type=importmap>{}</script>", "a script stands in the page itself"),
            ("<b onClick=\"track()\">x</b>", "a script stands in an attribute"),
            ("<a href=\" java\tscript:track()\">x</a>", "a script stands in an address"),
            ("<a href=\"&#106;avascript:track()\">x</a>", "a script stands in an address"),
            ("<style>p { color: red }</style>", "a style sheet stands in the page itself"),
            ("<p style=\"color: red\">x</p>", "a style stands in an attribute"),
            ("<iframe srcdoc=\"&lt;p onclick=track()>\"></iframe>", "a script stands in an attribute"),
        ] {
            assert_eq!(found(html), [message], "{html}");
        }
    }
}
