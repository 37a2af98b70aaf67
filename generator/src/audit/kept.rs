//! What a browser keeps at a moment: names only, of cookies of all hosts, and of the storage of every origin that a frame has.

use serde_json::json;

use super::seen::{Key, Store};
use super::watch::{Watch, text};

/// All of it.
pub(super) fn all(watch: &mut Watch) -> anyhow::Result<Vec<Key>> {
    let mut keys = Vec::new();
    let answer = watch.call("", "Storage.getCookies", json!({}))?;
    for cookie in answer["cookies"].as_array().into_iter().flatten() {
        let whose = watch.world.whose(text(&cookie["domain"]).trim_start_matches('.'));
        keys.push(Key { store: Store::Cookie, name: text(&cookie["name"]).to_owned(), whose });
    }
    let sessions: Vec<String> =
        watch.targets.iter().filter(|(_, (kind, _))| matches!(kind.as_str(), "page" | "iframe")).map(|(s, _)| s.clone()).collect();
    let mut seen: Vec<String> = Vec::new();
    for session in sessions {
        // A frame that is going away has nothing to tell.
        let Ok(tree) = watch.call(&session, "Page.getFrameTree", json!({})) else { continue };
        let mut frames = vec![&tree["frameTree"]];
        while let Some(frame) = frames.pop() {
            frames.extend(frame["childFrames"].as_array().into_iter().flatten());
            let asked = json!({ "frameId": frame["frame"]["id"] });
            let Ok(answer) = watch.call(&session, "Storage.getStorageKeyForFrame", asked) else { continue };
            let key = text(&answer["storageKey"]).to_owned();
            if !key.starts_with("http") || seen.contains(&key) {
                continue;
            }
            keys.extend(of(watch, &session, &key)?);
            seen.push(key);
        }
    }
    keys.sort();
    keys.dedup();
    Ok(keys)
}

/// The storage of an origin, by its storage key: the origin, and where a frame of another site has its own part, a mark behind it.
fn of(watch: &mut Watch, session: &str, key: &str) -> anyhow::Result<Vec<Key>> {
    let origin = key.split('^').next().unwrap_or(key).trim_end_matches('/');
    let whose = if watch.world.is_own(&format!("{origin}/")) { "self".to_owned() } else { origin.to_owned() };
    let mut keys = Vec::new();
    let mut add = |store: Store, name: &str| keys.push(Key { store, name: name.to_owned(), whose: whose.clone() });
    for (store, local) in [(Store::Local, true), (Store::Session, false)] {
        let asked = json!({ "storageId": { "storageKey": key, "isLocalStorage": local } });
        if let Ok(answer) = watch.call(session, "DOMStorage.getDOMStorageItems", asked) {
            answer["entries"].as_array().into_iter().flatten().for_each(|entry| add(store, text(&entry[0])));
        }
    }
    if let Ok(answer) = watch.call(session, "IndexedDB.requestDatabaseNames", json!({ "storageKey": key })) {
        answer["databaseNames"].as_array().into_iter().flatten().for_each(|name| add(Store::IndexedDb, text(name)));
    }
    if let Ok(answer) = watch.call(session, "CacheStorage.requestCacheNames", json!({ "storageKey": key })) {
        answer["caches"].as_array().into_iter().flatten().for_each(|cache| add(Store::Cache, text(&cache["cacheName"])));
    }
    Ok(keys)
}
