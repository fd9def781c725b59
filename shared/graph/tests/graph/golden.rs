//! Every documented answer, decoded.

use crate::support::{FABRIKAM, OWNER, golden};
use http::StatusCode;
use mto_graph::prelude::*;
use mto_graph::{Endpoint, PagedEndpoint};
use time::macros::datetime;

fn decode<E: Endpoint>(endpoint: &E, name: &str) -> E::Answer {
    let body = golden(name).to_string();
    endpoint.decode(StatusCode::OK, body.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn decode_list<E: PagedEndpoint>(endpoint: &E, name: &str) -> Vec<E::Item> {
    decode(endpoint, name).value
}

#[test]
fn an_organization_is_read() {
    let organization = decode(&GetMultiTenantOrganization, "organization_active");
    assert!(organization.is_active());
    assert_eq!(organization.created_date_time, Some(datetime!(2024-01-05 22:01:05 UTC)));
    assert_eq!(organization.display_name.as_deref(), Some("Contoso group"));
    assert_eq!(organization.description, None);
    let put = PutMultiTenantOrganization { display_name: String::new(), description: None };
    assert_eq!(decode(&put, "organization_active"), organization);
}

#[test]
fn no_organization_is_an_answer_with_or_without_an_id() {
    let without = decode(&GetMultiTenantOrganization, "organization_inactive");
    assert_eq!(without.state, Some(MultiTenantOrganizationState::Inactive));
    assert!(without.id.is_none() && without.display_name.is_none());
    let with = decode(&GetMultiTenantOrganization, "organization_inactive_with_id");
    assert_eq!(with.state, Some(MultiTenantOrganizationState::Inactive));
    assert!(with.id.is_some());
}

#[test]
fn a_state_of_the_future_is_kept_and_is_neither_active_nor_inactive() {
    let organization = decode(&GetMultiTenantOrganization, "organization_unknown_state");
    assert!(!organization.is_active());
    let unknown = MultiTenantOrganizationState::Unknown("unknownFutureValue".to_owned());
    assert_eq!(organization.state, Some(unknown));
}

#[test]
fn an_unknown_enum_value_is_written_back_unchanged() {
    let role: MemberRole = serde_json::from_str("\"auditor\"").unwrap();
    assert_eq!(role, MemberRole::Unknown("auditor".to_owned()));
    assert_eq!(serde_json::to_string(&role).unwrap(), "\"auditor\"");
}

#[test]
fn an_added_member_is_pending() {
    let post = PostMember { tenant_id: FABRIKAM, display_name: "Fabrikam".to_owned(), role: None };
    let member = decode(&post, "member_added");
    assert_eq!(member, decode(&GetMember { tenant_id: FABRIKAM }, "member_added"));
    assert_eq!((member.role, member.state), (Some(MemberRole::Member), Some(MemberState::Pending)));
    assert_eq!((member.added_by_tenant_id, member.joined_date_time), (Some(OWNER), None));
    assert_eq!(member.transition_details, None);
}

#[test]
fn members_are_read_with_what_they_are_turning_into() {
    let members = decode_list(&ListMembers, "members_walkthrough");
    let desires: Vec<_> = members
        .iter()
        .map(|member| {
            member.transition_details.as_ref().map(|t| (t.desired_state.clone(), t.desired_role.clone()))
        })
        .collect();
    let (active, removed) = (Some(MemberState::Active), Some(MemberState::Removed));
    assert_eq!(
        desires,
        [
            None,
            Some((active.clone(), Some(MemberRole::Member))),
            Some((active, Some(MemberRole::Owner))),
            Some((removed, Some(MemberRole::Member))),
        ]
    );
    assert_eq!(members[0].joined_date_time, None, "the creator never joined");
}

#[test]
fn a_caller_with_basic_rights_gets_rows_without_role_and_state() {
    let members = decode_list(&ListMembers, "members_basic");
    assert_eq!((members[0].tenant_id, &members[0].role, &members[0].state), (FABRIKAM, &None, &None));
}

#[test]
fn a_member_being_removed_is_read_and_the_zero_id_is_nobody() {
    let member = decode(&GetMember { tenant_id: FABRIKAM }, "member_removed_running");
    assert_eq!((member.state, member.added_by_tenant_id), (Some(MemberState::Removed), None));
    assert_eq!(member.transition_details.unwrap().status, Some(ProcessingStatus::Running));
}

#[test]
fn a_join_request_is_read_in_every_moment_of_its_life() {
    let read = |name| decode(&GetJoinRequest, name);
    let status = |record: &JoinRequestRecord| record.transition_details.clone().and_then(|t| t.status);

    let before = read("join_request_before");
    assert_eq!((before.added_by_tenant_id, &before.member_state, status(&before)), (None, &None, None));
    let queued = read("join_request_queued");
    assert_eq!(
        (queued.added_by_tenant_id, status(&queued)),
        (Some(OWNER), Some(ProcessingStatus::NotStarted))
    );
    let active = read("join_request_active");
    assert_eq!((active.member_state.clone(), status(&active)), (Some(MemberState::Active), None));
    let unsure = read("join_request_active_not_started");
    assert_eq!(
        (unsure.member_state.clone(), status(&unsure)),
        (Some(MemberState::Active), Some(ProcessingStatus::NotStarted))
    );
    let failed = read("join_request_failed");
    assert_eq!(status(&failed), Some(ProcessingStatus::Failed));
    assert_eq!(failed.transition_details.unwrap().details.as_deref(), Some("DirectoryService Exception"));
}

#[test]
fn templates_are_read_untouched_and_configured() {
    let default = decode(&GetPartnerConfigurationTemplate, "template_partner_default");
    assert_eq!(default.template_application_level, TemplateApplicationLevel::all());
    assert_eq!(default.automatic_user_consent_settings, Some(AutomaticUserConsentSettings::default()));
    assert_eq!(default.inbound_trust, None);

    let set = decode(&GetPartnerConfigurationTemplate, "template_partner_configured");
    assert_eq!(set.inbound_trust.unwrap().is_hybrid_azure_ad_joined_device_accepted, Some(true));
    let users = set.b2b_collaboration_inbound.unwrap().users_and_groups.unwrap();
    assert_eq!(users.access_type, Some(AccessType::Allowed));
    assert_eq!(users.targets[0].target_type, Some(TargetType::User));

    let identity = decode(&GetIdentitySynchronizationTemplate, "template_identity_default");
    assert_eq!(identity.user_sync_inbound, Some(UserSyncInbound { is_sync_allowed: None }));
    let off = decode(&GetIdentitySynchronizationTemplate, "template_identity_off");
    assert!(off.template_application_level.is_none());
}

#[test]
fn partners_are_read_with_and_without_identity_synchronization() {
    let post = PostPartner { tenant_id: FABRIKAM, settings: PartnerUpdate::default() };
    let partner = decode(&post, "partner_created");
    assert_eq!((partner.tenant_id, partner.is_in_multi_tenant_organization), (FABRIKAM, Some(false)));

    let partners = decode_list(&ListPartners { expand_identity_synchronization: true }, "partners_expanded");
    let expected = decode(&GetIdentitySynchronization { tenant_id: FABRIKAM }, "identity_synchronization");
    assert_eq!(partners[0].identity_synchronization.as_ref(), Some(&expected));
    assert_eq!(partners[1].identity_synchronization, None);
    let applications = partners[1].b2b_direct_connect_inbound.clone().unwrap().applications.unwrap();
    assert_eq!(applications.access_type, Some(AccessType::Unknown("sometimes".to_owned())));
    assert!(applications.targets.is_empty(), "null is an empty list");
}

#[test]
fn tenants_are_looked_up_and_describe_themselves() {
    let found = decode(&FindTenantInformationByTenantId { tenant_id: FABRIKAM }, "tenant_information");
    let by_name = FindTenantInformationByDomainName { domain_name: "fabrikam.example".to_owned() };
    assert_eq!(decode(&by_name, "tenant_information"), found);
    assert_eq!(found.default_domain_name.as_deref(), Some("fabrikam.example"));
    let own = decode(&GetOrganization, "organization_list");
    assert_eq!((own.id, own.verified_domains[0].is_default), (OWNER, Some(true)));
}

#[test]
fn a_delete_may_answer_with_the_row() {
    let endpoint = DeleteMember { tenant_id: FABRIKAM };
    endpoint.decode(StatusCode::OK, golden("member_added").to_string().as_bytes()).unwrap();
    endpoint.decode(StatusCode::NO_CONTENT, b"").unwrap();
}

#[test]
fn an_answer_that_does_not_fit_names_the_place() {
    let body = br#"{"value":[{"tenantId":"22222222-2222-2222-2222-222222222222"},{"tenantId":7}]}"#;
    let error = ListMembers.decode(StatusCode::OK, body).unwrap_err();
    assert_eq!(error.path, "value[1].tenantId");
    assert!(GetOrganization.decode(StatusCode::OK, br#"{"value":[]}"#).is_err());
}
