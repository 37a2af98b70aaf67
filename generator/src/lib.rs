//! Plainsite: from Markdown policies and marketing content to static HTML that keeps its privacy promises.

pub mod audit;
pub mod build;
pub mod check;
pub mod cli;
pub mod digest;
pub mod document;
pub mod html;
pub mod output;
pub mod projects;
pub mod render;
pub mod report;
pub mod serve;
pub mod site;
pub mod source;
pub mod write;
