//! Seeds and options: what is refused, and how it is said.

use std::sync::Arc;

use entra_simulator::{ManualClock, Options, PartnerSeed, Seed, Simulator};
use rstest::rstest;
use serde_json::{Value, json};

fn tenant() -> Value {
    json!({"tenantId": "11111111-0000-4000-8000-000000000001", "displayName": "Contoso",
        "defaultDomain": "contoso.example", "applications": [
            {"clientId": "22222222-0000-4000-8000-000000000001", "permissions": ["Policy.Read.All"]}]})
}

#[rstest]
#[case::no_tenants("", json!([]), "tenants = []: give at least one tenant")]
#[case::a_malformed_id("/0/tenantId", json!("x"), "tenants[0].tenantId = -: ")]
#[case::an_empty_name("/0/displayName", json!(""), "tenants[0].displayName = 0 characters: use 1 to 256")]
#[case::no_domain("/0/defaultDomain", json!("a b"), "tenants[0].defaultDomain = a b: is no domain name")]
#[case::an_unknown_permission("/0/applications/0/permissions", json!(["Policy.Raed.All"]), "tenants[0].applications[0].permissions = Policy.Raed.All: is no known")]
#[case::an_unknown_field("/0/applications/0/permissions", json!("x"), "tenants[0].applications[0].permissions = -: ")]
#[case::an_empty_secret("/0/applications/0", json!({"clientId": "22222222-0000-4000-8000-000000000001", "secrets": [""]}), "tenants[0].applications[0].secrets = -: an empty secret")]
fn a_wrong_seed_names_field_value_and_remedy(
    #[case] pointer: &str,
    #[case] value: Value,
    #[case] wanted: &str,
) {
    let mut tenants = json!([tenant()]);
    *tenants.pointer_mut(pointer).expect("a field") = value;
    let error = Seed::from_json(&json!({"tenants": tenants}).to_string()).expect_err("a wrong seed");
    assert!(error.to_string().starts_with(wanted), "{error}");
}

#[test]
fn a_domain_a_tenant_and_a_place_in_an_organization_are_given_once() {
    let twice = json!({"tenants": [tenant(), tenant()]}).to_string();
    assert!(Seed::from_json(&twice).expect_err("twice").to_string().contains("stands twice"));
    let mut seed = Seed::demo(2);
    seed.tenants[1].default_domain = "CONTOSO.example".to_owned();
    assert!(seed.check().expect_err("twice").problem.contains("belongs to a tenant already"));
    let mut seed = Seed::demo(2);
    let owner = seed.tenants[0].tenant_id;
    let organization = serde_json::from_value(json!({"owner": owner, "displayName": "x"})).expect("a shape");
    seed.organizations = vec![organization];
    seed.organizations.push(seed.organizations[0].clone());
    assert_eq!(seed.check().expect_err("twice").field, "organizations[1].owner");
}

#[test]
fn a_partner_with_a_wrong_property_is_named() {
    let mut seed = Seed::demo(2);
    let (host, other) = (seed.tenants[0].tenant_id, seed.tenants[1].tenant_id);
    let body = json!({"tenantId": host, "partnerTenantId": other, "configuration": {"inboundtrust": null}});
    seed.partners = vec![serde_json::from_value::<PartnerSeed>(body).expect("a shape")];
    let made = Simulator::new(seed, Options::default(), Arc::new(ManualClock::default()));
    assert_eq!(
        made.expect_err("a wrong property").to_string(),
        format!("partners[0] = {other}: Invalid property 'inboundtrust'")
    );
}

#[test]
fn the_demo_seed_survives_its_own_json() {
    let seed = Seed::demo(20);
    let text = serde_json::to_string(&seed).expect("JSON");
    assert_eq!(Seed::from_json(&text), Ok(seed));
}

#[cfg(feature = "assertions")]
#[test]
fn a_certificate_that_is_none_is_refused_at_the_start() {
    let mut seed = Seed::demo(1);
    seed.tenants[0].applications[0].certificates = vec!["not a certificate".to_owned()];
    let made = Simulator::new(seed, Options::default(), Arc::new(ManualClock::default()));
    let error = made.expect_err("no certificate");
    assert_eq!(error.field, "tenants[0].applications[0].certificates[0]");
}

#[test]
fn options_are_complete_and_refuse_what_they_do_not_know() {
    let text = serde_json::to_string(&Options::realistic()).expect("JSON");
    assert_eq!(serde_json::from_str::<Options>(&text).expect("options"), Options::realistic());
    assert!(serde_json::from_str::<Options>(r#"{"strictremoval":true}"#).is_err());
}

const ISSUER: &str = "https://issuer.example";

fn with_issuer() -> Value {
    let mut keys: Value = serde_json::from_str(JWKS).expect("JSON");
    let mut seed =
        json!({"tenants": [tenant()], "issuers": [{"issuer": ISSUER, "keys": keys["keys"].take()}]});
    seed["tenants"][0]["applications"][0]["federatedCredentials"] = json!([{"name": "functions", "issuer": ISSUER, "subject": "role", "audiences": ["api://AzureADTokenExchange"]}]);
    seed
}

const JWKS: &str = include_str!("../../../../tests/golden/certificates/test-issuer.jwks.json");

#[rstest]
#[case::a_short_name("name", json!("ab"), "name = ab: has 2 characters; use 3 to 120")]
#[case::a_long_name("name", json!("n".repeat(121)), "name = nnn")]
#[case::another_issuer("issuer", json!("https://other.example"), "issuer = https://other.example: is none of the issuers")]
#[case::no_subject("subject", json!(""), "subject = 0 characters: use 1 to 600")]
#[case::a_long_subject("subject", json!("s".repeat(601)), "subject = 601 characters: use 1 to 600")]
#[case::a_wildcard("subject", json!("role/*"), "subject = role/*: has a wildcard")]
#[case::no_audience("audiences", json!([]), "audiences = []: has to be exactly")]
#[case::two_audiences("audiences", json!(["api://AzureADTokenExchange", "b"]), "audiences = [api://AzureADTokenExchange, b]: has")]
#[case::another_cloud("audiences", json!(["api://AzureADTokenExchangeUSGov"]), "audiences = [api://AzureADTokenExchangeUSGov]: has")]
fn a_wrong_federated_credential_names_field_value_and_remedy(
    #[case] field: &str,
    #[case] value: Value,
    #[case] wanted: &str,
) {
    let mut seed = with_issuer();
    seed["tenants"][0]["applications"][0]["federatedCredentials"][0][field] = value;
    let error = Seed::from_json(&seed.to_string()).expect_err("a wrong credential").to_string();
    let wanted = format!("tenants[0].applications[0].federatedCredentials[0].{wanted}");
    assert!(error.starts_with(&wanted), "{error}");
}

#[test]
fn twenty_federated_credentials_of_different_names_and_identities_are_the_most() {
    let credential = |number: usize| {
        json!({"name": format!("functions-{number}"), "issuer": ISSUER, "subject": format!("role-{number}"),
            "audiences": ["api://AzureADTokenExchange"]})
    };
    let check = |credentials: Vec<Value>| {
        let mut seed = with_issuer();
        seed["tenants"][0]["applications"][0]["federatedCredentials"] = Value::from(credentials);
        Seed::from_json(&seed.to_string()).map_err(|error| error.to_string())
    };
    check((0..20).map(credential).collect()).expect("twenty");
    assert!(check((0..21).map(credential).collect()).expect_err("too many").contains("21 entries"));
    let mut same_name = credential(1);
    same_name["subject"] = json!("another");
    assert!(
        check(vec![credential(1), same_name]).expect_err("twice").contains("[1].name = functions-1: stands")
    );
    let mut same_identity = credential(1);
    same_identity["name"] = json!("another");
    assert!(
        check(vec![credential(1), same_identity]).expect_err("twice").contains("[1].subject = role-1: is")
    );
}

#[rstest]
#[case::no_url("/issuer", json!("issuer"), "issuers[0].issuer = issuer: is no https URL")]
#[case::no_keys("/keys", json!([]), "issuers[0].keys = -: hold no RSA key")]
#[case::half_a_key("/keys/1/n", Value::Null, "issuers[0].keys[1] = test-rsa: has no modulus")]
#[cfg_attr(feature = "assertions", case::no_base64("/keys/1/n", json!("#"), "issuers[0].keys[1] = test-rsa: is no RSA key"))]
fn a_wrong_issuer_names_field_value_and_remedy(
    #[case] pointer: &str,
    #[case] value: Value,
    #[case] wanted: &str,
) {
    let mut seed = with_issuer();
    let issuer = &mut seed["issuers"][0];
    *issuer.pointer_mut(pointer).expect("a field") = value.clone();
    if pointer == "/issuer" {
        seed["tenants"][0]["applications"][0]["federatedCredentials"][0]["issuer"] = value;
    }
    let made = Seed::from_json(&seed.to_string())
        .and_then(|seed| Simulator::new(seed, Options::default(), Arc::new(ManualClock::default())));
    let error = made.expect_err("a wrong issuer").to_string();
    assert!(error.starts_with(wanted), "{error}");
}
