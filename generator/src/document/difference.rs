//! What changed between two texts, word by word, as HTML that can be read without seeing colours.

use std::fmt::Write as _;

use similar::{Algorithm, ChangeTag, DiffOp, TextDiff, capture_diff_slices};

use super::Fill;
use crate::html::escape_into;
use crate::html::scan::{Token, decode, tokens};

/// What changed: HTML, and the places in it where a word of the interface belongs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Difference {
    /// The HTML.
    pub html: String,
    /// The words, each with the byte before which it belongs.
    pub words: Vec<(usize, Fill)>,
}

/// A block of a text: a heading, a paragraph, an item, a row.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Block {
    /// Whether it is a heading.
    pub heading: bool,
    /// Its text, without markup.
    pub text: String,
}

/// What stands between the cells of a row until they are joined: a character that no text has.
const CELL: char = '\u{1F}';

/// Elements that end a block.
const BLOCKS: [&str; 20] = [
    "address",
    "blockquote",
    "br",
    "dd",
    "div",
    "dl",
    "dt",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "ol",
    "p",
    "pre",
    "table",
    "tr",
    "ul",
];

/// Compares two pages' contents. What is the same is left out, but for the headings above what changed.
pub fn between(old: &str, new: &str) -> Difference {
    let (old, new) = (blocks(old), blocks(new));
    let mut difference = Difference::default();
    let mut shown = None;
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        if let DiffOp::Equal { .. } = op {
            continue;
        }
        let heading = new[..op.new_range().start].iter().rposition(|block| block.heading);
        if let Some(at) = heading.filter(|at| shown != Some(*at)) {
            shown = Some(at);
            difference.html.push_str("<h3>");
            escape_into(&new[at].text, &mut difference.html);
            difference.html.push_str("</h3>\n");
        }
        difference.blocks(&old[op.old_range()], &new[op.new_range()]);
    }
    difference
}

impl Difference {
    /// One block against another where there are as many, else all of the one and all of the other.
    fn blocks(&mut self, old: &[Block], new: &[Block]) {
        let pairs = old.len().max(new.len());
        for n in 0..pairs {
            let text = |blocks: &[Block]| blocks.get(n).map(|block| block.text.clone()).unwrap_or_default();
            self.words(&text(old), &text(new));
        }
    }

    fn words(&mut self, old: &str, new: &str) {
        self.html.push_str("<p>");
        let mut open = ChangeTag::Equal;
        for change in TextDiff::from_words(old, new).iter_all_changes() {
            if change.tag() != open {
                self.mark(open, false);
                open = change.tag();
                self.mark(open, true);
            }
            escape_into(change.value(), &mut self.html);
        }
        self.mark(open, false);
        self.html.push_str("</p>\n");
    }

    /// Opens or closes a mark, with the word that says what it is.
    fn mark(&mut self, tag: ChangeTag, start: bool) {
        let (element, word) = match tag {
            ChangeTag::Equal => return,
            ChangeTag::Delete => ("del", "removed"),
            ChangeTag::Insert => ("ins", "added"),
        };
        if start {
            write!(self.html, "<{element}><span class=\"visually-hidden\">[").expect("a string takes every text");
            self.words.push((self.html.len(), Fill::Word(word)));
            self.html.push_str("] </span>");
        } else {
            write!(self.html, "</{element}>").expect("a string takes every text");
        }
    }
}

/// The blocks of a page's content, without those that hold no text.
pub fn blocks(html: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut text = String::new();
    let mut heading = false;
    let mut flush = |text: &mut String, heading: bool| {
        let cells = text.split(CELL).map(|cell| cell.split_whitespace().collect::<Vec<_>>().join(" "));
        let plain = cells.filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" · ");
        text.clear();
        if !plain.is_empty() {
            blocks.push(Block { heading, text: plain });
        }
    };
    for token in tokens(html) {
        match token {
            Token::Text(part) => text.push_str(&decode(part)),
            Token::Start(tag) | Token::End(tag) => {
                let name = tag.name.to_ascii_lowercase();
                if BLOCKS.contains(&name.as_str()) {
                    flush(&mut text, heading);
                    let is_heading = name.len() == 2 && name.starts_with('h') && name != "hr";
                    heading = is_heading && matches!(token, Token::Start(_));
                } else if matches!(name.as_str(), "td" | "th") {
                    text.push(CELL);
                }
            }
            _ => {}
        }
    }
    flush(&mut text, heading);
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_changed_are_marked_below_their_heading() {
        let old = "<h2>How long</h2><p>We keep it for 2 years.</p><h2>Other</h2><p>Same.</p>";
        let new = "<h2>How long</h2><p>We keep it for 3 years.</p><h2>Other</h2><p>Same.</p><p>New &amp; fine.</p>";
        let difference = between(old, new);
        let hidden = "<span class=\"visually-hidden\">[] </span>";
        assert_eq!(
            difference.html,
            format!(
                "<h3>How long</h3>\n<p>We keep it for <del>{hidden}2</del><ins>{hidden}3</ins> years.</p>\n\
                 <h3>Other</h3>\n<p><ins>{hidden}New &amp; fine.</ins></p>\n"
            )
        );
        let words: Vec<_> = difference.words.iter().map(|(at, word)| (&difference.html[at - 1..*at], word.clone())).collect();
        assert_eq!(words, [("[", Fill::Word("removed")), ("[", Fill::Word("added")), ("[", Fill::Word("added"))]);
    }

    #[test]
    fn the_same_text_in_other_markup_has_not_changed() {
        assert_eq!(between("<p>a <b>b</b></p>", "<p>a\n<em>b</em></p>"), Difference::default());
    }

    #[test]
    fn rows_are_blocks() {
        let row = |period: &str| format!("<table><tr><td>Leads</td><td>{period}</td></tr></table>");
        let html = between(&row("1 year"), &row("2 years")).html;
        assert!(html.starts_with("<p>Leads · <del>"), "{html}");
    }
}
