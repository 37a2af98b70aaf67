//! x
pub mod digest;
pub mod document;
pub mod html;
pub mod output;
pub mod render;
pub mod site;
pub mod source;
