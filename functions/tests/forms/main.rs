//! The endpoints of forms and of cookie choices, as a host calls them: over a real store, with the site's own contract.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

#[path = "../support/asked.rs"]
mod asked;
mod calls;
mod consent;
mod hostile;
mod world;
