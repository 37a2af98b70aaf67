//! The serverless functions: one router, whatever host runs it.

pub mod app;
