//! The text of the corpus's pages: policies and product news that nobody wrote, the same for the same seed.
//!
//! Every page draws from a generator of its own, so that a page stays as it is however many others there are.

use std::fmt::Write;

use super::words::{ADJECTIVES, CODES, NOUNS, OUTSIDE, VERBS};

/// SplitMix64: small, quick, and the same on every machine.
pub(super) struct Dice(u64);

impl Dice {
    /// A generator for one purpose (`stream`) of one page.
    pub(super) fn new(seed: u64, page: usize, stream: u64) -> Self {
        let mut dice = Self(seed ^ (page as u64).wrapping_mul(0xD6E8_FEB8_6659_FD93) ^ (stream << 56));
        dice.next();
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// One of several.
    pub(super) fn pick<T: Copy>(&mut self, several: &[T]) -> T {
        several[self.below(several.len())]
    }

    fn percent(&mut self) -> usize {
        self.below(100)
    }
}

/// The Markdown of one page; `link` gives the address of some other page of the corpus.
pub(super) struct Writer<'a> {
    pub(super) dice: Dice,
    pub(super) link: &'a dyn Fn(&mut Dice) -> String,
}

impl Writer<'_> {
    /// Between 3 and 6 KB of blocks: a heading, a paragraph, then something else, over and over.
    pub(super) fn body(&mut self) -> String {
        let enough = 3000 + self.dice.below(2600);
        let mut body = self.paragraph(3);
        for turn in 0.. {
            if body.len() >= enough {
                break;
            }
            body.push_str("\n\n");
            let block = match turn % 3 {
                0 => self.heading(2),
                1 => {
                    let sentences = 2 + self.dice.below(2);
                    self.paragraph(sentences)
                }
                _ => self.varied(),
            };
            body.push_str(&block);
        }
        body.push('\n');
        body
    }

    fn varied(&mut self) -> String {
        let block = match self.dice.below(6) {
            0 => self.paragraph(3),
            1 => self.paragraph(2),
            2 => self.bullets(),
            3 => self.steps(),
            4 => self.table(),
            _ => self.quote(),
        };
        if self.dice.percent() < 30 { format!("{}\n\n{block}", self.heading(3)) } else { block }
    }

    fn heading(&mut self, level: usize) -> String {
        let (noun, adjective, verb) = (self.noun(), self.adjective(), self.verb());
        let text = match self.dice.below(8) {
            0 => format!("when we {verb} a {noun}"),
            1 => format!("the {adjective} {noun}"),
            2 => format!("{noun} and {}", self.noun()),
            3 => format!("who can {verb} your {noun}"),
            4 => format!("a {adjective} {noun}, step by step"),
            5 => format!("{noun}: what has changed"),
            6 => format!("how long we {verb} each {noun}"),
            _ => format!("questions on the {noun}"),
        };
        format!("{} {}", "#".repeat(level), capital(&text))
    }

    fn paragraph(&mut self, sentences: usize) -> String {
        let mut text = String::with_capacity(sentences * 160);
        for sentence in 0..sentences {
            if sentence > 0 {
                text.push(' ');
            }
            text.push_str(&self.sentence());
        }
        text
    }

    fn sentence(&mut self) -> String {
        let mut text = capital(&self.clause());
        if self.dice.percent() < 45 {
            let _ = write!(text, ", where {} has a say", self.inline());
        }
        if self.dice.percent() < 30 {
            let _ = write!(text, "; {}", self.clause());
        }
        text.push('.');
        text
    }

    fn clause(&mut self) -> String {
        let (noun, adjective, verb) = (self.noun(), self.adjective(), self.verb());
        match self.dice.below(4) {
            0 => format!("we {verb} the {adjective} {noun} of a {} with care", self.noun()),
            1 => format!("nobody here may {verb} a {adjective} {noun} without a {}", self.noun()),
            2 => format!("each {noun} & each {} stays {adjective} until you {verb} it", self.noun()),
            _ => format!("it's your {noun}, so ask us to {verb} any {adjective} {}", self.noun()),
        }
    }

    fn inline(&mut self) -> String {
        let (noun, adjective) = (self.noun(), self.adjective());
        match self.dice.percent() {
            0..30 => format!("**{adjective} {noun}**"),
            30..42 => format!("*{noun}*"),
            42..60 => format!("`{}`", self.dice.pick(CODES)),
            60..85 => format!("[{adjective} {noun}]({})", (self.link)(&mut self.dice)),
            _ => format!("[{noun} law]({})", self.dice.pick(OUTSIDE)),
        }
    }

    fn bullets(&mut self) -> String {
        let mut lines = Vec::new();
        for _ in 0..3 + self.dice.below(4) {
            lines.push(format!("- {}", self.item()));
            if self.dice.percent() < 25 {
                lines.push(format!("  - {}", self.clause()));
                lines.push(format!("  - {}", self.clause()));
            }
        }
        lines.join("\n")
    }

    fn steps(&mut self) -> String {
        let count = 3 + self.dice.below(4);
        let lines: Vec<String> = (1..=count).map(|step| format!("{step}. {}", self.item())).collect();
        lines.join("\n")
    }

    fn item(&mut self) -> String {
        format!("{} {}: {} and {}", capital(self.adjective()), self.noun(), self.inline(), self.clause())
    }

    fn table(&mut self) -> String {
        let columns = 3 + self.dice.below(2);
        let row = |cells: &[String]| format!("| {} |", cells[..columns].join(" | "));
        let names: Vec<String> = (0..columns).map(|_| capital(self.noun())).collect();
        let mut lines = vec![row(&names), row(&[":---", "---:", "---", ":---:"].map(str::to_owned))];
        for _ in 0..4 + self.dice.below(4) {
            lines.push(row(&[
                format!("{} {}", self.adjective(), self.noun()),
                format!("{} months", 1 + self.dice.below(120)),
                format!("`{}`", self.dice.pick(CODES)),
                format!("**{}**", self.verb()),
            ]));
        }
        lines.join("\n")
    }

    fn quote(&mut self) -> String {
        format!("> {}\n>\n> The {} team", self.paragraph(2), self.noun())
    }

    fn noun(&mut self) -> &'static str {
        self.dice.pick(NOUNS)
    }

    fn adjective(&mut self) -> &'static str {
        self.dice.pick(ADJECTIVES)
    }

    fn verb(&mut self) -> &'static str {
        self.dice.pick(VERBS)
    }
}

/// The text with its first letter, an ASCII one, in upper case.
pub(super) fn capital(text: &str) -> String {
    let mut text = text.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}
