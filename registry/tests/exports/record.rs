//! The record of processing has a row for each purpose, and leaves nothing out.

use registry::derive::record::{Record, record};

use super::fixture::{SPARSE, full, in_language, of};

fn shown(record: &Record) -> String {
    let mut text: String = record.controller.iter().map(|(heading, value)| format!("{heading}: {value}\n")).collect();
    for row in &record.rows {
        text.push('\n');
        record.headings.iter().zip(row).for_each(|(heading, cell)| text.push_str(&format!("{heading}: {cell}\n")));
    }
    text
}

#[test]
fn the_record_reads_well() {
    insta::assert_snapshot!("record", shown(&in_language("en", |words| record(&full(), words))));
}

#[test]
fn there_is_a_row_for_each_purpose_and_one_for_the_rest() {
    let registry = full();
    for language in ["en", "fr"] {
        let record = in_language(language, |words| record(&registry, words));
        assert_eq!(record.rows.len(), registry.purposes.len() + 1);
        assert!(record.rows.iter().all(|row| row.len() == record.headings.len()));
        let text = shown(&record);
        let names = registry.recipients.iter().map(|recipient| recipient.name.as_str());
        for label in names.chain(registry.data.iter().map(|data| data.label.get(language))) {
            assert!(text.contains(label), "{label}");
        }
    }
}

#[test]
fn what_is_not_stated_is_said_to_be_so() {
    let nothing = in_language("en", |words| record(&of(SPARSE[0]), words));
    assert!(nothing.rows.is_empty(), "{nothing:?}");
    assert!(nothing.controller.iter().all(|(_, value)| value == "not stated"), "{nothing:?}");
    let little = in_language("en", |words| record(&of(SPARSE[5]), words));
    assert_eq!(little.rows[0][1], "not stated");
    assert_eq!(little.rows[0][8], "D: not stated");
    let who = in_language("fr", |words| record(&of(SPARSE[2]), words));
    assert!(who.controller.iter().any(|(key, value)| key == "record_dpo" && value == "non précisé ; à fournir par : Acme"), "{who:?}");
}
