//! How official clients sign in.

use bytes::Bytes;
use entra_simulator::{Clock as _, ManualClock, Options, Seed, Simulator};
use http::Request;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

const CERTIFICATE: &str = include_str!("../../../../tests/golden/certificates/test-client.crt.pem");
const KEY: &str = include_str!("../../../../tests/golden/certificates/test-client.key.pem");
/// From `openssl x509 -outform der | openssl dgst -sha1 -binary`, in base64url.
const SHA1_THUMBPRINT: &str = "P_zFnQSTDWPelKayClRr5JRNsko";

/// The status and body of the answer to an assertion whose header names the certificate so.
fn signed_in(thumbprint: &str) -> (u16, Value) {
    let mut seed = Seed::demo(1);
    let application = &mut seed.tenants[0].applications[0];
    application.certificates = vec![CERTIFICATE.to_owned()];
    let (tenant, client) = (seed.tenants[0].tenant_id, seed.tenants[0].applications[0].client_id);
    let clock = ManualClock::default();
    let now = clock.now().unix_timestamp();
    let endpoint = format!("https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token");
    let claims =
        json!({"aud": endpoint, "iss": client, "sub": client, "jti": "one", "nbf": now, "exp": now + 600});
    let header = Header { x5t: Some(thumbprint.to_owned()), ..Header::new(Algorithm::RS256) };
    let key = EncodingKey::from_rsa_pem(KEY.as_bytes()).expect("a key");
    let assertion = encode(&header, &claims, &key).expect("a signature");
    let form = format!(
        "client_id={client}&grant_type=client_credentials&scope=https://graph.microsoft.com/.default\
         &client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion={assertion}"
    );
    let simulator =
        Simulator::new(seed, Options::default(), std::sync::Arc::new(clock)).expect("a seed that can be");
    let response = simulator.handle(Request::post(endpoint).body(Bytes::from(form)).expect("a request"));
    (response.status().as_u16(), serde_json::from_slice(response.body()).expect("JSON"))
}

/// The CLI for Microsoft 365 sends RS256 with `x5t`, the older header (8.7).
#[test]
fn an_assertion_that_names_its_certificate_by_sha_1_gives_a_token() {
    let (status, body) = signed_in(SHA1_THUMBPRINT);
    assert_eq!(status, 200, "{body}");
}

#[test]
fn an_assertion_that_names_another_certificate_by_sha_1_gives_none() {
    let (status, body) = signed_in("AAAAnQSTDWPelKayClRr5JRNsko");
    assert_eq!((status, &body["error_codes"]), (401, &json!([700_027])), "{body}");
}
