//! What has to be so at every month's end: nothing is held past its period and the time since the job last ran through, nothing is gone before
//! its period is over but by an erasure, and every request was answered in time or operations were told.

use std::collections::{BTreeMap, BTreeSet};

use functions::ports::{Filter, Notices, ReceiptFilter, Receipts, RequestFilter, Requests, Store};
use functions::receipt::ReceiptId;
use functions::request::RequestId;
use functions::stand_ins::Notion;
use functions::store::SqlStore;
use jiff::{SignedDuration, Timestamp, ToSpan};
use proptest::prelude::*;
use registry::model::CaptureKind;

use crate::people;
use crate::walk::{Model, later};
use crate::world::{ADDRESS, Base, CUT};

pub(crate) async fn month(base: &Base, model: &Model, now: Timestamp) -> Result<(), TestCaseError> {
    leads(base, model, now).await?;
    projects(base, model, now).await?;
    let Some(database) = &base.instance.database else { return Ok(()) };
    let rows = database.leads(&Filter::default()).await.unwrap().len();
    let deliveries = database.deliveries(&Filter::default()).await.unwrap().len();
    prop_assert_eq!(deliveries, rows, "deliveries go with leads");
    let receipts: BTreeSet<ReceiptId> =
        database.receipts(&ReceiptFilter::default()).await.unwrap().into_iter().map(|receipt| receipt.id).collect();
    for (id, over) in &model.receipts {
        kept("a receipt", receipts.contains(id), *over, model.ran, now)?;
    }
    requests(database, model, now).await?;
    notices(database, model, now).await
}

async fn leads(base: &Base, model: &Model, now: Timestamp) -> Result<(), TestCaseError> {
    let mut leads = BTreeMap::new();
    for store in &base.instance.stores {
        leads.extend(store.leads(&Filter::default()).await.unwrap().into_iter().map(|lead| (lead.id, lead)));
    }
    for (id, ([whole, ..], _)) in &model.leads {
        kept("a lead", leads.contains_key(id), *whole, model.ran, now)?;
    }
    for (id, lead) in &leads {
        prop_assert!(!model.erased.contains(id), "somebody is half erased");
        let ([_, address, source], _) = model.leads[id];
        let captured = lead.captured.reveal();
        let noted = captured.get(&CaptureKind::IpAddress).map(String::as_str);
        prop_assert!(matches!(noted, Some(ADDRESS | CUT)), "a part of an address stays");
        kept("an address", noted == Some(ADDRESS), address, model.ran, now)?;
        kept("a source", captured.contains_key(&CaptureKind::Referrer), source, model.ran, now)?;
        prop_assert!(lead.values.reveal().contains_key("name"), "half a lead");
    }
    Ok(())
}

async fn projects(base: &Base, model: &Model, now: Timestamp) -> Result<(), TestCaseError> {
    let projects: BTreeSet<String> = base.instance.projects.list().await.unwrap().into_iter().map(|project| project.id.0).collect();
    for (id, over) in &model.projects {
        kept("a project", projects.contains(id), *over, model.ran, now)?;
    }
    let codes: BTreeSet<String> = base.instance.projects.codes().await.unwrap().into_iter().map(|(_, issued)| issued.project.0).collect();
    prop_assert_eq!(codes, projects, "codes go with projects");
    if let Some(notion) = &base.notion {
        let rows: BTreeSet<String> = notion.rows(Notion::PROJECTS).iter().filter_map(|row| Some(row["id"].as_str()?.to_owned())).collect();
        for step in notion.rows(Notion::STEPS) {
            let of = step["properties"]["Project"]["relation"][0]["id"].as_str().unwrap_or_default();
            prop_assert!(rows.contains(of), "what belongs to a project goes before it");
        }
    }
    Ok(())
}

async fn requests(database: &SqlStore, model: &Model, now: Timestamp) -> Result<(), TestCaseError> {
    let kept_requests = database.requests(&RequestFilter::default()).await.unwrap();
    let found: BTreeMap<RequestId, _> = kept_requests.into_iter().map(|request| (request.id, request)).collect();
    for (id, asked) in &model.people.requests {
        let request = found.get(id);
        let Some(due) = asked.due else {
            prop_assert!(request.is_none(), "nobody confirmed a request of {}, and it is there", asked.received);
            continue;
        };
        let open = || model.people.told_of(*id, due - SignedDuration::from_hours(8 * 24), due);
        let is_late = asked.closed.map_or(now, |closed| closed) >= due;
        prop_assert!(!is_late || open(), "nobody was told of a request that was due {due}");
        if let Some(late) = asked.closed.or(Some(now)).filter(|end| end.duration_since(due) > SignedDuration::from_hours(48)) {
            let day = SignedDuration::from_hours(48);
            prop_assert!(model.people.told_of(*id, late - day, late), "a request that was due {due} is forgotten");
        }
        match asked.closed {
            Some(closed) => {
                kept("a request", request.is_some(), later(closed, 5.years()), model.ran, now)?;
                prop_assert!(request.is_none_or(|request| request.person.is_none()), "a request that is answered names nobody");
            }
            None => prop_assert!(request.is_some_and(|request| request.person.is_some()), "whom an open request is about is not known"),
        }
    }
    let log: BTreeSet<_> = database.erasures().await.unwrap().into_iter().collect();
    for entry in &model.people.erasures {
        kept("an erasure", log.contains(entry), later(entry.at, 5.years()), model.ran, now)?;
    }
    Ok(())
}

async fn notices(database: &SqlStore, model: &Model, now: Timestamp) -> Result<(), TestCaseError> {
    let months: BTreeSet<usize> = model.people.notices.keys().map(|(month, _)| *month).collect();
    for month in months {
        let mut told = database.told(&people::seal(month)).await.unwrap();
        for ((_, who), over) in model.people.notices.range((month, 0)..(month + 1, 0)) {
            let is_there = told.remove(&people::known(month, *who)).is_some();
            match over {
                Some(over) => kept("a notice", is_there, *over, model.ran, now)?,
                None => prop_assert!(!is_there, "it is noted what somebody was told who was erased"),
            }
        }
        prop_assert!(told.is_empty(), "somebody is noted who was not told");
    }
    Ok(())
}

/// What is there was not over when the job last ran through, give or take a day of the calendar; what is not there is over.
fn kept(what: &str, is_there: bool, over: Timestamp, ran: Option<Timestamp>, now: Timestamp) -> Result<(), TestCaseError> {
    let day = SignedDuration::from_hours(24);
    match is_there {
        true => {
            prop_assert!(ran.is_none_or(|ran| ran < over.saturating_add(day).unwrap()), "{what} was over at {over}, and is there at {now}")
        }
        false => prop_assert!(over <= now, "{what} was to be kept until {over}, and is gone at {now}"),
    }
    Ok(())
}
