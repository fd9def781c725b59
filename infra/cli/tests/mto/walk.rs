//! From nothing to a formed organization, by applying one file again and again.

use crate::support::Stage;

const FILE: &str = "\
owner: contoso
displayName: Contoso group
templates: admin-center
members:
  - {tenant: fabrikam}
  - {tenant: tailspin}
settings: true
sync:
  - {source: fabrikam, targets: all, userType: Member}
";

#[test]
fn a_file_is_applied_until_nothing_differs() {
    let stage = Stage::new();
    let ran = stage.run_with(&["plan", "-"], FILE);
    assert_eq!((ran.code, ran.err.as_str()), (Some(3), ""), "{}", ran.out);
    let told = [
        "differs    organization\n    in Contoso: create the multi-tenant organization \"Contoso group\"\n",
        "not yet    settings of all pairs\n    the organization does not exist yet\n",
        "not yet    users of Fabrikam in Contoso\n",
        "1 command would be sent:\n  mto.create.v1 {",
    ];
    for text in told {
        assert!(ran.out.contains(text), "{text:?} is missing in\n{}", ran.out);
    }
    let apply = ["apply", "-", "--server", &stage.server];
    let ran = stage.run_with(&apply, FILE);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(
        ran.out.contains("not yet, run mto apply again later: settings of all pairs; users of"),
        "{}",
        ran.out
    );
    let ran = stage.run_with(&["plan", "-"], FILE);
    assert_eq!(ran.code, Some(3), "{}", ran.out);
    assert!(ran.out.contains("as wanted  organization\n"), "{}", ran.out);
    assert!(ran.out.contains("in Fabrikam: create the synchronization to Tailspin"), "{}", ran.out);
    let ran = stage.run_with(&apply, FILE);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let ran = stage.run_with(&["plan", "-"], FILE);
    assert_eq!(ran.code, Some(0), "{}", ran.out);
    assert_eq!(stage.taken().len(), 3, "{:?}", stage.taken());
}

#[test]
fn a_tenant_that_is_listed_and_not_active_is_made_to_join() {
    let stage = Stage::new();
    let data = serde_json::json!({
        "owner": "contoso", "displayName": "Contoso group", "tenants": [{"tenant": "fabrikam", "displayName": "Fabrikam"}],
    });
    stage.command("create", &data);
    let file =
        "owner: contoso\ndisplayName: Contoso group\nmembers:\n  - tenant: fabrikam\n  - tenant: tailspin\n";
    let ran = stage.run_with(&["plan", "-"], file);
    assert_eq!(ran.code, Some(3), "{}", ran.out);
    let told = [
        "differs    new members: Tailspin\n    in Contoso: add Tailspin as member\n",
        "differs    join of Fabrikam\n    in Fabrikam: ask to join the organization of Contoso\n    then it waits: ",
        "2 commands would be sent:\n  mto.add.v1 ",
    ];
    for text in told {
        assert!(ran.out.contains(text), "{text:?} is missing in\n{}", ran.out);
    }
    let ran = stage.run_with(&["apply", "-", "--server", &stage.server], file);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let ran = stage.run_with(&["plan", "-"], file);
    assert_eq!(ran.code, Some(0), "{}", ran.out);
}
