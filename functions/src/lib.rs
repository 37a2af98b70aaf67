//! The serverless functions: one router, whatever host runs it.

pub mod adapters;
pub mod answers;
pub mod app;
pub mod billing;
pub mod config;
pub mod contract;
pub mod egress;
pub mod guard;
pub mod health;
pub mod host;
pub mod lead;
pub mod log;
pub mod mail;
pub mod outbox;
pub mod personal;
pub mod ports;
pub mod problem;
pub mod project;
pub mod routes;
pub mod schedule;
#[cfg(feature = "stand-ins")]
pub mod stand_ins;
pub mod store;
pub mod submission;
pub mod token;
pub mod world;
