//! What the site says of itself: the checks of its last build, and its registry as a map.

use axum::extract::State;
use axum::response::Response;
use registry::model::{DataCategory, From, Keep, Localized, Purpose, Registry, Retention, Start, Stated};

use super::{Running, nothing, page};
use crate::html::escape;
use crate::report::Style;

/// What the last build said, in the terminal's words.
pub(super) async fn checks(State(Running { server, .. }): State<Running>) -> Response {
    let text = server.text(&server.shown().diagnostics, Style::Plain);
    let main = match text.trim() {
        "" => nothing("Nothing is wrong. <code>plainsite explain</code> lists what is checked."),
        text => format!("<pre tabindex=\"0\">{}</pre>", escape(text)),
    };
    page("Checks", &main)
}

/// Each category of data: what it is used for, who receives it, how long it is kept.
pub(super) async fn registry(State(Running { server, .. }): State<Running>) -> Response {
    let registry = &server.shown().declared.registry;
    let cards: String = registry.data.iter().map(|data| card(registry, data)).collect();
    let main = if registry.data.is_empty() {
        nothing("Nothing is declared yet. <code>content/privacy.yaml</code> says what data there is.")
    } else {
        format!(
            "<p>Data, what it is used for, who receives it, and how long it is kept: as <code>content/privacy.yaml</code> says.</p>{cards}"
        )
    };
    page("Registry", &main)
}

fn card(registry: &Registry, data: &DataCategory) -> String {
    let purposes: Vec<&Purpose> = registry.purposes.iter().filter(|purpose| purpose.data.contains(&data.id)).collect();
    let receives = |id| purposes.iter().any(|purpose| purpose.recipients.contains(id));
    let recipients = registry.recipients.iter().filter(|recipient| receives(&recipient.id)).map(|recipient| {
        let country = recipient.country.as_ref().map(|country| stated(country, |country| country.code().to_owned()));
        country.map_or_else(|| recipient.name.clone(), |country| format!("{} ({country})", recipient.name))
    });
    let kept = registry.retention.iter().filter(|retention| retention.data.contains(&data.id)).map(period);
    let items = data.items.iter().map(|item| item.default.clone());
    let from = data.from.iter().map(source);
    let used = purposes.iter().map(|purpose| {
        let bases: Vec<&str> = purpose.bases.iter().map(|used| used.basis.name()).collect();
        format!("{} ({})", purpose.label.default, bases.join(", "))
    });
    format!(
        "<article class=\"map\"><h2>{} <small><code>{}</code></small></h2>{}{}{}{}</article>",
        escape(&data.label.default),
        escape(data.id.as_str()),
        list("Data", items.chain(from)),
        list("Purposes", used),
        list("Recipients", recipients),
        list("Retention", kept),
    )
}

fn list(name: &str, entries: impl Iterator<Item = String>) -> String {
    let entries: String = entries.map(|entry| format!("<li>{}</li>", escape(&entry))).collect();
    let entries = if entries.is_empty() { "<li class=\"nothing\">none</li>".to_owned() } else { entries };
    format!("<section><h3>{name}</h3><ul>{entries}</ul></section>")
}

fn source(from: &From) -> String {
    match from {
        From::Form(id) => format!("from the form {id}"),
        From::Service(id) => format!("from the service {id}"),
        From::Recipient(id) => format!("from {id}"),
        From::Functions(holding) => format!("kept by the functions: {}", holding.name()),
        From::Other(words) => format!("from {}", words.default),
    }
}

fn period(retention: &Retention) -> String {
    let kept = retention.keep.as_ref().map(|keep| {
        stated(keep, |keep| match keep {
            Keep::Session => "while the browser is open".to_owned(),
            Keep::UntilDeleted => "until it is deleted".to_owned(),
            Keep::For(period) => period.words(),
        })
    });
    let words = |text: &Option<Localized>| text.as_ref().map(|text| text.default.clone());
    let from = retention.from.as_ref().map(|from| match from {
        Start::Noted(since) => format!("from {}", since.name().replace('-', " ")),
        Start::Other(words) => format!("from {}", words.default),
    });
    let during = words(&retention.during).map(|during| format!("during {during}{}", if kept.is_some() { ", then" } else { "" }));
    let parts = [words(&retention.label).map(|label| format!("{label}:")), during, kept, from];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// What is stated, or who must supply it.
fn stated<T>(value: &Stated<T>, known: impl Fn(&T) -> String) -> String {
    match value {
        Stated::Known(value) => known(value),
        Stated::Unknown(who) => format!("unknown: {} must say", who.default),
    }
}
