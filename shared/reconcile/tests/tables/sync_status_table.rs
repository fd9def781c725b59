//! sync status: what is told, line by line, and what programs read.

use std::collections::BTreeMap;

use crate::settings_scene::{blank, mesh};
use crate::support::*;
use crate::sync_scene::*;
use mto_messages::{Journal, TenantId};
use mto_reconcile::sync::status::{self, LINES, Observed};
use mto_reconcile::sync::{Configuration, OUR_TAG};
use mto_reconcile::{Decision, Finish, OrganizationView, Reading, Step, Unreadable, settings};
use serde_json::Value;

fn open() -> settings::Open {
    settings::Open { among: settings::Among::Organization(OWNER), wanted: BTreeMap::new() }
}

/// The synchronizations out of [`US`]; [`OTHER`] does not let us look, [`OWNER`] is external there.
fn observed(sides: settings::Observed, found: Vec<(TenantId, Configuration)>) -> Observed {
    let synchronizations = BTreeMap::from([
        (US, Reading::Seen(found)),
        (OTHER, Reading::Unreadable(denied())),
        (OWNER, Reading::Unreadable(Unreadable::External)),
    ]);
    Observed::of(&open(), sides, synchronizations)
}

fn decided(observed: &Observed) -> Decision {
    with_timing(|timing| status::decide(&open(), observed, &Journal::default(), timing))
}

fn standing(sides: settings::Observed, found: Vec<(TenantId, Configuration)>) -> Decision {
    decided(&observed(sides, found))
}

fn summary(decision: &Decision) -> &str {
    let Step::Finish(Finish::Succeeded { summary, .. }) = &decision.step else {
        panic!("it succeeds: {:?}", decision.step)
    };
    summary
}

/// The notes of a kind, in their order.
fn lines(decision: &Decision, kind: &str) -> Vec<String> {
    notes(decision).into_iter().filter(|note| note.starts_with(kind)).collect()
}

/// Everything as wanted, but what US says about OTHER.
fn differing() -> settings::Observed {
    let mut sides = mesh();
    if let Some(Reading::Seen(side)) = sides.sides.get_mut(&US) {
        side.partners.insert(OTHER, blank());
    }
    sides
}

#[test]
fn each_job_is_counted_once_and_told_with_its_state_and_its_users() {
    let found = [steady(), held_back(), paused(), with_job(|job| job.steady_since = None), fresh()];
    let found = found.into_iter().map(|one| (OTHER, one)).collect();
    let decision = standing(mesh(), found);
    assert_eq!(
        summary(&decision),
        "all settings are as wanted; 4 synchronizations with 12 users: 1 steady, 1 on their way, 1 stopped, 1 in \
         quarantine"
    );
    let told = lines(&decision, "synchronization: ");
    let pair = format!("synchronization: {US} → {OTHER}: ");
    let states = [
        "quarantine, 3 users; ",
        "stopped, 3 users",
        "initial, 3 users",
        "no job, 0 users",
        "steady, 3 users",
    ];
    assert_eq!(told.len(), states.len(), "{told:?}");
    for (line, state) in told.iter().zip(states) {
        assert!(line.starts_with(&format!("{pair}{state}")), "{state}: {line}");
    }
    assert!(told[0].contains("TooManyDeletes"), "{}", told[0]);
    assert_eq!(lines(&decision, "could not be read").len(), 1, "{:?}", notes(&decision));
}

#[test]
fn each_member_is_told_with_its_role_and_its_state() {
    let mut sides = mesh();
    if let Some(Reading::Seen(side)) = sides.sides.get_mut(&OWNER) {
        side.own = organization(vec![owner(OWNER), active(US), pending(OTHER)]);
    }
    let told = lines(&standing(sides, Vec::new()), "member: ");
    let states = [(OWNER, "owner, active"), (US, "member, active"), (OTHER, "member, pending")];
    assert_eq!(told.len(), states.len(), "{told:?}");
    for (line, (tenant, state)) in told.iter().zip(states) {
        assert!(line.starts_with(&format!("member: {tenant}")) && line.ends_with(state), "{state}: {line}");
    }
}

#[test]
fn what_differs_is_told_by_name_with_what_is_wanted_and_nothing_is_written() {
    let decision = standing(differing(), Vec::new());
    assert!(summary(&decision).starts_with("2 settings differ"), "{}", summary(&decision));
    assert_eq!(
        lines(&decision, "settings: "),
        [format!(
            "settings: {US} about {OTHER} differ; wanted: automatic redemption inbound on, outbound on; inbound \
             synchronization of users allowed"
        )]
    );
}

#[test]
fn a_missing_partner_configuration_is_told_with_everything_it_is_to_hold() {
    let mut sides = mesh();
    if let Some(Reading::Seen(side)) = sides.sides.get_mut(&US) {
        side.partners.remove(&OTHER);
    }
    let told = lines(&standing(sides, Vec::new()), "settings: ");
    assert_eq!(told.len(), 1, "{told:?}");
    for part in ["a partner configuration", "automatic redemption", "inbound synchronization"] {
        assert!(told[0].contains(part), "{part}: {}", told[0]);
    }
}

#[test]
fn where_all_is_as_wanted_no_setting_is_told() {
    assert_eq!(lines(&standing(mesh(), Vec::new()), "settings: "), Vec::<String>::new());
}

#[test]
fn past_a_number_of_lines_the_rest_is_counted_and_what_needs_attention_is_not_cut() {
    let mut found = vec![(OTHER, steady()); LINES + 2];
    found.push((OTHER, held_back()));
    let told = lines(&standing(mesh(), found), "synchronization");
    assert_eq!(told.len(), LINES + 1);
    assert!(told[0].contains("quarantine"), "{}", told[0]);
    assert_eq!(told[LINES], "synchronizations: and 3 more");
}

#[test]
fn programs_read_the_same_from_what_was_observed() {
    let seen = observed(differing(), vec![(OTHER, steady()), (OWNER, held_back())]);
    let seen = serde_json::to_value(&seen).unwrap();
    let members: Vec<&Value> = seen["members"].as_array().unwrap().iter().map(|row| &row["role"]).collect();
    assert_eq!(members, ["owner", "member", "member"]);
    assert_eq!(seen["differing"][0]["tenant"], US.to_string());
    assert_eq!(seen["differing"][0]["about"], OTHER.to_string());
    assert_eq!(seen["differing"][0]["wanted"].as_array().unwrap().len(), 2);
    let pairs = &seen["synchronizations"][US.to_string()]["seen"];
    assert_eq!(
        (&pairs[0][0], &pairs[0][1]["state"]),
        (&Value::from(OTHER.to_string()), &Value::from("steady"))
    );
    assert_eq!((&pairs[1][1]["state"], &pairs[1][1]["users"]), (&Value::from("quarantine"), &Value::from(3)));
    assert_eq!(pairs[1][1]["job"]["quarantine"]["reason"], "TooManyDeletes");
    assert_eq!(seen["leftOut"], Value::Null);
}

/// With long assignments and words of the service it fits a message all the same.
#[test]
fn what_programs_read_is_bounded() {
    let big = Configuration {
        tags: tags(&[OUR_TAG, &"t".repeat(10_000)]),
        ..quarantined(&"r".repeat(10_000), "c")
    };
    let seen = serde_json::to_value(observed(mesh(), vec![(OTHER, big); 400])).unwrap();
    assert_eq!(seen["synchronizations"][US.to_string()]["seen"].as_array().unwrap().len(), 300);
    assert_eq!(seen["leftOut"]["synchronizations"], 100);
    assert!(seen.to_string().len() < 150_000, "{}", seen.to_string().len());
}

#[test]
fn a_tenant_in_no_organization_is_rejected() {
    let mut sides = mesh();
    if let Some(Reading::Seen(side)) = sides.sides.get_mut(&OWNER) {
        side.own = OrganizationView::none();
    }
    assert_eq!(line(&standing(sides, Vec::new()).step), "rejected owner-has-no-organization");
}
