//! What people do, from a seed: tickets, administrators, and a service with a will of its own.

use std::collections::BTreeMap;

use entra_simulator::{Change, Options, Seed};
use mto_handler::TenantSettings;
use mto_local::Setup;
use serde_json::{Value, json};
use uuid::Uuid;

use super::by_hand::ByHand;
use super::dice::Dice;
use super::stage::{options, with_ids, world};
use super::{foreign, plans, world};
use crate::{add, command, create, join, leave};

/// Names of the demo tenants, in the order of a seed.
pub(crate) const NAMES: [&str; 4] = ["contoso", "fabrikam", "tailspin", "northwind"];

/// What somebody does.
#[derive(Debug, Clone)]
pub enum Deed {
    /// Sends a command.
    Asks(Value),
    /// An administrator of a tenant calls Graph.
    ByHand(Uuid, ByHand),
    /// The service changes by itself.
    Service(Change),
}

/// When somebody does it.
#[derive(Debug, Clone)]
pub struct Planned {
    /// Seconds since the start.
    pub at: u64,
    /// What.
    pub deed: Deed,
}

/// A whole run, but for its faults.
#[derive(Clone)]
pub(crate) struct Script {
    pub(crate) seed: Seed,
    pub(crate) options: Options,
    pub(crate) deeds: Vec<Planned>,
    /// From here on nothing goes wrong any more, in seconds.
    pub(crate) calm_from: u64,
    /// Whether users are synchronized at the end.
    pub(crate) users: bool,
    /// A tenant that is not ours to act for: the last one.
    pub(crate) foreign: Option<Uuid>,
    /// Deliveries after which a message goes to the dead-letter queue: the template's number, or a smaller one.
    pub(crate) receives: u32,
    /// What tenants of ours want to have set beside what synchronization needs, as the tenant directory says.
    pub(crate) settings: BTreeMap<Uuid, TenantSettings>,
}

impl Script {
    pub(crate) fn of(seed: u64) -> Self {
        let mut dice = Dice::new(seed, "script");
        let calm_from = dice.between(1, 5) * 3_600;
        let formed = dice.once_in(2);
        let mut world = world(formed, &mut dice);
        let ours = world.tenants.len();
        let foreign = foreign::invited(&mut world, &mut Dice::new(seed, "foreign"));
        let world = with_ids(world);
        let options = options(&mut dice);
        let mut writer = Writer { seed: &world, ours, dice, deeds: Vec::new(), commands: 0, calm_from };
        let stories = writer.dice.between(1, 5);
        if !formed {
            let at = writer.dice.below(60);
            writer.form(at);
        }
        for _ in 0..stories {
            writer.story();
        }
        let users = writer.dice.once_in(8);
        // Dice of their own: what was there before them stays as it is.
        writer.dice = Dice::new(seed, "more stories");
        for _ in 0..writer.dice.below(4) {
            plans::story(&mut writer);
        }
        let receives = if writer.dice.once_in(6) { 2 } else { 5 };
        for _ in 0..foreign.map_or(0, |_| writer.dice.between(1, 3)) {
            foreign::story(&mut writer);
        }
        let mut deeds = writer.deeds;
        deeds.sort_by_key(|planned| planned.at);
        let settings = world::settings(&world.tenants[..ours], &mut Dice::new(seed, "settings"));
        Self { seed: world, options, deeds, calm_from, users, foreign, receives, settings }
    }

    /// The setup of the directory that fits.
    pub(crate) fn setup(&self) -> Setup {
        Setup::new(self.seed.clone(), self.options.clone())
    }

    /// The names of the tenants that are ours.
    pub(crate) fn names(&self) -> &'static [&'static str] {
        &NAMES[..self.seed.tenants.len() - usize::from(self.foreign.is_some())]
    }
}

pub(crate) struct Writer<'a> {
    pub(crate) seed: &'a Seed,
    /// So many tenants of the seed are ours.
    ours: usize,
    pub(crate) dice: Dice,
    deeds: Vec<Planned>,
    commands: u32,
    pub(crate) calm_from: u64,
}

impl Writer<'_> {
    pub(crate) fn ask(&mut self, at: u64, command: Value) {
        self.deeds.push(Planned { at, deed: Deed::Asks(command) });
    }

    pub(crate) fn by_hand(&mut self, at: u64, tenant: &str, what: ByHand) {
        self.deeds.push(Planned { at, deed: Deed::ByHand(id(self.seed, tenant), what) });
    }

    pub(crate) fn service(&mut self, at: u64, change: Change) {
        self.deeds.push(Planned { at, deed: Deed::Service(change) });
    }

    pub(crate) fn fresh(&mut self, what: &str) -> String {
        self.commands += 1;
        format!("{what}{}", self.commands)
    }

    /// The names of all that are ours.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        NAMES[..self.ours].to_vec()
    }

    /// One that is not Contoso.
    pub(crate) fn member(&mut self) -> &'static str {
        let names = self.names();
        self.dice.pick(&names[1..])
    }

    pub(crate) fn owner(&mut self) -> &'static str {
        if self.dice.once_in(4) { "fabrikam" } else { "contoso" }
    }

    fn form(&mut self, at: u64) {
        let more = formation(&mut self.dice);
        let id = self.fresh("FORM");
        let names = self.names();
        self.ask(at, create(&id, &names[1..], &more));
    }

    /// Something happens, alone or with what crosses it.
    fn story(&mut self) {
        let at = self.dice.below(self.calm_from);
        match self.dice.below(16) {
            0 => self.form(at),
            1 => self.rename(at),
            2 => self.roles(at),
            3 => self.two_tickets(at),
            4 => self.remove_while_joining(at),
            5 => self.leave_while_joining(at),
            6 => self.two_owners(at),
            7 | 8 => self.spoil(at),
            9 => self.settings(at),
            10 | 11 => self.users(at),
            12 | 13 => self.part(at),
            14 => self.break_credential(at),
            _ => self.failing_joins(at),
        }
    }

    fn rename(&mut self, at: u64) {
        let id = self.fresh("RENAME");
        let more = json!({"displayName": format!("Group {id}"), "update": true, "tenants": []});
        self.ask(at, create(&id, &[], &more));
        if self.dice.once_in(2) {
            let id = self.fresh("RENAME");
            let more = json!({"displayName": format!("Group {id}"), "update": true, "tenants": []});
            self.ask(at + 1, create(&id, &[], &more));
        }
    }

    fn roles(&mut self, at: u64) {
        let (id, tenant) = (self.fresh("ROLE"), self.member());
        let role = self.dice.pick(&["owner", "member"]);
        let tenants = json!([{"tenant": tenant, "displayName": tenant, "role": role}]);
        self.ask(at, add(&id, &[], &json!({"tenants": tenants})));
    }

    /// Two tickets for the same tenant; one may never be listed.
    fn two_tickets(&mut self, at: u64) {
        let (one, other, tenant) = (self.fresh("JOIN"), self.fresh("JOIN"), self.member());
        let later = at + self.dice.pick(&[0, 2, 400]);
        if self.dice.once_in(2) {
            let list = self.fresh("ADD");
            self.ask(at, add(&list, &[tenant], &json!({})));
        }
        self.ask(at, join(&one, tenant, &json!({})));
        self.ask(later, join(&other, tenant, &json!({})));
    }

    fn remove_while_joining(&mut self, at: u64) {
        let (list, out, tenant) = (self.fresh("ADD"), self.fresh("REMOVE"), self.member());
        self.ask(at, add(&list, &[tenant], &json!({"then": {"join": true}})));
        let later = at + self.dice.pick(&[20, 90, 700]);
        let cleanup = self.dice.pick(&["none", "settings"]);
        self.ask(later, leave(&out, tenant, "remove", &json!({"cleanup": cleanup})));
    }

    fn leave_while_joining(&mut self, at: u64) {
        let (list, out, tenant) = (self.fresh("ADD"), self.fresh("LEAVE"), self.member());
        self.ask(at, add(&list, &[tenant], &json!({"then": {"join": true}})));
        let later = at + self.dice.pick(&[20, 90, 700]);
        self.ask(later, leave(&out, tenant, "leave", &json!({"cleanup": "settings"})));
    }

    fn two_owners(&mut self, at: u64) {
        let (one, other, tenant) = (self.fresh("ADD"), self.fresh("ADD"), "tailspin");
        let then = json!({"then": {"join": true}});
        self.ask(at, add(&one, &[tenant], &then));
        let mut second = add(&other, &[tenant], &then);
        second["data"]["owner"] = json!("fabrikam");
        self.ask(at, second);
        if self.dice.once_in(2) {
            let out = self.fresh("REMOVE");
            let mut command = leave(&out, tenant, "remove", &json!({}));
            command["data"]["owner"] = json!("fabrikam");
            self.ask(at + 60, command);
        }
    }

    /// An administrator does what nobody asked for.
    fn spoil(&mut self, at: u64) {
        let (tenant, about) = (self.member(), "contoso");
        let about = id(self.seed, about);
        match self.dice.below(7) {
            0 => self.by_hand(at, "contoso", ByHand::Renames),
            1 => self.by_hand(at, tenant, ByHand::Closes(about)),
            2 => self.by_hand(at, tenant, ByHand::SpoilsTemplates),
            3 => self.by_hand(at, tenant, ByHand::PausesJobs),
            4 => {
                let out = id(self.seed, tenant);
                self.by_hand(at, "contoso", ByHand::Removes(out));
            }
            5 => {
                let new = id(self.seed, tenant);
                self.by_hand(at, "contoso", ByHand::Adds(new));
            }
            _ => self.by_hand(at, tenant, ByHand::AsksToJoin(about)),
        }
    }

    fn settings(&mut self, at: u64) {
        let (id, owner) = (self.fresh("SETTINGS"), self.owner());
        self.ask(at, command("sync", &id, &json!({"action": "settings", "owner": owner})));
    }

    fn users(&mut self, at: u64) {
        let id = self.fresh("SYNC");
        let names = self.names();
        let source = self.dice.pick(&names);
        let others: Vec<&str> = names.into_iter().filter(|name| *name != source).collect();
        let target = self.dice.pick(&others);
        let pair = json!({"source": source, "targets": [target]});
        self.ask(at, command("sync", &id, &pair));
        let later = at + self.dice.pick(&[10, 300, 4_000]);
        let (next, kind) =
            (self.fresh("SYNC"), self.dice.pick(&["stop", "restart", "unshare", "configure", "status"]));
        let mut data = pair;
        data["action"] = json!(kind);
        if kind == "unshare" {
            data["bothDirections"] = json!(self.dice.once_in(2));
        }
        self.ask(later, command("sync", &next, &data));
    }

    /// A tenant leaves, is removed, or the organization ends.
    fn part(&mut self, at: u64) {
        let (id, tenant, owner) = (self.fresh("PART"), self.member(), self.owner());
        let cleanup = self.dice.pick(&["none", "settings", "users"]);
        let how = self.dice.pick(&["leave", "remove", "remove", "dissolve"]);
        let tenant = if how == "dissolve" { owner } else { tenant };
        let mut command = leave(&id, tenant, how, &json!({"cleanup": cleanup}));
        command["data"]["owner"] = json!(owner);
        self.ask(at, command);
        if self.dice.once_in(2) {
            let back = at + self.dice.pick(&[30, 400, 3_000]);
            self.form(back);
        }
    }

    fn break_credential(&mut self, at: u64) {
        let names = self.names();
        let tenant = id(self.seed, self.dice.pick(&names));
        let minutes = self.dice.pick(&[3, 25, 50]);
        self.service(at, Change::BreakCredential { tenant, broken: true });
        self.service(at, Change::RevokeTokens { tenant });
        self.service(at + minutes * 60, Change::BreakCredential { tenant, broken: false });
    }

    fn failing_joins(&mut self, at: u64) {
        let member = self.member();
        let tenant = id(self.seed, member);
        match self.dice.below(5) {
            0 => self.service(
                at,
                Change::ServerErrors {
                    tenant: Some(tenant),
                    count: 4,
                    after_effect: true,
                    writes_only: true,
                },
            ),
            1 => self.service(
                at,
                Change::Throttle { tenant: Some(tenant), count: 6, retry_after_seconds: Some(20) },
            ),
            2 => self.service(at, Change::RevokeTokens { tenant }),
            _ => {
                let count = self.dice.pick(&[1, 2, 8]);
                self.service(at, Change::FailJoins { tenant, count });
            }
        }
    }
}

fn formation(dice: &mut Dice) -> Value {
    let mut join = json!({});
    if dice.once_in(2) {
        join["templates"] = json!("admin-center");
    }
    let mut more = json!({"then": {"join": join}});
    if dice.once_in(2) {
        more["templates"] = json!("admin-center");
    }
    if dice.once_in(6) {
        more["then"]["sync"] = json!({});
    }
    more
}

pub(crate) fn id(seed: &Seed, name: &str) -> Uuid {
    seed.tenants.iter().find(|tenant| tenant.display_name.to_lowercase() == name).unwrap().tenant_id
}
