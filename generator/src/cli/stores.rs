//! The store that the commands on leads, deliveries and projects work on: the one that the functions would use with the same environment.

use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use functions::adapters::{self, notion::NotionProjects};
use functions::config::Config;
use functions::egress::Egress;
use functions::ports::{Clock, ProjectSource, Projects, Retains, Store, SystemClock};
use functions::store::{self, Patience, SqlStore};
use registry::contract::Contract;

use super::{Shell, build};

/// The variable that names the store.
const DATABASE_URL: &str = "DATABASE_URL";

/// Runs some work on the store.
pub(super) fn with<T>(shell: &Shell, work: impl AsyncFnOnce(&dyn Store) -> anyhow::Result<T>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let store: Arc<dyn Store> = match database()? {
            Some(database) => Arc::new(database),
            None => notion(shell)?,
        };
        store.ready().await?;
        work(store.as_ref()).await
    })
}

/// Runs some work on all that lets go of what is past its period, the database first, which must be that of the site.
pub(super) fn with_retained<T>(
    contract: &Arc<Contract>,
    work: impl AsyncFnOnce(&[Arc<dyn Retains>]) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut all: Vec<Arc<dyn Retains>> = Vec::new();
        let database = database()?.map(Arc::new);
        if let Some(database) = &database {
            Store::ready(&**database).await?;
            all.push(database.clone());
        }
        // Beside a database, Notion has the pages that were delivered there.
        if has_notion()
            && let Some(pages) = in_notion(contract, &config()?, Arc::new(SystemClock))
        {
            pages.ready().await?;
            all.push(pages);
        }
        if database.is_none() && has_notion_projects() {
            let projects = projects_of(contract)?;
            ProjectSource::ready(&*projects).await?;
            all.push(projects);
        }
        if all.is_empty() {
            notion_config()?;
            bail!(NO_PAGES);
        }
        work(&all).await
    })
}

/// Runs some work on the database, where it is noted who was told of a change, and on all the stores, itself among them.
pub(super) fn with_notices<T>(
    contract: &Arc<Contract>,
    work: impl AsyncFnOnce(&Config, Arc<SqlStore>, &[Arc<dyn Store>]) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let Some(database) = database()?.map(Arc::new) else {
            bail!(
                "`{DATABASE_URL}` is not set, and nothing else notes who was told\n\
                 help: set it to the address that the functions have; where leads are in Notion alone, to a file, such as `sqlite:notices.db`, \
                 which `plainsite doctor --migrate` makes"
            )
        };
        let config = config()?;
        let mut stores: Vec<Arc<dyn Store>> = vec![database.clone()];
        stores.extend(in_notion(contract, &config, Arc::new(SystemClock)));
        for store in &stores {
            store.ready().await?;
        }
        work(&config, database, &stores).await
    })
}

/// Runs some work on where the projects are.
pub(super) fn with_projects<T>(shell: &Shell, work: impl AsyncFnOnce(&dyn Projects) -> anyhow::Result<T>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let store: Arc<dyn Projects> = match database()? {
            Some(database) => Arc::new(database),
            None => projects_in_notion(shell)?,
        };
        ProjectSource::ready(&*store).await?;
        work(store.as_ref()).await
    })
}

/// The projects of a site without a database.
fn projects_in_notion(shell: &Shell) -> anyhow::Result<Arc<dyn Projects>> {
    if !has_notion_projects() {
        bail!(
            "`{DATABASE_URL}` is not set, nor is `NOTION_PROJECTS_TOKEN`, so that there are no projects\n\
             help: set them as the functions have them: `postgres://…` or `sqlite:FILE`, or else the keys of Notion"
        );
    }
    let projects = projects_of(&build::once(false, shell.today, &shell.disk()?).contract())?;
    Ok(projects)
}

/// The projects in Notion that the environment names.
fn projects_of(contract: &Contract) -> anyhow::Result<Arc<NotionProjects>> {
    let config = config()?;
    let egress = Egress::new(&contract.registry, &config);
    adapters::notion_projects(&config, &egress).context("the keys of Notion are not all there")
}

/// The database that the environment names; none where it names none. It needs a running tokio.
pub(super) fn database() -> anyhow::Result<Option<SqlStore>> {
    let url = std::env::var(DATABASE_URL).unwrap_or_default();
    if url.trim().is_empty() {
        return Ok(None);
    }
    Ok(Some(store::open(url.trim(), Patience::default()).with_context(|| format!("`{DATABASE_URL}` names no store"))?))
}

/// The store of a site without a database. What a page of it means, the site's forms tell.
fn notion(shell: &Shell) -> anyhow::Result<Arc<dyn Store>> {
    let config = notion_config()?;
    let contract = Arc::new(build::once(false, shell.today, &shell.disk()?).contract());
    in_notion(&contract, &config, Arc::new(SystemClock)).context(NO_PAGES)
}

/// Why Notion is no store of a site.
const NO_PAGES: &str = "no form of the site delivers pages, so that Notion keeps no leads";

fn has_notion() -> bool {
    is_set("NOTION_TOKEN")
}

fn has_notion_projects() -> bool {
    is_set("NOTION_PROJECTS_TOKEN")
}

fn is_set(variable: &str) -> bool {
    !std::env::var(variable).unwrap_or_default().trim().is_empty()
}

/// The environment of the functions, where it has the keys of Notion.
fn notion_config() -> anyhow::Result<Config> {
    if !has_notion() {
        bail!(
            "`{DATABASE_URL}` is not set, nor is `NOTION_TOKEN`, so that there is no store to look into\n\
             help: set them as the functions have them: `postgres://…` or `sqlite:FILE`, or else the keys of Notion"
        );
    }
    config()
}

/// What the environment sets, as the functions read it.
fn config() -> anyhow::Result<Config> {
    Config::from_environment().map_err(|problems| anyhow!("the environment is not that of the functions: {}", problems.join("; ")))
}

/// The leads of a site in Notion; none where no form delivers pages.
fn in_notion(contract: &Arc<Contract>, config: &Config, clock: Arc<dyn Clock>) -> Option<Arc<dyn Store>> {
    adapters::notion_store(contract, config, &Egress::new(&contract.registry, config), &clock)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use functions::lead::{Lead, LeadId};
    use functions::personal::Personal;
    use functions::ports::{Entry, Filter};
    use functions::stand_ins;
    use serde_json::json;

    use super::*;
    use crate::cli::doctor::fixture;

    #[tokio::test(flavor = "current_thread")]
    async fn leads_in_notion_are_found_by_another_process() {
        let contract = fixture::contract();
        let notion = stand_ins::Notion::start(&contract).await.unwrap();
        let mut config = fixture::config(&[]);
        notion.configure(&mut config);
        let store = || in_notion(&contract, &config, Arc::new(SystemClock)).unwrap();
        let received = "2027-01-01T10:20:30Z".parse().unwrap();
        let lead = Lead {
            id: LeadId::of_digest([7; 16]),
            form: "contact".into(),
            language: "en".to_owned(),
            received,
            contacted: received,
            values: Personal::new(BTreeMap::from([("name".to_owned(), json!("Ada"))])),
            captured: Personal::new(BTreeMap::new()),
            held: Vec::new(),
        };
        let entry =
            Entry { lead: lead.clone(), key: "key".into(), fingerprint: String::new(), proof: None, limits: Vec::new(), sinks: Vec::new() };
        store().accept(&entry).await.unwrap();
        store().ready().await.unwrap();
        assert_eq!(store().leads(&Filter::default()).await.unwrap(), [lead]);
    }
}
