//! Retention: eleven years of leads, projects, receipts and privacy requests, on SQLite, PostgreSQL and Notion; what the job says, and who hears
//! that it stays away.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod gone;
mod job;
mod judge;
mod people;
#[path = "../support/postgres.rs"]
mod postgres;
mod walk;
mod world;

use postgres::Postgres;
use tokio::runtime::{Builder, Runtime};
use world::Base;

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

// Promises: cresco/keep-leads, cresco/keep-projects
#[test]
fn eleven_years_on_sqlite() {
    let runtime = runtime();
    walk::eleven_years(&runtime, 2, |_| runtime.block_on(Base::sqlite()));
}

// Promises: cresco/keep-leads, cresco/keep-projects
#[test]
fn eleven_years_on_postgresql() {
    let (server, runtime) = (Postgres::start(), runtime());
    walk::eleven_years(&runtime, 1, |number| runtime.block_on(async { Base::at(&server.database(&format!("walk_{number}")).await).await }));
}

// Promises: cresco/keep-leads
#[test]
fn eleven_years_in_notion() {
    let runtime = runtime();
    walk::eleven_years(&runtime, 1, |_| runtime.block_on(Base::notion()));
}

#[test]
fn eleven_years_in_a_database_and_notion() {
    let runtime = runtime();
    walk::eleven_years(&runtime, 1, |_| runtime.block_on(Base::both()));
}
