//! Every mistake that an author can make, as a site in one file, and what the author is told.
//!
//! `tests/faults/*.txt` are the sites; the snapshots beside them hold the report as a terminal without colours shows it.

use plainsite::build::{Builder, Changes};
use plainsite::render::theme::Theme;
use plainsite::report::{self, Format, Style};
use plainsite::site::Drafts;
use plainsite::source::Memory;

/// The day of the build.
const TODAY: jiff::civil::Date = jiff::civil::date(2026, 6, 1);

fn told(text: &str, format: Format) -> String {
    let source = Memory::parse(text);
    let build = Builder::new(Drafts::Left, TODAY).build(&source, Changes::Everything);
    assert_eq!(build.output.is_none(), build.diagnostics.iter().any(|d| d.severity == registry::diagnostic::Severity::Error));
    report::render(&build.diagnostics, format, Style::Plain, &|path| Theme::text(&source, path))
}

#[test]
fn mistakes_are_told_with_place_reason_and_remedy() {
    insta::glob!("faults/*.txt", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let human = told(&text, Format::Human);
        assert!(!human.is_empty(), "{} has no mistake", path.display());
        insta::assert_snapshot!(human);
    });
}

#[test]
fn the_same_mistakes_for_programs() {
    let text = include_str!("faults/front-matter.txt");
    insta::assert_snapshot!("short", told(text, Format::Short));
    insta::assert_snapshot!("json", told(text, Format::Json));
}
