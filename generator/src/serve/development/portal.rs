//! The client portal: the projects of the store, and what the portal's endpoints were asked. Codes are in neither.

use axum::extract::State;
use axum::response::Response;
use functions::ports::{Projects, StoreError};
use functions::project::{Issued, Project};

use super::super::sample::CODE;
use super::{Running, facts, nothing, page, second};
use crate::html::escape;

/// Projects with their codes, and requests, the newest first.
pub(super) async fn portal(State(Running { server, api }): State<Running>) -> Response {
    let store = api.projects();
    let found = async { Ok::<_, StoreError>((store.list().await?, store.codes().await?)) };
    let (projects, codes) = match found.await {
        Ok(found) => found,
        Err(error) => return page("Portal", &nothing(&escape(&error.to_string()))),
    };
    let intro = match server.portal() {
        Some(address) => {
            let address = escape(&address);
            format!("<p><a href=\"{address}\">The portal</a> opens the sample project with <code>{CODE}</code>.</p>")
        }
        None => nothing("No page has the portal: <code>{{ portal() }}</code> puts it there."),
    };
    let codes: Vec<Issued> = codes.into_iter().map(|(_, issued)| issued).collect();
    let articles: String = projects.iter().map(|project| listed(project, &codes)).collect();
    page("Portal", &format!("{intro}{articles}<h2>What was asked</h2>{}", asked(&api.asked())))
}

fn listed(project: &Project, codes: &[Issued]) -> String {
    let own = codes.iter().filter(|code| code.project == project.id);
    let codes: Vec<String> = own
        .map(|code| match code.revoked {
            None => format!("{}, made {}", code.id, second(code.made)),
            Some(revoked) => format!("{}, revoked {}", code.id, second(revoked)),
        })
        .collect();
    let steps = project.phases.iter().map(|phase| phase.milestones.len()).sum::<usize>();
    let rows = [
        ("Phases", project.phases.len().to_string()),
        ("Milestones", steps.to_string()),
        ("Updates", project.updates.len().to_string()),
        ("Stripe customer", project.customer.clone().unwrap_or_else(|| "none".to_owned())),
        ("Codes", if codes.is_empty() { "none".to_owned() } else { codes.join("; ") }),
    ];
    format!("<article><h2>{} <small>{}</small></h2>{}</article>", escape(&project.name), escape(&project.id.0), facts(rows))
}

fn asked(requests: &[String]) -> String {
    if requests.is_empty() {
        return nothing("Nothing yet. Open the portal with the code of the sample project.");
    }
    let items: String = requests.iter().rev().map(|request| format!("<li>{}</li>", escape(request))).collect();
    format!("<ul>{items}</ul>")
}
