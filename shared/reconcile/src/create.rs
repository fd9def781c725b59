//! create: make the owner's organization exist.

use mto_messages::{
    AddData, CommandData, Journal, NewTenant, SyncWish, Templates, TenantId, TenantRef, Then, Write,
};
use serde::Serialize;

use crate::{
    Change, Child, Decision, Finish, JoinRequest, MemberState, Note, OrganizationState, OrganizationView,
    Progress, Reason, Role, Step, TemplatesView, Timing, Wait, add, templates,
};

/// What is asked for, with every tenant resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct Aim {
    /// The tenant that is to own the organization.
    pub owner: TenantId,
    /// Its name.
    pub display_name: String,
    /// Its description.
    pub description: Option<String>,
    /// Rename one that exists.
    pub update: bool,
    /// Tenants to add.
    pub tenants: Vec<add::Wanted>,
    /// Templates of the owner.
    pub templates: Option<Templates>,
    /// What is to follow.
    pub then: Option<Then>,
}

impl Aim {
    /// Whether the command succeeds only once every listed tenant is active.
    pub fn aims_at_members(&self) -> bool {
        !self.tenants.is_empty() && self.then.as_ref().is_some_and(|then| then.join.is_some())
    }
}

/// What is seen in the owner tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Observed {
    /// The organization as the owner sees it.
    pub own: OrganizationView,
    /// The owner's own join request; needed only while it is in no organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<JoinRequest>,
    /// The owner's templates; needed only where some are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub templates: Option<TemplatesView>,
}

/// Decides the next step. The first row that matches wins:
///
/// | Observed | Step |
/// |---|---|
/// | in none, we created it a moment ago | wait: does not show yet |
/// | in none, a join request of its own is running | rejected: it is about to be a member elsewhere |
/// | in none, a join request with unknown status | wait: unrecognised |
/// | in none, an accepted join request, for less than 5 min | wait: settling |
/// | in none | create |
/// | state of the organization unknown | wait: unrecognised |
/// | active, own row not visible | wait: settling |
/// | active, removal of us running | wait: being removed |
/// | active, state or role of the own row unknown | wait: unrecognised |
/// | active, own role is member | rejected: not an owner |
/// | another name or description, and `update` | update |
/// | templates wanted and not set | set them |
/// | tenants wanted as active members, some are not | wait for them (`add` is posted) |
/// | else | succeeded (`add` is posted) |
pub fn decide(aim: &Aim, observed: &Observed, journal: &Journal, timing: &Timing<'_>) -> Decision {
    match &observed.own.state {
        OrganizationState::Active => decide_active(aim, observed, journal, timing),
        OrganizationState::Inactive => decide_inactive(aim, observed, journal, timing),
        OrganizationState::Unrecognised(state) => {
            Decision::wait(Reason::Unrecognised(format!("organization state \"{state}\"")))
        }
    }
}

fn decide_inactive(aim: &Aim, observed: &Observed, journal: &Journal, timing: &Timing<'_>) -> Decision {
    let create = Change::CreateOrganization {
        display_name: aim.display_name.clone(),
        description: aim.description.clone(),
    };
    if timing.is_settling(journal, create.what(), None) {
        return Decision::wait(Reason::CreationNotVisible);
    }
    if let Some(request) = &observed.request {
        if let (Some(_), Some(Progress::Unrecognised(progress))) = (request.owner, &request.progress) {
            return Decision::wait(Reason::Unrecognised(format!("join request with status \"{progress}\"")));
        }
        if let (Some(owner), true) = (request.owner, request.is_running()) {
            return Decision::reject(Reason::JoinElsewhere { tenant: aim.owner, owner });
        }
        // Not visible yet, or left over: looking again for a while tells them apart.
        let reason = Reason::Settling("accepted join request of this tenant");
        if request.was_accepted() && timing.waited_for(journal, &reason) < timing.limits.confirm {
            return Decision::wait(reason);
        }
    }
    Decision::act(aim.owner, vec![create])
}

fn decide_active(aim: &Aim, observed: &Observed, journal: &Journal, timing: &Timing<'_>) -> Decision {
    if let Some(decision) = add::decide_own_row(aim.owner, &observed.own) {
        return decision;
    }
    if let Some(decision) = decide_rename(aim, &observed.own, journal, timing) {
        return decision;
    }
    let templates =
        templates::decide(aim.owner, aim.templates.as_ref(), observed.templates.as_ref(), journal, timing);
    if let Some(decision) = templates {
        return decision;
    }
    let children = children(aim, &observed.own);
    let step = match not_active(aim, &observed.own) {
        missing if missing.is_empty() || !aim.aims_at_members() => Step::Finish(finish(aim, observed)),
        missing => Step::Wait(Wait { reason: Reason::WaitingForMembers(missing), not_before: None }),
    };
    Decision::just(step).with(children)
}

/// Renames once. A name that changes again after that, while the command waits for its members, is somebody
/// else's later wish.
fn decide_rename(
    aim: &Aim,
    own: &OrganizationView,
    journal: &Journal,
    timing: &Timing<'_>,
) -> Option<Decision> {
    let update = rename(aim, own)?;
    if timing.is_settling(journal, update.what(), None) && journal.posted.is_empty() {
        return Some(Decision::wait(Reason::Settling("change of the organization's name")));
    }
    let accepted = |write: &Write| write.what == update.what() && write.was_accepted();
    let done = !journal.posted.is_empty() || journal.writes.iter().any(accepted);
    (!done).then(|| Decision::act(aim.owner, vec![update]))
}

fn rename(aim: &Aim, own: &OrganizationView) -> Option<Change> {
    let display_name =
        (own.display_name.as_ref() != Some(&aim.display_name)).then(|| aim.display_name.clone());
    let description = aim.description.clone().filter(|wanted| own.description.as_ref() != Some(wanted));
    (aim.update && (display_name.is_some() || description.is_some()))
        .then_some(Change::UpdateOrganization { display_name, description })
}

fn not_active(aim: &Aim, own: &OrganizationView) -> Vec<TenantId> {
    let active = |tenant: TenantId| {
        own.row(tenant).is_some_and(|row| row.state == MemberState::Active && !row.is_leaving())
    };
    aim.tenants.iter().map(|wanted| wanted.tenant).filter(|tenant| !active(*tenant)).collect()
}

/// `add` is posted unless everything it could do is done.
fn children(aim: &Aim, own: &OrganizationView) -> Vec<Child> {
    let sync: Option<&SyncWish> = aim.then.as_ref().and_then(|then| then.sync.as_ref());
    let nothing_to_add = aim.tenants.iter().all(|wanted| wanted.is_met_by(own))
        && (!aim.aims_at_members() || not_active(aim, own).is_empty())
        && sync.is_none();
    if aim.tenants.is_empty() || nothing_to_add {
        return Vec::new();
    }
    let tenants = aim.tenants.iter().map(|wanted| NewTenant {
        tenant: TenantRef::from(wanted.tenant),
        display_name: wanted.display_name.clone(),
        role: wanted.role,
    });
    let data = AddData {
        owner: TenantRef::from(aim.owner),
        tenants: tenants.collect(),
        then: aim.then.clone(),
        dry_run: false,
    };
    vec![Child { data: CommandData::Add(data), about: Vec::new() }]
}

fn finish(aim: &Aim, observed: &Observed) -> Finish {
    let name = observed.own.display_name.as_deref().unwrap_or(&aim.display_name);
    let mut notes = Vec::new();
    if name != aim.display_name {
        let (is, wanted) = (name.to_owned(), aim.display_name.clone());
        let note = if aim.update {
            Note::RenamedMeanwhile { is, wanted }
        } else {
            Note::NameLeftAlone { is, wanted }
        };
        notes.push(note);
    }
    let active = observed.own.active().count();
    let summary = if aim.aims_at_members() {
        format!("\"{name}\" is formed: {active} tenants are active")
    } else {
        format!("\"{name}\" exists, with {active} active tenants")
    };
    Finish::Succeeded { summary, notes }
}

/// What would be seen after `change`, if it took effect at once; for plans and for the fixed-point test.
#[must_use]
pub fn assume(aim: &Aim, mut observed: Observed, change: &Change) -> Observed {
    if let Change::CreateOrganization { display_name, description } = change {
        observed.own = OrganizationView {
            state: OrganizationState::Active,
            display_name: Some(display_name.clone()),
            description: description.clone(),
            members: vec![add::new_row(aim.owner, Role::Owner, MemberState::Active)],
        };
    } else if let Change::UpdateOrganization { display_name, description } = change {
        let own = &mut observed.own;
        own.display_name = display_name.clone().or(own.display_name.take());
        own.description = description.clone().or(own.description.take());
    } else {
        observed.templates = observed.templates.map(|seen| templates::assume(seen, change));
    }
    observed
}
