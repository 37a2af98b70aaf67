//! The program is killed: before a lead is stored, after it is and before anybody knows, between a delivery and its mark, and at random.

use std::pin::pin;
use std::time::Duration;

use functions::lead::LeadId;
use functions::stand_ins::Fault;
use futures_util::future::{Either, join_all, select};
use sqlx::{Any, AnyPool, Transaction};

use crate::people::Submission;
use crate::program::Log;
use crate::stage::{Base, Stage};

/// How often it is killed at random moments.
const KILLS: u32 = 20;

/// What keeps a store from storing as long as it lives.
struct Hold {
    _transaction: Option<(Transaction<'static, Any>, AnyPool)>,
}

impl Hold {
    async fn of(stage: &Stage) -> Self {
        let text = match &stage.base {
            // The page is looked for, and never made.
            Base::Notion => {
                stage.notion.fail_next([Fault::Pass, Fault::Silence]);
                return Self { _transaction: None };
            }
            Base::Sqlite => "UPDATE jobs SET ran = ran",
            Base::Postgresql(_) => "LOCK TABLE leads IN ACCESS EXCLUSIVE MODE",
        };
        let pool = stage.database().await;
        let mut transaction = pool.begin().await.unwrap();
        sqlx::query(text).execute(&mut *transaction).await.unwrap();
        Self { _transaction: Some((transaction, pool)) }
    }
}

pub(crate) async fn before_the_commit(mut stage: Stage) {
    let hold = Hold::of(&stage).await;
    let submission = Submission::of("ada");
    let address = stage.program.address;
    // Of two at once, one is told that the other is in flight: from then on, that one is known to wait for the store.
    let (told, waiting) = match select(submission.sending(address), submission.sending(address)).await {
        Either::Left((told, waiting)) | Either::Right((told, waiting)) => (told.unwrap().unwrap(), waiting),
    };
    assert_eq!((told.status, told.problem()), (409, "in-flight".to_owned()));
    if stage.base == Base::Notion {
        stage.notion.called(2).await;
    }
    stage.program.kill();
    assert!(waiting.await.unwrap().is_none(), "nothing was acknowledged");
    drop(hold);
    stage.restart().await;
    assert_eq!(stage.stored().await, []);
    let lead = stage.attempted(&submission, stage.sinks()).await;
    stage.drained().await;
    stage.each_once(&[lead], 1).await;
}

pub(crate) async fn between_commit_and_reply(mut stage: Stage) {
    // The line that says so comes between the two, and there is no room for it.
    stage.restart_with(Log::Full).await;
    let submission = Submission::of("ada");
    let sending = submission.sending(stage.program.address);
    let stored = loop {
        if let [lead] = stage.stored().await[..] {
            break lead;
        }
    };
    assert!(!sending.is_finished());
    stage.program.kill();
    assert!(sending.await.unwrap().is_none(), "nothing was acknowledged");
    stage.restart().await;
    assert_eq!(stage.attempted(&submission, stage.sinks()).await, stored, "the repetition gets the id of what is stored");
    stage.drained().await;
    stage.each_once(&[stored], 1).await;
}

pub(crate) async fn between_a_write_and_its_mark(mut stage: Stage) {
    let mut leads = Vec::new();
    if stage.base != Base::Notion {
        let called = stage.notion.calls().len();
        stage.notion.fail_next([Fault::Pass, Fault::SilenceAfterSaving]);
        leads.push(stage.acknowledged(&Submission::of("ada")).await);
        stage.notion.called(called + 2).await;
        killed(&mut stage).await;
    }
    stage.resend.fail_next([Fault::SilenceAfterSaving, Fault::SilenceAfterSaving]);
    let called = stage.resend.calls().len();
    leads.push(stage.acknowledged(&Submission::of("grace")).await);
    stage.resend.called(called + 2).await;
    killed(&mut stage).await;
    stage.make.fail_next([Fault::SilenceAfterSaving]);
    let called = stage.make.calls().len();
    let last = stage.acknowledged(&Submission::of("hedy")).await;
    stage.make.called(called + 1).await;
    killed(&mut stage).await;
    leads.push(last);
    stage.each_once(&leads, 2).await;
    // Nobody can know whether a webhook got a call: it gets the same id again.
    let calls = stage.make.calls();
    assert_eq!(calls.iter().filter(|call| call.body["id"] == last.to_string().as_str()).count(), 2);
}

async fn killed(stage: &mut Stage) {
    stage.restart().await;
    stage.drained().await;
}

pub(crate) async fn at_random_moments(mut stage: Stage) {
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let (mut waiting, mut leads): (Vec<Submission>, Vec<LeadId>) = Default::default();
    for round in 0..KILLS {
        waiting.extend([0, 1].map(|n| Submission::of(&format!("somebody-{round}-{n}"))));
        stage.later(90).await;
        let address = stage.program.address;
        let moment = stage.calls() + chance.below(12);
        let mut answers = None;
        {
            let mut sent = pin!(join_all(waiting.iter().map(|submission| submission.send(address))));
            tokio::select! {
                all = &mut sent => answers = Some(all),
                () = stage.called(moment) => {}
            }
            // A moment between two calls, which nothing announces: the length of this pause is what is random, and nothing waits for it.
            tokio::time::sleep(Duration::from_micros(chance.below(3000) as u64)).await;
            stage.program.kill();
            if answers.is_none() {
                answers = Some(sent.await);
            }
        }
        stage.restart().await;
        let mut again = Vec::new();
        for (submission, answer) in waiting.drain(..).zip(answers.into_iter().flatten()) {
            match answer.as_ref().map(|answer| (answer, answer.acknowledged())) {
                Some((_, Some(lead))) => leads.push(lead),
                Some((answer, None)) => panic!("{answer:?}\n{}", stage.written.text()),
                None => again.push(submission),
            }
        }
        waiting = again;
    }
    for submission in &waiting {
        leads.push(stage.acknowledged(submission).await);
    }
    assert_eq!(leads.len(), 2 * KILLS as usize);
    stage.restart().await;
    stage.drained().await;
    // A webhook may be called again after each kill, with the same id.
    stage.each_once(&leads, KILLS as usize).await;
}

/// Numbers that look random and are the same each time (xorshift64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % most as u64).unwrap()
    }
}
