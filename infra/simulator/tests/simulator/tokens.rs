//! Reference 8.7.

use entra_simulator::{Change, Options};
use http::Method;
use serde_json::Value;

use super::support::{Lab, MTO, Reply};

fn code(reply: &Reply) -> (u16, u64) {
    (reply.status, reply.body["error_codes"][0].as_u64().unwrap_or_default())
}

#[test]
fn a_secret_gives_a_bearer_token_of_60_to_90_minutes() {
    let lab = Lab::new(1, Options::default());
    let application = &lab.seed.tenants[0].applications[0];
    let secret = application.secrets[0].expose();
    // the tenant may be named by a verified domain too
    let reply = lab.sign_in("contoso.example", &application.client_id.to_string(), secret);
    assert_eq!((reply.status, &reply.body["token_type"]), (200, &Value::from("Bearer")));
    let lifetime = reply.body["expires_in"].as_u64().expect("seconds");
    assert!((3_600..5_400).contains(&lifetime), "{lifetime}");
}

#[test]
fn what_is_wrong_with_a_token_request_has_its_number() {
    let lab = Lab::new(2, Options::default());
    let tenant = lab.id(0).to_string();
    let application = lab.seed.tenants[0].applications[0].client_id.to_string();
    let stranger = lab.seed.tenants[1].applications[0].client_id.to_string();
    assert_eq!(code(&lab.sign_in(&tenant, &application, "wrong")), (401, 7_000_215));
    assert_eq!(code(&lab.sign_in(&tenant, &stranger, "x")), (400, 700_016));
    assert_eq!(code(&lab.sign_in("nowhere.example", &application, "x")), (400, 90_002));
    let form = |extra: &str| lab.token_request(&tenant, &format!("client_id={application}&{extra}"));
    assert_eq!(code(&form("grant_type=client_credentials&scope=User.Read&client_secret=x")), (400, 70_011));
    assert_eq!(code(&form("grant_type=device_code&scope=x/.default&client_secret=x")), (400, 70_003));
    assert_eq!(code(&form("grant_type=client_credentials&scope=x/.default")), (401, 7_000_216));
    assert_eq!(code(&form("scope=x/.default")), (400, 900_144));
    let broken = lab.sign_in(&tenant, &application, "wrong").body;
    let text = broken["error_description"].as_str().expect("text");
    assert!(text.starts_with("AADSTS7000215: "), "{text}");
    assert_eq!(broken["error"], "invalid_client");
}

#[test]
fn a_broken_credential_is_refused_until_it_is_mended() {
    let lab = Lab::new(1, Options::default());
    let application = &lab.seed.tenants[0].applications[0];
    let sign_in = || {
        let secret = application.secrets[0].expose();
        lab.sign_in(&lab.id(0).to_string(), &application.client_id.to_string(), secret)
    };
    lab.script(Change::BreakCredential { tenant: lab.id(0), broken: true });
    assert_eq!(code(&sign_in()), (401, 7_000_215));
    lab.script(Change::BreakCredential { tenant: lab.id(0), broken: false });
    assert_eq!(sign_in().status, 200);
}

#[test]
fn a_missing_an_unknown_an_expired_and_a_revoked_token_are_401() {
    let lab = Lab::new(1, Options::default());
    let get = |token: &str| lab.with_token(token, Method::GET, MTO, &Value::Null);
    let token = lab.token(0);
    assert_eq!(get(&token).status, 200);
    for (bad, message) in
        [("", "Access token is empty."), ("guess", "Access token validation failure. Invalid token.")]
    {
        let reply = get(bad);
        assert_eq!((reply.status, reply.code()), (401, "InvalidAuthenticationToken"));
        assert_eq!(reply.body["error"]["message"], message);
    }
    lab.pass(5_400);
    assert_eq!(get(&token).body["error"]["message"], "Lifetime validation failed, the token is expired.");
    let token = lab.token(0);
    lab.script(Change::RevokeTokens { tenant: lab.id(0) });
    assert_eq!(get(&token).status, 401);
}

#[test]
fn neither_secrets_nor_tokens_stand_in_the_state_or_in_the_log() {
    let lab = Lab::new(1, Options::default());
    let token = lab.token(0);
    let secret = lab.seed.tenants[0].applications[0].secrets[0].expose();
    let shown = format!("{} {:?} {:?}", lab.simulator.state(), lab.simulator.requests(), lab.seed);
    assert!(!shown.contains(&token) && !shown.contains(secret));
}

#[cfg(feature = "assertions")]
mod assertions {
    use entra_simulator::{ApplicationSeed, Clock as _, Options, Seed};
    use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
    use serde_json::{Value, json};

    use super::super::support::{Lab, Reply};
    use super::code;

    const CERTIFICATE: &str = include_str!("../../../../tests/golden/certificates/test-client.crt.pem");
    const KEY: &str = include_str!("../../../../tests/golden/certificates/test-client.key.pem");

    fn lab() -> Lab {
        let mut seed = Seed::demo(1);
        let application: &mut ApplicationSeed = &mut seed.tenants[0].applications[0];
        application.certificates = vec![CERTIFICATE.to_owned()];
        application.secrets.clear();
        Lab::with(seed, Options::default())
    }

    /// The thumbprint, computed with base64 and sha2 from the PEM text rather than by the simulator's parser.
    fn thumbprint() -> String {
        use base64::Engine as _;
        use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
        use sha2::{Digest as _, Sha256};
        let inner: String = CERTIFICATE.lines().filter(|line| !line.starts_with("-----")).collect();
        URL_SAFE_NO_PAD.encode(Sha256::digest(STANDARD.decode(inner).expect("base64")))
    }

    fn claims(lab: &Lab) -> Value {
        let now = lab.clock.now().unix_timestamp();
        let client = lab.seed.tenants[0].applications[0].client_id;
        let audience = format!("https://login.microsoftonline.com/{}/oauth2/v2.0/token", lab.id(0));
        json!({"aud": audience, "iss": client, "sub": client, "jti": "one", "nbf": now, "iat": now, "exp": now + 300})
    }

    fn sign(algorithm: Algorithm, thumbprint: Option<String>, claims: &Value) -> String {
        let header = Header { x5t_s256: thumbprint, ..Header::new(algorithm) };
        encode(&header, claims, &EncodingKey::from_rsa_pem(KEY.as_bytes()).expect("a key"))
            .expect("a signature")
    }

    fn send(lab: &Lab, assertion: &str) -> Reply {
        let client = lab.seed.tenants[0].applications[0].client_id;
        let kind = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";
        lab.token_request(
            &lab.id(0).to_string(),
            &format!(
                "client_id={client}&grant_type=client_credentials&scope=https://graph.microsoft.com/.default\
                 &client_assertion_type={kind}&client_assertion={assertion}"
            ),
        )
    }

    #[test]
    fn a_signed_assertion_gives_a_token_once() {
        for algorithm in [Algorithm::PS256, Algorithm::RS256] {
            let lab = lab();
            let assertion = sign(algorithm, Some(thumbprint()), &claims(&lab));
            assert_eq!(send(&lab, &assertion).status, 200);
            assert_eq!(code(&send(&lab, &assertion)), (401, 700_027), "replayed");
        }
    }

    #[test]
    fn a_tampered_assertion_is_refused() {
        let lab = lab();
        let assertion = sign(Algorithm::PS256, Some(thumbprint()), &claims(&lab));
        let other = sign(Algorithm::PS256, Some(thumbprint()), &json!({"jti": "other"}));
        let signature = assertion.rsplit('.').next().expect("a signature");
        let tampered = format!("{}.{signature}", other.rsplit_once('.').expect("parts").0);
        assert_eq!(code(&send(&lab, &tampered)), (401, 700_027));
        assert_eq!(code(&send(&lab, "no-jwt")), (401, 700_027));
    }

    #[test]
    fn a_certificate_that_is_not_registered_or_not_named_is_refused() {
        let lab = lab();
        for thumbprint in [None, Some("AAAA".to_owned())] {
            let assertion = sign(Algorithm::PS256, thumbprint, &claims(&lab));
            assert_eq!(code(&send(&lab, &assertion)), (401, 700_027));
        }
    }

    #[test]
    fn wrong_claims_are_refused_each_with_its_number() {
        let lab = lab();
        let now = lab.clock.now().unix_timestamp();
        for (name, value, number) in [
            ("aud", json!("https://login.microsoftonline.com/other/oauth2/v2.0/token"), 700_023),
            ("iss", json!("somebody"), 700_021),
            ("sub", json!("somebody"), 700_021),
            ("exp", json!(now), 700_024),
            ("nbf", json!(now + 3_600), 700_024),
            ("jti", json!(""), 700_027),
        ] {
            let mut claims = claims(&lab);
            claims[name] = value;
            let reply = send(&lab, &sign(Algorithm::PS256, Some(thumbprint()), &claims));
            assert_eq!(code(&reply), (401, number), "{name}");
        }
    }

    #[test]
    fn the_requests_own_address_is_a_right_audience() {
        let lab = lab();
        let mut claims = claims(&lab);
        let address = format!("/{}/oauth2/v2.0/token", lab.id(0));
        claims["aud"] = json!(format!("http://127.0.0.1:4000{address}"));
        let client = lab.seed.tenants[0].applications[0].client_id;
        let body = format!(
            "client_id={client}&grant_type=client_credentials&scope=x/.default\
             &client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion={}",
            sign(Algorithm::PS256, Some(thumbprint()), &claims)
        );
        let request = http::Request::post(address).header("host", "127.0.0.1:4000");
        assert_eq!(lab.send(request.body(body.into()).expect("a request")).status, 200);
    }
}

#[cfg(feature = "assertions")]
mod federated {
    use entra_simulator::{Clock as _, FederatedCredentialSeed, Options, Seed};
    use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
    use serde_json::{Value, json};

    use super::super::support::{Lab, Reply};
    use super::code;

    const KEY: &str = include_str!("../../../../tests/golden/certificates/test-client.key.pem");
    const JWKS: &str = include_str!("../../../../tests/golden/certificates/test-issuer.jwks.json");
    const ISSUER: &str = "https://0a1b.tokens.sts.global.api.aws";
    const SUBJECT: &str = "arn:aws:iam::123456789012:role/mto-join";

    fn lab() -> Lab {
        let mut keys: Value = serde_json::from_str(JWKS).expect("JSON");
        let issuer = json!({"issuer": ISSUER, "keys": keys["keys"].take()});
        let mut seed = Seed::demo(2);
        seed.issuers = vec![serde_json::from_value(issuer).expect("an issuer")];
        seed.tenants[0].applications[0].federated_credentials = vec![FederatedCredentialSeed {
            name: "functions".to_owned(),
            issuer: ISSUER.to_owned(),
            subject: SUBJECT.to_owned(),
            audiences: vec!["api://AzureADTokenExchange".to_owned()],
        }];
        Lab::with(seed, Options::default())
    }

    fn claims(lab: &Lab) -> Value {
        let now = lab.clock.now().unix_timestamp();
        json!({"iss": ISSUER, "sub": SUBJECT, "aud": "api://AzureADTokenExchange", "iat": now, "exp": now + 300})
    }

    fn sign(algorithm: Algorithm, kid: Option<&str>, claims: &Value) -> String {
        let header = Header { kid: kid.map(str::to_owned), ..Header::new(algorithm) };
        encode(&header, claims, &EncodingKey::from_rsa_pem(KEY.as_bytes()).expect("a key"))
            .expect("a signature")
    }

    fn send_to(lab: &Lab, place: usize, assertion: &str) -> Reply {
        let client = lab.seed.tenants[place].applications[0].client_id;
        lab.token_request(
            &lab.id(place).to_string(),
            &format!(
                "client_id={client}&grant_type=client_credentials&scope=https://graph.microsoft.com/.default\
                 &client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer\
                 &client_assertion={assertion}"
            ),
        )
    }

    #[test]
    fn a_trusted_identity_gets_tokens_and_may_show_the_same_assertion_again() {
        let lab = lab();
        for kid in [Some("test-rsa"), None] {
            let assertion = sign(Algorithm::RS256, kid, &claims(&lab));
            assert_eq!(send_to(&lab, 0, &assertion).status, 200);
            assert_eq!(send_to(&lab, 0, &assertion).status, 200);
        }
        let mut one_audience = claims(&lab);
        one_audience["aud"] = json!(["api://AzureADTokenExchange"]);
        assert_eq!(send_to(&lab, 0, &sign(Algorithm::RS256, None, &one_audience)).status, 200);
    }

    #[test]
    fn an_identity_that_is_not_trusted_letter_by_letter_is_told_what_it_showed() {
        let lab = lab();
        for (name, value) in [
            ("iss", json!(format!("{ISSUER}/"))),
            ("sub", json!(SUBJECT.to_uppercase())),
            ("sub", json!("arn:aws:iam::123456789012:role/mto-*")),
            ("aud", json!("api://AzureADTokenExchangeUSGov")),
            ("aud", json!(["api://AzureADTokenExchange", "another"])),
        ] {
            let mut claims = claims(&lab);
            claims[name] = value.clone();
            let reply = send_to(&lab, 0, &sign(Algorithm::RS256, Some("test-rsa"), &claims));
            assert_eq!(code(&reply), (400, 70_021), "{name} {value}");
            let text = reply.body["error_description"].as_str().expect("text");
            assert!(text.starts_with("AADSTS70021: No matching federated identity record found"), "{text}");
        }
        // another application trusts nobody
        assert_eq!(code(&send_to(&lab, 1, &sign(Algorithm::RS256, None, &claims(&lab)))), (400, 70_021));
    }

    #[test]
    fn another_algorithm_another_key_and_a_changed_token_are_refused() {
        let lab = lab();
        let good = sign(Algorithm::RS256, Some("test-rsa"), &claims(&lab));
        let mut later = claims(&lab);
        later["exp"] = json!(lab.clock.now().unix_timestamp() + 3_000);
        let other = sign(Algorithm::RS256, Some("test-rsa"), &later);
        let (body, _) = other.rsplit_once('.').expect("parts");
        let changed = format!("{body}.{}", good.rsplit('.').next().expect("a signature"));
        for bad in [
            sign(Algorithm::PS256, Some("test-rsa"), &claims(&lab)),
            sign(Algorithm::RS256, Some("test-ec"), &claims(&lab)),
            sign(Algorithm::RS256, Some("unknown"), &claims(&lab)),
            changed,
        ] {
            assert_eq!(code(&send_to(&lab, 0, &bad)), (401, 700_027));
        }
    }

    #[test]
    fn an_assertion_out_of_its_time_is_refused() {
        let lab = lab();
        let now = lab.clock.now().unix_timestamp();
        for (name, value) in [("exp", now), ("nbf", now + 3_600)] {
            let mut claims = claims(&lab);
            claims[name] = json!(value);
            assert_eq!(code(&send_to(&lab, 0, &sign(Algorithm::RS256, None, &claims))), (401, 700_024));
        }
        let assertion = sign(Algorithm::RS256, None, &claims(&lab));
        lab.pass(300);
        assert_eq!(code(&send_to(&lab, 0, &assertion)), (401, 700_024), "after its end");
    }

    #[test]
    fn an_assertion_without_its_claims_is_refused() {
        let lab = lab();
        let assertion = sign(Algorithm::RS256, None, &json!({"iss": ISSUER}));
        assert_eq!(code(&send_to(&lab, 0, &assertion)), (401, 700_027));
    }
}

#[cfg(not(feature = "assertions"))]
#[test]
fn without_the_feature_an_assertion_is_refused_saying_so() {
    let lab = Lab::new(1, Options::default());
    let form = format!(
        "client_id={}&grant_type=client_credentials&scope=x/.default&client_assertion=a.b.c\
         &client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        lab.seed.tenants[0].applications[0].client_id
    );
    let reply = lab.token_request(&lab.id(0).to_string(), &form);
    assert_eq!(code(&reply), (401, 700_027));
    assert!(reply.body["error_description"].as_str().expect("text").contains("feature `assertions`"));
}
