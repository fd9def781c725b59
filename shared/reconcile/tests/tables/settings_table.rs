//! settings, row by row of the tables of `Open` in `src/settings/`, and of what is common to both.

use std::collections::BTreeMap;

use crate::settings_scene::*;
use crate::support::*;
use mto_messages::{Templates, TenantId};
use mto_reconcile::settings::{Aim, Among, Observed, Open, Side, WantedSettings, assume};
use mto_reconcile::{
    Access, Change, Limits, OrganizationView, Partner, Reading, Reason, Step, Unreadable, Wish,
};
use rstest::rstest;
use time::Duration;

// Opening: the center

#[rstest]
#[case::unknown_state(of_organization().own(OWNER, odd_organization()), "wait unrecognised")]
#[case::in_none(of_organization().own(OWNER, OrganizationView::none()), "rejected owner-has-no-organization")]
#[case::around_one_in_none(
    among(Among::Around(OWNER)).own(OWNER, OrganizationView::none()),
    "rejected owner-has-no-organization"
)]
#[case::own_row_not_visible(of_organization().listing(OWNER, vec![active(US)]), "wait settling: own row in the list")]
#[case::alone(of_organization().listing(OWNER, vec![owner(OWNER)]), "succeeded")]
#[case::as_wanted(of_organization(), "succeeded")]
fn the_center_decides_first(#[case] scene: Scene, #[case] expected: &str) {
    assert_eq!(scene.line(), expected);
}

// Opening: fellows

/// [`US`] about [`OWNER`] has nothing open; whether it is opened tells whether they count as fellows.
fn closed_between_owner_and_us(among: Among) -> Scene {
    Scene { aim: Aim::Open(Open { among, wanted: BTreeMap::new() }), ..of_organization() }.record(
        US,
        OWNER,
        Some(blank()),
    )
}

#[rstest]
#[case::both_list_each_other(|scene: Scene| scene, "act update-partner, update-identity-synchronization")]
#[case::the_center_does_not_list_it(|scene: Scene| scene.listing(OWNER, vec![owner(OWNER), active(OTHER)]), "succeeded")]
#[case::the_center_lists_it_as_pending(
    |scene: Scene| scene.listing(OWNER, vec![owner(OWNER), pending(US), active(OTHER)]),
    "succeeded"
)]
#[case::the_center_is_removing_it(
    |scene: Scene| scene.listing(OWNER, vec![owner(OWNER), leaving(active(US)), active(OTHER)]),
    "succeeded"
)]
#[case::it_is_in_none(|scene: Scene| scene.own(US, OrganizationView::none()), "succeeded")]
#[case::it_does_not_list_the_center(
    |scene: Scene| scene.listing(US, vec![active(US), active(OTHER)]),
    "succeeded"
)]
#[case::it_lists_the_center_as_pending(
    |scene: Scene| scene.listing(US, vec![pending(OWNER), active(US), active(OTHER)]),
    "succeeded"
)]
#[case::it_lists_itself_as_pending(
    |scene: Scene| scene.listing(US, vec![owner(OWNER), pending(US), active(OTHER)]),
    "succeeded"
)]
#[case::it_is_leaving_itself(
    |scene: Scene| scene.listing(US, vec![owner(OWNER), leaving(active(US)), active(OTHER)]),
    "succeeded"
)]
#[case::its_state_is_unknown(|scene: Scene| scene.own(US, odd_organization()), "wait unrecognised")]
#[case::its_row_is_unknown(
    |scene: Scene| scene.listing(US, vec![owner(OWNER), odd_state(active(US)), active(OTHER)]),
    "wait unrecognised"
)]
#[case::its_removal_is_unknown(
    |scene: Scene| scene.listing(
        US,
        vec![owner(OWNER), changing(active(US), Some(mto_reconcile::MemberState::Removed), None, odd_progress()), active(OTHER)],
    ),
    "wait unrecognised"
)]
#[case::it_is_external(|scene: Scene| scene.unreadable(US, Unreadable::External), "succeeded")]
#[case::it_does_not_let_us_in(|scene: Scene| scene.unreadable(US, Unreadable::Denied("403".to_owned())), "wait denied")]
#[case::it_was_not_reached(
    |scene: Scene| scene.unreadable(US, Unreadable::Unreachable("503".to_owned())),
    "wait service-unavailable"
)]
fn only_fellows_are_opened_to(#[case] change: fn(Scene) -> Scene, #[case] expected: &str) {
    let scene = change(closed_between_owner_and_us(Among::Organization(OWNER)));
    assert_eq!(scene.line(), expected);
}

#[rstest]
#[case::organization(Among::Organization(OWNER), 6)]
#[case::around(Among::Around(OWNER), 4)]
#[case::named(Among::Pairs(OWNER, vec![US]), 2)]
fn every_pair_that_is_meant_is_compared_in_both_directions(#[case] meant: Among, #[case] pairs: usize) {
    let mut scene = among(meant);
    assert!(scene.summary().starts_with(&format!("{pairs} ordered pairs among ")), "{}", scene.summary());
    for tenant in ALL {
        scene.side(tenant).partners.clear();
    }
    let writes = scene.writes();
    assert_eq!(writes.len(), pairs);
    assert!(writes.iter().all(|(_, change)| change.what() == CREATE), "{writes:?}");
}

#[rstest]
#[case::the_source_is_in_none(
    among(Among::Pairs(OWNER, vec![US])).own(OWNER, OrganizationView::none()),
    "rejected not-in-one-organization"
)]
#[case::none_of_them_is(
    among(Among::Pairs(OWNER, vec![US, OTHER])).listing(OWNER, vec![owner(OWNER)]),
    "rejected not-in-one-organization"
)]
#[case::a_denied_one_the_source_does_not_list(
    among(Among::Pairs(OWNER, vec![US])).listing(OWNER, vec![owner(OWNER)])
        .unreadable(US, Unreadable::Denied("403".to_owned())),
    "rejected not-in-one-organization"
)]
#[case::one_of_them_is(
    among(Among::Pairs(OWNER, vec![US, OTHER])).listing(OWNER, vec![owner(OWNER), active(US)]),
    "succeeded"
)]
#[case::one_may_be(
    among(Among::Pairs(OWNER, vec![US])).unreadable(US, Unreadable::Denied("403".to_owned())),
    "wait denied"
)]
fn named_tenants_have_to_be_in_one_organization(#[case] scene: Scene, #[case] expected: &str) {
    assert_eq!(scene.line(), expected);
}

// Opening: records

#[rstest]
#[case::none(None, &[CREATE])]
#[case::as_wanted(Some(open()), &[])]
#[case::blank(Some(blank()), &[UPDATE, PATCH])]
#[case::without_a_policy(Some(Partner { identity_synchronization: None, ..blank() }), &[UPDATE, PUT])]
#[case::consent_off_inbound(Some(with_consent(Some(false), Some(true))), &[UPDATE])]
#[case::consent_not_set_outbound(Some(with_consent(Some(true), None)), &[UPDATE])]
#[case::policy_missing(Some(without_policy()), &[PUT])]
#[case::policy_not_set(Some(with_policy(None)), &[PATCH])]
#[case::policy_says_no(Some(with_policy(Some(false))), &[PATCH])]
#[case::more_than_wanted(Some(Partner { inbound_trust: Some(trust(Some(true), None)), ..with_direct(Access::Open, Access::Other) }), &[])]
fn a_record_is_brought_to_what_is_wanted(#[case] record: Option<Partner>, #[case] expected: &[&str]) {
    let scene = of_organization().record(US, OTHER, record);
    if expected.is_empty() {
        return assert_eq!(scene.line(), "succeeded");
    }
    let writes = scene.writes();
    assert_eq!(writes.iter().map(|(_, change)| change.what()).collect::<Vec<_>>(), expected);
    assert!(
        writes.iter().all(|(tenant, change)| *tenant == US && change.about() == Some(OTHER)),
        "{writes:?}"
    );
}

#[rstest]
#[case::nothing_wanted(nothing(), Some(blank()), &[])]
#[case::nothing_wanted_and_no_record(nothing(), None, &[])]
#[case::only_synchronization_and_no_record(
    WantedSettings { automatic_redemption: false, ..WantedSettings::default() }, None, &[CREATE]
)]
#[case::only_synchronization(
    WantedSettings { automatic_redemption: false, ..WantedSettings::default() }, Some(blank()), &[PATCH]
)]
#[case::only_redemption(
    WantedSettings { inbound_sync: false, ..WantedSettings::default() }, Some(blank()), &[UPDATE]
)]
#[case::trust_as_wanted(wanting_trust(Some(true), None), Some(with_trust(Some(true), None)), &[])]
#[case::inherited_trust_is_not_enough(wanting_trust(Some(true), None), Some(open()), &[UPDATE])]
#[case::inherited_refusal_is_not_enough(wanting_trust(Some(false), None), Some(open()), &[UPDATE])]
#[case::other_trust(wanting_trust(Some(true), None), Some(with_trust(Some(false), Some(true))), &[UPDATE])]
#[case::no_flag_wanted(wanting_trust(None, None), Some(open()), &[])]
#[case::direct_connect_open(wanting_direct(true, true), Some(with_direct(Access::Open, Access::Open)), &[])]
#[case::direct_connect_inherited(wanting_direct(true, false), Some(open()), &[UPDATE])]
#[case::direct_connect_otherwise(wanting_direct(false, true), Some(with_direct(Access::Open, Access::Other)), &[UPDATE])]
#[case::direct_connect_not_wanted(wanting_direct(false, false), Some(with_direct(Access::Other, Access::Other)), &[])]
fn only_what_the_directory_wants_is_written(
    #[case] wanted: WantedSettings,
    #[case] record: Option<Partner>,
    #[case] expected: &[&str],
) {
    let scene = of_organization().record(US, OTHER, record).wanting(US, wanted);
    // The plain records about the others are not as wanted either: only the one in question is looked at.
    let about_other = |(tenant, change): &(TenantId, Change)| *tenant == US && change.about() == Some(OTHER);
    let words: Vec<&str> = match scene.decide().step {
        Step::Act(_) => scene.writes().iter().filter(|one| about_other(one)).map(|(_, c)| c.what()).collect(),
        Step::Remember(_) | Step::Wait(_) | Step::Finish(_) => Vec::new(),
    };
    assert_eq!(words, expected);
}

#[test]
fn trust_is_sent_whole_and_keeps_what_is_not_wanted() {
    let scene = among(Among::Pairs(OWNER, vec![US])).wanting(US, wanting_trust(Some(true), None)).record(
        US,
        OWNER,
        Some(with_trust(Some(false), Some(true))),
    );
    let update = scene.update();
    assert_eq!(update.inbound_trust, Some(Wish::Set(trust(Some(true), Some(true)))));
    assert_eq!(update.automatic_user_consent_settings, None, "only what differs");
}

#[test]
fn a_new_record_gets_everything_in_its_body_and_its_policy_in_the_next_round() {
    let wanted =
        WantedSettings { inbound_trust: Some(trust(Some(true), None)), ..wanting_direct(true, false) };
    let mut scene = among(Among::Pairs(OWNER, vec![US])).record(US, OWNER, None).wanting(US, wanted);
    let body = scene.update();
    assert_eq!(body.automatic_user_consent_settings, Some(consent(Some(true), Some(true))));
    assert_eq!(body.inbound_trust, Some(Wish::Set(trust(Some(true), None))));
    assert!(body.b2b_direct_connect_inbound.is_some() && body.b2b_direct_connect_outbound.is_none());
    let Step::Act(mutations) = scene.decide().step else { panic!("it acts") };
    scene.observed = assume(scene.observed, &mutations[0]);
    assert_eq!(scene.line(), "act create-identity-synchronization");
}

#[rstest]
#[case::not_as_wanted(Templates::Default.values(), "act set-partner-template, set-identity-template")]
#[case::as_wanted(Templates::AdminCenter.values(), "succeeded")]
fn templates_are_compared_in_every_tenant_with_a_fellow(
    #[case] seen: mto_messages::TemplateValues,
    #[case] expected: &str,
) {
    let wanted = WantedSettings { templates: Some(Templates::AdminCenter), ..WantedSettings::default() };
    let mut scene = of_organization().wanting(US, wanted);
    scene.side(US).templates = Some(seen);
    assert_eq!(scene.line(), expected);
    let alone = scene.own(US, OrganizationView::none());
    assert_eq!(alone.line(), "succeeded", "no fellow, no templates");
}

// What is told

#[test]
fn what_differed_is_told_once_before_the_first_write() {
    let scene = of_organization().record(US, OTHER, None).record(OTHER, US, Some(blank()));
    assert!(scene.told().contains("2 of 6 ordered pairs were not as wanted"), "{}", scene.told());
    let later =
        scene.wrote(OTHER, UPDATE, US, Duration::ZERO, 204).wrote(OTHER, PATCH, US, Duration::ZERO, 204);
    assert_eq!(later.told(), "");
}

#[test]
fn a_pair_that_is_open_on_one_side_only_is_named() {
    let scene = of_organization().record(US, OTHER, Some(with_consent(Some(true), None)));
    let told = scene.told();
    assert!(told.contains(&format!("open on one side only: {US} → {OTHER}")), "{told}");
    assert!(!told.contains(&format!("{OTHER} → {US}")), "{told}");
    let both_off = scene.record(OTHER, US, Some(without_policy()));
    assert!(!both_off.told().contains("one side"), "{}", both_off.told());
}

#[test]
fn a_list_that_is_not_returned_is_told_with_who_lists_whom() {
    let scene = of_organization().listing(US, vec![owner(OWNER), active(US)]);
    assert!(scene.told().contains(&format!("{OTHER} lists {US}")), "{}", scene.told());
    assert!(
        scene.summary().starts_with("4 ordered pairs among 3 tenants are as wanted"),
        "{}",
        scene.summary()
    );
}

#[test]
fn an_unreadable_tenant_is_told_apart_and_the_rest_is_repaired_first() {
    let scene = of_organization().unreadable(US, Unreadable::Denied("403 Forbidden: no".to_owned())).record(
        OWNER,
        OTHER,
        Some(blank()),
    );
    assert_eq!(scene.line(), "act update-partner, update-identity-synchronization");
    assert!(scene.told().contains("1 of 2 ordered pairs"), "the rest is counted alone: {}", scene.told());
    let rest = scene.record(OWNER, OTHER, Some(open()));
    assert_eq!(rest.line(), "wait denied");
    assert!(rest.told().contains(&format!("{US}: 403 Forbidden: no")), "{}", rest.told());
}

#[rstest]
#[case::a_moment_ago("denied", Duration::minutes(1), "wait denied")]
#[case::for_half_an_hour("denied", Duration::minutes(30), "failed denied")]
#[case::another_interruption("service-unavailable", Duration::hours(1), "wait denied")]
fn a_denial_is_borne_for_a_while(#[case] key: &str, #[case] ago: Duration, #[case] expected: &str) {
    let denied =
        |scene: Scene| scene.unreadable(US, Unreadable::Denied("403".to_owned())).interrupted(key, ago);
    assert_eq!(denied(of_organization()).line(), expected);
    assert_eq!(denied(closing(&[US], true)).record(OWNER, US, Some(blank())).line(), expected);
}

#[test]
fn a_denial_is_told_before_an_unreachable_tenant_because_it_ends_first() {
    let scene = of_organization()
        .unreadable(US, Unreadable::Unreachable("503".to_owned()))
        .unreadable(OTHER, Unreadable::Denied("403".to_owned()));
    assert_eq!(scene.line(), "wait denied");
    assert!(scene.told().contains("503") && scene.told().contains("403"), "{}", scene.told());
}

// Settling

#[rstest]
#[case::made_here(US, UPDATE, Duration::minutes(5), 204, "wait settling: settings of a partner")]
#[case::made_long_ago(US, UPDATE, Duration::minutes(11), 204, "act update-partner")]
#[case::made_elsewhere(OWNER, UPDATE, Duration::minutes(5), 204, "act update-partner")]
#[case::fate_unknown(US, UPDATE, Duration::seconds(30), 503, "wait settling: settings of a partner")]
#[case::fate_unknown_long_ago(US, UPDATE, Duration::minutes(2), 503, "act update-partner")]
#[case::refused(US, UPDATE, Duration::seconds(1), 400, "act update-partner")]
fn a_write_that_does_not_show_yet_is_not_made_again(
    #[case] tenant: TenantId,
    #[case] what: &str,
    #[case] ago: Duration,
    #[case] status: u16,
    #[case] expected: &str,
) {
    let scene = of_organization()
        .record(US, OTHER, Some(with_consent(None, None)))
        .wrote(tenant, what, OTHER, ago, status);
    assert_eq!(scene.line(), expected);
}

// What goes into outcomes

#[test]
fn a_hundred_tenants_are_told_in_few_bytes_and_a_write_shows() {
    let tenants: Vec<TenantId> = (1..=100).map(tenant).collect();
    let own = organization(tenants.iter().copied().map(active).collect());
    let side = |one: &TenantId| {
        let partners = tenants.iter().filter(|other| *other != one).map(|other| (*other, open())).collect();
        Reading::Seen(Side { own: own.clone(), partners, templates: None })
    };
    let observed = Observed { sides: tenants.iter().map(|one| (*one, side(one))).collect() };
    let text = serde_json::to_string(&observed).unwrap();
    assert!(text.len() < 32 * 1024, "{}", text.len());
    let change = Change::UpdateIdentitySynchronization { partner: tenants[1], is_sync_allowed: false };
    let later = assume(observed.clone(), &change.within(tenants[0]));
    assert_ne!(mto_reconcile::fingerprint(&observed), mto_reconcile::fingerprint(&later));
}

#[test]
fn the_words_of_an_error_do_not_count_as_another_state() {
    let with = |words: &str| of_organization().unreadable(US, Unreadable::Denied(words.to_owned())).observed;
    let fingerprint = |words| mto_reconcile::fingerprint(&with(words));
    assert_eq!(fingerprint("request-id 1"), fingerprint("request-id 2"));
    assert!(serde_json::to_string(&with("403")).unwrap().contains("\"denied\""));
}

#[test]
fn the_default_limits_bear_a_denial_for_half_an_hour() {
    assert_eq!(Limits::default().refusal_patience.as_secs(), 30 * 60);
    assert_eq!(Reason::Denied(US, String::new()).key(), "denied");
}
