//! The world: who talks to whom.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use entra_simulator::{ApplicationSeed, Options, Seed, SeedError, Simulator, TenantSeed};
use mto_add::Add;
use mto_create::Create;
use mto_graph::{
    Cloud, CloudError, Credential, GraphClient, OAuthTokenProvider, ReqwestTransport, TenantCredential,
    Transport, TransportError,
};
use mto_handler::memory::{MemoryQueues, QueueSettings, Stored};
use mto_handler::{
    Application, Config, ConfigError, CredentialReference, Directory, DirectoryDocument, Handler, Message,
    Queue, QueueError, QueueUrl, SecretReference, TenantEntry, TenantSettings,
};
use mto_join::Join;
use mto_leave::Leave;
use mto_messages::{Scope, Verb};
use mto_reconcile::Limits;
use mto_sync::Sync as SyncFunction;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::clock::JumpClock;
use crate::traffic::{Counted, Tally, Traffic};
use crate::transport::InProcess;
use crate::waiting::WaitingCommand;

/// The time one invocation has: the template's function timeout.
const INVOCATION: Duration = Duration::seconds(60);

/// SQS's limit of a batch.
const BATCH: usize = 10;

/// The functions that stand.
const FUNCTIONS: [Verb; 5] = Verb::ALL;

/// How the functions reach the simulator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wiring {
    /// By a function call.
    InProcess,
    /// Over HTTP, at this root: `http://127.0.0.1:8080`.
    Http(String),
}

/// A world could not be built.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// The seed.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// The address of the simulator.
    #[error(transparent)]
    Cloud(#[from] CloudError),
    /// The HTTP client.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The tenant directory that was made from the seed.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A queue did not take a message.
    #[error(transparent)]
    Queue(#[from] QueueError),
}

/// How a [`World`] is to be.
pub struct Setup {
    /// The tenants and what they have made so far. In each tenant a function uses the application that is named as
    /// it is (`join`), and where there is none the first, with its first secret.
    pub seed: Seed,
    /// How the simulated service behaves.
    pub options: Options,
    /// Budgets and delays of the functions.
    pub limits: Limits,
    /// Tenants that the directory marks as external.
    pub external: Vec<Uuid>,
    /// Tenants that do not stand in the directory at all.
    pub unlisted: Vec<Uuid>,
    /// The `settings` of tenants in the directory.
    pub settings: BTreeMap<Uuid, Value>,
    /// The `syncScope` of tenants in the directory.
    pub scopes: BTreeMap<Uuid, Scope>,
    /// Verbs that no function has a queue for.
    pub without: Vec<Verb>,
    /// Records of a batch that are worked on at the same time.
    pub concurrency: usize,
    /// What stands between the functions and the queues; tests put faults here.
    pub around_queue: Around<dyn Queue>,
    /// What stands between the functions and Graph; tests put faults here.
    pub around_transport: Around<dyn Transport>,
}

/// Puts something around a queue or a transport.
pub type Around<T> = Arc<dyn Fn(Arc<T>) -> Arc<T> + Send + Sync>;

impl Setup {
    /// Defaults around a seed and options.
    pub fn new(seed: Seed, options: Options) -> Self {
        Self {
            seed,
            options,
            limits: Limits::default(),
            external: Vec::new(),
            unlisted: Vec::new(),
            settings: BTreeMap::new(),
            scopes: BTreeMap::new(),
            without: Vec::new(),
            concurrency: 4,
            around_queue: Arc::new(|queue| queue),
            around_transport: Arc::new(|transport| transport),
        }
    }
}

/// Simulator, queues and functions in one process.
pub struct World {
    clock: JumpClock,
    simulator: Simulator,
    queues: MemoryQueues,
    graph: GraphClient,
    tally: Tally,
    create: Handler<Create>,
    add: Handler<Add>,
    join: Handler<Join>,
    leave: Handler<Leave>,
    sync: Handler<SyncFunction>,
}

impl World {
    /// Builds a world around a simulator of its own; see [`World::simulator`] to serve it first where the wiring
    /// is HTTP.
    ///
    /// # Errors
    /// A seed that cannot be, or a wiring that cannot work.
    pub fn new(setup: Setup) -> Result<Self, WorldError> {
        let clock = JumpClock::default();
        let simulator = simulator(&setup, &clock)?;
        Self::around(setup, clock, simulator, &Wiring::InProcess)
    }

    /// Builds a world around a simulator that shares `clock`.
    ///
    /// # Errors
    /// A wiring that cannot work.
    #[expect(clippy::needless_pass_by_value, reason = "a setup is used up: one world each")]
    pub fn around(
        setup: Setup,
        clock: JumpClock,
        simulator: Simulator,
        wiring: &Wiring,
    ) -> Result<Self, WorldError> {
        let (root, transport): (&str, Arc<dyn Transport>) = match wiring {
            Wiring::InProcess => ("http://simulator.local", Arc::new(InProcess(simulator.clone()))),
            Wiring::Http(root) => (root, Arc::new(ReqwestTransport::new()?)),
        };
        let transport = (setup.around_transport)(transport);
        let cloud = Cloud::custom(&format!("{root}/v1.0"), root)?;
        let time: Arc<dyn mto_graph::Clock> = Arc::new(clock.clone());
        let client = |credentials| {
            let (root, scope) = (cloud.login_root(), cloud.token_scope());
            let tokens = OAuthTokenProvider::new(transport.clone(), time.clone(), root, scope, credentials);
            GraphClient::new(cloud.clone(), transport.clone(), Arc::new(tokens), time.clone())
        };
        let shared = client(credentials(&setup, None));
        // One client for all, unless a function has an application of its own: that is another identity.
        let graph = |function| {
            let own = setup.seed.tenants.iter().any(|tenant| own_application(tenant, function).is_some());
            if own { client(credentials(&setup, Some(function))) } else { shared.clone() }
        };
        let queues = queues(time.clone());
        let tally = Tally::default();
        let counted = Counted { inner: Arc::new(queues.clone()), tally: tally.clone() };
        let queue = (setup.around_queue)(Arc::new(counted));
        let config = |function| config(&setup, &cloud, function);
        Ok(Self {
            create: Handler::new(
                Create,
                config(Verb::Create)?,
                graph(Verb::Create),
                queue.clone(),
                time.clone(),
            ),
            add: Handler::new(Add, config(Verb::Add)?, graph(Verb::Add), queue.clone(), time.clone()),
            join: Handler::new(Join, config(Verb::Join)?, graph(Verb::Join), queue.clone(), time.clone()),
            leave: Handler::new(Leave, config(Verb::Leave)?, graph(Verb::Leave), queue.clone(), time.clone()),
            sync: Handler::new(SyncFunction, config(Verb::Sync)?, graph(Verb::Sync), queue, time.clone()),
            clock,
            simulator,
            queues,
            graph: shared,
            tally,
        })
    }

    /// The world's time.
    pub fn clock(&self) -> &JumpClock {
        &self.clock
    }

    /// The simulated service.
    pub fn simulator(&self) -> &Simulator {
        &self.simulator
    }

    /// The queues.
    pub fn queues(&self) -> &MemoryQueues {
        &self.queues
    }

    /// The functions' Graph client, for its statistics. Functions with applications of their own have other clients.
    pub fn graph(&self) -> &GraphClient {
        &self.graph
    }

    /// Posts a message as a ticket system would.
    ///
    /// # Errors
    /// If the queue does not take it.
    pub async fn post(&self, verb: Verb, body: &str) -> Result<(), WorldError> {
        let message = Message { body: body.to_owned(), ..Message::default() };
        Ok(self.queues.send(&queue(verb), vec![message]).await?)
    }

    /// Works on everything that is due now, as Lambda's event source mappings would. Returns how many batches
    /// there were.
    pub async fn work(&self) -> usize {
        let mut batches = 0;
        loop {
            let before = batches;
            for verb in FUNCTIONS {
                while self.invoke(verb).await {
                    batches += 1;
                }
            }
            if batches == before {
                return batches;
            }
        }
    }

    /// Runs until no command is left, or `steps` jumps were made. Returns whether none is left.
    pub async fn run(&self, steps: usize) -> bool {
        for _ in 0..steps {
            self.work().await;
            match self.next_due() {
                Some(time) => self.clock.jump_to(time),
                None => return true,
            }
        }
        false
    }

    /// When the next message becomes visible; none if no command is left.
    pub fn next_due(&self) -> Option<OffsetDateTime> {
        self.queues.next_visible(&FUNCTIONS.map(queue))
    }

    /// The outcomes so far, oldest first.
    pub fn outcomes(&self) -> Vec<Value> {
        let stored = self.queues.contents(&outcomes_queue());
        stored.iter().filter_map(|message| serde_json::from_str(&message.body).ok()).collect()
    }

    /// The dead letters of a function.
    pub fn dead_letters(&self, verb: Verb) -> Vec<Stored> {
        self.queues.contents(&dead_letter_queue(verb))
    }

    /// The messages that wait in a function's queue.
    pub fn waiting(&self, verb: Verb) -> Vec<Stored> {
        self.queues.contents(&queue(verb))
    }

    /// The commands that wait, or were just posted: by verb, each in the order of sending.
    pub fn commands(&self) -> Vec<WaitingCommand> {
        let stored = FUNCTIONS.into_iter().flat_map(|verb| self.waiting(verb));
        stored.filter_map(|message| WaitingCommand::read(&message)).collect()
    }

    /// What went through the functions' queues so far.
    pub fn traffic(&self) -> Traffic {
        self.tally.snapshot()
    }

    /// One batch of one function; false if nothing was visible.
    async fn invoke(&self, verb: Verb) -> bool {
        let queue = queue(verb);
        let records = self.queues.receive(&queue, BATCH);
        if records.is_empty() {
            return false;
        }
        self.tally.count_deliveries(records.len());
        let handles: Vec<(String, String)> =
            records.iter().map(|r| (r.message_id.clone(), r.receipt_handle.clone())).collect();
        let end = self.clock.now() + INVOCATION;
        let failed = match verb {
            Verb::Create => self.create.handle(records, end).await,
            Verb::Add => self.add.handle(records, end).await,
            Verb::Join => self.join.handle(records, end).await,
            Verb::Leave => self.leave.handle(records, end).await,
            Verb::Sync => self.sync.handle(records, end).await,
        };
        for (message_id, receipt_handle) in handles {
            if !failed.contains(&message_id) {
                // The in-process queue cannot refuse a delete.
                let _ = self.queues.delete(&queue, &receipt_handle).await;
            }
        }
        true
    }
}

/// A simulator in the time of `clock`.
///
/// # Errors
/// A seed that cannot be.
pub fn simulator(setup: &Setup, clock: &JumpClock) -> Result<Simulator, WorldError> {
    let time = Arc::new(clock.for_simulator());
    Ok(Simulator::new(setup.seed.clone(), setup.options.clone(), time)?)
}

/// The URL of a verb's queue.
pub fn queue(verb: Verb) -> QueueUrl {
    QueueUrl::new(format!("local://{verb}"))
}

/// The URL of the outcomes queue.
pub fn outcomes_queue() -> QueueUrl {
    QueueUrl::new("local://outcomes")
}

/// The URL of a function's dead-letter queue.
pub fn dead_letter_queue(verb: Verb) -> QueueUrl {
    QueueUrl::new(format!("local://{verb}-dead-letters"))
}

fn queues(clock: Arc<dyn mto_graph::Clock>) -> MemoryQueues {
    let mut queues = MemoryQueues::new(clock).with(&outcomes_queue(), QueueSettings::default());
    for verb in FUNCTIONS {
        let dead_letters = dead_letter_queue(verb);
        let settings =
            QueueSettings { dead_letter_queue: Some(dead_letters.clone()), ..QueueSettings::default() };
        queues = queues.with(&dead_letters, QueueSettings::default()).with(&queue(verb), settings);
    }
    queues
}

fn config(setup: &Setup, cloud: &Cloud, function: Verb) -> Result<Config, ConfigError> {
    Ok(Config {
        function,
        queues: FUNCTIONS
            .into_iter()
            .filter(|verb| *verb == function || !setup.without.contains(verb))
            .map(|verb| (verb, queue(verb)))
            .collect(),
        outcomes: outcomes_queue(),
        dead_letters: dead_letter_queue(function),
        directory: directory(setup, function)?,
        cloud: cloud.clone(),
        limits: setup.limits.clone(),
        concurrency: setup.concurrency,
    })
}

/// The directory names every tenant of the seed that is to be listed by the first word of its name.
fn directory(setup: &Setup, function: Verb) -> Result<Directory, ConfigError> {
    let entry = |tenant: &TenantSeed| {
        let external = setup.external.contains(&tenant.tenant_id);
        let application = tenant.applications.first().filter(|_| !external);
        let own = FUNCTIONS
            .into_iter()
            .filter(|_| !external)
            .filter_map(|verb| Some((verb.to_string(), entry_of(own_application(tenant, verb)?))));
        let settings = setup.settings.get(&tenant.tenant_id).map(TenantSettings::deserialize);
        let settings = settings
            .transpose()
            .map_err(|error| ConfigError { variable: "settings".to_owned(), problem: error.to_string() })?;
        Ok(TenantEntry {
            tenant_id: tenant.tenant_id,
            name: tenant.display_name.to_lowercase(),
            display_name: Some(tenant.display_name.clone()),
            domains: vec![tenant.default_domain.clone()],
            cloud: None,
            external,
            application: application.map(entry_of),
            applications: own.collect(),
            sync_scope: setup.scopes.get(&tenant.tenant_id).cloned(),
            settings,
        })
    };
    let listed = setup.seed.tenants.iter().filter(|tenant| !setup.unlisted.contains(&tenant.tenant_id));
    let tenants = listed.map(entry).collect::<Result<_, ConfigError>>()?;
    Directory::new(DirectoryDocument { tenants }, "seed", function)
}

fn entry_of(application: &ApplicationSeed) -> Application {
    Application {
        client_id: application.client_id.to_string(),
        credential: CredentialReference::ClientSecret(SecretReference::Env("held in process".to_owned())),
    }
}

/// The application that is for this function alone.
fn own_application(tenant: &TenantSeed, function: Verb) -> Option<&ApplicationSeed> {
    tenant.applications.iter().find(|one| one.display_name.as_deref() == Some(function.as_str()))
}

/// What one function signs in with; without a function, what those without applications of their own do.
fn credentials(setup: &Setup, function: Option<Verb>) -> HashMap<Uuid, TenantCredential> {
    let tenants = setup.seed.tenants.iter().filter(|tenant| !setup.external.contains(&tenant.tenant_id));
    tenants
        .filter_map(|tenant| {
            let own = function.and_then(|function| own_application(tenant, function));
            let application = own.or_else(|| tenant.applications.first())?;
            let secret = application.secrets.first()?.expose().to_owned();
            let credential = Credential::ClientSecret(SecretString::from(secret));
            let client_id = application.client_id.to_string();
            Some((tenant.tenant_id, TenantCredential { client_id, credential }))
        })
        .collect()
}
