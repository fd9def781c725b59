//! HTTPS.

use entra_simulator::{CertificateAuthority, Clock as _, SERVED_HOSTS, Seed, SystemClock};
use tokio::net::TcpStream;

use super::support::{Served, body, exchange, shake_hands};

#[tokio::test]
async fn the_certificate_is_for_graph_the_login_service_and_this_machine_and_for_nobody_else() {
    let served = Served::start().await;
    for host in SERVED_HOSTS.into_iter().chain(["localhost", "127.0.0.1"]) {
        assert!(served.connect(host).await.is_ok(), "{host}");
    }
    for host in ["example.com", "microsoft.com", "127.0.0.2"] {
        assert!(served.connect(host).await.is_err(), "{host}");
    }
}

#[tokio::test]
async fn who_trusts_another_authority_does_not_connect() {
    let served = Served::start().await;
    let other = CertificateAuthority::new(SystemClock.now()).expect("an authority");
    let stream = TcpStream::connect(served.https).await.expect("a connection");
    assert!(shake_hands(stream, "localhost", other.pem()).await.is_err());
}

#[tokio::test]
async fn tokens_and_graph_are_served_over_https_with_addresses_that_begin_with_https() {
    let served = Served::start().await;
    let seed = Seed::demo(2);
    let (tenant, application) = (seed.tenants[0].tenant_id, &seed.tenants[0].applications[0]);
    let form = format!(
        "client_id={}&client_secret={}&grant_type=client_credentials&scope=https://graph.microsoft.com/.default",
        application.client_id,
        application.secrets[0].expose()
    );
    let head = format!("POST /{tenant}/oauth2/v2.0/token HTTP/1.1\r\nHost: login.microsoftonline.com");
    let stream = served.connect("login.microsoftonline.com").await.expect("TLS");
    let answer = exchange(stream, &head, form.as_bytes()).await;
    let token = body(&answer)["access_token"].as_str().expect("a token").to_owned();

    let head = format!(
        "GET /v1.0//tenantRelationships/multiTenantOrganization HTTP/1.1\r\nHost: graph.microsoft.com\r\n\
         Authorization: Bearer {token}\r\nPrefer: return=minimal\r\nConsistencyLevel: eventual\r\n\
         SdkVersion: any\r\nreturn-client-request-id: true\r\nclient-request-id: one-of-mine"
    );
    let stream = served.connect("graph.microsoft.com").await.expect("TLS");
    let answer = exchange(stream, &head, b"").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.contains("client-request-id: one-of-mine"), "{answer}");
    assert_eq!(body(&answer)["state"], "inactive");

    let head = format!(
        "GET /v1.0/organization HTTP/1.1\r\nHost: graph.microsoft.com\r\nAuthorization: Bearer {token}\r\n\
         Accept: application/json;odata.metadata=none"
    );
    let stream = served.connect("graph.microsoft.com").await.expect("TLS");
    let listed = body(&exchange(stream, &head, b"").await);
    assert!(listed["value"].is_array() && listed.get("@odata.context").is_none(), "{listed}");

    let head =
        format!("GET /{tenant}/v2.0/.well-known/openid-configuration HTTP/1.1\r\nHost: localhost:8443");
    let answer = exchange(served.connect("localhost").await.expect("TLS"), &head, b"").await;
    let wanted = format!("https://localhost:8443/{tenant}/oauth2/v2.0/token");
    assert_eq!(body(&answer)["token_endpoint"], wanted);
}

#[tokio::test]
async fn a_connection_that_never_shakes_hands_keeps_nobody_waiting() {
    let served = Served::start().await;
    let _silent = TcpStream::connect(served.https).await.expect("a connection");
    assert!(served.connect("localhost").await.is_ok());
}

/// The SDKs that compress try again without, when they are told 415.
#[tokio::test]
async fn a_compressed_body_is_refused_before_it_has_an_effect() {
    let served = Served::start().await;
    let head = "POST /_control/advance HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: gzip";
    let answer = exchange(served.connect("localhost").await.expect("TLS"), head, b"\x1f\x8b").await;
    assert!(answer.starts_with("HTTP/1.1 415 "), "{answer}");
    let head = "POST /_control/change HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: identity";
    let change = br#"{"kind":"noFaults"}"#;
    let answer = exchange(served.connect("localhost").await.expect("TLS"), head, change).await;
    assert!(answer.starts_with("HTTP/1.1 204 "), "{answer}");
}
