//! The digest that seals a contract and tells one revision from another.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// The SHA-256 of a value's JSON, in hexadecimal digits.
pub fn of(value: &impl Serialize) -> String {
    let json = serde_json::to_vec(value).expect("the registry's values are plain data, which is always JSON");
    Sha256::digest(&json).iter().map(|byte| format!("{byte:02x}")).collect()
}
