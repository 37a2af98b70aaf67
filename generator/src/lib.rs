//! x
pub mod digest;
pub mod html;
pub mod source;
