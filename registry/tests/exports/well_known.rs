//! `gpc.json` and `security.txt` as their specifications have them, and only where their promises hold.

use registry::derive::well_known::{gpc, security_txt};

use super::fixture::{full, of};

#[test]
fn gpc_is_promised_only_where_nothing_is_sold() {
    let text = gpc(&full(), "2026-05-01").unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json, serde_json::json!({ "gpc": true, "lastUpdate": "2026-05-01" }));
    for sale in ["", "sale: addresses go to brokers\n", "sale: { unknown: the owner }\n"] {
        assert_eq!(gpc(&of(sale), "2026-05-01"), None, "{sale}");
    }
}

#[test]
fn security_txt_has_its_fields_one_a_line() {
    let languages = ["en".to_owned(), "fr".to_owned()];
    let text = security_txt(&full(), Some("https://cluster.example"), &languages, "2027-05-01").unwrap();
    assert_eq!(
        text,
        "Contact: mailto:privacy%2Bsite@cluster.example\nExpires: 2027-05-01T00:00:00Z\nPreferred-Languages: en, fr\n\
         Canonical: https://cluster.example/.well-known/security.txt\n"
    );
    for base in [None, Some("http://localhost:3000")] {
        assert!(!security_txt(&full(), base, &languages, "2027-05-01").unwrap().contains("Canonical"));
    }
}

#[test]
fn without_an_address_nobody_can_be_written_to() {
    for text in ["", "controller: { name: A }\n", "controller: { email: { unknown: A } }\n"] {
        assert_eq!(security_txt(&of(text), None, &[], "2027-05-01"), None, "{text}");
    }
}
