//! The digest that seals a contract and tells one revision from another, and how bytes are written as text.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// The SHA-256 of a value's JSON, in hexadecimal digits.
pub fn of(value: &impl Serialize) -> String {
    let json = serde_json::to_vec(value).expect("the registry's values are plain data, which is always JSON");
    hex(&Sha256::digest(&json))
}

/// Bytes in hexadecimal digits, two each.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
