//! Digests: what a file, a page or a view was, in 128 bits.
//!
//! For noticing change and naming files, not for defending against forgery.

use std::fmt;
use std::hash::BuildHasherDefault;

use xxhash_rust::xxh3::{Xxh3, xxh3_128};

/// A digest of some bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Digest(u128);

impl Digest {
    /// The digest of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(xxh3_128(bytes))
    }

    /// The first `digits` hexadecimal digits, for a file's name.
    pub fn short(self, digits: usize) -> String {
        let mut text = self.to_string();
        text.truncate(digits);
        text
    }

    /// Reads what [`fmt::Display`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        u128::from_str_radix(text, 16).ok().map(Self)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Gathers several values into one digest; each is set apart from the next, so that no two series run together.
#[derive(Default)]
pub struct Hasher(Xxh3);

impl Hasher {
    /// Adds a text or bytes.
    pub fn add(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        let bytes = bytes.as_ref();
        self.0.update(&(bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    /// Adds a digest.
    pub fn add_digest(&mut self, digest: Digest) -> &mut Self {
        self.0.update(&digest.0.to_le_bytes());
        self
    }

    /// The digest of all that was added.
    pub fn finish(&self) -> Digest {
        Digest(self.0.digest128())
    }
}

/// A 64-bit name for a text, for sets of addresses and of anchors.
pub fn name64(text: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(text.as_bytes())
}

/// For maps whose keys are such names.
pub type Names = BuildHasherDefault<NameHasher>;

/// A hasher for names that are hashes already.
#[derive(Debug, Default)]
pub struct NameHasher(u64);

impl std::hash::Hasher for NameHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxhash_rust::xxh3::xxh3_64(bytes);
    }

    fn write_u64(&mut self, name: u64) {
        self.0 = name;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_do_not_run_together() {
        let digest = |parts: &[&str]| {
            parts
                .iter()
                .fold(Hasher::default(), |mut h, p| {
                    h.add(p);
                    h
                })
                .finish()
        };
        assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
        assert_eq!(digest(&["ab", "c"]), digest(&["ab", "c"]));
    }

    #[test]
    fn text_and_back() {
        let digest = Digest::of(b"x");
        assert_eq!(Digest::parse(&digest.to_string()), Some(digest));
        assert_eq!(digest.short(8).len(), 8);
    }
}
