//! Builders for what is asked, seen and remembered, and one line of text for what is decided.

use mto_messages::{Journal, Names, TenantId, Waiting, Write};
use mto_reconcile::{
    Change, Decision, Finish, JoinRequest, Limits, MemberRow, MemberState, OrganizationState,
    OrganizationView, Progress, Role, Step, Timing, Transition,
};
use time::{Duration, OffsetDateTime, macros::datetime};
use uuid::Uuid;

pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);
pub(crate) const OWNER: TenantId = tenant(0xc0);
pub(crate) const US: TenantId = tenant(0xfa);
pub(crate) const OTHER: TenantId = tenant(0x0e);
pub(crate) const FOURTH: TenantId = tenant(0x04);

pub(crate) const fn tenant(number: u128) -> TenantId {
    TenantId::new(Uuid::from_u128(number))
}

/// The default limits at [`NOW`].
pub(crate) fn with_timing<T>(decide: impl FnOnce(&Timing<'_>) -> T) -> T {
    decide(&Timing { now: NOW, limits: &Limits::default() })
}

// Rows

pub(crate) fn pending(tenant: TenantId) -> MemberRow {
    MemberRow {
        tenant,
        display_name: None,
        role: Role::Member,
        state: MemberState::Pending,
        transition: None,
    }
}

pub(crate) fn active(tenant: TenantId) -> MemberRow {
    MemberRow { state: MemberState::Active, ..pending(tenant) }
}

pub(crate) fn owner(tenant: TenantId) -> MemberRow {
    MemberRow { role: Role::Owner, ..active(tenant) }
}

pub(crate) fn removed(tenant: TenantId) -> MemberRow {
    MemberRow { state: MemberState::Removed, ..pending(tenant) }
}

pub(crate) fn odd_state(row: MemberRow) -> MemberRow {
    MemberRow { state: MemberState::Unrecognised("suspended".to_owned()), ..row }
}

pub(crate) fn odd_role(row: MemberRow) -> MemberRow {
    MemberRow { role: Role::Unrecognised("auditor".to_owned()), ..row }
}

pub(crate) fn odd_progress() -> Progress {
    Progress::Unrecognised("paused".to_owned())
}

/// The row on its way to being removed.
pub(crate) fn leaving(row: MemberRow) -> MemberRow {
    changing(row, Some(MemberState::Removed), None, Progress::NotStarted)
}

/// The row on its way to another role.
pub(crate) fn becoming(row: MemberRow, role: Role, progress: Progress) -> MemberRow {
    changing(row, None, Some(role), progress)
}

pub(crate) fn changing(
    row: MemberRow,
    desired_state: Option<MemberState>,
    desired_role: Option<Role>,
    progress: Progress,
) -> MemberRow {
    let transition = Some(Transition { desired_role, desired_state, progress, details: None });
    MemberRow { transition, ..row }
}

// Organizations and requests

pub(crate) fn organization(members: Vec<MemberRow>) -> OrganizationView {
    OrganizationView {
        state: OrganizationState::Active,
        display_name: Some("Contoso group".to_owned()),
        description: None,
        members,
    }
}

pub(crate) fn odd_organization() -> OrganizationView {
    let state = OrganizationState::Unrecognised("dissolving".to_owned());
    OrganizationView { state, ..OrganizationView::none() }
}

pub(crate) fn request(owner: TenantId, state: MemberState, progress: Option<Progress>) -> JoinRequest {
    JoinRequest { owner: Some(owner), state: Some(state), progress, details: None }
}

pub(crate) fn asked(owner: TenantId, progress: Progress) -> JoinRequest {
    request(owner, MemberState::Pending, Some(progress))
}

// Memory

pub(crate) fn write(what: &str, about: Option<TenantId>, ago: Duration, status: Option<u16>) -> Write {
    Write { at: NOW - ago, tenant: US, what: what.to_owned(), about, status, request_id: None }
}

pub(crate) fn waiting(key: &str, ago: Duration) -> Waiting {
    Waiting { key: key.to_owned(), since: NOW - ago }
}

/// Memory that a scene builds up.
pub(crate) trait Remembers: Sized {
    fn journal(&mut self) -> &mut Journal;

    /// A write that was answered 204.
    fn wrote(self, what: &str, about: Option<TenantId>, ago: Duration) -> Self {
        self.answered(what, about, ago, Some(204))
    }

    fn answered(mut self, what: &str, about: Option<TenantId>, ago: Duration, status: Option<u16>) -> Self {
        self.journal().note_write(write(what, about, ago, status));
        self
    }

    fn waited(mut self, key: &str, ago: Duration) -> Self {
        self.journal().waiting = Some(waiting(key, ago));
        self
    }

    fn resets(mut self, resets: u32) -> Self {
        self.journal().resets = resets;
        self
    }
}

/// One look: what is asked, what is seen, what is remembered.
#[derive(Clone)]
pub(crate) struct OneLook<A, O> {
    pub(crate) aim: A,
    pub(crate) observed: O,
    pub(crate) journal: Journal,
}

impl<A, O> Remembers for OneLook<A, O> {
    fn journal(&mut self) -> &mut Journal {
        &mut self.journal
    }
}

// What is decided

/// The step in one line: `act add-tenant, add-tenant`, `wait settling: join request`, `rejected same-tenant`. Whose
/// removal is waited for is left out.
pub(crate) fn line(step: &Step) -> String {
    match step {
        Step::Act(mutations) => {
            let words: Vec<_> = mutations.iter().map(|mutation| mutation.change.what()).collect();
            format!("act {}", words.join(", "))
        }
        Step::Remember(membership) => format!("remember {}", membership.tenants.len()),
        Step::Wait(wait) if matches!(wait.reason, mto_reconcile::Reason::BeingRemoved(_)) => {
            format!("wait {}", wait.reason.code())
        }
        Step::Wait(wait) => format!("wait {}", wait.reason.key()),
        Step::Finish(Finish::Succeeded { .. }) => "succeeded".to_owned(),
        Step::Finish(Finish::Rejected(reason)) => format!("rejected {}", reason.key()),
        Step::Finish(Finish::Failed(reason)) => format!("failed {}", reason.key()),
    }
}

/// The changes of an acting step; all of them are made in `tenant`.
pub(crate) fn changes_in(tenant: TenantId, step: Step) -> Vec<Change> {
    let Step::Act(mutations) = step else { panic!("it acts: {step:?}") };
    assert!(mutations.iter().all(|mutation| mutation.tenant == tenant), "{mutations:?}");
    mutations.into_iter().map(|mutation| mutation.change).collect()
}

pub(crate) fn notes(decision: &Decision) -> Vec<String> {
    match &decision.step {
        Step::Finish(Finish::Succeeded { notes, .. }) => {
            notes.iter().map(|note| note.text(&Names::default())).collect()
        }
        Step::Act(_)
        | Step::Remember(_)
        | Step::Wait(_)
        | Step::Finish(Finish::Rejected(_) | Finish::Failed(_)) => Vec::new(),
    }
}
