//! A reader of maps: key by key, every mistake reported. What a key's value means is the caller's affair.

use std::sync::Arc;

use super::{Entry, Node, UNKNOWN_KEY, Value, WRONG_TYPE};
use crate::diagnostic::{Diagnostic, Span, suggest};

/// What [`Fields::bool`] expects.
const TRUTH: &str = "`true` or `false`";

/// Reads a map key by key, and reports keys that nobody asked for.
pub struct Fields<'a> {
    entries: &'a [Entry],
    taken: Vec<&'static str>,
    file: &'a Arc<str>,
    of: &'a str,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl<'a> Fields<'a> {
    /// The fields of a map; anything else is reported and `None`. `of` names it in messages, such as `` `controller` ``.
    pub fn of(node: &'a Node, file: &'a Arc<str>, of: &'a str, diagnostics: &'a mut Vec<Diagnostic>) -> Option<Self> {
        match &node.value {
            Value::Map(entries) => Some(Self { entries, taken: Vec::new(), file, of, diagnostics }),
            _ => {
                diagnostics.push(wrong_type(of, "a map of keys and values", file, node.span));
                None
            }
        }
    }

    /// The value of a key, if it is written and not blank.
    pub fn take(&mut self, key: &'static str) -> Option<&'a Node> {
        if !self.taken.contains(&key) {
            self.taken.push(key);
        }
        let value = self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value);
        value.filter(|node| !node.is_null() && !node.is_blank())
    }

    /// The value of a key that is written, and blank.
    pub fn blank(&self, key: &str) -> Option<&'a Node> {
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value).filter(|node| node.is_blank())
    }

    /// A key's text.
    pub fn text(&mut self, key: &'static str) -> Option<String> {
        self.typed(key, "text", |node| node.as_text().map(str::to_owned))
    }

    /// A key's truth value.
    pub fn bool(&mut self, key: &'static str) -> Option<bool> {
        self.typed(key, TRUTH, Node::as_bool)
    }

    /// A key's whole number.
    pub fn int(&mut self, key: &'static str) -> Option<i64> {
        self.typed(key, "a whole number", Node::as_int)
    }

    /// A key's list of texts; a single text is a list of one, and blank ones count for nothing.
    pub fn texts(&mut self, key: &'static str) -> Vec<(String, Span)> {
        self.typed(key, "a list of texts", |node| {
            let items = match &node.value {
                Value::List(items) => items.as_slice(),
                _ => std::slice::from_ref(node),
            };
            let written = items.iter().filter(|item| !item.is_blank());
            written.map(|item| item.as_text().map(|text| (text.to_owned(), item.span))).collect()
        })
        .unwrap_or_default()
    }

    /// A key's value as `read` takes it; where it cannot, the key must be `expected`.
    pub fn typed<T>(&mut self, key: &'static str, expected: &str, read: impl Fn(&Node) -> Option<T>) -> Option<T> {
        self.typed_or(key, expected, read, |node| node.as_text().filter(|_| expected == TRUTH).and_then(truth))
    }

    /// The same, with the remedy for what `read` cannot take.
    pub fn typed_or<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        read: impl Fn(&Node) -> Option<T>,
        help: impl Fn(&Node) -> Option<String>,
    ) -> Option<T> {
        let node = self.take(key)?;
        let value = read(node);
        if value.is_none() {
            self.diagnostics.push(wrong_type(&format!("`{key}`"), expected, self.file, node.span).maybe_help(help(node)));
        }
        value
    }

    /// A key's map, read by `read`; its unknown keys are reported. `of` names the map in messages.
    pub fn map<T>(&mut self, key: &'static str, of: &str, read: impl FnOnce(&mut Fields<'_>) -> T) -> Option<T> {
        let node = self.take(key)?;
        self.nested(node, of, read)
    }

    /// A key's map of maps, such as `recipients`: `read` gets each key with its map, which `of` names as "`of` `key`".
    /// The keys must be names.
    pub fn each<T>(&mut self, key: &'static str, of: &str, mut read: impl FnMut(&str, &mut Fields<'_>) -> T) -> Vec<T> {
        let Some(node) = self.take(key) else { return Vec::new() };
        let Value::Map(entries) = &node.value else {
            self.diagnostics.push(wrong_type(&format!("`{key}`"), "a map of names and what they stand for", self.file, node.span));
            return Vec::new();
        };
        for entry in entries.iter().filter(|entry| !is_name(&entry.key)) {
            self.diagnostics.push(no_name(&entry.key).at(self.file, entry.key_span, ""));
        }
        let read = |entry: &'a Entry| self.nested(&entry.value, &format!("{of} `{}`", entry.key), |fields| read(&entry.key, fields));
        entries.iter().filter_map(read).collect()
    }

    /// A key's list of maps, each read by `read`.
    pub fn list<T>(&mut self, key: &'static str, of: &str, mut read: impl FnMut(&mut Fields<'_>) -> T) -> Vec<T> {
        let Some(node) = self.take(key) else { return Vec::new() };
        let Value::List(items) = &node.value else {
            self.diagnostics.push(wrong_type(&format!("`{key}`"), "a list", self.file, node.span));
            return Vec::new();
        };
        items.iter().filter_map(|item| self.nested(item, of, &mut read)).collect()
    }

    /// A map somewhere below, read by `read`.
    pub fn nested<T>(&mut self, node: &Node, of: &str, read: impl FnOnce(&mut Fields<'_>) -> T) -> Option<T> {
        let mut fields = Fields::of(node, self.file, of, self.diagnostics)?;
        let value = read(&mut fields);
        fields.finish();
        Some(value)
    }

    /// The file that is read.
    pub fn file(&self) -> &'a Arc<str> {
        self.file
    }

    /// Where to report what is wrong with a value.
    pub fn diagnostics(&mut self) -> &mut Vec<Diagnostic> {
        self.diagnostics
    }

    /// Reports the keys that nobody took.
    pub fn finish(self) {
        self.finish_with(None);
    }

    /// The same, with a word on where such keys may stand.
    pub fn finish_with(self, elsewhere: Option<&str>) {
        for entry in self.entries {
            if !self.taken.contains(&entry.key.as_str()) {
                let known = suggest(&entry.key, &self.taken);
                let help = match elsewhere {
                    None => known,
                    Some(elsewhere) if known.ends_with('?') => format!("{known} ({elsewhere})"),
                    Some(elsewhere) => format!("{known}; {elsewhere}"),
                };
                self.diagnostics.push(
                    Diagnostic::new(&UNKNOWN_KEY, format!("{} has no key `{}`", self.of, entry.key))
                        .at(self.file, entry.key_span, "")
                        .help(help),
                );
            }
        }
    }
}

/// Whether a text can name what is declared: letters, digits, `-` and `_`, a letter first. Such a name stands in paths,
/// headers and attributes as it is.
pub fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// The diagnostic of a text that names something and cannot, still without its place.
pub fn no_name(text: &str) -> Diagnostic {
    let parts = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|part| !part.is_empty());
    let name = parts.collect::<Vec<_>>().join("-");
    let like = if is_name(&name) { name } else { "mail-list".to_owned() };
    Diagnostic::new(&WRONG_TYPE, format!("`{text}` must be a name of letters (a to z), digits, `-` and `_` that begins with a letter"))
        .help(format!("write a name such as `{like}`"))
}

/// The remedy for a word that was a truth value in YAML 1.1.
fn truth(text: &str) -> Option<String> {
    let meant = match text.to_ascii_lowercase().as_str() {
        "yes" | "on" | "y" => "true",
        "no" | "off" | "n" => "false",
        _ => return None,
    };
    Some(format!("in YAML 1.2 `{text}` is a text: write `{meant}`"))
}

/// The diagnostic of a value that has the wrong type.
pub fn wrong_type(what: &str, expected: &str, file: &Arc<str>, span: Span) -> Diagnostic {
    Diagnostic::new(&WRONG_TYPE, format!("{what} must be {expected}")).at(file, span, "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::parse;

    /// What `read` takes from a map, and what is wrong with it.
    fn fields<T>(text: &str, read: impl Fn(&mut Fields<'_>) -> T) -> (T, Vec<Diagnostic>) {
        let file = Arc::from("a.yaml");
        let mut diagnostics = Vec::new();
        let root = parse(&file, text, 0).value.unwrap();
        let value = read(&mut Fields::of(&root, &file, "it", &mut diagnostics).unwrap());
        (value, diagnostics)
    }

    #[test]
    fn blank_texts_count_as_absent() {
        let (read, diagnostics) = fields("a: \"\"\nb: '  '\nc: x\nd: [\"\", y]\ne: \" \"\n", |f| {
            (f.text("a"), f.text("b"), f.text("c"), f.texts("d"), f.texts("e"))
        });
        assert_eq!((read.0, read.1, read.2.as_deref()), (None, None, Some("x")));
        assert_eq!(read.3.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>(), ["y"]);
        assert!(read.4.is_empty());
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
    }

    #[test]
    fn words_of_yaml_1_1_are_told_what_they_are_now() {
        let help = |text: &str| fields(text, |f| f.bool("a")).1.remove(0).help;
        assert_eq!(help("a: yes\n").as_deref(), Some("in YAML 1.2 `yes` is a text: write `true`"));
        assert_eq!(help("a: Off\n").as_deref(), Some("in YAML 1.2 `Off` is a text: write `false`"));
        assert_eq!(help("a: perhaps\n"), None);
        assert_eq!(fields("a: yes\n", |f| f.int("a")).1.remove(0).help, None);
    }

    #[test]
    fn an_unknown_key_may_be_told_where_it_belongs() {
        let file = Arc::from("a.yaml");
        let help = |text: &str| {
            let mut diagnostics = Vec::new();
            let root = parse(&file, text, 0).value.unwrap();
            let mut fields = Fields::of(&root, &file, "it", &mut diagnostics).unwrap();
            fields.text("title");
            fields.finish_with(Some("others go under `extra:`"));
            diagnostics.remove(0).help.unwrap()
        };
        assert_eq!(help("colour: red\n"), "known: `title`; others go under `extra:`");
        assert_eq!(help("titel: red\n"), "did you mean `title`? (others go under `extra:`)");
    }
}
