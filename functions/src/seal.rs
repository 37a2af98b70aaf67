//! Sealed texts: only who has the key reads or makes them (ChaCha20-Poly1305, a random nonce for each).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

/// What is sealed along, so that a seal of another use or version does not open.
const USE: &[u8] = b"plainsite seal 1";

/// Seals some bytes: letters, digits, `-` and `_`.
///
/// # Errors
/// The system has no random bytes.
pub fn seal(key: &[u8; 32], plain: &[u8]) -> Result<String, getrandom::Error> {
    let mut sealed = [0; NONCE_LEN].to_vec();
    getrandom::fill(&mut sealed)?;
    let nonce = Nonce::try_assume_unique_for_key(&sealed).expect("it was made in a nonce's length");
    let mut text = plain.to_vec();
    key_of(key).seal_in_place_append_tag(nonce, Aad::from(USE), &mut text).expect("a text of some bytes is below the cipher's bound");
    sealed.append(&mut text);
    Ok(URL_SAFE_NO_PAD.encode(sealed))
}

/// What was sealed under this key; none where the text is not one that [`seal`] made under it.
pub fn open(key: &[u8; 32], sealed: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
    let (nonce, text) = bytes.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut text = text.to_vec();
    key_of(key).open_in_place(nonce, Aad::from(USE), &mut text).ok().map(|plain| plain.to_vec())
}

fn key_of(key: &[u8; 32]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, key).expect("the cipher's keys have 32 bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_again_and_shows_nothing() {
        let sealed = seal(&[7; 32], b"canary").unwrap();
        assert_eq!(open(&[7; 32], &sealed).unwrap(), b"canary");
        assert_ne!(sealed, seal(&[7; 32], b"canary").unwrap(), "each has a nonce of its own");
        assert!(!URL_SAFE_NO_PAD.decode(&sealed).unwrap().windows(6).any(|part| part == b"canary"));
        assert_eq!(open(&[7; 32], &seal(&[7; 32], b"").unwrap()).unwrap(), b"");
    }

    #[test]
    fn nothing_else_opens() {
        let sealed = seal(&[7; 32], b"canary").unwrap();
        assert_eq!(open(&[8; 32], &sealed), None);
        for text in ["", "x", "%%%", &sealed[1..], &format!("{sealed}A")] {
            assert_eq!(open(&[7; 32], text), None, "{text}");
        }
        let mut bytes = URL_SAFE_NO_PAD.decode(&sealed).unwrap();
        for at in 0..bytes.len() {
            bytes[at] ^= 1;
            assert_eq!(open(&[7; 32], &URL_SAFE_NO_PAD.encode(&bytes)), None, "byte {at}");
            bytes[at] ^= 1;
        }
    }
}
