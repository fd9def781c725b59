//! The discovery documents.

use bytes::Bytes;
use entra_simulator::Seed;
use http::Request;
use serde_json::json;

use super::support::{get, simulator};

#[test]
fn a_tenant_is_described_with_the_host_the_caller_used() {
    let simulator = simulator();
    let tenant = Seed::demo(2).tenants[0].tenant_id;
    for name in [tenant.to_string(), "contoso.example".to_owned(), "CONTOSO.example".to_owned()] {
        for host in ["https://login.windows.net", "http://127.0.0.1:8080"] {
            let (status, document) =
                get(&simulator, &format!("{host}/{name}/v2.0/.well-known/openid-configuration"));
            assert_eq!(status, 200);
            assert_eq!(document["token_endpoint"], format!("{host}/{tenant}/oauth2/v2.0/token"));
            assert_eq!(document["jwks_uri"], format!("{host}/{tenant}/discovery/v2.0/keys"));
            assert_eq!(document["issuer"], format!("{host}/{tenant}/v2.0"));
        }
    }
    let (_, first) =
        get(&simulator, &format!("https://login.windows.net/{tenant}/.well-known/openid-configuration"));
    assert_eq!(first["issuer"], format!("https://sts.windows.net/{tenant}/"));
}

#[test]
fn a_tenant_that_is_not_chosen_yet_is_left_open_in_the_issuer_only() {
    let (_, document) = get(
        &simulator(),
        "https://login.microsoftonline.com/organizations/v2.0/.well-known/openid-configuration",
    );
    assert_eq!(document["issuer"], "https://login.microsoftonline.com/{tenantid}/v2.0");
    let wanted = "https://login.microsoftonline.com/common/oauth2/v2.0/token";
    assert_eq!(document["token_endpoint"], wanted);
}

#[test]
fn an_unknown_tenant_has_no_documents() {
    for path in ["v2.0/.well-known/openid-configuration", "discovery/v2.0/keys"] {
        let (status, error) = get(&simulator(), &format!("https://login.windows.net/nobody.example/{path}"));
        assert_eq!((status, &error["error"]), (400, &json!("invalid_tenant")), "{path}");
        assert_eq!(error["error_codes"], json!([90_002]));
    }
}

#[test]
fn the_keys_are_an_empty_set_because_no_token_is_signed() {
    let (_, keys) = get(&simulator(), "https://login.windows.net/common/discovery/v2.0/keys");
    assert_eq!(keys, json!({"keys": []}));
}

#[test]
fn the_login_hosts_are_aliases_and_another_host_is_one_of_its_own() {
    let ask = |authority: &str| {
        let address = format!(
            "https://login.microsoftonline.com/common/discovery/instance?api-version=1.1&authorization_endpoint={authority}"
        );
        get(&simulator(), &address).1
    };
    let known = ask("https%3A%2F%2Flogin.windows.net%2Fcommon%2Foauth2%2Fv2.0%2Fauthorize");
    let wanted = "https://login.windows.net/common/v2.0/.well-known/openid-configuration";
    assert_eq!(known["tenant_discovery_endpoint"], wanted);
    assert_eq!(known["metadata"].as_array().map(Vec::len), Some(1));
    assert!(known["metadata"][0]["aliases"].as_array().expect("aliases").contains(&json!("sts.windows.net")));

    let own = ask("https://localhost:8443/contoso.example/oauth2/authorize");
    let wanted = "https://localhost:8443/contoso.example/.well-known/openid-configuration";
    assert_eq!(own["tenant_discovery_endpoint"], wanted);
    assert_eq!(own["metadata"][1]["aliases"], json!(["localhost:8443"]));

    assert_eq!(ask("nonsense")["error"], "invalid_instance");
}

#[test]
fn documents_are_read_and_not_written() {
    let address = "https://login.windows.net/common/discovery/v2.0/keys";
    let response = simulator().handle(Request::post(address).body(Bytes::new()).expect("a request"));
    assert_eq!(response.status(), 405);
}

#[test]
fn beta_is_refused_plainly() {
    let (status, error) =
        get(&simulator(), "https://graph.microsoft.com/beta/tenantRelationships/multiTenantOrganization");
    assert_eq!(status, 404);
    assert!(error["error"]["message"].as_str().is_some_and(|text| text.contains("not beta")), "{error}");
}
