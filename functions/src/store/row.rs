//! How leads and deliveries stand in rows.

use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use registry::model::FormId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::Row;
use sqlx::any::AnyRow;
use sqlx::error::BoxDynError;

use crate::lead::{Lead, OutboxRow, SinkId};
use crate::personal::Personal;

/// The columns that [`lead`] reads, of a table `leads l`.
pub(super) const LEAD: &str = "l.id, l.form, l.language, l.received, l.contacted, l.fields, l.captured, l.held";

/// The columns that [`delivery`] reads, of a table `deliveries d`.
pub(super) const DELIVERY: &str = "d.lead, d.sink, d.state, d.attempts, d.first_attempt, d.due, d.failure, d.reference";

/// The last time that a row can have.
const LAST: Timestamp = Timestamp::constant(253_402_207_200, 0);

/// No reason to hold a lead back, as it stands in a row.
pub(super) const NOT_HELD: &str = "[]";

/// The lead of a row.
pub(super) fn lead(row: &AnyRow) -> Result<Lead, sqlx::Error> {
    Ok(Lead {
        id: id(row, "id")?,
        form: FormId(row.try_get("form")?),
        language: row.try_get("language")?,
        received: time(row.try_get("received")?)?,
        contacted: time(row.try_get("contacted")?)?,
        values: Personal::new(from_json(row, "fields")?),
        captured: Personal::new(from_json(row, "captured")?),
        held: from_json(row, "held")?,
    })
}

/// The delivery of a row.
pub(super) fn delivery(row: &AnyRow) -> Result<OutboxRow, sqlx::Error> {
    Ok(OutboxRow {
        lead: id(row, "lead")?,
        sink: SinkId(row.try_get("sink")?),
        state: of_word(row.try_get("state")?)?,
        attempts: number(row.try_get("attempts")?)?,
        first_attempt: row.try_get::<Option<i64>, _>("first_attempt")?.map(time).transpose()?,
        due: time(row.try_get("due")?)?,
        failure: row.try_get::<Option<String>, _>("failure")?.map(of_word).transpose()?,
        reference: row.try_get("reference")?,
    })
}

/// The id in a column: of a lead, or of a receipt.
pub(super) fn id<T: FromStr<Err = uuid::Error>>(row: &AnyRow, column: &str) -> Result<T, sqlx::Error> {
    row.try_get::<&str, _>(column)?.parse().map_err(unreadable)
}

/// A time as it stands in a row: microseconds since 1970. The very last second that there is has none that are read again, and "never" is
/// written as its begin.
pub(super) fn micros(time: Timestamp) -> i64 {
    time.min(LAST).as_microsecond()
}

/// A length of time, in the same unit.
pub(super) fn length(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// The time of a row.
pub(super) fn time(micros: i64) -> Result<Timestamp, sqlx::Error> {
    Timestamp::from_microsecond(micros).map_err(unreadable)
}

/// A number of a row that is never below zero.
pub(super) fn number(stored: i64) -> Result<u32, sqlx::Error> {
    u32::try_from(stored).map_err(unreadable)
}

/// A value of an enum as it stands in a row: its written name.
pub(super) fn word(value: &impl Serialize) -> Result<String, sqlx::Error> {
    serde_json::to_value(value).and_then(serde_json::from_value).map_err(|error| sqlx::Error::Encode(error.into()))
}

/// The value of a written name.
pub(super) fn of_word<T: DeserializeOwned>(word: String) -> Result<T, sqlx::Error> {
    serde_json::from_value(Value::String(word)).map_err(unreadable)
}

/// A value with an inner form as it stands in a row. JSON writes NUL as an escape, which PostgreSQL takes in no other way.
pub(super) fn json(value: &impl Serialize) -> Result<String, sqlx::Error> {
    serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(error.into()))
}

/// The value of a column that [`json`] wrote.
pub(super) fn from_json<T: DeserializeOwned>(row: &AnyRow, column: &str) -> Result<T, sqlx::Error> {
    serde_json::from_str(row.try_get(column)?).map_err(unreadable)
}

fn unreadable(error: impl Into<BoxDynError>) -> sqlx::Error {
    sqlx::Error::Decode(error.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_is_read_again() {
        for (written, read) in [(Timestamp::MAX, LAST), (Timestamp::MIN, Timestamp::MIN), (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH)] {
            assert_eq!(time(micros(written)).unwrap(), read);
        }
    }
}
