//! What protects the forms from floods and the portal from guesses, without a third party and without keeping addresses: limits by a keyed
//! hash, proofs of work.

mod address;
pub mod guesses;
mod proof;

use std::time::Duration;

use hmac::{Hmac, Mac};
use jiff::Timestamp;
use registry::digest::hex;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

pub use address::hash;
pub use guesses::Guesses;
pub use proof::{Challenge, Difficulty, Refused};

use crate::personal::Personal;
use crate::ports::{Limit, PersonHash};

/// The window of the limits by address.
pub const PER_ADDRESS: Duration = Duration::from_secs(10 * 60);

/// The window of the limit of all forms together.
pub const OVERALL: Duration = Duration::from_secs(60);

/// The most submissions of all forms within [`OVERALL`]: above what a store of one machine takes. Long before that, proofs of work grow.
pub const MOST_OVERALL: u32 = 60_000;

/// The most submissions without a script from one address within [`PER_ADDRESS`]: they bring no proof of work.
pub const MOST_WITHOUT_SCRIPT: u32 = 2;

/// The name of the limit of all forms together.
pub const FORMS: &str = "forms";

/// The keys that everything signed or hashed here is made with: each its own, all from one secret.
#[derive(Clone)]
pub struct Keys {
    secret: SecretString,
}

impl Keys {
    /// From the operators' secret.
    pub fn new(secret: SecretString) -> Self {
        Self { secret }
    }

    /// The key for one use, 32 bytes.
    pub fn of(&self, purpose: &str) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.expose_secret().as_bytes()).expect("a key of any length makes an HMAC");
        mac.update(b"plainsite key 1\0");
        mac.update(purpose.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// A keyed digest of some texts, for one use.
    pub fn digest(&self, purpose: &str, texts: &[&str]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.of(purpose)).expect("a key of any length makes an HMAC");
        for text in texts {
            // With the lengths in it, no two lists of texts read the same.
            mac.update(&text.len().to_be_bytes());
            mac.update(text.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }

    /// The keyed hash of a person's address, in letters of either case.
    pub fn person(&self, address: &Personal<String>) -> PersonHash {
        let digest = self.digest("person", &[&address.reveal().trim().to_ascii_lowercase()]);
        PersonHash(hex(&digest))
    }

    /// The key for one use in hexadecimal digits.
    pub fn text_of(&self, purpose: &str) -> String {
        hex(&self.of(purpose))
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys")
    }
}

/// The most receipts from one network within [`PER_ADDRESS`]. Offices and schools share an address, and a lost proof cannot be asked for
/// again.
const MOST_RECEIPTS: u32 = 300;

/// The limit of receipts; `address` is the keyed hash of where one came from, where that is known.
pub fn of_receipts(address: Option<&str>) -> Limit {
    Limit { name: format!("receipts:{}", address.unwrap_or("unknown")), window: PER_ADDRESS, most: MOST_RECEIPTS }
}

/// The window of the limit of privacy requests for one address of e-mail.
const PER_PERSON: Duration = Duration::from_secs(24 * 3600);

/// The most of them: nobody's mailbox is filled by somebody else.
const MOST_REQUESTS: u32 = 5;

/// The limit of privacy requests for a person, by the keyed hash of the address of e-mail.
pub fn of_requests(person: &str) -> Limit {
    Limit { name: format!("requests:{person}"), window: PER_PERSON, most: MOST_REQUESTS }
}

/// How a form was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// By the form's script, with a token and a proof of work.
    Script,
    /// By the browser alone.
    Plain,
}

/// The limits that a submission counts for; `address` is the keyed hash of where it came from, where that is known.
pub fn limits(path: Path, address: Option<&str>, per_address: u32) -> Vec<Limit> {
    let overall = Limit { name: FORMS.to_owned(), window: OVERALL, most: MOST_OVERALL };
    // Without an address, everybody shares one: rather slow than open.
    let address = address.unwrap_or("unknown");
    let of_address = Limit { name: format!("{FORMS}:{address}"), window: PER_ADDRESS, most: per_address };
    let plain = Limit { name: format!("plain:{address}"), window: PER_ADDRESS, most: MOST_WITHOUT_SCRIPT.min(per_address) };
    match path {
        Path::Script => vec![overall, of_address],
        Path::Plain => vec![overall, of_address, plain],
    }
}

/// From when on a window that holds `now` counts, and when it ends.
pub fn window(now: Timestamp, window: Duration) -> (i64, Timestamp) {
    let seconds = window.as_secs().max(1).cast_signed();
    let number = now.as_second().div_euclid(seconds);
    (number, Timestamp::from_second((number + 1) * seconds).unwrap_or(Timestamp::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_use_has_its_own_key() {
        let keys = Keys::new("0123456789abcdef0123456789abcdef".into());
        assert_ne!(keys.of("a"), keys.of("b"));
        assert_eq!(keys.text_of("a").len(), 64);
        assert_eq!(format!("{keys:?}"), "Keys");
    }

    #[test]
    fn without_a_script_the_limit_is_stricter() {
        let most = |path| limits(path, Some("x"), 5).iter().map(|limit| limit.most).min();
        assert_eq!([most(Path::Script), most(Path::Plain)], [Some(5), Some(2)]);
        assert!(limits(Path::Plain, None, 5).iter().any(|limit| limit.name == "plain:unknown"));
    }

    #[test]
    fn windows_begin_at_their_multiples() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let (first, end) = window(at(1200), PER_ADDRESS);
        assert_eq!((first, end), (2, at(1800)));
        assert_eq!(window(at(1799), PER_ADDRESS).0, first);
        assert_eq!(window(at(1800), PER_ADDRESS).0, first + 1);
    }
}
