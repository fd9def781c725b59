//! Access tokens as clients see them, users that sign in, and what they see (2.3, 8.7).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entra_simulator::{Change, Options, Seed};
use http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::support::{JOIN, Lab, MTO, TENANTS, assert_has, user};

const BASIC: &str = "MultiTenantOrganization.ReadBasic.All";

fn claims(token: &str) -> Value {
    let parts: Vec<&str> = token.split('.').collect();
    assert_eq!(parts.len(), 3, "header, payload, signature");
    let decode = |part: &str| -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
    };
    assert_has(&decode(parts[0]), &json!({"typ": "JWT", "alg": "RS256"}));
    decode(parts[1])
}

fn with_user(roles: &[&str]) -> Lab {
    let mut seed = Seed::demo(3);
    seed.tenants[0].sign_ins = vec![user("ada", roles)];
    let lab = Lab::with(seed, Options::default());
    lab.put(0, MTO, json!({"displayName": "Group"}), 201);
    lab
}

#[test]
fn an_application_token_reads_as_the_services() {
    let lab = Lab::new(1, Options::default());
    let application = lab.seed.tenants[0].applications[0].client_id;
    let claims = claims(&lab.token(0));
    assert_has(
        &claims,
        &json!({"aud": "https://graph.microsoft.com", "iss": format!("https://sts.windows.net/{}/", lab.id(0)),
            "tid": lab.id(0), "appid": application, "app_displayname": "Contoso application", "idtyp": "app",
            "iat": 1_795_251_600, "nbf": 1_795_251_600}),
    );
    let roles: Vec<&str> =
        claims["roles"].as_array().expect("roles").iter().filter_map(Value::as_str).collect();
    let mut wanted = entra_simulator::PERMISSIONS;
    wanted.sort_unstable();
    assert_eq!(roles, wanted);
    assert_eq!((claims.get("scp"), claims.get("upn")), (None, None));
    let lifetime = claims["exp"].as_i64().expect("a time") - 1_795_251_600;
    assert!((3_600..5_400).contains(&lifetime));
}

#[test]
fn a_users_token_names_the_user_the_scopes_and_the_roles() {
    let lab = with_user(&["Security Reader"]);
    let scope = "https://graph.microsoft.com/Policy.Read.All+openid+offline_access";
    let reply = lab.user_token(0, &user("ADA", &[]), scope);
    assert_eq!(reply.body["scope"], "https://graph.microsoft.com/Policy.Read.All");
    let claims = claims(reply.token());
    assert_has(
        &claims,
        &json!({"idtyp": "user", "upn": "ada@contoso.example", "name": "ada", "scp": "Policy.Read.All",
            "wids": ["5d6b6bb7-de71-4623-b4af-96380a352509"], "app_displayname": "Contoso application"}),
    );
    assert_eq!(claims.get("roles"), None);
}

#[test]
fn a_token_with_another_payload_is_unknown() {
    let lab = Lab::new(1, Options::default());
    let token = lab.token(0);
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    parts[1] = URL_SAFE_NO_PAD.encode(json!({"roles": ["everything"]}).to_string());
    assert_eq!(lab.with_token(&parts.join("."), Method::GET, MTO, &Value::Null).status, 401);
}

#[rstest]
#[case::all(".default", 19)]
#[case::all_of_the_resource("https://graph.microsoft.com/.default", 19)]
#[case::one("policy.read.all", 1)]
#[case::two_and_one_without_consent("Policy.Read.All+User.Read+Mail.Read", 2)]
fn the_scopes_that_were_asked_for_are_granted_as_far_as_there_is_consent(
    #[case] scope: &str,
    #[case] count: usize,
) {
    let lab = with_user(&[]);
    let reply = lab.user_token(0, &user("ada", &[]), scope);
    let granted = claims(reply.token())["scp"].as_str().expect("scopes").split(' ').count();
    assert_eq!(granted, count);
}

#[test]
fn a_sign_in_that_fails_says_why() {
    let lab = with_user(&[]);
    let tenant = lab.id(0).to_string();
    let client = lab.seed.tenants[0].applications[0].client_id;
    let code = |extra: &str| {
        let reply = lab.token_request(&tenant, &format!("client_id={client}&grant_type=password&{extra}"));
        (reply.status, reply.body["error_codes"][0].as_u64().unwrap_or_default())
    };
    let ada = "username=ada@contoso.example";
    assert_eq!(code(&format!("{ada}&password=wrong&scope=.default")), (400, 50_126));
    assert_eq!(code("username=bob@contoso.example&password=pass&scope=.default"), (400, 50_034));
    assert_eq!(code(&format!("{ada}&password=pass&scope=Mail.Read")), (400, 65_001));
    assert_eq!(code(&format!("{ada}&password=pass")), (400, 900_144));
    assert_eq!(code(&format!("{ada}&password=pass&scope=.default&client_secret=wrong")), (401, 7_000_215));
}

#[test]
fn a_user_may_sign_in_without_naming_the_tenant() {
    let lab = with_user(&[]);
    let client = lab.seed.tenants[0].applications[0].client_id;
    for (place, status) in [("organizations", 200), ("common", 200), ("consumers", 400)] {
        let form = format!(
            "client_id={client}&grant_type=password&username=ada@contoso.example&password=pass&scope=.default"
        );
        assert_eq!(lab.token_request(place, &form).status, status, "{place}");
    }
}

#[test]
fn whoever_has_only_the_basic_permission_sees_names_of_active_tenants() {
    let lab = with_user(&[]);
    for tenant in [1, 2] {
        lab.add(0, tenant);
    }
    lab.join(1, 0);
    lab.pass(super::support::JOIN_SECONDS);
    let reply = lab.user_token(0, &user("ada", &[]), BASIC);
    let get = |path: &str| lab.with_token(reply.token(), Method::GET, path, &Value::Null);
    let name = |tenant: usize| &lab.seed.tenants[tenant].display_name;
    let row = |tenant: usize| json!({"tenantId": lab.id(tenant), "displayName": name(tenant)});
    assert_eq!(get(TENANTS).body["value"], json!([row(0), row(1)]));
    let mut one = get(&lab.row(1)).body;
    one.as_object_mut().expect("a row").remove("@odata.context");
    assert_eq!(one, row(1));
    assert_eq!(get(&lab.row(2)).code(), "Request_ResourceNotFound", "still pending");
    assert_eq!(get(MTO).body["displayName"], "Group");
    assert_eq!(get(JOIN).status, 403);
    assert_eq!(get(&format!("{TENANTS}?$filter=state+eq+'active'")).code(), "Request_UnsupportedQuery");
    let wide = lab.user_token(0, &user("ada", &[]), ".default");
    let seen = lab.with_token(wide.token(), Method::GET, TENANTS, &Value::Null).body;
    assert_eq!(seen["value"], json!([row(0), row(1)]), "a permission without the role gives no more");
}

#[test]
fn a_denied_permission_and_a_revoked_token_count_for_users_too() {
    let lab = with_user(&["Global Administrator"]);
    let reply = lab.user_token(0, &user("ada", &[]), ".default");
    let join = || lab.with_token(reply.token(), Method::GET, JOIN, &Value::Null).status;
    assert_eq!(join(), 200);
    for name in ["Read", "ReadWrite"] {
        let permission = format!("MultiTenantOrganization.{name}.All");
        lab.script(Change::DenyPermission { tenant: lab.id(0), permission });
    }
    assert_eq!(join(), 403);
    lab.script(Change::RevokeTokens { tenant: lab.id(0) });
    assert_eq!(join(), 401);
}

#[rstest]
#[case::another_domain(json!({"userPrincipalName": "a@other.example", "password": "x"}), "userPrincipalName = a@other.example: is not")]
#[case::no_domain(json!({"userPrincipalName": "a", "password": "x"}), "userPrincipalName = a: is not")]
#[case::no_password(json!({"userPrincipalName": "a@contoso.example", "password": ""}), "password = -: is empty")]
#[case::an_unknown_role(json!({"userPrincipalName": "a@contoso.example", "password": "x", "roles": ["King"]}), "roles = King: is no known directory role")]
fn a_wrong_user_names_field_value_and_remedy(#[case] body: Value, #[case] wanted: &str) {
    let mut seed = Seed::demo(1);
    seed.tenants[0].sign_ins = vec![serde_json::from_value(body).expect("a shape")];
    let error = seed.check().expect_err("a wrong user").to_string();
    assert!(error.starts_with(&format!("tenants[0].signIns[0].{wanted}")), "{error}");
}

#[test]
fn a_user_stands_once_and_a_delegated_permission_is_a_known_one() {
    let mut seed = Seed::demo(1);
    seed.tenants[0].sign_ins = vec![user("ada", &[]), user("ADA", &[])];
    assert_eq!(seed.check().expect_err("twice").field, "tenants[0].signIns[1].userPrincipalName");
    let mut seed = Seed::demo(1);
    seed.tenants[0].applications[0].delegated_permissions = vec!["Mail.Read".to_owned()];
    let error = seed.check().expect_err("unknown");
    assert_eq!(error.field, "tenants[0].applications[0].delegatedPermissions");
}

#[test]
fn neither_passwords_nor_tokens_of_users_stand_in_the_state() {
    let lab = with_user(&["Global Reader"]);
    let reply = lab.user_token(0, &user("ada", &[]), ".default");
    let state = lab.simulator.state().to_string();
    assert!(state.contains("ada@contoso.example") && state.contains("Global Reader"));
    for hidden in [reply.token(), "\"pass\"", "demo-password"] {
        assert!(!state.contains(hidden), "{hidden}");
    }
}
