//! The proofs of cookie choices.

use axum::extract::State;
use axum::response::Response;
use functions::ports::ReceiptFilter;
use functions::receipt::Receipt;
use registry::model::ServiceId;

use super::{Running, facts, nothing, page, second};
use crate::html::escape;

/// The most receipts that are shown.
const MOST: u32 = 100;

/// The newest receipts.
pub(super) async fn receipts(State(Running { server, api }): State<Running>) -> Response {
    let receipts = match api.receipts().receipts(&ReceiptFilter { most: Some(MOST), ..ReceiptFilter::default() }).await {
        Ok(receipts) => receipts,
        Err(error) => return page("Receipts", &nothing(&escape(&error.to_string()))),
    };
    if receipts.is_empty() {
        let keeps = server.shown().declared.registry.keeps_receipts();
        let why = if keeps {
            "No choice yet. Open a page of the site, and answer its banner."
        } else {
            "The site keeps none: no data in <code>content/privacy.yaml</code> has <code>from: { functions: receipts }</code>, or nothing waits for consent."
        };
        return page("Receipts", &nothing(why));
    }
    page("Receipts", &receipts.iter().map(shown).collect::<String>())
}

fn shown(receipt: &Receipt) -> String {
    let list = |services: &[ServiceId]| services.iter().map(ServiceId::as_str).collect::<Vec<_>>().join(", ");
    let how = serde_json::to_value(receipt.how).unwrap_or_default();
    let facts = facts([
        ("accepted", list(&receipt.accepted)),
        ("refused", list(&receipt.refused)),
        ("chosen", second(receipt.decided)),
        ("how", how.as_str().unwrap_or_default().to_owned()),
        ("Global Privacy Control", if receipt.signalled { "on" } else { "off" }.to_owned()),
        ("revision", receipt.revision.clone()),
        ("banner", receipt.banner.clone()),
    ]);
    let (received, language) = (second(receipt.received), escape(&receipt.language));
    format!("<article><h2>Choice <small>{received}, {language}</small></h2><p><code>{}</code></p>{facts}</article>", receipt.id)
}
