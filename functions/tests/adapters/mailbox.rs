//! The operations' mailbox as the last store.

use functions::lead::Failure;
use functions::ports::{Accepted, StoreError};
use functions::stand_ins::Fault;

use crate::fixture::{LEAD, World, contract_of, entry, lead};

#[tokio::test]
async fn it_accepts_what_the_mailbox_has_acknowledged() {
    let world = World::new().await;
    let store = world.mailbox_store();
    let first = entry(&world.contract, "key", lead());
    world.resend.fail_next([Fault::Broken]);
    assert!(matches!(store.accept(&first).await, Err(StoreError::Unreachable(Failure::Broken))));
    assert_eq!(store.accept(&first).await.unwrap(), Accepted::New);
    let mails = world.resend.mails();
    assert_eq!((mails.len(), &mails[0].to[..]), (1, &["Operations <ops@acme.example>".to_owned()][..]));
    assert!(mails[0].text.contains("the only copy") && mails[0].text.contains("canary-message") && mails[0].text.contains("canary-status"));
    assert_eq!(store.accept(&first).await.unwrap(), Accepted::Replayed(LEAD.parse().unwrap()));
    let mut other = first.clone();
    other.fingerprint = "another".into();
    assert_eq!(store.accept(&other).await.unwrap(), Accepted::OtherBody);
    assert_eq!(world.resend.mails().len(), 1);
}

#[tokio::test]
async fn it_accepts_nothing_of_a_form_that_notifies_nobody() {
    let form = include_str!("contact.yaml").replace("  - { to: resend, as: notification }\n", "");
    let world = World::of(contract_of(&form)).await;
    let accepted = world.mailbox_store().accept(&entry(&world.contract, "key", lead())).await;
    assert!(matches!(accepted, Err(StoreError::Failed(_))));
    assert_eq!((world.resend.calls().len(), world.make.calls().len()), (0, 0), "the automation alone is no store");
}
