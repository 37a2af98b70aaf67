//! What the dev server answers, and what it tells browsers.

use std::fs;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::events::Event;
use super::*;
use crate::build::Changes;

/// The day of the build.
const TODAY: jiff::civil::Date = jiff::civil::date(2026, 6, 1);

fn site(files: &[(&str, &str)]) -> (tempfile::TempDir, Arc<Server>) {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        save(folder.path(), path, text);
    }
    let server = Arc::new(Server::new(Disk::new(folder.path()), Drafts::Left, TODAY));
    server.rebuild(Changes::Everything);
    (folder, server)
}

fn save(root: &std::path::Path, path: &str, text: &str) {
    let file = root.join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

async fn get(server: &Arc<Server>, host: &str, path: &str) -> (StatusCode, HeaderMap, String) {
    let router = match server.delivery {
        state::Delivery::Live => router(server.clone(), Arc::new(Api::open(server.disk.root(), Log::new(|_| {})).await.unwrap())),
        state::Delivery::AsHosted => as_hosted(server.clone()),
    };
    ask(router, Request::get(path).header(header::HOST, host)).await
}

async fn ask(router: Router, request: axum::http::request::Builder) -> (StatusCode, HeaderMap, String) {
    let response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, headers, String::from_utf8_lossy(&body).into_owned())
}

const PAGES: [(&str, &str); 2] = [("content/_index.md", "# Home\n"), ("content/a b.md", "---\naliases: [/old/]\n---\n# A\n")];

#[tokio::test]
async fn pages_come_with_the_production_headers_and_the_reload_script() {
    let (_folder, server) = site(&PAGES);
    let (status, headers, body) = get(&server, "localhost:1717", "/a-b/").await;
    assert_eq!(status, StatusCode::OK);
    assert!(headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("default-src 'none'"));
    assert!(body.contains("<script src=\"/_plainsite/reload.js?v="));
    let (status, headers, _) = get(&server, "localhost", "/a-b?x=1").await;
    assert_eq!((status, headers[header::LOCATION].to_str().unwrap()), (StatusCode::PERMANENT_REDIRECT, "/a-b/?x=1"));
    let (status, headers, _) = get(&server, "localhost", "//a-b").await;
    assert_eq!((status, headers[header::LOCATION].to_str().unwrap()), (StatusCode::PERMANENT_REDIRECT, "/a-b/"));
    let (status, headers, _) = get(&server, "127.0.0.1:9", "/old/").await;
    assert_eq!((status, headers[header::LOCATION].to_str().unwrap()), (StatusCode::PERMANENT_REDIRECT, "/a-b/"));
}

#[tokio::test]
async fn what_was_built_is_served_as_the_host_will() {
    let (folder, _) = site(&PAGES);
    let disk = Disk::new(folder.path());
    let build = crate::build::Builder::once(Drafts::Left, TODAY).build(&disk, Changes::Everything);
    let server = Arc::new(Server::as_hosted(disk, build));
    let (status, headers, body) = get(&server, "localhost:1717", "/a-b/").await;
    assert_eq!(status, StatusCode::OK);
    let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(!body.contains("_plainsite") && !policy.contains("_plainsite"), "{policy}");
    assert_eq!(get(&server, "localhost", "/_plainsite/reload.js").await.0, StatusCode::NOT_FOUND);
    assert!(server.has("/a-b/") && server.has("/old/") && !server.has("/_plainsite/reload.js"));
}

#[tokio::test]
async fn what_is_missing_is_not_kept_and_other_hosts_get_nothing() {
    let (_folder, server) = site(&PAGES);
    let (status, headers, body) = get(&server, "localhost", "/assets/none.css").await;
    assert_eq!((status, headers[header::CACHE_CONTROL].to_str().unwrap()), (StatusCode::NOT_FOUND, "no-cache"));
    assert!(body.contains("This page is not here"));
    assert_eq!(get(&server, "evil.example", "/").await.0, StatusCode::FORBIDDEN);
    assert_eq!(get(&server, "localhost", "/api/health").await.0, StatusCode::OK);
}

#[tokio::test]
async fn the_development_pages_say_what_to_do_and_are_on_no_host() {
    let (folder, server) = site(&PAGES);
    for (page, says) in [
        ("", "Open the site"),
        ("mailbox", "No e-mail yet"),
        ("leads", "No lead yet"),
        ("notion", "No page yet"),
        ("automation", "No call yet"),
        ("checks", "Nothing is wrong"),
        ("registry", "Nothing is declared yet"),
    ] {
        let (status, headers, body) = get(&server, "localhost", &format!("/_plainsite/{page}")).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert!(headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("default-src 'none'; script-src 'self';"));
        assert!(body.contains(says), "{page}: {body}");
        let version = headers[header::ETAG].to_str().unwrap();
        assert!(body.contains(&format!("data-version=\"{version}\"")), "a page knows which one it is: {body}");
    }
    let disk = Disk::new(folder.path());
    let build = crate::build::Builder::once(Drafts::Left, TODAY).build(&disk, Changes::Everything);
    let hosted = Arc::new(Server::as_hosted(disk, build));
    assert_eq!(get(&hosted, "localhost", "/_plainsite/leads").await.0, StatusCode::NOT_FOUND);
    assert_eq!(get(&hosted, "localhost", "/api/health").await.0, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn the_leads_of_development_lie_beside_the_site_and_in_no_repository() {
    let (folder, server) = site(&PAGES);
    let (status, headers, body) = get(&server, "localhost", "/api/health").await;
    assert_eq!((status, headers[header::CACHE_CONTROL].to_str().unwrap()), (StatusCode::OK, "no-store"));
    assert!(body.contains("\"sqlite\""), "{body}");
    let left = folder.path().join(".plainsite");
    assert!(left.join("development.sqlite").is_file());
    assert_eq!(fs::read_to_string(left.join(".gitignore")).unwrap(), "*\n");
}

#[tokio::test]
async fn only_their_own_page_has_deliveries_attempted() {
    let (_folder, server) = site(&PAGES);
    let router = router(server.clone(), Arc::new(Api::open(server.disk.root(), Log::new(|_| {})).await.unwrap()));
    for (origin, status) in
        [("http://evil.example", StatusCode::FORBIDDEN), ("null", StatusCode::FORBIDDEN), ("http://localhost", StatusCode::SEE_OTHER)]
    {
        let request = Request::post("/_plainsite/leads/deliver").header(header::HOST, "localhost").header(header::ORIGIN, origin);
        assert_eq!(ask(router.clone(), request).await.0, status, "{origin}");
    }
}

#[tokio::test]
async fn every_answer_has_the_production_headers() {
    let (_folder, server) = site(&PAGES);
    let refused = get(&server, "evil.example", "/").await;
    let api = get(&server, "localhost", "/api/health").await;
    let moved = get(&server, "localhost", "/old/").await;
    let (_other, unbuilt) = site(&[("content/_index.md", "---\ndraft: perhaps\n---\n")]);
    let broken = get(&unbuilt, "localhost", "/").await;
    for (status, headers, _) in [refused, api, moved, broken] {
        assert!(headers.contains_key(header::CONTENT_SECURITY_POLICY), "{status}");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{status}");
    }
}

#[tokio::test]
async fn a_mistake_is_shown_in_the_terminals_words_over_the_last_good_site() {
    let (folder, server) = site(&PAGES);
    let mut events = server.events.subscribe();
    save(folder.path(), "content/_index.md", "---\ndraft: perhaps\n---\n# Home\n");
    let report = server.rebuild(Changes::Paths(&["content/_index.md".to_owned()]));
    assert_eq!(events.try_recv(), Ok(Event::Problem));
    let (_, _, problem) = get(&server, "localhost", "/_plainsite/problem").await;
    assert_eq!(problem, server.text(&report.diagnostics, crate::report::Style::Plain));
    assert!(problem.contains("error[wrong-type]"), "{problem}");
    assert_eq!(get(&server, "localhost", "/").await.0, StatusCode::OK);
    save(folder.path(), "content/_index.md", "# Home\n");
    server.rebuild(Changes::Paths(&["content/_index.md".to_owned()]));
    assert_eq!(events.try_recv(), Ok(Event::Resolved));
}

#[tokio::test]
async fn before_the_first_good_build_the_mistake_is_the_page() {
    let (folder, server) = site(&[("content/_index.md", "---\ndraft: perhaps\n---\n")]);
    let (status, _, body) = get(&server, "localhost", "/").await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(body.contains("wrong-type") && body.contains("/_plainsite/reload.js"));
    save(folder.path(), "content/_index.md", "# Home\n");
    server.rebuild(Changes::Paths(&["content/_index.md".to_owned()]));
    assert_eq!(get(&server, "localhost", "/").await.0, StatusCode::OK);
}

#[test]
fn a_style_is_swapped_and_everything_else_reloads() {
    let (folder, server) = site(&[("content/_index.md", "# Home\n"), ("templates/css/site.css", "a { color: red }\n")]);
    let mut events = server.events.subscribe();
    let css = "templates/css/site.css".to_owned();
    save(folder.path(), &css, "a { color: blue }\n");
    // An editor's temporary file, gone again, changes nothing about that.
    server.rebuild(Changes::Paths(&[css.clone(), "templates/css/site.css.tmp".to_owned()]));
    match events.try_recv() {
        Ok(Event::Styles { moved, .. }) => assert!(moved[0].0.starts_with("/assets/css/site.") && moved[0].0 != moved[0].1),
        other => panic!("{other:?}"),
    }
    save(folder.path(), "content/_index.md", "# House\n");
    server.rebuild(Changes::Paths(&["content/_index.md".to_owned()]));
    assert!(matches!(events.try_recv(), Ok(Event::Changed { .. })));
    server.rebuild(Changes::Paths(&["content/_index.md".to_owned()]));
    assert!(events.try_recv().is_err(), "nothing changed, so nobody is told");
}

#[tokio::test]
async fn what_is_well_known_has_the_types_that_its_specifications_ask_for() {
    let (_folder, server) = site(&[
        ("content/site.yaml", include_str!("../../tests/exports/site.yaml")),
        ("content/privacy.yaml", include_str!("../../tests/exports/privacy.yaml")),
        ("content/privacy.md", include_str!("../../tests/exports/privacy.md")),
        ("content/privacy.fr.md", include_str!("../../tests/exports/privacy.fr.md")),
    ]);
    for (path, kind) in [("/.well-known/gpc.json", "application/json"), ("/.well-known/security.txt", "text/plain; charset=utf-8")] {
        let (status, headers, _) = get(&server, "localhost", path).await;
        assert_eq!((status, headers[header::CONTENT_TYPE].to_str().unwrap()), (StatusCode::OK, kind));
    }
}
