//! Every endpoint's request: method, path, body and permission.

use crate::support::{FABRIKAM, OWNER};
use http::Method;
use mto_graph::prelude::*;
use mto_graph::{Endpoint, Nullable};
use serde_json::{Value, json};

const MTO: &str = "/tenantRelationships/multiTenantOrganization";
const TEMPLATES: &str = "/policies/crossTenantAccessPolicy/templates";
const PARTNERS: &str = "/policies/crossTenantAccessPolicy/partners";

#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "keeps the tables readable")]
fn check<E: Endpoint>(endpoint: &E, method: Method, path: &str, body: Option<Value>, permission: &str) {
    assert_eq!(endpoint.method(), method);
    assert_eq!(endpoint.path(), path);
    assert_eq!(endpoint.body(), body);
    assert_eq!(E::PERMISSION, permission);
}

#[test]
fn the_organization_is_read_created_and_renamed() {
    let read_write = "MultiTenantOrganization.ReadWrite.All";
    check(&GetMultiTenantOrganization, Method::GET, MTO, None, "MultiTenantOrganization.Read.All");
    let put = PutMultiTenantOrganization { display_name: "Contoso group".to_owned(), description: None };
    check(&put, Method::PUT, MTO, Some(json!({"displayName": "Contoso group"})), read_write);
    let change =
        PatchMultiTenantOrganization { description: Some("All of us".to_owned()), ..Default::default() };
    check(&change, Method::PATCH, MTO, Some(json!({"description": "All of us"})), read_write);
}

#[test]
fn members_are_listed_read_added_changed_and_removed() {
    let (read, read_write) = ("MultiTenantOrganization.Read.All", "MultiTenantOrganization.ReadWrite.All");
    let all = format!("{MTO}/tenants");
    let one = format!("{all}/{FABRIKAM}");
    check(&ListMembers, Method::GET, &all, None, read);
    check(&GetMember { tenant_id: FABRIKAM }, Method::GET, &one, None, read);
    let mut post = PostMember { tenant_id: FABRIKAM, display_name: "Fabrikam".to_owned(), role: None };
    let mut body = json!({"tenantId": FABRIKAM, "displayName": "Fabrikam"});
    check(&post, Method::POST, &all, Some(body.clone()), read_write);
    post.role = Some(MemberRole::Owner);
    body["role"] = json!("owner");
    check(&post, Method::POST, &all, Some(body), read_write);
    let change = PatchMember { tenant_id: FABRIKAM, role: MemberRole::Member };
    check(&change, Method::PATCH, &one, Some(json!({"role": "member"})), read_write);
    check(&DeleteMember { tenant_id: FABRIKAM }, Method::DELETE, &one, None, read_write);
}

#[test]
fn a_join_is_asked_for_and_taken_back_with_the_zero_id() {
    let path = format!("{MTO}/joinRequest");
    let read_write = "MultiTenantOrganization.ReadWrite.All";
    check(&GetJoinRequest, Method::GET, &path, None, "MultiTenantOrganization.Read.All");
    let join = Some(json!({"addedByTenantId": OWNER}));
    check(&PatchJoinRequest::join(OWNER), Method::PATCH, &path, join, read_write);
    let reset = Some(json!({"addedByTenantId": "00000000-0000-0000-0000-000000000000"}));
    check(&PatchJoinRequest::reset(), Method::PATCH, &path, reset, read_write);
}

#[test]
fn the_partner_template_is_read_changed_and_reset() {
    let (read, read_write) = ("MultiTenantOrganization.Read.All", "MultiTenantOrganization.ReadWrite.All");
    let path = format!("{TEMPLATES}/multiTenantOrganizationPartnerConfiguration");
    check(&GetPartnerConfigurationTemplate, Method::GET, &path, None, read);
    let change = PatchPartnerConfigurationTemplate {
        update: PartnerConfigurationTemplateUpdate {
            template_application_level: Some(TemplateApplicationLevel::all()),
            inbound_trust: Some(InboundTrust {
                is_mfa_accepted: Some(true),
                is_compliant_device_accepted: Some(true),
                is_hybrid_azure_ad_joined_device_accepted: Some(true),
            }),
            automatic_user_consent_settings: Some(AutomaticUserConsentSettings {
                inbound_allowed: Some(true),
                outbound_allowed: Some(true),
            }),
            ..Default::default()
        },
    };
    let body = json!({
        "inboundTrust": {
            "isMfaAccepted": true, "isCompliantDeviceAccepted": true, "isHybridAzureADJoinedDeviceAccepted": true,
        },
        "automaticUserConsentSettings": {"inboundAllowed": true, "outboundAllowed": true},
        "templateApplicationLevel": "newPartners,existingPartners",
    });
    check(&change, Method::PATCH, &path, Some(body), read_write);
    let reset = format!("{path}/resetToDefaultSettings");
    check(&ResetPartnerConfigurationTemplate, Method::POST, &reset, None, read_write);
}

#[test]
fn the_identity_template_is_read_changed_and_reset() {
    let (read, read_write) = ("MultiTenantOrganization.Read.All", "MultiTenantOrganization.ReadWrite.All");
    let path = format!("{TEMPLATES}/multiTenantOrganizationIdentitySynchronization");
    check(&GetIdentitySynchronizationTemplate, Method::GET, &path, None, read);
    let change = PatchIdentitySynchronizationTemplate {
        update: IdentitySynchronizationTemplateUpdate {
            template_application_level: Some(TemplateApplicationLevel::none()),
            user_sync_inbound: Some(UserSyncInbound { is_sync_allowed: Some(true) }),
        },
    };
    let body = json!({"userSyncInbound": {"isSyncAllowed": true}, "templateApplicationLevel": "none"});
    check(&change, Method::PATCH, &path, Some(body), read_write);
    let reset = format!("{path}/resetToDefaultSettings");
    check(&ResetIdentitySynchronizationTemplate, Method::POST, &reset, None, read_write);
}

#[test]
fn partners_are_listed_read_made_changed_and_removed() {
    let (read, write) = ("Policy.Read.All", "Policy.ReadWrite.CrossTenantAccess");
    let one = format!("{PARTNERS}/{FABRIKAM}");
    check(&ListPartners::default(), Method::GET, PARTNERS, None, read);
    let expanded = format!("{PARTNERS}?$expand=identitySynchronization");
    check(&ListPartners { expand_identity_synchronization: true }, Method::GET, &expanded, None, read);
    let get = GetPartner { tenant_id: FABRIKAM, expand_identity_synchronization: false };
    check(&get, Method::GET, &one, None, read);
    let settings = PartnerUpdate {
        b2b_collaboration_inbound: Some(Nullable::Value(B2bSetting {
            users_and_groups: Some(TargetConfiguration {
                access_type: Some(AccessType::Allowed),
                targets: vec![Target { target: "AllUsers".to_owned(), target_type: Some(TargetType::User) }],
            }),
            applications: None,
        })),
        inbound_trust: Some(Nullable::Null),
        ..Default::default()
    };
    let inbound = json!({
        "usersAndGroups": {"accessType": "allowed", "targets": [{"target": "AllUsers", "targetType": "user"}]},
    });
    let post = PostPartner { tenant_id: FABRIKAM, settings: settings.clone() };
    let body = json!({"tenantId": FABRIKAM, "b2bCollaborationInbound": inbound, "inboundTrust": null});
    check(&post, Method::POST, PARTNERS, Some(body), write);
    let change = PatchPartner { tenant_id: FABRIKAM, update: settings };
    check(
        &change,
        Method::PATCH,
        &one,
        Some(json!({"b2bCollaborationInbound": inbound, "inboundTrust": null})),
        write,
    );
    check(&DeletePartner { tenant_id: FABRIKAM }, Method::DELETE, &one, None, write);
}

#[test]
fn identity_synchronization_is_read_made_changed_and_removed() {
    let (read, write) = ("Policy.Read.All", "Policy.ReadWrite.CrossTenantAccess");
    let path = format!("{PARTNERS}/{FABRIKAM}/identitySynchronization");
    check(&GetIdentitySynchronization { tenant_id: FABRIKAM }, Method::GET, &path, None, read);
    let update = IdentitySynchronizationUpdate {
        display_name: Some("Fabrikam".to_owned()),
        user_sync_inbound: Some(UserSyncInbound { is_sync_allowed: Some(true) }),
    };
    let body = json!({"displayName": "Fabrikam", "userSyncInbound": {"isSyncAllowed": true}});
    let put = PutIdentitySynchronization { tenant_id: FABRIKAM, update };
    check(&put, Method::PUT, &path, Some(body), write);
    let off = IdentitySynchronizationUpdate {
        user_sync_inbound: Some(UserSyncInbound { is_sync_allowed: Some(false) }),
        ..Default::default()
    };
    let change = PatchIdentitySynchronization { tenant_id: FABRIKAM, update: off };
    check(&change, Method::PATCH, &path, Some(json!({"userSyncInbound": {"isSyncAllowed": false}})), write);
    check(&DeleteIdentitySynchronization { tenant_id: FABRIKAM }, Method::DELETE, &path, None, write);
}

#[test]
fn lookups_quote_and_encode_what_they_look_for() {
    let permission = "CrossTenantInformation.ReadBasic.All";
    let path = format!("/tenantRelationships/findTenantInformationByTenantId(tenantId='{FABRIKAM}')");
    check(&FindTenantInformationByTenantId { tenant_id: FABRIKAM }, Method::GET, &path, None, permission);
    let by_name = FindTenantInformationByDomainName { domain_name: "o'hara/x.example".to_owned() };
    let path = "/tenantRelationships/findTenantInformationByDomainName(domainName='o%27%27hara%2Fx.example')";
    check(&by_name, Method::GET, path, None, permission);
    check(&GetOrganization, Method::GET, "/organization", None, "Directory.Read.All");
}
