//! The outside services fail in each way that they are known to.

use functions::lead::{DeliveryState, Failure};
use functions::stand_ins::Fault;
use jiff::Timestamp;

use crate::people::Submission;
use crate::stage::Stage;

const HOUR: i64 = 3600;

pub(crate) async fn resend_breaks_off(mut stage: Stage) {
    stage.resend.fail_next([Fault::DroppedAfterSaving, Fault::DroppedAfterSaving]);
    let lead = stage.attempted(&Submission::of("ada"), stage.sinks()).await;
    stage.drained().await;
    stage.each_once(&[lead], 1).await;
    assert_eq!(stage.resend.calls().len(), 4, "each letter was sent again, under its own key");
}

pub(crate) async fn resend_is_silent(mut stage: Stage) {
    stage.resend.fail_next([Fault::SilenceAfterSaving, Fault::Silence]);
    let lead = stage.attempted(&Submission::of("ada"), stage.sinks()).await;
    assert_eq!(stage.resend.mails().len(), 1);
    stage.drained().await;
    stage.each_once(&[lead], 1).await;
}

pub(crate) async fn resend_no_longer_recognises_a_repetition(mut stage: Stage) {
    stage.resend.fail_next([Fault::DroppedAfterSaving, Fault::DroppedAfterSaving]);
    let lead = stage.attempted(&Submission::of("ada"), stage.sinks()).await;
    // What goes on after the answer would look for more deliveries while the time passes.
    stage.restart().await;
    stage.later(23 * HOUR).await;
    assert_eq!(stage.job().await.json()["dead"], 2);
    let rows = stage.deliveries().await;
    let dead: Vec<_> = rows.iter().filter(|row| row.state == DeliveryState::Dead).map(|row| row.failure).collect();
    assert_eq!(dead, [Some(Failure::TooLate); 2]);
    assert_eq!(stage.alerts().len(), 1, "a person is told, and looks");
    stage.each_once(&[lead], 1).await;
}

pub(crate) async fn a_pause_is_of_one_sink(mut stage: Stage) {
    stage.resend.fail_next([Fault::TooMany(3600)]);
    let first = stage.attempted(&Submission::of("ada"), stage.sinks()).await;
    let second = stage.attempted(&Submission::of("grace"), stage.sinks() - 1).await;
    assert_eq!(stage.resend.calls().len(), 3, "the sink that was asked to wait waits, and the other does not");
    assert_eq!((stage.make.calls().len(), stage.pages().len()), (2, 2));
    assert_eq!(stage.job().await.json()["sent"], 0);
    stage.restart().await;
    stage.later(HOUR).await;
    stage.drained().await;
    stage.each_once(&[first, second], 1).await;
}

pub(crate) async fn the_webhook_is_tried_again(mut stage: Stage) {
    stage.make.fail_next([Fault::QueueFull, Fault::Gone, Fault::TooMany(1)]);
    let lead = stage.attempted(&Submission::of("ada"), stage.sinks()).await;
    stage.drained().await;
    stage.each_once(&[lead], 4).await;
    assert_eq!(stage.make.calls().len(), 4);
}

pub(crate) async fn notion_asks_to_wait(mut stage: Stage) {
    let mut leads = Vec::new();
    for (n, fault) in [Fault::TooMany(3600), Fault::Overloaded(3600)].into_iter().enumerate() {
        stage.notion.fail_next([fault]);
        leads.push(stage.attempted(&Submission::of(&format!("first-{n}")), 4).await);
        let made = stage.made();
        leads.push(stage.attempted(&Submission::of(&format!("second-{n}")), 3).await);
        assert_eq!(stage.job().await.json()["sent"], 0);
        assert_eq!(stage.made(), made, "{fault:?}: it is left alone");
        assert_eq!((stage.resend.mails().len(), stage.make.calls().len()), (2 * leads.len(), leads.len()), "mails still go");
        stage.later(HOUR).await;
        stage.drained().await;
    }
    stage.each_once(&leads, 1).await;
}

pub(crate) async fn notion_breaks_with_and_without_saving(mut stage: Stage) {
    let mut leads = Vec::new();
    let saved = [Fault::BrokenAfterSaving, Fault::DroppedAfterSaving, Fault::Committed];
    for (n, fault) in saved.into_iter().chain([Fault::Broken, Fault::Dropped, Fault::HtmlPage]).enumerate() {
        stage.notion.fail_next([Fault::Pass, fault]);
        leads.push(stage.attempted(&Submission::of(&format!("somebody-{n}")), 4).await);
        assert_eq!(stage.pages().len(), leads.len().min(3), "{fault:?}");
    }
    stage.drained().await;
    stage.each_once(&leads, 1).await;
}

pub(crate) async fn notion_lets_nobody_in(mut stage: Stage) {
    let hour = || Timestamp::now().as_second().div_euclid(HOUR);
    let (mut leads, begun) = (Vec::new(), hour());
    for (n, fault) in [Fault::Unauthorized, Fault::Forbidden].into_iter().enumerate() {
        // The job tries the key again, which is as wrong as before.
        stage.notion.fail_next([fault, fault]);
        leads.push(stage.attempted(&Submission::of(&format!("first-{n}")), 4).await);
        leads.push(stage.attempted(&Submission::of(&format!("second-{n}")), 3).await);
        let (made, pages) = (stage.made(), stage.pages().len());
        stage.later(30 * 24 * HOUR).await;
        assert_eq!(stage.job().await.json()["sent"], 0);
        assert_eq!((stage.made(), stage.pages().len()), (made, pages), "{fault:?}: only the key is tried");
        let alerts = stage.alerts().len();
        assert!((1..=1 + hour() - begun).contains(&(alerts as i64)), "one in an hour: {alerts}");
        stage.drained().await;
    }
    stage.each_once(&leads, 1).await;
}
