//! What the client portal needs: where projects are read from and kept, and where invoices and payments are read from.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Retains, Spent, StoreError};
use crate::billing::Billing;
use crate::lead::Failure;
use crate::project::{CodeHash, Issued, Project};

/// Where projects are read from. It never says whether a code was made up, mistyped or revoked.
#[async_trait]
pub trait ProjectSource: Send + Sync + fmt::Debug {
    /// Which one it is: `sqlite`, `postgresql`, `notion`, `files`.
    fn name(&self) -> &'static str;

    /// The project that a code opens, read anew. None with a proof that was spent on a guess: in another instance too, where a store is shared.
    async fn open(&self, code: &CodeHash, proof: Option<&Spent>) -> Result<Option<Project>, StoreError>;

    /// Whether it answers and has what it is read by.
    async fn ready(&self) -> Result<(), StoreError>;

    /// What lets these projects go when their period is over; none where the store of leads does, or somebody else.
    fn retained(self: Arc<Self>) -> Option<Arc<dyn Retains>> {
        None
    }
}

/// Where the agency keeps its projects, and the codes that open them.
#[async_trait]
pub trait Projects: ProjectSource {
    /// All projects, by their ids.
    async fn list(&self) -> Result<Vec<Project>, StoreError>;

    /// Writes projects, in place of those of the same ids: all of them or, where the store can undo, none. Codes stay what they are.
    async fn put(&self, projects: &[Project]) -> Result<(), StoreError>;

    /// Keeps a code that is handed out now. Whether its project is there; nothing is kept where it is not.
    async fn issue(&self, code: &CodeHash, issued: &Issued) -> Result<bool, StoreError>;

    /// Revokes the code of an id from `now` on; one that was revoked before stays as it was. Whether there is such a code.
    async fn revoke(&self, id: &str, now: Timestamp) -> Result<bool, StoreError>;

    /// All codes, the newest first, each with its hash: whoever has a code finds its id by it.
    async fn codes(&self) -> Result<Vec<(CodeHash, Issued)>, StoreError>;
}

/// Where invoices and payments are read from.
#[async_trait]
pub trait BillingSource: Send + Sync + fmt::Debug {
    /// What a client owes and has paid. What does not come in time is left out: it never keeps a project from being shown.
    async fn of(&self, customer: &str) -> Billing;

    /// Whether it answers and lets us in.
    async fn ready(&self) -> Result<(), Failure>;
}
