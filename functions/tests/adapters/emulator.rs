//! The adapter for Resend against an emulator that others wrote, which `e2e/tests/outside-resend.test.js` starts.

use functions::lead::Outcome;
use registry::model::DeliveryKind;

use crate::fixture::{World, again, claim, lead, now};

#[tokio::test]
#[ignore = "the emulator's address is in RESEND_EMULATOR when e2e/tests/outside-resend.test.js runs this"]
async fn it_takes_each_letter_once() {
    let mut world = World::new().await;
    world.config.addresses.resend = std::env::var("RESEND_EMULATOR").unwrap();
    for kind in [DeliveryKind::Confirmation, DeliveryKind::Notification] {
        let sink = world.sink("resend", kind);
        sink.ready().await.unwrap();
        let first = claim(&*sink, lead());
        let sent = sink.deliver(&first, now()).await;
        assert!(matches!(sent, Outcome::Sent { reference: Some(_) }), "{sent:?}");
        assert_eq!(sink.deliver(&again(&first), now()).await, sent, "a repetition has the same id");
    }
}
