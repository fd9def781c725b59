//! Reference 4A.1 to 4A.3, row by row: which permission alone opens a request, and which role it takes.

use entra_simulator::{DELEGATED_PERMISSIONS, DIRECTORY_ROLES, Options, OrganizationSeed, PERMISSIONS, Seed};
use rstest::rstest;
use serde_json::{Value, json};

use super::support::{IDENTITY_TEMPLATE, JOIN, Lab, MTO, PARTNER_TEMPLATE, PARTNERS, TENANTS, method, user};

const READ: &str = "MultiTenantOrganization.Read.All";
const BASIC: &str = "MultiTenantOrganization.ReadBasic.All";
const WRITE: &str = "MultiTenantOrganization.ReadWrite.All";
const XTAP_READ: &str = "Policy.Read.All";
const XTAP_WRITE: &str = "Policy.ReadWrite.CrossTenantAccess";
const XTAP: &str = "/policies/crossTenantAccessPolicy";
const READERS: &[&str] =
    &["Security Reader", "Global Reader", "Security Administrator", "Global Administrator"];
const ADMINISTRATORS: &[&str] = &["Security Administrator", "Global Administrator"];

/// The owner of an organization of its own, with an application of these permissions.
fn lab(application: &[&str], delegated: &[&str], roles: &[&str]) -> Lab {
    let mut seed = Seed::demo(2);
    let owner = seed.tenants[0].tenant_id;
    seed.organizations = vec![OrganizationSeed {
        owner,
        display_name: "Group".to_owned(),
        description: None,
        members: vec![],
    }];
    seed.tenants[0].sign_ins = vec![user("ada", roles)];
    let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    seed.tenants[0].applications[0].permissions = own(application);
    seed.tenants[0].applications[0].delegated_permissions = own(delegated);
    Lab::with(seed, Options::default())
}

struct Row {
    method: &'static str,
    path: String,
}

impl Row {
    fn refused(&self, lab: &Lab, token: &str) -> bool {
        let reply = lab.with_token(token, method(self.method), &self.path, &json!({}));
        let refused = reply.status == 403;
        assert_ne!(reply.status, 401, "{}", reply.body);
        assert_ne!(reply.status, 405, "{}", reply.body);
        assert!(!refused || reply.code() == "Authorization_RequestDenied");
        refused
    }

    fn application(&self, permissions: &[&str]) -> bool {
        let lab = lab(permissions, &[], &[]);
        !self.refused(&lab, &lab.token(0))
    }

    fn delegated(&self, permission: &str, roles: &[&str]) -> bool {
        let lab = lab(&PERMISSIONS, &[permission], roles);
        let reply = lab.user_token(0, &user("ada", roles), ".default");
        !self.refused(&lab, reply.token())
    }
}

fn row(method: &'static str, path: &str) -> Row {
    let other = Seed::demo(2).tenants[1].tenant_id.to_string();
    Row { method, path: path.replace("{id}", &other) }
}

#[rstest]
#[case::organization_get("GET", MTO, &[READ, WRITE], &[BASIC, READ, WRITE])]
#[case::organization_put("PUT", MTO, &[WRITE], &[WRITE])]
#[case::organization_patch("PATCH", MTO, &[WRITE], &[WRITE])]
#[case::tenants_get("GET", TENANTS, &[READ, WRITE], &[BASIC, READ, WRITE])]
#[case::tenants_post("POST", TENANTS, &[WRITE], &[WRITE])]
#[case::tenant_get("GET", "/tenantRelationships/multiTenantOrganization/tenants/{id}",
    &[READ, WRITE, "Directory.Read.All"], &[BASIC, READ, WRITE, "Directory.Read.All"])]
#[case::tenant_patch("PATCH", "/tenantRelationships/multiTenantOrganization/tenants/{id}", &[WRITE], &[WRITE])]
#[case::tenant_delete("DELETE", "/tenantRelationships/multiTenantOrganization/tenants/{id}", &[WRITE], &[WRITE])]
#[case::join_get("GET", JOIN, &[READ, WRITE], &[READ, WRITE])]
#[case::join_patch("PATCH", JOIN, &[WRITE], &[WRITE])]
#[case::partner_template_get("GET", PARTNER_TEMPLATE, &[READ, WRITE], &[READ, WRITE])]
#[case::partner_template_patch("PATCH", PARTNER_TEMPLATE, &[WRITE], &[WRITE])]
#[case::identity_template_get("GET", IDENTITY_TEMPLATE, &[READ, WRITE], &[READ, WRITE])]
#[case::identity_template_patch("PATCH", IDENTITY_TEMPLATE, &[WRITE], &[WRITE])]
#[case::partner_template_reset("POST", "/policies/crossTenantAccessPolicy/templates/multiTenantOrganizationPartnerConfiguration/resetToDefaultSettings", &[WRITE], &[WRITE])]
#[case::identity_template_reset("POST", "/policies/crossTenantAccessPolicy/templates/multiTenantOrganizationIdentitySynchronization/resetToDefaultSettings", &[WRITE], &[WRITE])]
#[case::policy_get("GET", XTAP, &[XTAP_READ, XTAP_WRITE], &[XTAP_READ, XTAP_WRITE])]
#[case::policy_patch("PATCH", XTAP, &[XTAP_WRITE], &[XTAP_WRITE])]
#[case::default_get("GET", "/policies/crossTenantAccessPolicy/default", &[XTAP_READ, XTAP_WRITE], &[XTAP_READ, XTAP_WRITE])]
#[case::default_patch("PATCH", "/policies/crossTenantAccessPolicy/default", &[XTAP_WRITE], &[XTAP_WRITE])]
#[case::default_reset("POST", "/policies/crossTenantAccessPolicy/default/resetToSystemDefault", &[XTAP_WRITE], &[XTAP_WRITE])]
#[case::partners_get("GET", PARTNERS, &[XTAP_READ, XTAP_WRITE], &[XTAP_READ, XTAP_WRITE])]
#[case::partners_post("POST", PARTNERS, &[XTAP_WRITE], &[XTAP_WRITE])]
#[case::partner_get("GET", "/policies/crossTenantAccessPolicy/partners/{id}", &[XTAP_READ, XTAP_WRITE], &[XTAP_READ, XTAP_WRITE])]
#[case::partner_patch("PATCH", "/policies/crossTenantAccessPolicy/partners/{id}", &[XTAP_WRITE], &[XTAP_WRITE])]
#[case::partner_delete("DELETE", "/policies/crossTenantAccessPolicy/partners/{id}", &[XTAP_WRITE], &[XTAP_WRITE])]
#[case::identity_get("GET", "/policies/crossTenantAccessPolicy/partners/{id}/identitySynchronization", &[XTAP_READ, XTAP_WRITE], &[XTAP_READ, XTAP_WRITE])]
#[case::identity_put("PUT", "/policies/crossTenantAccessPolicy/partners/{id}/identitySynchronization", &[XTAP_WRITE], &[XTAP_WRITE])]
#[case::identity_patch("PATCH", "/policies/crossTenantAccessPolicy/partners/{id}/identitySynchronization", &[XTAP_WRITE], &[XTAP_WRITE])]
#[case::identity_delete("DELETE", "/policies/crossTenantAccessPolicy/partners/{id}/identitySynchronization", &[XTAP_WRITE], &[XTAP_WRITE])]
#[case::lookup_by_id("GET", "/tenantRelationships/findTenantInformationByTenantId(tenantId='{id}')",
    &["CrossTenantInformation.ReadBasic.All"], &["CrossTenantInformation.ReadBasic.All"])]
#[case::lookup_by_domain("GET", "/tenantRelationships/findTenantInformationByDomainName(domainName='x.example')",
    &["CrossTenantInformation.ReadBasic.All"], &["CrossTenantInformation.ReadBasic.All"])]
#[case::audits("GET", "/auditLogs/directoryAudits", &["AuditLog.Read.All"], &["AuditLog.Read.All"])]
fn each_documented_permission_alone_opens_the_request_and_no_other_does(
    #[case] method: &'static str,
    #[case] path: &str,
    #[case] application: &[&str],
    #[case] delegated: &[&str],
) {
    let row = row(method, path);
    assert!(!row.application(&[]), "without any permission");
    for permission in PERMISSIONS {
        assert_eq!(row.application(&[permission]), application.contains(&permission), "{permission}");
    }
    for permission in DELEGATED_PERMISSIONS {
        let opens = row.delegated(permission, &["Global Administrator"]);
        assert_eq!(opens, delegated.contains(&permission), "delegated {permission}");
    }
}

#[test]
fn the_organization_itself_is_read_by_any_signed_in_user() {
    let row = row("GET", "/organization");
    let opens = ["Organization.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"];
    for permission in PERMISSIONS {
        assert_eq!(row.application(&[permission]), opens.contains(&permission), "{permission}");
    }
    for permission in DELEGATED_PERMISSIONS {
        let wanted = permission == "User.Read" || opens.contains(&permission);
        assert_eq!(row.delegated(permission, &[]), wanted, "delegated {permission}");
    }
}

/// The role decides beside the permission (4A.2); a user without a role has none of them.
#[rstest]
#[case::read("GET", MTO, READ, READERS)]
#[case::read_the_join_request("GET", JOIN, READ, READERS)]
#[case::read_a_template("GET", IDENTITY_TEMPLATE, READ, READERS)]
#[case::write("PATCH", MTO, WRITE, ADMINISTRATORS)]
#[case::add("POST", TENANTS, WRITE, ADMINISTRATORS)]
#[case::join("PATCH", JOIN, WRITE, ADMINISTRATORS)]
#[case::write_a_template("PATCH", PARTNER_TEMPLATE, WRITE, ADMINISTRATORS)]
#[case::read_the_policy("GET", PARTNERS, XTAP_READ, READERS)]
#[case::write_the_policy("POST", PARTNERS, XTAP_WRITE, ADMINISTRATORS)]
#[case::write_synchronization(
    "PUT",
    "/policies/crossTenantAccessPolicy/partners/{id}/identitySynchronization",
    XTAP_WRITE,
    ADMINISTRATORS
)]
#[case::read_audits("GET", "/auditLogs/directoryAudits", "AuditLog.Read.All", &["Security Reader",
    "Global Reader", "Security Administrator", "Global Administrator", "Reports Reader"])]
fn a_user_needs_one_of_the_directory_roles_too(
    #[case] method: &'static str,
    #[case] path: &str,
    #[case] permission: &str,
    #[case] roles: &[&str],
) {
    let row = row(method, path);
    assert!(!row.delegated(permission, &[]), "without any role");
    for (role, _) in DIRECTORY_ROLES {
        assert_eq!(row.delegated(permission, &[role]), roles.contains(&role), "{role}");
    }
}

#[test]
fn audits_take_another_permission_where_the_page_of_the_api_is_followed() {
    for (both, permissions, status) in [
        (true, &["AuditLog.Read.All"][..], 403),
        (true, &["AuditLog.Read.All", "Directory.Read.All"], 200),
        (false, &["AuditLog.Read.All"], 200),
    ] {
        let mut seed = Seed::demo(1);
        seed.tenants[0].applications[0].permissions =
            permissions.iter().map(|name| (*name).to_owned()).collect();
        let lab = Lab::with(seed, Options { audits_need_directory_read: both, ..Options::default() });
        assert_eq!(lab.call(0, http::Method::GET, "/auditLogs/directoryAudits", &Value::Null).status, status);
    }
}
