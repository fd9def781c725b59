//! The table holds what is asked of Graph, all of it and nothing else.

use std::collections::BTreeSet;

use mto_graph::prelude::*;
use mto_graph::{Endpoint, GraphRequest};
use mto_handler::permissions::{self, GRANTS, PERMISSIONS, Side, covers, least};
use mto_messages::Verb;
use uuid::Uuid;

use crate::play::{Play, Used};
use crate::stories;

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
        assert!(permission.covers.iter().all(|lower| listed.contains(lower)), "{}", permission.name);
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
            "CrossTenantInformation.ReadBasic.All",
            "MultiTenantOrganization.ReadWrite.All",
            "Policy.ReadWrite.CrossTenantAccess",
        ]
        .into()
    );
    assert!(!covers("MultiTenantOrganization.Read.All", "MultiTenantOrganization.ReadWrite.All"));
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
