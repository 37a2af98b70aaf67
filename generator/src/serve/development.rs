//! The development pages below `/_plainsite/`: what the forms led to, and what the site declares. They are on this machine only, and no build
//! writes them.

mod leads;
mod mailbox;
mod portal;
mod receipts;
mod requests;
mod retention;
mod sent;
mod site;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use functions::ports::{Filter, Projects, ReceiptFilter, RequestFilter};
use jiff::Timestamp;

use super::Running;
use super::reload::fixed;
use crate::digest::Digest;
use crate::html::escape;

/// What these pages may load: nothing that is not theirs.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

const SCRIPT: &str = include_str!("client/development.js");
const STYLE: &str = include_str!("client/development.css");

/// The pages: address, name, and what is there.
const PAGES: [(&str, &str, &str); 10] = [
    ("mailbox", "Mailbox", "the e-mails that were sent, to visitors and to operations"),
    ("leads", "Leads", "what came in by the forms, and how its deliveries stand"),
    ("notion", "Notion", "the pages that were written"),
    ("automation", "Automation", "the calls of the webhook, with their bodies"),
    ("portal", "Portal", "the projects that clients can open, and what the portal was asked"),
    ("receipts", "Receipts", "the proofs of cookie choices"),
    ("requests", "Requests", "the privacy requests, and what is left to do for each"),
    ("retention", "Retention", "what the retention job would remove, and when"),
    ("checks", "Checks", "what the last build said"),
    ("registry", "Registry", "the declared data: why, who receives it, how long it is kept"),
];

pub(super) fn router<S>(running: Running) -> Router<S> {
    let pages = Router::new()
        .route("/", get(async || Redirect::permanent("/_plainsite/")))
        .route("/development.js", get(async || fixed("text/javascript; charset=utf-8", SCRIPT)))
        .route("/development.css", get(async || fixed("text/css; charset=utf-8", STYLE)))
        .route("/mailbox", get(mailbox::mailbox))
        .route("/mailbox/{number}", get(mailbox::letter))
        .route("/leads", get(leads::leads))
        .route("/leads/deliver", post(leads::deliver))
        .route("/notion", get(sent::notion))
        .route("/automation", get(sent::automation))
        .route("/portal", get(portal::portal))
        .route("/receipts", get(receipts::receipts))
        .route("/requests", get(requests::requests))
        .route("/retention", get(retention::retention))
        .route("/checks", get(site::checks))
        .route("/registry", get(site::registry));
    Router::new().route("/_plainsite/", get(index)).nest("/_plainsite", pages).with_state(running)
}

async fn index(State(Running { server, api }): State<Running>) -> Response {
    let shown = server.shown();
    let leads = api.store().leads(&Filter::default()).await.unwrap_or_default().len();
    let receipts = api.receipts().receipts(&ReceiptFilter::default()).await.unwrap_or_default().len();
    let requests = api.requests().requests(&RequestFilter::default()).await.unwrap_or_default().len();
    let counts = [
        api.mails().len(),
        leads,
        api.notion().pages().len(),
        api.automation().calls().len(),
        api.projects().list().await.unwrap_or_default().len(),
        receipts,
        requests,
        retention::limits(&shown),
        shown.diagnostics.len(),
        shown.declared.registry.data.len(),
    ];
    let row = |((address, name, what), count): (&(&str, &str, &str), usize)| {
        format!("<li><a href=\"/_plainsite/{address}\">{name}</a> <span class=\"count\">{count}</span><p>{what}</p></li>")
    };
    let rows: String = PAGES.iter().zip(counts).map(row).collect();
    let main = format!(
        "<p>The site's functions run beside it, on stand-ins: no e-mail leaves this machine, and no service is called. \
         <a href=\"/\">Open the site</a>, send a form, and follow it here.</p><ul class=\"index\">{rows}</ul>\
         <p>Leads stay in <code>.plainsite/development.sqlite</code> below the site's root until that file is deleted. What stand-ins were \
         sent is gone when the server ends. <a href=\"/api/health\">Health</a> and <a href=\"/api/openapi.json\">OpenAPI</a> are those of \
         the functions.</p>"
    );
    page("Development", &main)
}

/// A page of this look. `main` is HTML.
fn page(title: &str, main: &str) -> Response {
    let version = Digest::of(main.as_bytes()).to_string();
    let link = |(address, name, _): &(&str, &str, &str)| {
        let current = if *name == title { " aria-current=\"page\"" } else { "" };
        format!("<a href=\"/_plainsite/{address}\"{current}>{name}</a>")
    };
    let links: String = PAGES.iter().map(link).collect();
    let html = format!(
        "<!doctype html><html lang=\"en\" data-version=\"{version}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title} · plainsite serve</title>\
         <link rel=\"stylesheet\" href=\"/_plainsite/development.css\"><script src=\"/_plainsite/development.js\" defer></script></head>\
         <body><header><a class=\"home\" href=\"/_plainsite/\">plainsite serve</a><nav aria-label=\"Development pages\">{links}</nav></header>\
         <main><h1>{title}</h1>{main}</main></body></html>"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::ETAG, &version),
    ];
    (headers, html).into_response()
}

/// What a page says where there is nothing yet, as HTML.
fn nothing(html: &str) -> String {
    format!("<p class=\"nothing\">{html}</p>")
}

/// Names and values, each a text.
fn facts<'a>(facts: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let rows = facts.into_iter().map(|(name, value)| format!("<div><dt>{}</dt><dd>{}</dd></div>", escape(name), escape(&value)));
    format!("<dl>{}</dl>", rows.collect::<String>())
}

/// A time to the second, in universal time.
fn second(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}
