//! The functions below `/api`, in this process: by the contract of the site that is shown, with a store beside the site and stand-ins for the
//! outside services.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use functions::adapters;
use functions::app::App;
use functions::config::Config;
use functions::egress::Egress;
use functions::lead::DeliveryState;
use functions::log::{Event, Log};
use functions::ports::{Background, ClientAddress, Clock, Filter, Projects, Receipts, Requests, Store, StoreError, SystemClock};
use functions::routes;
use functions::stand_ins::{Mail, MailServer, Make, Notion, Resend, Stripe};
use functions::store::{self, Patience, SqlStore};
use functions::world::World;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use registry::contract::{Contract, Site};
use registry::model::{DeliveryKind, Registry};
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use super::{Running, sample};

/// The folder of what development leaves behind, below the site's root.
const FOLDER: &str = ".plainsite";

/// What keeps it out of a repository.
const IGNORED: &str = "*\n";

/// The database of leads in it.
const DATABASE: &str = "development.sqlite";

/// The set-up of a site in development. Nothing here is secret: only pages on this machine reach these functions. The secret is always the
/// same, so that a form that was opened before a restart can still be sent.
const SETTINGS: [(&str, &str); 3] = [
    ("PLAINSITE_SECRET", "a secret of development, known to all"),
    ("MAIL_FROM", "The site in development <site@development.example>"),
    ("OPERATIONS_EMAIL", "operations@development.example"),
];

/// The host of the one service that takes e-mails over HTTP; all others are mail servers.
const RESEND: &str = "api.resend.com";

/// How long what was left to do may take once the server is to end.
const PATIENCE: Duration = Duration::from_secs(5);

/// The most requests to the portal that are kept for the development pages.
const MOST_ASKED: usize = 100;

/// What an address of a database cannot hold as it is.
const ADDRESS: &AsciiSet = &CONTROLS.add(b' ').add(b'%').add(b'?').add(b'#');

/// The functions, and all that they work with.
pub struct Api {
    store: Arc<SqlStore>,
    log: Log,
    /// What goes on after responses.
    left: TaskTracker,
    notion: Notion,
    resend: Resend,
    mail_server: MailServer,
    make: Make,
    stripe: Stripe,
    asked: Asked,
    current: Mutex<Option<Current>>,
}

/// What the portal was asked, in words, the newest last.
type Asked = Arc<Mutex<Vec<String>>>;

/// The functions of a contract.
#[derive(Clone)]
struct Current {
    contract: Arc<Contract>,
    app: App,
    router: Router,
}

impl Api {
    /// Opens the store below a site's root, and starts the stand-ins. What happens is written to `log`.
    ///
    /// # Errors
    /// A store that cannot be opened or has tables of another program; no free port.
    pub async fn open(root: &Path, log: Log) -> anyhow::Result<Self> {
        let folder = root.join(FOLDER);
        fs::create_dir_all(&folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
        fs::write(folder.join(".gitignore"), IGNORED).with_context(|| format!("cannot write into `{}`", folder.display()))?;
        let file = folder.join(DATABASE);
        let address = format!("sqlite:{}", utf8_percent_encode(&file.to_string_lossy(), ADDRESS));
        let store = store::open(&address, Patience::default())?;
        store.migrate().await.with_context(|| format!("cannot use `{}`", file.display()))?;
        // A site in development is copied and moved, and nobody in it is a person who was erased.
        store.note_whole().await?;
        let asked = Asked::default();
        let api = Self {
            store: Arc::new(store),
            log: noting(log, asked.clone()),
            left: TaskTracker::new(),
            // It gets its columns with the first contract.
            notion: Notion::start(&Contract::of(&Registry::default(), Site::default())).await?,
            resend: Resend::start().await?,
            mail_server: MailServer::start().await?,
            make: Make::start().await?,
            stripe: Stripe::start().await?,
            asked,
            current: Mutex::default(),
        };
        // The keys are those of every contract.
        let app = api.made(&Arc::new(Contract::of(&Registry::default(), Site::default()))).app;
        sample::put(&*api.store, &app, SystemClock.now()).await?;
        Ok(api)
    }

    /// Clients' projects, and the codes that open them.
    pub(super) fn projects(&self) -> &impl Projects {
        &*self.store
    }

    /// What the portal was asked, the newest last.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The e-mails that were sent.
    pub(super) fn mails(&self) -> Vec<Mail> {
        self.resend.mails().into_iter().chain(self.mail_server.mails()).collect()
    }

    /// The automation.
    pub(super) fn automation(&self) -> &Make {
        &self.make
    }

    /// The workspace of pages.
    pub(super) fn notion(&self) -> &Notion {
        &self.notion
    }

    /// The store of leads.
    pub(super) fn store(&self) -> Arc<dyn Store> {
        self.store.clone()
    }

    /// The proofs of cookie choices.
    pub(super) fn receipts(&self) -> Arc<dyn Receipts> {
        self.store.clone()
    }

    /// The privacy requests.
    pub(super) fn requests(&self) -> Arc<dyn Requests> {
        self.store.clone()
    }

    /// Attempts every delivery that waits or was given up, whenever it is due.
    ///
    /// # Errors
    /// The store fails.
    pub(super) async fn deliver_now(&self, contract: &Arc<Contract>) -> Result<(), StoreError> {
        let outbox = self.current(contract).app.outbox(&self.store());
        outbox.probe().await?;
        for state in [DeliveryState::Pending, DeliveryState::Dead] {
            self.store.retry(&Filter { state: Some(state), ..Filter::default() }, SystemClock.now()).await?;
        }
        outbox.drain(PATIENCE).await.map(drop)
    }

    /// Waits for what was left to do, as long as that is reasonable, and closes the store.
    pub(super) async fn end(&self) {
        self.left.close();
        let all = async {
            self.left.wait().await;
            self.store.close().await;
        };
        // What is cut short is in the outbox, and attempted again another time.
        let _ = tokio::time::timeout(PATIENCE, all).await;
    }

    /// The functions of a contract: those that are there, or new ones where it is another contract.
    fn current(&self, contract: &Arc<Contract>) -> Current {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        match &*current {
            Some(current) if Arc::ptr_eq(&current.contract, contract) => current.clone(),
            _ => current.insert(self.made(contract)).clone(),
        }
    }

    fn made(&self, contract: &Arc<Contract>) -> Current {
        self.notion.add_columns(contract);
        let config = self.config(&contract.registry);
        let egress = Egress::new(&contract.registry, &config);
        let world = World {
            stores: vec![self.store()],
            receipts: Some(self.receipts()),
            requests: Some(self.requests()),
            correspondence: adapters::correspondence(contract, &config, &egress),
            sinks: adapters::sinks(contract, &config, &egress),
            projects: Some(self.store.clone()),
            billing: adapters::billing(&config, &egress, self.log.clone()),
            operations: adapters::operations(contract, &config, &egress),
            clock: Arc::new(SystemClock),
        };
        let app = App { log: self.log.clone(), ..App::new(contract.clone(), config, world) };
        Current { contract: contract.clone(), router: routes::router(app.clone()), app }
    }

    fn config(&self, registry: &Registry) -> Config {
        let settings: BTreeMap<String, String> = SETTINGS.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let mut config = Config::from_variables(&settings).expect("our own settings are right");
        self.notion.configure(&mut config);
        self.make.configure(&mut config);
        self.stripe.configure(&mut config);
        match by_mail_server(registry) {
            true => self.mail_server.configure(&mut config),
            false => self.resend.configure(&mut config),
        }
        config
    }
}

/// A log that also keeps what the portal was asked.
fn noting(log: Log, asked: Asked) -> Log {
    Log::new(move |event| {
        if let Event::Answered { method, route, status, millis, .. } = event
            && route.starts_with("/api/portal/")
        {
            let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
            if asked.len() == MOST_ASKED {
                asked.remove(0);
            }
            asked.push(format!("{method} {route}: {status} in {millis} ms"));
        }
        log.write(event);
    })
}

/// Whether the site's e-mails go to a mail server: their recipient is none that takes them over HTTP.
fn by_mail_server(registry: &Registry) -> bool {
    let deliveries = registry.forms.iter().flat_map(|form| &form.deliver);
    let mut mails = deliveries.filter(|delivery| matches!(delivery.kind, DeliveryKind::Confirmation | DeliveryKind::Notification));
    let recipient = mails.next().and_then(|delivery| registry.recipient(&delivery.to));
    recipient.is_some_and(|recipient| !recipient.calls.iter().any(|host| host == RESEND))
}

/// Has the functions answer what is below `/api`, with what their host knows of a request.
pub(super) async fn answer(State(running): State<Running>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if path != "/api" && !path.starts_with("/api/") {
        return next.run(request).await;
    }
    let api = &running.api;
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>().copied() {
        request.extensions_mut().insert(ClientAddress::new(peer.ip()));
    }
    let left = api.left.clone();
    request.extensions_mut().insert(Background::new(move |work| drop(left.spawn(work))));
    let router = match &running.server.shown().contract {
        Some(contract) => api.current(contract).router,
        None => routes::unconfigured(vec!["the site does not build yet".to_owned()], api.log.clone()),
    };
    let answer: Result<Response, Infallible> = router.oneshot(request).await;
    answer.unwrap_or_else(|never| match never {})
}

impl std::fmt::Debug for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Api").field("store", &self.store).finish_non_exhaustive()
    }
}
