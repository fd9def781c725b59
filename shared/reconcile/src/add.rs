//! add: list tenants in the owner's organization, and change the roles of listed ones.

use mto_messages::{CommandData, JoinData, Journal, TenantId, TenantRef, Then, Verb, Write};
use serde::Serialize;

use crate::{
    Change, Child, Decision, Finish, MemberRow, MemberState, Note, OrganizationState, OrganizationView,
    Reason, Role, Step, Timing, Wait,
};

/// What is asked for, with every tenant resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct Aim {
    /// The tenant that owns the organization.
    pub owner: TenantId,
    /// The tenants to list.
    pub tenants: Vec<Wanted>,
    /// What is to follow for each, as soon as it is listed.
    pub then: Option<Then>,
}

/// One tenant that is to be listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The tenant.
    pub tenant: TenantId,
    /// How the list is to name it.
    pub display_name: String,
    /// The wanted role; absent: a new one becomes a member, a listed one keeps its role.
    pub role: Option<mto_messages::Role>,
    /// The directory marks it as external: somebody else has to make it join.
    pub external: bool,
}

impl Wanted {
    /// Whether the list holds it as wanted, with nothing left to write or to wait for.
    pub(crate) fn is_met_by(&self, own: &OrganizationView) -> bool {
        own.row(self.tenant).is_some_and(|row| self.need(row) == Need::Nothing)
    }

    /// What a listed row needs.
    fn need(&self, row: &MemberRow) -> Need {
        let wanted = self.role.map(Role::from);
        if row.is_leaving() {
            return Need::WaitForRemoval;
        }
        if let Some(unknown) = row.unknown() {
            return Need::Recognition(unknown);
        }
        if let (Some(_), Role::Unrecognised(role)) = (&wanted, row.role_to_be()) {
            return Need::Recognition(format!("role \"{role}\""));
        }
        match wanted {
            Some(wanted) if *row.role_to_be() != wanted => Need::Role,
            // A pending row keeps its old role until it joins (unverified); its desire is all there is to see.
            Some(wanted) if row.role != wanted && row.state != MemberState::Pending => Need::WaitForRole,
            _ => Need::Nothing,
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Need {
    Nothing,
    Role,
    WaitForRole,
    WaitForRemoval,
    /// Something this release does not know; with what was seen.
    Recognition(String),
}

/// What is seen in the owner tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Observed {
    /// The organization as the owner sees it.
    pub own: OrganizationView,
}

/// Decides the next step. For the owner, the first row that matches wins:
///
/// | Observed | Step |
/// |---|---|
/// | in none | wait: no organization yet |
/// | state of the organization unknown | wait: unrecognised |
/// | own row not visible | wait: settling |
/// | removal of the owner running | wait: being removed |
/// | state or role of the own row unknown | wait: unrecognised |
/// | own role is member | rejected: not an owner |
///
/// Then for each wanted tenant:
///
/// | Row | What is done |
/// |---|---|
/// | absent or removal running, though this command saw it listed | after `confirm`, and last of all: rejected, removed meanwhile |
/// | absent, added by us a moment ago | wait: settling |
/// | absent | add |
/// | removal running | wait, then add again |
/// | state or change unknown, or the role where one is wanted | wait: unrecognised |
/// | pending, its role changed by us a while ago, and no change to be seen | nothing: not every service shows it |
/// | another role than wanted | change the role |
/// | active, role change under way | wait until it shows |
/// | else | nothing; `join` is posted if asked for |
///
/// Writes come first, then waits; the command succeeds when nothing is left.
///
/// A command that sleeps does not undo what somebody did meanwhile: what it listed once, and finds removed, is not
/// added again. A removal that ran before is waited for, since adding after it is what was asked. "Saw it listed":
/// its join was posted, its role was changed, or our adding was accepted and had the time to show.
pub fn decide(aim: &Aim, observed: &Observed, journal: &Journal, timing: &Timing<'_>) -> Decision {
    if let Some(decision) = decide_owner(aim.owner, &observed.own) {
        return decision;
    }
    let plan = Plan::new(aim, &observed.own, journal, timing);
    let step = if !plan.writes.is_empty() {
        Step::act(aim.owner, plan.writes)
    } else if let Some(reason) = plan.wait {
        Step::Wait(Wait { reason, not_before: None })
    } else if let Some(tenant) = plan.vanished {
        decide_vanished(aim.owner, tenant, journal, timing)
    } else {
        Step::Finish(finish(aim, &observed.own, timing))
    };
    Decision::just(step).with(children(aim, &observed.own))
}

/// A row that was there and is not, once that has lasted: an old answer may lack it.
fn decide_vanished(owner: TenantId, tenant: TenantId, journal: &Journal, timing: &Timing<'_>) -> Step {
    let settling = Reason::Settling("listed row");
    if timing.waited_for(journal, &settling) < timing.limits.confirm {
        return Step::Wait(Wait { reason: settling, not_before: None });
    }
    Step::Finish(Finish::Rejected(Reason::RemovedMeanwhile { tenant, owner }))
}

/// Whether this command has seen the tenant in the list.
fn was_listed(tenant: TenantId, journal: &Journal, timing: &Timing<'_>) -> bool {
    let accepted = |what| {
        let write = journal.last_write(what, Some(tenant));
        write.filter(|write| write.was_accepted())
    };
    let join = format!("/{}/{tenant}", Verb::Join);
    let shown = |write: &Write| timing.since(write.at) >= timing.limits.settle;
    journal.posted.contains(&join)
        || accepted("change-role").is_some()
        || accepted("add-tenant").is_some_and(shown)
}

/// Whether a pending row was given its role, and shows neither that nor a wish for it: the documents disagree about
/// what such a row shows (graph-reference 9.4, rows 5 and 6). Once there was time enough, the service's word counts.
fn was_asked_for(own: &OrganizationView, tenant: TenantId, journal: &Journal, timing: &Timing<'_>) -> bool {
    let shows_no_wish = |row: &MemberRow| row.state == MemberState::Pending && row.transition.is_none();
    let accepted = journal.last_write("change-role", Some(tenant)).filter(|write| write.was_accepted());
    own.row(tenant).is_some_and(shows_no_wish)
        && accepted.is_some_and(|write| timing.since(write.at) >= timing.limits.settle)
}

fn decide_owner(owner: TenantId, own: &OrganizationView) -> Option<Decision> {
    match &own.state {
        OrganizationState::Inactive => return Some(Decision::wait(Reason::OwnerHasNoOrganization(owner))),
        OrganizationState::Unrecognised(state) => {
            let seen = format!("organization state \"{state}\"");
            return Some(Decision::wait(Reason::Unrecognised(seen)));
        }
        OrganizationState::Active => {}
    }
    decide_own_row(owner, own)
}

/// Whether the tenant may act as an owner; nothing, if it may.
pub(crate) fn decide_own_row(owner: TenantId, own: &OrganizationView) -> Option<Decision> {
    let Some(row) = own.row(owner) else {
        return Some(Decision::wait(Reason::Settling("own row in the list")));
    };
    if row.is_leaving() {
        return Some(Decision::wait(Reason::BeingRemoved(vec![owner])));
    }
    if let Some(unknown) = row.unknown() {
        return Some(Decision::wait(Reason::Unrecognised(format!("{unknown} of the owner"))));
    }
    match &row.role {
        Role::Owner => None,
        Role::Member if *row.role_to_be() == Role::Owner => {
            Some(Decision::wait(Reason::RoleChanging(vec![owner])))
        }
        Role::Member => Some(Decision::reject(Reason::NotAnOwner(owner))),
        Role::Unrecognised(role) => {
            Some(Decision::wait(Reason::Unrecognised(format!("role \"{role}\" of the owner"))))
        }
    }
}

#[derive(Default)]
struct Plan {
    writes: Vec<Change>,
    wait: Option<Reason>,
    /// A tenant that somebody took off the list since we saw it there.
    vanished: Option<TenantId>,
}

impl Plan {
    fn new(aim: &Aim, own: &OrganizationView, journal: &Journal, timing: &Timing<'_>) -> Self {
        let mut plan = Self::default();
        let mut leaving = Vec::new();
        let mut changing = Vec::new();
        let mut unknown = Vec::new();
        for wanted in &aim.tenants {
            let need = own.row(wanted.tenant).map(|row| wanted.need(row));
            match need {
                None | Some(Need::WaitForRemoval) if was_listed(wanted.tenant, journal, timing) => {
                    plan.vanished = Some(wanted.tenant);
                }
                None => plan.write(add(wanted), journal, timing),
                Some(Need::Role) if was_asked_for(own, wanted.tenant, journal, timing) => {}
                Some(Need::Role) => {
                    let role = wanted.role.unwrap_or(mto_messages::Role::Member);
                    plan.write(Change::ChangeRole { tenant: wanted.tenant, role }, journal, timing);
                }
                Some(Need::WaitForRemoval) => leaving.push(wanted.tenant),
                Some(Need::Recognition(seen)) => unknown.push(format!("{seen} of {}", wanted.tenant)),
                Some(Need::WaitForRole) => changing.push(wanted.tenant),
                Some(Need::Nothing) => {}
            }
        }
        if !changing.is_empty() {
            plan.wait = Some(Reason::RoleChanging(changing));
        }
        if !leaving.is_empty() {
            plan.wait = Some(Reason::BeingRemoved(leaving));
        }
        // Last, so that it is told first: the others pass by themselves.
        if !unknown.is_empty() {
            plan.wait = Some(Reason::Unrecognised(unknown.join(", ")));
        }
        plan
    }

    /// A write that was made a moment ago may not show yet: then it is waited for instead.
    fn write(&mut self, change: Change, journal: &Journal, timing: &Timing<'_>) {
        if timing.is_settling(journal, change.what(), change.about()) {
            self.wait = Some(Reason::Settling(change.what()));
        } else {
            self.writes.push(change);
        }
    }
}

fn add(wanted: &Wanted) -> Change {
    Change::AddTenant {
        tenant: wanted.tenant,
        display_name: wanted.display_name.clone(),
        role: wanted.role.unwrap_or(mto_messages::Role::Member),
    }
}

/// `join` for each tenant as soon as it is listed; nobody waits for the slowest. An active one joins only for
/// the sake of what follows a join.
fn children(aim: &Aim, own: &OrganizationView) -> Vec<Child> {
    let Some(then) = aim.then.as_ref() else { return Vec::new() };
    let Some(join) = then.join.as_ref() else { return Vec::new() };
    let due = |wanted: &&Wanted| {
        !wanted.external
            && own.row(wanted.tenant).is_some_and(|row| match row.state {
                MemberState::Pending => !row.is_leaving(),
                MemberState::Active => !row.is_leaving() && then.sync.is_some(),
                MemberState::Removed | MemberState::Unrecognised(_) => false,
            })
    };
    aim.tenants.iter().filter(due).map(|wanted| child(aim.owner, wanted.tenant, join, then)).collect()
}

fn child(owner: TenantId, tenant: TenantId, join: &mto_messages::JoinWish, then: &Then) -> Child {
    let data = JoinData {
        tenant: TenantRef::from(tenant),
        owner: TenantRef::from(owner),
        templates: join.templates.clone(),
        then: then.sync.clone().map(|sync| Then { join: None, sync: Some(sync) }),
        dry_run: false,
    };
    Child { data: CommandData::Join(data), about: vec![tenant] }
}

fn finish(aim: &Aim, own: &OrganizationView, timing: &Timing<'_>) -> Finish {
    let mut notes = Vec::new();
    let wants_join = aim.then.as_ref().is_some_and(|then| then.join.is_some());
    for wanted in aim.tenants.iter().filter(|wanted| wanted.external && wants_join) {
        notes.push(Note::External(wanted.tenant));
    }
    let (listed, limit) = (own.members.len(), timing.limits.active_tenants);
    if listed > limit {
        notes.push(Note::OverLimit { listed, limit });
    }
    let summary = match aim.tenants.len() {
        1 => "the tenant is listed as wanted".to_owned(),
        count => format!("{count} tenants are listed as wanted"),
    };
    Finish::Succeeded { summary, notes }
}

/// What would be seen after `change`, if it took effect at once; for plans and for the fixed-point test.
#[must_use]
pub fn assume(mut observed: Observed, change: &Change) -> Observed {
    if let Change::AddTenant { tenant, role, .. } = change {
        observed.own.members.push(new_row(*tenant, Role::from(*role), MemberState::Pending));
    } else if let Change::ChangeRole { tenant, role } = change {
        change_role(&mut observed.own, *tenant, Role::from(*role));
    }
    observed
}

pub(crate) fn change_role(own: &mut OrganizationView, tenant: TenantId, role: Role) {
    if let Some(row) = own.members.iter_mut().find(|row| row.tenant == tenant) {
        row.role = role;
        row.transition = None;
    }
}

pub(crate) fn new_row(tenant: TenantId, role: Role, state: MemberState) -> MemberRow {
    MemberRow { tenant, display_name: None, role, state, transition: None }
}
