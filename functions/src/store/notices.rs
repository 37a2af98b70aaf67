//! Who was told of a change of a policy: taken before a letter goes out, and noted after.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::Row;

use super::SqlStore;
use super::row::{id, length, micros, of_word, time, word};
use crate::announcement::Announcement;
use crate::lead::{Failure, LeadId};
use crate::ports::{Attempt, Noted, Notices, PersonHash, StoreError, Telling};

#[async_trait]
impl Notices for SqlStore {
    async fn held_back(&self) -> Result<BTreeSet<LeadId>, StoreError> {
        self.within(async {
            let rows = sqlx::query("SELECT lead FROM restrictions").fetch_all(&self.pool).await?;
            rows.iter().map(|row| id(row, "lead")).collect()
        })
        .await
    }

    async fn told(&self, seal: &str) -> Result<BTreeMap<PersonHash, Telling>, StoreError> {
        self.within(async {
            let query = sqlx::query("SELECT person, state FROM notices WHERE seal = $1").bind(seal.to_owned());
            let rows = query.fetch_all(&self.pool).await?;
            rows.iter().map(|row| Ok((PersonHash(row.try_get("person")?), of_word(row.try_get("state")?)?))).collect()
        })
        .await
    }

    async fn take(
        &self,
        announcement: &Announcement,
        person: &PersonHash,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<Attempt>, StoreError> {
        self.within(take(self, announcement, person, now, lease)).await
    }

    async fn note(&self, seal: &str, person: &PersonHash, noted: Noted) -> Result<(), StoreError> {
        self.within(note(self, seal, person, noted)).await
    }

    async fn forget_failed(&self, seal: &str) -> Result<u64, StoreError> {
        self.within(async {
            let query = sqlx::query("DELETE FROM notices WHERE seal = $1 AND state = $2").bind(seal.to_owned());
            query.bind(word(&Telling::Failed)?).execute(&self.pool).await.map(|gone| gone.rows_affected())
        })
        .await
    }
}

/// Writes the row of a first attempt, or takes over one whose lease has run out. One statement, so that of two that come at once one has it.
async fn take(
    store: &SqlStore,
    announcement: &Announcement,
    person: &PersonHash,
    now: Timestamp,
    lease: Duration,
) -> Result<Option<Attempt>, sqlx::Error> {
    let taken = sqlx::query(
        "INSERT INTO notices (seal, person, policy, version, state, attempts, first_attempt, leased_until) \
         VALUES ($1, $2, $3, $4, $5, 1, $6, $7) \
         ON CONFLICT (seal, person) DO UPDATE SET attempts = notices.attempts + 1, leased_until = excluded.leased_until \
         WHERE notices.state = $5 AND notices.leased_until <= $6 RETURNING attempts, first_attempt",
    )
    .bind(announcement.seal.clone())
    .bind(person.0.clone())
    .bind(announcement.policy.clone())
    .bind(announcement.version.clone())
    .bind(word(&Telling::Pending)?)
    .bind(micros(now))
    .bind(micros(now).saturating_add(length(lease)))
    .fetch_optional(&store.pool)
    .await?;
    let Some(row) = taken else { return Ok(None) };
    Ok(Some(match row.try_get::<i64, _>("attempts")? {
        1 => Attempt::First,
        _ => Attempt::Again { since: time(row.try_get("first_attempt")?)? },
    }))
}

async fn note(store: &SqlStore, seal: &str, person: &PersonHash, noted: Noted) -> Result<(), sqlx::Error> {
    let (state, failure, sent): (Telling, Option<Failure>, Option<Timestamp>) = match noted {
        Noted::Sent(at) => (Telling::Sent, None, Some(at)),
        Noted::Failed(failure) => (Telling::Failed, Some(failure), None),
        Noted::Unknown(failure) => (Telling::Pending, Some(failure), None),
        Noted::NotTaken => {
            let query = sqlx::query("DELETE FROM notices WHERE seal = $1 AND person = $2");
            return query.bind(seal.to_owned()).bind(person.0.clone()).execute(&store.pool).await.map(drop);
        }
    };
    sqlx::query("UPDATE notices SET state = $3, failure = $4, sent = $5, leased_until = 0 WHERE seal = $1 AND person = $2")
        .bind(seal.to_owned())
        .bind(person.0.clone())
        .bind(word(&state)?)
        .bind(failure.map(|failure| word(&failure)).transpose()?)
        .bind(sent.map(micros))
        .execute(&store.pool)
        .await
        .map(drop)
}
