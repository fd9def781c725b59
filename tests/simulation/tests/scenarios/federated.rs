//! Credentials without a stored secret, from the directory's document to an answer of Graph: our client against the
//! simulator, which verifies with another library than the identity provider here signs with.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use entra_simulator::{Clock as _, FederatedCredentialSeed, ManualClock, Options, Secret, Seed, Simulator};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use mto_graph::prelude::GetMultiTenantOrganization;
use mto_graph::{
    AssertionSource, Call, Cloud, GraphClient, GraphError, OAuthTokenProvider, SourceError,
    TOKEN_EXCHANGE_AUDIENCE, TokenError,
};
use mto_handler::{Backends, ConfigError, Directory, SecretStore, is_denied};
use mto_local::InProcess;
use mto_messages::Verb;
use secrecy::SecretString;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

const KEY: &str = include_str!("../../../golden/certificates/test-client.key.pem");
const JWKS: &str = include_str!("../../../golden/certificates/test-issuer.jwks.json");
const ISSUER: &str = "https://0a1b.tokens.sts.global.api.aws";
const ROLE: &str = "arn:aws:iam::123456789012:role/mto-join";

/// The time of the simulator, for the client.
struct SameTime(ManualClock);

#[async_trait]
impl mto_graph::Clock for SameTime {
    fn now(&self) -> OffsetDateTime {
        self.0.now()
    }

    async fn sleep(&self, duration: std::time::Duration) {
        self.0.advance(duration);
    }
}

/// Another identity provider, and a store of secrets.
#[derive(Clone)]
struct Elsewhere {
    clock: ManualClock,
    subject: &'static str,
    secrets: Arc<Mutex<VecDeque<&'static str>>>,
}

impl Elsewhere {
    fn token(&self) -> String {
        let now = self.clock.now().unix_timestamp();
        let claims = json!({"iss": ISSUER, "sub": self.subject, "aud": TOKEN_EXCHANGE_AUDIENCE, "iat": now,
            "nbf": now, "exp": now + 300});
        let header = Header { kid: Some("test-rsa".to_owned()), ..Header::new(Algorithm::RS256) };
        encode(&header, &claims, &EncodingKey::from_rsa_pem(KEY.as_bytes()).unwrap()).unwrap()
    }
}

#[async_trait]
impl AssertionSource for Elsewhere {
    async fn assertion(&self, _deadline: OffsetDateTime) -> Result<SecretString, SourceError> {
        Ok(SecretString::from(self.token()))
    }
}

#[async_trait]
impl SecretStore for Elsewhere {
    async fn get(&self, _id: &str, _deadline: OffsetDateTime) -> Result<SecretString, SourceError> {
        Ok(SecretString::from(self.secrets.lock().unwrap().pop_front().expect("no more reads than expected")))
    }
}

impl Backends for Elsewhere {
    fn secrets(&self) -> Result<Arc<dyn SecretStore>, ConfigError> {
        Ok(Arc::new(self.clone()))
    }

    fn web_identity(&self) -> Result<Arc<dyn AssertionSource>, ConfigError> {
        Ok(Arc::new(self.clone()))
    }
}

/// One tenant whose application trusts [`ROLE`], and a client for it.
struct Lab {
    tenant: Uuid,
    clock: ManualClock,
    elsewhere: Elsewhere,
    graph: GraphClient,
}

impl Lab {
    fn new(subject: &'static str, credential: &Value) -> Self {
        let mut seed = Seed::demo(1);
        let mut keys: Value = serde_json::from_str(JWKS).unwrap();
        let issuer = json!({"issuer": ISSUER, "keys": keys["keys"].take()});
        seed.issuers = vec![serde_json::from_value(issuer).unwrap()];
        let tenant = seed.tenants[0].tenant_id;
        let application = &mut seed.tenants[0].applications[0];
        application.secrets = vec![Secret::new("new")];
        application.federated_credentials = vec![FederatedCredentialSeed {
            name: "functions".to_owned(),
            issuer: ISSUER.to_owned(),
            subject: ROLE.to_owned(),
            audiences: vec![TOKEN_EXCHANGE_AUDIENCE.to_owned()],
        }];
        let directory = json!({"tenants": [{"tenantId": tenant, "name": "contoso",
            "application": {"clientId": application.client_id, "credential": credential}}]});
        let clock = ManualClock::default();
        let simulator = Simulator::new(seed, Options::default(), Arc::new(clock.clone())).unwrap();
        let secrets = Arc::new(Mutex::new(VecDeque::from(["old", "new"])));
        let elsewhere = Elsewhere { clock: clock.clone(), subject, secrets };
        let directory = Directory::parse(&directory.to_string(), "MTO_DIRECTORY", Verb::Join).unwrap();
        let credentials = directory.credentials(&BTreeMap::new(), &elsewhere).unwrap();
        let cloud = Cloud::custom("http://simulator.local/v1.0", "http://simulator.local").unwrap();
        let transport = Arc::new(InProcess(simulator));
        let time = Arc::new(SameTime(clock.clone()));
        let tokens = OAuthTokenProvider::with_source(
            transport.clone(),
            time.clone(),
            cloud.login_root(),
            cloud.token_scope(),
            Arc::new(credentials),
        );
        let graph = GraphClient::new(cloud, transport, Arc::new(tokens), time);
        Self { tenant, clock, elsewhere, graph }
    }

    /// Asks Graph for the organization. There is none, which it tells whoever has shown who they are.
    async fn look(&self) -> Result<(), GraphError> {
        let deadline = self.clock.now() + Duration::minutes(1);
        let call = Call::new(self.tenant, Uuid::nil(), deadline);
        self.graph.send(&call, &GetMultiTenantOrganization).await.map(|_| ())
    }
}

fn refusal(answer: Result<(), GraphError>) -> String {
    let error = answer.unwrap_err();
    assert!(is_denied(&error), "a refusal is borne for a while: {error}");
    let GraphError::Token(TokenError::Refused { code, .. }) = error else { panic!("{error:?}") };
    code
}

#[tokio::test]
async fn a_web_identity_token_opens_graph_for_as_long_as_it_takes() {
    let lab = Lab::new(ROLE, &json!({"federated": {"webIdentity": {}}}));
    for _ in 0..3 {
        lab.look().await.unwrap();
        lab.clock.advance(std::time::Duration::from_mins(90));
    }
}

#[tokio::test]
async fn an_identity_that_is_not_trusted_yet_is_borne() {
    let lab =
        Lab::new("arn:aws:iam::123456789012:role/mto-create", &json!({"federated": {"webIdentity": {}}}));
    assert_eq!(refusal(lab.look().await), "AADSTS70021");
}

#[tokio::test]
async fn a_token_file_is_read_anew_for_each_exchange() {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("federated-token");
    let lab = Lab::new(ROLE, &json!({"federated": {"tokenFile": path}}));
    std::fs::write(&path, format!("{}\n", lab.elsewhere.token())).unwrap();
    lab.look().await.unwrap();
    lab.clock.advance(std::time::Duration::from_mins(90));
    assert_eq!(refusal(lab.look().await), "AADSTS700024", "nobody has replaced it");
    std::fs::write(&path, lab.elsewhere.token()).unwrap();
    lab.look().await.unwrap();
}

#[tokio::test]
async fn a_rotated_secret_needs_no_new_deployment() {
    let lab = Lab::new(ROLE, &json!({"clientSecret": {"secretsManager": "mto/contoso"}}));
    assert_eq!(refusal(lab.look().await), "AADSTS7000215", "what was read is the old one");
    lab.look().await.unwrap();
    lab.clock.advance(std::time::Duration::from_mins(90));
    lab.look().await.unwrap();
}
