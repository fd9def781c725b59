//! `mto plan` and `mto apply` on an organization that stands.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use mto_graph::prelude::{PartnerUpdate, PatchPartner};
use rstest::rstest;
use serde_json::json;

use crate::support::{Ran, Stage, run};

const FILE: &str = "\
owner: contoso
displayName: Contoso group
templates: admin-center
members:
  - {tenant: fabrikam, displayName: Fabrikam}
  - {tenant: tailspin, displayName: Tailspin, role: member}
settings: true
sync:
  - {source: contoso, targets: all}
  - {source: fabrikam, targets: [contoso, tailspin]}
";

/// Somebody switches automatic redemption off in Fabrikam, for users of Contoso.
fn spoil(stage: &Stage) {
    let settings = mto_graph::prelude::AutomaticUserConsentSettings {
        inbound_allowed: Some(false),
        outbound_allowed: None,
    };
    let update =
        PartnerUpdate { automatic_user_consent_settings: Some(settings), ..PartnerUpdate::default() };
    stage.write(1, &PatchPartner { tenant_id: stage.tenants[0], update });
}

fn state(ran: &Ran, step: &str) -> String {
    let json = ran.json();
    let found = json["steps"].as_array().unwrap().iter().find(|one| one["step"] == step).cloned();
    found.map_or_else(|| panic!("no {step}: {json:#}"), |one| one["state"].as_str().unwrap().to_owned())
}

#[test]
fn a_formed_organization_shows_no_difference_and_nothing_is_sent() {
    let stage = Stage::formed();
    let ran = stage.run_with(&["plan", "-"], FILE);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
    assert!(ran.out.starts_with("Contoso group is as the file says\n"), "{}", ran.out);
    assert!(ran.out.ends_with("\nno command would be sent\n"), "{}", ran.out);
    assert!(!ran.out.contains("note:"), "what is as wanted needs no words: {}", ran.out);
    assert_eq!(ran.out.matches("as wanted  ").count(), 6, "{}", ran.out);
    let again = stage.run_with(&["plan", "-", "--output", "json"], FILE);
    assert_eq!(again.json()["differs"], false);
    assert_eq!(again.json()["commands"], json!([]));
    let ran = stage.run_with(&["apply", "-", "--server", &stage.server], FILE);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "nothing was sent\n"), "{}", ran.err);
    assert_eq!(stage.taken(), [""; 0]);
}

#[test]
fn one_setting_that_is_spoilt_is_shown_alone_and_repaired_by_one_command() {
    let stage = Stage::formed();
    spoil(&stage);
    let ran = stage.run_with(&["plan", "-"], FILE);
    assert_eq!((ran.code, ran.err.as_str()), (Some(3), ""), "{}", ran.out);
    let writes: Vec<&str> = ran.out.lines().filter(|line| line.starts_with("    in ")).collect();
    assert_eq!(writes.len(), 1, "{}", ran.out);
    assert!(
        writes.iter().all(|line| line.starts_with("    in Fabrikam: ") && line.contains("Contoso")),
        "{writes:?}"
    );
    let json = stage.run_with(&["plan", "-", "--output", "json"], FILE);
    assert_eq!(state(&json, "settings of all pairs"), "differs");
    assert_eq!(state(&json, "users of Contoso in Fabrikam"), "not yet", "the settings alone are missing");
    assert_eq!(json.json()["commands"].as_array().unwrap().len(), 1);
    assert_eq!(json.out, stage.run_with(&["plan", "-", "--output", "json"], FILE).out, "the same again");
    let ran = stage.run_with(&["apply", "-", "--id", "week-47", "--server", &stage.server], FILE);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    assert_eq!(ran.out.lines().next(), Some("sent mto.sync.v1 week-47-1"));
    assert_eq!(stage.taken().iter().filter(|id| id.starts_with("week-47-")).count(), 1);
    let ran = stage.run_with(&["plan", "-"], FILE);
    assert_eq!(ran.code, Some(0), "{}", ran.out);
}

#[test]
fn a_name_and_a_role_that_differ_are_two_commands() {
    let stage = Stage::formed();
    let file = FILE.replace("Contoso group", "Contoso & friends").replace("role: member", "role: owner");
    let ran = stage.run_with(&["plan", "-", "--output", "json"], &file);
    assert_eq!(ran.code, Some(3));
    let commands = ran.json()["commands"].clone();
    let types: Vec<&str> =
        commands.as_array().unwrap().iter().map(|one| one["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["mto.create.v1", "mto.add.v1"]);
    assert_eq!(commands[0]["data"]["update"], true);
    assert_eq!(
        commands[1]["data"]["tenants"],
        json!([{"tenant": "tailspin", "displayName": "Tailspin", "role": "owner"}])
    );
    assert_eq!(commands[1]["data"]["then"], json!(null), "nothing follows a change of a role");
    let ran = stage.run_with(&["apply", "-", "--server", &stage.server], &file);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let ran = stage.run_with(&["plan", "-"], &file);
    assert_eq!(ran.code, Some(0), "{}", ran.out);
}

#[test]
fn a_member_that_the_file_does_not_list_is_kept_unless_its_removal_is_asked_for_and_confirmed() {
    let stage = Stage::formed();
    let file = FILE.replace("  - {tenant: tailspin, displayName: Tailspin, role: member}\n", "");
    let file = file.replace("[contoso, tailspin]", "[contoso]");
    let ran = stage.run_with(&["plan", "-", "--output", "json"], &file);
    assert_eq!(ran.code, Some(0), "{}", ran.out);
    assert_eq!(state(&ran, "removal of Tailspin"), "kept");
    let file = file + "prune: true\n";
    let ran = stage.run_with(&["plan", "-"], &file);
    assert_eq!(ran.code, Some(3), "{}", ran.out);
    assert!(ran.out.contains("    in Contoso: remove Tailspin from the list\n"), "{}", ran.out);
    let ran = stage.run_with(&["apply", "-", "--server", &stage.server], &file);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert!(ran.err.contains("nothing was sent: this removes Tailspin"), "{}", ran.err);
    assert_eq!(stage.taken(), [""; 0]);
    let ran = stage.run_with(&["apply", "-", "--confirm", "tailspin", "--server", &stage.server], &file);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let ran = stage.run_with(&["plan", "-"], &file);
    assert_eq!(ran.code, Some(0), "{}", ran.out);
}

#[rstest]
#[case("membrs:", "members:", "line 4", "unknown field `membrs`")]
#[case("role: owne", "role: member", "line 6", "unknown variant `owne`")]
#[case("groups: nobody", "settings: true", "line 7", "unknown field `groups`")]
#[case("targets: some", "targets: all", "line 9", "a list of tenants")]
#[case(
    "tenant: wingtip",
    "tenant: tailspin",
    "members[1].tenant",
    "\"wingtip\" is not in the tenant directory"
)]
#[case("tenant: fabrikam", "tenant: tailspin", "members[1].tenant", "stands twice")]
#[case("[contoso, contoso]", "[contoso, tailspin]", "sync[1]", "list a pair once")]
#[case("[contoso, fabrikam]", "[contoso, tailspin]", "sync[1].targets", "is source and target")]
#[case("displayName: ' '", "displayName: Contoso group", "displayName", "is blank")]
fn a_file_that_cannot_be_is_named_with_its_place(
    #[case] now: &str,
    #[case] before: &str,
    #[case] place: &str,
    #[case] problem: &str,
) {
    let application = json!({"clientId": "app", "credential": {"clientSecret": {"env": "SECRET"}}});
    let entry = |(name, number): (&str, u128)| {
        let id = uuid::Uuid::from_u128(0x1000_0000_0000_4000_8000_0000_0000_0000 + number);
        json!({"tenantId": id, "name": name, "application": application})
    };
    let tenants: Vec<_> = ["contoso", "fabrikam", "tailspin"].into_iter().zip(1..).map(entry).collect();
    let directory = json!({"tenants": tenants});
    let environment = [("MTO_DIRECTORY", directory.to_string()), ("SECRET", "s".to_owned())];
    let environment = environment.map(|(name, value)| (name.to_owned(), value)).into();
    let ran = run(&["plan", "-"], &environment, &FILE.replacen(before, now, 1));
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert!(ran.err.contains(place) && ran.err.contains(problem), "{}", ran.err);
}
