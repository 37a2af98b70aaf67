//! Project codes: `CM-XXXX-XXXX`, forty random bits in letters that people read out to each other (Crockford's base 32).
//!
//! A code is shown once, when it is made. What is kept of it is a keyed hash, and a code never prints by accident.

use std::fmt;

use jiff::Timestamp;
use registry::digest::hex;

use crate::guard::Keys;
use crate::personal::Personal;
use crate::project::{CodeHash, Issued, ProjectId};

/// What every code begins with.
const PREFIX: &str = "CM";

/// The symbols: the digits, and the letters without `I`, `L`, `O` and `U`.
const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// How many of them a code has.
const LENGTH: usize = 8;

/// A project code. It prints as `Code`; [`Code::grouped`] is for whoever it is handed to.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(Personal<String>);

impl Code {
    /// As people get it: `CM-XXXX-XXXX`.
    pub fn grouped(&self) -> String {
        let (first, second) = self.0.reveal().split_at(LENGTH / 2);
        format!("{PREFIX}-{first}-{second}")
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code")
    }
}

/// A new code.
///
/// # Errors
/// The system has no random bytes.
pub fn generate() -> Result<Code, getrandom::Error> {
    random_symbols().map(|symbols| Code(Personal::new(symbols)))
}

/// What is kept of a code that is handed out now. Its id is random too, in small letters, and says nothing of the code.
///
/// # Errors
/// The system has no random bytes.
pub fn issued(project: ProjectId, now: Timestamp) -> Result<Issued, getrandom::Error> {
    Ok(Issued { id: random_symbols()?.to_ascii_lowercase(), project, made: now, revoked: None })
}

/// The code of a text that a person typed or pasted: in any case, with blanks and dashes of any kind or none, with `O` for `0` and `I` or `L`
/// for `1`, with `CM` in front or without. None where it is no code.
pub fn read(text: &str) -> Option<Code> {
    let mut symbols = String::with_capacity(PREFIX.len() + LENGTH);
    for c in text.chars().filter(|c| !is_skipped(*c)) {
        if symbols.len() == PREFIX.len() + LENGTH {
            return None;
        }
        symbols.push(match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c if c.is_ascii() && SYMBOLS.contains(&(c as u8)) => c,
            _ => return None,
        });
    }
    // `C` and `M` are symbols too: in front of eight others they are the prefix, among eight they are not.
    let own = if symbols.len() > LENGTH { symbols.strip_prefix(PREFIX)? } else { &symbols };
    (own.len() == LENGTH).then(|| Code(Personal::new(own.to_owned())))
}

/// The keyed hash of a code, by which projects are found.
pub fn hash(keys: &Keys, code: &Code) -> CodeHash {
    hash_of(keys, code.0.reveal())
}

/// What a text is looked up by, whatever it is. No code has the hash of a text that is none, so that both take the same path.
pub fn hash_of_text(keys: &Keys, text: &str) -> CodeHash {
    match read(text) {
        Some(code) => hash(keys, &code),
        None => hash_of(keys, "no code!"),
    }
}

fn hash_of(keys: &Keys, symbols: &str) -> CodeHash {
    let digest = keys.digest("project code", &[symbols]);
    CodeHash(hex(&digest))
}

/// Eight symbols of five random bits each.
fn random_symbols() -> Result<String, getrandom::Error> {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| char::from(SYMBOLS[usize::from(byte % 32)])).collect())
}

/// What people and their devices put between symbols: white space, dashes of every language, and what cannot be seen.
fn is_skipped(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '_' | '.' | '\u{ad}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys() -> Keys {
        Keys::new("0123456789abcdef0123456789abcdef".into())
    }

    #[test]
    fn it_is_read_as_people_write_it() {
        let code = read("CM-0ABC-1DEF").unwrap();
        for text in [
            "cm-0abc-1def",
            "0ABC1DEF",
            "CMOABCIDEF",
            "cm oabc ldef",
            " CM–0ABC—1DEF\n",
            "CM\u{2011}0ABC\u{2011}1DEF",
            "\u{feff}cm.0abc_1def\u{200b}",
        ] {
            assert_eq!(read(text).unwrap(), code, "{text}");
        }
        assert_eq!(read("CMCM-CMCM").unwrap().grouped(), "CM-CMCM-CMCM", "the prefix is two symbols like others");
        assert_eq!(read("CM-CMCM-CMCM").unwrap().grouped(), "CM-CMCM-CMCM");
    }

    #[test]
    fn what_is_none_is_none() {
        for text in
            ["", "CM", "CM-0ABC-1DE", "CM-0ABC-1DEF-G", "XX-0ABC-1DEF", "CM-0ABC-1DEU", "CM-0ABC-1DE!", "CM-0ABC-1DÉF", "ＣＭ-0ABC-1DEF"]
        {
            assert!(read(text).is_none(), "{text}");
        }
        assert!(read(&"CM-0ABC-1DEF".repeat(1000)).is_none());
    }

    // Promises: cresco/no-passwords
    #[test]
    fn a_hash_is_of_the_code_and_the_secret() {
        let hash = |text: &str| hash_of_text(&keys(), text);
        assert_eq!(hash("CM-0ABC-1DEF"), hash("oabc ldef"));
        assert_eq!(hash("CM-0ABC-1DEF"), super::hash(&keys(), &read("CM-0ABC-1DEF").unwrap()));
        assert_ne!(hash("CM-0ABC-1DEF"), hash("CM-0ABC-1DEG"));
        assert_eq!(hash("nothing"), hash("neither"), "what is no code is one and the same");
        assert_ne!(hash("CM-0ABC-1DEF"), hash_of_text(&Keys::new("another secret of thirty-two characters".into()), "CM-0ABC-1DEF"));
        assert_eq!(hash("CM-0ABC-1DEF").0.len(), 64);
    }

    #[test]
    fn it_does_not_print() {
        let code = read("CM-0ABC-1DEF").unwrap();
        assert_eq!(format!("{code:?} {:?}", hash(&keys(), &code)), "Code CodeHash");
    }

    // Promises: cresco/codes-are-random
    #[test]
    fn new_ones_use_every_symbol_and_differ() {
        let codes: Vec<String> = (0..200).map(|_| generate().unwrap().grouped()).collect();
        let all: std::collections::BTreeSet<u8> = codes.iter().flat_map(|code| code[3..].bytes()).filter(|b| *b != b'-').collect();
        assert_eq!(all, SYMBOLS.iter().copied().collect());
        assert!(codes.iter().all(|code| read(code).unwrap().grouped() == *code));
        assert_eq!(codes.iter().collect::<std::collections::BTreeSet<_>>().len(), 200);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".*") {
            let _ = read(&text);
        }
    }
}
