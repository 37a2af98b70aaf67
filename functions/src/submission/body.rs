//! The two forms of a body: a form's, as browsers write it without a script, and JSON. Nothing is passed over: what stands twice is there
//! twice, and what is not UTF-8 is no text.

use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::Value;

/// How a submission was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// `application/json`: an object of texts and, for boxes, `true` and `false`.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
}

impl Encoding {
    /// The encoding that a content type names.
    pub fn of(content_type: &str) -> Option<Self> {
        match content_type.split(';').next()?.trim().to_ascii_lowercase().as_str() {
            "application/json" => Some(Self::Json),
            "application/x-www-form-urlencoded" => Some(Self::Form),
            _ => None,
        }
    }

    /// Every name with its value, in order; none where the body is not so written.
    pub(super) fn entries(self, body: &[u8]) -> Option<Vec<(String, Value)>> {
        match self {
            Self::Json => serde_json::from_slice::<Entries>(body).ok().map(|entries| entries.0),
            Self::Form => body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).map(pair).collect(),
        }
    }

    /// Whether a box is ticked; none where the value says neither.
    pub(super) fn ticked(self, value: &Value) -> Option<bool> {
        match (self, value) {
            (Self::Json, Value::Bool(ticked)) => Some(*ticked),
            // A browser sends the value that the page gives the box, and nothing where it is not ticked.
            (Self::Form, Value::String(text)) => (text == "yes").then_some(true).or_else(|| text.is_empty().then_some(false)),
            _ => None,
        }
    }
}

/// The entries of a JSON object, those with the same name too.
struct Entries(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Entries;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Each)
    }
}

fn pair(pair: &[u8]) -> Option<(String, Value)> {
    let mut parts = pair.splitn(2, |byte| *byte == b'=');
    let (name, value) = (parts.next()?, parts.next().unwrap_or_default());
    // Browsers end the lines of a form with CR and LF, whatever was typed.
    Some((decode(name)?, Value::String(decode(value)?.replace("\r\n", "\n").replace('\r', "\n"))))
}

/// Decodes percents and pluses. `form_urlencoded` would put a replacement in the place of what is not UTF-8, unseen.
fn decode(text: &[u8]) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, behind)) = rest.split_first() {
        let digits = behind.first_chunk::<2>().and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        match (first, digits) {
            (b'%', Some(byte)) if behind[0] != b'+' => {
                bytes.push(byte);
                rest = &behind[2..];
                continue;
            }
            (b'+', _) => bytes.push(b' '),
            _ => bytes.push(*first),
        }
        rest = behind;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(body: &str) -> Option<Vec<(String, Value)>> {
        Encoding::Form.entries(body.as_bytes())
    }

    fn one(name: &str, value: &str) -> Option<Vec<(String, Value)>> {
        Some(vec![(name.to_owned(), value.into())])
    }

    #[test]
    fn a_form_is_read_to_the_byte() {
        assert_eq!(form("a=%C3%A9+b%2Bc"), one("a", "é b+c"));
        assert_eq!(form("a=1%0D%0A2%0D3"), one("a", "1\n2\n3"));
        assert_eq!(form("a=100%25&"), one("a", "100%"));
        assert_eq!(form("a=%zz%4"), one("a", "%zz%4"));
        assert_eq!(form("a=%+1"), one("a", "% 1"));
        assert_eq!(form("a"), one("a", ""));
        assert_eq!(form("a=%FF"), None);
        assert_eq!(form(""), Some(Vec::new()));
        assert_eq!(form("a=1&a=2").map(|entries| entries.len()), Some(2));
    }

    #[test]
    fn json_is_one_object() {
        let json = |body: &[u8]| Encoding::Json.entries(body).map(|entries| entries.len());
        assert_eq!(json(br#"{"a":"1","a":2,"b":[{}]}"#), Some(3));
        for body in [&b"[]"[..], b"", b"{", b"{}x", b"\"a\"", b"{\"a\":\"\xff\"}", br#"{"a":"\ud800"}"#] {
            assert_eq!(json(body), None, "{body:?}");
        }
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(500), "]".repeat(500));
        assert_eq!(json(deep.as_bytes()), None);
    }

    #[test]
    fn only_json_and_forms_are_read() {
        assert_eq!(Encoding::of("Application/JSON; charset=utf-8"), Some(Encoding::Json));
        assert_eq!(Encoding::of("application/x-www-form-urlencoded"), Some(Encoding::Form));
        for other in ["multipart/form-data; boundary=x", "text/plain", "", "application/jsonp"] {
            assert_eq!(Encoding::of(other), None, "{other}");
        }
    }
}
