//! Observations and memories of all kinds, for the fixed points.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use crate::support::*;
use mto_messages::{
    ApplicationLevel, AutomaticUserConsentSettings, Cleanup, IdentitySynchronizationTemplate, InboundTrust,
    JoinWish, Journal, LeaveMode, Membership, PartnerConfigurationTemplate, Refusal, Scope, SyncWish,
    TemplateValues, Templates, TenantId, Then, UserSyncInbound,
};
use mto_reconcile::{
    Change, Decision, JoinRequest, MemberRow, MemberState, OrganizationState, OrganizationView, OwnerView,
    Progress, Reading, Role, TemplatesView, Timing, Transition, Unreadable, add, create, join, leave,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use time::Duration;

pub(crate) const TENANTS: [TenantId; 4] = [OWNER, US, OTHER, FOURTH];

/// One look of one verb: what is asked and what is seen.
pub(crate) trait Look: Clone + Debug + PartialEq {
    fn decide(&self, journal: &Journal, timing: &Timing<'_>) -> Decision;
    #[must_use]
    fn assume(self, mutation: &Change) -> Self;

    fn decided(&self, journal: &Journal) -> Decision {
        with_timing(|timing| self.decide(journal, timing))
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Create(pub(crate) create::Aim, pub(crate) create::Observed);
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Add(pub(crate) add::Aim, pub(crate) add::Observed);
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Join(pub(crate) join::Aim, pub(crate) join::Observed);
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Leave(pub(crate) leave::Aim, pub(crate) leave::Observed);

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

pub(crate) fn any_tenant() -> impl Strategy<Value = TenantId> {
    select(&TENANTS[..])
}

pub(crate) fn odd() -> String {
    "unknownFutureValue".to_owned()
}

pub(crate) fn any_role() -> impl Strategy<Value = Role> {
    prop_oneof![4 => Just(Role::Owner), 4 => Just(Role::Member), 1 => Just(Role::Unrecognised(odd()))]
}

pub(crate) fn any_state() -> impl Strategy<Value = MemberState> {
    prop_oneof![
        4 => Just(MemberState::Pending),
        4 => Just(MemberState::Active),
        1 => Just(MemberState::Removed),
        1 => Just(MemberState::Unrecognised(odd())),
    ]
}

pub(crate) fn any_progress() -> impl Strategy<Value = Progress> {
    prop_oneof![
        2 => Just(Progress::NotStarted),
        2 => Just(Progress::Running),
        2 => Just(Progress::Succeeded),
        3 => Just(Progress::Failed),
        1 => Just(Progress::Unrecognised(odd())),
    ]
}

pub(crate) fn any_transition() -> impl Strategy<Value = Transition> {
    (option::of(any_role()), option::of(any_state()), any_progress()).prop_map(
        |(desired_role, desired_state, progress)| Transition {
            desired_role,
            desired_state,
            progress,
            details: None,
        },
    )
}

pub(crate) fn any_row_of(tenant: TenantId) -> impl Strategy<Value = MemberRow> {
    (any_role(), any_state(), option::weighted(0.3, any_transition())).prop_map(
        move |(role, state, transition)| MemberRow { tenant, display_name: None, role, state, transition },
    )
}

pub(crate) fn any_organization() -> impl Strategy<Value = OrganizationView> {
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

pub(crate) fn any_request() -> impl Strategy<Value = JoinRequest> {
    (option::of(any_tenant()), option::of(any_state()), option::of(any_progress()))
        .prop_map(|(owner, state, progress)| JoinRequest { owner, state, progress, details: None })
}

prop_compose! {
    pub(crate) fn any_template_values()(
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

pub(crate) fn any_templates() -> impl Strategy<Value = (Option<Templates>, Option<TemplatesView>)> {
    let wanted = option::of(prop_oneof![
        Just(Templates::AdminCenter),
        any_template_values().prop_map(Templates::Values),
    ]);
    (wanted, option::weighted(0.9, any_template_values()))
}

pub(crate) fn any_then() -> impl Strategy<Value = Option<Then>> {
    let then = (option::of(Just(JoinWish::default())), option::of(Just(SyncWish::default())));
    option::of(then.prop_map(|(join, sync)| Then { join, sync }))
}

/// Any of the tenants but the owner, each at most once, as the caller makes sure.
pub(crate) fn any_wanted() -> impl Strategy<Value = Vec<add::Wanted>> {
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
    pub(crate) fn any_create()(
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
    pub(crate) fn any_add()(tenants in any_wanted(), then in any_then(), own in any_organization()) -> Add {
        Add(add::Aim { owner: OWNER, tenants, then }, add::Observed { own })
    }
}

pub(crate) fn any_reading() -> impl Strategy<Value = Reading<OwnerView>> {
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
    pub(crate) fn any_join()(
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
    pub(crate) fn any_leave()(
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

pub(crate) const WRITES: [&str; 9] = [
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

pub(crate) const OTHERS_MISSING: &str = "settling: others in the list";

pub(crate) const WAITS: [&str; 12] = [
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
pub(crate) fn any_age() -> impl Strategy<Value = Duration> {
    prop_oneof![0..60_i64, 0..700_i64, 0..46_800_i64].prop_map(Duration::seconds)
}

prop_compose! {
    pub(crate) fn any_journal()(
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
    pub(crate) fn any_journal_of_a_removal()(
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
