//! Whose turn it is to deliver: of many who would, one does and one waits.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::{Mutex, OwnedMutexGuard, Semaphore};

use crate::ports::Store;

/// The turns of each store of this instance.
#[derive(Clone, Debug, Default)]
pub struct Turns(Arc<BTreeMap<&'static str, Turn>>);

#[derive(Debug)]
struct Turn {
    running: Arc<Mutex<()>>,
    waiting: Arc<Semaphore>,
}

/// It is somebody's turn, until this is dropped.
#[derive(Debug)]
pub struct Mine(#[expect(dead_code, reason = "it is held, and never read")] OwnedMutexGuard<()>);

impl Turns {
    /// For these stores.
    pub fn of(stores: &[Arc<dyn Store>]) -> Self {
        let turn = || Turn { running: Arc::default(), waiting: Arc::new(Semaphore::new(1)) };
        Self(Arc::new(stores.iter().map(|store| (store.name(), turn())).collect()))
    }

    /// Waits for a turn. Where somebody waits already there is none: who waits begins after now, and so finds all that is there now.
    pub async fn take(&self, store: &Arc<dyn Store>) -> Option<Mine> {
        let turn = self.0.get(store.name())?;
        let waiting = turn.waiting.try_acquire().ok()?;
        let running = Arc::clone(&turn.running).lock_owned().await;
        drop(waiting);
        Some(Mine(running))
    }
}
