//! Stripe: what a client owes and has paid, read live, with a key that may do nothing else.

mod objects;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::http::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::refused;
use crate::billing::{Billing, Invoice, Transaction};
use crate::config::Config;
use crate::egress::{Answer, Call, Egress};
use crate::lead::Failure;
use crate::log::{Event, Log};
use crate::ports::BillingSource;

/// The version of the API whose shapes are read here, whatever version the account has.
const VERSION: &str = "2025-12-15.clover";

/// How long each list may take; both are asked for at once.
const PATIENCE: Duration = Duration::from_secs(4);

/// How a list is read: in pages, up to the hundred that were made last.
#[derive(Clone, Copy)]
struct List {
    name: &'static str,
    path: &'static str,
    /// The most entries of one answer.
    size: &'static str,
    /// The most answers.
    pages: usize,
}

/// Invoices come with their lines, so that a hundred at once can be more than an answer may have.
const INVOICES: List = List { name: "invoices", path: "/v1/invoices", size: "25", pages: 4 };

const CHARGES: List = List { name: "charges", path: "/v1/charges", size: "100", pages: 1 };

/// An account at Stripe.
#[derive(Debug)]
pub struct Stripe {
    egress: Arc<Egress>,
    address: String,
    key: SecretString,
    log: Log,
}

impl Stripe {
    /// The account whose key the operators have set; none where they have not. What cannot be had is written to `log`.
    pub fn of(config: &Config, egress: &Arc<Egress>, log: Log) -> Option<Self> {
        let key = config.stripe.clone()?;
        Some(Self { egress: Arc::clone(egress), address: config.addresses.stripe.clone(), key, log })
    }

    /// Whether the key can do more than read what is shown here: it is no restricted one, or it could give money back. That is asked for
    /// without naming a payment, which Stripe never carries out; a key without the permission is told so before anything is looked at.
    ///
    /// # Errors
    /// Why Stripe did not say.
    pub async fn can_do_more(&self) -> Result<bool, Failure> {
        if self.key.expose_secret().starts_with("sk_") {
            return Ok(true);
        }
        let answer = self.call(Method::POST, "/v1/refunds", &[]).await?;
        match answer.status {
            403 => Ok(false),
            400 | 404 => Ok(true),
            _ => Err(failure(&answer)),
        }
    }

    async fn invoices(&self, customer: &str) -> Result<Vec<Invoice>, Failure> {
        let entries = self.list(INVOICES, customer).await?;
        let invoices: Option<Vec<Option<Invoice>>> = entries.iter().map(objects::invoice).collect();
        let mut invoices: Vec<Invoice> = invoices.ok_or(Failure::Strange)?.into_iter().flatten().collect();
        invoices.sort_by_key(|invoice| std::cmp::Reverse(invoice.created));
        Ok(invoices)
    }

    async fn transactions(&self, customer: &str) -> Result<Vec<Transaction>, Failure> {
        let entries = self.list(CHARGES, customer).await?;
        let transactions: Option<Vec<Transaction>> = entries.iter().map(objects::transaction).collect();
        let mut transactions = transactions.ok_or(Failure::Strange)?;
        transactions.sort_by_key(|transaction| std::cmp::Reverse(transaction.created));
        Ok(transactions)
    }

    /// The entries of a client. A list with a hole in it would be taken for the whole, so that it is had as a whole or not at all.
    async fn list(&self, list: List, customer: &str) -> Result<Vec<Value>, Failure> {
        let mut found: Vec<Value> = Vec::new();
        for _ in 0..list.pages {
            let mut query = vec![("customer", customer), ("limit", list.size)];
            if let Some(last) = found.last() {
                query.push(("starting_after", last["id"].as_str().ok_or(Failure::Strange)?));
            }
            let mut page = self.get(list.path, &query).await?;
            let Value::Array(entries) = page["data"].take() else { return Err(Failure::Strange) };
            let is_last = page["has_more"] != true || entries.is_empty();
            found.extend(entries);
            if is_last {
                break;
            }
        }
        Ok(found)
    }

    async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, Failure> {
        let answer = self.call(Method::GET, path, query).await?;
        if !answer.is_ok() {
            return Err(failure(&answer));
        }
        match answer.json() {
            Value::Null => Err(Failure::Strange),
            told => Ok(told),
        }
    }

    async fn call(&self, method: Method, path: &str, query: &[(&str, &str)]) -> Result<Answer, Failure> {
        let mut address = format!("{}{path}", self.address);
        if !query.is_empty() {
            let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
            address = format!("{address}?{query}");
        }
        self.egress.call(Call::new(method, address).bearer(&self.key).header("stripe-version", VERSION)).await
    }

    /// What came of a list within its time; the log is told of one that could not be had.
    async fn shown<T>(&self, list: List, asked: impl Future<Output = Result<T, Failure>>) -> Option<T> {
        let result = tokio::time::timeout(PATIENCE, asked).await.unwrap_or(Err(Failure::Unreachable));
        result.inspect_err(|&failure| self.log.write(&Event::BillingFailed { list: list.name, failure })).ok()
    }
}

#[async_trait]
impl BillingSource for Stripe {
    async fn of(&self, customer: &str) -> Billing {
        let (invoices, transactions) =
            tokio::join!(self.shown(INVOICES, self.invoices(customer)), self.shown(CHARGES, self.transactions(customer)));
        Billing { invoices, transactions }
    }

    async fn ready(&self) -> Result<(), Failure> {
        let one = [("limit", "1")];
        let (invoices, charges) = tokio::join!(self.get(INVOICES.path, &one), self.get(CHARGES.path, &one));
        invoices.and(charges).map(drop)
    }
}

/// What an answer means that is no success.
fn failure(answer: &Answer) -> Failure {
    // A client that is not there is told by a status that is for all mistakes.
    if answer.json()["error"]["code"] == "resource_missing" {
        return Failure::Missing;
    }
    super::failure(&refused(answer)).unwrap_or(Failure::Strange)
}
