//! No lead is ever lost: the table of faults, each row with the real program as a process of its own, which is killed where it says so.
//!
//! On SQLite and on PostgreSQL, and with Notion as the store of a site without a database. Every acknowledged lead is found once in the store
//! and once at every recipient; who repeats itself is told the same id.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod canary;
mod gone;
mod kills;
mod people;
#[path = "../support/postgres.rs"]
mod postgres;
mod program;
mod services;
mod stage;

use postgres::Postgres;
use stage::{Base, Stage};
use tokio::runtime::{Builder, Runtime};

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// Each case is a test on SQLite, and where `everywhere` says so with Notion as the store. On PostgreSQL they are one test, since a server
/// takes seconds to start: the last name printed is that of the case that failed.
macro_rules! table {
    (everywhere { $($part:ident: $($case:ident),+;)+ } databases { $($db_part:ident: $($db_case:ident),+;)+ }) => {
        mod sqlite {
            use super::{Base, Stage, runtime};
            $($(#[test] fn $case() { runtime().block_on(async { super::$part::$case(Stage::on(Base::sqlite()).await).await }); })+)+
            $($(#[test] fn $db_case() { runtime().block_on(async { super::$db_part::$db_case(Stage::on(Base::sqlite()).await).await }); })+)+
        }

        mod notion {
            use super::{Base, Stage, runtime};
            $($(#[test] fn $case() { runtime().block_on(async { super::$part::$case(Stage::on(Base::Notion).await).await }); })+)+
        }

        fn on(server: &Postgres, runtime: &Runtime) {
            $($(
                println!("{}", stringify!($case));
                runtime.block_on(async {
                    $part::$case(Stage::on(Base::Postgresql(server.database(stringify!($case)).await)).await).await;
                });
            )+)+
            $($(
                println!("{}", stringify!($db_case));
                runtime.block_on(async {
                    $db_part::$db_case(Stage::on(Base::Postgresql(server.database(stringify!($db_case)).await)).await).await;
                });
            )+)+
        }
    };
}

table! {
    everywhere {
        kills: before_the_commit, between_commit_and_reply, between_a_write_and_its_mark, at_random_moments;
        people: one_key_is_one_submission, the_clock_may_call_twice_and_late;
        services: resend_breaks_off, resend_no_longer_recognises_a_repetition, a_pause_is_of_one_sink, the_webhook_is_tried_again;
        canary: nothing_that_people_send_is_written_down;
    }
    databases {
        services: notion_asks_to_wait, notion_breaks_with_and_without_saving, notion_lets_nobody_in;
        gone: the_database_comes_back;
    }
}

#[test]
fn postgresql() {
    let mut server = Postgres::start();
    let runtime = runtime();
    on(&server, &runtime);
    println!("the server is gone");
    let url = runtime.block_on(server.database("gone"));
    runtime.block_on(async { gone::without_its_database(Stage::on(Base::Postgresql(url)).await, || server.stop()).await });
}

#[test]
fn without_a_database() {
    runtime().block_on(async { gone::without_notion(Stage::on(Base::Notion).await).await });
}

#[test]
fn a_silence_ends() {
    runtime().block_on(async { services::resend_is_silent(Stage::on(Base::sqlite()).await).await });
}
