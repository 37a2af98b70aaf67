//! What changed between two versions of a text as a letter tells it: section by section, each paragraph as it was and as it becomes.

use functions::announcement::{Fate, Line, Section};
use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::document::difference::{Block, blocks};

/// What stands below one heading.
struct Part {
    /// The heading; none above the first one.
    heading: Option<String>,
    /// How many parts before it have the same heading: "Data" of the site is not "Data" of the portal.
    number: usize,
    lines: Vec<String>,
}

/// Compares two pages' contents. What is the same is left out.
///
/// Sections are known by their headings, so that one that moved and stayed the same has not changed.
pub(super) fn between(old: &str, new: &str) -> Vec<Section> {
    let (old, new) = (parts(blocks(old)), parts(blocks(new)));
    let same = |a: &Part, b: &Part| a.heading == b.heading && a.number == b.number;
    let mut sections = Vec::new();
    for part in &new {
        let before = old.iter().find(|before| same(before, part));
        let (fate, lines) = match before {
            Some(before) => (Fate::Changed, lines(&before.lines, &part.lines)),
            None => (Fate::New, lines(&[], &part.lines)),
        };
        if fate == Fate::New || !lines.is_empty() {
            sections.push(Section { heading: part.heading.clone(), fate, lines });
        }
    }
    let gone = old.iter().filter(|before| !new.iter().any(|part| same(before, part)));
    sections.extend(gone.map(|part| Section { heading: part.heading.clone(), fate: Fate::Gone, lines: lines(&part.lines, &[]) }));
    sections
}

fn parts(blocks: Vec<Block>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for block in blocks {
        if block.heading {
            let number = parts.iter().filter(|part| part.heading.as_ref() == Some(&block.text)).count();
            parts.push(Part { heading: Some(block.text), number, lines: Vec::new() });
            continue;
        }
        if parts.is_empty() {
            parts.push(Part { heading: None, number: 0, lines: Vec::new() });
        }
        parts.last_mut().expect("one was just added where there was none").lines.push(block.text);
    }
    parts
}

/// One line against another where some were replaced, as far as there are as many.
fn lines(old: &[String], new: &[String]) -> Vec<Line> {
    let changed = capture_diff_slices(Algorithm::Myers, old, new).into_iter().filter(|op| !matches!(op, DiffOp::Equal { .. }));
    let line = |op: DiffOp| {
        let (old, new) = (&old[op.old_range()], &new[op.new_range()]);
        let of = move |n: usize| Line { was: old.get(n).cloned(), becomes: new.get(n).cloned() };
        (0..old.len().max(new.len())).map(of)
    };
    changed.flat_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sections on a line each: `heading fate [was>becomes]`.
    fn told(old: &str, new: &str) -> Vec<String> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let line = |line: &Line| format!(" [{}>{}]", text(&line.was), text(&line.becomes));
        let section = |section: &Section| {
            format!("{} {:?}{}", text(&section.heading), section.fate, section.lines.iter().map(line).collect::<String>())
        };
        between(old, new).iter().map(section).collect()
    }

    #[test]
    fn sections_are_new_gone_or_changed() {
        let old = "<p>Hello.</p><h2>How long</h2><p>2 years.</p><p>Then it goes.</p><h2>Old</h2><p>Gone.</p><h2>Same</h2><p>Same.</p>";
        let new = "<p>Hello.</p><h2>How long</h2><p>3 years.</p><p>Then it goes.</p><p>More &amp; more.</p><h2>Same</h2><p>Same.</p>\
                   <h2>New</h2><ul><li>A</li><li>B</li></ul>";
        assert_eq!(told(old, new), ["How long Changed [2 years.>3 years.] [>More & more.]", "New New [>A] [>B]", "Old Gone [Gone.>]"]);
    }

    #[test]
    fn what_moved_or_is_marked_up_otherwise_has_not_changed() {
        let old = "<h2>A</h2><p>a</p><h2>B</h2><p>b <b>c</b></p>";
        assert_eq!(told(old, "<h2>B</h2><p>b\n<em>c</em></p><h2>A</h2><p>a</p>"), [""; 0]);
        assert_eq!(told("", ""), [""; 0]);
    }

    #[test]
    fn sections_of_one_name_are_told_apart() {
        let text = |second: &str| format!("<h2>Site</h2><h3>Data</h3><p>x</p><h2>Portal</h2><h3>Data</h3><p>{second}</p>");
        assert_eq!(told(&text("y"), &text("z")), ["Data Changed [y>z]"]);
    }

    #[test]
    fn a_heading_alone_is_told_and_so_is_what_stands_above_the_first_one() {
        assert_eq!(told("<p>a</p>", "<p>b</p><h2>More</h2>"), [" Changed [a>b]", "More New"]);
    }
}
