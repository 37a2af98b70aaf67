//! The store: one suite on both databases, each case on an empty one.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod coming;
mod going;
mod keeping;
mod model;
mod notices;
mod place;
#[path = "../support/postgres.rs"]
mod postgres;
mod projects;
mod requests;
mod sample;
mod world;

use postgres::Postgres;
use sample::Base;
use tokio::runtime::{Builder, Runtime};

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// Each case is a test on SQLite. On PostgreSQL they are one test, since a server takes seconds to start: the last name printed is that of
/// the case that failed.
macro_rules! suite {
    ($($part:ident: $($case:ident),+;)+) => {
        mod sqlite {
            $($(
                #[test]
                fn $case() {
                    super::runtime().block_on(super::$part::$case(&super::Base::sqlite()));
                }
            )+)+
        }

        fn on(server: &Postgres, runtime: &Runtime) {
            $($(
                println!("{}", stringify!($case));
                runtime.block_on(async {
                    $part::$case(&Base { url: server.database(stringify!($case)).await, folder: None }).await;
                });
            )+)+
        }
    };
}

suite! {
    coming: a_lead_comes_back_as_it_came, a_key_is_for_one_submission, equal_keys_at_once_are_one_lead, a_proof_is_spent_once,
        limits_hold_across_instances, what_is_cut_short_is_whole_or_not_there,
        a_connection_that_was_let_down_writes_what_comes_next;
    going: no_delivery_is_claimed_twice, a_lease_that_ran_out_is_claimed_again, a_stopped_sink_is_skipped, what_is_held_waits,
        retried_is_what_the_filter_says, the_longest_due_come_first;
    keeping: lists_are_filtered_and_sorted, nothing_remains_of_an_erased_lead, counts_tell_what_waits, sweeping_forgets_what_is_void,
        jobs_note_when_they_ran, a_receipt_is_kept_once_and_comes_back_as_it_came;
    notices: an_address_is_taken_by_one_and_told_once, what_failed_is_attempted_when_somebody_says_so,
        a_run_that_is_killed_goes_on_and_one_more_does_nothing, a_copy_has_the_notices_and_an_erasure_leaves_none;
    place: what_was_restored_hands_nothing_out_until_the_erasures_are_done_again, what_stays_where_it_is_is_whole,
        a_part_that_was_not_noted_says_nothing;
    projects: a_code_opens_its_project_until_it_is_revoked, projects_are_replaced_as_a_whole, a_failed_guess_spends_its_proof_and_counts;
    requests: a_request_is_confirmed_once_and_in_time, an_erasure_leaves_nothing_but_what_is_left_to_do, what_is_held_back_is_delivered_to_nobody,
        tasks_are_taken_by_one_and_close_their_request, a_closed_request_names_nobody, erased_leads_that_come_back_are_found,
        an_erasure_that_is_cut_short_has_not_happened;
    world: tables_are_made_once, columns_are_those_that_are_told, no_error_quotes_a_value;
}

#[test]
fn postgresql() {
    let mut server = Postgres::start();
    let runtime = runtime();
    on(&server, &runtime);
    println!("the model");
    model::agrees(8, |number| {
        let name = format!("model_{number}");
        Base { url: runtime.block_on(server.database(&name)), folder: None }
    });
    println!("frozen");
    runtime.block_on(async { coming::what_is_frozen_holds_nobody_up(&Base { url: server.database("frozen").await, folder: None }).await });
    println!("the server is gone");
    let url = runtime.block_on(server.database("gone"));
    runtime.block_on(world::a_server_that_stops_is_unreachable(&url, || server.stop()));
}

#[test]
fn sqlite_agrees_with_the_model() {
    model::agrees(24, |_| Base::sqlite());
}

#[test]
fn what_does_not_answer_is_unreachable_in_time() {
    runtime().block_on(world::what_does_not_answer_is_unreachable_in_time());
}
