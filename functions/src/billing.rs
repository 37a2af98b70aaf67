//! What a client owes and has paid, as the portal shows it.

use jiff::Timestamp;
use serde::Serialize;

/// Invoices and transactions of a client, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Billing {
    /// The invoices; none where they could not be had.
    pub invoices: Option<Vec<Invoice>>,
    /// The history of transactions; none where it could not be had.
    pub transactions: Option<Vec<Transaction>>,
}

/// An amount in the smallest unit of a currency: 1250 in `eur` is 12.50 €, 1250 in `jpy` is 1250 ¥.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Money {
    /// The amount, below zero where it is owed to the client.
    pub amount: i64,
    /// The currency's code of three letters (ISO 4217), upper-case.
    pub currency: String,
}

/// An invoice. Drafts are the agency's own affair, and never here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Invoice {
    /// Stripe's id of it, which is the reference of the payment.
    pub id: String,
    /// Its number, such as `F-2026-0012`.
    pub number: Option<String>,
    /// How it stands.
    pub status: InvoiceStatus,
    /// What it comes to.
    pub due: Money,
    /// What was paid of it.
    pub paid: Money,
    /// What is left to pay.
    pub remaining: Money,
    /// When it was made.
    pub created: Timestamp,
    /// Until when it is to be paid.
    pub due_date: Option<Timestamp>,
    /// The page on which it is paid or read, at Stripe.
    pub page: Option<String>,
    /// Its PDF, at Stripe.
    pub pdf: Option<String>,
}

/// How an invoice stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum InvoiceStatus {
    /// To be paid.
    Open,
    /// Paid.
    Paid,
    /// Given up.
    Uncollectible,
    /// Withdrawn.
    Void,
}

/// A payment, or an attempt at one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Transaction {
    /// Stripe's reference of it, such as `ch_…`.
    pub id: String,
    /// What came of it.
    pub status: TransactionStatus,
    /// How much.
    pub amount: Money,
    /// What was given back of it.
    pub refunded: Money,
    /// When.
    pub created: Timestamp,
    /// What it was for.
    pub description: Option<String>,
    /// Its receipt, at Stripe.
    pub receipt: Option<String>,
}

/// What came of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TransactionStatus {
    /// It arrived.
    Succeeded,
    /// It is on its way.
    Pending,
    /// It did not arrive.
    Failed,
}
