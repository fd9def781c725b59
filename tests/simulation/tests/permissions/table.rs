//! The table holds what is asked of Graph, all of it and nothing else.

use std::collections::BTreeSet;

use mto_graph::prelude::*;
use mto_graph::{Endpoint, Filter, GraphRequest};
use mto_handler::permissions::{self, GRANTS, PERMISSIONS, Side, covers, least};
use mto_messages::Verb;
use uuid::Uuid;

use crate::play::{Play, Used};
use crate::{stories, users};

fn row((grant, call): &Used) -> String {
    format!("{} {:?}: {} {}", grant.function, grant.side, call.method, call.path)
}

#[tokio::test]
async fn every_call_of_the_table_is_made_in_some_story() {
    let mut made: BTreeSet<String> = BTreeSet::new();
    let mut note = |play: &Play| made.extend(play.calls().iter().map(row));
    note(&stories::formation().await);
    note(&stories::roles().await);
    note(&stories::leaving().await);
    note(&stories::removing().await);
    note(&stories::dissolving().await);
    note(&stories::all_settings().await);
    note(&stories::looking_up().await);
    note(&users::sharing().await);
    note(&users::counting().await);
    let table: BTreeSet<String> =
        GRANTS.iter().flat_map(|grant| grant.calls.iter().map(move |call| row(&(grant, call)))).collect();
    let idle: Vec<&String> = table.difference(&made).collect();
    assert!(idle.is_empty(), "granted for nothing: {idle:#?}");
}

#[test]
fn no_call_stands_twice_for_one_function_and_side() {
    let rows: Vec<String> =
        GRANTS.iter().flat_map(|grant| grant.calls.iter().map(move |call| row(&(grant, call)))).collect();
    assert_eq!(rows.iter().collect::<BTreeSet<_>>().len(), rows.len());
}

/// The requests of the client, one of each endpoint that the functions use.
fn requests() -> Vec<GraphRequest> {
    let tenant_id = Uuid::from_u128(1);
    let partner_template =
        PatchPartnerConfigurationTemplate { update: PartnerConfigurationTemplateUpdate::default() };
    let identity_template =
        PatchIdentitySynchronizationTemplate { update: IdentitySynchronizationTemplateUpdate::default() };
    vec![
        GraphRequest::of(&GetMultiTenantOrganization),
        GraphRequest::of(&PutMultiTenantOrganization { display_name: String::new(), description: None }),
        GraphRequest::of(&PatchMultiTenantOrganization { display_name: None, description: None }),
        GraphRequest::of(&ListMembers),
        GraphRequest::of(&GetMember { tenant_id }),
        GraphRequest::of(&PostMember { tenant_id, display_name: String::new(), role: None }),
        GraphRequest::of(&PatchMember { tenant_id, role: MemberRole::Owner }),
        GraphRequest::of(&DeleteMember { tenant_id }),
        GraphRequest::of(&GetJoinRequest),
        GraphRequest::of(&PatchJoinRequest::join(tenant_id)),
        GraphRequest::of(&GetPartnerConfigurationTemplate),
        GraphRequest::of(&partner_template),
        GraphRequest::of(&ResetPartnerConfigurationTemplate),
        GraphRequest::of(&GetIdentitySynchronizationTemplate),
        GraphRequest::of(&identity_template),
        GraphRequest::of(&ResetIdentitySynchronizationTemplate),
        GraphRequest::of(&ListPartners { expand_identity_synchronization: true }),
        GraphRequest::of(&GetPartner { tenant_id, expand_identity_synchronization: true }),
        GraphRequest::of(&PostPartner { tenant_id, settings: PartnerUpdate::default() }),
        GraphRequest::of(&PatchPartner { tenant_id, update: PartnerUpdate::default() }),
        GraphRequest::of(&PutIdentitySynchronization {
            tenant_id,
            update: IdentitySynchronizationUpdate::default(),
        }),
        GraphRequest::of(&PatchIdentitySynchronization {
            tenant_id,
            update: IdentitySynchronizationUpdate::default(),
        }),
        GraphRequest::of(&FindTenantInformationByDomainName { domain_name: "contoso.example".to_owned() }),
    ]
    .into_iter()
    .chain(users_requests())
    .collect()
}

/// Those about users and their synchronization.
fn users_requests() -> Vec<GraphRequest> {
    let (id, job_id) = (Uuid::from_u128(2), || "Azure2Azure.1.2".to_owned());
    let (service_principal_id, filter) = (id, || Some(Filter::eq("userType", "Member")));
    let template_id = || AZURE_TO_AZURE.to_owned();
    let schema = SynchronizationSchema::from(serde_json::Map::new());
    let validation = ValidateSynchronizationCredentials {
        service_principal_id,
        job_id: None,
        template_id: template_id(),
        use_saved_credentials: false,
        credentials: Vec::new(),
    };
    vec![
        GraphRequest::of(&ListServicePrincipals { filter: filter(), select: &[], top: None }),
        GraphRequest::of(&PatchServicePrincipal {
            service_principal_id,
            update: ServicePrincipalUpdate::default(),
        }),
        GraphRequest::of(&InstantiateApplicationTemplate { template_id: id, display_name: String::new() }),
        GraphRequest::of(&DeleteApplicationByAppId { app_id: id }),
        GraphRequest::of(&ListAppRoleAssignedTo { service_principal_id, top: Some(999) }),
        GraphRequest::of(&PostAppRoleAssignedTo { service_principal_id, app_role_id: id, principal_id: id }),
        GraphRequest::of(&DeleteAppRoleAssignedTo { service_principal_id, assignment_id: "a".to_owned() }),
        GraphRequest::of(&PutSynchronizationSecrets { service_principal_id, secrets: Vec::new() }),
        GraphRequest::of(&ListSynchronizationJobs { service_principal_id }),
        GraphRequest::of(&PostSynchronizationJob { service_principal_id, template_id: template_id() }),
        GraphRequest::of(&validation),
        GraphRequest::of(&StartSynchronizationJob { service_principal_id, job_id: job_id() }),
        GraphRequest::of(&PauseSynchronizationJob { service_principal_id, job_id: job_id() }),
        GraphRequest::of(&RestartSynchronizationJob {
            service_principal_id,
            job_id: job_id(),
            reset_scope: None,
        }),
        GraphRequest::of(&GetSynchronizationSchema { service_principal_id, job_id: job_id() }),
        GraphRequest::of(&PutSynchronizationSchema { service_principal_id, job_id: job_id(), schema }),
        GraphRequest::of(&CountUsers { filter: filter() }),
        GraphRequest::of(&ListUsers { filter: filter(), select: &["id"], top: Some(999) }),
        GraphRequest::of(&GetUser { id, select: &["id"] }),
        GraphRequest::of(&CountGroupMembers { group_id: id, users_only: false }),
        GraphRequest::of(&ListGroupMembers { group_id: id, select: &["id"], top: Some(999) }),
    ]
}

#[test]
fn table_and_client_name_the_same_permission_for_every_call() {
    let requests = requests();
    for grant in GRANTS {
        for call in grant.calls {
            let these: Vec<_> = requests
                .iter()
                .filter(|request| call.is(request.method().as_str(), request.path()))
                .collect();
            assert_eq!(these.len(), 1, "{} {}", call.method, call.path);
            assert_eq!(these[0].permission(), grant.permission, "{} {}", call.method, call.path);
        }
    }
}

#[test]
fn every_permission_of_the_table_is_known_to_the_simulated_service_and_needed() {
    let named: BTreeSet<&str> = GRANTS.iter().map(|grant| grant.permission).collect();
    let listed: BTreeSet<&str> = PERMISSIONS.iter().map(|permission| permission.name).collect();
    assert_eq!(named, listed);
    for permission in PERMISSIONS {
        assert!(entra_simulator::PERMISSIONS.contains(&permission.name), "{}", permission.name);
        assert!(permission.id.parse::<Uuid>().is_ok(), "{}", permission.id);
        let others = || permission.covers.iter().chain(permission.beside);
        assert!(others().all(|other| listed.contains(other)), "{}", permission.name);
    }
    let ids: BTreeSet<&str> = PERMISSIONS.iter().map(|permission| permission.id).collect();
    assert_eq!(ids.len(), PERMISSIONS.len());
}

#[test]
fn what_is_covered_is_not_asked_for() {
    let join = least(permissions::of(Verb::Join, Side::Joining));
    assert_eq!(join, ["MultiTenantOrganization.ReadWrite.All"].into());
    let look = least(permissions::of(Verb::Join, Side::Owner));
    assert_eq!(look, ["MultiTenantOrganization.Read.All"].into());
    let everything = least(GRANTS);
    assert_eq!(
        everything,
        [
            "AppRoleAssignment.ReadWrite.All",
            "Application.Read.All",
            "Application.ReadWrite.OwnedBy",
            "CrossTenantInformation.ReadBasic.All",
            "GroupMember.Read.All",
            "MultiTenantOrganization.ReadWrite.All",
            "Policy.ReadWrite.CrossTenantAccess",
            "User.Read.All",
        ]
        .into()
    );
    assert!(!covers("MultiTenantOrganization.Read.All", "MultiTenantOrganization.ReadWrite.All"));
}

#[test]
fn what_graph_asks_for_together_is_granted_together_and_named_together() {
    for (verb, side) in GRANTS.iter().map(|grant| (grant.function, grant.side)).collect::<BTreeSet<_>>() {
        let set = least(permissions::of(verb, side));
        for permission in PERMISSIONS.iter().filter(|one| set.contains(one.name)) {
            let beside = || permission.beside.iter();
            assert!(beside().all(|other| set.contains(other)), "{verb} {side:?}: {}", permission.name);
            let named = permissions::named(permission.name);
            assert!(
                named.contains(permission.name) && beside().all(|other| named.contains(other)),
                "{named}"
            );
        }
    }
    assert_eq!(
        permissions::named("AppRoleAssignment.ReadWrite.All"),
        "AppRoleAssignment.ReadWrite.All and Application.Read.All"
    );
}

#[test]
fn a_count_is_no_key() {
    let call = permissions::of(Verb::Sync, Side::Source).find_map(|grant| grant.call("GET", "/users/1"));
    assert_eq!(call.map(|call| call.path), Some("/users/{id}"));
    assert!(call.is_some_and(|call| !call.is("GET", "/users/$count")));
}

#[test]
fn a_path_is_compared_segment_by_segment() {
    let call = permissions::of(Verb::Join, Side::Owner).next().and_then(|grant| grant.calls.first());
    let is = |method: &str, path: &str| call.is_some_and(|call| call.is(method, path));
    let list = "/tenantRelationships/multiTenantOrganization/tenants";
    assert!(is("GET", &format!("{list}/1")) && is("GET", &format!("{list}/1?$select=state")));
    assert!(!is("PATCH", &format!("{list}/1")), "another method");
    assert!(!is("GET", list) && !is("GET", &format!("{list}/")) && !is("GET", &format!("{list}/1/2")));
}

#[test]
fn the_client_knows_more_than_the_functions_use() {
    // Deletes of partner records and policies exist in the client; the table must not grant what nobody calls.
    let tenant_id = Uuid::from_u128(1);
    for request in [
        GraphRequest::of(&DeletePartner { tenant_id }),
        GraphRequest::of(&DeleteIdentitySynchronization { tenant_id }),
    ] {
        let is_this =
            |grant: &permissions::Grant| grant.call(request.method().as_str(), request.path()).is_some();
        assert!(!GRANTS.iter().any(is_this), "{}", request.path());
    }
    assert_eq!(<DeletePartner as Endpoint>::PERMISSION, "Policy.ReadWrite.CrossTenantAccess");
}
