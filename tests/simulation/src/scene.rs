//! A world with a seed, commands and checks.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use entra_simulator::{
    Change, MemberRole, MemberSeed, MemberState, Options, OrganizationSeed, RequestLine, Seed,
};
use http::Request;
use mto_handler::JOURNAL_ATTRIBUTE;
use mto_handler::memory::Stored;
use mto_local::{Setup, World};
use mto_messages::{Command, Journal, Verb};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::admin::{ADMIN_REQUEST, Admin};
use crate::faults::{Fault, FaultyQueue, FaultyTransport, Hook, Point, Rewrite};
use crate::told::Told;

/// Jumps of time after which a scenario counts as endless. The longest here, a create that waits for its
/// children for 16 hours, takes about 100 for each chain.
const MAX_JUMPS: usize = 20_000;

/// The functions that stand.
const VERBS: [Verb; 5] = Verb::ALL;

/// How a scene is to be.
pub struct Stage {
    /// The world's setup. Faults are put around its transport, and take the place of what is around its queue.
    pub setup: Setup,
    hook: Hook,
    rewrite: Option<Rewrite>,
    interleaved: bool,
}

impl Stage {
    /// So many demo tenants, in no organization, with the simulator's defaults.
    pub fn new(tenants: usize) -> Self {
        Self::with(Seed::demo(tenants))
    }

    /// Around a seed, with the simulator's defaults.
    pub fn with(seed: Seed) -> Self {
        let hook: Hook = Arc::new(|_| Fault::None);
        Self { setup: Setup::new(seed, Options::default()), hook, rewrite: None, interleaved: false }
    }

    /// Another behaviour of the simulated service.
    #[must_use]
    pub fn options(mut self, options: Options) -> Self {
        self.setup.options = options;
        self
    }

    /// Marks a tenant as external in the tenant directory.
    #[must_use]
    pub fn external(mut self, name: &str) -> Self {
        let tenant = id_in(&self.setup.seed, name);
        self.setup.external.push(tenant);
        self
    }

    /// Leaves a tenant out of the tenant directory.
    #[must_use]
    pub fn unlisted(mut self, name: &str) -> Self {
        let tenant = id_in(&self.setup.seed, name);
        self.setup.unlisted.push(tenant);
        self
    }

    /// The `settings` of a tenant in the tenant directory.
    #[must_use]
    pub fn settings(mut self, name: &str, settings: Value) -> Self {
        let tenant = id_in(&self.setup.seed, name);
        self.setup.settings.insert(tenant, settings);
        self
    }

    /// The `syncScope` of a tenant in the tenant directory.
    #[must_use]
    pub fn scope(mut self, name: &str, scope: &Value) -> Self {
        let tenant = id_in(&self.setup.seed, name);
        self.setup.scopes.insert(tenant, serde_json::from_value(scope.clone()).unwrap());
        self
    }

    /// No function has a queue for this verb.
    #[must_use]
    pub fn without(mut self, verb: Verb) -> Self {
        self.setup.without.push(verb);
        self
    }

    /// Faults at the edges.
    #[must_use]
    pub fn faults(mut self, hook: impl Fn(Point<'_>) -> Fault + Send + Sync + 'static) -> Self {
        self.hook = Arc::new(hook);
        self
    }

    /// Changes answers on their way to the functions.
    #[must_use]
    pub fn rewriting(mut self, rewrite: impl Fn(&str, &str, &mut Value) + Send + Sync + 'static) -> Self {
        self.rewrite = Some(Arc::new(rewrite));
        self
    }

    /// Lets the records of one batch take turns at every request, so that they really race.
    #[must_use]
    pub fn interleaved(mut self) -> Self {
        self.interleaved = true;
        self
    }

    /// Builds the scene.
    pub fn build(mut self) -> Scene {
        let tokens: Arc<Mutex<BTreeSet<String>>> = Arc::default();
        let (hook, rewrite, interleaved) = (self.hook.clone(), self.rewrite, self.interleaved);
        let carried = tokens.clone();
        let around = self.setup.around_transport;
        self.setup.around_transport = Arc::new(move |inner| {
            let inner = around(inner);
            let (hook, rewrite, tokens) = (hook.clone(), rewrite.clone(), carried.clone());
            Arc::new(FaultyTransport { inner, hook, rewrite, interleaved, tokens })
        });
        let hook = self.hook;
        self.setup.around_queue = Arc::new(move |inner| Arc::new(FaultyQueue { inner, hook: hook.clone() }));
        let seed = self.setup.seed.clone();
        let world = World::new(self.setup).unwrap();
        let start = world.clock().now();
        Scene { world, seed, start, tokens, posted: Mutex::default() }
    }
}

/// A scenario under way.
pub struct Scene {
    world: World,
    seed: Seed,
    start: OffsetDateTime,
    tokens: Arc<Mutex<BTreeSet<String>>>,
    posted: Mutex<BTreeSet<String>>,
}

impl Scene {
    /// So many demo tenants, nothing else.
    pub fn new(tenants: usize) -> Self {
        Stage::new(tenants).build()
    }

    /// The world.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The seed.
    pub fn seed(&self) -> &Seed {
        &self.seed
    }

    /// The id of a tenant, by the first word of its name.
    pub fn id(&self, name: &str) -> Uuid {
        id_in(&self.seed, name)
    }

    /// An administrator of a tenant.
    pub fn admin(&self, tenant: &str) -> Admin<'_> {
        Admin { scene: self, tenant: self.id(tenant) }
    }

    /// Changes the service from outside.
    pub fn script(&self, change: Change) {
        self.world.simulator().script(change);
    }

    /// Posts a command to the queue of its verb.
    pub async fn post(&self, command: &Value) {
        self.posted.lock().unwrap().insert(command["id"].as_str().unwrap().to_owned());
        let kind = command["type"].as_str().unwrap();
        let verb = VERBS.into_iter().find(|verb| verb.command_type() == kind).unwrap();
        self.world.post(verb, &command.to_string()).await.unwrap();
    }

    /// Works on what is due now, without moving the time.
    pub async fn look(&self) {
        self.world.work().await;
    }

    /// Runs for this long from now.
    pub async fn run_for(&self, time: Duration) {
        let until = self.world.clock().now() + time;
        loop {
            self.world.work().await;
            match self.world.next_due() {
                Some(due) if due <= until => self.world.clock().jump_to(due),
                Some(_) | None => break,
            }
        }
        self.world.clock().jump_to(until);
    }

    /// Runs until no command is left, and checks what holds in every scenario.
    pub async fn run(&self) {
        assert!(self.world.run(MAX_JUMPS).await, "commands are left: {:?}", self.world.commands());
        self.check();
    }

    /// Time since the scene began.
    pub fn elapsed(&self) -> Duration {
        self.world.clock().now() - self.start
    }

    fn check(&self) {
        assert_eq!(self.world.simulator().violations(), Vec::<String>::new());
        self.check_secrets();
        let outcomes = self.outcomes();
        let children = outcomes.iter().flat_map(|told| told.list("children"));
        let children: Vec<String> = children.map(|id| id.as_str().unwrap().to_owned()).collect();
        let mut commands = self.posted.lock().unwrap().clone();
        commands.extend(children);
        let dead: Vec<String> =
            VERBS.iter().flat_map(|verb| self.world.dead_letters(*verb)).map(|l| l.body).collect();
        for command in commands {
            let letter = |body: &String| {
                let body: Value = serde_json::from_str(body).unwrap_or_default();
                body["id"] == command.as_str()
            };
            assert!(dead.iter().any(letter) || !self.last_words(&command).is_empty(), "{command} has no end");
        }
    }

    /// The secrets of all applications, and every token that was handed out.
    pub fn secrets(&self) -> Vec<String> {
        let applications = self.seed.tenants.iter().flat_map(|tenant| &tenant.applications);
        let mut secrets: Vec<String> =
            applications.flat_map(|one| &one.secrets).map(|secret| secret.expose().to_owned()).collect();
        secrets.extend(self.tokens.lock().unwrap().iter().cloned());
        secrets
    }

    /// No secret and no token in any message.
    fn check_secrets(&self) {
        let secrets = self.secrets();
        let mut messages: Vec<String> = self.outcomes().iter().map(|told| told.0.to_string()).collect();
        for verb in VERBS {
            let stored = self.world.waiting(verb).into_iter().chain(self.world.dead_letters(verb));
            messages.extend(stored.map(|stored| format!("{} {:?}", stored.body, stored.attributes)));
        }
        for message in &messages {
            assert!(!secrets.iter().any(|secret| message.contains(secret)), "a secret in {message}");
        }
    }

    /// All outcomes, oldest first.
    pub fn outcomes(&self) -> Vec<Told> {
        self.world.outcomes().into_iter().map(Told).collect()
    }

    /// The outcomes of one command.
    pub fn told(&self, command: &str) -> Vec<Told> {
        self.outcomes().into_iter().filter(|told| told.command() == command).collect()
    }

    /// The `waiting` outcomes of one command.
    pub fn waits(&self, command: &str) -> Vec<Told> {
        self.told(command).into_iter().filter(|told| told.kind() == "waiting").collect()
    }

    /// The last words of one command: one, or several with one id where chains had forked.
    pub fn last_words(&self, command: &str) -> Vec<Told> {
        self.told(command).into_iter().filter(Told::is_last_word).collect()
    }

    /// The end of one command.
    pub fn end(&self, command: &str) -> Told {
        let words = self.last_words(command);
        let ids: BTreeSet<&str> = words.iter().map(Told::id).collect();
        assert_eq!(ids.len(), 1, "{command}: {ids:?}; waits for {:?}", self.waits(command).last());
        words.into_iter().next().unwrap()
    }

    /// The end of one command: kind and code of the reason.
    pub fn verdict(&self, command: &str) -> (String, String) {
        let end = self.end(command);
        (end.kind().to_owned(), end.code().to_owned())
    }

    /// The codes of the reasons a command was told to wait for, each once, in their order.
    pub fn waited_for(&self, command: &str) -> Vec<String> {
        let mut codes: Vec<String> = self.waits(command).iter().map(|told| told.code().to_owned()).collect();
        codes.dedup();
        codes
    }

    /// The functions' requests, those for tokens too: parts of a batch singly.
    pub fn requests(&self) -> Vec<RequestLine> {
        self.world.simulator().requests().into_iter().filter(is_ours).collect()
    }

    /// The writes the functions made: parts of a batch singly, refused ones too.
    pub fn writes(&self) -> Vec<RequestLine> {
        self.requests().into_iter().filter(is_write).collect()
    }

    /// How often the functions made a write: method, and the end of the path.
    pub fn count(&self, method: &str, path: &str) -> usize {
        self.writes().iter().filter(|line| line.method == method && line.path.ends_with(path)).count()
    }

    /// What a tenant's row shows in the organization that `creator` made, as in `member active`; or `absent`.
    pub fn row(&self, creator: &str, tenant: &str) -> String {
        let (creator, tenant) = (self.id(creator).to_string(), self.id(tenant).to_string());
        let state = self.world.simulator().state();
        let organizations = state["organizations"].as_array().unwrap();
        let home = organizations.iter().find(|organization| organization["creator"] == creator.as_str());
        let rows = home.and_then(|home| home["tenants"].as_array());
        let row = rows.and_then(|rows| rows.iter().find(|row| row["tenantId"] == tenant.as_str()));
        row.map_or_else(|| "absent".to_owned(), |row| format!("{} {}", text(row, "role"), text(row, "state")))
    }

    /// How many organizations there are.
    pub fn organizations(&self) -> usize {
        self.world.simulator().state()["organizations"].as_array().unwrap().len()
    }

    /// The simulator's dump of one tenant.
    pub fn tenant(&self, name: &str) -> Value {
        let id = self.id(name).to_string();
        let state = self.world.simulator().state();
        state["tenants"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["tenantId"] == id.as_str())
            .unwrap()
            .clone()
    }

    /// A view of the simulator's `/_control` on a tenant: `segmentation`, `people`.
    pub fn view(&self, view: &str, tenant: &str) -> Value {
        let uri = format!("/_control/{view}?tenant={}", self.id(tenant));
        let answer = self.world.simulator().handle(Request::get(uri).body(Bytes::new()).unwrap());
        serde_json::from_slice(answer.body()).unwrap()
    }

    /// The one message that waits in a queue.
    pub fn waiting(&self, verb: Verb) -> Stored {
        let mut stored = self.world.waiting(verb);
        assert_eq!(stored.len(), 1, "messages of {verb}");
        stored.remove(0)
    }

    /// The journal of the one command that waits in a queue.
    pub fn journal(&self, verb: Verb) -> Journal {
        journal_of(&self.waiting(verb))
    }

    /// The commands of a queue, by id.
    pub fn queued(&self, verb: Verb) -> Vec<String> {
        let stored = self.world.waiting(verb);
        stored.iter().map(|stored| Command::parse(&stored.body).unwrap().id).collect()
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

fn journal_of(stored: &Stored) -> Journal {
    Journal::read(stored.attributes.get(JOURNAL_ATTRIBUTE).map(String::as_str))
}

fn is_ours(line: &RequestLine) -> bool {
    line.client_request_id.as_deref() != Some(ADMIN_REQUEST.to_string().as_str())
}

fn is_write(line: &RequestLine) -> bool {
    line.method != "GET" && !line.path.ends_with("/$batch") && !line.path.ends_with("/oauth2/v2.0/token")
}

fn id_in(seed: &Seed, name: &str) -> Uuid {
    let found = seed.tenants.iter().find(|tenant| tenant.display_name.to_lowercase() == name);
    found.unwrap_or_else(|| panic!("no tenant {name} in the seed")).tenant_id
}

/// A seed with Contoso's organization "Group" and its rows: name, role, state.
pub fn seed_with_organization(tenants: usize, rows: &[(&str, MemberRole, MemberState)]) -> Seed {
    let mut seed = Seed::demo(tenants);
    let members = rows.iter().map(|(name, role, state)| MemberSeed {
        tenant_id: id_in(&seed, name),
        display_name: (*name).to_owned(),
        role: *role,
        state: *state,
    });
    let organization = OrganizationSeed {
        owner: id_in(&seed, "contoso"),
        display_name: "Group".to_owned(),
        description: None,
        members: members.collect(),
    };
    seed.organizations.push(organization);
    seed
}

/// A command as a ticket system sends it.
pub fn command(verb: &str, id: &str, data: &Value) -> Value {
    json!({"type": format!("mto.{verb}.v1"), "id": id, "source": "/tests", "replyto": "slack:C1", "data": data})
}

/// A create by Contoso that lists these tenants, with more fields of `data`.
pub fn create(id: &str, tenants: &[&str], more: &Value) -> Value {
    let data = json!({"owner": "contoso", "displayName": "Group", "tenants": listed(tenants)});
    command("create", id, &merged(data, more))
}

/// An add by Contoso of these tenants, with more fields of `data`.
pub fn add(id: &str, tenants: &[&str], more: &Value) -> Value {
    command("add", id, &merged(json!({"owner": "contoso", "tenants": listed(tenants)}), more))
}

/// A join to Contoso, with more fields of `data`.
pub fn join(id: &str, tenant: &str, more: &Value) -> Value {
    command("join", id, &merged(json!({"tenant": tenant, "owner": "contoso"}), more))
}

/// A leave from Contoso's organization, confirmed, with more fields of `data`; dissolving names Contoso.
pub fn leave(id: &str, tenant: &str, how: &str, more: &Value) -> Value {
    let data = json!({"tenant": tenant, "owner": "contoso", "mode": how, "confirm": {"tenant": tenant}});
    command("leave", id, &merged(data, more))
}

fn listed(tenants: &[&str]) -> Vec<Value> {
    tenants.iter().map(|tenant| json!({"tenant": tenant, "displayName": tenant})).collect()
}

fn merged(mut data: Value, more: &Value) -> Value {
    for (name, value) in more.as_object().unwrap() {
        data[name] = value.clone();
    }
    data
}
