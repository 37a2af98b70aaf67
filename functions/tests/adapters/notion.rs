//! Pages in Notion: one a lead, whatever goes wrong.

use std::time::Duration;

use functions::lead::{Failure, Outcome};
use functions::stand_ins::Fault;
use registry::model::DeliveryKind;

use crate::fixture::{World, again, claim, deliver, lead, now};

fn seconds(outcome: &Outcome) -> Option<u64> {
    match outcome {
        Outcome::Pause { wait, .. } => Some(wait.as_secs()),
        _ => None,
    }
}

// Promises: cresco/notion
#[tokio::test]
async fn a_lead_becomes_a_page() {
    let world = World::new().await;
    let sink = world.sink("notion", DeliveryKind::Page);
    let Outcome::Sent { reference: Some(page) } = deliver(&*sink).await else { panic!("it is sent") };
    let pages = world.notion.pages();
    assert_eq!((pages.len(), pages[0]["id"].as_str()), (1, Some(page.as_str())));
    let properties = &pages[0]["properties"];
    assert_eq!(properties["Package"]["select"]["name"], "Not yet decided");
    assert_eq!(properties["Time slot"]["date"]["start"], "2026-06-05T14:30:00.000+00:00");
    assert_eq!(properties["Form (status)"]["rich_text"][0]["plain_text"], "canary-status", "our own column is called `Form`");
    assert_eq!(world.notion.calls().len(), 2, "it is looked for before it is made");
    assert!(matches!(deliver(&*sink).await, Outcome::Sent { reference: Some(found) } if found == page), "a lead that was never attempted");
    assert_eq!(world.notion.pages().len(), 1);
    sink.ready().await.unwrap();
    assert_eq!(sink.warning().await, None);
    world.notion.be_free();
    assert_eq!(sink.warning().await, Some("free-workspace"));
}

#[tokio::test]
async fn a_long_text_is_written_in_pieces_that_notion_takes() {
    let world = World::new().await;
    let sink = world.sink("notion", DeliveryKind::Page);
    let mut lead = lead();
    let text = format!("{}{}", "x".repeat(1999), "🦀é".repeat(1500));
    let mut values = lead.values.reveal().clone();
    values.insert("message".into(), text.clone().into());
    lead.values = functions::personal::Personal::new(values);
    assert!(matches!(sink.deliver(&claim(&*sink, lead), now()).await, Outcome::Sent { .. }));
    let pages = world.notion.pages();
    let pieces = pages[0]["properties"]["Message"]["rich_text"].as_array().unwrap();
    let whole: String = pieces.iter().filter_map(|piece| piece["plain_text"].as_str()).collect();
    assert_eq!((pieces.len(), whole), (4, text));
}

#[tokio::test]
async fn each_answer_is_told_for_what_it_is() {
    let world = World::new().await;
    let sink = world.sink("notion", DeliveryKind::Page);
    world.notion.fail_next([Fault::TooMany(7), Fault::Overloaded(9), Fault::Unauthorized, Fault::Forbidden, Fault::Missing]);
    let first = deliver(&*sink).await;
    assert_eq!((seconds(&first), seconds(&deliver(&*sink).await)), (Some(7), Some(9)));
    for failure in [Failure::Refused, Failure::Refused, Failure::Missing] {
        assert_eq!(deliver(&*sink).await, Outcome::Park { failure });
    }
    world.notion.drop_column("Phone");
    assert_eq!(deliver(&*sink).await, Outcome::GiveUp { failure: Failure::Rejected });
    assert_eq!(world.notion.pages().len(), 0);
}

#[tokio::test]
async fn after_an_unclear_end_the_page_is_found_and_not_written_twice() {
    for fault in [Fault::BrokenAfterSaving, Fault::DroppedAfterSaving] {
        let world = World::new().await;
        let sink = world.sink("notion", DeliveryKind::Page);
        world.notion.fail_next([Fault::Pass, fault]);
        let first = claim(&*sink, lead());
        assert!(matches!(sink.deliver(&first, now()).await, Outcome::Retry { .. }), "{fault:?}");
        let Outcome::Sent { reference: Some(found) } = sink.deliver(&again(&first), now()).await else { panic!("{fault:?}: it is found") };
        assert_eq!(world.notion.pages().len(), 1, "{fault:?}");
        assert_eq!(world.notion.pages()[0]["id"], found);
        // A process that was killed wrote down nothing but when it began.
        let later = now() + Duration::from_secs(60);
        assert!(matches!(sink.deliver(&first, later).await, Outcome::Sent { .. }));
        assert_eq!(world.notion.pages().len(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn what_was_not_saved_is_written_by_the_next_attempt() {
    for fault in [Fault::Broken, Fault::HtmlPage, Fault::Dropped, Fault::Concurrent] {
        let world = World::new().await;
        let sink = world.sink("notion", DeliveryKind::Page);
        world.notion.fail_next([Fault::Pass, fault]);
        let first = claim(&*sink, lead());
        assert!(matches!(sink.deliver(&first, now()).await, Outcome::Retry { .. }), "{fault:?}");
        assert!(matches!(sink.deliver(&again(&first), now()).await, Outcome::Sent { .. }), "{fault:?}");
        assert_eq!(world.notion.pages().len(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_page_that_an_error_names_is_adopted() {
    let world = World::new().await;
    let sink = world.sink("notion", DeliveryKind::Page);
    world.notion.fail_next([Fault::Pass, Fault::Committed]);
    let Outcome::Sent { reference: Some(page) } = deliver(&*sink).await else { panic!("it is adopted") };
    assert_eq!(world.notion.pages()[0]["id"], page);
}

#[tokio::test(flavor = "current_thread")]
async fn silence_ends_after_a_time() {
    let world = World::new().await;
    let sink = world.sink("notion", DeliveryKind::Page);
    world.notion.fail_next([Fault::Silence]);
    let (delivered, ()) = tokio::join!(deliver(&*sink), async {
        world.notion.called(1).await;
        // From here on, only the clock can end it.
        tokio::time::pause();
    });
    assert_eq!(delivered, Outcome::Retry { failure: Failure::Unreachable, after: None });
}

#[tokio::test]
async fn a_host_that_nobody_declares_is_never_called() {
    let mut world = World::new().await;
    world.config.addresses.notion = "https://api.notion.example".into();
    let sink = world.sink("notion", DeliveryKind::Page);
    assert_eq!(deliver(&*sink).await, Outcome::Park { failure: Failure::Undeclared });
    assert_eq!(world.notion.calls().len(), 0);
}

// Promises: cresco/right-erasure
#[tokio::test]
async fn what_was_delivered_of_an_erased_lead_goes_to_the_trash() {
    let world = World::new().await;
    let sink = world.sink("notion", DeliveryKind::Page);
    let Outcome::Sent { reference: Some(page) } = deliver(&*sink).await else { panic!("it is sent") };
    let lead = lead();
    let gone = Some(Outcome::Sent { reference: None });
    world.notion.fail_next([Fault::TooMany(7)]);
    assert_eq!(seconds(&sink.erase(lead.id, &lead.form, None).await.unwrap()), Some(7));
    assert_eq!(world.notion.pages().len(), 1);
    assert_eq!(sink.erase(lead.id, &lead.form, None).await, gone, "it is found by the lead's id");
    assert!(world.notion.pages().is_empty());
    assert_eq!(sink.erase(lead.id, &lead.form, Some(&page)).await, gone, "what is in the trash is gone already");
    assert_eq!(sink.erase(lead.id, &lead.form, None).await, gone, "and so is what was never there");
}
