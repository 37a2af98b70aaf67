//! The patterns that mean the same wherever a form is judged: in JavaScript with the flag `v`, in `regex-lite`, in JSON Schema.

/// What keeps a pattern from meaning the same everywhere, as a remedy; none where nothing does.
///
/// It knows what the dialects disagree on. Whether brackets close and ranges ascend is for whoever compiles it.
pub fn remedy(pattern: &str) -> Option<String> {
    let letters: Vec<char> = pattern.chars().collect();
    let mut in_class = false;
    let mut at = 0;
    while at < letters.len() {
        let (letter, next) = (letters[at], letters.get(at + 1).copied());
        let rest = &letters[at + 1..];
        at += 1;
        match letter {
            '\\' => {
                if let Some(remedy) = of_escape(rest) {
                    return Some(remedy);
                }
                at += 1;
            }
            _ if in_class => match letter {
                ']' => in_class = false,
                // A range; elsewhere a hyphen is escaped.
                '-' if letters[at - 2] != '[' && letters[at - 2] != '^' && next.is_some_and(|next| next != ']') => {}
                '(' | ')' | '[' | '{' | '}' | '/' | '-' | '|' => {
                    return Some(format!("between brackets, write `\\{letter}` in place of `{letter}`"));
                }
                _ if Some(letter) == next && "&!#$%*+,.:;<=>?@^`~".contains(letter) => {
                    return Some(format!("between brackets, write `{letter}` once"));
                }
                _ => {}
            },
            '[' => {
                in_class = true;
                at += usize::from(next == Some('^'));
            }
            '(' if next == Some('?') && rest.get(1) != Some(&':') => {
                return Some(
                    "a group is `(…)` or `(?:…)`: what looks ahead, looks behind or has a name or flags is not read everywhere".to_owned(),
                );
            }
            '{' => match quantifier(rest) {
                Some(length) => at += length,
                None => return Some("write `\\{` for the character itself, and numbers between braces otherwise: `{2,4}`".to_owned()),
            },
            '}' | ']' => return Some(format!("write `\\{letter}` for the character itself")),
            _ => {}
        }
    }
    None
}

fn of_escape(rest: &[char]) -> Option<String> {
    match rest.first()? {
        'n' | 't' | 'f' | 'r' => None,
        'u' if rest.len() > 4 && rest[1..5].iter().all(char::is_ascii_hexdigit) => None,
        'd' => Some("write `[0-9]` in place of `\\d`, which stands for other digits too in places".to_owned()),
        'w' => Some("write `[A-Za-z0-9_]` in place of `\\w`, which stands for other letters too in places".to_owned()),
        's' => Some("write `[ \\t\\n]` in place of `\\s`, which stands for other spaces too in places".to_owned()),
        letter if letter.is_ascii_alphanumeric() => Some(format!("`\\{letter}` is not read everywhere: spell out what it stands for")),
        letter if "^$\\.*+?()[]{}|/-".contains(*letter) => None,
        letter => Some(format!("write `{letter}` in place of `\\{letter}`")),
    }
}

/// The length of a quantifier behind its opening brace.
fn quantifier(rest: &[char]) -> Option<usize> {
    let end = rest.iter().position(|letter| *letter == '}')?;
    let text: String = rest[..end].iter().collect();
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (least, most) = text.split_once(',').unwrap_or((&text, "0"));
    (number(least) && (most.is_empty() || number(most))).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_dialect_reads_alike_passes() {
        for pattern in ["[A-Z]{2}[0-9]{3,}", r"(?:a|b)\.c?", r"[^\-a-z\/\]]+", r"\u00e9\{\}", "a{2}b{3,4}", r"[a-zA-Z0-9_.%+\-]+", "é+"] {
            assert_eq!(remedy(pattern), None, "{pattern}");
            assert!(regex_lite::Regex::new(pattern).is_ok(), "{pattern}");
        }
    }

    #[test]
    fn what_they_disagree_on_is_told_with_what_to_write() {
        for (pattern, part) in [
            (r"\d+", "[0-9]"),
            (r"\w", "[A-Za-z0-9_]"),
            (r"\bx", r"`\b`"),
            (r"(a)\1", r"`\1`"),
            (r"\p{L}", r"`\p`"),
            ("(?=a)", "looks ahead"),
            ("(?i)a", "flags"),
            ("[a-]", r"`\-`"),
            ("[-a]", r"`\-`"),
            ("[(]", r"`\(`"),
            ("[[:alpha:]]", r"`\[`"),
            ("[a&&b]", "once"),
            ("a{,3}", "numbers"),
            ("a}", r"`\}`"),
            (r"\@", "`@`"),
        ] {
            let remedy = remedy(pattern).unwrap_or_default();
            assert!(remedy.contains(part), "{pattern}: {remedy}");
        }
    }
}
