//! The privacy registry: what a site says and does about personal data, declared once.
//!
//! Pure: no files, no clock, no network. Callers read the files and pass their text in.

#[cfg(feature = "authoring")]
pub mod catalogue;
#[cfg(feature = "authoring")]
pub mod check;
pub mod contract;
pub mod derive;
pub mod diagnostic;
pub mod digest;
pub mod model;
#[cfg(feature = "authoring")]
pub mod resolve;
#[cfg(feature = "authoring")]
pub mod yaml;
