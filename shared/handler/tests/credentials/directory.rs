//! References in the directory, with a store and a source of tokens of our own.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use mto_graph::{AssertionSource, Credential, CredentialSource, SourceError, TenantCredential, TokenError};
use mto_handler::{Backends, ConfigError, Directory, DirectoryCredentials, NoBackends, SecretStore};
use mto_messages::Verb;
use rstest::rstest;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::{Uuid, uuid};

const CONTOSO: Uuid = uuid!("11111111-1111-4111-8111-111111111111");
const DEADLINE: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

/// Gives these answers in turn, and notes what was asked for.
#[derive(Clone, Default)]
struct Store {
    answers: Arc<Mutex<VecDeque<Result<String, SourceError>>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Store {
    fn of(answers: &[&str]) -> Self {
        let answers = answers.iter().map(|text| Ok((*text).to_owned())).collect();
        Self { answers: Arc::new(Mutex::new(answers)), asked: Arc::default() }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl SecretStore for Store {
    async fn get(&self, id: &str, _deadline: OffsetDateTime) -> Result<SecretString, SourceError> {
        self.asked.lock().unwrap().push(id.to_owned());
        let next = self.answers.lock().unwrap().pop_front();
        next.expect("asked more often than expected").map(SecretString::from)
    }
}

#[async_trait]
impl AssertionSource for Store {
    async fn assertion(&self, _deadline: OffsetDateTime) -> Result<SecretString, SourceError> {
        Ok(SecretString::from("a.b.c"))
    }
}

impl Backends for Store {
    fn secrets(&self) -> Result<Arc<dyn SecretStore>, ConfigError> {
        Ok(Arc::new(self.clone()))
    }

    fn web_identity(&self) -> Result<Arc<dyn AssertionSource>, ConfigError> {
        Ok(Arc::new(self.clone()))
    }
}

fn credentials(credential: &Value, backends: &dyn Backends) -> Result<DirectoryCredentials, String> {
    let directory = json!({"tenants": [{"tenantId": CONTOSO, "name": "contoso",
        "application": {"clientId": "app", "credential": credential}}]});
    let directory = Directory::parse(&directory.to_string(), "MTO_DIRECTORY", Verb::Join);
    let environment = BTreeMap::from([("HERE".to_owned(), " s3cret \n".to_owned())]);
    directory.and_then(|it| it.credentials(&environment, backends)).map_err(|error| error.to_string())
}

async fn get(credentials: &DirectoryCredentials) -> Result<Arc<TenantCredential>, TokenError> {
    credentials.credential(CONTOSO, DEADLINE).await
}

async fn secret(credentials: &DirectoryCredentials) -> String {
    let found = get(credentials).await.unwrap();
    let Credential::ClientSecret(secret) = &found.credential else { panic!("{found:?}") };
    secret.expose_secret().to_owned()
}

#[tokio::test]
async fn a_stored_secret_is_read_when_it_is_needed_and_kept() {
    let store = Store::of(&["s3cret\n"]);
    let credentials =
        credentials(&json!({"clientSecret": {"secretsManager": "mto/contoso"}}), &store).unwrap();
    assert!(store.asked().is_empty(), "the extension serves nothing while the function starts");
    assert_eq!(secret(&credentials).await, "s3cret");
    assert_eq!(secret(&credentials).await, "s3cret");
    assert_eq!(store.asked(), ["mto/contoso"]);
    assert!(!format!("{credentials:?} {:?}", get(&credentials).await).contains("s3cret"));
}

#[tokio::test]
async fn a_secret_that_was_refused_is_read_again() {
    let store = Store::of(&["old", "new"]);
    let credentials =
        credentials(&json!({"clientSecret": {"secretsManager": "mto/contoso"}}), &store).unwrap();
    assert_eq!(secret(&credentials).await, "old");
    credentials.forget(CONTOSO).await;
    assert_eq!(secret(&credentials).await, "new");
}

#[tokio::test]
async fn a_secret_of_the_environment_is_read_at_start_and_stays() {
    let credentials = credentials(&json!({"clientSecret": {"env": "HERE"}}), &NoBackends).unwrap();
    credentials.forget(CONTOSO).await;
    assert_eq!(secret(&credentials).await, "s3cret");
    let stranger = credentials.credential(Uuid::nil(), DEADLINE).await;
    assert!(matches!(stranger, Err(TokenError::NoCredential(_))));
}

#[tokio::test]
async fn a_key_selects_one_text_of_a_json_secret() {
    let store = Store::of(&[r#"{"contoso": "s3cret", "fabrikam": "other"}"#]);
    let id = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mto/tenants-AbCdEf";
    let reference = json!({"clientSecret": {"secretsManager": format!("{id}#contoso")}});
    let credentials = credentials(&reference, &store).unwrap();
    assert_eq!(secret(&credentials).await, "s3cret");
    assert_eq!(store.asked(), [id]);
}

#[rstest]
#[case::not_json("s3cret", "is no JSON object with a text under the key after #")]
#[case::another_key(r#"{"fabrikam": "s3cret"}"#, "is no JSON object with a text under the key after #")]
#[case::no_text(r#"{"contoso": {"x": "s3cret"}}"#, "is no JSON object with a text under the key after #")]
#[case::empty(r#"{"contoso": " "}"#, "is empty")]
#[tokio::test]
async fn a_stored_secret_that_cannot_be_used_is_named_and_not_shown(
    #[case] text: &str,
    #[case] wanted: &str,
) {
    let store = Store::of(&[text]);
    let reference = json!({"clientSecret": {"secretsManager": "mto/tenants#contoso"}});
    let credentials = credentials(&reference, &store).unwrap();
    let error = get(&credentials).await.unwrap_err();
    assert!(matches!(error, TokenError::Unusable { .. }), "{error:?}");
    let shown = format!("{error} {error:?}");
    let said =
        format!("tenant {CONTOSO} cannot be used: clientSecret: the secret in Secrets Manager {wanted}");
    assert!(error.to_string().ends_with(&said), "{error}");
    assert!(!shown.contains("s3cret"), "{shown}");
}

#[tokio::test]
async fn a_store_that_is_not_ready_is_asked_again_next_time() {
    let store = Store::of(&["s3cret"]);
    store.answers.lock().unwrap().push_front(Err(SourceError::Unavailable("not ready".to_owned())));
    let credentials =
        credentials(&json!({"clientSecret": {"secretsManager": "mto/contoso"}}), &store).unwrap();
    assert!(get(&credentials).await.unwrap_err().is_transient());
    assert_eq!(secret(&credentials).await, "s3cret");
}

#[cfg(feature = "aws")]
#[tokio::test]
async fn a_certificate_can_be_stored_as_two_texts_of_one_secret() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/certificates");
    let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
    let both = json!({"crt": read("test-client.crt.pem"), "key": read("test-client.key.pem")}).to_string();
    let store = Store::of(&[&both, &both]);
    let reference = json!({"certificate": {"certificate": {"secretsManager": "mto/contoso#crt"},
        "privateKey": {"secretsManager": "mto/contoso#key"}}});
    let credentials = credentials(&reference, &store).unwrap();
    assert!(matches!(get(&credentials).await.unwrap().credential, Credential::Certificate(_)));
    get(&credentials).await.unwrap();
    assert_eq!(store.asked().len(), 2);
}

#[cfg(feature = "aws")]
#[tokio::test]
async fn halves_of_two_certificates_are_not_kept() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/certificates");
    let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
    let (certificate, key) = (read("test-client.crt.pem"), read("test-client.key.pem"));
    let store = Store::of(&[&key, &certificate, &certificate, &key]);
    let reference = json!({"certificate": {"certificate": {"secretsManager": "crt"},
        "privateKey": {"secretsManager": "key"}}});
    let credentials = credentials(&reference, &store).unwrap();
    let error = get(&credentials).await.unwrap_err();
    assert!(error.to_string().contains("the certificate has no \"CERTIFICATE\" block"), "{error}");
    get(&credentials).await.unwrap();
}

#[rstest]
#[case::token_file(json!({"federated": {"tokenFile": "/var/run/secrets/token"}}), true)]
#[case::web_identity(json!({"federated": {"webIdentity": {}}}), false)]
#[tokio::test]
async fn a_federated_credential_is_ready_without_a_secret(
    #[case] reference: Value,
    #[case] everywhere: bool,
) {
    let here = credentials(&reference, &Store::default()).unwrap();
    assert!(matches!(get(&here).await.unwrap().credential, Credential::Federated(_)));
    assert_eq!(credentials(&reference, &NoBackends).is_ok(), everywhere);
}

#[rstest]
#[case::unset(json!({"clientSecret": {"env": "THERE"}}), "contoso.credential.clientSecret: variable THERE cannot be read")]
#[case::no_store(json!({"clientSecret": {"secretsManager": "x"}}), "contoso.credential.clientSecret: secretsManager is left out of this build")]
#[case::no_sts(json!({"federated": {"webIdentity": {}}}), "contoso.credential.federated: webIdentity is left out of this build")]
#[case::no_path(json!({"federated": {"tokenFile": " "}}), "contoso.credential.federated.tokenFile: is no path")]
#[case::no_id(json!({"clientSecret": {"secretsManager": ""}}), "application.credential.clientSecret.secretsManager: is not a reference")]
#[case::a_blank_in_an_id(json!({"clientSecret": {"secretsManager": "a b"}}), "clientSecret.secretsManager: is not a reference")]
#[case::no_key(json!({"clientSecret": {"secretsManager": "x#"}}), "clientSecret.secretsManager: is not a reference")]
#[case::another_way(json!({"federated": {"managedIdentity": {}}}), "tenants[0].application.credential.federated: is not")]
#[case::an_option(json!({"federated": {"webIdentity": {"audience": "x"}}}), "credential.federated.webIdentity: is not")]
fn a_reference_that_cannot_be_used_stops_the_start(#[case] reference: Value, #[case] wanted: &str) {
    let error = credentials(&reference, &NoBackends).unwrap_err();
    assert!(error.starts_with("configuration: ") && error.contains(wanted), "{error}");
}

/// What people paste where only a reference belongs. None of them has the shape of a name.
const PASTED: [&str; 4] = [
    "s3cr3t~Value",
    "pa55 w0rd",
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANs3cr3t\n-----END PRIVATE KEY-----\n",
    "eyJhbGciOiJSUzI1NiJ9.s3cr3t.c2lnbmF0dXJl",
];

/// Everywhere below `credential`.
fn pasted(secret: &str) -> Vec<(&'static str, Value)> {
    let env = json!({"env": "HERE"});
    vec![
        ("credential", json!(secret)),
        ("credential", json!([secret])),
        ("credential", json!({secret: {"env": "HERE"}})),
        ("credential", json!({"clientSecret": env, secret: 1})),
        ("credential.clientSecret", json!({"clientSecret": secret})),
        ("credential.clientSecret", json!({"clientSecret": {secret: "HERE"}})),
        ("credential.clientSecret", json!({"clientSecret": {"value": secret}})),
        ("credential.clientSecret.env", json!({"clientSecret": {"env": [secret]}})),
        ("credential.clientSecret", json!({"clientSecret": {"env": secret}})),
        ("credential.clientSecret", json!({"clientSecret": {"file": secret}})),
        (
            "credential.certificate.certificate",
            json!({"certificate": {"certificate": secret, "privateKey": env}}),
        ),
        (
            "credential.certificate.privateKey",
            json!({"certificate": {"certificate": env, "privateKey": secret}}),
        ),
        ("credential.certificate", json!({"certificate": secret})),
        (
            "credential.certificate",
            json!({"certificate": {"certificate": env, "privateKey": env, secret: 1}}),
        ),
        (
            "credential.certificate",
            json!({"certificate": {"certificate": {"file": secret}, "privateKey": env}}),
        ),
        ("credential.federated", json!({"federated": secret})),
        ("credential.federated", json!({"federated": {secret: {}}})),
        ("credential.federated.webIdentity", json!({"federated": {"webIdentity": secret}})),
    ]
}

#[test]
fn a_secret_typed_into_the_directory_is_not_shown_and_its_place_is() {
    for secret in PASTED {
        for (place, credential) in pasted(secret) {
            let error = credentials(&credential, &Store::default()).unwrap_err();
            for part in secret.split(['\n', ' ']).filter(|part| part.len() > 5) {
                assert!(!error.contains(part), "{credential}: {error}");
            }
            assert!(error.contains(place), "{credential}: {error}");
        }
    }
}

#[test]
fn what_is_no_name_of_a_stored_secret_is_refused_and_not_shown() {
    let key_of = |secret: &str| format!("{secret}#key");
    for secret in
        ["s3cr3t~Value", "pa55 w0rd", "s3cr3t(Value", "-----BEGIN KEY-----\ns3cr3t\n", "s3cr3t:Value"]
    {
        for text in [secret.to_owned(), key_of(secret)] {
            let error = credentials(&json!({"clientSecret": {"secretsManager": text}}), &Store::default());
            let error = error.unwrap_err();
            assert!(!error.contains("s3cr3t") && !error.contains("w0rd"), "{error}");
            assert!(error.contains(r#"is not a reference; give {"env": "NAME"}"#), "{error}");
        }
    }
}

#[tokio::test]
async fn what_could_be_the_name_of_a_stored_secret_is_not_shown_either() {
    for text in ["s3cr3tValue", "mto/contoso#s3cr3t~Value"] {
        let store = Store::of(&["no JSON"]);
        store.answers.lock().unwrap().push_front(Ok(" ".to_owned()));
        let credentials = credentials(&json!({"clientSecret": {"secretsManager": text}}), &store).unwrap();
        for _ in 0..2 {
            let Err(error) = get(&credentials).await else { continue };
            assert!(!error.to_string().contains("s3cr3t"), "{error}");
            assert!(error.to_string().contains(&CONTOSO.to_string()), "{error}");
        }
    }
}

#[rstest]
#[case::beside_the_application(json!({"tenantId": CONTOSO, "name": "contoso", "secret": "s3cr3t~Value"}))]
#[case::beside_the_credential(json!({"tenantId": CONTOSO, "name": "contoso",
    "application": {"clientId": "app", "clientSecret": "s3cr3t~Value"}}))]
#[case::as_the_application(json!({"tenantId": CONTOSO, "name": "contoso", "application": "s3cr3t~Value"}))]
#[case::as_the_applications(json!({"tenantId": CONTOSO, "name": "contoso", "applications": "s3cr3t~Value"}))]
#[case::for_one_function(json!({"tenantId": CONTOSO, "name": "contoso", "applications": {"join": "s3cr3t~Value"}}))]
#[case::of_one_function(json!({"tenantId": CONTOSO, "name": "contoso", "applications":
    {"join": {"clientId": "app", "credential": {"clientSecret": "s3cr3t~Value"}}}}))]
#[case::as_external(json!({"tenantId": CONTOSO, "name": "contoso", "external": "s3cr3t~Value"}))]
#[case::as_the_tenant(json!("s3cr3t~Value"))]
fn a_secret_elsewhere_in_the_directory_is_not_shown(#[case] tenant: Value) {
    let directory = json!({"tenants": [tenant]}).to_string();
    let error = Directory::parse(&directory, "MTO_DIRECTORY", Verb::Join).err().unwrap().to_string();
    assert!(!error.contains("s3cr3t"), "{error}");
    assert!(error.contains("MTO_DIRECTORY: tenants[0]"), "{error}");
}

#[test]
fn a_directory_that_is_no_json_is_not_shown() {
    for text in [r#""s3cr3t~Value""#, r#"{"tenants": "s3cr3t~Value"}"#, r#"{"s3cr3t~Value"}"#, "s3cr3t~Value"]
    {
        let error = Directory::parse(text, "MTO_DIRECTORY", Verb::Join).err().unwrap().to_string();
        assert!(!error.contains("s3cr3t"), "{error}");
    }
}

#[tokio::test]
async fn a_token_typed_in_as_the_token_file_is_not_shown() {
    for secret in PASTED {
        let error = credentials(&json!({"federated": {"tokenFile": secret}}), &NoBackends).unwrap_err();
        assert!(!error.contains("s3cr3t") && !error.contains("w0rd"), "{error}");
        assert!(error.contains("contoso.credential.federated.tokenFile: is no path"), "{error}");
    }
}
