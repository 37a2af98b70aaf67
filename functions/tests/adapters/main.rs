//! What the adapters send, what they make of each answer, and what they keep: held against strict stand-ins of the services.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod announcements;
mod email;
mod emulator;
mod fixture;
mod letters;
mod mailbox;
mod notion;
mod payloads;
mod projects;
mod store;
mod stripe;
mod webhook;
