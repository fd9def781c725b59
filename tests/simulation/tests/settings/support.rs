//! Seeds, commands and looks at the records.

use bytes::Bytes;
use entra_simulator::{
    Change, MemberRole, MemberSeed, MemberState, OrganizationSeed, PartnerSeed, RequestLine, Seed, TenantSeed,
};
use http::{Method, Request};
use mto_simulation_tests::{Scene, command, seed_with_organization};
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) const READS: [&str; 2] = ["Policy.Read.All", "Policy.ReadWrite.CrossTenantAccess"];
pub(crate) const PARTNERS: &str = "/policies/crossTenantAccessPolicy/partners";

// Seeds

/// As the default settings want it.
pub(crate) fn open_record(tenant_id: Uuid, partner_tenant_id: Uuid) -> PartnerSeed {
    let object = |value: Value| value.as_object().cloned().unwrap();
    let consent = json!({"inboundAllowed": true, "outboundAllowed": true});
    PartnerSeed {
        tenant_id,
        partner_tenant_id,
        configuration: object(json!({"automaticUserConsentSettings": consent})),
        identity_synchronization: Some(object(json!({"userSyncInbound": {"isSyncAllowed": true}}))),
    }
}

/// Every tenant holds an open record about every other one.
pub(crate) fn with_open_mesh(mut seed: Seed) -> Seed {
    let ids: Vec<Uuid> = seed.tenants.iter().map(|tenant| tenant.tenant_id).collect();
    let pairs = ids.iter().flat_map(|one| ids.iter().map(move |other| (*one, *other)));
    seed.partners =
        pairs.filter(|(one, other)| one != other).map(|(one, other)| open_record(one, other)).collect();
    seed
}

/// Contoso's organization with Fabrikam, Tailspin and Northwind.
pub(crate) fn of_four() -> Seed {
    let active = |name| (name, MemberRole::Member, MemberState::Active);
    seed_with_organization(4, &[active("fabrikam"), active("tailspin"), active("northwind")])
}

/// Contoso's organization with Fabrikam and Tailspin.
pub(crate) fn of_three() -> Seed {
    let active = |name| (name, MemberRole::Member, MemberState::Active);
    seed_with_organization(3, &[active("fabrikam"), active("tailspin")])
}

/// Contoso's organization with so many tenants, all active, and nothing open between them.
pub(crate) fn of_many(tenants: usize) -> Seed {
    let mut seed = Seed::demo(tenants);
    let row = |tenant: &TenantSeed| MemberSeed {
        tenant_id: tenant.tenant_id,
        display_name: tenant.display_name.clone(),
        role: MemberRole::Member,
        state: MemberState::Active,
    };
    seed.organizations.push(OrganizationSeed {
        owner: seed.tenants[0].tenant_id,
        display_name: "Group".to_owned(),
        description: None,
        members: seed.tenants.iter().skip(1).map(row).collect(),
    });
    seed
}

// Commands

pub(crate) fn settings(id: &str, more: &Value) -> Value {
    let mut data = json!({"action": "settings"});
    data.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    command("sync", id, &data)
}

pub(crate) fn of_organization(id: &str) -> Value {
    settings(id, &json!({"owner": "contoso"}))
}

/// Contoso and these, in both directions.
pub(crate) fn unshare(id: &str, targets: &[&str]) -> Value {
    let data = json!({"action": "unshare", "source": "contoso", "targets": targets, "cleanup": "settings",
        "bothDirections": true});
    command("sync", id, &data)
}

// The world

/// An administrator's request in a tenant.
pub(crate) fn by_hand(scene: &Scene, tenant: Uuid, method: &Method, path: &str, body: &Value) {
    let simulator = scene.world().simulator();
    let application =
        &scene.seed().tenants.iter().find(|one| one.tenant_id == tenant).unwrap().applications[0];
    let form = format!(
        "client_id={}&client_secret={}&grant_type=client_credentials\
         &scope=https%3A%2F%2Fgraph.microsoft.com%2F.default",
        application.client_id,
        application.secrets[0].expose(),
    );
    let request = Request::post(format!("/{tenant}/oauth2/v2.0/token")).body(Bytes::from(form));
    let answer: Value = serde_json::from_slice(simulator.handle(request.unwrap()).body()).unwrap();
    let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
    let request = Request::builder()
        .method(method)
        .uri(format!("/v1.0{path}"))
        .header("authorization", format!("Bearer {}", answer["access_token"].as_str().unwrap()))
        .header("content-type", "application/json")
        .header("client-request-id", Uuid::from_u128(0xad).to_string())
        .body(body);
    let answer = simulator.handle(request.unwrap());
    assert!(answer.status().is_success(), "{method} {path}: {answer:?}");
}

/// What a tenant holds about another; null where there is no record.
pub(crate) fn record(scene: &Scene, tenant: &str, about: &str) -> Value {
    let about = scene.id(about).to_string();
    let partners = scene.tenant(tenant)["partners"].as_array().cloned().unwrap();
    partners.into_iter().find(|one| one["tenantId"] == about.as_str()).unwrap_or_default()
}

/// The record in short: redemption inbound and outbound, synchronization: `true true true`.
pub(crate) fn short(scene: &Scene, tenant: &str, about: &str) -> String {
    let record = record(scene, tenant, about);
    let consent = &record["configuration"]["automaticUserConsentSettings"];
    let allowed = &record["identitySynchronization"]["userSyncInbound"]["isSyncAllowed"];
    format!("{} {} {allowed}", consent["inboundAllowed"], consent["outboundAllowed"])
}

pub(crate) const OPEN: &str = "true true true";
pub(crate) const CLOSED: &str = "false false false";
/// As a join without templates leaves it.
pub(crate) const BLANK: &str = "null null null";

pub(crate) fn assert_records(scene: &Scene, tenants: &[&str], expected: &str) {
    for tenant in tenants {
        for about in tenants.iter().filter(|one| *one != tenant) {
            assert_eq!(short(scene, tenant, about), expected, "{tenant} about {about}");
        }
    }
}

/// Requests to Graph since then: a `$batch` is one.
pub(crate) fn calls_since(scene: &Scene, earlier: usize) -> usize {
    let lines = scene.requests();
    let is_call = |line: &&RequestLine| !line.in_batch && !line.path.ends_with("/oauth2/v2.0/token");
    lines.iter().skip(earlier).filter(is_call).count()
}

pub(crate) fn notes(scene: &Scene, id: &str) -> String {
    let notes = scene.end(id).list("notes");
    notes.iter().map(|note| note.as_str().unwrap()).collect::<Vec<_>>().join("\n")
}

pub(crate) fn break_credential(scene: &Scene, tenant: &str) {
    let tenant = scene.id(tenant);
    scene.script(Change::BreakCredential { tenant, broken: true });
    scene.script(Change::RevokeTokens { tenant });
}

/// Failed after half an hour, naming Tailspin; told at once.
pub(crate) fn assert_denied_for_tailspin(scene: &Scene, id: &str, says: &str) {
    let wait = scene.waits(id).remove(0);
    assert_eq!((wait.code(), wait.took_seconds()), ("denied", 0), "told at once");
    let end = scene.end(id);
    assert_eq!((end.kind(), end.code()), ("failed", "denied"));
    assert!(end.text().contains("Tailspin") && end.text().contains(says), "{}", end.text());
    assert!(end.remedy().contains("Tailspin"), "{}", end.remedy());
    assert!((30..=45).contains(&(end.took_seconds() / 60)), "{}", end.took_seconds());
    let notes = notes(scene, id);
    assert!(notes.contains("could not be read") && notes.contains("Tailspin"), "{notes}");
    assert_eq!(notes.matches("could not be read").count(), 1, "told once: {notes}");
}
