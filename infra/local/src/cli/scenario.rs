//! What happens: the tenants, the commands that are posted, and what goes wrong on the way.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use clap::ValueEnum;
use entra_simulator::{Change, MemberRole, MemberSeed, MemberState, Options, OrganizationSeed, Seed};
use mto_messages::{Scope, Verb};
use serde_json::{Value, json};
use uuid::Uuid;

use super::cast::{Cast, SOURCES, Tenant};
use super::words;

/// The organization's name.
pub(crate) const ORGANIZATION: &str = "Contoso";

/// The id of the command that forms the organization, as a ticket system would number it.
const TICKET: &str = "INC0012345";
/// The id of the separate join of `never-added`.
const SECOND_TICKET: &str = "INC0012346";
/// The ids of the commands that bring users among many tenants.
const SYNC_TICKETS: [&str; SOURCES] = ["INC0012351", "INC0012352", "INC0012353", "INC0012354"];
/// The id of the command of `leave`.
const LEAVE_TICKET: &str = "INC0012400";

/// Up to so many tenants the joins bring the users of all to all. Among more, commands bring those of the first tenants
/// to one another once all have joined: every pair costs requests, and a hundred tenants would have some hundred.
const MESHED: usize = SOURCES;
/// The ids of their groups begin here.
const GROUPS: u128 = 0x6d74_6f00_0000_4000_8000_0000_0000_0000;

/// What happens on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scenario {
    /// Everybody joins
    Happy,
    /// The first join of one tenant fails; it is reset after a pause of two hours, and succeeds
    JoinFailsOnce,
    /// One tenant is told to join, but the owner never adds it
    NeverAdded,
    /// The service throttles: Retry-After in the owner and in a joining tenant
    Throttled,
    /// One tenant is a member of another organization already
    AlreadyInAnother,
    /// Once all have joined, one tenant leaves, and the settings between it and the others are closed
    Leave,
}

/// A command to be posted.
pub(crate) struct Post {
    pub(crate) verb: Verb,
    pub(crate) id: &'static str,
    pub(crate) body: Value,
}

/// A scenario with its tenants.
pub(crate) struct Stage {
    pub(crate) cast: Cast,
    pub(crate) seed: Seed,
    /// Whom tenants share, in the tenant directory.
    pub(crate) scopes: BTreeMap<Uuid, Scope>,
    pub(crate) options: Options,
    pub(crate) changes: Vec<Change>,
    pub(crate) posts: Vec<Post>,
    /// Commands for when nothing is left of those, and again of these.
    pub(crate) later: Vec<Vec<Post>>,
    /// What will happen, in sentences.
    pub(crate) story: Vec<String>,
}

impl Scenario {
    /// Simulated seconds in a real one, so that the run takes about five seconds.
    pub(crate) fn speed(self) -> NonZeroU32 {
        let speed = match self {
            Self::Happy | Self::Throttled | Self::Leave => 1_800,
            Self::JoinFailsOnce => 4_500,
            Self::NeverAdded => 9_000,
            Self::AlreadyInAnother => 12_000,
        };
        NonZeroU32::new(speed).unwrap_or(NonZeroU32::MIN)
    }

    /// Sets the scene for so many tenants, at least two.
    pub(crate) fn stage(self, count: usize) -> Stage {
        // One more than takes part: the owner of the other organization.
        let mut seed = Seed::demo(count + 1);
        let stranger = seed.tenants.pop();
        let scopes = share(&mut seed);
        let cast = Cast::new(&seed.tenants, &scopes);
        let (first, last) = (cast.tenants[1].clone(), cast.tenants[count - 1].clone());
        let owner = cast.owner().clone();
        let mut changes = Vec::new();
        let mut posts = Vec::new();
        let is_meshed = count <= MESHED;
        let mut later = if is_meshed { Vec::new() } else { vec![syncs(&cast, &scopes)] };
        let mut listed = &cast.tenants[1..];
        let twist = match self {
            Self::Happy => None,
            Self::JoinFailsOnce => {
                changes.push(Change::FailJoins { tenant: first.id, count: 1 });
                Some(format!("The first join of {} will fail.", first.name))
            }
            Self::NeverAdded => {
                listed = &cast.tenants[1..count - 1];
                posts.push(join(&last, &owner));
                Some(format!("{} is told to join, too, but {} never adds it.", last.name, owner.name))
            }
            Self::Throttled => {
                changes.push(throttle(owner.id, 2, 90));
                changes.push(throttle(first.id, 2, 20));
                Some(format!(
                    "At first the service answers {} with 429 and Retry-After: 90 (too long for one call: the \
                     command waits), and {} with Retry-After: 20.",
                    owner.name, first.name
                ))
            }
            Self::AlreadyInAnother => stranger.map(|stranger| {
                let text =
                    format!("{} is in the organization of {} already.", last.name, stranger.display_name);
                seed.organizations.push(other_organization(stranger.tenant_id, &last));
                seed.tenants.push(stranger);
                text
            }),
            Self::Leave => {
                later.push(vec![leave(&first, &owner)]);
                Some(format!(
                    "Once all have joined, {} leaves; the settings between it and the others are closed, its users \
                     stay where they are.",
                    first.name
                ))
            }
        };
        posts.insert(0, create(&owner, listed, is_meshed));
        let story = story(&owner, listed).into_iter().chain([users(&cast, is_meshed)]).chain(twist).collect();
        Stage { cast, seed, scopes, options: Options::realistic(), changes, posts, later, story }
    }
}

/// The first tenants have people, and a group of those to share; returns whom each shares.
fn share(seed: &mut Seed) -> BTreeMap<Uuid, Scope> {
    let mut scopes = BTreeMap::new();
    for tenant in seed.tenants.iter_mut().skip(SOURCES) {
        tenant.users.clear();
        tenant.groups.clear();
    }
    for (tenant, number) in seed.tenants.iter_mut().zip(1_u128..) {
        for group in tenant.groups.iter_mut().filter(|group| !group.members.is_empty()) {
            let id = Uuid::from_u128(GROUPS + number);
            group.id = Some(id);
            scopes.insert(tenant.tenant_id, Scope { groups: vec![id], ..Scope::default() });
        }
    }
    scopes
}

fn story(owner: &Tenant, listed: &[Tenant]) -> Vec<String> {
    let names: Vec<&str> = listed.iter().map(|tenant| tenant.name.as_str()).collect();
    let members = match names.as_slice() {
        [] => String::new(),
        names => format!(", adds {}, and has them join", words::list(names, 4)),
    };
    vec![
        format!(
            "One command is posted, as a ticket system would: {} creates \"{ORGANIZATION}\"{members}.",
            owner.name
        ),
        "In Microsoft Entra a join takes two hours or more; here time is sped up.".to_owned(),
    ]
}

/// Who shares users with whom.
fn users(cast: &Cast, is_meshed: bool) -> String {
    let shared: Vec<&str> =
        cast.people.iter().filter(|person| person.is_shared).map(|person| person.name.as_str()).collect();
    let who = words::list(&shared, SOURCES);
    let first: Vec<&str> = cast.tenants.iter().take(SOURCES).map(|tenant| tenant.name.as_str()).collect();
    if is_meshed {
        format!("Each tenant shares its group \"Shared\" with all others: {who} will be found everywhere.")
    } else {
        format!("Then {who} are shared among {}.", words::list(&first, SOURCES))
    }
}

/// One command for each of the first tenants that has users to share: to the others of these.
fn syncs(cast: &Cast, scopes: &BTreeMap<Uuid, Scope>) -> Vec<Post> {
    let first: Vec<&Tenant> = cast.tenants.iter().take(SOURCES).collect();
    let sources = first.iter().filter(|tenant| scopes.contains_key(&tenant.id));
    let sync = |(source, id): (&&Tenant, &'static str)| {
        let targets: Vec<&str> =
            first.iter().filter(|one| one.id != source.id).map(|one| one.domain.as_str()).collect();
        post(Verb::Sync, id, source.id, &json!({"source": source.domain, "targets": targets}))
    };
    sources.zip(SYNC_TICKETS).map(sync).collect()
}

fn leave(tenant: &Tenant, owner: &Tenant) -> Post {
    let data = json!({
        "tenant": tenant.domain,
        "owner": owner.domain,
        "mode": "leave",
        "cleanup": "settings",
        "confirm": {"tenant": tenant.domain},
    });
    post(Verb::Leave, LEAVE_TICKET, tenant.id, &data)
}

fn create(owner: &Tenant, listed: &[Tenant], is_meshed: bool) -> Post {
    let tenants: Vec<Value> =
        listed.iter().map(|tenant| json!({"tenant": tenant.domain, "displayName": tenant.name})).collect();
    let mut then = json!({"join": {"templates": "admin-center"}});
    if is_meshed {
        then["sync"] = json!({});
    }
    let data = json!({
        "owner": owner.domain,
        "displayName": ORGANIZATION,
        "templates": "admin-center",
        "tenants": tenants,
        "then": then,
    });
    post(Verb::Create, TICKET, owner.id, &data)
}

fn join(tenant: &Tenant, owner: &Tenant) -> Post {
    let data = json!({"tenant": tenant.domain, "owner": owner.domain, "templates": "admin-center"});
    post(Verb::Join, SECOND_TICKET, tenant.id, &data)
}

fn post(verb: Verb, id: &'static str, subject: Uuid, data: &Value) -> Post {
    let body = json!({
        "specversion": "1.0",
        "type": verb.command_type(),
        "id": id,
        "source": "/servicenow/prod",
        "subject": subject,
        "requestedby": "kim@contoso.example",
        "data": data,
    });
    Post { verb, id, body }
}

fn throttle(tenant: Uuid, count: u32, seconds: u64) -> Change {
    Change::Throttle { tenant: Some(tenant), count, retry_after_seconds: Some(seconds) }
}

fn other_organization(owner: Uuid, member: &Tenant) -> OrganizationSeed {
    OrganizationSeed {
        owner,
        display_name: "Another organization".to_owned(),
        description: None,
        members: vec![MemberSeed {
            tenant_id: member.id,
            display_name: member.name.clone(),
            role: MemberRole::Member,
            state: MemberState::Active,
        }],
    }
}
