//! The mutations of a declaration: without it, and with other values of its kind.

use serde_json::{Map, Value, json};

use crate::declaration::Declaration;
use crate::expected::{self, Expected, Kind};
use crate::site::Site;

/// A registry in which one declaration is another one.
pub(crate) struct Mutation {
    /// What was done.
    pub(crate) what: String,
    pub(crate) declared: Value,
}

/// The mutations of a declaration by kind: its removal; its change, with every value to try until one is valid.
pub(crate) fn series(declaration: &Declaration, expected: &Expected, site: &Site) -> [Vec<Mutation>; 2] {
    let mut without = site.declared.clone();
    remove(&mut without, &declaration.path, site);
    let removal = Mutation { what: "removed".to_owned(), declared: without };
    let change = |path: &[String], value: Value| {
        let mut declared = site.declared.clone();
        *at_mut(&mut declared, path) = value.clone();
        Mutation { what: format!("changed to {value}"), declared }
    };
    let own = others(&expected.kind, &declaration.value, &site.declared).into_iter().map(|value| change(&declaration.path, value));
    // What is all that a map says, such as `{ effective: on publication }`, has the other values of the map.
    let (_, above) = declaration.path.split_last().unwrap();
    let around = at(&site.declared, above).filter(|map| map.as_object().is_some_and(|map| map.len() == 1) && !above.is_empty());
    let kind = around.and_then(|_| expected::of(above, site)).map(|expected| expected.kind);
    let others = around.zip(kind).map(|(map, kind)| others(&kind, map, &site.declared)).unwrap_or_default();
    [vec![removal], own.chain(others.into_iter().map(|value| change(above, value))).collect()]
}

/// Other values of a kind.
fn others(kind: &Kind, value: &Value, root: &Value) -> Vec<Value> {
    let other = |values: Vec<Value>| values.into_iter().filter(|other| other != value).collect();
    match (kind, value) {
        (Kind::Text, Value::String(text)) => vec![json!(format!("{text} changed"))],
        (Kind::Email, _) => vec![json!("other@example.org")],
        (Kind::Host, _) => vec![json!("api.other.example")],
        (Kind::Period, Value::String(_)) => other(vec![json!("5 years"), json!("3 months"), json!("30 minutes")]),
        (Kind::Country, _) => other(vec![json!("US"), json!("FR")]),
        (Kind::Day, _) => other(vec![json!("2026-04-01"), json!("2026-05-01")]),
        (Kind::Word(words), Value::String(_)) => other(words.iter().map(|word| json!(word)).collect()),
        (Kind::Known(names), Value::String(_)) => other(names().into_iter().map(Value::String).collect()),
        (Kind::Id(section), Value::String(_)) => {
            other(root[section].as_object().into_iter().flat_map(Map::keys).map(|id| json!(id)).collect())
        }
        (Kind::Instead(values), _) => other(values.iter().map(|value| serde_json::from_str(value).unwrap()).collect()),
        (_, Value::Bool(value)) => vec![json!(!value)],
        (_, Value::Number(number)) => vec![json!(number.as_i64().unwrap() + 1)],
        _ => Vec::new(),
    }
}

fn at<'a>(root: &'a Value, path: &[String]) -> Option<&'a Value> {
    path.iter().try_fold(root, |value, key| value.get(key))
}

fn at_mut<'a>(root: &'a mut Value, path: &[String]) -> &'a mut Value {
    path.iter().fold(root, |value, key| match value {
        Value::Array(items) => &mut items[key.parse::<usize>().unwrap()],
        _ => &mut value[key.as_str()],
    })
}

/// Removes a declaration, and with something that has a name all that names it.
fn remove(root: &mut Value, path: &[String], site: &Site) {
    let section = path[0].clone();
    let ids: Vec<String> = match path {
        [section] => root[section].as_object().into_iter().flat_map(Map::keys).cloned().collect(),
        [_, id] => vec![id.clone()],
        _ => Vec::new(),
    };
    let (key, above) = path.split_last().unwrap();
    match at_mut(root, above) {
        Value::Array(items) => _ = items.remove(key.parse().unwrap()),
        above => _ = above.as_object_mut().unwrap().shift_remove(key),
    }
    for id in ids {
        remove_uses(root, &section, &id, None);
        // What the catalogue says of a service names its company.
        let services = site.registry.services.iter().filter(|service| service.recipient.as_ref().is_some_and(|r| r.as_str() == id));
        for service in services.filter(|_| section == "recipients") {
            let path = ["services".to_owned(), service.id.to_string()];
            if at(root, &path).is_some() {
                remove(root, &path, site);
            }
        }
    }
}

/// Removes what names an id of a section: the items of a list, and the values, below its keys.
fn remove_uses(value: &mut Value, section: &str, id: &str, below: Option<&str>) {
    let keys: &[&str] = match section {
        "recipients" => &["recipients", "recipient", "host"],
        "data" => &["data"],
        "purposes" => &["purpose"],
        "services" => &["service"],
        _ => return,
    };
    let names = |key: &str, value: &Value| keys.contains(&key) && *value == json!(id);
    match value {
        Value::Object(entries) => {
            // `from: { service: … }` and `by: { recipient: … }` go with the name in them.
            let only =
                |value: &Value| value.as_object().is_some_and(|map| map.len() == 1 && map.iter().all(|(key, value)| names(key, value)));
            entries.retain(|key, value| !names(key, value) && !only(value));
            entries.iter_mut().for_each(|(key, value)| remove_uses(value, section, id, Some(key)));
        }
        Value::Array(items) => {
            // A delivery goes with the recipient that it is to.
            let goes = |item: &Value| section == "recipients" && item.get("to").is_some_and(|to| *to == json!(id));
            items.retain(|item| below.is_none_or(|key| !names(key, item)) && !goes(item));
            items.iter_mut().for_each(|item| remove_uses(item, section, id, None));
        }
        _ => {}
    }
}
