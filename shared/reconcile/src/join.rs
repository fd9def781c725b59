//! join: make a listed tenant an active member.

use std::collections::BTreeMap;

use mto_messages::{
    CommandData, Journal, Scope, SyncAction, SyncData, SyncTargets, SyncWish, Templates, TenantId, TenantRef,
};
use serde::Serialize;

use crate::reason::JoinFailure;
use crate::{
    Change, Child, Decision, Finish, JoinRequest, MemberRow, MemberState, Note, OrganizationState,
    OrganizationView, OwnerView, Progress, Reading, Reason, Role, Step, TemplatesView, Timing, Unreadable,
    Wait, templates,
};

/// What is asked for, with every tenant resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct Aim {
    /// The tenant that joins.
    pub tenant: TenantId,
    /// The owner that added it.
    pub owner: TenantId,
    /// Templates of the joining tenant, to be set before it asks.
    pub templates: Option<Templates>,
    /// Synchronise users afterwards.
    pub sync: Option<SyncAim>,
}

/// What is to be synchronised once the tenant has joined.
#[derive(Debug, Clone, PartialEq)]
pub struct SyncAim {
    /// As the command says.
    pub wish: SyncWish,
    /// The default scopes of the tenants in the directory that have one.
    pub scopes: BTreeMap<TenantId, Scope>,
}

/// What is seen from both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Observed {
    /// The organization as the joining tenant sees it.
    pub own: OrganizationView,
    /// Its join request.
    pub request: JoinRequest,
    /// The owner's side; see [`needs_owner`].
    pub owner: Reading<OwnerView>,
    /// The joining tenant's templates; needed only where some are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub templates: Option<TemplatesView>,
}

/// Whether the owner's side has to be read, given what the joining tenant shows: not once the tenant is in an
/// organization, nor while its request to this owner is under way.
pub fn needs_owner(aim: &Aim, own: &OrganizationView, request: &JoinRequest) -> bool {
    let under_way = request.is_running() && request.owner == Some(aim.owner);
    aim.tenant != aim.owner && own.state == OrganizationState::Inactive && !under_way
}

/// Decides the next step; the first row that matches wins (numbers as in the design's table).
///
/// | # | Observed | Step |
/// |---|---|---|
/// | 1 | tenant = owner | rejected |
/// | 1 | owner readable and in no organization | wait: the owner has none yet |
/// | 2 | our list holds the owner and us as active, no transition running | succeeded |
/// | 3 | our organization is active, the owner not in it, or only listed there for as long as `confirm` | rejected: in another one |
/// | 4 | removal of us running | wait: being removed |
/// | 5 | request to the owner running | wait: joining |
/// | 6 | request to another tenant running | rejected: a join elsewhere is under way |
/// | 7 | our request failed, resets left, pause over | reset |
/// | 8 | request failed, no resets left | failed, with the probable cause |
/// | 9 | owner does not list us, and we asked before | rejected: removed meanwhile |
/// | 10 | owner does not list us | wait: not added yet |
/// | 11 | templates wanted and not set | set them |
/// | 12 | owner lists us pending, or cannot be read | ask to join; reset a failure that was there before |
/// | 13 | anything unknown | wait: unrecognised |
///
/// "Active" is judged by the organization's state and list, never by the join record alone: the record of an
/// earlier membership may still say `active`.
pub fn decide(aim: &Aim, observed: &Observed, journal: &Journal, timing: &Timing<'_>) -> Decision {
    if aim.tenant == aim.owner {
        return Decision::reject(Reason::SameTenant(aim.tenant));
    }
    match &observed.own.state {
        OrganizationState::Active => decide_inside(aim, &observed.own, journal, timing),
        OrganizationState::Inactive => decide_outside(aim, observed, journal, timing),
        OrganizationState::Unrecognised(state) => {
            Decision::wait(Reason::Unrecognised(format!("organization state \"{state}\"")))
        }
    }
}

/// Rows 2 to 4, from our own list.
fn decide_inside(aim: &Aim, own: &OrganizationView, journal: &Journal, timing: &Timing<'_>) -> Decision {
    let Some(us) = own.row(aim.tenant) else {
        return Decision::wait(Reason::Settling("own row in the list"));
    };
    if us.is_leaving() {
        return Decision::wait(Reason::BeingRemoved(vec![aim.tenant]));
    }
    if let Some(unknown) = us.unknown() {
        return Decision::wait(Reason::Unrecognised(format!("{unknown} of the own row")));
    }
    match own.row(aim.owner).map(|row| &row.state) {
        Some(MemberState::Active) if us.state == MemberState::Active && !us.is_changing() => {
            let (summary, notes) = success(aim, own);
            Decision::just(Step::Finish(Finish::Succeeded { summary, notes })).with(sync_children(aim, own))
        }
        Some(MemberState::Active) if us.state == MemberState::Active => {
            Decision::wait(Reason::RoleChanging(vec![aim.tenant]))
        }
        Some(MemberState::Unrecognised(state)) => {
            Decision::wait(Reason::Unrecognised(format!("state \"{state}\" of the owner's row")))
        }
        // Who is only listed, or on its way out, is in it no more than who is not listed.
        None | Some(MemberState::Pending | MemberState::Removed) if us.state == MemberState::Active => {
            // After our own request a list that lacks the owner may be an old one: it has to last. So may one that holds
            // it in another state.
            let settling = Reason::Settling("owner in the list");
            let may_change =
                own.row(aim.owner).is_some() || journal.last_write(REQUEST, Some(aim.owner)).is_some();
            if may_change && timing.waited_for(journal, &settling) < timing.limits.confirm {
                return Decision::wait(settling);
            }
            Decision::reject(Reason::InAnotherOrganization(aim.tenant))
        }
        None | Some(MemberState::Active | MemberState::Pending | MemberState::Removed) => {
            Decision::wait(Reason::Settling("membership"))
        }
    }
}

const REQUEST: &str = "request-join";

/// Rows 1, 4 to 12, while we are in no organization.
fn decide_outside(aim: &Aim, observed: &Observed, journal: &Journal, timing: &Timing<'_>) -> Decision {
    let request = &observed.request;
    if observed.owner == Reading::Seen(OwnerView::InNone) {
        return Decision::wait(Reason::OwnerHasNoOrganization(aim.owner));
    }
    if owner_row(observed).is_some_and(MemberRow::is_leaving) {
        return Decision::wait(Reason::BeingRemoved(vec![aim.tenant]));
    }
    if request.is_running() {
        return match request.owner {
            Some(owner) if owner != aim.owner => {
                Decision::reject(Reason::JoinElsewhere { tenant: aim.tenant, owner })
            }
            _ => Decision::wait(Reason::Joining(aim.owner)),
        };
    }
    if request.has_failed() {
        return decide_failed(aim, observed, journal, timing);
    }
    if let (Some(_), Some(Progress::Unrecognised(progress))) = (request.owner, &request.progress) {
        return Decision::wait(Reason::Unrecognised(format!("join request with status \"{progress}\"")));
    }
    decide_not_asked(aim, observed, journal, timing)
}

/// Rows 7 and 8. A failure that was there before our first request may be another command's, which counts its own: it is
/// left alone until it stands in the way.
fn decide_failed(aim: &Aim, observed: &Observed, journal: &Journal, timing: &Timing<'_>) -> Decision {
    let details = observed.request.details.clone().unwrap_or_default();
    if timing.is_settling(journal, Change::ResetJoin.what(), None) {
        return Decision::wait(Reason::Settling("reset of the join request"));
    }
    if journal.resets >= timing.limits.resets {
        let cause = failure_cause(aim, observed, timing);
        return Decision::just(Step::Finish(Finish::Failed(Reason::JoinFailed { details, cause })));
    }
    let ours = journal.last_write(REQUEST, Some(aim.owner)).is_some();
    if !ours {
        return decide_not_asked(aim, observed, journal, timing);
    }
    let pausing = Reason::PausingAfterFailure(details);
    let waited = timing.waited_for(journal, &pausing);
    // A look that comes a moment early is late enough: the next one would be a whole delay away.
    if waited + timing.limits.shortest_delay < timing.limits.pause_after_failure {
        let left = timing.limits.pause_after_failure.saturating_sub(waited);
        return Decision::just(Step::Wait(Wait { reason: pausing, not_before: Some(timing.now + left) }));
    }
    Decision::act(aim.tenant, vec![Change::ResetJoin])
}

fn failure_cause(aim: &Aim, observed: &Observed, timing: &Timing<'_>) -> JoinFailure {
    match &observed.owner {
        Reading::Seen(OwnerView::InOne { row: None, .. }) => JoinFailure::NotAdded(aim.owner),
        Reading::Seen(OwnerView::InOne { active: Some(active), .. })
            if *active >= timing.limits.active_tenants =>
        {
            JoinFailure::Full { active: *active }
        }
        Reading::Seen(_) => JoinFailure::NothingVisible,
        Reading::Unreadable(_) | Reading::NotNeeded => JoinFailure::OwnerNotReadable(aim.owner),
    }
}

/// Rows 9 to 12.
fn decide_not_asked(aim: &Aim, observed: &Observed, journal: &Journal, timing: &Timing<'_>) -> Decision {
    let asked = journal.last_write(REQUEST, Some(aim.owner)).is_some();
    match &observed.owner {
        Reading::Seen(OwnerView::InOne { row: Some(row), .. }) => {
            decide_listed(aim, row, observed, journal, timing)
        }
        Reading::Seen(OwnerView::InOne { role: Some(Role::Member), row: None, .. }) => {
            Decision::wait(Reason::OwnerIsNoOwner(aim.owner))
        }
        Reading::Seen(OwnerView::InOne { role: Some(Role::Unrecognised(role)), row: None, .. }) => {
            Decision::wait(Reason::Unrecognised(format!("role \"{role}\" of the owner")))
        }
        Reading::Seen(OwnerView::InOne { row: None, .. }) if asked => decide_vanished(aim, journal, timing),
        Reading::Seen(OwnerView::InOne { row: None, .. }) => {
            Decision::wait(Reason::NotAddedYet { tenant: aim.tenant, owner: aim.owner })
        }
        Reading::Seen(OwnerView::InNone) => Decision::wait(Reason::OwnerHasNoOrganization(aim.owner)),
        Reading::Unreadable(Unreadable::Unreachable(text)) => {
            Decision::wait(Reason::OwnerUnreachable(aim.owner, text.clone()))
        }
        Reading::Unreadable(Unreadable::External) => ask(aim, observed, journal, timing),
        // It goes without that look, but the reader ought to know what it lacked.
        Reading::Unreadable(Unreadable::Denied(words)) => {
            let found = vec![Note::OwnerNotRead(aim.owner, words.clone())];
            Decision { found, ..ask(aim, observed, journal, timing) }
        }
        // Not what `needs_owner` says; nothing is asked for on a guess.
        Reading::NotNeeded => {
            Decision::wait(Reason::OwnerUnreachable(aim.owner, "it was not looked at".to_owned()))
        }
    }
}

/// Row 9, once it has lasted: an old answer may lack a row that is there.
fn decide_vanished(aim: &Aim, journal: &Journal, timing: &Timing<'_>) -> Decision {
    let settling = Reason::Settling("row in the owner's list");
    if timing.waited_for(journal, &settling) < timing.limits.confirm {
        return Decision::wait(settling);
    }
    Decision::reject(Reason::RemovedMeanwhile { tenant: aim.tenant, owner: aim.owner })
}

fn decide_listed(
    aim: &Aim,
    row: &MemberRow,
    observed: &Observed,
    journal: &Journal,
    timing: &Timing<'_>,
) -> Decision {
    if let Some(unknown) = row.unknown() {
        return Decision::wait(Reason::Unrecognised(format!("{unknown} of our row at the owner")));
    }
    match &row.state {
        MemberState::Pending => ask(aim, observed, journal, timing),
        MemberState::Active => Decision::wait(Reason::Settling("membership")),
        MemberState::Removed => Decision::wait(Reason::BeingRemoved(vec![aim.tenant])),
        MemberState::Unrecognised(state) => {
            Decision::wait(Reason::Unrecognised(format!("state \"{state}\" of our row at the owner")))
        }
    }
}

/// Rows 11 and 12: a failure is reset, templates are set, the request is made. What we asked a moment ago may not show yet; it is not asked again before it has to be.
fn ask(aim: &Aim, observed: &Observed, journal: &Journal, timing: &Timing<'_>) -> Decision {
    let request = Change::RequestJoin { owner: aim.owner };
    if timing.is_settling(journal, request.what(), request.about()) {
        return Decision::wait(Reason::Settling("join request"));
    }
    if observed.request.has_failed() {
        return Decision::act(aim.tenant, vec![Change::ResetJoin]);
    }
    // A record of this owner beside a row that is pending there is left over from before: it can be asked again.
    let left_over = observed.request.owner == Some(aim.owner) && owner_row(observed).is_some();
    let accepted = Reason::Settling("accepted join request of this tenant");
    if observed.request.was_accepted()
        && !left_over
        && timing.waited_for(journal, &accepted) < timing.limits.confirm
    {
        return Decision::wait(accepted);
    }
    templates::decide(aim.tenant, aim.templates.as_ref(), observed.templates.as_ref(), journal, timing)
        .unwrap_or_else(|| Decision::act(aim.tenant, vec![request]))
}

fn owner_row(observed: &Observed) -> Option<&MemberRow> {
    match &observed.owner {
        Reading::Seen(OwnerView::InOne { row, .. }) => row.as_ref(),
        Reading::Seen(OwnerView::InNone) | Reading::Unreadable(_) | Reading::NotNeeded => None,
    }
}

fn success(aim: &Aim, own: &OrganizationView) -> (String, Vec<Note>) {
    let name = own.display_name.as_deref().unwrap_or("the organization");
    let mut notes = vec![Note::NoApiForTheRest];
    if let Some(sync) = &aim.sync {
        let without: Vec<TenantId> = own
            .active()
            .map(|row| row.tenant)
            .filter(|tenant| sync.scope_of(aim, *tenant).is_none())
            .collect();
        if !without.is_empty() {
            notes.push(Note::NotSynchronised(without));
        }
    }
    (format!("the tenant is an active member of \"{name}\""), notes)
}

impl SyncAim {
    /// Whom `source` shares: the command's scope for the joining tenant, else the directory's.
    fn scope_of(&self, aim: &Aim, source: TenantId) -> Option<Scope> {
        let asked = self.wish.scope.clone().filter(|_| source == aim.tenant);
        asked.or_else(|| self.scopes.get(&source).cloned())
    }
}

/// `sync` in both directions with every other active member whose source has a scope.
fn sync_children(aim: &Aim, own: &OrganizationView) -> Vec<Child> {
    let Some(sync) = &aim.sync else { return Vec::new() };
    let others = own.active().filter(|row| !row.is_leaving()).map(|row| row.tenant);
    let others = others.filter(|tenant| *tenant != aim.tenant);
    let pairs = others.flat_map(|other| [(aim.tenant, other), (other, aim.tenant)]);
    pairs
        .filter_map(|(source, target)| {
            let data = SyncData {
                action: SyncAction::Configure,
                source: Some(TenantRef::from(source)),
                targets: Some(SyncTargets::Tenants(vec![TenantRef::from(target)])),
                scope: Some(sync.scope_of(aim, source)?),
                user_type: sync.wish.user_type,
                ..SyncData::default()
            };
            Some(Child { data: CommandData::Sync(data), about: vec![source, target] })
        })
        .collect()
}

/// What would be seen after `change`, if it took effect at once; for plans and for the fixed-point test.
#[must_use]
pub fn assume(mut observed: Observed, change: &Change) -> Observed {
    if let Change::RequestJoin { owner } = change {
        observed.request = JoinRequest {
            owner: Some(*owner),
            state: Some(MemberState::Pending),
            progress: Some(Progress::NotStarted),
            details: None,
        };
    } else if *change == Change::ResetJoin {
        observed.request = JoinRequest::default();
    } else {
        observed.templates = observed.templates.map(|seen| templates::assume(seen, change));
    }
    observed
}
