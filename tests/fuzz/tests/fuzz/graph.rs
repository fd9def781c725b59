//! Answers of Graph, as every endpoint reads them.

use http::StatusCode;
use mto_fuzz_tests::{Entropy, mutated, tenant, text_with, values};
use mto_graph::Endpoint;
use mto_graph::prelude::*;

use crate::support::{ITERATIONS, target};

/// Decodes; what comes out is thrown away.
type Decode = Box<dyn Fn(&[u8])>;

fn decoder<E: Endpoint + 'static>(endpoint: E) -> Decode {
    Box::new(move |body| {
        if let Err(error) = endpoint.decode(StatusCode::OK, body) {
            let shown = error.to_string();
            assert!(shown.chars().count() <= 500, "an error of {} characters", shown.chars().count());
            assert!(!shown.contains(char::is_control), "{shown:?}");
        }
    })
}

/// Every endpoint whose answer has a shape; those that only say "done" leave it unread.
fn endpoints() -> Vec<Decode> {
    let (id, job) = (tenant(), || "job".to_owned());
    let mut all = organization();
    all.extend([
        decoder(CountUsers { filter: None }),
        decoder(ListUsers { filter: None, select: &[], top: None }),
        decoder(GetUsersDelta { select: &[], ids: Vec::new(), latest: false }),
        decoder(GetUser { id, select: &[] }),
        decoder(ListSubscribedSkus),
        decoder(ListDeletedUsers { filter: None, select: &[], top: None }),
        decoder(ListGroupMembers { group_id: id, select: &[], top: None }),
        decoder(CountGroupMembers { group_id: id, users_only: true }),
        decoder(GetGroup { group_id: id, select: &[] }),
        decoder(ListServicePrincipals { filter: None, select: &[], top: None }),
        decoder(GetServicePrincipal { service_principal_id: id }),
        decoder(ListAppRoleAssignedTo { service_principal_id: id, top: None }),
        decoder(PostAppRoleAssignedTo { service_principal_id: id, app_role_id: id, principal_id: id }),
        decoder(InstantiateApplicationTemplate { template_id: id, display_name: String::new() }),
        decoder(GetApplication { id }),
        decoder(ListProvisioningLog { filter: None, top: None }),
        decoder(ListSynchronizationJobs { service_principal_id: id }),
        decoder(GetSynchronizationJob { service_principal_id: id, job_id: job() }),
        decoder(PostSynchronizationJob { service_principal_id: id, template_id: job() }),
        decoder(ListSynchronizationTemplates { service_principal_id: id }),
        decoder(GetSynchronizationSchema { service_principal_id: id, job_id: job() }),
        decoder(ListSchemaFunctions { service_principal_id: id, job_id: job() }),
        decoder(ListFilterOperators { service_principal_id: id, job_id: job() }),
        decoder(ParseExpression {
            service_principal_id: id,
            job_id: job(),
            expression: job(),
            test_input: None,
        }),
        decoder(ProvisionOnDemand {
            service_principal_id: id,
            job_id: job(),
            rule_id: job(),
            user_ids: Vec::new(),
        }),
    ]);
    all
}

fn organization() -> Vec<Decode> {
    let (id, expand) = (tenant(), true);
    vec![
        decoder(GetMultiTenantOrganization),
        decoder(ListMembers),
        decoder(GetMember { tenant_id: id }),
        decoder(PostMember { tenant_id: id, display_name: String::new(), role: None }),
        decoder(GetJoinRequest),
        decoder(GetOrganization),
        decoder(FindTenantInformationByTenantId { tenant_id: id }),
        decoder(FindTenantInformationByDomainName { domain_name: String::new() }),
        decoder(ListPartners { expand_identity_synchronization: expand }),
        decoder(GetPartner { tenant_id: id, expand_identity_synchronization: expand }),
        decoder(GetIdentitySynchronization { tenant_id: id }),
        decoder(GetPartnerConfigurationTemplate),
        decoder(GetIdentitySynchronizationTemplate),
    ]
}

fn decode_all(endpoints: &[Decode], body: &[u8]) {
    for decode in endpoints {
        decode(body);
    }
}

#[test]
fn every_endpoint_reads_any_bytes() {
    let endpoints = std::panic::AssertUnwindSafe(endpoints());
    target!(ITERATIONS, |bytes: &[u8]| decode_all(&endpoints, bytes));
}

#[test]
fn every_endpoint_reads_every_changed_answer() {
    let (endpoints, documents) = (std::panic::AssertUnwindSafe(endpoints()), values("graph"));
    target!(ITERATIONS, |bytes: &[u8]| {
        let mut entropy = Entropy::new(bytes);
        let document = mutated(&mut entropy, &documents);
        decode_all(&endpoints, &text_with(&mut entropy, &document));
    });
}

#[test]
fn the_path_in_a_decoding_error_is_short() {
    let name = "x".repeat(100_000);
    let body = format!("{{\"{name}\":{{\"{name}\":}}}}");
    decode_all(&endpoints(), body.as_bytes());
}
