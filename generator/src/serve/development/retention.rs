//! What the retention job would remove, and when.

use axum::extract::State;
use axum::response::Response;
use functions::retention::{Planned, plan};
use jiff::Timestamp;
use registry::derive::retention::limits as limits_of;

use super::{Running, facts, nothing, page, second};
use crate::html::escape;
use crate::serve::state::Shown;

/// How many kinds of record the job has to do with.
pub(super) fn limits(shown: &Shown) -> usize {
    limits_of(&shown.declared.registry).len()
}

/// The plan of this moment.
pub(super) async fn retention(State(Running { server, api }): State<Running>) -> Response {
    let Some(contract) = server.shown().contract.clone() else {
        return page("Retention", &nothing("The site does not build yet."));
    };
    let plan = match plan(&contract, &[api.store()], Timestamp::now()).await {
        Ok(plan) => plan,
        Err(error) => return page("Retention", &nothing(&escape(&error.to_string()))),
    };
    if plan.records.is_empty() && plan.others.is_empty() {
        return page("Retention", &nothing("<code>content/privacy.yaml</code> has no <code>retention</code> yet."));
    }
    let rows: String = plan.records.iter().map(row).collect();
    let kept = plan.outlasted.iter().map(|rule| (rule.as_str(), "another rule keeps the same data".to_owned()));
    let others = facts(kept.chain(plan.others.iter().map(|other| (other.what.as_str(), other.by.clone()))));
    let main = format!(
        "<p>The job runs once a day on the host. <code>plainsite retention --dry-run</code> tells the same of production.</p>\
         <div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"What goes when\"><table><thead><tr><th scope=\"col\">What</th>\
         <th scope=\"col\">Due now</th><th scope=\"col\">Kept</th><th scope=\"col\">Next due</th><th scope=\"col\">Then</th></tr></thead>\
         <tbody>{rows}</tbody></table></div><h2>Carried out by others</h2>{others}"
    );
    page("Retention", &main)
}

fn row(planned: &Planned) -> String {
    format!(
        "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
        escape(&planned.what),
        planned.held.over,
        planned.held.rest,
        planned.next.map(second).unwrap_or_default(),
        planned.limit.then.name()
    )
}
