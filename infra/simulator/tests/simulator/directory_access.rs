//! Permissions (4A.3) and methods of the directory endpoints, and what a seed may say about users.

use entra_simulator::Seed;
use http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::support::{Lab, Reply};
use super::sync_support::quick;

/// Method, path, and a permission that is enough.
const CASES: [(&str, &str, &str); 22] = [
    ("GET", "/users", "User.Read.All"),
    ("GET", "/users", "Directory.Read.All"),
    ("GET", "/users/delta", "User.Read.All"),
    ("POST", "/users", "User.ReadWrite.All"),
    ("GET", "/groups", "GroupMember.Read.All"),
    ("GET", "/directory/deletedItems/microsoft.graph.user", "User.Read.All"),
    ("POST", "/invitations", "User.Invite.All"),
    ("GET", "/subscribedSkus", "Organization.Read.All"),
    (
        "POST",
        "/applicationTemplates/518e5f48-1fc8-4c48-9387-9fdf28b0dfe7/instantiate",
        "Application.ReadWrite.OwnedBy",
    ),
    ("GET", "/applications", "Application.Read.All"),
    ("GET", "/servicePrincipals", "Directory.Read.All"),
    ("GET", "/auditLogs/provisioning", "ProvisioningLog.Read.All"),
    ("GET", "/auditLogs/provisioning", "AuditLog.Read.All"),
    ("GET", "{sp}", "Application.Read.All"),
    ("PATCH", "{sp}", "Application.ReadWrite.All"),
    ("GET", "{sp}/appRoleAssignedTo", "Application.Read.All"),
    ("GET", "{sp}/synchronization/templates", "Synchronization.Read.All"),
    ("GET", "{sp}/synchronization/jobs", "Synchronization.Read.All"),
    ("POST", "{sp}/synchronization/jobs", "Synchronization.ReadWrite.All"),
    ("PUT", "{sp}/synchronization/secrets", "Synchronization.ReadWrite.All"),
    ("POST", "{job}/start", "Synchronization.ReadWrite.All"),
    ("GET", "{job}/schema", "Synchronization.Read.All"),
];

/// The status of a request whose token has just these permissions. The application belongs to somebody else.
fn status(method: &str, path: &str, permissions: &[&str]) -> u16 {
    reply(method, path, permissions).status
}

fn reply(method: &str, path: &str, permissions: &[&str]) -> Reply {
    let mut seed = Seed::demo(2);
    let mut second = seed.tenants[0].applications[0].clone();
    second.client_id = uuid::Uuid::from_u128(7);
    second.permissions = permissions.iter().map(|name| (*name).to_owned()).collect();
    let secret = second.secrets[0].expose().to_owned();
    seed.tenants[0].applications.push(second);
    let lab = Lab::with(seed, quick());
    let sync = lab.configure(0, 1, true);
    let path = path
        .replace("{sp}", &format!("/servicePrincipals/{}", sync.principal))
        .replace("{job}", &sync.path());
    let token = lab.sign_in(&lab.id(0).to_string(), &uuid::Uuid::from_u128(7).to_string(), &secret);
    let token = token.body["access_token"].as_str().expect("a token").to_owned();
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    let body = if method == Method::GET { Value::Null } else { json!({}) };
    lab.with_token(&token, method, &path, &body)
}

#[test]
fn each_endpoint_takes_its_permission_and_refuses_without() {
    for (method, path, permission) in CASES {
        assert_ne!(status(method, path, &[permission]), 403, "{method} {path} with {permission}");
        for too_little in [&[][..], &["MultiTenantOrganization.ReadWrite.All", "Policy.Read.All"][..]] {
            assert_eq!(status(method, path, too_little), 403, "{method} {path} with {too_little:?}");
        }
    }
}

#[test]
fn reading_is_not_writing() {
    for (method, path, permission) in [
        ("POST", "/users", "User.Read.All"),
        ("POST", "/invitations", "User.Read.All"),
        ("PATCH", "{sp}", "Application.Read.All"),
        ("POST", "{sp}/synchronization/jobs", "Synchronization.Read.All"),
        ("POST", "{job}/start", "Synchronization.Read.All"),
        ("DELETE", "{job}", "Synchronization.Read.All"),
        ("POST", "{sp}/appRoleAssignedTo", "Application.ReadWrite.All"),
    ] {
        assert_eq!(status(method, path, &[permission]), 403, "{method} {path} with {permission}");
    }
}

#[test]
fn a_refusal_is_that_of_the_service() {
    let refused = reply("GET", "/groups", &["User.Read.All"]);
    assert_eq!((refused.status, refused.code()), (403, "Authorization_RequestDenied"));
    assert_eq!(refused.body["error"]["message"], "Insufficient privileges to complete the operation.");
    assert!(refused.body["error"]["innerError"]["request-id"].is_string(), "{}", refused.body);
}

#[test]
fn assigning_takes_reading_applications_beside_it() {
    let (assign, read) = ("AppRoleAssignment.ReadWrite.All", "Application.Read.All");
    for (method, path) in [
        ("POST", "{sp}/appRoleAssignedTo"),
        ("DELETE", "{sp}/appRoleAssignedTo/00000000-0000-4000-8000-00000000dead"),
    ] {
        for alone in [assign, read] {
            assert_eq!(
                status(method, path, &[alone, "Application.ReadWrite.OwnedBy"]),
                403,
                "{method} {alone}"
            );
        }
        assert_ne!(status(method, path, &[assign, read]), 403, "{method}");
    }
}

#[test]
fn owning_lists_everything_and_reaches_no_further_than_what_is_owned() {
    let owned = &["Application.ReadWrite.OwnedBy"];
    assert_eq!(status("GET", "/servicePrincipals", owned), 200);
    assert_eq!(status("GET", "{sp}/appRoleAssignedTo", owned), 200);
    for (method, path) in
        [("GET", "{sp}/synchronization/jobs"), ("PATCH", "{sp}"), ("POST", "{job}/start"), ("DELETE", "{sp}")]
    {
        assert_eq!(status(method, path, owned), 403, "{method} {path}");
    }
}

#[rstest]
#[case("PUT", "/users")]
#[case("DELETE", "/groups")]
#[case("GET", "/invitations")]
#[case("POST", "/applications")]
#[case("PATCH", "{job}/start")]
#[case("GET", "{job}/start")]
#[case("POST", "{job}/schema")]
fn a_method_that_is_not_served_is_a_405(#[case] method: &str, #[case] path: &str) {
    assert_eq!(status(method, path, &["Directory.ReadWrite.All"]), 405);
}

fn wrong(tenant: &Value) -> String {
    let mut full = json!({"tenantId": "11111111-0000-4000-8000-000000000001", "displayName": "Contoso",
        "defaultDomain": "contoso.example"});
    let fields = tenant.as_object().expect("fields").clone();
    full.as_object_mut().expect("fields").extend(fields);
    let seed = Seed::from_json(&json!({"tenants": [full]}).to_string());
    match seed {
        Err(error) => error.to_string(),
        Ok(seed) => {
            let clock = std::sync::Arc::new(entra_simulator::ManualClock::default());
            let made = entra_simulator::Simulator::new(seed, entra_simulator::Options::default(), clock);
            made.expect_err("a wrong seed").to_string()
        }
    }
}

#[rstest]
#[case(json!({"users": [{"displayName": " "}]}), "tenants[0].users[0].displayName = -: give the user a name")]
#[case(json!({"users": [{"displayName": "A"}, {"displayName": "a"}]}), "tenants[0].users[1].userPrincipalName = a@contoso.example: stands twice")]
#[case(json!({"users": [{"displayName": "A", "userType": "Owner"}]}), "tenants[0].users[0].userType = Owner: is Member or Guest")]
#[case(json!({"users": [{"displayName": "A", "creationType": "Invitation"}]}), "tenants[0].users[0].mail = -: an external user needs")]
#[case(json!({"generatedUsers": 1_000_001}), "tenants[0].generatedUsers = 1000001: at most")]
#[case(json!({"groups": [{"displayName": "G", "members": ["nobody@contoso.example"]}]}), "tenants[0].groups[0].members = nobody@contoso.example: is no user or earlier group")]
#[case(json!({"groups": [{"displayName": "G"}, {"displayName": "G"}]}), "tenants[0].groups[1].displayName = G: give each group a name")]
fn a_wrong_user_or_group_names_field_value_and_remedy(#[case] tenant: Value, #[case] problem: &str) {
    let found = wrong(&tenant);
    assert!(found.starts_with(problem), "{found}");
}

#[test]
fn the_demo_seed_survives_json_with_its_people() {
    let seed = Seed::demo(4);
    let text = serde_json::to_string(&seed).expect("JSON");
    assert_eq!(Seed::from_json(&text).expect("the same"), seed);
    assert_eq!(
        seed.tenants[1].groups[0].members,
        ["bob.baker@fabrikam.example", "barbara.brown@fabrikam.example"]
    );
    assert!(seed.tenants[3].groups[0].members.is_empty(), "nobody of D is shared");
}

#[test]
fn ids_of_the_seed_are_the_users_ids() {
    let mut seed = Seed::demo(1);
    let id = uuid::Uuid::from_u128(0x1234);
    seed.tenants[0].users[0].id = Some(id);
    seed.tenants[0].groups[0].id = Some(uuid::Uuid::from_u128(0x99));
    seed.tenants[0].groups[0].members = vec![id.to_string()];
    let lab = Lab::with(seed, quick());
    assert_eq!(lab.user_id(0, "Annie Adams"), id.to_string());
    let members = lab.ask(0, &format!("/groups/{}/members", uuid::Uuid::from_u128(0x99)));
    assert_eq!(members["value"][0]["id"], id.to_string());
}
