//! The privacy registry: what a site says and does about personal data, declared once.
//!
//! Pure: no files, no clock, no network. Callers read the files and pass their text in.

pub mod diagnostic;
pub mod model;
#[cfg(feature = "authoring")]
pub mod resolve;
#[cfg(feature = "authoring")]
pub mod yaml;
