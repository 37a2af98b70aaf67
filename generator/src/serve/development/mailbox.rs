//! The mailbox: every e-mail that was sent, as its recipient would see it.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use functions::stand_ins::Mail;

use super::{Running, facts, nothing, page};
use crate::html::escape;

/// What an e-mail may load: its own style, as in a mail program. It runs nothing, and nothing outside of this server can frame it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'self'; sandbox";

/// All e-mails, the newest first.
pub(super) async fn mailbox(State(Running { api, .. }): State<Running>) -> Response {
    let mails = api.mails();
    let letters: String = mails.iter().enumerate().rev().map(|(number, mail)| shown(number, mail)).collect();
    let main = if mails.is_empty() {
        nothing("No e-mail yet. Send a form that delivers a <code>confirmation</code> or a <code>notification</code>.")
    } else {
        letters
    };
    page("Mailbox", &main)
}

fn shown(number: usize, mail: &Mail) -> String {
    let head = [("From", Some(mail.from.clone())), ("To", Some(mail.to.join(", "))), ("Reply to", mail.reply_to.clone())];
    let head = facts(head.into_iter().filter_map(|(name, value)| Some((name, value?))));
    let (subject, text) = (escape(&mail.subject), escape(&mail.text));
    let html = match mail.html.is_empty() {
        true => String::new(),
        false => format!(
            "<iframe src=\"/_plainsite/mailbox/{number}\" sandbox title=\"{subject}\"></iframe>\
             <p><a href=\"/_plainsite/mailbox/{number}\">Open it alone</a></p>"
        ),
    };
    let (name, open) = if html.is_empty() { ("The message as it was sent", " open") } else { ("As text", "") };
    format!(
        "<article><h2>{subject}</h2>{head}{html}<details{open}><summary>{name}</summary><pre tabindex=\"0\">{text}</pre></details></article>"
    )
}

/// The HTML of one e-mail.
pub(super) async fn letter(State(Running { api, .. }): State<Running>, Path(number): Path<usize>) -> Response {
    match api.mails().into_iter().nth(number) {
        Some(mail) => {
            let headers = [
                (header::CONTENT_TYPE, "text/html; charset=utf-8"),
                (header::CONTENT_SECURITY_POLICY, POLICY),
                (header::CACHE_CONTROL, "no-store"),
            ];
            (headers, mail.html).into_response()
        }
        None => (StatusCode::NOT_FOUND, "there is no such e-mail: the mailbox is empty when the server starts\n").into_response(),
    }
}
