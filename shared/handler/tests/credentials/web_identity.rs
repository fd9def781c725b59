//! `sts:GetWebIdentityToken`.

use std::collections::BTreeMap;
use std::sync::Arc;

use mto_graph::{AssertionSource, ReqwestTransport, SourceError, Transport};
use mto_handler::aws::WebIdentity;
use rstest::rstest;
use secrecy::ExposeSecret;
use time::Duration;

use crate::stub::{NOW, Still, Stub};

fn transport() -> Arc<dyn Transport> {
    Arc::new(ReqwestTransport::when_needed())
}

fn source(endpoint: &str) -> WebIdentity {
    let environment = BTreeMap::from(
        [
            ("AWS_REGION", "eu-west-1"),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "s3cret-key"),
            ("AWS_SESSION_TOKEN", "session-token"),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
            ("AWS_ENDPOINT_URL_STS", endpoint),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    WebIdentity::from_environment(&environment, transport(), Arc::new(Still)).unwrap()
}

async fn ask(stub: &Stub) -> Result<String, SourceError> {
    let token =
        source(&format!("http://localhost:{}", stub.port)).assertion(NOW + Duration::seconds(3)).await;
    token.map(|token| token.expose_secret().to_owned())
}

fn issued(token: &str) -> String {
    format!(
        r#"<GetWebIdentityTokenResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetWebIdentityTokenResult>
        <WebIdentityToken>{token}</WebIdentityToken><Expiration>2026-11-21T08:05:00Z</Expiration>
        </GetWebIdentityTokenResult></GetWebIdentityTokenResponse>"#
    )
}

fn refused(code: &str) -> String {
    format!(
        r#"<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
        <Code>{code}</Code><Message>what it says</Message></Error></ErrorResponse>"#
    )
}

#[tokio::test]
async fn a_token_is_asked_for_with_audience_algorithm_and_duration_in_a_signed_request() {
    let stub = Stub::answering(200, issued("a.b.c")).await;
    assert_eq!(ask(&stub).await.unwrap(), "a.b.c");
    let requests = stub.requests();
    assert_eq!(requests.len(), 1);
    let request = &requests[0];
    let form = "\r\n\r\nAction=GetWebIdentityToken&Version=2011-06-15\
                &Audience.member.1=api%3A%2F%2FAzureADTokenExchange&DurationSeconds=300&SigningAlgorithm=RS256";
    assert!(request.starts_with("POST / HTTP/1.1\r\n") && request.ends_with(form), "{request}");
    for wanted in ["Credential=AKIDEXAMPLE/", "/eu-west-1/sts/aws4_request", "session-token"] {
        assert!(request.contains(wanted), "{wanted}: {request}");
    }
    let shown = format!("{:?}", source("http://localhost"));
    assert!(!shown.contains("s3cret-key") && !shown.contains("session-token"), "{shown}");
}

#[rstest]
#[case::off(
    400,
    "OutboundWebIdentityFederationDisabledException",
    false,
    "enable-outbound-web-identity-federation"
)]
#[case::not_allowed(403, "AccessDenied", false, "allow the role sts:GetWebIdentityToken")]
#[case::too_long(400, "JWTPayloadSizeExceededException", false, "what it says")]
#[case::session_ends(403, "SessionDurationEscalationException", true, "what it says")]
#[case::credentials_ended(403, "ExpiredToken", true, "what it says")]
#[case::throttled(400, "Throttling", true, "what it says")]
#[case::failing(500, "InternalFailure", true, "what it says")]
#[tokio::test]
async fn what_passes_is_told_from_what_somebody_has_to_change(
    #[case] status: u16,
    #[case] code: &str,
    #[case] passes: bool,
    #[case] wanted: &str,
) {
    let stub = Stub::answering(status, refused(code)).await;
    let error = ask(&stub).await.unwrap_err();
    assert_eq!(matches!(error, SourceError::Unavailable(_)), passes, "{error}");
    assert!(error.to_string().contains(code) && error.to_string().contains(wanted), "{error}");
    assert_eq!(stub.requests().len(), 1, "whoever wants the token tries again");
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_not_shown() {
    let stub = Stub::answering(200, issued("a.b.c").replace("Result>", "Answer>")).await;
    let error = ask(&stub).await.unwrap_err();
    assert!(matches!(error, SourceError::Unavailable(_)), "{error}");
    assert!(!format!("{error} {error:?}").contains("a.b.c"), "{error}");
    let stub = Stub::answering(200, "<a.b.c").await;
    let error = ask(&stub).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("a.b.c"), "{error}");
}

#[tokio::test]
async fn nothing_is_waited_for_beyond_the_deadline() {
    let stub = Stub::silent().await;
    let source = source(&format!("http://localhost:{}", stub.port));
    let error = source.assertion(NOW + Duration::milliseconds(50)).await.unwrap_err();
    assert_eq!(error, SourceError::Unavailable("sts:GetWebIdentityToken: no answer in time".to_owned()));
}

#[tokio::test]
async fn a_service_that_cannot_be_reached_says_so() {
    let error = source("http://127.0.0.1:9").assertion(NOW + Duration::seconds(3)).await.unwrap_err();
    assert!(matches!(error, SourceError::Unavailable(_)), "{error}");
    assert!(error.to_string().contains("it cannot be reached"), "{error}");
}

#[test]
fn a_missing_variable_is_named() {
    let environment = BTreeMap::from([("AWS_ACCESS_KEY_ID".to_owned(), "a".to_owned())]);
    let error = WebIdentity::from_environment(&environment, transport(), Arc::new(Still)).unwrap_err();
    assert!(error.to_string().contains("AWS_SECRET_ACCESS_KEY"), "{error}");
}
