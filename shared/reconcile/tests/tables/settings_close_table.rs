//! settings, row by row of the tables of `Close` in `src/settings/`.

use crate::settings_scene::*;
use crate::support::*;
use mto_messages::{
    AutomaticUserConsentSettings, InboundTrust, PartnerConfigurationTemplate, TemplateValues, Templates,
    TenantId,
};
use mto_reconcile::settings::WantedSettings;
use mto_reconcile::{Access, Change, OrganizationView, Partner, PartnerSettings, Step, Unreadable, Wish};
use rstest::rstest;

/// What is written in `tenant` about `about`, as words and the consent that is sent.
fn closed(
    scene: &Scene,
    tenant: TenantId,
    about: TenantId,
) -> (Vec<&'static str>, Option<AutomaticUserConsentSettings>) {
    let writes = match scene.decide().step {
        Step::Act(mutations) => mutations,
        Step::Remember(_) | Step::Wait(_) | Step::Finish(_) => Vec::new(),
    };
    let here: Vec<_> =
        writes.iter().filter(|one| one.tenant == tenant && one.change.about() == Some(about)).collect();
    let consent = here.iter().find_map(|one| {
        let Change::UpdatePartner { settings, .. } = &one.change else { return None };
        settings.automatic_user_consent_settings
    });
    (here.iter().map(|one| one.change.what()).collect(), consent)
}

#[rstest]
#[case::open(Some(open()), &[UPDATE, PATCH], Some((Some(false), Some(true))))]
#[case::only_inbound(Some(with_consent(Some(true), None)), &[UPDATE, PATCH], Some((Some(false), None)))]
#[case::inbound_is_off(Some(with_consent(Some(false), Some(true))), &[PATCH], None)]
#[case::synchronization_is_off(Some(with_policy(Some(false))), &[UPDATE], Some((Some(false), Some(true))))]
#[case::no_policy(Some(without_policy()), &[UPDATE], Some((Some(false), Some(true))))]
#[case::blank(Some(blank()), &[], None)]
#[case::none(None, &[], None)]
fn in_the_target_what_lets_users_come_is_closed(
    #[case] record: Option<Partner>,
    #[case] expected: &[&str],
    #[case] sent: Option<(Option<bool>, Option<bool>)>,
) {
    let scene = closing(&[US], false).record(US, OWNER, record);
    let sent = sent.map(|(inbound, outbound)| consent(inbound, outbound));
    assert_eq!(closed(&scene, US, OWNER), (expected.to_vec(), sent));
}

#[rstest]
#[case::open(Some(open()), &[UPDATE], Some((Some(true), Some(false))))]
#[case::outbound_is_off(Some(with_consent(Some(true), None)), &[], None)]
#[case::none(None, &[], None)]
fn in_the_source_what_lets_users_go_is_closed(
    #[case] record: Option<Partner>,
    #[case] expected: &[&str],
    #[case] sent: Option<(Option<bool>, Option<bool>)>,
) {
    let scene = closing(&[US], false).record(OWNER, US, record);
    let sent = sent.map(|(inbound, outbound)| consent(inbound, outbound));
    assert_eq!(closed(&scene, OWNER, US), (expected.to_vec(), sent));
}

#[test]
fn in_both_directions_both_sides_are_closed_wholly() {
    let scene = closing(&[US], true);
    let off = Some(consent(Some(false), Some(false)));
    assert_eq!(closed(&scene, US, OWNER), (vec![UPDATE, PATCH], off));
    assert_eq!(closed(&scene, OWNER, US), (vec![UPDATE, PATCH], off));
    assert_eq!(scene.writes().len(), 4, "and nothing about {OTHER}");
}

#[rstest]
#[case::as_we_set_it((Some(true), None), (Some(true), None), Some(Wish::Unset))]
#[case::refusals_go_with_it((Some(true), None), (Some(true), Some(false)), Some(Wish::Unset))]
#[case::somebody_elses_stays((Some(true), None), (Some(true), Some(true)), Some(Wish::Set(trust(Some(false), Some(true)))))]
#[case::not_ours((Some(true), None), (None, Some(true)), None)]
#[case::we_refused((Some(false), None), (Some(false), None), None)]
#[case::nothing_wanted((None, None), (Some(true), Some(true)), None)]
fn trust_that_the_directory_opens_is_closed_at_the_end_of_a_membership(
    #[case] wanted: (Option<bool>, Option<bool>),
    #[case] seen: (Option<bool>, Option<bool>),
    #[case] expected: Option<Wish<InboundTrust>>,
) {
    let scene = closing(&[US], true)
        .record(US, OWNER, Some(Partner { inbound_trust: Some(trust(seen.0, seen.1)), ..blank() }))
        .record(OWNER, US, None)
        .wanting(US, wanting_trust(wanted.0, wanted.1));
    match expected {
        Some(wish) => {
            assert_eq!(
                scene.update(),
                PartnerSettings { inbound_trust: Some(wish), ..PartnerSettings::default() }
            );
        }
        None => assert_eq!(scene.line(), "succeeded"),
    }
}

#[rstest]
#[case::alone(None, Some(true), (Some(true), None), Some(Wish::Unset))]
#[case::beside_the_settings_own(Some(false), Some(true), (Some(true), None), Some(Wish::Unset))]
#[case::somebody_elses_stays(None, Some(true), (Some(true), Some(true)), Some(Wish::Set(trust(Some(false), Some(true)))))]
#[case::refused_by_it(None, Some(false), (Some(true), None), None)]
fn trust_that_the_templates_of_the_directory_open_is_closed_too(
    #[case] own: Option<bool>,
    #[case] template: Option<bool>,
    #[case] seen: (Option<bool>, Option<bool>),
    #[case] expected: Option<Wish<InboundTrust>>,
) {
    let partner_configuration = Some(PartnerConfigurationTemplate {
        inbound_trust: Some(trust(template, None)),
        ..PartnerConfigurationTemplate::default()
    });
    let templates =
        Some(Templates::Values(TemplateValues { partner_configuration, ..TemplateValues::default() }));
    let inbound_trust = own.map(|own| trust(Some(own), None));
    let scene = closing(&[US], true)
        .record(US, OWNER, Some(Partner { inbound_trust: Some(trust(seen.0, seen.1)), ..blank() }))
        .record(OWNER, US, None)
        .wanting(US, WantedSettings { inbound_trust, templates, ..WantedSettings::default() });
    match expected {
        Some(wish) => assert_eq!(scene.update().inbound_trust, Some(wish)),
        None => assert_eq!(scene.line(), "succeeded"),
    }
}

#[rstest]
#[case::as_we_set_it(Access::Open, true, "act update-partner")]
#[case::otherwise(Access::Other, true, "succeeded")]
#[case::inherited(Access::Inherited, true, "succeeded")]
#[case::not_ours(Access::Open, false, "succeeded")]
fn direct_connect_that_the_directory_opens_is_closed_at_the_end_of_a_membership(
    #[case] seen: Access,
    #[case] wanted: bool,
    #[case] expected: &str,
) {
    let record = Partner { b2b_direct_connect_inbound: seen, ..blank() };
    let scene = |both| {
        closing(&[US], both)
            .record(US, OWNER, Some(record.clone()))
            .record(OWNER, US, None)
            .wanting(US, wanting_direct(wanted, false))
    };
    assert_eq!(scene(true).line(), expected);
    assert_eq!(scene(false).line(), "succeeded", "one direction leaves it alone");
    let told = scene(false).told();
    assert_eq!(told.contains("B2B direct connect inbound"), seen != Access::Inherited, "{told}");
    // Of its own, it may as well block.
    assert_eq!(told.contains("set otherwise"), seen == Access::Other, "{told}");
}

#[test]
fn a_side_that_cannot_be_read_does_not_stop_the_other() {
    for why in [
        Unreadable::External,
        Unreadable::Denied("403".to_owned()),
        Unreadable::Unreachable("503".to_owned()),
    ] {
        let scene = closing(&[US, OTHER], false).unreadable(US, why);
        assert_eq!(closed(&scene, OWNER, US).0, [UPDATE]);
        assert_eq!(closed(&scene, OTHER, OWNER).0, [UPDATE, PATCH]);
    }
}

#[test]
fn closing_does_not_ask_for_fellows() {
    let scene = closing(&[US], false).own(OWNER, OrganizationView::none()).own(US, odd_organization());
    assert_eq!(scene.writes().len(), 3);
}

#[test]
fn what_stays_is_told_with_what_is_still_open() {
    let scene = closing(&[US, OTHER], false)
        .unreadable(OTHER, Unreadable::External)
        .record(US, OWNER, Some(Partner { inbound_trust: Some(trust(Some(true), None)), ..blank() }))
        .record(OWNER, US, Some(with_consent(Some(true), None)))
        .record(OWNER, OTHER, None);
    let told = scene.told();
    assert!(
        told.contains(&format!(
            "stay, with their policies of synchronization: {US} about {OWNER}; {OWNER} about {US}"
        )),
        "{told}"
    );
    assert!(told.contains(&format!("{US} about {OWNER}: inbound trust in MFA")), "{told}");
    assert!(
        told.contains(&format!("{OWNER} about {US}: automatic redemption inbound, inbound synchronization")),
        "{told}"
    );
    assert!(told.contains(&format!("external {OTHER}")) && told.contains("administrators"), "{told}");
    assert_eq!(scene.summary(), "2 ordered pairs are closed, as far as we reach; nothing was written");
}

#[test]
fn before_the_end_what_is_not_closed_is_told_apart_from_what_stays_open() {
    let record = Partner { inbound_trust: Some(trust(Some(true), None)), ..with_consent(Some(true), None) };
    let scene = closing(&[US], false).record(US, OWNER, Some(record)).record(OWNER, US, Some(blank()));
    assert_eq!(scene.line(), "act update-partner, update-identity-synchronization");
    let told = scene.told();
    let not_yet =
        format!("not closed yet: {US} about {OWNER}: automatic redemption inbound, inbound synchronization");
    assert!(told.lines().any(|line| line == not_yet), "{told}");
    let still =
        format!("still open, and not for this command to close: {US} about {OWNER}: inbound trust in MFA");
    assert!(told.lines().any(|line| line == still), "{told}");
    assert!(told.contains("partner records that stay"), "{told}");
}

#[test]
fn an_external_source_is_told_with_all_targets() {
    let scene = closing(&[US], true).unreadable(OWNER, Unreadable::External).record(US, OWNER, Some(blank()));
    assert!(
        scene.told().contains(&format!("external {OWNER}: what is open there for {US}")),
        "{}",
        scene.told()
    );
}
