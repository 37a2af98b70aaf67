//! The endpoints of forms, of cookie choices and of privacy requests, as a host calls them: over a real store, with the site's own contract.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

#[path = "../support/asked.rs"]
mod asked;
mod calls;
mod consent;
mod hostile;
mod requests;
mod world;
