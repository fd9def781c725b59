//! Answers of Graph, as every endpoint reads them.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use std::path::Path;

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
        decoder(PostInvitation::default()),
        decoder(RestoreDeletedUser::plainly(id)),
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
        decoder(DiscoverDirectory { service_principal_id: id, job_id: job(), directory_id: job() }),
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
        decoder(PutMultiTenantOrganization { display_name: String::new(), description: None }),
        decoder(ListMembers),
        decoder(GetMember { tenant_id: id }),
        decoder(PostMember { tenant_id: id, display_name: String::new(), role: None }),
        decoder(GetJoinRequest),
        decoder(GetOrganization),
        decoder(FindTenantInformationByTenantId { tenant_id: id }),
        decoder(FindTenantInformationByDomainName { domain_name: String::new() }),
        decoder(ListPartners { expand_identity_synchronization: expand }),
        decoder(GetPartner { tenant_id: id, expand_identity_synchronization: expand }),
        decoder(PostPartner { tenant_id: id, settings: PartnerUpdate::default() }),
        decoder(GetIdentitySynchronization { tenant_id: id }),
        decoder(GetPartnerConfigurationTemplate),
        decoder(GetIdentitySynchronizationTemplate),
    ]
}

/// The endpoints below a folder whose answer has a shape.
fn with_a_shape(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let found = files.flat_map(|path| {
        if path.is_dir() {
            return with_a_shape(&path);
        }
        let source = std::fs::read_to_string(&path).unwrap();
        let endpoints = source.split("impl Endpoint for ").skip(1);
        let shaped =
            endpoints.filter(|one| one.contains("type Answer = ") && !one.contains("type Answer = ();"));
        shaped.filter_map(|one| Some(one.split_once(" {")?.0.to_owned())).collect()
    });
    found.collect()
}

#[test]
fn every_endpoint_whose_answer_has_a_shape_is_among_them() {
    let read = include_str!("graph.rs");
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/graph/src");
    let shaped = with_a_shape(&sources);
    assert_eq!(shaped.len(), endpoints().len());
    let is_read = |name: &String| {
        let call = format!("decoder({name}");
        let mut found = read.match_indices(&call);
        found.any(|(at, found)| read[at + found.len()..].starts_with([' ', ':', ')']))
    };
    let missing: Vec<String> = shaped.into_iter().filter(|name| !is_read(name)).collect();
    assert_eq!(missing, [""; 0]);
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
