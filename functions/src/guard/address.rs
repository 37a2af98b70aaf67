//! Addresses as limits know them: shortened, then hashed under a key that changes every day. None is stored.

use std::net::IpAddr;

use hmac::{Hmac, Mac};
use jiff::Timestamp;
use registry::digest::hex;
use sha2::Sha256;

/// The keyed hash of an address's /24 (IPv4) or /56 (IPv6), in 16 hexadecimal digits. Tomorrow the same address has another one.
pub fn hash(key: &[u8; 32], address: IpAddr, now: Timestamp) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length makes an HMAC");
    mac.update(&now.as_second().div_euclid(24 * 3600).to_be_bytes());
    match address.to_canonical() {
        IpAddr::V4(address) => mac.update(&address.octets()[..3]),
        IpAddr::V6(address) => mac.update(&address.octets()[..7]),
    }
    hex(&mac.finalize().into_bytes()[..8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_share_one_and_days_do_not() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let hash = |address: &str, key: u8, now| hash(&[key; 32], address.parse().unwrap(), now);
        let one = hash("192.0.2.1", 1, now);
        assert_eq!(one.len(), 16);
        assert_eq!(one, hash("192.0.2.254", 1, now));
        assert_eq!(one, hash("::ffff:192.0.2.9", 1, now), "an IPv4 address in the clothes of IPv6 is the same");
        assert_ne!(one, hash("192.0.3.1", 1, now));
        assert_eq!(hash("2001:db8:0:100::1", 1, now), hash("2001:db8:0:1ff::2", 1, now));
        assert_ne!(hash("2001:db8:0:100::1", 1, now), hash("2001:db8:0:200::1", 1, now));
        assert_ne!(one, hash("192.0.2.1", 2, now), "another key, another hash");
        assert_ne!(one, hash("192.0.2.1", 1, now + jiff::SignedDuration::from_hours(24)));
    }
}
