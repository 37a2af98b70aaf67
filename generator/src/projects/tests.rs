//! Projects are read as they were written, and what is wrong with a file is told at once.

use std::sync::Arc;

use functions::project::{Deliverable, Milestone, Phase, Progress, Project, ProjectId, Update};
use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::{STATUSES, read, write};

/// A text of one line with something in it.
fn line() -> impl Strategy<Value = String> {
    "\\PC{0,12}[a-z\u{e9}:#\"'\\\\\u{1f600}]\\PC{0,12}"
}

/// A text of several lines.
fn lines() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[a-z \n:#'\"-]{0,20}[a-z][a-z \n\u{e9}]{0,20}", line()]
}

fn day() -> impl Strategy<Value = Date> {
    (2020..2040_i16, 1..13_i8, 1..29_i8).prop_map(|(year, month, day)| date(year, month, day))
}

fn status() -> impl Strategy<Value = Progress> {
    (0..STATUSES.len()).prop_map(|at| STATUSES[at].1)
}

/// A start and an end in their order, as far as they are there.
fn period() -> impl Strategy<Value = (Option<Date>, Option<Date>)> {
    (proptest::option::of(day()), proptest::option::of(day())).prop_map(|(a, b)| match (a, b) {
        (Some(a), Some(b)) => (Some(a.min(b)), Some(a.max(b))),
        other => other,
    })
}

fn phase() -> impl Strategy<Value = Phase> {
    let milestone = (line(), status(), proptest::option::of(day())).prop_map(|(name, status, due)| Milestone { name, status, due });
    let link = proptest::option::of("https://[a-z.]{1,9}(/[a-z?#=&%:]{0,9})?");
    let deliverable = (line(), status(), link).prop_map(|(name, status, link)| Deliverable { name, status, link });
    let parts = (proptest::collection::vec(milestone, 0..3), proptest::collection::vec(deliverable, 0..3));
    (line(), status(), period(), parts).prop_map(|(name, status, (start, end), (milestones, deliverables))| Phase {
        name,
        status,
        start,
        end,
        milestones,
        deliverables,
    })
}

fn project() -> impl Strategy<Value = Project> {
    let update = (day(), line(), lines()).prop_map(|(day, title, text)| Update { day, title, text });
    let lists = (proptest::collection::vec(phase(), 0..3), proptest::collection::vec(update, 0..3));
    let of = (proptest::option::of("[a-z]{2}(-[A-Z]{2})?"), proptest::option::of("cus_[A-Za-z0-9]{1,14}"), proptest::option::of(day()));
    ("[a-z0-9][a-z0-9-]{0,9}", line(), status(), period(), of, lists).prop_map(
        |(id, name, status, (start, end), (language, customer, closed), (phases, mut updates))| {
            updates.sort_by(|a, b| b.day.cmp(&a.day));
            let closed = closed.filter(|closed| start.is_none_or(|start| start <= *closed));
            Project { id: ProjectId(id), name, language, status, start, end, closed, customer, phases, updates }
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(project in project()) {
        let text = write(&project);
        let file = Arc::from(format!("{}.yaml", project.id));
        let read = read(&file, &text);
        prop_assert_eq!(read.diagnostics, [], "{}", text);
        prop_assert_eq!(read.value, Some(project), "{}", text);
    }

    #[test]
    fn no_text_panics(text in "\\PC*") {
        let _ = read(&Arc::from("a.yaml"), &text);
    }
}

/// What is said of a file, a line each.
fn said(file: &str, text: &str) -> Vec<String> {
    let read = read(&Arc::from(file), text);
    assert_eq!(read.value.is_some(), read.diagnostics.is_empty());
    read.diagnostics.iter().map(|diagnostic| diagnostic.short(|_| Some(text))).collect()
}

#[test]
fn everything_wrong_is_told_with_its_line() {
    let text = "\
id: other
status: inprogress
start: 2027-02-30
end: 2027-01-01
colour: red
customer: 12
phases:
  - name: Audit
    status: done
    start: 2027-03-01
    end: 2027-02-01
    deliverables:
      - { name: Report, status: done, link: 'http://a.example' }
  - status: planned
updates:
  - { title: News }
";
    let found = said("acme.yaml", text);
    let expected = [
        "acme.yaml:1:5: error[invalid-project]: the id is not the name of the file, which is `acme`",
        "acme.yaml:3:8: error[wrong-type]: `start` must be a day, such as `2027-01-31`",
        "acme.yaml:6:11: error[wrong-type]: `customer` must be Stripe's id of a client, such as `cus_NffrFeUfNV2Hib`",
        "acme.yaml:16:5: error[invalid-project]: `day` is missing",
        "acme.yaml:1:1: error[invalid-project]: `name` is missing",
        "acme.yaml:2:9: error[wrong-type]: `status` must be a status",
        "acme.yaml:11:10: error[invalid-project]: `end` is before `start`",
        "acme.yaml:13:45: error[wrong-type]: `link` must be an address that begins with `https://`",
        "acme.yaml:14:5: error[invalid-project]: `name` is missing",
        "acme.yaml:5:1: error[unknown-key]: the project has no key `colour`",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_file_has_the_name_of_a_project_and_something_in_it() {
    assert_eq!(said("Acmé.yaml", "name: A\nstatus: done\n"), ["Acmé.yaml:1:1: error[invalid-project]: `Acmé` is no id of a project"]);
    assert_eq!(said("a.yaml", ""), ["a.yaml:1:1: error[invalid-project]: the file is empty"]);
    assert!(said("folder/a.yaml", "name: A\nstatus: done\n").is_empty());
}
