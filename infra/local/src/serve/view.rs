//! The picture of a moment: items by key, so that two pictures can be compared and only what differs be told.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use entra_simulator::Simulator;
use serde::Serialize;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::cells::cells;
use super::dump::{Dump, Organization, Row};
use super::office::Told;
use crate::{Setup, WaitingCommand, World};

/// What a tenant is called, and whether it is ours.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) id: Uuid,
    /// In the tenant directory, and so in commands.
    pub(super) name: String,
    pub(super) display_name: String,
    pub(super) domain: String,
    pub(super) external: bool,
}

impl Known {
    pub(super) fn all(setup: &Setup) -> Vec<Self> {
        let known = |tenant: &entra_simulator::TenantSeed| Self {
            id: tenant.tenant_id,
            name: tenant.display_name.to_lowercase(),
            display_name: tenant.display_name.clone(),
            domain: tenant.default_domain.clone(),
            external: setup.external.contains(&tenant.tenant_id),
        };
        setup.seed.tenants.iter().map(known).collect()
    }
}

/// Items of one kind, in their order; each has its key in itself, too.
pub(super) type Items = Vec<(String, Value)>;

/// The kinds of items, as they are called in JSON.
pub(super) const KINDS: [&str; 4] = ["tenants", "organizations", "pairs", "commands"];

/// A picture.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Picture {
    /// In the order of [`KINDS`].
    items: [Items; 4],
    /// Messages that no function could handle.
    dead_letters: usize,
    /// Whether something goes on in the simulated service that ends by itself.
    pub(super) under_way: bool,
}

impl Picture {
    /// Looks at everything.
    pub(super) fn of(
        world: &World,
        known: &[Known],
        told: &HashMap<(String, String), Told>,
    ) -> Result<Self, serde_json::Error> {
        let now = world.clock().now();
        let dump: Dump = serde_json::from_value(world.simulator().state())?;
        let ids: Vec<Uuid> = known.iter().map(|tenant| tenant.id).collect();
        let mut commands: Vec<Command> =
            world.commands().iter().map(|waiting| Command::of(waiting, now, told)).collect();
        commands.sort_by_key(|command| command.next_look);
        let jobs = dump.directories.iter().flat_map(|directory| &directory.service_principals);
        let under_way =
            dump.tenants.iter().any(|tenant| tenant.join_request.as_ref().is_some_and(|it| it.due > now))
                || dump
                    .organizations
                    .iter()
                    .any(|it| it.visible > now || it.tenants.iter().any(|row| row.change.is_some()))
                || jobs.filter_map(|principal| principal.job.as_ref()).any(|job| job.status != "Paused");
        let tenants = known.iter().map(|tenant| self::tenant(world.simulator(), tenant, &dump));
        let dead_letters = mto_messages::Verb::ALL.map(|verb| world.dead_letters(verb).len());
        Ok(Self {
            items: [
                tenants.collect(),
                dump.organizations.iter().filter(|one| one.visible <= now).map(organization).collect(),
                cells(&dump, &ids).iter().map(|cell| (cell.key.clone(), json!(cell))).collect(),
                unique(commands.iter().map(|command| (command.key.clone(), json!(command)))),
            ],
            dead_letters: dead_letters.iter().sum(),
            under_way,
        })
    }

    /// All of it, under the names of [`KINDS`].
    pub(super) fn to_json(&self) -> Map<String, Value> {
        let values = |items: &Items| json!(items.iter().map(|(_, value)| value).collect::<Vec<_>>());
        let all = KINDS.iter().zip(&self.items).map(|(kind, items)| ((*kind).to_owned(), values(items)));
        let mut json: Map<String, Value> = all.collect();
        json.insert("deadLetters".to_owned(), json!(self.dead_letters));
        json
    }

    /// What is to be changed in `before` to come to this: `{"pairs": {"set": […], "gone": ["…"]}, …}`; empty if
    /// nothing is.
    pub(super) fn since(&self, before: &Self) -> Map<String, Value> {
        let mut changes = Map::new();
        for ((kind, now), old) in KINDS.iter().zip(&self.items).zip(&before.items) {
            let old: HashMap<&str, &Value> = old.iter().map(|(key, value)| (key.as_str(), value)).collect();
            let kept: HashMap<&str, &Value> = now.iter().map(|(key, value)| (key.as_str(), value)).collect();
            let set: Vec<&Value> = now
                .iter()
                .filter(|(key, value)| old.get(key.as_str()) != Some(&value))
                .map(|(_, value)| value)
                .collect();
            let mut gone: Vec<&str> = old.into_keys().filter(|key| !kept.contains_key(key)).collect();
            gone.sort_unstable();
            if !set.is_empty() || !gone.is_empty() {
                changes.insert((*kind).to_owned(), json!({"set": set, "gone": gone}));
            }
        }
        if self.dead_letters != before.dead_letters {
            changes.insert("deadLetters".to_owned(), json!(self.dead_letters));
        }
        changes
    }
}

/// Two messages can be about one command, where one was sent twice: it is shown as often as it is there.
fn unique(items: impl Iterator<Item = (String, Value)>) -> Items {
    let mut seen: HashMap<String, u32> = HashMap::new();
    items
        .map(|(key, mut value)| {
            let times = seen.entry(key.clone()).and_modify(|times| *times += 1).or_insert(1);
            if *times == 1 {
                return (key, value);
            }
            let key = format!("{key} ({times})");
            value["key"] = json!(key);
            (key, value)
        })
        .collect()
}

fn tenant(simulator: &Simulator, known: &Known, dump: &Dump) -> (String, Value) {
    let found = dump.tenants.iter().find(|tenant| tenant.id == known.id);
    let request = found.and_then(|tenant| tenant.join_request.as_ref());
    let key = known.id.to_string();
    let value = json!({
        "key": key,
        "tenantId": known.id,
        "name": known.name,
        "displayName": known.display_name,
        "domain": known.domain,
        "external": known.external,
        "joining": request.map(|it| json!({"owner": it.owner, "failed": it.failed})),
        "people": people(simulator, known.id),
    });
    (key, value)
}

/// How many people a search in the tenant finds, in all and by kind (`internalMember`, `externalMemberInside`, …).
fn people(simulator: &Simulator, tenant: Uuid) -> Value {
    let found = http::Request::get(format!("/_control/people?tenant={tenant}"))
        .body(Bytes::new())
        .ok()
        .and_then(|request| serde_json::from_slice::<Value>(simulator.handle(request).body()).ok());
    let rows = found.as_ref().and_then(|found| found["value"].as_array()).map_or(&[][..], Vec::as_slice);
    let mut segments: BTreeMap<&str, u64> = BTreeMap::new();
    for segment in rows.iter().filter_map(|row| row["segment"].as_str()) {
        *segments.entry(segment).or_default() += 1;
    }
    json!({"found": rows.len(), "segments": segments})
}

fn organization(organization: &Organization) -> (String, Value) {
    let key = organization.key.as_str().map_or_else(|| organization.key.to_string(), str::to_owned);
    let row = |row: &Row| {
        let change = row.change.as_ref().map(|change| match change.kind["role"].as_str() {
            Some(role) => format!("role to {role}"),
            None => "removal".to_owned(),
        });
        json!({"tenantId": row.tenant_id, "displayName": row.display_name, "role": row.role, "state": row.state,
               "change": change})
    };
    let value = json!({
        "key": key,
        "displayName": organization.display_name,
        "creator": organization.creator,
        "members": organization.tenants.iter().map(row).collect::<Vec<_>>(),
    });
    (key, value)
}

/// A command in flight.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Command {
    /// Source and id; the same are the same command.
    key: String,
    id: String,
    source: String,
    #[serde(rename = "type")]
    kind: String,
    verb: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    root: Option<String>,
    /// `{code, text, remedy?}`
    reason: Value,
    looks: u32,
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    first_look: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339")]
    since: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    next_look: OffsetDateTime,
    /// When it gives up; known after the first look.
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    deadline: Option<OffsetDateTime>,
}

impl Command {
    fn of(waiting: &WaitingCommand, now: OffsetDateTime, told: &HashMap<(String, String), Told>) -> Self {
        let WaitingCommand { command, journal, since, next_look, in_hand } = waiting;
        let told = told.get(&(command.source.clone(), command.id.clone()));
        let verb = command.data.verb();
        Self {
            key: format!("{} {}", command.source, command.id),
            id: command.id.clone(),
            source: command.source.clone(),
            kind: verb.command_type(),
            verb: verb.as_str(),
            subject: command.subject.clone(),
            root: command.root.clone(),
            reason: reason(journal, told),
            looks: journal.looks,
            first_look: journal.first_look,
            since: *since,
            // While it is in hand, its message comes back only if the look fails.
            next_look: if *in_hand { now } else { *next_look },
            deadline: told.map(|told| told.deadline),
        }
    }
}

/// What was told last, if it still waits for that; the journal's own word otherwise.
fn reason(journal: &mto_messages::Journal, told: Option<&Told>) -> Value {
    let Some(waiting) = &journal.waiting else {
        return json!({"code": "first-look", "text": "its first look"});
    };
    let code = waiting.key.split(':').next().unwrap_or(&waiting.key);
    match told.filter(|told| told.reason.code == code) {
        Some(told) => json!(told.reason),
        None => json!({"code": code, "text": code.replace('-', " ")}),
    }
}
