//! What a template's text says of others: those that it extends and includes. And what the engine says of a template.

use registry::diagnostic::Span;
use tera::ErrorKind;

use super::Place;

/// A template that another one names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    /// `extends` or `includes`.
    pub(super) how: &'static str,
    /// The template's name.
    pub(super) target: String,
    /// Where the name stands, without its quotes.
    pub(super) span: Span,
}

/// The templates that a text extends and includes. Comments and raw parts are passed over.
pub(super) fn of(text: &str) -> Vec<Link> {
    let mut links = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find("{%").map(|i| at + i) {
        let comment = text[at..open].find("{#").map(|i| at + i);
        if let Some(comment) = comment {
            match text[comment..].find("#}") {
                Some(end) => at = comment + end + 2,
                None => break,
            }
            continue;
        }
        at = open + 2;
        let rest = text[at..].trim_start_matches('-').trim_start();
        let word: &str = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or("");
        let how = match word {
            "extends" => "extends",
            "include" => "includes",
            "raw" => {
                at = text[at..].find("endraw").map_or(text.len(), |i| at + i);
                continue;
            }
            _ => continue,
        };
        let name = rest[word.len()..].trim_start();
        let Some(quote) = name.chars().next().filter(|c| matches!(c, '"' | '\'' | '`')) else { continue };
        let name = &name[1..];
        let Some(end) = name.find(quote) else { continue };
        let start = name.as_ptr() as usize - text.as_ptr() as usize;
        links.push(Link { how, target: name[..end].to_owned(), span: Span { start, end: start + end } });
        at = start + end;
    }
    links
}

/// What the engine found wrong in a template, with its places.
///
/// Names that nothing has, such as a filter's, it tells of in one text for all of them, in the form of its reports:
/// `error: …`, and in the next line `--> file:line:column`, both from 1.
pub(super) fn told(error: &tera::Error, name: &str, text: &str) -> Vec<(String, Option<Span>)> {
    let whole = match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            return vec![(report.message().to_owned(), Some(Place::of(report).span(text)))];
        }
        other => other.to_string(),
    };
    let mut found = Vec::new();
    let mut lines = whole.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(message) = line.strip_prefix("error: ") else { continue };
        let place = lines.peek().and_then(|next| next.trim_start().strip_prefix("--> ")?.strip_prefix(name)?.strip_prefix(':'));
        let place = place.and_then(|place| place.split_once(':'));
        let place = place.and_then(|(line, column)| Some((line.parse().ok()?, column.parse::<usize>().ok()?.checked_sub(1)?)));
        found.push((message.to_owned(), place.map(|(line, column)| Place::at(line, column).span(text))));
    }
    if found.is_empty() { vec![(whole, None)] } else { found }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_outside_comments_and_raw_parts() {
        let text = "{%- extends \"a.html\" %}{# {% include 'b' %} #}{% raw %}{% include 'c' %}{% endraw %}{% include 'd' -%}{% if x %}";
        let found: Vec<_> =
            of(text).into_iter().map(|link| (link.how, link.target.clone(), text[link.span.start..link.span.end].to_owned())).collect();
        assert_eq!(found, [("extends", "a.html".to_owned(), "a.html".to_owned()), ("includes", "d".to_owned(), "d".to_owned())]);
    }
}
