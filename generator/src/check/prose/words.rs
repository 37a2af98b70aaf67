//! Words of a sentence, and tables of phrases to find among them. Accents, capitals, hyphens and apostrophes do not count.

use std::collections::HashMap;
use std::sync::OnceLock;

use deunicode::deunicode;
use registry::diagnostic::Span;

use super::Language;

/// A word with its place in the file.
#[derive(Clone, Debug)]
pub(super) struct Word {
    /// As it is written.
    pub(super) text: String,
    /// In small plain letters.
    pub(super) fold: String,
    /// Its place in the file.
    pub(super) span: Span,
    /// What stands between the word before and this one.
    pub(super) gap: String,
    /// Whether it is a code span.
    pub(super) code: bool,
}

impl Word {
    /// Whether it is an e-mail address.
    pub(super) fn is_mail(&self) -> bool {
        !self.code && self.text.contains('@') && !self.text.contains('/')
    }

    /// Whether it begins with a capital letter.
    pub(super) fn is_capital(&self) -> bool {
        self.text.starts_with(char::is_uppercase)
    }

    /// Whether nothing but the joints of one expression stands before it.
    fn goes_on(&self) -> bool {
        self.gap.chars().all(|c| c.is_whitespace() || matches!(c, '-' | '‑' | '\'' | '’' | '.' | '“' | '”' | '"' | '«' | '»'))
    }
}

/// Splits a text into words; an address of the web or of e-mail is one. `whole` are the parts that stay one, each with whether it is code.
pub(super) fn words(text: &str, whole: &[(Span, bool)], place: &dyn Fn(Span) -> Span) -> Vec<Word> {
    let mut found = Vec::new();
    let mut after = 0;
    let mut add = |start: usize, end: usize, code: bool| {
        let word = &text[start..end];
        let gap = text[after..start].to_owned();
        found.push(Word { text: word.to_owned(), fold: folded(word), span: place(Span { start, end }), gap, code });
        after = end;
    };
    let mut at = 0;
    let mut whole = whole.iter().peekable();
    while at < text.len() {
        if let Some((span, code)) = whole.next_if(|(span, _)| span.start <= at) {
            if span.end > at {
                add(span.start.max(at), span.end, *code);
                at = span.end;
            }
            continue;
        }
        let limit = whole.peek().map_or(text.len(), |(span, _)| span.start);
        let rest = &text[at..limit];
        let mut end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let mail = rest.find(|c: char| !(c.is_alphanumeric() || "._%+-@".contains(c))).unwrap_or(rest.len());
        let address = rest[..mail].trim_end_matches(['.', '-', '_']);
        let url = rest.starts_with("http://") || rest.starts_with("https://");
        if url {
            let all = rest.find(|c: char| c.is_whitespace() || "<>\"()|".contains(c)).unwrap_or(rest.len());
            end = rest[..all].trim_end_matches(['.', ',', ';', ':', '!', '?']).len();
        } else if let Some((local, domain)) = address.split_once('@')
            && !local.is_empty()
            && domain.contains('.')
        {
            end = address.len();
        } else if rest.starts_with('_') && rest[end..].starts_with('*') {
            end += 1;
        }
        if end == 0 {
            at += rest.chars().next().map_or(1, char::len_utf8);
        } else {
            add(at, at + end, false);
            at += end;
        }
    }
    found
}

/// A text in small plain letters.
pub(super) fn folded(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { deunicode(text).to_lowercase() }
}

/// Phrases to find; a word that ends in `*` stands for all that begin with it.
#[derive(Debug, Default)]
pub(super) struct Phrases(
    /// By their first byte, for most words begin none of them.
    HashMap<u8, Vec<Vec<(String, bool)>>>,
);

impl Phrases {
    /// Phrases, with `|` between them.
    fn of(table: &str) -> Self {
        let word = |word: Word| (word.fold, false);
        let phrase = |phrase: &str| {
            let mut read: Vec<(String, bool)> = Vec::new();
            for part in phrase.split_whitespace() {
                read.extend(words(part, &[], &|span| span).into_iter().map(word));
                if let Some(last) = read.last_mut() {
                    last.1 = part.ends_with('*');
                }
            }
            read
        };
        let mut phrases = Self::default();
        for phrase in table.split('|').map(phrase) {
            if let Some(first) = phrase.first().and_then(|(word, _)| word.bytes().next()) {
                phrases.0.entry(first).or_default().push(phrase);
            }
        }
        phrases
    }

    /// The length of the longest phrase that begins at a word.
    pub(super) fn at(&self, words: &[Word], at: usize) -> Option<usize> {
        let fits = |phrase: &&Vec<(String, bool)>| {
            phrase.iter().enumerate().all(|(n, (fold, any))| {
                words.get(at + n).is_some_and(|word| {
                    (n == 0 || word.goes_on()) && !word.code && if *any { word.fold.starts_with(fold.as_str()) } else { word.fold == *fold }
                })
            })
        };
        let first = words.get(at)?.fold.bytes().next()?;
        self.0.get(&first)?.iter().filter(fits).map(Vec::len).max()
    }

    /// Where the first phrase stands, and its length.
    pub(super) fn find(&self, words: &[Word]) -> Option<(usize, usize)> {
        (0..words.len()).find_map(|at| Some((at, self.at(words, at)?)))
    }

    /// Whether any of them is said.
    pub(super) fn said(&self, words: &[Word]) -> bool {
        self.find(words).is_some()
    }
}

/// A table of phrases for each language. They are read once, whatever the number of pages and builds.
#[derive(Debug)]
pub(super) struct Table {
    written: [&'static str; 3],
    read: [OnceLock<Phrases>; 3],
}

impl Table {
    /// The phrases in English and in French.
    pub(super) const fn of([english, french]: [&'static str; 2]) -> Self {
        Self { written: [english, french, ""], read: [const { OnceLock::new() }; 3] }
    }

    /// The same phrases in every language.
    pub(super) const fn everywhere(written: &'static str) -> Self {
        Self { written: [written; 3], read: [const { OnceLock::new() }; 3] }
    }

    /// The phrases of a language.
    pub(super) fn read(&self, language: Language) -> &Phrases {
        let at = match language {
            Language::English => 0,
            Language::French => 1,
            Language::Other => 2,
        };
        self.read[at].get_or_init(|| Phrases::of(self.written[at]))
    }
}

/// Some words that stand together, as they are written, on one line.
pub(super) fn written(words: &[Word]) -> String {
    let mut written = String::new();
    for word in words {
        if !written.is_empty() {
            written.push_str(&word.gap.replace('\n', " "));
        }
        written.push_str(&word.text);
    }
    written
}

/// The place of some words that stand together.
pub(super) fn place(words: &[Word]) -> Span {
    match (words.first(), words.last()) {
        (Some(first), Some(last)) => Span { start: first.span.start, end: last.span.end },
        _ => Span::default(),
    }
}
