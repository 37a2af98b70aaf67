//! The examples of `docs/registry.md` are read and judged as they stand there.

use std::sync::Arc;

use registry::diagnostic::Severity;
use registry::{check, resolve};

const MANUAL: &str = include_str!("../../docs/registry.md");

/// The YAML examples of the manual, in order.
fn examples() -> Vec<&'static str> {
    let blocks = MANUAL.split("```yaml\n").skip(1);
    blocks.filter_map(|block| block.split("```").next()).collect()
}

#[test]
fn the_examples_are_whole_and_keep_the_law() {
    let [registry, form] = examples()[..] else { panic!("the manual has an example of the registry and one of a form") };
    let files = [Arc::from("content/privacy.yaml"), Arc::from("content/forms/contact.yaml")];
    let read = resolve::registry(Some((&files[0], registry)), &[(&files[1], form)]);
    assert_eq!(read.diagnostics, []);
    let found = check::registry(&read.value, "2026-06-01");
    let errors: Vec<_> = found.iter().filter(|found| found.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}
