//! A privacy request: what somebody asks for, what is left to do for it, and how it was answered.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Span, Timestamp, tz::TimeZone};
use registry::derive::rights::Asked;
use registry::model::{FormId, Period, RecipientId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::lead::{Failure, LeadId, SinkId};
use crate::personal::Personal;

/// How long the link of the e-mail holds.
pub const HOLDS: SignedDuration = SignedDuration::from_hours(24);

/// A request's id: a UUID made from the key under which the client repeats itself, and from what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestId(Uuid);

impl RequestId {
    /// The id of 16 bytes of a keyed digest.
    pub fn of_digest(digest: [u8; 16]) -> Self {
        Self(uuid::Builder::from_custom_bytes(digest).into_uuid())
    }

    /// The id of its bytes.
    pub const fn of_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }

    /// Its bytes.
    pub const fn bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl FromStr for RequestId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text).map(Self)
    }
}

/// Who asks, and in which words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The address, as it was typed.
    pub email: String,
    /// What was written beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PrivacyRequest {
    /// Its id.
    pub id: RequestId,
    /// What is asked for.
    pub asked: Asked,
    /// The language of the page.
    pub language: String,
    /// When it came.
    pub received: Timestamp,
    /// Who asks; none once it is closed.
    pub person: Option<Personal<Person>>,
    /// When the address was confirmed. Nothing is done before.
    pub confirmed: Option<Timestamp>,
    /// By when it is answered; none before it is confirmed.
    pub due: Option<Timestamp>,
    /// When that was extended.
    pub extended: Option<Timestamp>,
    /// When operations were last reminded of it.
    pub reminded: Option<Timestamp>,
    /// How many leads it concerned.
    pub found: Option<u32>,
    /// When it was closed.
    pub closed: Option<Timestamp>,
    /// How it was answered; none before it is closed.
    pub answer: Option<Answered>,
    /// What is or was left to do, in order.
    pub tasks: Vec<Task>,
}

impl PrivacyRequest {
    /// One that has just come: nothing is confirmed, and nothing done.
    pub fn new(id: RequestId, asked: Asked, language: impl Into<String>, received: Timestamp, person: Person) -> Self {
        Self {
            id,
            asked,
            language: language.into(),
            received,
            person: Some(Personal::new(person)),
            confirmed: None,
            due: None,
            extended: None,
            reminded: None,
            found: None,
            closed: None,
            answer: None,
            tasks: Vec::new(),
        }
    }

    /// Whether it waits for a person.
    pub fn waits_for_a_person(&self) -> bool {
        self.closed.is_none() && self.tasks.iter().any(|task| task.done.is_none() && task.work.is_a_person_s())
    }
}

/// How a request was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answered {
    /// What was asked for is done.
    Granted,
    /// A part of it.
    Partly,
    /// It was refused, for reasons that the person was told.
    Refused,
}

/// Something to do for a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Task {
    /// Its number within the request.
    pub number: u32,
    /// What.
    pub work: Work,
    /// How often it was attempted.
    pub attempts: u32,
    /// What the last attempt failed with.
    pub failure: Option<Failure>,
    /// When it was done.
    pub done: Option<Timestamp>,
}

/// What is to do. It names no person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Work {
    /// The link is sent to the address.
    Link,
    /// What was delivered of a lead is erased at its recipient.
    Sink {
        /// Where.
        sink: SinkId,
        /// The lead, which is gone from the store.
        lead: LeadId,
        /// Its form.
        form: FormId,
        /// The recipient's own id of it, where that is known.
        reference: Option<String>,
    },
    /// Another store is looked through for the person's leads, and they are erased there.
    Store(String),
    /// A person has the data erased at a recipient.
    Recipient(RecipientId),
    /// A person answers.
    Answer,
}

impl Work {
    /// Whether nobody but a person can do it.
    pub const fn is_a_person_s(&self) -> bool {
        matches!(self, Self::Recipient(_) | Self::Answer)
    }
}

/// What is done in the store when a request is confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// The person's leads are handed over.
    Export,
    /// They are erased.
    Erase,
    /// Their deliveries are held back.
    Hold,
    /// Nothing, before a person has looked at it.
    Wait,
}

/// The time of a period from another time on, in calendar units of UTC.
pub fn after(time: Timestamp, period: Period) -> Timestamp {
    let span = period.parts().try_fold(Span::new(), |span, (number, unit)| {
        let number = i64::from(number);
        match unit {
            "year" => span.try_years(number),
            "month" => span.try_months(number),
            "week" => span.try_weeks(number),
            "day" => span.try_days(number),
            "hour" => span.try_hours(number),
            _ => span.try_minutes(number),
        }
    });
    let end = span.and_then(|span| time.to_zoned(TimeZone::UTC).checked_add(span));
    end.map_or(Timestamp::MAX, |end| end.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_ends_on_the_same_day_or_the_last_one() {
        let after = |time: &str, period: &str| after(time.parse().unwrap(), Period::parse(period).unwrap()).to_string();
        assert_eq!(after("2027-01-15T10:00:00Z", "1 month"), "2027-02-15T10:00:00Z");
        assert_eq!(after("2027-01-31T10:00:00Z", "1 month"), "2027-02-28T10:00:00Z");
        assert_eq!(after("2027-01-31T10:00:00Z", "45 days"), "2027-03-17T10:00:00Z");
        assert_eq!(after("9999-01-01T00:00:00Z", "4000000000 years"), Timestamp::MAX.to_string());
    }

    #[test]
    fn what_is_written_of_work_reads_the_same() {
        let sink = SinkId("notion:page".to_owned());
        let all = [
            Work::Link,
            Work::Sink { sink, lead: LeadId::of_digest([7; 16]), form: "contact".into(), reference: None },
            Work::Store("notion".to_owned()),
            Work::Recipient("stripe".into()),
            Work::Answer,
        ];
        for work in all {
            assert_eq!(serde_json::from_str::<Work>(&serde_json::to_string(&work).unwrap()).unwrap(), work);
        }
    }
}
