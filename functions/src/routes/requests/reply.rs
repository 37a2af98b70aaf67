//! What a confirmed request is answered: what was found and done, what remains where and until when, and who sees to the rest.

use jiff::Timestamp;
use registry::derive::policy::{self, Answer, RetentionView};
use registry::derive::rights;
use registry::derive::words::Words;
use registry::model::{Erasure, Recipient, Stated};
use serde_json::{Value, json};

use crate::app::App;
use crate::fulfilment;
use crate::lead::{Lead, OutboxRow};
use crate::ports::{Confirmed, Told};
use crate::request::{Deed, after};

/// The answer, in the request's language. `elsewhere` are leads of other stores, for a copy.
pub(super) fn of(app: &App, confirmed: &Confirmed, elsewhere: &[Lead]) -> Value {
    let (request, registry) = (&confirmed.request, &app.contract.registry);
    let language = request.language.as_str();
    let words = Words { language, get: &|key| app.contract.site.word(language, key) };
    let deed = fulfilment::deed(request.asked);
    let found = confirmed.leads.len() + elsewhere.len() + confirmed.notices.len();
    let mut told = json!({
        "id": request.id,
        "asked": request.asked,
        "what": request.asked.label(words),
        "deed": match deed {
            Deed::Export => "export",
            Deed::Erase => "erase",
            Deed::Hold => "hold",
            Deed::Wait => "wait",
        },
        "found": found,
        "done": if request.closed.is_some() { "all" } else { "part" },
        "due": request.due,
        "due_day": request.due.map(|due| due.strftime("%Y-%m-%d").to_string()),
    });
    match deed {
        Deed::Export => {
            let own = confirmed.leads.iter().map(|(lead, rows)| copy(app, lead, rows, words));
            told["data"] = own.chain(elsewhere.iter().map(|lead| copy(app, lead, &[], words))).collect();
            told["notices"] = confirmed.notices.iter().map(|notice| noted(notice, words)).collect();
        }
        Deed::Erase => {
            told["erased"] = json!(confirmed.leads.len() - confirmed.kept.len() + confirmed.notices.len());
            told["kept"] = json!(confirmed.kept.len());
            let remain = rights::remains(registry);
            told["remains"] = remain.iter().map(|(_, rule)| remains(&policy::retention(registry, rule, words), words)).collect();
            let received = request.received;
            let outside = registry.recipients.iter().filter(|recipient| !recipient.self_hosted);
            told["recipients"] = outside.map(|recipient| at(recipient, received, request.due, words)).collect();
        }
        Deed::Hold => told["held"] = json!(confirmed.kept.len()),
        Deed::Wait => {}
    }
    told
}

/// A lead as it is handed over: by name for programs, and by label for its reader.
fn copy(app: &App, lead: &Lead, rows: &[OutboxRow], words: Words<'_>) -> Value {
    let registry = &app.contract.registry;
    let form = registry.form(&lead.form);
    let label = |name: &str| {
        let field = form.and_then(|form| form.fields.iter().find(|field| field.name == *name));
        field.map_or(name, |field| field.label.get(words.language)).to_owned()
    };
    let fields = lead.values.reveal().iter().map(|(name, value)| (label(name), shown(value)));
    let captured = lead.captured.reveal().iter().map(|(kind, value)| (words.word_of("form_capture", kind.name()), value.clone()));
    let passed_on: Vec<Value> = rows
        .iter()
        .map(|row| {
            let name = registry.recipients.iter().find(|recipient| recipient.id.as_str() == row.sink.recipient());
            json!({ "recipient": name.map_or(row.sink.recipient(), |recipient| &recipient.name), "state": row.state, "first_attempt": row.first_attempt })
        })
        .collect();
    json!({
        "id": lead.id,
        "form": form.map_or(lead.form.as_str(), |form| form.label.get(words.language)),
        "received": lead.received,
        "last_contact": lead.contacted,
        "language": lead.language,
        "values": lead.values,
        "captured": lead.captured,
        "passed_on": passed_on,
        "shown": fields.chain(captured).collect::<Vec<_>>(),
    })
}

/// A notice of a change that went to the person, with its line for them.
fn noted(notice: &Told, words: Words<'_>) -> Value {
    let day = notice.sent.unwrap_or(notice.since).strftime("%Y-%m-%d").to_string();
    let line =
        words.word("request_notice").replace("{policy}", &notice.policy).replace("{version}", &notice.version).replace("{day}", &day);
    let mut noted = json!(notice);
    noted["shown"] = json!(line);
    noted
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What an obligation keeps, how long and why.
fn remains(rule: &RetentionView, words: Words<'_>) -> Value {
    let keep = if rule.keep == Answer::default() { String::new() } else { rule.keep.told(words) };
    let how_long = match (rule.during.as_str(), rule.from.as_str()) {
        ("", "") => keep,
        ("", from) => words.word("retention_from").replace("{keep}", &keep).replace("{from}", from),
        (during, _) if keep.is_empty() => during.to_owned(),
        (during, _) => words.word("retention_then").replace("{during}", during).replace("{keep}", &keep),
    };
    json!({ "what": rule.label, "how_long": how_long, "why": rule.because })
}

/// How the erasure reaches a recipient, and by when.
fn at(recipient: &Recipient, received: Timestamp, due: Option<Timestamp>, words: Words<'_>) -> Value {
    let day = |time: Timestamp| time.strftime("%Y-%m-%d").to_string();
    let (how, until) = match recipient.erasure.as_ref().and_then(Stated::known) {
        Some(Erasure::Api) => ("api", due.map(day)),
        Some(Erasure::Expires(period)) => ("expires", Some(day(after(received, *period)))),
        Some(Erasure::Manual) | None => ("manual", due.map(day)),
    };
    let said = words.word(&format!("request_at_{how}")).replace("{day}", until.as_deref().unwrap_or_default());
    json!({ "recipient": recipient.name, "how": how, "until": until, "said": said })
}
