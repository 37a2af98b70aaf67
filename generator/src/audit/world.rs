//! What lies around the browser: the site's own address, and what stands in for other hosts.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use data_encoding::BASE64;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::watch::text;
use crate::serve::{Server, content_type};

/// The site's own address, and what answers in the place of others.
#[derive(Debug)]
pub(super) struct World {
    /// Scheme and host of the site that is visited, without a `/` at the end.
    pub(super) own: String,
    /// What the build made.
    pub(super) built: Arc<Server>,
    /// The folder of what stands in for other hosts; without it they are asked themselves.
    pub(super) stand_ins: Option<PathBuf>,
}

impl World {
    /// Whether an address is the site's own.
    pub(super) fn is_own(&self, url: &str) -> bool {
        self.path(url).is_some()
    }

    fn path<'u>(&self, url: &'u str) -> Option<&'u str> {
        url.strip_prefix(&self.own).filter(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
    }

    /// An address as it is told: own ones by their path.
    pub(super) fn short(&self, url: &str) -> String {
        match self.path(url) {
            Some("") => "/".to_owned(),
            Some(path) => path.to_owned(),
            None => url.to_owned(),
        }
    }

    /// Whose a cookie of a host is: `self` for the site's.
    pub(super) fn whose(&self, host: &str) -> String {
        let own = registry::derive::headers::host(&self.own);
        let is_own = own == host || own.strip_suffix(host).is_some_and(|before| before.ends_with('.'));
        if is_own { "self".to_owned() } else { host.to_owned() }
    }

    /// What is answered in the place of another host, or of the site's own where only its host has something; `None` where the
    /// request goes on.
    pub(super) fn answer(&self, url: &str, request: &Value) -> Option<Value> {
        let folder = self.stand_ins.as_ref()?;
        let (host, path) = match self.path(url) {
            Some(path) => ("self", path),
            None => url.split_once("://").map(|(_, rest)| rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len())))?,
        };
        let path = path.split(['?', '#']).next().unwrap_or("");
        if host == "self" && self.built.has(path) {
            return None;
        }
        let path = percent_decode_str(path.trim_start_matches('/')).decode_utf8_lossy();
        let name = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.into_owned() };
        let file = folder.join(host).join(&name);
        // Nothing outside of the folder stands in for anything.
        let below = Path::new(&name).components().all(|part| matches!(part, Component::Normal(_)));
        let content = if below { std::fs::read(&file).ok() } else { None };
        if content.is_none() && host == "self" {
            return None;
        }
        let mut headers = allowing(&request["headers"]);
        if content.is_some() {
            headers.push(header("Content-Type", &content_type(&name)));
        }
        let more = std::fs::read_to_string(folder.join(host).join(format!("{name}.headers"))).ok().filter(|_| below);
        for (name, value) in more.iter().flat_map(|text| text.lines()).filter_map(|line| line.split_once(':')) {
            headers
                .retain(|known| !text(&known["name"]).eq_ignore_ascii_case(name.trim()) || name.trim().eq_ignore_ascii_case("set-cookie"));
            headers.push(header(name.trim(), value.trim()));
        }
        let code = if content.is_some() { 200 } else { 204 };
        Some(json!({ "responseCode": code, "responseHeaders": headers, "body": BASE64.encode(&content.unwrap_or_default()) }))
    }
}

fn header(name: &str, value: &str) -> Value {
    json!({ "name": name, "value": value })
}

/// The headers that let a page read the answer, whoever it is.
fn allowing(asked: &Value) -> Vec<Value> {
    let of = |wanted: &str| asked.as_object()?.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| text(value));
    let mut headers = vec![header("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE")];
    match of("Origin") {
        // With credentials, a star is not taken.
        Some(origin) => headers.extend([header("Access-Control-Allow-Origin", origin), header("Access-Control-Allow-Credentials", "true")]),
        None => headers.push(header("Access-Control-Allow-Origin", "*")),
    }
    if let Some(names) = of("Access-Control-Request-Headers") {
        headers.push(header("Access-Control-Allow-Headers", names));
    }
    headers
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::build::{Builder, Changes};
    use crate::site::Drafts;
    use crate::source::Disk;

    /// A world around a site with a page `/a/`, and a folder of stand-ins.
    fn world(files: &[(&str, &str)]) -> (tempfile::TempDir, World) {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in [("content/_index.md", "# Home\n"), ("content/a.md", "# A\n")].iter().chain(files) {
            let file = folder.path().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        let disk = Disk::new(folder.path());
        let build = Builder::once(Drafts::Left, date(2026, 6, 1)).build(&disk, Changes::Everything);
        let built = Arc::new(Server::as_hosted(disk, build));
        let stand_ins = Some(folder.path().join("stand-ins"));
        (folder, World { own: "http://127.0.0.1:9000".into(), built, stand_ins })
    }

    fn answered(world: &World, url: &str) -> Option<(u64, String, String)> {
        let answer = world.answer(url, &json!({ "headers": {} }))?;
        let body = String::from_utf8(BASE64.decode(text(&answer["body"]).as_bytes()).unwrap()).unwrap();
        let headers = answer["responseHeaders"].as_array().unwrap().iter();
        let headers = headers.filter(|header| !text(&header["name"]).starts_with("Access-"));
        let headers: Vec<String> = headers.map(|header| format!("{}: {}", text(&header["name"]), text(&header["value"]))).collect();
        Some((answer["responseCode"].as_u64().unwrap(), headers.join("; "), body))
    }

    #[test]
    fn a_file_stands_in_for_an_address_and_nothing_for_the_rest() {
        let (_folder, world) = world(&[
            ("stand-ins/cdn.example/a.js", "1"),
            ("stand-ins/cdn.example/a.js.headers", "Set-Cookie: x=1\ncontent-type: text/plain\n"),
            ("stand-ins/cdn.example/b/index.html", "b"),
            ("stand-ins/secret.txt", "secret"),
        ]);
        let of = |url: &str| answered(&world, url);
        assert_eq!(of("https://cdn.example/a.js?v=1"), Some((200, "Set-Cookie: x=1; content-type: text/plain".into(), "1".into())));
        assert_eq!(of("https://cdn.example/b/"), Some((200, "Content-Type: text/html; charset=utf-8".into(), "b".into())));
        for url in [
            "https://cdn.example/none",
            "https://other.example",
            "https://cdn.example/..%2fsecret.txt",
            "https://cdn.example/%2e%2e/secret.txt",
        ] {
            assert_eq!(of(url), Some((204, String::new(), String::new())), "{url}");
        }
    }

    #[test]
    fn on_the_sites_own_address_the_site_comes_first() {
        let (_folder, world) = world(&[("stand-ins/self/a/index.html", "not this"), ("stand-ins/self/_count/script.js", "count")]);
        assert_eq!(answered(&world, "http://127.0.0.1:9000/a/"), None);
        assert_eq!(answered(&world, "http://127.0.0.1:9000/none"), None);
        assert_eq!(answered(&world, "http://127.0.0.1:9000/_count/script.js").unwrap().2, "count");
    }

    #[test]
    fn what_is_the_sites_own_is_told_by_its_path() {
        let (_folder, world) = world(&[]);
        assert_eq!(world.short("http://127.0.0.1:9000/a/"), "/a/");
        assert_eq!(world.short("http://127.0.0.1:90001/a/"), "http://127.0.0.1:90001/a/");
        assert_eq!((world.whose("127.0.0.1").as_str(), world.whose("cdn.example").as_str()), ("self", "cdn.example"));
        let site = World { own: "https://www.a.example".into(), ..world };
        assert_eq!((site.whose("a.example").as_str(), site.whose("b.a.example").as_str()), ("self", "b.a.example"));
    }
}
