//! Reads what people can ask for, how the policy changes, and what else it tells.

use super::read::{self, stated_period, text, texts, words};
use super::{address, system};
use crate::model::{Attribution, California, CaliforniaRight, Changes, Channel, Effective, Extension, Measure, Right, Rights, Stated};
use crate::yaml::{Fields, Node, Value, wrong_type};

pub(super) fn rights(fields: &mut Fields<'_>) -> Rights {
    let mut notes = Vec::new();
    let read = |fields: &mut Fields<'_>| {
        for right in Right::ALL {
            notes.extend(text(fields, right.name()).map(|note| (*right, note)));
        }
    };
    fields.map("notes", "`notes`", read);
    Rights {
        offer: words(fields, "offer", Right::NAMES, Right::parse),
        channel: words(fields, "channel", Channel::NAMES, Channel::parse),
        answer_within: stated_period(fields, "answer_within"),
        withdraw: words(fields, "withdraw", Channel::NAMES, Channel::parse),
        notes,
        law: text(fields, "law"),
    }
}

pub(super) fn changes(fields: &mut Fields<'_>) -> Option<Changes> {
    let node = fields.take("changes")?;
    let span = node.span;
    let file = fields.file();
    let (notice, effective, by) = fields.nested(node, "`changes`", |fields| {
        let by = read::word(fields, "by", Channel::NAMES, Channel::parse);
        (read::period(fields, "notice"), fields.text("effective"), by)
    })?;
    let effective = match (notice, effective.as_deref()) {
        (Some(period), None) => Effective::After(period),
        (None, Some("on publication")) => Effective::OnPublication,
        _ => {
            let expected = "either `effective: on publication` or `notice:` with a length of time";
            fields.diagnostics().push(wrong_type("`changes`", expected, file, span));
            return None;
        }
    };
    Some(Changes { effective, by })
}

pub(super) fn california(fields: &mut Fields<'_>) -> California {
    let expected =
        format!("a map of {} to `true`, or `unknown:` and who must supply it", CaliforniaRight::ALL.map(CaliforniaRight::name).join(", "));
    California {
        rights: fields.typed("rights", &expected, offered).unwrap_or_default(),
        answer_within: read::period(fields, "answer_within"),
        verify_identity: fields.bool("verify_identity"),
        reviewed: fields.text("reviewed"),
    }
}

/// `{ know: true, correct: { unknown: … } }`.
fn offered(node: &Node) -> Option<Vec<(CaliforniaRight, Stated<()>)>> {
    let Value::Map(entries) = &node.value else { return None };
    let mut rights = Vec::new();
    for entry in entries {
        let right = CaliforniaRight::ALL.into_iter().find(|right| right.name() == entry.key)?;
        match read::unknown(&entry.value) {
            Some(who) => rights.push((right, Stated::Unknown(who))),
            None if entry.value.as_bool()? => rights.push((right, Stated::Known(()))),
            None => {}
        }
    }
    Some(rights)
}

pub(super) fn security(fields: &mut Fields<'_>) -> Vec<Measure> {
    fields.list("security", "a security measure", |fields| Measure {
        label: text(fields, "label").unwrap_or_default(),
        system: system(fields),
    })
}

pub(super) fn attribution(fields: &mut Fields<'_>) -> Attribution {
    Attribution {
        label: text(fields, "label").unwrap_or_default(),
        publisher: fields.text("publisher"),
        url: address::web(fields, "url"),
        licence: fields.text("licence").unwrap_or_default(),
        licence_url: address::web(fields, "licence_url"),
        owner: text(fields, "owner"),
    }
}

pub(super) fn extension(key: &str, fields: &mut Fields<'_>) -> Extension {
    Extension {
        id: key.to_owned(),
        name: fields.text("name").unwrap_or_else(|| key.to_owned()),
        browser: fields.text("browser"),
        does: text(fields, "does").unwrap_or_default(),
        reads: texts(fields, "reads"),
        stores: texts(fields, "stores"),
        never: texts(fields, "never"),
        revoke: texts(fields, "revoke"),
        deleted_within: read::period(fields, "deleted_within"),
    }
}
