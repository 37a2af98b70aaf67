//! Diagnostics in the order of their places, each fault once.

use registry::diagnostic::Diagnostic;

/// Sorts diagnostics. One fault of a template that many pages met is told once, with the number of the others.
pub(super) fn sorted(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diagnostics.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()).then_with(|| a.why.cmp(&b.why)));
    let mut told: Vec<(Diagnostic, usize)> = Vec::new();
    for diagnostic in diagnostics {
        match told.last_mut() {
            Some((last, more))
                if last.rule == diagnostic.rule && last.message == diagnostic.message && last.labels == diagnostic.labels =>
            {
                *more += usize::from(last.why != diagnostic.why);
            }
            _ => told.push((diagnostic, 0)),
        }
    }
    let counted = told.into_iter().map(|(mut diagnostic, more)| {
        if let (Some(why), 1..) = (&mut diagnostic.why, more) {
            why.push_str(&format!(", and {more} more"));
        }
        diagnostic
    });
    counted.collect()
}
