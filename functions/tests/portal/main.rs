//! The portal's endpoints, as a host calls them: over a real store, and against people who guess.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod attack;
mod calls;
mod uniform;
mod world;
