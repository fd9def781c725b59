//! From a desired organization, and what the owner sees, to the commands that could be needed.

use mto_messages::{
    AddData, Cleanup, CommandData, Confirm, CreateData, JoinData, JoinWish, LeaveData, LeaveMode, NewTenant,
    Role, SyncAction, SyncData, SyncTargets, TenantId, TenantRef, Then,
};

use crate::organization::{Pair, Wanted};
use crate::seen::{Member, Organization};
use crate::tenants::Tenants;

/// The step that compares the settings.
pub(super) const SETTINGS: &str = "settings of all pairs";

/// One part of the file, and how to find out whether it is so.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What it is about, for people: `organization`, `join of Fabrikam`.
    pub title: String,
    /// What is to be done.
    pub todo: Todo,
    /// The member that would be removed.
    pub removes: Option<TenantId>,
}

/// How to find out about a step.
#[derive(Debug, Clone, PartialEq)]
pub enum Todo {
    /// Let the function plan this, and send it if anything would be written.
    Plan(Box<CommandData>),
    /// It cannot be asked for yet, or not by us.
    NotYet(String),
    /// The file leaves it alone.
    Kept(String),
}

impl Step {
    fn plan(title: String, data: CommandData) -> Self {
        Self { title, todo: Todo::Plan(Box::new(data)), removes: None }
    }

    fn not_yet(title: String, why: impl Into<String>) -> Self {
        Self { title, todo: Todo::NotYet(why.into()), removes: None }
    }
}

/// The first look: `create` with everything that is the organization's own. Where there is no organization yet, the same
/// command adds the members and makes them join.
pub fn create(wanted: &Wanted, with_members: bool) -> CreateData {
    let document = &wanted.document;
    let tenants: Vec<NewTenant> = wanted.members.iter().map(|(_, new)| new.clone()).collect();
    CreateData {
        owner: document.owner.clone(),
        display_name: document.display_name.clone(),
        description: document.description.clone(),
        update: true,
        then: (with_members && !tenants.is_empty()).then(|| joins(wanted)),
        tenants: if with_members { tenants } else { Vec::new() },
        templates: document.templates.clone(),
        dry_run: false,
    }
}

fn joins(wanted: &Wanted) -> Then {
    let templates = wanted.document.templates.clone();
    Then { join: Some(JoinWish { templates }), sync: None }
}

/// Everything behind the first look, in the order in which it has to happen.
pub fn after(wanted: &Wanted, seen: &Organization, tenants: &Tenants) -> Vec<Step> {
    let mut steps = Vec::new();
    if seen.is_active() {
        steps.extend(adds(wanted, seen));
        steps.extend(joining(wanted, seen, tenants));
    }
    if wanted.document.settings {
        let title = SETTINGS.to_owned();
        let data = SyncData {
            action: SyncAction::Settings,
            owner: Some(wanted.document.owner.clone()),
            ..SyncData::default()
        };
        steps.push(if seen.is_active() {
            Step::plan(title, CommandData::Sync(data))
        } else {
            Step::not_yet(title, NO_ORGANIZATION)
        });
    }
    steps.extend(wanted.pairs.iter().map(|pair| sync(pair, seen, tenants)));
    steps.extend(removals(wanted, seen, tenants));
    steps
}

const NO_ORGANIZATION: &str = "the organization does not exist yet";

/// New ones are added and made to join by one command; roles are changed by another, from which nothing follows.
fn adds(wanted: &Wanted, seen: &Organization) -> Vec<Step> {
    let owner = || wanted.document.owner.clone();
    let row = |tenant: TenantId| seen.row(tenant).filter(|row| !row.is_leaving());
    let of = |is_wanted: &dyn Fn(Option<&Member>, &NewTenant) -> bool| -> Vec<NewTenant> {
        let found = wanted.members.iter().filter(|(tenant, new)| is_wanted(row(*tenant), new));
        found.map(|(_, new)| new.clone()).collect()
    };
    let missing = of(&|row, _| row.is_none());
    let roles = of(&|row, new| row.is_some_and(|row| differs(row, new)));
    let add = |title: String, tenants: Vec<NewTenant>, then| {
        let data = AddData { owner: owner(), tenants, then, dry_run: false };
        Step::plan(title, CommandData::Add(data))
    };
    let names = |tenants: &[NewTenant]| {
        tenants.iter().map(|new| new.display_name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let mut steps = Vec::new();
    if !missing.is_empty() {
        steps.push(add(format!("new members: {}", names(&missing)), missing, Some(joins(wanted))));
    }
    if !roles.is_empty() {
        steps.push(add(format!("roles: {}", names(&roles)), roles, None));
    }
    steps
}

fn differs(row: &Member, new: &NewTenant) -> bool {
    let wanted = new.role.map(|role| match role {
        Role::Owner => "owner",
        Role::Member => "member",
    });
    // A pending row shows its old role until it joins; its desire counts.
    wanted.is_some_and(|wanted| row.role_to_be() != wanted || row.state() == "active" && row.role() != wanted)
}

/// Listed, and not active.
fn joining(wanted: &Wanted, seen: &Organization, tenants: &Tenants) -> Vec<Step> {
    let pending = wanted
        .members
        .iter()
        .filter(|(tenant, _)| seen.row(*tenant).is_some_and(|row| !row.is_active() && !row.is_leaving()));
    let step = |(tenant, new): &(TenantId, NewTenant)| {
        let title = format!("join of {}", tenants.name(*tenant));
        if tenants.directory.is_external(*tenant) {
            return Step::not_yet(title, "the tenant is external: its own administrators make it join");
        }
        let data = JoinData {
            tenant: new.tenant.clone(),
            owner: wanted.document.owner.clone(),
            templates: wanted.document.templates.clone(),
            then: None,
            dry_run: false,
        };
        Step::plan(title, CommandData::Join(data))
    };
    pending.map(step).collect()
}

fn sync(pair: &Pair, seen: &Organization, tenants: &Tenants) -> Step {
    let (source, target) = (pair.source, pair.target);
    let title = format!("users of {} in {}", tenants.name(source), tenants.name(target));
    if !seen.is_active() {
        return Step::not_yet(title, NO_ORGANIZATION);
    }
    let is_active = |tenant: TenantId| seen.row(tenant).is_some_and(Member::is_active);
    if let Some(tenant) = [source, target].into_iter().find(|tenant| !is_active(*tenant)) {
        return Step::not_yet(title, format!("{} is not an active member yet", tenants.name(tenant)));
    }
    let confirm = pair.confirm_users.map(|users| Confirm { tenant: source.into(), users: Some(users) });
    let data = SyncData {
        action: SyncAction::Configure,
        source: Some(TenantRef::from(source)),
        targets: Some(SyncTargets::Tenants(vec![TenantRef::from(target)])),
        scope: pair.scope.clone(),
        user_type: pair.user_type,
        confirm,
        ..SyncData::default()
    };
    Step::plan(title, CommandData::Sync(data))
}

/// Members that the file does not list.
fn removals(wanted: &Wanted, seen: &Organization, tenants: &Tenants) -> Vec<Step> {
    let listed = wanted.tenants();
    let others = seen.members.iter().filter(|row| !listed.contains(&row.tenant));
    let step = |row: &Member| {
        let title = format!("removal of {}", tenants.name(row.tenant));
        if !wanted.document.prune {
            let why = "it is in the organization and not in the file; prune: true would remove it";
            return Step { title, todo: Todo::Kept(why.to_owned()), removes: None };
        }
        let tenant = TenantRef::from(row.tenant);
        let data = LeaveData {
            tenant: tenant.clone(),
            owner: wanted.document.owner.clone(),
            mode: LeaveMode::Remove,
            // What the membership opened is not left open; users stay until somebody asks for more.
            cleanup: Cleanup::Settings,
            confirm: Some(Confirm { tenant, users: None }),
            dry_run: false,
        };
        Step { removes: Some(row.tenant), ..Step::plan(title, CommandData::Leave(data)) }
    };
    others.map(step).collect()
}
