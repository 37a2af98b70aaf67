//! Invoices and charges at Stripe: what a client is shown of them, and what where Stripe does not answer.

use std::sync::{Arc, Mutex};

use functions::adapters::stripe::Stripe as Adapter;
use functions::billing::{Billing, InvoiceStatus, Money, TransactionStatus};
use functions::config::Config;
use functions::egress::Egress;
use functions::lead::Failure;
use functions::log::Log;
use functions::ports::BillingSource;
use functions::stand_ins::{Customer, Fault, Stripe};
use serde_json::{Value, json};

use crate::fixture::contract;

/// The adapter, and the lines of its log.
struct Account {
    stripe: Adapter,
    lines: Arc<Mutex<Vec<Value>>>,
}

impl Account {
    fn of(config: &Config) -> Self {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let written = Arc::clone(&lines);
        let log = Log::new(move |event| written.lock().unwrap().push(serde_json::to_value(event).unwrap()));
        Self { stripe: Adapter::of(config, &Egress::new(&contract().registry, config), log).unwrap(), lines }
    }

    fn at(stand_in: &Stripe) -> Self {
        Self::of(&config(stand_in))
    }

    async fn billing(&self) -> Billing {
        self.stripe.of(Stripe::CUSTOMER).await
    }

    fn logged(&self) -> Vec<Value> {
        std::mem::take(&mut *self.lines.lock().unwrap())
    }
}

fn config(stand_in: &Stripe) -> Config {
    let variables = [("PLAINSITE_SECRET", "0123456789abcdef0123456789abcdef")];
    let mut config = Config::from_variables(&variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into()).unwrap();
    stand_in.configure(&mut config);
    config
}

fn euros(amount: i64) -> Money {
    Money { amount, currency: "EUR".to_owned() }
}

// Promises: cresco/portal-invoices, cresco/portal-payment-references, cresco/portal-transactions, cresco/stripe
#[tokio::test]
async fn a_client_sees_what_was_billed_and_paid_but_no_draft() {
    let stand_in = Stripe::start().await.unwrap();
    let account = Account::at(&stand_in);
    let Billing { invoices: Some(invoices), transactions: Some(transactions) } = account.billing().await else { panic!("both are had") };
    let told: Vec<_> = invoices.iter().map(|invoice| (invoice.number.as_deref().unwrap(), invoice.status)).collect();
    let wanted = [
        ("CM-2026-0004", InvoiceStatus::Open),
        ("CM-2026-0003", InvoiceStatus::Paid),
        ("CM-2026-0002", InvoiceStatus::Void),
        ("CM-2026-0001", InvoiceStatus::Paid),
    ];
    assert_eq!(told, wanted);
    let open = &invoices[0];
    assert_eq!((&open.due, &open.paid, &open.remaining), (&euros(180_000), &euros(0), &euros(180_000)));
    assert_eq!(open.due_date, Some("2026-06-17T22:00:00Z".parse().unwrap()));
    assert!(open.page.as_ref().unwrap().starts_with("https://invoice.stripe.com/") && open.pdf.is_some());
    let told: Vec<_> = transactions.iter().map(|it| (it.id.as_str(), it.status, it.amount.amount, it.refunded.amount)).collect();
    let wanted = [
        ("ch_StandIn04", TransactionStatus::Pending, 60_000, 0),
        ("ch_StandIn03", TransactionStatus::Succeeded, 240_000, 20_000),
        ("ch_StandIn02", TransactionStatus::Failed, 240_000, 0),
        ("ch_StandIn01", TransactionStatus::Succeeded, 120_050, 0),
    ];
    assert_eq!(told, wanted);
    assert_eq!(account.logged(), Vec::<Value>::new());
    account.stripe.ready().await.unwrap();
}

#[tokio::test]
async fn a_list_that_cannot_be_had_is_left_out_and_logged_without_data() {
    let stand_in = Stripe::start().await.unwrap();
    let account = Account::at(&stand_in);
    let whole = account.billing().await;
    let faults = [
        (Fault::Unauthorized, "refused"),
        (Fault::Forbidden, "refused"),
        (Fault::TooMany(7), "too-many"),
        (Fault::Broken, "broken"),
        (Fault::HtmlPage, "broken"),
        (Fault::Dropped, "unreachable"),
    ];
    for (fault, failure) in faults {
        stand_in.fail_next([fault]);
        let partial = account.billing().await;
        let logged = account.logged();
        // Both were asked for at once: the fault is that of either.
        let list = if partial.invoices.is_none() { "invoices" } else { "charges" };
        assert_eq!(logged, [json!({ "event": "billing-failed", "list": list, "failure": failure })], "{fault:?}");
        let other =
            if partial.invoices.is_none() { partial.transactions == whole.transactions } else { partial.invoices == whole.invoices };
        assert!(other && (partial.invoices.is_none() || partial.transactions.is_none()), "{fault:?}: the other one is whole");
    }
    let nothing = account.stripe.of("cus_nobody&limit=1").await;
    assert_eq!(nothing, Billing { invoices: None, transactions: None });
    assert!(account.logged().iter().all(|line| line["failure"] == "missing" && !line.to_string().contains("cus_")));
    assert!(
        stand_in.calls().iter().rev().take(2).all(|call| call.query.contains(&("customer".to_owned(), "cus_nobody&limit=1".to_owned())))
    );
}

#[tokio::test(flavor = "current_thread")]
async fn silence_ends_after_four_seconds_for_both_together() {
    let stand_in = Stripe::start().await.unwrap();
    let account = Account::at(&stand_in);
    // TLS is set up and both connections have come about before the clock stands still.
    account.billing().await;
    stand_in.fail_next([Fault::Silence, Fault::Silence]);
    let (billing, began) = tokio::join!(account.billing(), async {
        stand_in.called(4).await;
        // From here on, only the clock can end it.
        tokio::time::pause();
        tokio::time::Instant::now()
    });
    assert_eq!(billing, Billing { invoices: None, transactions: None });
    assert!(began.elapsed().as_secs_f64() < 4.1, "{:?}", began.elapsed());
    assert!(account.logged().iter().all(|line| line["failure"] == "unreachable"));
}

#[tokio::test]
async fn long_lists_come_in_pages_up_to_a_hundred() {
    let stand_in = Stripe::start().await.unwrap();
    let account = Account::at(&stand_in);
    let invoice = |at: i64| json!({ "id": format!("in_{at}"), "status": "open", "currency": "eur", "amount_due": at, "amount_paid": 0, "amount_remaining": at, "created": 2_000_000_000 - at, "due_date": null });
    for (there, shown) in [(1, 1), (25, 25), (26, 26), (100, 100), (130, 100)] {
        stand_in.put(Stripe::CUSTOMER, Customer { invoices: (0..there).map(invoice).collect(), charges: Vec::new() });
        let invoices = account.billing().await.invoices.unwrap();
        let amounts: Vec<i64> = invoices.iter().map(|invoice| invoice.due.amount).collect();
        assert_eq!(amounts, (0..shown).collect::<Vec<_>>(), "the newest of {there}, each once");
    }
    // A page that is missing would make the rest look like all there is.
    stand_in.put(Stripe::CUSTOMER, Customer { invoices: (0..60).map(invoice).collect(), charges: Vec::new() });
    stand_in.fail_next([Fault::Pass, Fault::Pass, Fault::Broken]);
    assert_eq!(account.billing().await.invoices, None);
}

#[tokio::test]
async fn the_version_is_said_and_a_list_that_is_none_is_left_out() {
    let stand_in = Stripe::start().await.unwrap();
    let account = Account::at(&stand_in);
    stand_in.put(Stripe::CUSTOMER, Customer { invoices: vec![json!({ "id": "in_1", "status": "of another kind" })], charges: Vec::new() });
    assert_eq!(account.billing().await, Billing { invoices: None, transactions: Some(Vec::new()) });
    assert_eq!(account.logged()[0]["failure"], "strange");
    assert!(stand_in.calls().iter().all(|call| call.header("stripe-version") == Some("2025-12-15.clover") && call.body.is_null()));
}

#[tokio::test]
async fn a_key_that_can_do_more_is_told() {
    let stand_in = Stripe::start().await.unwrap();
    let with = |key: &str| {
        let mut config = config(&stand_in);
        config.stripe = Some(key.to_owned().into());
        Account::of(&config).stripe
    };
    assert_eq!(with(Stripe::KEY).can_do_more().await, Ok(false));
    assert_eq!(with(Stripe::WRITING_KEY).can_do_more().await, Ok(true));
    let calls = stand_in.calls().len();
    assert_eq!(with("sk_live_canary").can_do_more().await, Ok(true));
    assert_eq!(stand_in.calls().len(), calls, "a key that can do everything needs no question");
    assert_eq!(with("rk_live_canary").can_do_more().await, Err(Failure::Refused));
    assert_eq!(with("rk_live_canary").ready().await, Err(Failure::Refused));
}

#[tokio::test]
async fn a_host_that_nobody_declares_is_never_called() {
    let stand_in = Stripe::start().await.unwrap();
    let mut config = config(&stand_in);
    config.addresses.stripe = "https://api.stripe.example".into();
    let account = Account::of(&config);
    assert_eq!(account.billing().await, Billing { invoices: None, transactions: None });
    assert!(account.logged().iter().all(|line| line["failure"] == "undeclared"));
    assert!(!format!("{:?}", account.stripe).contains(Stripe::KEY));
}

#[tokio::test]
#[ignore = "the emulator's address and customer are in STRIPE_EMULATOR and STRIPE_CUSTOMER when e2e/tests/outside-stripe.test.js runs this"]
async fn an_emulator_that_others_wrote_agrees() {
    let stand_in = Stripe::start().await.unwrap();
    let mut config = config(&stand_in);
    config.addresses.stripe = std::env::var("STRIPE_EMULATOR").unwrap();
    config.stripe = Some("sk_test_emulator".to_owned().into());
    let account = Account::of(&config);
    account.stripe.ready().await.unwrap();
    let Billing { invoices: Some(invoices), transactions: Some(transactions) } =
        account.stripe.of(&std::env::var("STRIPE_CUSTOMER").unwrap()).await
    else {
        panic!("both are had: {:?}", account.logged())
    };
    // More than one page of them, without the draft.
    let billed = |status: InvoiceStatus| {
        let of_status = invoices.iter().filter(|invoice| invoice.status == status);
        of_status.map(|invoice| (invoice.due.clone(), invoice.paid.amount)).collect::<Vec<_>>()
    };
    assert_eq!(invoices.len(), 28);
    assert_eq!(billed(InvoiceStatus::Paid), [(euros(2000), 2000)]);
    assert_eq!(billed(InvoiceStatus::Void), [(euros(2000), 0)]);
    assert_eq!(billed(InvoiceStatus::Open), vec![(euros(2000), 0); 26]);
    let moved = |status: TransactionStatus| {
        let of_status = transactions.iter().filter(|transaction| transaction.status == status);
        let mut moved: Vec<_> = of_status.map(|transaction| (transaction.amount.amount, transaction.refunded.amount)).collect();
        moved.sort_unstable();
        moved
    };
    assert_eq!(moved(TransactionStatus::Succeeded), [(2000, 0), (7000, 1500)]);
    assert_eq!(moved(TransactionStatus::Failed), vec![(2000, 0); 27]);
    assert_eq!(account.stripe.of("cus_nobody").await.invoices, None);
}
