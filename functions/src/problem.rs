//! RFC 9457: errors that programs can read, with types that stay the same.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// What went wrong. Its name is the last part of the problem's `type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 400: the body is no JSON, no form, or not UTF-8.
    Malformed,
    /// 422: fields are missing or wrong.
    Invalid,
    /// 404: nothing is at this address.
    NotFound,
    /// 405: the address takes another method.
    Method,
    /// 408: the body came too slowly.
    Slow,
    /// 409: the same submission is being stored at this moment.
    InFlight,
    /// 413: the body has more than 16 KB.
    TooLarge,
    /// 415: the body is neither JSON nor a form.
    MediaType,
    /// 400: the idempotency key is missing, or is none.
    Key,
    /// 422: another submission was stored under this idempotency key.
    KeyReused,
    /// 403: the request comes from another site.
    Origin,
    /// 403: the form was opened too long ago, or its token is none of ours.
    Token,
    /// 425: the form was opened less than three seconds ago.
    TooEarly,
    /// 403: the proof of work is missing, wrong or spent.
    Proof,
    /// 403: no project is opened by that: no code has this form, is known and holds.
    Refused,
    /// 403: the portal was opened too long ago, or its code was revoked since.
    Expired,
    /// 403: the link of a privacy request was used, has run out, or is none of ours.
    Link,
    /// 429: too many submissions.
    TooMany,
    /// 401: a job's secret is missing or wrong.
    Unauthorized,
    /// 503: no store could be asked. Nothing is lost: a submission is still with whoever sent it.
    Unavailable,
    /// 500: a fault of ours.
    Internal,
}

impl Kind {
    /// All of them, for the API's document.
    pub const ALL: [Self; 21] = [
        Self::Malformed,
        Self::Invalid,
        Self::NotFound,
        Self::Method,
        Self::Slow,
        Self::InFlight,
        Self::TooLarge,
        Self::MediaType,
        Self::Key,
        Self::KeyReused,
        Self::Origin,
        Self::Token,
        Self::TooEarly,
        Self::Proof,
        Self::Refused,
        Self::Expired,
        Self::Link,
        Self::TooMany,
        Self::Unauthorized,
        Self::Unavailable,
        Self::Internal,
    ];

    /// Its name, which stays the same.
    pub fn name(self) -> &'static str {
        self.parts().0
    }

    /// The status of the answer.
    pub fn status(self) -> StatusCode {
        self.parts().1
    }

    /// What is wrong, in English and in few words.
    pub fn title(self) -> &'static str {
        self.parts().2
    }

    fn parts(self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Self::Malformed => ("malformed", StatusCode::BAD_REQUEST, "the body cannot be read"),
            Self::Invalid => ("invalid", StatusCode::UNPROCESSABLE_ENTITY, "fields are missing or wrong"),
            Self::NotFound => ("not-found", StatusCode::NOT_FOUND, "nothing is at this address"),
            Self::Method => ("method", StatusCode::METHOD_NOT_ALLOWED, "the address takes another method"),
            Self::Slow => ("slow", StatusCode::REQUEST_TIMEOUT, "the body came too slowly"),
            Self::InFlight => ("in-flight", StatusCode::CONFLICT, "the same submission is being stored at this moment"),
            Self::TooLarge => ("too-large", StatusCode::PAYLOAD_TOO_LARGE, "the body has more than 16 KB"),
            Self::MediaType => ("media-type", StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body is neither JSON nor a form"),
            Self::Key => {
                ("key", StatusCode::BAD_REQUEST, "the idempotency key is missing, or has other than 8 to 64 letters, digits, `-` and `_`")
            }
            Self::KeyReused => ("key-reused", StatusCode::UNPROCESSABLE_ENTITY, "another submission has this idempotency key"),
            Self::Origin => ("origin", StatusCode::FORBIDDEN, "the request comes from another site"),
            Self::Token => ("token", StatusCode::FORBIDDEN, "the form was opened too long ago: load it again"),
            Self::TooEarly => ("too-early", StatusCode::TOO_EARLY, "the form was opened less than three seconds ago"),
            Self::Proof => ("proof", StatusCode::FORBIDDEN, "the proof of work is missing, wrong or spent"),
            Self::Refused => ("refused", StatusCode::FORBIDDEN, "no project is opened by this code"),
            Self::Expired => ("expired", StatusCode::FORBIDDEN, "the portal was opened too long ago: enter the code again"),
            Self::Link => ("link", StatusCode::FORBIDDEN, "the link was used, has run out, or is not known: ask again"),
            Self::TooMany => ("too-many", StatusCode::TOO_MANY_REQUESTS, "too many submissions: try again later"),
            Self::Unauthorized => ("unauthorized", StatusCode::UNAUTHORIZED, "the secret is missing or wrong"),
            Self::Unavailable => ("unavailable", StatusCode::SERVICE_UNAVAILABLE, "no store can be reached now: try again later"),
            Self::Internal => ("internal", StatusCode::INTERNAL_SERVER_ERROR, "a fault of ours"),
        }
    }
}

/// A fault of one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldProblem {
    /// The field's name; none for the submission as a whole.
    pub field: String,
    /// What is wrong with it, by a name that stays the same.
    pub fault: String,
    /// The same in the page's language.
    pub message: String,
}

/// An answer that something is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What.
    pub kind: Kind,
    /// The fields that are wrong.
    pub fields: Vec<FieldProblem>,
    /// In how many seconds another try makes sense.
    pub retry_after: Option<u64>,
}

impl From<Kind> for Problem {
    fn from(kind: Kind) -> Self {
        Self { kind, fields: Vec::new(), retry_after: None }
    }
}

impl Problem {
    /// Another try makes sense in so many seconds.
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }
}

/// The beginning of every problem's `type`: a URN, since problems have no page of their own.
pub const TYPE: &str = "urn:plainsite:problem:";

#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldProblem],
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.kind.status();
        let body =
            Body { kind: format!("{TYPE}{}", self.kind.name()), title: self.kind.title(), status: status.as_u16(), errors: &self.fields };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
