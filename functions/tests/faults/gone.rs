//! The store itself is gone: the next one takes over, and nothing is acknowledged that none has.

use std::time::Instant;

use functions::stand_ins::Fault;
use sqlx::{AssertSqlSafe, Connection};

use crate::people::Submission;
use crate::stage::{Base, Stage};

/// How long a database that was out of reach is left alone.
const REST: u64 = 5;

/// Takes the database away, and brings it back.
async fn put(stage: &Stage, from: &str, to: &str) {
    match &stage.base {
        Base::Postgresql(url) => {
            let (server, name) = url.rsplit_once('/').unwrap();
            let mut connection = sqlx::AnyConnection::connect(&format!("{server}/postgres")).await.unwrap();
            let rename = format!("ALTER DATABASE {name}{from} RENAME TO {name}{to}");
            sqlx::query(AssertSqlSafe(rename)).execute(&mut connection).await.unwrap();
        }
        _ => std::fs::rename(stage.folder.path().join(format!("base{from}")), stage.folder.path().join(format!("base{to}"))).unwrap(),
    }
}

pub(crate) async fn the_database_comes_back(mut stage: Stage) {
    let first = stage.attempted(&Submission::of("ada"), 4).await;
    stage.program.kill();
    if let Base::Postgresql(url) = &stage.base {
        let (server, name) = url.rsplit_once('/').unwrap();
        let mut connection = sqlx::AnyConnection::connect(&format!("{server}/postgres")).await.unwrap();
        // Nobody may be connected to a database that gets another name; some of ours have only just left.
        let end = format!("SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{name}'");
        sqlx::query(AssertSqlSafe(end)).execute(&mut connection).await.unwrap();
    }
    put(&stage, "", "_gone").await;
    stage.restart().await;
    let others = [Submission::of("grace"), Submission::of("hedy")];
    let mut leads = vec![first];
    for other in &others {
        leads.push(stage.attempted(other, 3).await);
    }
    assert_eq!(stage.pages().len(), 3, "Notion has taken them");
    stage.program.kill();
    put(&stage, "_gone", "").await;
    stage.restart().await;
    // Who got no answer then repeats itself now, and the database hears of it for the first time.
    for (other, lead) in others.iter().zip(&leads[1..]) {
        assert_eq!(stage.acknowledged(other).await, *lead, "it has the same id wherever it is stored");
    }
    stage.restart().await;
    stage.drained().await;
    stage.each_once(&leads, 3).await;
}

pub(crate) async fn without_its_database(mut stage: Stage, stop: impl FnOnce()) {
    stop();
    let begun = Instant::now();
    let first = stage.attempted(&Submission::of("ada"), 3).await;
    let second = stage.attempted(&Submission::of("grace"), 3).await;
    let asked = stage.written.events("store-failed");
    assert!(asked == 1 || begun.elapsed().as_secs() >= REST, "it was asked {asked} times, and is known to be down");
    let mut wanted = [first.to_string(), second.to_string()];
    let mut pages = stage.pages();
    wanted.sort_unstable();
    pages.sort_unstable();
    assert_eq!(pages, wanted);
    then_the_mailbox_and_then_nothing(&mut stage).await;
}

pub(crate) async fn without_notion(mut stage: Stage) {
    for fault in [Fault::BrokenAfterSaving, Fault::DroppedAfterSaving, Fault::Committed] {
        stage.notion.fail_next([Fault::Pass, fault]);
        stage.attempted(&Submission::of(&format!("saved-{fault:?}")), 3).await;
        stage.restart().await;
    }
    assert_eq!((stage.pages().len(), stage.resend.mails().len()), (3, 6), "what was saved is accepted");
    for fault in [Fault::Broken, Fault::TooMany(60), Fault::Overloaded(60), Fault::Forbidden] {
        stage.notion.fail_next([fault]);
        stage.acknowledged(&Submission::of(&format!("unsaved-{}", format!("{fault:?}").len()))).await;
        stage.restart().await;
    }
    assert_eq!((stage.pages().len(), stage.resend.mails().len()), (3, 10), "the mailbox takes what Notion does not");
    then_the_mailbox_and_then_nothing(&mut stage).await;
}

/// Notion is out of reach as well, and then the mailbox.
async fn then_the_mailbox_and_then_nothing(stage: &mut Stage) {
    let (pages, mails) = (stage.pages().len(), stage.resend.mails().len());
    let token = stage.variables["NOTION_TOKEN"].clone();
    stage.set("NOTION_TOKEN", "wrong").await;
    let only = Submission::of("radia");
    let lead = stage.acknowledged(&only).await;
    assert_eq!(stage.acknowledged(&only).await, lead);
    let mail = stage.resend.mails().pop().unwrap();
    assert_eq!((mail.key, mail.to), (format!("{lead}/only-copy"), vec!["Operations <ops@acme.example>".to_owned()]));
    assert_eq!((stage.pages().len(), stage.resend.mails().len()), (pages, mails + 1), "the mailbox has it once, and nobody else");

    let key = stage.variables["RESEND_API_KEY"].clone();
    stage.set("RESEND_API_KEY", "wrong").await;
    let nobody = Submission::of("barbara");
    let answer = stage.send(&nobody).await.unwrap();
    assert_eq!((answer.status, answer.problem()), (503, "unavailable".to_owned()));
    assert_eq!((stage.pages().len(), stage.resend.mails().len()), (pages, mails + 1));

    // Its client has kept it, and sends it again.
    stage.set("RESEND_API_KEY", &key).await;
    stage.set("NOTION_TOKEN", &token).await;
    let lead = stage.attempted(&nobody, 3).await;
    assert_eq!(stage.pages().iter().filter(|page| **page == lead.to_string()).count(), 1);
    assert_eq!(stage.pages().len(), pages + 1);
}
