use ring::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
use secrecy::ExposeSecret;
use time::macros::datetime;

use super::*;

const CERTIFICATE: &str = include_str!("../../../tests/golden/certificates/test-client.crt.pem");
const KEY: &str = include_str!("../../../tests/golden/certificates/test-client.key.pem");
const ENDPOINT: &str = "https://login.microsoftonline.com/t/oauth2/v2.0/token";

fn credential() -> CertificateCredential {
    CertificateCredential::from_pem(CERTIFICATE, KEY).unwrap()
}

fn part(jwt: &str, index: usize) -> Value {
    let part = jwt.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[test]
fn an_assertion_has_the_documented_header_and_claims() {
    let now = datetime!(2026-11-21 08:00:00 UTC);
    let jwt = credential().assertion("app-1", ENDPOINT, now).unwrap();
    let jwt = jwt.expose_secret();
    // openssl x509 -in test-client.crt.pem -outform der | openssl dgst -sha256 -binary | basenc --base64url
    let thumbprint = "JK9f1h4ZArBo9SAdr9qlmdpk9xyskEnag_uEd2AZ5sU";
    assert_eq!(part(jwt, 0), json!({"alg": "PS256", "typ": "JWT", "x5t#S256": thumbprint}));
    let claims = part(jwt, 1);
    assert_eq!(
        (&claims["aud"], &claims["iss"], &claims["sub"]),
        (&json!(ENDPOINT), &json!("app-1"), &json!("app-1"))
    );
    let start = now.unix_timestamp();
    assert_eq!(
        (&claims["nbf"], &claims["iat"], &claims["exp"]),
        (&json!(start), &json!(start), &json!(start + 600))
    );
    let jti = claims["jti"].as_str().unwrap().parse::<Uuid>().unwrap();
    assert_eq!(jti.get_version_num(), 4);
}

#[test]
fn the_signature_verifies_and_no_two_assertions_are_alike() {
    let credential = credential();
    let now = datetime!(2026-11-21 08:00:00 UTC);
    let assertions = [1, 2].map(|_| credential.assertion("app-1", ENDPOINT, now).unwrap());
    let public = UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, credential.key.public().as_ref().to_vec());
    for assertion in &assertions {
        let (input, signature) = assertion.expose_secret().rsplit_once('.').unwrap();
        public.verify(input.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
    }
    let jti = |index: usize| part(assertions[index].expose_secret(), 1)["jti"].clone();
    assert_ne!(jti(0), jti(1));
}

#[test]
fn one_text_may_hold_both() {
    let both = format!("{KEY}\n{CERTIFICATE}");
    assert!(CertificateCredential::from_pem(&both, &both).is_ok());
}

#[test]
fn debug_shows_the_thumbprint_only() {
    let credential = credential();
    let text = format!("{credential:?}");
    assert!(text.contains(credential.thumbprint()) && text.len() < 120, "{text}");
}

#[test]
fn a_wrong_file_is_refused_with_what_to_do() {
    let relabel = |label: &str| KEY.replace("PRIVATE KEY", label);
    let cases: [(&str, String, &str); 7] = [
        ("no PEM", "secret".to_owned(), "is not PEM"),
        ("empty", String::new(), "is not PEM"),
        ("PKCS#1", relabel("RSA PRIVATE KEY"), "openssl pkcs8 -topk8 -nocrypt"),
        ("encrypted", relabel("ENCRYPTED PRIVATE KEY"), "is encrypted"),
        ("a certificate", CERTIFICATE.to_owned(), "has no \"PRIVATE KEY\" block, only [\"CERTIFICATE\"]"),
        ("damaged", damaged(), "cannot be used"),
        ("1024 bits", include_str!("testdata/too-short.key.pem").to_owned(), "fewer than 2048 bits"),
    ];
    for (name, key, expected) in cases {
        let error = CertificateCredential::from_pem(CERTIFICATE, &key).unwrap_err().to_string();
        assert!(error.contains(expected), "{name}: {error}");
    }
    let error = CertificateCredential::from_pem(KEY, KEY).unwrap_err();
    assert!(error.to_string().contains("the certificate has no \"CERTIFICATE\" block"), "{error}");
}

#[test]
fn a_key_of_another_certificate_is_refused() {
    let other = include_str!("testdata/other.key.pem");
    assert_eq!(CertificateCredential::from_pem(CERTIFICATE, other).unwrap_err(), CertificateError::NotAPair);
}

/// PEM of the right kind around something that is no key.
fn damaged() -> String {
    "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n".to_owned()
}
