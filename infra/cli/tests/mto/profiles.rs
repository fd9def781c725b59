//! Where region and credentials of AWS come from.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use std::collections::BTreeMap;

use crate::support::run;

/// Nobody listens there: who gets as far as a request had credentials.
const NOBODY: &str = "http://127.0.0.1:1";

fn environment(config: &str) -> BTreeMap<String, String> {
    let path = format!("{}/aws-{}", env!("CARGO_TARGET_TMPDIR"), config.len());
    std::fs::write(&path, config).unwrap();
    let variables = [
        ("AWS_CONFIG_FILE", path.as_str()),
        ("AWS_SHARED_CREDENTIALS_FILE", "/nowhere"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_ENDPOINT_URL_SQS", NOBODY),
        ("AWS_PROFILE", "work"),
        ("MTO_QUEUE_JOIN", "http://127.0.0.1:1/join"),
    ];
    variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

const SEND: [&str; 5] = ["send", "join", "fabrikam", "--to", "contoso"];

#[test]
fn a_profile_gives_region_and_keys() {
    let profile = "[profile work]\nregion = eu-west-1\naws_access_key_id = AKIDTEST\naws_secret_access_key = hidden-key\n";
    let ran = run(&SEND, &environment(profile), "");
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
    assert!(ran.err.contains("SendMessage on http://127.0.0.1:1/join failed"), "{}", ran.err);
    assert!(!ran.err.contains("hidden-key"), "no secret is told");
}

#[test]
fn a_profile_can_name_a_process() {
    let answer = r#"{"Version": 1, "AccessKeyId": "AKIDTEST", "SecretAccessKey": "s", "SessionToken": "t"}"#;
    let profile = format!("[profile work]\nregion = eu-west-1\ncredential_process = echo '{answer}'\n");
    let ran = run(&SEND, &environment(&profile), "");
    assert!(ran.code == Some(1) && ran.err.contains("SendMessage on "), "{ran:?}");
}

#[test]
fn without_region_or_credentials_it_says_what_to_do() {
    let ran = run(&SEND, &environment("[profile work]\n"), "");
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    assert!(ran.err.contains("AWS_REGION: is missing; set it, or give the profile a region"), "{}", ran.err);
    let ran = run(&SEND, &environment("[profile work]\nregion = eu-west-1\n"), "");
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    assert!(
        ran.err.contains("AWS_ACCESS_KEY_ID: no credentials") && ran.err.contains("aws sso login"),
        "{}",
        ran.err
    );
}
