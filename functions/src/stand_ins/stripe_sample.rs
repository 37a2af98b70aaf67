//! The customer of the stand-in of Stripe: what a small agency has billed one client over half a year.

use serde_json::{Value, json};

use super::stripe::Customer;

/// The customer.
pub(super) fn customer() -> Customer {
    let invoices = vec![
        invoice("in_StandIn05", None, "draft", 90_000, 0, "2026-06-01T09:00:00Z", None),
        invoice("in_StandIn04", Some("CM-2026-0004"), "open", 180_000, 0, "2026-05-18T09:00:00Z", Some("2026-06-17T22:00:00Z")),
        invoice("in_StandIn03", Some("CM-2026-0003"), "paid", 240_000, 240_000, "2026-04-02T09:00:00Z", Some("2026-05-02T22:00:00Z")),
        invoice("in_StandIn02", Some("CM-2026-0002"), "void", 240_000, 0, "2026-04-01T09:00:00Z", Some("2026-05-01T22:00:00Z")),
        invoice("in_StandIn01", Some("CM-2026-0001"), "paid", 120_050, 120_050, "2026-02-03T09:00:00Z", Some("2026-03-05T22:00:00Z")),
    ];
    let charges = vec![
        charge("ch_StandIn04", "pending", 60_000, 0, "2026-05-29T14:20:00Z", "First instalment of CM-2026-0004"),
        charge("ch_StandIn03", "succeeded", 240_000, 20_000, "2026-04-20T07:45:00Z", "Payment for CM-2026-0003"),
        charge("ch_StandIn02", "failed", 240_000, 0, "2026-04-19T16:02:00Z", "Payment for CM-2026-0003"),
        charge("ch_StandIn01", "succeeded", 120_050, 0, "2026-02-10T11:30:00Z", "Payment for CM-2026-0001"),
    ];
    Customer { invoices, charges }
}

fn invoice(id: &str, number: Option<&str>, status: &str, due: i64, paid: i64, created: &str, due_date: Option<&str>) -> Value {
    let is_draft = status == "draft";
    json!({
        "id": id,
        "object": "invoice",
        "number": number,
        "status": status,
        "currency": "eur",
        "amount_due": due,
        "amount_paid": paid,
        "amount_remaining": due - paid,
        "created": seconds(created),
        "due_date": due_date.map(seconds),
        "hosted_invoice_url": (!is_draft).then(|| format!("https://invoice.stripe.com/i/acct_1/test_{id}?s=ap")),
        "invoice_pdf": (!is_draft).then(|| format!("https://pay.stripe.com/invoice/acct_1/test_{id}/pdf?s=ap")),
        "customer": super::Stripe::CUSTOMER,
        "livemode": false,
    })
}

fn charge(id: &str, status: &str, amount: i64, refunded: i64, created: &str, description: &str) -> Value {
    let is_paid = status == "succeeded";
    json!({
        "id": id,
        "object": "charge",
        "status": status,
        "paid": is_paid,
        "captured": is_paid,
        "currency": "eur",
        "amount": amount,
        "amount_refunded": refunded,
        "created": seconds(created),
        "description": description,
        "receipt_url": is_paid.then(|| format!("https://pay.stripe.com/receipts/payment/{id}")),
        "customer": super::Stripe::CUSTOMER,
        "livemode": false,
    })
}

fn seconds(time: &str) -> i64 {
    time.parse::<jiff::Timestamp>().expect("the times of the sample are written as they should be").as_second()
}
