//! Privacy requests: stored, confirmed with all that follows in one transaction, worked off, closed and listed.

mod tasks;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{Any, Row, Transaction};

use super::limits::{self, Window};
use super::row::{from_json, id, json, micros, number, of_word, time, word};
use super::{SqlStore, leads, notices};
use crate::lead::{Failure, Lead, LeadId, OutboxRow};
use crate::personal::Personal;
use crate::ports::{Asking, Confirmed, Erased, PersonHash, Plan, RequestFilter, Requests, Store, StoreError, Taken};
use crate::request::{Answered, Deed, Person, PrivacyRequest, RequestId, Task, Work};

/// The columns that [`request`] reads.
const COLUMNS: &str = "id, asked, language, received, person, confirmed, due, extended, reminded, found, closed, answer";

#[async_trait]
impl Requests for SqlStore {
    async fn ask(&self, asking: &Asking) -> Result<Taken, StoreError> {
        self.within(ask(self, asking)).await
    }

    async fn requests(&self, filter: &RequestFilter) -> Result<Vec<PrivacyRequest>, StoreError> {
        self.within(list(self, filter)).await
    }

    async fn confirm(&self, id: RequestId, since: Timestamp, now: Timestamp, plan: &Plan) -> Result<Option<Confirmed>, StoreError> {
        self.whole().await?;
        self.within(confirm(self, id, since, now, plan)).await
    }

    async fn tasks(&self, now: Timestamp, lease: Duration, most: u32) -> Result<Vec<(PrivacyRequest, Task)>, StoreError> {
        self.whole().await?;
        self.within(tasks::take(self, now, lease, most)).await
    }

    async fn done(&self, id: RequestId, number: u32, now: Timestamp) -> Result<bool, StoreError> {
        self.within(tasks::done(self, id, number, now)).await
    }

    async fn failed_task(&self, id: RequestId, number: u32, failure: Failure, next: Timestamp) -> Result<(), StoreError> {
        self.within(tasks::failed(self, id, number, failure, next)).await
    }

    async fn answer(&self, id: RequestId, now: Timestamp, answer: Answered) -> Result<bool, StoreError> {
        self.within(async {
            let mut transaction = self.begin().await?;
            let closed = close(&mut transaction, id, now, answer).await?;
            transaction.commit().await?;
            leads::cut_log(self).await?;
            Ok(closed)
        })
        .await
    }

    async fn extend(&self, id: RequestId, now: Timestamp, due: Timestamp) -> Result<bool, StoreError> {
        let query = sqlx::query(
            "UPDATE requests SET extended = $2, due = $3, reminded = NULL \
             WHERE id = $1 AND confirmed IS NOT NULL AND closed IS NULL AND extended IS NULL",
        );
        let query = query.bind(id.to_string()).bind(micros(now)).bind(micros(due));
        self.within(async { query.execute(&self.pool).await.map(|written| written.rows_affected() == 1) }).await
    }

    async fn reminded(&self, ids: &[RequestId], now: Timestamp) -> Result<(), StoreError> {
        self.within(async {
            let mut transaction = self.begin().await?;
            for id in ids {
                let query = sqlx::query("UPDATE requests SET reminded = $2 WHERE id = $1").bind(id.to_string()).bind(micros(now));
                query.execute(&mut *transaction).await?;
            }
            transaction.commit().await
        })
        .await
    }

    async fn forget_unconfirmed(&self, before: Timestamp) -> Result<u64, StoreError> {
        let query = sqlx::query("DELETE FROM requests WHERE confirmed IS NULL AND received <= $1").bind(micros(before));
        self.within(async { query.execute(&self.pool).await.map(|gone| gone.rows_affected()) }).await
    }

    async fn erasures(&self) -> Result<Vec<Erased>, StoreError> {
        self.within(async {
            let rows = sqlx::query("SELECT person, erased FROM erasures ORDER BY erased, person").fetch_all(&self.pool).await?;
            rows.iter().map(|row| Ok(Erased { person: PersonHash(row.try_get("person")?), at: time(row.try_get("erased")?)? })).collect()
        })
        .await
    }

    async fn erase_again(&self, log: &[Erased], gone: &[LeadId]) -> Result<u64, StoreError> {
        self.within(async {
            let mut transaction = self.begin().await?;
            let mut erased = 0;
            for entry in log {
                note_erasure(&mut transaction, &entry.person, entry.at).await?;
                notices::forget(&mut transaction, &entry.person, entry.at).await?;
            }
            for lead in gone {
                erased += u64::from(leads::take_out(&mut transaction, *lead).await?.is_some());
            }
            transaction.commit().await?;
            leads::cut_log(self).await?;
            Ok(erased)
        })
        .await
    }
}

/// Stores a request, or tells why not; then nothing of it is stored.
async fn ask(store: &SqlStore, asking: &Asking) -> Result<Taken, sqlx::Error> {
    let request = &asking.request;
    let mut transaction = store.begin().await?;
    let inserted =
        sqlx::query("INSERT INTO requests (id, asked, language, received, person) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING")
            .bind(request.id.to_string())
            .bind(word(&request.asked)?)
            .bind(request.language.clone())
            .bind(micros(request.received))
            .bind(request.person.as_ref().map(|person| json(person.reveal())).transpose()?)
            .execute(&mut *transaction)
            .await?;
    if inserted.rows_affected() == 0 {
        return transaction.rollback().await.map(|()| Taken::Kept);
    }
    if let Some(spent) = &asking.proof
        && !limits::spend(&mut transaction, spent).await?
    {
        return transaction.rollback().await.map(|()| Taken::SpentProof);
    }
    tasks::insert(&mut transaction, request.id, request.received, &[Work::Link], 0).await?;
    let mut counted: Vec<_> = asking.limits.iter().collect();
    counted.sort_unstable_by_key(|limit| (&limit.name, limit.window));
    for limit in counted {
        let window = Window::at(request.received, limit.window);
        if limits::add(&mut *transaction, &limit.name, window).await? > limit.most {
            let until = time(window.ends()).unwrap_or(Timestamp::MAX);
            return transaction.rollback().await.map(|()| Taken::Limited { until });
        }
    }
    transaction.commit().await.map(|()| Taken::Kept)
}

/// Confirms a request and carries its plan out.
async fn confirm(store: &SqlStore, id: RequestId, since: Timestamp, now: Timestamp, plan: &Plan) -> Result<Option<Confirmed>, sqlx::Error> {
    let mut transaction = store.begin().await?;
    // This goes first: who comes with the same link at the same time waits here, and then finds it used.
    let confirmed = sqlx::query("UPDATE requests SET confirmed = $2, due = $3 WHERE id = $1 AND confirmed IS NULL AND received > $4")
        .bind(id.to_string())
        .bind(micros(now))
        .bind(micros(plan.due))
        .bind(micros(since))
        .execute(&mut *transaction)
        .await?;
    let asked = of_id(&mut transaction, id).await?.filter(|_| confirmed.rows_affected() == 1);
    let Some((request, person)) = asked.and_then(|request| request.person.clone().map(|person| (request, person))) else {
        return transaction.rollback().await.map(|()| None);
    };
    let address = Personal::new(person.reveal().email.clone());
    let mut found = Vec::new();
    for lead in leads::holding(&mut *transaction, &address).await? {
        let rows = leads::rows(&mut transaction, lead.id).await?;
        found.push((lead, rows));
    }
    let told = notices::of_person(&mut transaction, &plan.person).await?;
    let (work, kept) = carry_out(&mut transaction, &request, &found, plan, now).await?;
    tasks::insert(&mut transaction, id, now, &work, 1).await?;
    // The link has come as far as it can.
    sqlx::query("UPDATE request_tasks SET done = $2 WHERE request = $1 AND number = 0")
        .bind(id.to_string())
        .bind(micros(now))
        .execute(&mut *transaction)
        .await?;
    sqlx::query("UPDATE requests SET found = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(i64::try_from(found.len()).unwrap_or(i64::MAX))
        .execute(&mut *transaction)
        .await?;
    if work.is_empty() {
        close(&mut transaction, id, now, Answered::Granted).await?;
    }
    let request = of_id(&mut transaction, id).await?.ok_or(sqlx::Error::RowNotFound)?;
    transaction.commit().await?;
    leads::cut_log(store).await?;
    Ok(Some(Confirmed { request, leads: found, kept, notices: told }))
}

/// Does what the plan says about the leads. What is left to do then, and the leads that are still there.
async fn carry_out(
    transaction: &mut Transaction<'static, Any>,
    request: &PrivacyRequest,
    found: &[(Lead, Vec<OutboxRow>)],
    plan: &Plan,
    now: Timestamp,
) -> Result<(Vec<Work>, Vec<LeadId>), sqlx::Error> {
    let mut work = plan.work.clone();
    let mut kept = Vec::new();
    for (lead, rows) in found {
        match plan.deed {
            Deed::Erase if !plan.kept.contains(&lead.form) => {
                leads::take_out(transaction, lead.id).await?;
                let reached = |row: &&OutboxRow| plan.erased_at.iter().any(|id| id.as_str() == row.sink.recipient());
                // What was never attempted is at nobody's; of what was, no answer may have come back.
                let attempted = rows.iter().filter(reached).filter(|row| row.first_attempt.is_some());
                work.extend(attempted.map(|row| Work::Sink {
                    sink: row.sink.clone(),
                    lead: lead.id,
                    form: lead.form.clone(),
                    reference: row.reference.clone(),
                }));
                continue;
            }
            Deed::Erase | Deed::Hold => {
                let query = sqlx::query("INSERT INTO restrictions (lead, asked, since) VALUES ($1, $2, $3) ON CONFLICT (lead) DO NOTHING");
                let query = query.bind(lead.id.to_string()).bind(word(&request.asked)?).bind(micros(now));
                query.execute(&mut **transaction).await?;
            }
            Deed::Export | Deed::Wait => {}
        }
        kept.push(lead.id);
    }
    if plan.deed == Deed::Erase {
        note_erasure(transaction, &plan.person, now).await?;
        notices::forget(transaction, &plan.person, now).await?;
    }
    Ok((work, kept))
}

async fn note_erasure(transaction: &mut Transaction<'static, Any>, person: &PersonHash, at: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO erasures (person, erased) VALUES ($1, $2) ON CONFLICT (person, erased) DO NOTHING")
        .bind(person.0.clone())
        .bind(micros(at))
        .execute(&mut **transaction)
        .await
        .map(drop)
}

/// Closes a request that is confirmed and open, and forgets who asked. Whether it was one.
async fn close(transaction: &mut Transaction<'static, Any>, id: RequestId, now: Timestamp, answer: Answered) -> Result<bool, sqlx::Error> {
    let closed = sqlx::query(
        "UPDATE requests SET closed = $2, answer = $3, person = NULL WHERE id = $1 AND confirmed IS NOT NULL AND closed IS NULL",
    )
    .bind(id.to_string())
    .bind(micros(now))
    .bind(word(&answer)?)
    .execute(&mut **transaction)
    .await?;
    Ok(closed.rows_affected() == 1)
}

async fn of_id(transaction: &mut Transaction<'static, Any>, id: RequestId) -> Result<Option<PrivacyRequest>, sqlx::Error> {
    let text = format!("SELECT {COLUMNS} FROM requests WHERE id = $1");
    let row = sqlx::query(sqlx::AssertSqlSafe(text)).bind(id.to_string()).fetch_optional(&mut **transaction).await?;
    let Some(row) = row else { return Ok(None) };
    let mut request = request(&row)?;
    request.tasks = tasks::of(&mut **transaction, id).await?;
    Ok(Some(request))
}

/// The requests of a filter, the newest first.
async fn list(store: &SqlStore, wanted: &RequestFilter) -> Result<Vec<PrivacyRequest>, sqlx::Error> {
    let text = format!(
        "SELECT {COLUMNS} FROM requests WHERE ($1 IS NULL OR id = $1) AND ($2 = 0 OR (confirmed IS NOT NULL AND closed IS NULL)) \
         ORDER BY received DESC, id DESC"
    );
    let query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(wanted.id.map(|id| id.to_string())).bind(i64::from(wanted.open));
    let rows = query.fetch_all(&store.pool).await?;
    let mut requests = rows.iter().map(request).collect::<Result<Vec<_>, _>>()?;
    let mut of_requests = tasks::of_all(&store.pool, wanted.id).await?;
    for request in &mut requests {
        request.tasks = of_requests.remove(&request.id).unwrap_or_default();
    }
    Ok(requests)
}

/// The request of a row, without its tasks.
fn request(row: &AnyRow) -> Result<PrivacyRequest, sqlx::Error> {
    let moment = |column: &str| row.try_get::<Option<i64>, _>(column)?.map(time).transpose();
    let has_person = row.try_get::<Option<String>, _>("person")?.is_some();
    Ok(PrivacyRequest {
        id: id(row, "id")?,
        asked: of_word(row.try_get("asked")?)?,
        language: row.try_get("language")?,
        received: time(row.try_get("received")?)?,
        person: if has_person { Some(Personal::new(from_json::<Person>(row, "person")?)) } else { None },
        confirmed: moment("confirmed")?,
        due: moment("due")?,
        extended: moment("extended")?,
        reminded: moment("reminded")?,
        found: row.try_get::<Option<i64>, _>("found")?.map(number).transpose()?,
        closed: moment("closed")?,
        answer: row.try_get::<Option<String>, _>("answer")?.map(of_word).transpose()?,
        tasks: Vec::new(),
    })
}
