//! Stripe's invoices and charges, read for what a client is shown of them.

use jiff::Timestamp;
use registry::model::covers;
use serde_json::Value;
use url::Url;

use crate::billing::{Invoice, InvoiceStatus, Money, Transaction, TransactionStatus};

/// An invoice; `Some(None)` for a draft, which is nobody's to see, and none where it is not as Stripe describes it.
pub(super) fn invoice(told: &Value) -> Option<Option<Invoice>> {
    let status = match told["status"].as_str()? {
        "draft" => return Some(None),
        "open" => InvoiceStatus::Open,
        "paid" => InvoiceStatus::Paid,
        "uncollectible" => InvoiceStatus::Uncollectible,
        "void" => InvoiceStatus::Void,
        _ => return None,
    };
    let (due, paid) = (told["amount_due"].as_i64()?, told["amount_paid"].as_i64()?);
    let remaining = told["amount_remaining"].as_i64().or_else(|| due.checked_sub(paid))?;
    let currency = told["currency"].as_str()?;
    Some(Some(Invoice {
        id: told["id"].as_str()?.to_owned(),
        number: text(&told["number"]),
        status,
        due: money(due, currency),
        paid: money(paid, currency),
        remaining: money(remaining, currency),
        created: time(&told["created"])?,
        due_date: time(&told["due_date"]),
        page: link(&told["hosted_invoice_url"]),
        pdf: link(&told["invoice_pdf"]),
    }))
}

/// A charge; none where it is not as Stripe describes it.
pub(super) fn transaction(told: &Value) -> Option<Transaction> {
    let status = match told["status"].as_str()? {
        // The money is set aside with the client's bank, and has not moved.
        "succeeded" if told["captured"] == false => TransactionStatus::Pending,
        "succeeded" => TransactionStatus::Succeeded,
        "pending" => TransactionStatus::Pending,
        "failed" => TransactionStatus::Failed,
        _ => return None,
    };
    let currency = told["currency"].as_str()?;
    Some(Transaction {
        id: told["id"].as_str()?.to_owned(),
        status,
        amount: money(told["amount"].as_i64()?, currency),
        refunded: money(told["amount_refunded"].as_i64()?, currency),
        created: time(&told["created"])?,
        description: text(&told["description"]),
        receipt: link(&told["receipt_url"]),
    })
}

/// An amount in the currency's own smallest unit. Stripe counts two currencies in hundredths that these no longer have.
fn money(amount: i64, currency: &str) -> Money {
    let currency = currency.to_ascii_uppercase();
    let amount = if matches!(currency.as_str(), "ISK" | "UGX") { amount / 100 } else { amount };
    Money { amount, currency }
}

fn time(told: &Value) -> Option<Timestamp> {
    Timestamp::from_second(told.as_i64()?).ok()
}

fn text(told: &Value) -> Option<String> {
    told.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A link, where it leads to Stripe: clients pay there, so that nothing else may pass for it.
fn link(told: &Value) -> Option<String> {
    let address = told.as_str()?;
    let url = Url::parse(address).ok()?;
    let host = url.host_str()?;
    let is_stripe = url.scheme() == "https" && (host == "stripe.com" || covers("*.stripe.com", host)) && url.port().is_none();
    (is_stripe && url.username().is_empty()).then(|| address.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn links_lead_to_stripe_alone() {
        let goes = |address: &str| link(&json!(address)).is_some();
        for address in ["https://invoice.stripe.com/i/acct_1/a?s=ap", "https://pay.stripe.com/invoice/a/pdf", "https://stripe.com/x"] {
            assert!(goes(address), "{address}");
        }
        for address in [
            "http://pay.stripe.com/",
            "https://stripe.com.evil.example/",
            "https://evilstripe.com/",
            "https://pay.stripe.com@evil.example/",
            "https://user@pay.stripe.com/",
            "https://pay.stripe.com:8443/",
            "javascript:alert(1)//pay.stripe.com",
            "//pay.stripe.com/",
        ] {
            assert!(!goes(address), "{address}");
        }
    }

    #[test]
    fn amounts_are_in_the_smallest_unit_of_their_currency() {
        let amount = |currency: &str| money(12_300, currency).amount;
        assert_eq!(["eur", "jpy", "huf", "kwd"].map(amount), [12_300; 4]);
        assert_eq!(["isk", "ugx"].map(amount), [123; 2]);
    }

    #[test]
    fn money_that_is_only_set_aside_has_not_arrived() {
        let charge = |captured: bool| json!({ "id": "ch_1", "status": "succeeded", "captured": captured, "amount": 1, "amount_refunded": 0, "currency": "eur", "created": 1 });
        let status = |captured| transaction(&charge(captured)).unwrap().status;
        assert_eq!([false, true].map(status), [TransactionStatus::Pending, TransactionStatus::Succeeded]);
    }

    #[test]
    fn what_is_not_as_described_is_nothing() {
        let charge = json!({ "id": "ch_1", "status": "succeeded", "amount": 1, "amount_refunded": 0, "currency": "eur", "created": 1 });
        for key in ["id", "status", "amount", "amount_refunded", "currency", "created"] {
            let mut charge = charge.clone();
            charge[key] = json!(1.5);
            assert_eq!(transaction(&charge), None, "{key}");
        }
        assert_eq!(invoice(&json!({ "status": "draft" })), Some(None));
        assert_eq!(invoice(&json!({ "status": "other" })), None);
    }
}
