//! E-mails by Resend and by a mail server.

use std::time::Duration;

use functions::adapters;
use functions::lead::{Failure, Outcome};
use functions::personal::Personal;
use functions::ports::Notice;
use functions::stand_ins::Fault;
use registry::model::DeliveryKind;

use crate::fixture::{LEAD, World, again, claim, deliver, lead, now};

const KINDS: [DeliveryKind; 2] = [DeliveryKind::Confirmation, DeliveryKind::Notification];

// Promises: cresco/resend
#[tokio::test]
async fn the_confirmation_goes_to_who_sent_the_form_and_repeats_nothing() {
    let world = World::new().await;
    assert!(matches!(deliver(&*world.sink("resend", DeliveryKind::Confirmation)).await, Outcome::Sent { reference: Some(_) }));
    let mails = world.resend.mails();
    let [mail] = &mails[..] else { panic!("one e-mail is sent") };
    assert_eq!(
        (&*mail.from, &mail.to[..], &mail.reply_to),
        ("Acme <hello@acme.example>", &["canary-email@visitor.example".into()][..], &None)
    );
    assert_eq!((&*mail.subject, &*mail.key), ("Nous avons reçu votre envoi : Formulaire de découverte", &*format!("{LEAD}/confirmation")));
    for text in [&mail.text, &mail.html, &mail.subject] {
        assert!(!text.contains("canary") && !text.contains("Lovelace"), "{text}");
    }
    for text in [&mail.text, &mail.html] {
        for said in [LEAD, "sous deux jours ouvrés", "2 ans", "notre dernier échange", "privacy@acme.example", "effacement"] {
            assert!(text.contains(said), "{said} is missing in {text}");
        }
    }
}

// Promises: cresco/resend
#[tokio::test]
async fn the_notification_goes_to_operations_and_is_answered_to_who_sent_the_form() {
    let world = World::new().await;
    assert!(matches!(deliver(&*world.sink("resend", DeliveryKind::Notification)).await, Outcome::Sent { .. }));
    let mails = world.resend.mails();
    let [mail] = &mails[..] else { panic!("one e-mail is sent") };
    assert_eq!(
        (&mail.to[..], mail.reply_to.as_deref()),
        (&["Operations <ops@acme.example>".into()][..], Some("canary-email@visitor.example"))
    );
    assert_eq!(mail.subject, "Discovery form: a new message");
    assert!(mail.text.contains("Not yet decided") && mail.text.contains("2026-06-05 14:30") && mail.text.contains("canary-utm"));
    assert!(mail.html.contains("&lt;script&gt;") && !mail.html.contains("<script>") && !mail.html.contains("<b>canary"), "{}", mail.html);
    assert!(!mail.text.contains("canary-trap") && !mail.text.contains("203.0.113.77"));
}

#[tokio::test]
async fn a_repetition_is_recognised_and_a_late_one_is_not_sent() {
    for kind in KINDS {
        let world = World::new().await;
        let sink = world.sink("resend", kind);
        world.resend.fail_next([Fault::DroppedAfterSaving]);
        let first = claim(&*sink, lead());
        assert_eq!(sink.deliver(&first, now()).await, Outcome::Retry { failure: Failure::Unreachable, after: None });
        let soon = now() + Duration::from_secs(23 * 3600 - 1);
        assert!(matches!(sink.deliver(&again(&first), soon).await, Outcome::Sent { reference: Some(_) }));
        assert_eq!(world.resend.mails().len(), 1);
        let late = now() + Duration::from_secs(23 * 3600);
        assert_eq!(sink.deliver(&again(&first), late).await, Outcome::GiveUp { failure: Failure::TooLate });
        assert_eq!(world.resend.calls().len(), 2, "a late attempt calls nobody");
    }
}

#[tokio::test]
async fn each_answer_of_resend_is_told_for_what_it_is() {
    let world = World::new().await;
    let sink = world.sink("resend", DeliveryKind::Confirmation);
    world.resend.fail_next([
        Fault::TooMany(3),
        Fault::DailyQuota,
        Fault::MonthlyQuota,
        Fault::Forbidden,
        Fault::Concurrent,
        Fault::HtmlPage,
    ]);
    for (seconds, failure) in [(3, Failure::TooMany), (3600, Failure::TooMany), (3600, Failure::TooMany)] {
        assert_eq!(deliver(&*sink).await, Outcome::Pause { failure, wait: Duration::from_secs(seconds) });
    }
    assert_eq!(deliver(&*sink).await, Outcome::Park { failure: Failure::Refused });
    for _ in 0..2 {
        assert_eq!(deliver(&*sink).await, Outcome::Retry { failure: Failure::Broken, after: None });
    }
    assert!(matches!(deliver(&*sink).await, Outcome::Sent { .. }));
    // The same key with other words: an earlier letter went out, and a person has to look.
    let mut other = lead();
    other.language = "en".into();
    assert_eq!(sink.deliver(&claim(&*sink, other), now()).await, Outcome::GiveUp { failure: Failure::TooLate });
    sink.ready().await.unwrap();
}

#[tokio::test]
async fn no_value_begins_a_header() {
    let hostile = [
        "a@visitor.example\r\nBcc: victim@victim.example",
        "a@visitor.example, victim@victim.example",
        "victim@victim.example> <a@visitor.example",
        "\"a\r\nBcc: victim@victim.example\"@visitor.example",
    ];
    for address in hostile {
        let mut world = World::new().await;
        let mut lead = lead();
        let mut values = lead.values.reveal().clone();
        values.insert("email".into(), address.into());
        values.insert("name".into(), "Ada\r\nBcc: victim@victim.example".into());
        lead.values = Personal::new(values);
        let server = world.mail_server().await;
        let confirmation = world.sink("resend", DeliveryKind::Confirmation);
        let outcome = confirmation.deliver(&claim(&*confirmation, lead.clone()), now()).await;
        assert_eq!(outcome, Outcome::GiveUp { failure: Failure::Rejected }, "{address:?}");
        // Operations still read what was sent, and nobody else does.
        let notification = world.sink("resend", DeliveryKind::Notification);
        assert!(matches!(notification.deliver(&claim(&*notification, lead), now()).await, Outcome::Sent { .. }), "{address:?}");
        let mails = server.mails();
        assert_eq!((mails.len(), &mails[0].to[..], &mails[0].reply_to), (1, &["ops@acme.example".to_owned()][..], &None), "{address:?}");
        let head = mails[0].text.split("\r\n\r\n").next().unwrap();
        // A boundary is random, and may hold these letters.
        assert!(!head.lines().any(|line| line.trim_start().to_lowercase().starts_with("bcc")), "{head}");
    }
}

#[tokio::test]
async fn a_mail_server_gets_both_with_ids_that_stay_the_same() {
    let mut world = World::new().await;
    let server = world.mail_server().await;
    for kind in KINDS {
        let sink = world.sink("resend", kind);
        let first = claim(&*sink, lead());
        assert_eq!(sink.deliver(&first, now()).await, Outcome::Sent { reference: None });
        assert_eq!(sink.deliver(&again(&first), now()).await, Outcome::Sent { reference: None });
        sink.ready().await.unwrap();
    }
    let keys: Vec<String> = server.mails().into_iter().map(|mail| mail.key).collect();
    let expected = ["confirmation", "confirmation", "notification", "notification"].map(|kind| format!("<{LEAD}.{kind}@acme.example>"));
    assert_eq!(keys, expected);
    assert!(server.mails()[0].text.contains("multipart/alternative"));
}

#[tokio::test]
async fn each_reply_of_a_mail_server_is_told_for_what_it_is() {
    let mut world = World::new().await;
    let server = world.mail_server().await;
    let sink = world.sink("resend", DeliveryKind::Confirmation);
    server.fail_next([Fault::TooMany(1), Fault::Broken, Fault::Dropped, Fault::DroppedAfterSaving, Fault::Unauthorized, Fault::Missing]);
    let retry = |failure| Outcome::Retry { failure, after: None };
    assert_eq!(deliver(&*sink).await, retry(Failure::TooMany));
    assert_eq!(deliver(&*sink).await, retry(Failure::Broken));
    for _ in 0..2 {
        assert!(matches!(deliver(&*sink).await, Outcome::Retry { failure: Failure::Unreachable | Failure::Strange, .. }));
    }
    assert_eq!(deliver(&*sink).await, Outcome::Park { failure: Failure::Refused });
    assert_eq!(deliver(&*sink).await, Outcome::GiveUp { failure: Failure::Rejected });
    drop(server);
}

#[tokio::test]
async fn operations_are_told_once() {
    let world = World::new().await;
    let operations = adapters::operations(&world.contract, &world.config, &world.egress()).unwrap();
    let sink = world.sink("make", DeliveryKind::Webhook).id().clone();
    let notice =
        Notice::Alert { dead: vec![(LEAD.parse().unwrap(), sink.clone(), Failure::TooLate)], parked: vec![(sink, Failure::Refused)] };
    for _ in 0..2 {
        operations.tell(&notice, "alert/1").await.unwrap();
    }
    let mails = world.resend.mails();
    assert_eq!((mails.len(), &*mails[0].subject), (1, "Deliveries that need a person: 2"));
    assert!(mails[0].text.contains("make:webhook: the key is refused, or lacks a permission"), "{}", mails[0].text);
    world.resend.fail_next([Fault::Unauthorized]);
    assert_eq!(operations.tell(&notice, "alert/2").await, Err(Failure::Refused));
}
