//! Answers for the site's own addresses: as the host would give them, with the reload script added to pages.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;
use registry::derive::consent;

use super::reload;
use super::state::{Delivery, Server, Shown};
use crate::output::{Artifact, Output};
use crate::render;
use crate::render::minify::Minifier;
use crate::write::finished;

/// Refuses requests that reached this machine under another name: a page elsewhere could read drafts that way.
pub(super) async fn own_host(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("");
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    if matches!(name, "localhost" | "127.0.0.1" | "[::1]") || name.ends_with(".localhost") {
        return next.run(request).await;
    }
    (StatusCode::FORBIDDEN, "this is a development server: open it as http://localhost or http://127.0.0.1\n").into_response()
}

/// Gives every answer the headers that the host will send for its address to the same visitor.
pub(super) async fn production_headers(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    let path = decoded(request.uri());
    let headers = headers(&server, &path, request.headers());
    let mut response = next.run(request).await;
    // What is not there now may be there soon, under whatever name.
    let lasting = matches!(response.status(), StatusCode::OK | StatusCode::NOT_MODIFIED);
    let headers = headers.into_iter().filter(|(name, _)| lasting || *name != "Cache-Control");
    for (name, value) in headers.chain([("Cache-Control", "no-cache".to_owned())]) {
        if let (Ok(name), Ok(value)) = (header::HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().entry(name).or_insert(value);
        }
    }
    response
}

/// The headers of a path for who asks, with what the reload script needs.
fn headers(server: &Server, path: &str, asked: &HeaderMap) -> Vec<(&'static str, String)> {
    let text = |name| asked.get(name).and_then(|value| value.to_str().ok());
    let base = text(header::HOST).map(|host| format!("http://{host}"));
    let shown = server.shown();
    let mut registry = shown.declared.registry.clone();
    if server.delivery == Delivery::Live {
        registry.services.push(reload::service());
    }
    let portals = shown.site.iter().flat_map(|site| site.portals());
    render::headers::of(&render::headers::rules(&registry, base.as_deref(), portals), path, text(header::COOKIE).and_then(consent_cookie))
}

/// The value of the consent cookie among a request's cookies.
fn consent_cookie(cookies: &str) -> Option<&str> {
    cookies.split(';').find_map(|cookie| cookie.trim().strip_prefix(consent::COOKIE)?.strip_prefix('='))
}

/// What is at an address.
enum Found<'a> {
    File(&'a str, &'a Artifact),
    Moved(String),
    Nothing,
}

pub(super) async fn page(State(server): State<Arc<Server>>, method: Method, uri: Uri, asked: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
    }
    let shown = server.shown();
    let Some(output) = &shown.output else { return broken(&shown) };
    let path = decoded(&uri);
    match find(output, &shown, &path) {
        Found::Moved(to) => {
            let to = uri.query().map_or(to.clone(), |query| format!("{to}?{query}"));
            (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, to)]).into_response()
        }
        Found::File(name, artifact) => file(&server, &shown, StatusCode::OK, name, artifact, &asked).await,
        Found::Nothing => {
            let language = path.split('/').nth(1).unwrap_or("");
            let own = format!("{language}/404.html");
            match output.get(own.as_str()).or_else(|| output.get("404.html")) {
                Some(artifact) => file(&server, &shown, StatusCode::NOT_FOUND, "404.html", artifact, &asked).await,
                None => (StatusCode::NOT_FOUND, "nothing is here\n").into_response(),
            }
        }
    }
}

fn decoded(uri: &Uri) -> String {
    percent_decode_str(uri.path()).decode_utf8_lossy().into_owned()
}

/// Whether something answers a path.
pub(super) fn is_there(shown: &Shown, path: &str) -> bool {
    let path = percent_decode_str(path).decode_utf8_lossy();
    shown.output.as_ref().is_some_and(|output| !matches!(find(output, shown, &path), Found::Nothing))
}

fn find<'a>(output: &'a Output, shown: &Shown, path: &str) -> Found<'a> {
    let site = shown.site.as_ref();
    if let Some((site, redirect)) = site.and_then(|site| Some((site, site.redirects.iter().find(|r| r.from == path)?))) {
        return Found::Moved(site.pages[redirect.to].url.to_string());
    }
    let name = path.trim_start_matches('/');
    let get = |name: &str| output.get_key_value(name).map(|(name, artifact)| (name.as_ref(), artifact.as_ref()));
    let found = match name.strip_suffix('/') {
        None if !name.is_empty() => get(name).or_else(|| get(&format!("{name}.html"))),
        _ => get(&format!("{name}index.html")),
    };
    match found {
        Some((name, artifact)) => Found::File(name, artifact),
        None if !name.is_empty() && output.contains_key(format!("{}/index.html", name.trim_end_matches('/')).as_str()) => {
            // One slash at the beginning: with two, a browser would take the path for a host.
            Found::Moved(format!("/{}/", crate::site::encode_path(name.trim_end_matches('/'))))
        }
        None => Found::Nothing,
    }
}

async fn file(server: &Server, shown: &Shown, status: StatusCode, name: &str, artifact: &Artifact, asked: &HeaderMap) -> Response {
    let live = server.delivery == Delivery::Live && name.ends_with(".html");
    // A page carries the version of the whole output, so its tag does too.
    let tag = if live { format!("\"{}-{}\"", artifact.digest, shown.version.short(16)) } else { format!("\"{}\"", artifact.digest) };
    let mut answer = HeaderMap::new();
    if let Ok(value) = HeaderValue::try_from(&tag) {
        answer.insert(header::ETAG, value);
    }
    if status == StatusCode::OK && asked.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, answer).into_response();
    }
    let kind = content_type(name);
    if let Ok(kind) = HeaderValue::try_from(kind) {
        answer.insert(header::CONTENT_TYPE, kind);
    }
    match finished(artifact, &server.disk, &mut Minifier::default()) {
        Ok(body) => {
            let mut body = body.into_owned();
            if live {
                body.extend_from_slice(reload::tag(&shown.version.to_string()).as_bytes());
            }
            (status, answer, body).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("cannot read the file behind `{name}`: {error}\n")).into_response(),
    }
}

/// The media type of an output path, as hosts give it.
pub(crate) fn content_type(name: &str) -> String {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ending {
        "webmanifest" => "application/manifest+json".to_owned(),
        "xml" if name.ends_with("atom.xml") => "application/atom+xml; charset=utf-8".to_owned(),
        "js" | "mjs" => "text/javascript; charset=utf-8".to_owned(),
        _ => {
            let kind = mime_guess::from_ext(ending).first_or_octet_stream();
            if kind.type_() == mime_guess::mime::TEXT || ending == "xml" { format!("{kind}; charset=utf-8") } else { kind.to_string() }
        }
    }
}

/// The answer before the first good build: what is wrong, and the script that waits for it to be mended.
fn broken(shown: &Shown) -> Response {
    let text = crate::html::escape(if shown.problem.is_empty() { "the site is being built" } else { &shown.problem });
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>This site does not build yet</title>\
         <link rel=\"stylesheet\" href=\"/_plainsite/overlay.css\"></head><body class=\"plainsite-broken\"><h1>This site does not build yet</h1>\
         <pre>{text}</pre>{}</body></html>",
        reload::tag(&shown.version.to_string())
    );
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    (StatusCode::INTERNAL_SERVER_ERROR, headers, page).into_response()
}
