//! The automation's webhook.

use std::time::Duration;

use functions::lead::{Failure, Outcome};
use functions::stand_ins::Fault;
use registry::model::DeliveryKind;
use serde_json::json;

use crate::fixture::{LEAD, NOW, World, claim, deliver, lead, now};

// Promises: cresco/make
#[tokio::test]
async fn it_gets_the_id_and_what_is_named() {
    let world = World::new().await;
    let sink = world.sink("make", DeliveryKind::Webhook);
    assert_eq!(deliver(&*sink).await, Outcome::Sent { reference: None });
    let calls = world.make.calls();
    let fields = json!({ "email": "canary-email@visitor.example", "package": "undecided" });
    let expected = json!({ "id": LEAD, "form": "contact", "received": NOW, "language": "fr", "fields": fields });
    assert_eq!((calls.len(), &calls[0].body, calls[0].header("idempotency-key")), (1, &expected, Some(LEAD)));
    sink.ready().await.unwrap();
    assert_eq!(world.make.calls().len(), 1, "asking whether it is ready starts nothing");
}

#[tokio::test]
async fn its_shape_stays_the_same_where_a_field_is_blank() {
    let world = World::new().await;
    let sink = world.sink("make", DeliveryKind::Webhook);
    let mut blank = lead();
    blank.values = Default::default();
    assert!(matches!(sink.deliver(&claim(&*sink, blank), now()).await, Outcome::Sent { .. }));
    assert_eq!(world.make.calls()[0].body["fields"], json!({ "email": null, "package": null }));
}

#[tokio::test]
async fn a_full_queue_and_a_closed_scenario_are_tried_again() {
    let world = World::new().await;
    let sink = world.sink("make", DeliveryKind::Webhook);
    world.make.fail_next([Fault::QueueFull, Fault::Gone, Fault::Broken, Fault::Dropped, Fault::TooMany(0), Fault::Unauthorized]);
    for failure in [Failure::Full, Failure::Missing, Failure::Broken, Failure::Unreachable] {
        assert_eq!(deliver(&*sink).await, Outcome::Retry { failure, after: None });
    }
    assert_eq!(deliver(&*sink).await, Outcome::Retry { failure: Failure::TooMany, after: Some(Duration::from_secs(10)) });
    assert_eq!(deliver(&*sink).await, Outcome::Park { failure: Failure::Refused });
}
