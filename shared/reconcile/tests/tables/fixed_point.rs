//! Properties of every decision, over observations and memories of all kinds.
//!
//! The walk: decide, assume that every write took effect at once, decide again. It has to come to rest, and a
//! world that is as wanted is left alone.
#![expect(clippy::wildcard_enum_match_arm, reason = "each verb names its own writes; any other is a failure")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use crate::support::*;
use mto_messages::{
    ApplicationLevel, AutomaticUserConsentSettings, Cleanup, CommandData, IdentitySynchronizationTemplate,
    InboundTrust, JoinWish, Journal, LeaveMode, Membership, PartnerConfigurationTemplate, Refusal, Scope,
    SyncAction, SyncWish, TemplateValues, Templates, TenantId, Then, UserSyncInbound,
};
use mto_reconcile::{
    Change, Decision, Finish, JoinRequest, Limits, MemberRow, MemberState, OrganizationState,
    OrganizationView, OwnerView, Progress, Reading, Role, Step, TemplatesView, Timing, Transition,
    Unreadable, add, create, join, leave,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use time::Duration;

/// The longest walk: join resets, sets templates, asks; leave demotes, removes the others, and then the owner.
const MAX_ACTS: usize = 3;

const TENANTS: [TenantId; 4] = [OWNER, US, OTHER, FOURTH];

/// One look of one verb: what is asked and what is seen.
trait Look: Clone + Debug + PartialEq {
    fn decide(&self, journal: &Journal, timing: &Timing<'_>) -> Decision;
    #[must_use]
    fn assume(self, mutation: &Change) -> Self;

    fn decided(&self, journal: &Journal) -> Decision {
        with_timing(|timing| self.decide(journal, timing))
    }
}

#[derive(Debug, Clone, PartialEq)]
struct Create(create::Aim, create::Observed);
#[derive(Debug, Clone, PartialEq)]
struct Add(add::Aim, add::Observed);
#[derive(Debug, Clone, PartialEq)]
struct Join(join::Aim, join::Observed);
#[derive(Debug, Clone, PartialEq)]
struct Leave(leave::Aim, leave::Observed);

impl Look for Create {
    fn decide(&self, journal: &Journal, timing: &Timing<'_>) -> Decision {
        create::decide(&self.0, &self.1, journal, timing)
    }
    fn assume(self, mutation: &Change) -> Self {
        let observed = create::assume(&self.0, self.1, mutation);
        Self(self.0, observed)
    }
}

impl Look for Add {
    fn decide(&self, journal: &Journal, timing: &Timing<'_>) -> Decision {
        add::decide(&self.0, &self.1, journal, timing)
    }
    fn assume(self, mutation: &Change) -> Self {
        Self(self.0, add::assume(self.1, mutation))
    }
}

impl Look for Join {
    fn decide(&self, journal: &Journal, timing: &Timing<'_>) -> Decision {
        join::decide(&self.0, &self.1, journal, timing)
    }
    fn assume(self, mutation: &Change) -> Self {
        Self(self.0, join::assume(self.1, mutation))
    }
}

impl Look for Leave {
    fn decide(&self, journal: &Journal, timing: &Timing<'_>) -> Decision {
        leave::decide(&self.0, &self.1, journal, timing)
    }
    fn assume(self, mutation: &Change) -> Self {
        let observed = leave::assume(&self.0, self.1, mutation);
        Self(self.0, observed)
    }
}

// Worlds

fn any_tenant() -> impl Strategy<Value = TenantId> {
    select(&TENANTS[..])
}

fn odd() -> String {
    "unknownFutureValue".to_owned()
}

fn any_role() -> impl Strategy<Value = Role> {
    prop_oneof![4 => Just(Role::Owner), 4 => Just(Role::Member), 1 => Just(Role::Unrecognised(odd()))]
}

fn any_state() -> impl Strategy<Value = MemberState> {
    prop_oneof![
        4 => Just(MemberState::Pending),
        4 => Just(MemberState::Active),
        1 => Just(MemberState::Removed),
        1 => Just(MemberState::Unrecognised(odd())),
    ]
}

fn any_progress() -> impl Strategy<Value = Progress> {
    prop_oneof![
        2 => Just(Progress::NotStarted),
        2 => Just(Progress::Running),
        2 => Just(Progress::Succeeded),
        3 => Just(Progress::Failed),
        1 => Just(Progress::Unrecognised(odd())),
    ]
}

fn any_transition() -> impl Strategy<Value = Transition> {
    (option::of(any_role()), option::of(any_state()), any_progress()).prop_map(
        |(desired_role, desired_state, progress)| Transition {
            desired_role,
            desired_state,
            progress,
            details: None,
        },
    )
}

fn any_row_of(tenant: TenantId) -> impl Strategy<Value = MemberRow> {
    (any_role(), any_state(), option::weighted(0.3, any_transition())).prop_map(
        move |(role, state, transition)| MemberRow { tenant, display_name: None, role, state, transition },
    )
}

fn any_organization() -> impl Strategy<Value = OrganizationView> {
    let rows = vec(any_tenant(), 0..5).prop_flat_map(|tenants| {
        let tenants: BTreeSet<_> = tenants.into_iter().collect();
        tenants.into_iter().map(any_row_of).collect::<Vec<_>>()
    });
    let state = prop_oneof![
        6 => Just(OrganizationState::Active),
        5 => Just(OrganizationState::Inactive),
        1 => Just(OrganizationState::Unrecognised(odd())),
    ];
    let name = || option::of(select(vec!["Contoso".to_owned(), "Contoso group".to_owned()]));
    // An owner that may act, as often as not: else the walk would seldom start.
    (state, rows, name(), name(), any::<bool>()).prop_map(|(state, mut members, name, description, acts)| {
        if acts {
            members.retain(|row| row.tenant != OWNER);
            members.push(owner(OWNER));
        }
        let members = if state == OrganizationState::Inactive { Vec::new() } else { members };
        OrganizationView { state, display_name: name, description, members }
    })
}

fn any_request() -> impl Strategy<Value = JoinRequest> {
    (option::of(any_tenant()), option::of(any_state()), option::of(any_progress()))
        .prop_map(|(owner, state, progress)| JoinRequest { owner, state, progress, details: None })
}

prop_compose! {
    fn any_template_values()(
        consent in option::of((any::<Option<bool>>(), any::<Option<bool>>())),
        trust in option::of(any::<(Option<bool>, Option<bool>, Option<bool>)>()),
        sync in option::of(any::<Option<bool>>()),
        levels in vec(option::of(vec(
            select(vec![ApplicationLevel::NewPartners, ApplicationLevel::ExistingPartners]), 0..3,
        )), 2),
        present in any::<(bool, bool)>(),
    ) -> TemplateValues {
        let partner = PartnerConfigurationTemplate {
            automatic_user_consent_settings: consent.map(|(inbound_allowed, outbound_allowed)| {
                AutomaticUserConsentSettings { inbound_allowed, outbound_allowed }
            }),
            inbound_trust: trust.map(|(mfa, compliant, hybrid)| InboundTrust {
                is_mfa_accepted: mfa,
                is_compliant_device_accepted: compliant,
                is_hybrid_azure_ad_joined_device_accepted: hybrid,
            }),
            template_application_level: levels[0].clone(),
        };
        let identity = IdentitySynchronizationTemplate {
            user_sync_inbound: sync.map(|is_sync_allowed| UserSyncInbound { is_sync_allowed }),
            template_application_level: levels[1].clone(),
        };
        TemplateValues {
            partner_configuration: present.0.then_some(partner),
            identity_synchronization: present.1.then_some(identity),
        }
    }
}

fn any_templates() -> impl Strategy<Value = (Option<Templates>, Option<TemplatesView>)> {
    let wanted = option::of(prop_oneof![
        Just(Templates::AdminCenter),
        any_template_values().prop_map(Templates::Values),
    ]);
    (wanted, option::weighted(0.9, any_template_values()))
}

fn any_then() -> impl Strategy<Value = Option<Then>> {
    let then = (option::of(Just(JoinWish::default())), option::of(Just(SyncWish::default())));
    option::of(then.prop_map(|(join, sync)| Then { join, sync }))
}

/// Any of the tenants but the owner, each at most once, as the caller makes sure.
fn any_wanted() -> impl Strategy<Value = Vec<add::Wanted>> {
    let role = option::of(select(vec![mto_messages::Role::Owner, mto_messages::Role::Member]));
    let details = vec((role, any::<bool>()), 3);
    (subsequence(&TENANTS[1..], 0..=3), details).prop_map(|(tenants, details)| {
        let wanted = |(tenant, (role, external))| add::Wanted {
            tenant,
            display_name: "Fabrikam".to_owned(),
            role,
            external,
        };
        tenants.into_iter().zip(details).map(wanted).collect()
    })
}

prop_compose! {
    fn any_create()(
        update in any::<bool>(),
        description in option::of(Just("Contoso".to_owned())),
        tenants in any_wanted(),
        (wanted, seen) in any_templates(),
        then in any_then(),
        own in any_organization(),
        request in option::of(any_request()),
    ) -> Create {
        let display_name = "Contoso group".to_owned();
        let aim =
            create::Aim { owner: OWNER, display_name, description, update, tenants, templates: wanted, then };
        Create(aim, create::Observed { own, request, templates: seen })
    }
}

prop_compose! {
    fn any_add()(tenants in any_wanted(), then in any_then(), own in any_organization()) -> Add {
        Add(add::Aim { owner: OWNER, tenants, then }, add::Observed { own })
    }
}

fn any_reading() -> impl Strategy<Value = Reading<OwnerView>> {
    let one = (option::of(any_role()), option::weighted(0.8, any_row_of(US)), option::of(90..110_usize))
        .prop_map(|(role, row, active)| OwnerView::InOne { role, row, active });
    prop_oneof![
        6 => one.prop_map(Reading::Seen),
        1 => Just(Reading::Seen(OwnerView::InNone)),
        1 => Just(Reading::Unreadable(Unreadable::External)),
        1 => Just(Reading::Unreadable(Unreadable::Denied("403".to_owned()))),
        1 => Just(Reading::Unreadable(Unreadable::Unreachable("time-out".to_owned()))),
        1 => Just(Reading::NotNeeded),
    ]
}

prop_compose! {
    fn any_join()(
        tenant in prop_oneof![9 => Just(US), 1 => Just(OWNER)],
        (wanted, seen) in any_templates(),
        scopes in option::of(subsequence(&TENANTS[..], 0..=4)),
        own in any_organization(),
        request in any_request(),
        owner in any_reading(),
    ) -> Join {
        let everyone = || Scope { everyone: true, ..Scope::default() };
        let sync = scopes.map(|tenants| join::SyncAim {
            wish: SyncWish::default(),
            scopes: tenants.into_iter().map(|tenant| (tenant, everyone())).collect::<BTreeMap<_, _>>(),
        });
        let aim = join::Aim { tenant, owner: OWNER, templates: wanted, sync };
        Join(aim, join::Observed { own, request, owner, templates: seen })
    }
}

prop_compose! {
    fn any_leave()(
        mode in select(vec![LeaveMode::Leave, LeaveMode::Remove, LeaveMode::Dissolve]),
        cleanup in select(vec![Cleanup::None, Cleanup::Settings, Cleanup::Users]),
        ours in subsequence(&TENANTS[..], 0..=4),
        own in any_organization(),
        request in option::of(any_request()),
    ) -> Leave {
        let tenant = if mode == LeaveMode::Dissolve { OWNER } else { US };
        let aim = leave::Aim { tenant, owner: OWNER, mode, cleanup, confirmed_users: None, ours: ours.into_iter().collect() };
        Leave(aim, leave::Observed { own, request })
    }
}

// Memories

const WRITES: [&str; 9] = [
    "create-organization",
    "update-organization",
    "add-tenant",
    "change-role",
    "remove-tenant",
    "set-partner-template",
    "set-identity-template",
    "request-join",
    "reset-join",
];

const OTHERS_MISSING: &str = "settling: others in the list";

const WAITS: [&str; 12] = [
    "being-removed",
    "being-removed: 00000000-0000-0000-0000-0000000000c0",
    "being-removed: 00000000-0000-0000-0000-0000000000fa",
    "joining",
    "pausing-after-failure",
    "settling: accepted join request of this tenant",
    "settling: end of the removal",
    "settling: listed row",
    OTHERS_MISSING,
    "settling: owner in the list",
    "settling: row in the list",
    "settling: row in the owner's list",
];

/// Up to thirteen hours, often shorter than what is waited for.
fn any_age() -> impl Strategy<Value = Duration> {
    prop_oneof![0..60_i64, 0..700_i64, 0..46_800_i64].prop_map(Duration::seconds)
}

prop_compose! {
    fn any_journal()(
        writes in vec((
            select(&WRITES[..]), option::of(any_tenant()), any_age(), select(vec![Some(204), Some(400), Some(503), None]),
        ), 0..6),
        wait in option::of((select(&WAITS[..]), any_age())),
        resets in 0..4_u32,
    ) -> Journal {
        let mut journal = Journal { resets, ..Journal::default() };
        for (what, about, age, status) in writes {
            journal.note_write(write(what, about, age, status));
        }
        journal.waiting = wait.map(|(key, age)| waiting(key, age));
        journal
    }
}

prop_compose! {
    /// Of a leave: with who was active, as often as not, and a refused write.
    fn any_journal_of_a_removal()(
        journal in any_journal(),
        membership in option::weighted(0.7, subsequence(&TENANTS[..], 0..=4)),
        refused in option::of(select(&WRITES[..])),
    ) -> Journal {
        let membership = membership.map(|tenants| Membership {
            tenants: tenants.into_iter().collect(),
            display_name: Some("Contoso group".to_owned()),
        });
        let refusal = refused.map(|what| Refusal {
            what: what.to_owned(),
            status: Some(400),
            code: String::new(),
            text: String::new(),
            request_id: None,
            seen: 0,
            since: NOW,
        });
        Journal { membership, refusal, ..journal }
    }
}

// Properties

fn mutations(decision: Decision) -> Vec<Change> {
    match decision.step {
        Step::Act(mutations) => mutations.into_iter().map(|mutation| mutation.change).collect(),
        Step::Remember(_) | Step::Wait(_) | Step::Finish(_) => Vec::new(),
    }
}

/// Walks until nothing is to be written; `noting` each write in the journal or not. A list that lacks those whom
/// nobody is noted to have deleted lasts until it is believed.
fn rest<L: Look>(mut look: L, mut journal: Journal, noting: bool) -> Result<L, TestCaseError> {
    for _ in 0..=MAX_ACTS {
        if let Step::Remember(membership) = look.decided(&journal).step {
            journal.membership = Some(membership);
        }
        if line(&look.decided(&journal).step) == format!("wait {OTHERS_MISSING}") {
            journal.waiting = Some(waiting(OTHERS_MISSING, Duration::minutes(5)));
        }
        let writes = mutations(look.decided(&journal));
        if writes.is_empty() {
            return Ok(look);
        }
        for mutation in writes {
            look = look.assume(&mutation);
            if noting {
                journal.resets += u32::from(mutation == Change::ResetJoin);
                journal.note_write(write(mutation.what(), mutation.about(), Duration::ZERO, Some(204)));
            }
        }
    }
    Err(TestCaseError::fail(format!("still writing: {:?}", look.decided(&journal))))
}

fn check_walk<L: Look>(look: &L, journal: Journal) -> Result<(), TestCaseError> {
    rest(look.clone(), journal.clone(), true)?;
    rest(look.clone(), journal, false)?;
    // With an empty memory, a plan that took effect is a plan that is done: for this command, for one that
    // was sent again, and for one that remembers the writes.
    let rested = rest(look.clone(), Journal::default(), false)?;
    prop_assert_eq!(&rest(look.clone(), Journal::default(), true)?, &rested);
    prop_assert_eq!(mutations(rested.decided(&Journal::default())), Vec::new());
    Ok(())
}

fn check_decision<L: Look>(look: &L, journal: &Journal) -> Result<Decision, TestCaseError> {
    let decision = look.decided(journal);
    prop_assert_eq!(&decision, &look.decided(journal), "the same twice");
    let fresh = look.decided(&Journal::default());
    if let Step::Finish(Finish::Succeeded { .. }) = decision.step {
        prop_assert_eq!(&decision, &fresh, "success is what is seen, not what is remembered");
    }
    if let Step::Act(mutations) = &decision.step {
        prop_assert!(!mutations.is_empty(), "an Act without a write");
    }
    for mutation in mutations(decision.clone()) {
        prop_assert_ne!(&look.clone().assume(&mutation), look, "{:?} is there already", mutation);
    }
    Ok(decision)
}

/// Memory only holds writes back: whatever it says, what is written is a part of what would be written without.
fn check_memory<L: Look>(look: &L, journal: &Journal) -> Result<(), TestCaseError> {
    let without = mutations(look.decided(&Journal::default()));
    for mutation in mutations(look.decided(journal)) {
        prop_assert!(without.contains(&mutation), "{:?} rests on {:?}", mutation, journal);
    }
    Ok(())
}

/// Whether everybody is remembered who could have something open with those that are to go.
fn is_covered(aim: &leave::Aim, own: &OrganizationView, known: &Membership) -> bool {
    let dissolves = aim.mode == LeaveMode::Dissolve;
    let concerned = dissolves || own.row(aim.tenant).is_some_and(|row| row.state != MemberState::Pending);
    let others = own.active().filter(|row| dissolves || row.tenant != aim.tenant);
    !concerned || others.into_iter().all(|row| known.tenants.contains(&row.tenant))
}

/// What follows a leave closes, between tenants that are remembered, and follows nothing but a success.
fn check_clean_up(aim: &leave::Aim, decision: &Decision, journal: &Journal) -> Result<(), TestCaseError> {
    if decision.children.is_empty() {
        return Ok(());
    }
    prop_assert_eq!(line(&decision.step), "succeeded");
    let known = journal.membership.clone().unwrap_or_default();
    for child in &decision.children {
        let CommandData::Sync(data) = &child.data else {
            return Err(TestCaseError::fail(format!("{child:?} does not close")));
        };
        prop_assert_eq!((data.action, data.cleanup), (SyncAction::Unshare, Some(aim.cleanup)));
        prop_assert!(child.about.iter().all(|one| *one == aim.tenant || known.tenants.contains(one)));
    }
    Ok(())
}

/// A rename that was accepted is not made again, whatever the name is by now: from then on the command is one that
/// does not ask for it.
fn once_renamed(look: Create, journal: &Journal) -> Result<Create, TestCaseError> {
    let accepted =
        |w: &mto_messages::Write| w.what == "update-organization" && w.status.is_some_and(|s| s < 300);
    if !journal.writes.iter().any(accepted) {
        return Ok(look);
    }
    let renames = |mutation: &Change| matches!(mutation, Change::UpdateOrganization { .. });
    prop_assert!(!mutations(look.decided(journal)).iter().any(renames), "renamed twice");
    let Create(aim, observed) = look;
    Ok(Create(create::Aim { update: false, ..aim }, observed))
}

/// The only writes that memory brings forth: creating or joining in spite of the accepted join request of an
/// earlier membership, once that has been seen, with no organization, for the time of `confirm`.
fn outlasts_an_accepted_request(
    own: &OrganizationView,
    request: Option<&JoinRequest>,
    journal: &Journal,
) -> bool {
    own.state == OrganizationState::Inactive
        && request.is_some_and(JoinRequest::was_accepted)
        && journal.waiting.as_ref().is_some_and(|waiting| {
            waiting.key.contains("accepted join request") && NOW - waiting.since >= Limits::default().confirm
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn create_comes_to_rest(look in any_create(), journal in any_journal()) {
        check_walk(&look, journal)?;
    }

    #[test]
    fn add_comes_to_rest(look in any_add(), journal in any_journal()) {
        check_walk(&look, journal)?;
    }

    #[test]
    fn join_comes_to_rest(look in any_join(), journal in any_journal()) {
        check_walk(&look, journal)?;
    }

    #[test]
    fn create_writes_only_what_is_missing_where_it_may(look in any_create(), journal in any_journal()) {
        let look = once_renamed(look, &journal)?;
        let own = &look.1.own;
        let may_act = own.row(OWNER).is_some_and(|row| row.role == Role::Owner && !row.is_leaving());
        let decision = check_decision(&look, &journal)?;
        if !decision.children.is_empty() {
            prop_assert!(own.state == OrganizationState::Active && may_act);
        }
        for mutation in mutations(decision) {
            match mutation {
                Change::CreateOrganization { .. } => {
                    prop_assert_eq!(&own.state, &OrganizationState::Inactive);
                    prop_assert!(!look.1.request.as_ref().is_some_and(JoinRequest::is_running));
                }
                Change::UpdateOrganization { .. } => prop_assert!(look.0.update && may_act),
                Change::SetPartnerTemplate(_) | Change::SetIdentityTemplate(_) => {
                    prop_assert!(look.0.templates.is_some() && may_act);
                }
                other => prop_assert!(false, "{other:?} is not create's"),
            }
        }
    }

    #[test]
    fn add_writes_only_what_is_missing_where_it_may(look in any_add(), journal in any_journal()) {
        let own = &look.1.own;
        for mutation in mutations(check_decision(&look, &journal)?) {
            prop_assert_eq!(&own.state, &OrganizationState::Active);
            let us = own.row(OWNER).unwrap();
            prop_assert!(us.role == Role::Owner && !us.is_leaving());
            let wanted = look.0.tenants.iter().find(|w| Some(w.tenant) == mutation.about()).unwrap();
            match mutation {
                Change::AddTenant { tenant, .. } => prop_assert_eq!(own.row(tenant), None),
                Change::ChangeRole { tenant, role } => {
                    let row = own.row(tenant).unwrap();
                    prop_assert_eq!(wanted.role, Some(role));
                    prop_assert!(!row.is_leaving() && *row.role_to_be() != Role::from(role));
                }
                other => prop_assert!(false, "{other:?} is not add's"),
            }
        }
    }

    #[test]
    fn join_writes_only_what_is_missing_where_it_may(look in any_join(), journal in any_journal()) {
        let Join(aim, observed) = &look;
        let invited = match &observed.owner {
            Reading::Seen(OwnerView::InOne { row: Some(row), .. }) => {
                row.state == MemberState::Pending && !row.is_leaving()
            }
            Reading::Unreadable(Unreadable::External | Unreadable::Denied(_)) => true,
            Reading::Seen(_) | Reading::Unreadable(Unreadable::Unreachable(_)) | Reading::NotNeeded => false,
        };
        let decision = check_decision(&look, &journal)?;
        if !decision.children.is_empty() {
            prop_assert_eq!(line(&decision.step), "succeeded");
        }
        for mutation in mutations(decision) {
            prop_assert_eq!(&observed.own.state, &OrganizationState::Inactive);
            prop_assert!(aim.tenant != aim.owner && !observed.request.is_running());
            match mutation {
                Change::RequestJoin { owner } => {
                    prop_assert!(invited && owner == aim.owner && !observed.request.has_failed());
                }
                Change::SetPartnerTemplate(_) | Change::SetIdentityTemplate(_) => {
                    prop_assert!(invited && aim.templates.is_some());
                }
                Change::ResetJoin => prop_assert!(observed.request.has_failed()),
                other => prop_assert!(false, "{other:?} is not join's"),
            }
        }
    }

    #[test]
    fn leave_comes_to_rest(look in any_leave(), journal in any_journal_of_a_removal()) {
        check_walk(&look, journal)?;
    }

    #[test]
    fn leave_remembers_before_it_writes_and_only_ever_closes(
        look in any_leave(),
        journal in any_journal_of_a_removal(),
    ) {
        let Leave(aim, observed) = &look;
        let decision = look.decided(&journal);
        prop_assert_eq!(&decision, &look.decided(&journal), "the same twice");
        check_clean_up(aim, &decision, &journal)?;
        if let Step::Remember(membership) = &decision.step {
            prop_assert_ne!(Some(membership), journal.membership.as_ref(), "remembered once");
            let known = journal.membership.clone().unwrap_or_default();
            prop_assert!(known.tenants.is_subset(&membership.tenants), "nobody is forgotten");
        }
        let aims_at = |tenant: TenantId| tenant == aim.tenant || aim.mode == LeaveMode::Dissolve;
        for mutation in mutations(decision) {
            let row = mutation.about().and_then(|tenant| observed.own.row(tenant)).unwrap();
            prop_assert!(aims_at(row.tenant) && !row.is_leaving());
            prop_assert!(journal.membership.as_ref().is_some_and(|known| is_covered(aim, &observed.own, known)));
            match mutation {
                Change::RemoveTenant { .. } => {}
                Change::ChangeRole { role, .. } => {
                    prop_assert_eq!(role, mto_messages::Role::Member);
                    prop_assert!(row.role == Role::Owner && row.tenant != aim.acting());
                }
                other => prop_assert!(false, "{other:?} is not leave's"),
            }
        }
    }

    #[test]
    fn memory_only_holds_the_removals_of_leave_back(
        look in any_leave(),
        journal in any_journal_of_a_removal(),
    ) {
        // Who is not listed any more has to be deleted, or missing for long, before an owner deletes itself.
        let mut membership = journal.membership.clone();
        if let Some(known) = &mut membership {
            known.tenants.retain(|tenant| look.1.own.row(*tenant).is_some());
        }
        let known = Journal { membership, ..Journal::default() };
        let without = mutations(look.decided(&known));
        let removals = mutations(look.decided(&journal)).into_iter();
        for removal in removals.filter(|write| matches!(write, Change::RemoveTenant { .. })) {
            prop_assert!(without.contains(&removal), "{:?} rests on {:?}", removal, journal);
        }
    }

    #[test]
    fn memory_only_holds_the_writes_of_create_back(look in any_create(), journal in any_journal()) {
        let look = once_renamed(look, &journal)?;
        if !outlasts_an_accepted_request(&look.1.own, look.1.request.as_ref(), &journal) {
            check_memory(&look, &journal)?;
        }
    }

    #[test]
    fn memory_only_holds_the_writes_of_add_back(look in any_add(), journal in any_journal()) {
        check_memory(&look, &journal)?;
    }

    #[test]
    fn memory_only_holds_the_writes_of_join_back(look in any_join(), journal in any_journal()) {
        if !outlasts_an_accepted_request(&look.1.own, Some(&look.1.request), &journal) {
            check_memory(&look, &journal)?;
        }
    }
}
