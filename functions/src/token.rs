//! The signed token of a form: it says when the form was opened, so that what was sent at once or hours later is told.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use sha2::Sha256;

/// The least that a person takes from opening a form to sending it.
pub const LEAST_AGE: Duration = Duration::from_secs(3);

/// The longest that a token holds.
pub const MOST_AGE: Duration = Duration::from_secs(2 * 3600);

/// A difference between the clocks of two instances that counts for nothing.
const SKEW: Duration = Duration::from_secs(30);

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is none of ours, or of another form.
    Forged,
    /// It was made just now.
    Early,
    /// It was made too long ago.
    Late,
}

/// A token for a form that is opened now: eight bytes of time in milliseconds, and the keyed digest of form and time.
pub fn issue(secret: &[u8], form: &str, now: Timestamp) -> String {
    let time = now.as_millisecond().to_be_bytes();
    let digest = digest(secret, form, &time).finalize().into_bytes();
    URL_SAFE_NO_PAD.encode([time.as_slice(), digest.as_slice()].concat())
}

/// Judges a token.
///
/// # Errors
/// Why it is refused.
pub fn check(secret: &[u8], form: &str, token: &str, now: Timestamp) -> Result<(), Refused> {
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| Refused::Forged)?;
    let Some((time, given)) = bytes.split_first_chunk::<8>() else { return Err(Refused::Forged) };
    digest(secret, form, time).verify_slice(given).map_err(|_| Refused::Forged)?;
    let issued = Timestamp::from_millisecond(i64::from_be_bytes(*time)).map_err(|_| Refused::Forged)?;
    let age = now.duration_since(issued);
    if age > signed(MOST_AGE) {
        return Err(Refused::Late);
    }
    // A clock that is a little behind makes a token look as if it came from the future.
    if age < signed(LEAST_AGE) && age > -signed(SKEW) {
        return Err(Refused::Early);
    }
    if age < signed(LEAST_AGE) { Err(Refused::Forged) } else { Ok(()) }
}

fn signed(duration: Duration) -> jiff::SignedDuration {
    jiff::SignedDuration::from_secs(duration.as_secs().cast_signed())
}

fn digest(secret: &[u8], form: &str, time: &[u8; 8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("a key of any length makes an HMAC");
    // The parts have fixed lengths or come last, so that no two inputs read the same.
    mac.update(b"plainsite form token 1\0");
    mac.update(time);
    mac.update(form.as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"a secret of tests";

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    #[test]
    fn it_holds_from_three_seconds_to_two_hours() {
        let token = issue(SECRET, "contact", at(0));
        let check = |seconds| check(SECRET, "contact", &token, at(seconds));
        assert_eq!([-10, 0, 2].map(check), [Err(Refused::Early); 3]);
        assert_eq!([3, 60, 7200].map(check), [Ok(()); 3]);
        assert_eq!([7201, 1_000_000].map(check), [Err(Refused::Late); 2]);
        assert_eq!(check(-60), Err(Refused::Forged), "no instance of ours is that far ahead");
    }

    #[test]
    fn another_form_secret_or_text_is_forged() {
        let token = issue(SECRET, "contact", at(0));
        assert_eq!(check(SECRET, "lead", &token, at(10)), Err(Refused::Forged));
        assert_eq!(check(b"another", "contact", &token, at(10)), Err(Refused::Forged));
        for text in ["", "x", "%%%", &token[1..], &format!("{token}A")] {
            assert_eq!(check(SECRET, "contact", text, at(10)), Err(Refused::Forged), "{text}");
        }
        let mut bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
        for at_byte in 0..bytes.len() {
            bytes[at_byte] ^= 1;
            assert_ne!(check(SECRET, "contact", &URL_SAFE_NO_PAD.encode(&bytes), at(10)), Ok(()), "byte {at_byte}");
            bytes[at_byte] ^= 1;
        }
    }
}
