//! A change of the policy by Resend and by a mail server: once each, whatever happens in between.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use functions::adapters;
use functions::announcement::{Announcement, Change, Fate, Line, Section};
use functions::announcing::{self, Announcing, Audience, Done, Stopped};
use functions::guard::Keys;
use functions::lead::{Failure, Lead, LeadId};
use functions::personal::Personal;
use functions::ports::Notices;
use functions::stand_ins::Fault;
use functions::store::{self, Patience, SqlStore};
use jiff::civil::date;
use tempfile::TempDir;

use crate::fixture::{World, lead};

/// Version 2, in both languages.
pub(crate) fn announcement() -> Announcement {
    let text = |text: &str| Some(text.to_owned());
    let change = |language: &str| {
        let [title, day, path, long, was, becomes, news, added, old, removed] = match language {
            "en" => {
                let [was, becomes] = ["Enquiries are kept for 2 years.", "Enquiries are kept for 3 years."];
                [
                    "Privacy policy",
                    "1 July 2026",
                    "",
                    "How long",
                    was,
                    becomes,
                    "Newsletter",
                    "We send one a month.",
                    "Fax",
                    "We keep faxes.",
                ]
            }
            _ => {
                let [was, becomes] = ["Les demandes sont gardées 2 ans.", "Les demandes sont gardées 3 ans."];
                [
                    "Politique <b>de</b> confidentialité",
                    "1er juillet 2026",
                    "/fr",
                    "Durées",
                    was,
                    becomes,
                    "Lettre",
                    "Une par mois.",
                    "Télécopie",
                    "Gardées.",
                ]
            }
        };
        let lines = vec![
            Line { was: text(was), becomes: text(becomes) },
            Line { was: None, becomes: text(added) },
            Line { was: text(removed), becomes: None },
        ];
        let new = Section { heading: text(news), fate: Fate::New, lines: vec![Line { was: None, becomes: text(added) }] };
        let gone = Section { heading: text(old), fate: Fate::Gone, lines: vec![Line { was: text(removed), becomes: None }] };
        let whole = format!("https://acme.example{path}/privacy/versions/2/");
        let word_by_word = Some(format!("https://acme.example{path}/privacy/changes/"));
        let sections = vec![Section { heading: text(long), fate: Fate::Changed, lines }, new, gone];
        (language.to_owned(), Change { title: title.to_owned(), day: day.to_owned(), whole, word_by_word, sections })
    };
    Announcement {
        policy: "privacy".into(),
        version: "2".into(),
        seal: "5ea1".repeat(16),
        effective: date(2026, 7, 1),
        texts: ["en", "fr"].map(change).into(),
    }
}

/// A world with a database, and people who wrote to the site.
struct Office {
    world: World,
    store: Arc<SqlStore>,
    audience: Audience,
    _folder: TempDir,
}

impl Office {
    async fn of(world: World, people: u8) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = store::open(&format!("sqlite:{}/leads.db", folder.path().display()), Patience::default()).unwrap();
        store.migrate().await.unwrap();
        let from = |n: u8| {
            let mut values = lead().values.reveal().clone();
            values.insert("email".into(), format!("canary-{n}@visitor.example").into());
            let language = if n == 0 { "en" } else { "fr" }.to_owned();
            Lead { id: LeadId::of_digest([n; 16]), language, values: Personal::new(values), ..lead() }
        };
        let leads: Vec<Lead> = (0..people).map(from).collect();
        let keys = Keys::new(world.config.secret.clone());
        let audience = announcing::audience(&world.contract, &keys, &announcement(), &leads, &BTreeSet::new());
        Self { world, store: Arc::new(store), audience, _folder: folder }
    }

    fn announcing(&self) -> Announcing {
        let announcer = adapters::announcer(&self.world.contract, &self.world.config, &self.world.egress()).unwrap();
        Announcing { notices: self.store.clone(), announcer, clock: self.world.clock.clone(), pace: Duration::from_millis(1) }
    }

    async fn run(&self) -> Done {
        self.announcing().run(&announcement(), &self.audience, None, |_| {}).await.unwrap()
    }

    fn later(&self, seconds: u64) {
        *self.world.clock.0.lock().unwrap() += Duration::from_secs(seconds);
    }

    /// Whom Resend has sent letters, and how many each.
    fn told(&self) -> BTreeMap<String, usize> {
        let mut told = BTreeMap::new();
        for mail in self.world.resend.mails() {
            *told.entry(mail.to.join(" ")).or_default() += 1;
        }
        told
    }
}

// Promises: cluently/notice-of-changes
#[tokio::test]
async fn everybody_is_told_once_in_their_language_however_often_it_runs() {
    let office = Office::of(World::new().await, 3).await;
    assert_eq!((office.run().await.sent, office.run().await.already), (3, 3));
    assert!(office.told().len() == 3 && office.told().values().all(|letters| *letters == 1), "{:?}", office.told().values());
    let mails = office.world.resend.mails();
    let english = mails.iter().find(|mail| mail.to == ["canary-0@visitor.example"]).unwrap();
    assert_eq!(english.subject, "Acme: “Privacy policy” changes on 1 July 2026");
    assert!(english.key.starts_with("notice/5ea15ea15ea15ea1/") && !english.key.contains("canary"), "{}", english.key);
    let french = mails.iter().find(|mail| mail.to == ["canary-1@visitor.example"]).unwrap();
    assert_eq!(french.subject, "Acme\u{a0}: «\u{a0}Politique <b>de</b> confidentialité\u{a0}» change le 1er juillet 2026");
    for mail in &mails {
        assert!(![&mail.text, &mail.html].iter().any(|text| text.contains("canary")), "a letter repeats nothing that was typed");
    }
}

// Promises: cluently/notice-of-changes
#[tokio::test]
async fn killed_at_any_letter_it_goes_on_and_nobody_has_two() {
    for fault in [Fault::Silence, Fault::SilenceAfterSaving] {
        let office = Office::of(World::new().await, 5).await;
        office.world.resend.fail_next([Fault::Pass, Fault::Pass, fault]);
        let (announcing, audience) = (office.announcing(), office.audience.clone());
        let run = tokio::spawn(async move { announcing.run(&announcement(), &audience, None, |_| {}).await });
        office.world.resend.called(3).await;
        run.abort();
        assert!(run.await.unwrap_err().is_cancelled());
        office.later(61);
        let done = office.run().await;
        assert_eq!((done.already, done.sent, done.stopped), (2, 3, None));
        assert!(office.told().len() == 5 && office.told().values().all(|letters| *letters == 1), "{fault:?}");
    }
}

#[tokio::test]
async fn what_may_have_arrived_is_not_sent_again_after_a_day_unless_somebody_says_so() {
    let office = Office::of(World::new().await, 1).await;
    office.world.resend.fail_next([Fault::DroppedAfterSaving]);
    assert_eq!((office.run().await.left, office.told().len()), (1, 1));
    office.later(23 * 3600);
    assert_eq!((office.run().await.failed, office.run().await.failed), (1, 1));
    assert_eq!(office.world.resend.calls().len(), 1, "nobody is called for it");
    assert_eq!(office.store.forget_failed(&announcement().seal).await.unwrap(), 1);
    assert_eq!(office.run().await.sent, 1);
}

#[tokio::test]
async fn a_rate_limit_puts_off_and_a_quota_ends_the_run() {
    let office = Office::of(World::new().await, 3).await;
    office.world.resend.fail_next([Fault::Pass, Fault::TooMany(0), Fault::TooMany(0), Fault::Pass, Fault::DailyQuota]);
    let done = office.run().await;
    assert_eq!((done.sent, done.left, done.stopped), (2, 1, Some(Stopped::Later(3600))));
    // The next day is as good as the first: what was turned away has not arrived.
    office.later(24 * 3600);
    let done = office.run().await;
    assert_eq!((done.already, done.sent, done.failed), (2, 1, 0));
    assert!(office.told().len() == 3 && office.told().values().all(|letters| *letters == 1));
}

#[tokio::test]
async fn a_mail_server_is_given_each_letter_with_an_id_that_stays() {
    let mut world = World::new().await;
    let server = world.mail_server().await;
    let office = Office::of(world, 3).await;
    server.fail_next([Fault::Pass, Fault::DroppedAfterSaving]);
    let done = office.run().await;
    assert_eq!((done.sent, done.left), (2, 1));
    let done = office.run().await;
    assert_eq!((done.already, done.sent), (2, 1));
    let ids: Vec<String> = server.mails().into_iter().map(|mail| mail.key).collect();
    // A mail server knows no keys: one was taken twice, and readers see that it is the same.
    assert_eq!((ids.len(), ids.iter().collect::<BTreeSet<_>>().len()), (4, 3), "{ids:?}");
}

#[tokio::test]
async fn what_is_no_address_fails_alone_and_a_company_that_nobody_declared_gets_nothing() {
    let mut office = Office::of(World::new().await, 2).await;
    office.audience.addressees[0].address = Personal::new("a@visitor.example, victim@victim.example".to_owned());
    let done = office.run().await;
    assert_eq!((done.failed, done.sent), (1, 1));
    let mut office = Office::of(World::new().await, 1).await;
    "https://mails.example".clone_into(&mut office.world.config.addresses.resend);
    assert_eq!(office.run().await.stopped, Some(Stopped::Refused(Failure::Undeclared)));
}
