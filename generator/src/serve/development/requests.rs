//! Privacy requests, and what is left to do for each.

use axum::extract::State;
use axum::response::Response;
use functions::ports::RequestFilter;
use functions::request::{PrivacyRequest, Task, Work};

use super::{Running, facts, nothing, page, second};
use crate::html::escape;

/// The requests, the newest first.
pub(super) async fn requests(State(Running { server, api }): State<Running>) -> Response {
    let requests = match api.requests().requests(&RequestFilter::default()).await {
        Ok(requests) => requests,
        Err(error) => return page("Requests", &nothing(&escape(&error.to_string()))),
    };
    if requests.is_empty() {
        let why = if server.shown().declared.registry.requests().is_some() {
            "No request yet. Send the form for privacy requests; its link comes to the <a href=\"/_plainsite/mailbox\">mailbox</a>."
        } else {
            "The site takes none: no data in <code>content/privacy.yaml</code> has <code>from: { functions: requests }</code>."
        };
        return page("Requests", &nothing(why));
    }
    page("Requests", &requests.iter().map(shown).collect::<String>())
}

fn shown(request: &PrivacyRequest) -> String {
    let day = |time: Option<jiff::Timestamp>| time.map(second).unwrap_or_default();
    let person = request.person.as_ref().map(|person| person.reveal());
    let facts = facts([
        ("address", person.map_or_else(|| "forgotten".to_owned(), |person| person.email.clone())),
        ("words", person.and_then(|person| person.message.clone()).unwrap_or_default()),
        ("confirmed", day(request.confirmed)),
        ("answer due", day(request.due)),
        ("leads found", request.found.map(|found| found.to_string()).unwrap_or_default()),
        ("closed", day(request.closed)),
    ]);
    let tasks: String = request.tasks.iter().map(|task| format!("<li>{}</li>", escape(&told(task)))).collect();
    let (asked, received) = (escape(&request.asked.to_string()), second(request.received));
    format!("<article><h2>{asked} <small>{received}</small></h2><p><code>{}</code></p>{facts}<ul>{tasks}</ul></article>", request.id)
}

fn told(task: &Task) -> String {
    let what = match &task.work {
        Work::Link => "the link is sent".to_owned(),
        Work::Sink { sink, lead, .. } => format!("what was delivered of {lead} is erased at {sink}"),
        Work::Store(store) => format!("the store {store} is looked through"),
        Work::Recipient(recipient) => format!("a person has it erased at {recipient}"),
        Work::Answer => "a person answers".to_owned(),
    };
    match (task.done, task.failure) {
        (Some(done), _) => format!("{what}: done {}", second(done)),
        (None, Some(failure)) => format!("{what}: failed ({failure}), and is tried again"),
        (None, None) => format!("{what}: open"),
    }
}
