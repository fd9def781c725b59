//! The local endpoint of the AWS Parameters and Secrets Lambda Extension.

use std::collections::BTreeMap;
use std::sync::Arc;

use mto_graph::{ReqwestTransport, SourceError};
use mto_handler::SecretStore;
use mto_handler::aws::SecretsExtension;
use rstest::rstest;
use secrecy::ExposeSecret;
use time::Duration;

use crate::stub::{NOW, Still, Stub};

const ID: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mto/contoso-AbCdEf";

fn extension(port: &str) -> Result<SecretsExtension, String> {
    let environment = BTreeMap::from([
        ("AWS_SESSION_TOKEN".to_owned(), "session-token".to_owned()),
        ("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT".to_owned(), port.to_owned()),
    ]);
    let transport = Arc::new(ReqwestTransport::new().unwrap());
    SecretsExtension::from_environment(&environment, transport, Arc::new(Still))
        .map_err(|error| error.to_string())
}

async fn get(port: u16) -> Result<String, SourceError> {
    let secret = extension(&port.to_string()).unwrap().get(ID, NOW + Duration::seconds(3)).await;
    secret.map(|secret| secret.expose_secret().to_owned())
}

#[tokio::test]
async fn a_secret_is_asked_for_by_its_id_with_the_session_token() {
    let body = r#"{"ARN": "x", "SecretString": "s3cret", "VersionStages": ["AWSCURRENT"]}"#;
    let stub = Stub::answering(200, body).await;
    assert_eq!(get(stub.port).await.unwrap(), "s3cret");
    let request = stub.requests().remove(0);
    let line = "GET /secretsmanager/get?secretId=arn%3Aaws%3Asecretsmanager%3Aeu%2Dwest%2D1%3A123456789012%3Asecret%3A\
                mto%2Fcontoso%2DAbCdEf HTTP/1.1\r\n";
    assert!(request.starts_with(line), "{request}");
    assert!(request.contains("\r\nx-aws-parameters-secrets-token: session-token\r\n"), "{request}");
    assert!(!format!("{:?}", extension("2773").unwrap()).contains("session-token"));
}

#[rstest]
#[case::starting(400, "not ready to serve traffic, please wait", true)]
#[case::overloaded(400, "", true)]
#[case::throttled(
    400,
    "operation error Secrets Manager: GetSecretValue, ThrottlingException: Rate exceeded",
    true
)]
#[case::busy(429, "", true)]
#[case::failing(500, "", true)]
#[case::secrets_manager_failing(400, "InternalServiceError: try again", true)]
#[case::no_token(401, "", false)]
#[case::forbidden(403, "", false)]
#[case::not_allowed(400, "api error AccessDeniedException: User: arn:aws:sts::1:x is not authorized", false)]
#[case::not_there(400, "ResourceNotFoundException: Secrets Manager can't find the specified secret.", false)]
#[case::no_key(400, "DecryptionFailure: KMS", false)]
#[tokio::test]
async fn what_passes_is_told_from_what_somebody_has_to_change(
    #[case] status: u16,
    #[case] body: &str,
    #[case] passes: bool,
) {
    let stub = Stub::answering(status, format!("{body} s3cret")).await;
    let error = get(stub.port).await.unwrap_err();
    assert_eq!(matches!(error, SourceError::Unavailable(_)), passes, "{error}");
    let text = error.to_string();
    assert!(!text.contains(ID) && text.contains(&status.to_string()) && !text.contains("s3cret"), "{text}");
}

#[rstest]
#[case::binary(r#"{"ARN": "x", "SecretBinary": "czNjcmV0"}"#)]
#[case::no_json("s3cret")]
#[tokio::test]
async fn an_answer_without_a_text_is_refused_and_not_shown(#[case] body: &str) {
    let stub = Stub::answering(200, body).await;
    let error = get(stub.port).await.unwrap_err();
    assert!(matches!(error, SourceError::Unusable(_)), "{error}");
    assert!(error.to_string().contains("has no SecretString") && !error.to_string().contains("cret\""));
}

#[tokio::test]
async fn without_the_extension_the_layer_is_asked_about() {
    // nobody listens on a port that was just given back
    let port = tokio::net::TcpListener::bind("localhost:0").await.unwrap().local_addr().unwrap().port();
    let error = get(port).await.unwrap_err();
    assert!(matches!(error, SourceError::Unavailable(_)), "{error}");
    assert!(error.to_string().contains("is its layer in the function?"), "{error}");
}

#[tokio::test]
async fn nothing_is_waited_for_beyond_the_deadline() {
    let stub = Stub::silent().await;
    let answer = extension(&stub.port.to_string()).unwrap().get(ID, NOW + Duration::milliseconds(50)).await;
    assert!(matches!(answer, Err(SourceError::Unavailable(_))));
}

#[test]
fn a_port_that_is_none_stops_the_start() {
    for port in ["0", "65536", "x", "-1"] {
        let error = extension(port).unwrap_err();
        assert!(error.contains("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT") && error.contains(port), "{error}");
    }
}

#[test]
fn without_a_session_token_the_start_stops() {
    let transport = Arc::new(ReqwestTransport::new().unwrap());
    let made = SecretsExtension::from_environment(&BTreeMap::new(), transport, Arc::new(Still));
    assert!(made.unwrap_err().to_string().contains("AWS_SESSION_TOKEN"));
}
