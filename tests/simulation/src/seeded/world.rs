//! The world of a run: the functions' own code over the in-process queues, against the simulator, in virtual time.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use entra_simulator::{ApplicationSeed, Seed, Simulator, TenantSeed};
use mto_add::Add;
use mto_create::Create;
use mto_graph::{Clock, Cloud, Credential, GraphClient, OAuthTokenProvider, TenantCredential, Transport};
use mto_handler::memory::{MemoryQueues, QueueSettings};
use mto_handler::{
    Application, BatchFunction, Config, CredentialReference, Directory, DirectoryDocument, Function, Handler,
    Queue, SecretReference, TenantEntry, TenantSettings,
};
use mto_join::Join;
use mto_leave::Leave;
use mto_local::{InProcess, dead_letter_queue, outcomes_queue, queue};
use mto_messages::{Scope, Verb};
use mto_reconcile::Limits;
use mto_sync::Sync as SyncFunction;
use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;

use super::book::{Book, Shared};
use super::broken::{self, Broken};
use super::clock::VirtualClock;
use super::dice::Dice;
use super::edges::{Net, Post};
use super::faults::Faults;
use super::mutants::Mutant;
use super::script::Script;

const ROOT: &str = "http://simulator.local";

/// Everything a driver drives.
pub(crate) struct World {
    pub(crate) clock: VirtualClock,
    pub(crate) simulator: Simulator,
    pub(crate) queues: MemoryQueues,
    pub(crate) functions: BTreeMap<Verb, Arc<dyn BatchFunction>>,
    pub(crate) book: Shared,
    pub(crate) seed: Seed,
    pub(crate) mutant: Option<Mutant>,
}

impl World {
    pub(crate) fn new(script: &Script, faults: Faults, mutant: Option<Mutant>) -> Self {
        let clock = VirtualClock::default();
        let time: Arc<dyn Clock> = Arc::new(clock.clone());
        let setup = script.setup();
        let simulator = Simulator::new(setup.seed, setup.options, Arc::new(clock.for_simulator())).unwrap();
        let seed = &script.seed;
        let mut book = Book::new(simulator.clone(), clock.now(), faults, names(seed));
        let applications = seed.tenants.iter().flat_map(|tenant| &tenant.applications);
        book.foreign = script.foreign;
        book.secrets = applications.flat_map(|one| &one.secrets).map(|one| one.expose().to_owned()).collect();
        let book: Shared = Arc::new(Mutex::new(book));
        let queues = queues(time.clone(), script.receives);
        let post: Arc<dyn Queue> = Arc::new(Post { inner: Arc::new(queues.clone()), book: book.clone() });
        let parts =
            Parts { clock: clock.clone(), time, script, simulator: &simulator, book: &book, post, mutant };
        let functions = BTreeMap::from([
            (Verb::Create, parts.function(Create)),
            (Verb::Add, parts.function(Add)),
            (Verb::Join, parts.function(Join)),
            (Verb::Leave, parts.function(Leave)),
            (Verb::Sync, parts.function(SyncFunction)),
        ]);
        Self { clock, simulator, queues, functions, book, seed: script.seed.clone(), mutant }
    }
}

/// What functions are put together from.
struct Parts<'a> {
    clock: VirtualClock,
    time: Arc<dyn Clock>,
    script: &'a Script,
    simulator: &'a Simulator,
    book: &'a Shared,
    post: Arc<dyn Queue>,
    mutant: Option<Mutant>,
}

impl Parts<'_> {
    fn function<F: Function>(&self, function: F) -> Arc<dyn BatchFunction> {
        let cloud = Cloud::custom(&format!("{ROOT}/v1.0"), ROOT).unwrap();
        let inner = Arc::new(InProcess(self.simulator.clone()));
        let net: Arc<dyn Transport> =
            Arc::new(Net { inner, book: self.book.clone(), clock: self.clock.clone() });
        let net = broken::around_net(self.mutant, F::VERB, net, self.book);
        let (root, scope) = (cloud.login_root(), cloud.token_scope());
        let tokens =
            OAuthTokenProvider::new(net.clone(), self.time.clone(), root, scope, credentials(self.script));
        let graph = GraphClient::new(cloud.clone(), net, Arc::new(tokens), self.time.clone());
        let post = broken::around_queue(self.mutant, F::VERB, self.post.clone(), self.book);
        let config = config(self.script, cloud, F::VERB);
        let time = self.time.clone();
        let handler: Arc<dyn BatchFunction> = match self.mutant {
            Some(mutant) => {
                let function = Broken { inner: function, mutant, book: self.book.clone() };
                Arc::new(Handler::new(function, config, graph, post, time))
            }
            None => Arc::new(Handler::new(function, config, graph, post, time)),
        };
        broken::around_function(self.mutant, handler)
    }
}

fn names(seed: &Seed) -> BTreeMap<String, Uuid> {
    seed.tenants.iter().map(|tenant| (tenant.display_name.to_lowercase(), tenant.tenant_id)).collect()
}

fn queues(clock: Arc<dyn Clock>, max_receive_count: u32) -> MemoryQueues {
    let mut queues = MemoryQueues::new(clock).with(&outcomes_queue(), QueueSettings::default());
    for verb in Verb::ALL {
        let dead_letters = dead_letter_queue(verb);
        let settings = QueueSettings {
            max_receive_count,
            dead_letter_queue: Some(dead_letters.clone()),
            ..QueueSettings::default()
        };
        queues = queues.with(&dead_letters, QueueSettings::default()).with(&queue(verb), settings);
    }
    queues
}

fn config(script: &Script, cloud: Cloud, function: Verb) -> Config {
    Config {
        function,
        queues: Verb::ALL.into_iter().map(|verb| (verb, queue(verb))).collect(),
        outcomes: outcomes_queue(),
        dead_letters: dead_letter_queue(function),
        directory: directory(script, function),
        cloud,
        limits: Limits::default(),
        concurrency: 1,
    }
}

/// Every tenant by the first word of its name; those that are ours with their group as default scope.
fn directory(script: &Script, function: Verb) -> Directory {
    let application = |one: &ApplicationSeed| Application {
        client_id: one.client_id.to_string(),
        credential: CredentialReference::ClientSecret(SecretReference::Env("held in process".to_owned())),
    };
    let is_foreign = |tenant: Uuid| script.foreign == Some(tenant);
    let tenants = script.seed.tenants.iter().map(|tenant| TenantEntry {
        tenant_id: tenant.tenant_id,
        name: tenant.display_name.to_lowercase(),
        display_name: Some(tenant.display_name.clone()),
        domains: vec![tenant.default_domain.clone()],
        cloud: None,
        external: is_foreign(tenant.tenant_id),
        application: tenant.applications.first().filter(|_| !is_foreign(tenant.tenant_id)).map(application),
        applications: BTreeMap::new(),
        sync_scope: (!is_foreign(tenant.tenant_id))
            .then(|| Scope { groups: vec![tenant.groups[0].id.unwrap()], ..Scope::default() }),
        settings: script.settings.get(&tenant.tenant_id).cloned(),
    });
    Directory::new(DirectoryDocument { tenants: tenants.collect() }, "seed", function).unwrap()
}

/// What each of these tenants wants to have set beside what synchronization needs: in two seeds of three nothing.
pub(crate) fn settings(tenants: &[TenantSeed], dice: &mut Dice) -> BTreeMap<Uuid, TenantSettings> {
    if !dice.once_in(3) {
        return BTreeMap::new();
    }
    let wants = |tenant: &TenantSeed| {
        let mut wanted = json!({});
        if dice.once_in(2) {
            wanted["templates"] = json!(dice.pick(&["admin-center", "default"]));
        }
        if dice.once_in(2) {
            wanted["inboundTrust"] = json!({"isMfaAccepted": true});
            // Absent: left alone.
            if dice.once_in(2) {
                wanted["inboundTrust"]["isCompliantDeviceAccepted"] = json!(true);
            }
        }
        if dice.once_in(2) {
            wanted["b2bDirectConnect"] = json!({"inbound": dice.once_in(2), "outbound": dice.once_in(2)});
        }
        (tenant.tenant_id, serde_json::from_value(wanted).unwrap())
    };
    tenants.iter().map(wants).collect()
}

fn credentials(script: &Script) -> HashMap<Uuid, TenantCredential> {
    let credential = |application: &ApplicationSeed| TenantCredential {
        client_id: application.client_id.to_string(),
        credential: Credential::ClientSecret(SecretString::from(application.secrets[0].expose().to_owned())),
    };
    let ours = script.seed.tenants.iter().filter(|tenant| script.foreign != Some(tenant.tenant_id));
    ours.map(|tenant| (tenant.tenant_id, credential(&tenant.applications[0]))).collect()
}
