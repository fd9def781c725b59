//! The tables of the reference, one case a row: 1.2, 2.4 to 2.6, 3.2, 3.3, 4.2, 5.1 to 5.5.

use entra_simulator::{Change, Options};
use http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::support::{
    JOIN, JOIN_SECONDS, Lab, MTO, PARTNERS, REMOVAL_SECONDS, TENANTS, ZERO, assert_has, method,
};

/// Creator and owner 0, owner 1, member 2; 3 is pending, 4 a stranger.
fn lab(options: Options) -> Lab {
    let lab = Lab::formed(3, options);
    lab.delete(3, &lab.row(3), 204);
    lab.patch(0, &lab.row(1), json!({"role": "owner"}), 204);
    lab.pass(REMOVAL_SECONDS);
    lab.add(0, 3);
    lab
}

fn filled(lab: &Lab, text: &str) -> String {
    let mut text = text.to_owned();
    for tenant in 0..5 {
        text = text.replace(&format!("{{{tenant}}}"), &lab.id(tenant).to_string());
    }
    text.replace("MTO", MTO).replace("XTAP", "/policies/crossTenantAccessPolicy")
}

/// Who asks, what, and the status; in the middle the error code, or nothing.
#[rstest]
#[case::organization_get(0, "GET", "MTO", Value::Null, 200, "")]
#[case::organization_get_in_none(4, "GET", "MTO", Value::Null, 200, "")]
#[case::organization_put(4, "PUT", "MTO", json!({"displayName": "x", "description": null}), 201, "")]
#[case::organization_put_again(0, "PUT", "MTO", json!({"displayName": "x"}), 400, "Request_BadRequest")]
#[case::organization_put_as_a_member(2, "PUT", "MTO", json!({"displayName": "x"}), 400, "Request_BadRequest")]
#[case::organization_patch(0, "PATCH", "MTO", json!({"description": "x"}), 204, "")]
#[case::organization_patch_creates(4, "PATCH", "MTO", json!({"displayName": "x"}), 204, "")]
#[case::organization_patch_as_a_member(2, "PATCH", "MTO", json!({"displayName": "x"}), 403, "Authorization_RequestDenied")]
#[case::organization_delete(0, "DELETE", "MTO", Value::Null, 405, "Request_BadRequest")]
#[case::list(0, "GET", "MTO/tenants", Value::Null, 200, "")]
#[case::list_in_none(4, "GET", "MTO/tenants", Value::Null, 200, "")]
#[case::add(0, "POST", "MTO/tenants", json!({"tenantId": "{4}", "displayName": "x"}), 201, "")]
#[case::add_an_owner(1, "POST", "MTO/tenants", json!({"tenantId": "{4}", "displayName": "x", "role": "owner"}), 201, "")]
#[case::add_the_pending(0, "POST", "MTO/tenants", json!({"tenantId": "{3}", "displayName": "x"}), 400, "Request_BadRequest")]
#[case::add_the_active(0, "POST", "MTO/tenants", json!({"tenantId": "{2}", "displayName": "x"}), 400, "Request_BadRequest")]
#[case::add_as_a_member(2, "POST", "MTO/tenants", json!({"tenantId": "{4}", "displayName": "x"}), 403, "Authorization_RequestDenied")]
#[case::add_an_unknown_tenant(0, "POST", "MTO/tenants", json!({"tenantId": "99999999-0000-4000-8000-000000000001", "displayName": "x"}), 201, "")]
#[case::get_one(2, "GET", "MTO/tenants/{1}", Value::Null, 200, "")]
#[case::get_one_that_never_was(0, "GET", "MTO/tenants/{4}", Value::Null, 404, "Request_ResourceNotFound")]
#[case::get_one_that_is_pending_as_a_member(
    2,
    "GET",
    "MTO/tenants/{3}",
    Value::Null,
    404,
    "Directory_ObjectNotFound"
)]
#[case::change_a_role(0, "PATCH", "MTO/tenants/{2}", json!({"role": "owner"}), 204, "")]
#[case::change_a_role_as_a_member(2, "PATCH", "MTO/tenants/{1}", json!({"role": "member"}), 403, "Authorization_RequestDenied")]
#[case::change_a_name(0, "PATCH", "MTO/tenants/{2}", json!({"displayName": "x"}), 400, "Request_BadRequest")]
#[case::remove(0, "DELETE", "MTO/tenants/{2}", Value::Null, 204, "")]
#[case::remove_what_never_was(0, "DELETE", "MTO/tenants/{4}", Value::Null, 404, "Request_ResourceNotFound")]
#[case::join_get(4, "GET", "MTO/joinRequest", Value::Null, 200, "")]
#[case::join(3, "PATCH", "MTO/joinRequest", json!({"addedByTenantId": "{0}"}), 204, "")]
#[case::join_without_being_added(4, "PATCH", "MTO/joinRequest", json!({"addedByTenantId": "{0}"}), 204, "")]
#[case::join_reset(4, "PATCH", "MTO/joinRequest", json!({"addedByTenantId": ZERO}), 204, "")]
#[case::join_delete(3, "DELETE", "MTO/joinRequest", Value::Null, 405, "Request_BadRequest")]
#[case::partner_template(
    4,
    "GET",
    "XTAP/templates/multiTenantOrganizationPartnerConfiguration",
    Value::Null,
    200,
    ""
)]
#[case::partner_template_patch(4, "PATCH", "XTAP/templates/multiTenantOrganizationPartnerConfiguration", json!({"inboundTrust": {"isMfaAccepted": true}}), 204, "")]
#[case::partner_template_restrictions(4, "PATCH", "XTAP/templates/multiTenantOrganizationPartnerConfiguration", json!({"tenantRestrictions": null}), 400, "Request_BadRequest")]
#[case::partner_template_reset(
    4,
    "POST",
    "XTAP/templates/multiTenantOrganizationPartnerConfiguration/resetToDefaultSettings",
    Value::Null,
    204,
    ""
)]
#[case::identity_template(
    4,
    "GET",
    "XTAP/templates/multiTenantOrganizationIdentitySynchronization",
    Value::Null,
    200,
    ""
)]
#[case::identity_template_patch(4, "PATCH", "XTAP/templates/multiTenantOrganizationIdentitySynchronization", json!({"userSyncInbound": {"isSyncAllowed": true}}), 204, "")]
#[case::identity_template_reset(
    4,
    "POST",
    "XTAP/templates/multiTenantOrganizationIdentitySynchronization/resetToDefaultSettings",
    Value::Null,
    204,
    ""
)]
#[case::template_delete(
    4,
    "DELETE",
    "XTAP/templates/multiTenantOrganizationIdentitySynchronization",
    Value::Null,
    405,
    "Request_BadRequest"
)]
#[case::policy(4, "GET", "XTAP", Value::Null, 200, "")]
#[case::policy_patch(4, "PATCH", "XTAP", json!({"displayName": "x", "allowedCloudEndpoints": ["microsoftonline.us", "partner.microsoftonline.cn"]}), 204, "")]
#[case::policy_patch_description(4, "PATCH", "XTAP", json!({"description": "x"}), 400, "Request_BadRequest")]
#[case::policy_patch_null_endpoints(4, "PATCH", "XTAP", json!({"allowedCloudEndpoints": null}), 400, "Request_BadRequest")]
#[case::default(4, "GET", "XTAP/default", Value::Null, 200, "")]
#[case::default_patch(4, "PATCH", "XTAP/default", json!({"b2bDirectConnectInbound": {"usersAndGroups": {"accessType": "allowed", "targets": [{"target": "AllUsers", "targetType": "user"}]}}}), 204, "")]
#[case::default_redemption(4, "PATCH", "XTAP/default", json!({"invitationRedemptionIdentityProviderConfiguration": {"primaryIdentityProviderPrecedenceOrder": ["azureActiveDirectory"], "fallbackIdentityProvider": "emailOneTimePasscode"}}), 204, "")]
#[case::default_redemption_wrong_primary(4, "PATCH", "XTAP/default", json!({"invitationRedemptionIdentityProviderConfiguration": {"primaryIdentityProviderPrecedenceOrder": ["microsoftAccount"]}}), 400, "Request_BadRequest")]
#[case::default_redemption_wrong_fallback(4, "PATCH", "XTAP/default", json!({"invitationRedemptionIdentityProviderConfiguration": {"fallbackIdentityProvider": "azureActiveDirectory"}}), 400, "Request_BadRequest")]
#[case::default_redemption_no_fallback(4, "PATCH", "XTAP/default", json!({"invitationRedemptionIdentityProviderConfiguration": {"fallbackIdentityProvider": null}}), 400, "Request_BadRequest")]
#[case::default_read_only(4, "PATCH", "XTAP/default", json!({"isServiceDefault": true}), 400, "Request_BadRequest")]
#[case::default_reset(4, "POST", "XTAP/default/resetToSystemDefault", Value::Null, 204, "")]
#[case::default_delete(4, "DELETE", "XTAP/default", Value::Null, 405, "Request_BadRequest")]
#[case::partners(0, "GET", "XTAP/partners", Value::Null, 200, "")]
#[case::partner_post(4, "POST", "XTAP/partners", json!({"tenantId": "{0}", "m365CollaborationInbound": {"users": {"accessType": "allowed", "targets": []}}}), 201, "")]
#[case::partner_post_again(0, "POST", "XTAP/partners", json!({"tenantId": "{1}"}), 409, "Request_MultipleObjectsWithSameKeyValue")]
#[case::partner_post_itself(4, "POST", "XTAP/partners", json!({"tenantId": "{4}"}), 400, "Request_BadRequest")]
#[case::partner_get(0, "GET", "XTAP/partners/{1}", Value::Null, 200, "")]
#[case::partner_get_missing(0, "GET", "XTAP/partners/{4}", Value::Null, 404, "Directory_ObjectNotFound")]
#[case::partner_patch(0, "PATCH", "XTAP/partners/{1}", json!({"tenantRestrictions": {"devices": {"mode": "allowed", "rule": "x"}}}), 204, "")]
#[case::partner_patch_missing(0, "PATCH", "XTAP/partners/{4}", json!({}), 404, "Directory_ObjectNotFound")]
#[case::partner_patch_wrong_case(0, "PATCH", "XTAP/partners/{1}", json!({"b2BCollaborationInbound": null}), 400, "Request_BadRequest")]
#[case::partner_patch_wrong_word(0, "PATCH", "XTAP/partners/{1}", json!({"b2bCollaborationInbound": {"applications": {"accessType": "perhaps"}}}), 400, "Request_BadRequest")]
#[case::partner_delete_with_a_policy(
    0,
    "DELETE",
    "XTAP/partners/{1}",
    Value::Null,
    400,
    "Request_BadRequest"
)]
#[case::partner_put(0, "PUT", "XTAP/partners/{1}", json!({}), 405, "Request_BadRequest")]
#[case::identity_get(0, "GET", "XTAP/partners/{1}/identitySynchronization", Value::Null, 200, "")]
#[case::identity_get_missing(
    0,
    "GET",
    "XTAP/partners/{4}/identitySynchronization",
    Value::Null,
    404,
    "Directory_ObjectNotFound"
)]
#[case::identity_put_again(0, "PUT", "XTAP/partners/{1}/identitySynchronization", json!({"displayName": "x"}), 409, "Request_MultipleObjectsWithSameKeyValue")]
#[case::identity_patch(0, "PATCH", "XTAP/partners/{1}/identitySynchronization", json!({"userSyncInbound": {"isSyncAllowed": true}}), 204, "")]
#[case::identity_patch_beta(0, "PATCH", "XTAP/partners/{1}/identitySynchronization", json!({"groupSyncInbound": {"isSyncAllowed": true}}), 400, "Request_BadRequest")]
#[case::identity_patch_missing(0, "PATCH", "XTAP/partners/{4}/identitySynchronization", json!({}), 404, "Directory_ObjectNotFound")]
#[case::identity_delete(0, "DELETE", "XTAP/partners/{1}/identitySynchronization", Value::Null, 204, "")]
fn every_row_of_the_tables_of_operations_is_served(
    #[case] caller: usize,
    #[case] verb: &str,
    #[case] path: &str,
    #[case] body: Value,
    #[case] status: u16,
    #[case] code: &str,
) {
    let lab = lab(Options::default());
    let body = serde_json::from_str(&filled(&lab, &body.to_string())).expect("JSON");
    let reply = lab.call(caller, method(verb), &filled(&lab, path), &body);
    assert_eq!(reply.status, status, "{}", reply.body);
    assert_eq!(reply.body["error"]["code"].as_str().unwrap_or_default(), code);
    assert_eq!(reply.body == Value::Null, status == 204, "only 204 has no body");
    assert_eq!(lab.simulator.violations(), Vec::<String>::new());
}

/// A moment of 2.5, made to happen; gives the row that was read.
type Moment = fn(&Lab) -> Value;

fn promoted(lab: &Lab) -> Value {
    lab.patch(0, &lab.row(3), json!({"role": "owner"}), 204);
    lab.get(0, &lab.row(3))
}

fn joined(lab: &Lab) -> Value {
    lab.join(3, 0);
    lab.pass(JOIN_SECONDS);
    lab.get(0, &lab.row(3))
}

fn deleted(lab: &Lab, tenant: usize, later_seconds: u64) -> Value {
    lab.delete(0, &lab.row(tenant), 204);
    lab.pass(later_seconds);
    lab.get(0, &lab.row(tenant))
}

fn details(state: &str, role: &str, status: &str) -> Value {
    json!({"desiredState": state, "desiredRole": role, "status": status, "details": null})
}

#[rstest]
#[case::the_creator(|lab: &Lab| lab.get(0, &lab.row(0)), "owner", "active", false, Value::Null)]
#[case::just_added(|lab: &Lab| lab.add(0, 4), "member", "pending", false, Value::Null)]
#[case::added_and_listed(|lab: &Lab| lab.get(0, TENANTS)["value"][3].clone(), "member", "pending", false, details("active", "member", "notStarted"))]
#[case::pending_and_promoted(promoted, "member", "pending", false, details("active", "owner", "notStarted"))]
#[case::joined(joined, "member", "active", true, Value::Null)]
#[case::joined_with_the_wanted_role(|lab: &Lab| { promoted(lab); joined(lab) }, "owner", "active", true, Value::Null)]
#[case::pending_and_deleted(|lab: &Lab| deleted(lab, 3, 0), "member", "pending", false, details("removed", "member", "notStarted"))]
#[case::active_and_deleted(|lab: &Lab| deleted(lab, 2, 0), "member", "active", true, details("removed", "member", "notStarted"))]
#[case::an_owner_deleted(|lab: &Lab| deleted(lab, 1, 0), "owner", "active", true, details("removed", "owner", "notStarted"))]
#[case::removal_in_progress(|lab: &Lab| deleted(lab, 2, 60), "member", "active", true, details("removed", "member", "running"))]
fn a_row_looks_as_the_table_of_moments_says(
    #[case] moment: Moment,
    #[case] role: &str,
    #[case] state: &str,
    #[case] joined: bool,
    #[case] transition: Value,
) {
    let lab = lab(Options::default());
    let row = moment(&lab);
    assert_has(&row, &json!({"role": role, "state": state, "transitionDetails": transition}));
    assert_eq!(row["joinedDateTime"].is_string(), joined, "{row}");
}

#[rstest]
#[case::pending(3)]
#[case::active(2)]
fn a_removal_that_is_complete_leaves_nothing(#[case] tenant: usize) {
    let lab = lab(Options::default());
    lab.delete(0, &lab.row(tenant), 204);
    lab.pass(REMOVAL_SECONDS);
    let gone = lab.call(0, Method::GET, &lab.row(tenant), &Value::Null);
    assert_eq!((gone.status, gone.code()), (404, "Directory_ObjectNotFound"));
    assert!(!lab.listed(0).contains(&lab.id(tenant).to_string()));
}

/// The situations of 2.6.
#[derive(Clone, Copy, Debug)]
enum Situation {
    /// 0 creator and owner, 1 owner, 2 member, 3 pending.
    Full,
    /// The creator was made a member.
    CreatorDemoted,
    /// Only 0 is active; 3 pending.
    Alone,
    /// 0 is the only owner, 1 and 2 are members.
    OneOwner,
}

fn situation(lab: &Lab, which: Situation) {
    let demote = |by: usize, of: usize| {
        lab.patch(by, &lab.row(of), json!({"role": "member"}), 204);
    };
    match which {
        Situation::Full => {}
        Situation::CreatorDemoted => demote(1, 0),
        Situation::OneOwner => demote(0, 1),
        Situation::Alone => {
            for leaver in [1, 2] {
                lab.delete(leaver, &lab.row(leaver), 204);
            }
        }
    }
    lab.pass(REMOVAL_SECONDS);
}

/// Who removes whom, and the two columns: the API reference, the walk-through.
#[rstest]
#[case::a_member_removes_itself(Situation::Full, 2, 2, 204, 204)]
#[case::an_owner_removes_a_member(Situation::Full, 0, 2, 204, 204)]
#[case::an_owner_removes_a_pending_tenant(Situation::Full, 1, 3, 204, 204)]
#[case::an_owner_removes_an_owner(Situation::Full, 0, 1, 204, 400)]
#[case::an_owner_removes_the_creator(Situation::Full, 1, 0, 204, 400)]
#[case::an_owner_removes_the_demoted_creator(Situation::CreatorDemoted, 1, 0, 204, 400)]
#[case::an_owner_removes_itself_and_another_remains(Situation::Full, 1, 1, 204, 204)]
#[case::the_creator_removes_itself_and_an_owner_remains(Situation::Full, 0, 0, 204, 204)]
#[case::the_only_active_tenant_removes_itself(Situation::Alone, 0, 0, 204, 204)]
#[case::the_last_owner_removes_itself(Situation::OneOwner, 0, 0, 400, 400)]
#[case::a_member_removes_another(Situation::Full, 2, 1, 403, 403)]
#[case::a_member_removes_the_last_owner(Situation::OneOwner, 1, 0, 403, 403)]
fn removals_are_allowed_as_the_two_columns_say(
    #[case] which: Situation,
    #[case] caller: usize,
    #[case] target: usize,
    #[case] reference: u16,
    #[case] walk_through: u16,
) {
    for (strict_removal, status) in [(false, reference), (true, walk_through)] {
        let lab = lab(Options { strict_removal, ..Options::default() });
        situation(&lab, which);
        lab.delete(caller, &lab.row(target), status);
        lab.pass(REMOVAL_SECONDS);
        let state = lab.simulator.state();
        let rows = state["organizations"][0]["tenants"].as_array().cloned().unwrap_or_default();
        let there = rows.iter().any(|row| row["tenantId"] == json!(lab.id(target)));
        assert_eq!(there, status != 204, "strict {strict_removal}");
        let ended = matches!(which, Situation::Alone);
        assert_eq!(state["organizations"] == json!([]), ended);
        assert_eq!(lab.simulator.violations(), Vec::<String>::new());
    }
}

/// The rows of 3.2.
#[rstest]
#[case::before(None, 0, json!({"addedByTenantId": ZERO, "memberState": null, "role": null, "transitionDetails": null}))]
#[case::queued(Some(0), 0, json!({"memberState": "pending", "role": null, "transitionDetails":
    {"desiredMemberState": "active", "status": "notStarted", "details": ""}}))]
#[case::running(Some(0), 60, json!({"memberState": "pending", "role": null, "transitionDetails":
    {"desiredMemberState": "active", "status": "running", "details": ""}}))]
#[case::success(Some(0), JOIN_SECONDS, json!({"memberState": "active", "role": "member", "transitionDetails": null}))]
#[case::failure(Some(1), JOIN_SECONDS, json!({"memberState": "pending", "role": null, "transitionDetails":
    {"desiredMemberState": "active", "status": "failed", "details": "DirectoryService Exception"}}))]
fn the_join_record_looks_as_the_table_of_moments_says(
    #[case] asked: Option<usize>,
    #[case] seconds: u64,
    #[case] wanted: Value,
) {
    let lab = lab(Options::default());
    if let Some(owner) = asked {
        lab.join(3, owner);
    }
    lab.pass(seconds);
    let record = lab.get(3, JOIN);
    assert_has(&record, &wanted);
    if let Some(owner) = asked {
        assert_eq!(record["addedByTenantId"], json!(lab.id(owner)));
    }
}

#[test]
fn a_failed_join_record_is_as_at_first_after_a_reset() {
    let lab = lab(Options::default());
    lab.script(Change::FailJoins { tenant: lab.id(3), count: 1 });
    lab.join(3, 0);
    lab.pass(JOIN_SECONDS);
    lab.reset_join(3);
    let wanted =
        json!({"addedByTenantId": ZERO, "memberState": null, "role": null, "transitionDetails": null});
    assert_has(&lab.get(3, JOIN), &wanted);
}

#[test]
fn the_default_configuration_has_every_property_of_the_table() {
    let shown = lab(Options::default()).get(4, "/policies/crossTenantAccessPolicy/default");
    let access = |access: &str| {
        json!({"usersAndGroups": {"accessType": access, "targets": [{"target": "AllUsers", "targetType": "user"}]},
        "applications": {"accessType": access, "targets": [{"target": "AllApplications", "targetType": "application"}]}})
    };
    let mut restrictions = access("blocked");
    restrictions["devices"] = Value::Null;
    assert_has(
        &shown,
        &json!({
            "isServiceDefault": true,
            "inboundTrust": {"isMfaAccepted": false, "isCompliantDeviceAccepted": false, "isHybridAzureADJoinedDeviceAccepted": false},
            "b2bCollaborationInbound": access("allowed"), "b2bCollaborationOutbound": access("allowed"),
            "b2bDirectConnectInbound": access("blocked"), "b2bDirectConnectOutbound": access("blocked"),
            "automaticUserConsentSettings": {"inboundAllowed": false, "outboundAllowed": false},
            "tenantRestrictions": restrictions,
            "invitationRedemptionIdentityProviderConfiguration": {"primaryIdentityProviderPrecedenceOrder":
                ["externalFederation", "azureActiveDirectory", "socialIdentityProviders"],
                "fallbackIdentityProvider": "defaultConfiguredIdp"},
        }),
    );
    for name in ["id", "appServiceConnectInbound", "m365CollaborationInbound", "m365CollaborationOutbound"] {
        assert!(shown.get(name).is_some(), "{name}");
    }
}

#[test]
fn a_partner_has_every_property_of_the_table() {
    let lab = lab(Options::default());
    let shown = lab.post(4, PARTNERS, json!({"tenantId": lab.id(0)}), 201);
    for name in [
        "tenantId",
        "isServiceProvider",
        "isInMultiTenantOrganization",
        "inboundTrust",
        "b2bCollaborationInbound",
        "b2bCollaborationOutbound",
        "b2bDirectConnectInbound",
        "b2bDirectConnectOutbound",
        "automaticUserConsentSettings",
        "tenantRestrictions",
        "appServiceConnectInbound",
        "m365CollaborationInbound",
        "m365CollaborationOutbound",
    ] {
        assert!(shown.get(name).is_some(), "{name}");
    }
    assert_eq!(shown.get("id"), None);
}
