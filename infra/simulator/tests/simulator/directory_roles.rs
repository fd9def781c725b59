//! Directory roles of signed-in users, for people, applications and synchronization (4A.2).

use entra_simulator::Seed;
use http::Method;
use serde_json::{Value, json};

use super::support::{Lab, method, user};
use super::sync_support::quick;

const INSTANTIATE: &str = "/applicationTemplates/518e5f48-1fc8-4c48-9387-9fdf28b0dfe7/instantiate";

/// Method, path, and the roles that are enough; none: any user's.
const CASES: [(&str, &str, &[&str]); 16] = [
    ("GET", "/users", &[]),
    ("GET", "/groups", &[]),
    ("GET", "/servicePrincipals", &[]),
    ("GET", "{sp}/appRoleAssignedTo", &[]),
    ("POST", "/users", &["User Administrator", "Global Administrator"]),
    ("DELETE", "/users/annie.adams@contoso.example", &["User Administrator", "Global Administrator"]),
    ("POST", INSTANTIATE, &["Application Administrator", "Cloud Application Administrator"]),
    ("PATCH", "{sp}", &["Application Administrator", "Cloud Application Administrator"]),
    ("POST", "{sp}/appRoleAssignedTo", &["Application Administrator", "Hybrid Identity Administrator"]),
    ("GET", "{sp}/synchronization/jobs", &["Application Administrator", "Hybrid Identity Administrator"]),
    ("POST", "{sp}/synchronization/jobs", &["Cloud Application Administrator"]),
    ("PUT", "{sp}/synchronization/secrets", &["Application Administrator", "Global Administrator"]),
    ("POST", "{job}/start", &["Application Administrator", "Hybrid Identity Administrator"]),
    ("GET", "{job}/schema", &["Cloud Application Administrator"]),
    ("GET", "/auditLogs/provisioning", &["Reports Reader", "Security Reader", "Global Reader"]),
    ("POST", "/invitations", &[]),
];

/// The status of a request of a user with these roles, by an application with every delegated permission.
fn status(name: &str, path: &str, roles: &[&str]) -> u16 {
    let mut seed = Seed::demo(2);
    seed.tenants[0].sign_ins = vec![user("ada", roles)];
    let lab = Lab::with(seed, quick());
    let sync = lab.configure(0, 1, true);
    let path = path
        .replace("{sp}", &format!("/servicePrincipals/{}", sync.principal))
        .replace("{job}", &sync.path());
    let token = lab.user_token(0, &user("ada", roles), ".default");
    let body = if method(name) == Method::GET { Value::Null } else { json!({}) };
    lab.with_token(token.token(), method(name), &path, &body).status
}

#[test]
fn a_user_needs_the_role_as_well_as_the_permission() {
    for (name, path, roles) in CASES {
        if roles.is_empty() {
            assert_ne!(status(name, path, &[]), 403, "{name} {path} by anybody");
            continue;
        }
        for role in roles {
            assert_ne!(status(name, path, &[role]), 403, "{name} {path} by {role}");
        }
        for too_little in [&[][..], &["Security Administrator"][..1]] {
            let is_auditor = path.starts_with("/auditLogs") && !too_little.is_empty();
            let refused = status(name, path, too_little) == 403;
            assert_eq!(refused, !is_auditor, "{name} {path} by {too_little:?}");
        }
    }
}

#[test]
fn a_role_of_people_is_none_of_applications() {
    assert_eq!(status("POST", INSTANTIATE, &["User Administrator"]), 403);
    assert_eq!(status("POST", "/users", &["Application Administrator"]), 403);
}
