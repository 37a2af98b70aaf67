//! The paths that a Rust source names, read as text: `use` trees with their braces, and paths in the code itself.
//!
//! This is no parser of Rust. It knows comments, literals, braces and `mod name {`, which is what it takes to find every
//! path that begins with `crate`, `self`, `super` or a crate's name.

/// A path as its parts, and the line it is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) parts: Vec<String>,
    pub(crate) line: usize,
}

/// Every path of at least two parts, and every `use`d name; `super` and `self` are resolved from `module`, the path of
/// the file's own module, to paths that begin with `crate`.
pub(crate) fn paths(source: &str, module: &[&str]) -> Vec<Named> {
    let mut reader = Reader { tokens: tokens(source), at: 0, found: Vec::new() };
    // What each open brace belongs to: an inline module, or anything else.
    let mut open: Vec<Option<String>> = Vec::new();
    while let Some(token) = reader.peek(0).cloned() {
        match token.text.as_str() {
            "mod" if reader.is(2, "{") => {
                open.push(reader.peek(1).map(|name| name.text.clone()));
                reader.at += 3;
                continue;
            }
            "{" => open.push(None),
            "}" => {
                open.pop();
            }
            _ => {}
        }
        let before = reader.found.len();
        // `use<'a>` in a type names no path.
        if token.text == "use" && !reader.is(1, "<") {
            reader.at += 1;
            reader.tree(&[]);
        } else if token.is_name() && reader.is(1, "::") && !reader.follows_path() {
            reader.path();
        } else {
            reader.at += 1;
        }
        let inside: Vec<&str> = module.iter().copied().chain(open.iter().flatten().map(String::as_str)).collect();
        for named in &mut reader.found[before..] {
            named.parts = resolve(&named.parts, &inside);
        }
    }
    reader.found
}

/// `self::x` and `super::x` as `crate::…::x`.
fn resolve(parts: &[String], inside: &[&str]) -> Vec<String> {
    let ups = parts.iter().take_while(|part| *part == "super" || *part == "self").count();
    if ups == 0 {
        return parts.to_vec();
    }
    let supers = parts[..ups].iter().filter(|part| *part == "super").count();
    let kept = &inside[..inside.len().saturating_sub(supers)];
    let start = std::iter::once("crate").chain(kept.iter().copied()).map(str::to_owned);
    start.chain(parts[ups..].iter().cloned()).collect()
}

#[derive(Clone, Debug)]
struct Token {
    text: String,
    line: usize,
}

impl Token {
    fn is_name(&self) -> bool {
        self.text.starts_with(|c: char| c.is_alphabetic() || c == '_')
    }
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
    found: Vec<Named>,
}

impl Reader {
    fn peek(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.at + ahead)
    }

    fn is(&self, ahead: usize, text: &str) -> bool {
        self.peek(ahead).is_some_and(|token| token.text == text)
    }

    /// Whether the token before is `::`, so that this one is not a path's first.
    fn follows_path(&self) -> bool {
        self.at > 0 && self.tokens[self.at - 1].text == "::"
    }

    /// A path in code, such as `crate::render::page(…)`.
    fn path(&mut self) {
        let line = self.tokens[self.at].line;
        let mut parts = Vec::new();
        while let Some(token) = self.peek(0).filter(|token| token.is_name()) {
            parts.push(token.text.clone());
            self.at += 1;
            if !self.is(0, "::") {
                break;
            }
            self.at += 1;
        }
        self.found.push(Named { parts, line });
    }

    /// One tree of a `use`, after the parts that lead to it.
    fn tree(&mut self, lead: &[String]) {
        let mut parts = lead.to_vec();
        while let Some(token) = self.peek(0).cloned() {
            match token.text.as_str() {
                "::" => self.at += 1,
                "{" => {
                    self.at += 1;
                    while self.peek(0).is_some() && !self.is(0, "}") {
                        let before = self.at;
                        self.tree(&parts);
                        // A comma, or something that belongs in no tree: either way this goes on.
                        if self.is(0, ",") || self.at == before {
                            self.at += 1;
                        }
                    }
                    self.at += 1;
                    return;
                }
                "," | ";" | "}" => break,
                "as" => self.at += 2,
                _ => {
                    // Inside braces `self` means the path that leads there.
                    if token.text != "self" || parts.is_empty() {
                        parts.push(token.text.clone());
                    }
                    self.at += 1;
                }
            }
        }
        let line = self.tokens[self.at.min(self.tokens.len()) - 1].line;
        self.found.push(Named { parts, line });
    }
}

/// Names, `::` and single signs; no comments and no literals.
fn tokens(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let (mut tokens, mut at, mut line) = (Vec::new(), 0, 1);
    while at < chars.len() {
        let rest = &chars[at..];
        let length = match (rest[0], rest.get(1)) {
            ('/', Some('/')) => rest.iter().position(|&c| c == '\n').unwrap_or(rest.len()),
            ('/', Some('*')) => block_comment(rest),
            ('"', _) => text_literal(rest),
            ('r', Some('"' | '#')) => raw_literal(rest),
            ('b', Some('r')) if matches!(rest.get(2), Some('"' | '#')) => 1 + raw_literal(&rest[1..]),
            ('\'', _) => character_or_lifetime(rest),
            (c, _) if c.is_alphanumeric() || c == '_' => {
                let end = rest.iter().position(|c| !c.is_alphanumeric() && *c != '_').unwrap_or(rest.len());
                tokens.push(Token { text: rest[..end].iter().collect(), line });
                end
            }
            (':', Some(':')) => {
                tokens.push(Token { text: "::".to_owned(), line });
                2
            }
            (c, _) if c.is_whitespace() => 1,
            (c, _) => {
                tokens.push(Token { text: c.to_string(), line });
                1
            }
        };
        line += rest[..length].iter().filter(|c| **c == '\n').count();
        at += length;
    }
    tokens
}

/// They nest.
fn block_comment(rest: &[char]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match (rest[at], rest.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at.min(rest.len())
}

fn text_literal(rest: &[char]) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != '"' {
        at += if rest[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(rest.len())
}

/// `r"…"` or `r#"…"#`; of `r#name` only the sign is skipped.
fn raw_literal(rest: &[char]) -> usize {
    let hashes = rest[1..].iter().take_while(|c| **c == '#').count();
    if rest.get(1 + hashes) != Some(&'"') {
        return 1 + hashes;
    }
    let end = |at: usize| rest[at] == '"' && rest[at + 1..].iter().take_while(|c| **c == '#').count() >= hashes;
    (2 + hashes..rest.len()).find(|&at| end(at)).map_or(rest.len(), |at| at + 1 + hashes)
}

fn character_or_lifetime(rest: &[char]) -> usize {
    if rest.get(1) == Some(&'\\') {
        return rest.iter().skip(3).position(|c| *c == '\'').map_or(rest.len(), |at| at + 4);
    }
    if rest.get(2) == Some(&'\'') { 3 } else { 1 }
}
