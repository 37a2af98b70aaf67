//! The store that the commands on leads and deliveries work on: the one that the functions would use with the same environment.

use anyhow::{Context, bail};
use functions::ports::Store;
use functions::store::{self, Patience};

/// The variable that names the store.
const DATABASE_URL: &str = "DATABASE_URL";

/// Runs some work on the store.
pub(super) fn with<T>(work: impl AsyncFnOnce(&dyn Store) -> anyhow::Result<T>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let store = from_environment()?;
        store.ready().await?;
        work(store.as_ref()).await
    })
}

/// The store that the environment names.
fn from_environment() -> anyhow::Result<Box<dyn Store>> {
    let url = std::env::var(DATABASE_URL).unwrap_or_default();
    if url.trim().is_empty() {
        bail!(
            "`{DATABASE_URL}` is not set, so that there is no store to look into\n\
             help: set it to the address that the functions have, `postgres://…` or `sqlite:FILE`"
        );
    }
    Ok(Box::new(store::open(url.trim(), Patience::default()).with_context(|| format!("`{DATABASE_URL}` names no store"))?))
}
