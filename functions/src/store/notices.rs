//! Who was told of a change of a policy: taken before a letter goes out, and noted after.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{Any, Row, Transaction};

use super::SqlStore;
use super::row::{id, length, micros, of_word, time, word};
use crate::announcement::Announcement;
use crate::lead::{Failure, LeadId};
use crate::ports::{Addressee, Attempt, Noted, Notices, PersonHash, Store, StoreError, Telling, Told};

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
        to: &Addressee,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<Attempt>, StoreError> {
        self.whole().await?;
        self.within(take(self, announcement, to, now, lease)).await
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

/// Writes the row of a first attempt, or takes over one whose lease has run out. One statement, so that of two that come at once one has it. An
/// address that was erased while a run had it in its list is in the log of erasures by then.
async fn take(
    store: &SqlStore,
    announcement: &Announcement,
    to: &Addressee,
    now: Timestamp,
    lease: Duration,
) -> Result<Option<Attempt>, sqlx::Error> {
    let taken = sqlx::query(
        "INSERT INTO notices (seal, person, policy, version, state, attempts, first_attempt, leased_until) \
         SELECT $1, $2, $3, $4, $5, 1, $6, $7 WHERE NOT EXISTS (SELECT 1 FROM erasures WHERE person = $8 AND erased >= $9) \
         ON CONFLICT (seal, person) DO UPDATE SET attempts = notices.attempts + 1, leased_until = excluded.leased_until \
         WHERE notices.state = $5 AND notices.leased_until <= $6 RETURNING attempts, first_attempt",
    )
    .bind(announcement.seal.clone())
    .bind(to.person.0.clone())
    .bind(announcement.policy.clone())
    .bind(announcement.version.clone())
    .bind(word(&Telling::Pending)?)
    .bind(micros(now))
    .bind(micros(now).saturating_add(length(lease)))
    .bind(to.in_log.0.clone())
    .bind(micros(to.wrote))
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

/// The person of a hash of the log of erasures, as each version that anybody was told of knows it: the version's seal, and its hash.
async fn in_versions(transaction: &mut Transaction<'static, Any>, person: &PersonHash) -> Result<Vec<(String, PersonHash)>, sqlx::Error> {
    let rows = sqlx::query("SELECT DISTINCT seal FROM notices").fetch_all(&mut **transaction).await?;
    let known = |row: &AnyRow| {
        let seal: String = row.try_get("seal")?;
        let person = person.in_version(&seal);
        Ok((seal, person))
    };
    rows.iter().map(known).collect()
}

/// The notices that went to a person, the newest first.
pub(super) async fn of_person(transaction: &mut Transaction<'static, Any>, person: &PersonHash) -> Result<Vec<Told>, sqlx::Error> {
    let mut all = Vec::new();
    for (seal, person) in in_versions(transaction, person).await? {
        let query = sqlx::query("SELECT policy, version, state, first_attempt, sent FROM notices WHERE seal = $1 AND person = $2");
        let row = query.bind(seal).bind(person.0).fetch_optional(&mut **transaction).await?;
        all.extend(row.as_ref().map(told).transpose()?);
    }
    all.sort_by_key(|told| std::cmp::Reverse(told.since));
    Ok(all)
}

fn told(row: &AnyRow) -> Result<Told, sqlx::Error> {
    Ok(Told {
        policy: row.try_get("policy")?,
        version: row.try_get("version")?,
        state: of_word(row.try_get("state")?)?,
        since: time(row.try_get("first_attempt")?)?,
        sent: row.try_get::<Option<i64>, _>("sent")?.map(time).transpose()?,
    })
}

/// Forgets the notices that went to a person at a time or before.
pub(super) async fn forget(transaction: &mut Transaction<'static, Any>, person: &PersonHash, until: Timestamp) -> Result<(), sqlx::Error> {
    for (seal, person) in in_versions(transaction, person).await? {
        let query = sqlx::query("DELETE FROM notices WHERE seal = $1 AND person = $2 AND first_attempt <= $3");
        query.bind(seal).bind(person.0).bind(micros(until)).execute(&mut **transaction).await?;
    }
    Ok(())
}
