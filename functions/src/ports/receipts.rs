//! What the functions need to keep the proofs of cookie choices.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;

use super::StoreError;
use crate::receipt::{Receipt, ReceiptId};

/// Which receipts a list is of. `None` is any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReceiptFilter {
    /// This one.
    pub id: Option<ReceiptId>,
    /// Received at this time or later.
    pub since: Option<Timestamp>,
    /// At most so many, the newest first.
    pub most: Option<u32>,
}

/// Where the proofs of cookie choices are kept.
#[async_trait]
pub trait Receipts: Send + Sync + fmt::Debug {
    /// Keeps a receipt. One that is there with its id stays as it is.
    async fn keep(&self, receipt: &Receipt) -> Result<(), StoreError>;

    /// Receipts, the newest first.
    async fn receipts(&self, filter: &ReceiptFilter) -> Result<Vec<Receipt>, StoreError>;
}
