//! Stripe: an account with customers, whose invoices and charges are read as Stripe lets a restricted key read them.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::{Value, json};

use super::desk::{Call, Desk, Fault, Reply, Service, lock};
use super::stripe_sample as sample;
use crate::config::Config;

/// The stand-in.
pub struct Stripe(Desk<Account>);

#[derive(Default)]
struct Account {
    customers: Mutex<BTreeMap<String, Customer>>,
}

/// What an account has of a customer, the newest first.
#[derive(Clone, Debug, Default)]
pub struct Customer {
    /// Invoices, as Stripe describes them.
    pub invoices: Vec<Value>,
    /// Charges, as Stripe describes them.
    pub charges: Vec<Value>,
}

/// The parameters that its two lists know. Those of lists of other things are among the unknown ones.
const PARAMETERS: [&str; 5] = ["customer", "limit", "starting_after", "ending_before", "created"];

impl Stripe {
    /// The key that it knows: a restricted one that reads invoices and charges.
    pub const KEY: &str = "rk_test_stand_in";
    /// Another one, which may give money back as well.
    pub const WRITING_KEY: &str = "rk_test_stand_in_writing";
    /// The customer with sample data.
    pub const CUSTOMER: &str = "cus_StandIn0000001";

    /// With one customer, who has paid, open and void invoices, and a charge that was partly given back.
    ///
    /// # Errors
    /// No port of this machine is free.
    pub async fn start() -> std::io::Result<Self> {
        let this = Self(Desk::start(Account::default()).await?);
        this.put(Self::CUSTOMER, sample::customer());
        Ok(this)
    }

    /// Has a configuration use it.
    pub fn configure(&self, config: &mut Config) {
        config.addresses.stripe = self.0.address().to_owned();
        config.stripe = Some(Self::KEY.to_owned().into());
    }

    /// Puts a customer in the place of whoever had this id.
    pub fn put(&self, id: &str, customer: Customer) {
        lock(&self.0.service.customers).insert(id.to_owned(), customer);
    }

    /// Has the next calls go wrong, one fault each.
    pub fn fail_next(&self, faults: impl IntoIterator<Item = Fault>) {
        self.0.fail_next(faults);
    }

    /// The calls that arrived.
    pub fn calls(&self) -> Vec<Call> {
        self.0.calls()
    }

    /// Waits until so many calls have arrived in all.
    pub async fn called(&self, times: usize) {
        self.0.called(times).await;
    }
}

impl Service for Account {
    fn answer(&self, call: &Call) -> Reply {
        let key = call.bearer();
        if !matches!(key, Some(Stripe::KEY | Stripe::WRITING_KEY)) {
            return refused(401, "invalid_request_error", None, "Invalid API Key provided: rk_test_****");
        }
        if call.header("stripe-version").is_none() {
            return refused(400, "invalid_request_error", None, "this stand-in knows no account with a version of its own");
        }
        match (call.method.as_str(), call.path.as_str()) {
            ("GET", "/v1/invoices") => self.list(call, |customer| &customer.invoices),
            ("GET", "/v1/charges") => self.list(call, |customer| &customer.charges),
            ("POST", "/v1/refunds") if key == Some(Stripe::WRITING_KEY) => {
                refused(400, "invalid_request_error", Some("parameter_missing"), "One of the following params should be provided: charge.")
            }
            ("GET" | "POST", "/v1/refunds" | "/v1/customers" | "/v1/balance") => forbidden(),
            _ => refused(404, "invalid_request_error", None, "Unrecognized request URL. Please see https://stripe.com/docs"),
        }
    }

    fn fault(&self, fault: Fault, _: Option<&Reply>) -> Reply {
        match fault {
            Fault::TooMany(seconds) => {
                let reply = refused(429, "invalid_request_error", Some("rate_limit"), "Request rate limit exceeded.");
                Reply { retry_after: Some(seconds), ..reply }
            }
            Fault::Unauthorized => refused(401, "invalid_request_error", None, "Invalid API Key provided: rk_test_****"),
            Fault::Forbidden => forbidden(),
            Fault::Missing | Fault::Gone => refused(404, "invalid_request_error", Some("resource_missing"), "No such object"),
            Fault::Concurrent => refused(409, "idempotency_error", None, "There is another request in progress."),
            Fault::Overloaded(_) => refused(503, "api_error", None, "Stripe is temporarily unavailable."),
            _ => refused(500, "api_error", None, "An unknown error occurred"),
        }
    }
}

impl Account {
    fn list(&self, call: &Call, entries: impl Fn(&Customer) -> &Vec<Value>) -> Reply {
        let invalid = |code, message: &str| refused(400, "invalid_request_error", Some(code), message);
        if let Some((name, _)) = call.query.iter().find(|(name, _)| !PARAMETERS.contains(&name.as_str())) {
            return invalid("parameter_unknown", &format!("Received unknown parameter: {name}"));
        }
        let get = |name: &str| call.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let Some(limit) = get("limit").map_or(Some(10), |text| text.parse::<usize>().ok()).filter(|limit| (1..=100).contains(limit)) else {
            return invalid("parameter_invalid_integer", "Invalid integer: limit");
        };
        let customers = lock(&self.customers);
        let all: Vec<&Value> = match get("customer") {
            None => customers.values().flat_map(entries).collect(),
            Some(id) => match customers.get(id) {
                Some(customer) => entries(customer).iter().collect(),
                None => return invalid("resource_missing", "No such customer"),
            },
        };
        let start = match get("starting_after") {
            None => 0,
            Some(after) => match all.iter().position(|entry| entry["id"] == after) {
                Some(at) => at + 1,
                None => return invalid("resource_missing", "No such object to start after"),
            },
        };
        let end = (start + limit).min(all.len());
        let has_more = end < all.len();
        Reply::json(200, json!({ "object": "list", "url": call.path, "has_more": has_more, "data": all[start..end] }))
    }
}

fn forbidden() -> Reply {
    let message = "The provided key 'rk_test_****' does not have the required permissions for this endpoint on account 'acct_1'.";
    refused(403, "invalid_request_error", None, message)
}

fn refused(status: u16, kind: &str, code: Option<&str>, message: &str) -> Reply {
    Reply::json(status, json!({ "error": { "type": kind, "code": code, "message": message } }))
}
