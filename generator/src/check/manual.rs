//! The manual of the checks, `docs/checks.md`: made from the rules' own docs, so that it cannot differ from them.

use std::fmt::Write as _;

use registry::diagnostic::{Rule, Severity, Silence};

/// What stands above the checks.
const PREFACE: &str = "\
# The checks

<!-- Made from `generator/rules/` and `registry/rules/`: `UPDATE_DOCS=1 cargo test -p plainsite --lib check::tests` -->

Plainsite checks a site each time it builds it. An **error** keeps the build from being written; a **warning** does not.
The name of the check stands in brackets behind the word, and `plainsite explain NAME` shows what is written here.

A check that is wrong for a site can be silenced in `content/site.yaml`, with a reason, if it is one of those marked
so:

```yaml
silence:
  - rule: broken-link
    reason: the old forum is on the same host
```

";

/// The manual: a table of contents, then each rule's doc with its severity and whether it can be silenced.
pub fn document() -> String {
    let rules = super::rules();
    let mut text = PREFACE.to_owned();
    for rule in &rules {
        writeln!(text, "- [`{0}`](#{0}): {1}", rule.name, summary(rule.doc)).expect("writing into a string never fails");
    }
    rules.iter().for_each(|rule| section(rule, &mut text));
    text
}

/// The first sentence of a rule's doc.
pub fn summary(doc: &str) -> &str {
    doc.lines().find(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or("")
}

/// A rule's doc with its headings one level down, and a line on what it does to a build below the first one.
fn section(rule: &Rule, text: &mut String) {
    let severity = match rule.severity {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
    };
    let silence = match rule.silence {
        Silence::Allowed => "can be silenced",
        Silence::Never => "cannot be silenced",
    };
    text.push('\n');
    let mut in_code = false;
    for line in rule.doc.lines() {
        in_code ^= line.starts_with("```");
        if !in_code && line.starts_with('#') {
            text.push('#');
        }
        text.push_str(line);
        text.push('\n');
        if !in_code && line.starts_with("# ") {
            text.push_str(&format!("\n*{severity}; {silence}.*\n"));
        }
    }
}
