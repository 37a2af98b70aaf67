//! The serverless functions: one router, whatever host runs it.

pub mod app;
pub mod config;
pub mod contract;
pub mod host;
pub mod lead;
pub mod log;
pub mod personal;
pub mod ports;
pub mod problem;
pub mod routes;
pub mod schedule;
pub mod token;
