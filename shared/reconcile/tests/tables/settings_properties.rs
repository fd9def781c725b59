//! settings, over random meshes: the walk (decide, assume that every write took effect, decide again) comes to rest;
//! nothing is opened but between fellows; closing never opens, and leaves nothing open where it can be seen.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::*;
use mto_messages::{AutomaticUserConsentSettings, InboundTrust, Journal, TenantId};
use mto_reconcile::settings::{
    Aim, Among, Close, DirectConnect, Observed, Open, Side, WantedSettings, assume, decide,
};
use mto_reconcile::{
    Access, Decision, IdentitySynchronization, MemberRow, MemberState, Mutation, OrganizationState,
    OrganizationView, Partner, Progress, Reading, Step, Transition, Unreadable,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::subsequence;

const TENANTS: [TenantId; 4] = [OWNER, US, OTHER, FOURTH];

/// The longest walk: records, then the policies of those that were made.
const MAX_ACTS: usize = 2;

// Worlds

fn any_flag() -> impl Strategy<Value = Option<bool>> {
    prop_oneof![Just(None), Just(Some(false)), Just(Some(true))]
}

fn any_access() -> impl Strategy<Value = Access> {
    prop_oneof![Just(Access::Inherited), Just(Access::Open), Just(Access::Other)]
}

fn any_trust() -> impl Strategy<Value = InboundTrust> {
    (any_flag(), any_flag(), any_flag()).prop_map(|(mfa, device, hybrid)| InboundTrust {
        is_mfa_accepted: mfa,
        is_compliant_device_accepted: device,
        is_hybrid_azure_ad_joined_device_accepted: hybrid,
    })
}

fn any_record() -> impl Strategy<Value = Partner> {
    let policy =
        option::of(any_flag().prop_map(|is_sync_allowed| IdentitySynchronization { is_sync_allowed }));
    (any_flag(), any_flag(), option::of(any_trust()), any_access(), any_access(), policy).prop_map(
        |(inbound_allowed, outbound_allowed, inbound_trust, inbound, outbound, policy)| Partner {
            automatic_user_consent_settings: AutomaticUserConsentSettings {
                inbound_allowed,
                outbound_allowed,
            },
            inbound_trust,
            b2b_direct_connect_inbound: inbound,
            b2b_direct_connect_outbound: outbound,
            identity_synchronization: policy,
        },
    )
}

fn any_row(tenant: TenantId) -> impl Strategy<Value = MemberRow> {
    let state = prop_oneof![
        6 => Just(MemberState::Active),
        1 => Just(MemberState::Pending),
        1 => Just(MemberState::Removed),
        1 => Just(MemberState::Unrecognised("suspended".to_owned())),
    ];
    let leaving = Transition {
        desired_role: None,
        desired_state: Some(MemberState::Removed),
        progress: Progress::Running,
        details: None,
    };
    (state, option::weighted(0.1, Just(leaving))).prop_map(move |(state, transition)| MemberRow {
        state,
        transition,
        ..active(tenant)
    })
}

fn any_list() -> impl Strategy<Value = OrganizationView> {
    let all = organization(TENANTS.into_iter().map(active).collect());
    let some = subsequence(&TENANTS[..], 2..=4)
        .prop_flat_map(|tenants| tenants.into_iter().map(any_row).collect::<Vec<_>>())
        .prop_map(organization);
    prop_oneof![6 => Just(all), 3 => some, 1 => Just(OrganizationView::none()), 1 => Just(odd_organization())]
}

fn any_side(tenant: TenantId) -> impl Strategy<Value = Side> {
    let others: Vec<_> = TENANTS.into_iter().filter(|one| *one != tenant).collect();
    let records = vec(option::weighted(0.8, any_record()), others.len());
    (any_list(), records).prop_map(move |(own, records)| {
        let partners = others.iter().zip(records).filter_map(|(other, record)| Some((*other, record?)));
        Side { own, partners: partners.collect(), templates: None }
    })
}

fn any_reading(tenant: TenantId) -> impl Strategy<Value = Reading<Side>> {
    prop_oneof![
        8 => any_side(tenant).prop_map(Reading::Seen),
        1 => Just(Reading::Unreadable(Unreadable::External)),
        1 => Just(Reading::Unreadable(Unreadable::Denied("403".to_owned()))),
        1 => Just(Reading::Unreadable(Unreadable::Unreachable("503".to_owned()))),
    ]
}

fn any_observed() -> impl Strategy<Value = Observed> {
    TENANTS
        .map(any_reading)
        .prop_map(|readings| Observed { sides: TENANTS.into_iter().zip(readings).collect() })
}

fn any_wanted() -> impl Strategy<Value = BTreeMap<TenantId, WantedSettings>> {
    let direct = (any::<bool>(), any::<bool>());
    let direct = direct.prop_map(|(inbound, outbound)| DirectConnect { inbound, outbound });
    let one = (any::<bool>(), any::<bool>(), option::of(any_trust()), option::of(direct)).prop_map(
        |(automatic_redemption, inbound_sync, inbound_trust, b2b_direct_connect)| WantedSettings {
            automatic_redemption,
            inbound_sync,
            inbound_trust,
            b2b_direct_connect,
            templates: None,
        },
    );
    vec(option::of(one), TENANTS.len()).prop_map(|all| {
        TENANTS.into_iter().zip(all).filter_map(|(tenant, one)| Some((tenant, one?))).collect()
    })
}

fn any_open() -> impl Strategy<Value = Aim> {
    let others = subsequence(vec![US, OTHER, FOURTH], 1..=3);
    let among = prop_oneof![
        Just(Among::Organization(OWNER)),
        Just(Among::Around(OWNER)),
        others.prop_map(|others| Among::Pairs(OWNER, others)),
    ];
    (among, any_wanted()).prop_map(|(among, wanted)| Aim::Open(Open { among, wanted }))
}

fn any_close() -> impl Strategy<Value = Close> {
    let targets = subsequence(vec![US, OTHER, FOURTH], 1..=3);
    (targets, any::<bool>(), any_wanted()).prop_map(|(targets, both_directions, wanted)| Close {
        source: OWNER,
        targets,
        both_directions,
        wanted,
    })
}

// The walk

/// Every write on the way, with what was seen before it.
fn walk(aim: &Aim, observed: Observed) -> (Vec<(Observed, Mutation)>, Observed) {
    let (mut seen, mut made) = (observed, Vec::new());
    for _ in 0..=MAX_ACTS {
        let Step::Act(mutations) = decided(aim, &seen).step else { return (made, seen) };
        assert!(!mutations.is_empty(), "acts without a write");
        for mutation in mutations {
            let next = assume(seen.clone(), &mutation);
            assert_ne!(next, seen, "its effect was visible before: {mutation:?}");
            made.push((seen, mutation));
            seen = next;
        }
    }
    panic!("does not come to rest: {made:?}");
}

fn decided(aim: &Aim, observed: &Observed) -> Decision {
    with_timing(|timing| decide(aim, observed, &Journal::default(), timing))
}

/// Everything that is open, by tenant and partner; written down here again, so that no mistake is shared.
fn open_things(observed: &Observed) -> BTreeSet<(TenantId, TenantId, &'static str)> {
    let mut open = BTreeSet::new();
    for (tenant, reading) in &observed.sides {
        let Reading::Seen(side) = reading else { continue };
        for (partner, record) in &side.partners {
            let consent = record.automatic_user_consent_settings;
            let trust = record.inbound_trust.unwrap_or_default();
            let policy = record.identity_synchronization.clone().unwrap_or_default();
            let things = [
                (consent.inbound_allowed == Some(true), "inbound redemption"),
                (consent.outbound_allowed == Some(true), "outbound redemption"),
                (policy.is_sync_allowed == Some(true), "synchronization"),
                (trust.is_mfa_accepted == Some(true), "mfa"),
                (trust.is_compliant_device_accepted == Some(true), "device"),
                (trust.is_hybrid_azure_ad_joined_device_accepted == Some(true), "hybrid"),
                (record.b2b_direct_connect_inbound == Access::Open, "direct inbound"),
                (record.b2b_direct_connect_outbound == Access::Open, "direct outbound"),
            ];
            open.extend(things.iter().filter(|(is, _)| *is).map(|(_, what)| (*tenant, *partner, *what)));
        }
    }
    open
}

/// Whether a tenant was read and lists the other and itself as active, and neither on its way out.
fn lists(observed: &Observed, tenant: TenantId, other: TenantId) -> bool {
    let Some(Reading::Seen(side)) = observed.sides.get(&tenant) else { return false };
    let is_in = |one: TenantId| {
        side.own
            .members
            .iter()
            .any(|row| row.tenant == one && row.state == MemberState::Active && row.transition.is_none())
    };
    side.own.state == OrganizationState::Active && is_in(tenant) && is_in(other)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn opening_comes_to_rest_and_then_writes_nothing(aim in any_open(), observed in any_observed()) {
        let (_, rest) = walk(&aim, observed);
        prop_assert!(!matches!(decided(&aim, &rest).step, Step::Act(_)));
        prop_assert_eq!(walk(&aim, rest).0.len(), 0);
    }

    #[test]
    fn nothing_is_opened_but_between_fellows(aim in any_open(), observed in any_observed()) {
        let before = open_things(&observed);
        let (made, rest) = walk(&aim, observed.clone());
        for (tenant, partner, what) in open_things(&rest).difference(&before) {
            prop_assert!(lists(&observed, *tenant, *partner), "{} in {} about {}", what, tenant, partner);
            prop_assert!(lists(&observed, *partner, *tenant), "{} in {} about {}", what, tenant, partner);
        }
        for (_, mutation) in &made {
            let partner = mutation.change.about();
            prop_assert!(partner.is_some_and(|partner| lists(&observed, partner, mutation.tenant)), "{:?}", mutation);
        }
    }

    #[test]
    fn opening_closes_nothing_that_the_directory_does_not_refuse(among in any_open(), observed in any_observed()) {
        let Aim::Open(mut open) = among else { return Ok(()) };
        // A refusal of proofs is a wish too; without one, what was open stays open.
        for wanted in open.wanted.values_mut() {
            wanted.inbound_trust = None;
        }
        let before = open_things(&observed);
        let (_, rest) = walk(&Aim::Open(open), observed);
        prop_assert!(before.is_subset(&open_things(&rest)));
    }

    #[test]
    fn between_fellows_the_default_leaves_nothing_closed(observed in any_observed()) {
        let among = Among::Organization(OWNER);
        let aim = Aim::Open(Open { among, wanted: BTreeMap::new() });
        let (_, rest) = walk(&aim, observed.clone());
        let Some(Reading::Seen(center)) = observed.sides.get(&OWNER) else { return Ok(()) };
        let Some(_) = center.own.row(OWNER) else { return Ok(()) };
        let open = open_things(&rest);
        let meant = |one: &TenantId| *one == OWNER || center.own.active().any(|row| row.tenant == *one);
        for tenant in TENANTS.into_iter().filter(meant) {
            for other in TENANTS.into_iter().filter(meant).filter(|one| *one != tenant) {
                if !lists(&observed, tenant, other) || !lists(&observed, other, tenant) {
                    continue;
                }
                for what in ["inbound redemption", "outbound redemption", "synchronization"] {
                    prop_assert!(open.contains(&(tenant, other, what)), "{} in {} about {}", what, tenant, other);
                }
            }
        }
    }

    #[test]
    fn closing_never_opens_and_leaves_nothing_open_in_what_can_be_read(
        close in any_close(),
        observed in any_observed(),
    ) {
        let before = open_things(&observed);
        let aim = Aim::Close(close.clone());
        let (made, rest) = walk(&aim, observed);
        let after = open_things(&rest);
        prop_assert!(after.is_subset(&before), "opened: {:?}", after.difference(&before));
        for (seen, mutation) in &made {
            let next = assume(seen.clone(), mutation);
            prop_assert!(open_things(&next).is_subset(&open_things(seen)), "opens on the way: {:?}", mutation);
        }
        for target in &close.targets {
            let mut closed = vec![
                (*target, close.source, "inbound redemption"),
                (*target, close.source, "synchronization"),
                (close.source, *target, "outbound redemption"),
            ];
            if close.both_directions {
                closed.push((close.source, *target, "inbound redemption"));
                closed.push((close.source, *target, "synchronization"));
                closed.push((*target, close.source, "outbound redemption"));
                for (tenant, partner) in [(*target, close.source), (close.source, *target)] {
                    closed.extend(opened_by(&close, tenant).into_iter().map(|what| (tenant, partner, what)));
                }
            }
            for thing in closed {
                prop_assert!(!after.contains(&thing), "still open: {:?}", thing);
            }
        }
        let touched = |one: &TenantId| *one == close.source || close.targets.contains(one);
        let others = |thing: &&(TenantId, TenantId, &str)| !touched(&thing.0) || !touched(&thing.1);
        prop_assert!(before.iter().filter(others).all(|thing| after.contains(thing)), "closed too much");
        prop_assert_eq!(walk(&aim, rest).0.len(), 0);
    }
}

/// What the directory opens in a tenant beside synchronization.
fn opened_by(close: &Close, tenant: TenantId) -> Vec<&'static str> {
    let Some(wanted) = close.wanted.get(&tenant) else { return Vec::new() };
    let trust = wanted.inbound_trust.unwrap_or_default();
    let direct = wanted.b2b_direct_connect.unwrap_or_default();
    let things = [
        (trust.is_mfa_accepted == Some(true), "mfa"),
        (trust.is_compliant_device_accepted == Some(true), "device"),
        (trust.is_hybrid_azure_ad_joined_device_accepted == Some(true), "hybrid"),
        (direct.inbound, "direct inbound"),
        (direct.outbound, "direct outbound"),
    ];
    things.into_iter().filter(|(is, _)| *is).map(|(_, what)| what).collect()
}
