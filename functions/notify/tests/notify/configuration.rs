//! A configuration that cannot be used stops the start, and no error quotes a secret.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use std::sync::Arc;

use mto_graph::{Clock, SystemClock};
use serde_json::{Value, json};

use crate::stage::{configure, document, environment};

fn error_of(document: &str) -> String {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    match configure(&environment(document, 1), &clock) {
        Ok(_) => panic!("{document} is taken"),
        Err(error) => error.to_string(),
    }
}

/// The document with one change in its destination of this name.
fn changed(name: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut document = document(1, None);
    let all = document["destinations"].as_array_mut().unwrap();
    change(all.iter_mut().find(|destination| destination["name"] == name).unwrap());
    document.to_string()
}

#[test]
fn every_kind_is_taken() {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let text = document(1, Some("slack:C0123")).to_string();
    assert!(configure(&environment(&text, 1), &clock).is_ok());
}

#[test]
fn what_is_wrong_is_named_with_its_field() {
    let cases = [
        (changed("slack", |it| it["channels"] = json!([])), "destinations[0]: channels: give the ids"),
        (
            changed("slack", |it| it["channels"] = json!(["#general"])),
            "destinations[0]: channels: give the ids",
        ),
        (
            changed("slack", |it| it["chanels"] = json!([])),
            "destinations[0]: chanels: unknown field `chanels`",
        ),
        (changed("slack", |it| it["baseUrl"] = json!("http://slack.com")), "baseUrl: is not https"),
        (
            changed("jira", |it| it["baseUrl"] = json!("http://127.0.0.1.evil.example")),
            "baseUrl: is not https",
        ),
        (changed("jira", |it| it["baseUrl"] = json!("https://u:p@x.example")), "baseUrl: holds a user"),
        (changed("jira", |it| it["projects"] = json!([])), "destinations[2]: projects: give the keys"),
        (changed("snow", |it| it["tables"] = json!([])), "destinations[4]: tables: give names"),
        (changed("hook", |it| it["url"] = json!("ftp://x.example")), "url: is not https"),
        (changed("hook", |it| it["kind"] = json!("carrier-pigeon")), "kind: is none of slack, teams"),
        (changed("hook", |it| it["name"] = json!("a:b")), "destinations[5]: name: give 1 to 40"),
        (changed("hook", |it| it["name"] = json!("slack")), "destinations[5]: name: slack is there twice"),
        (changed("hook", |it| it["tell"] = json!(["sung"])), "tell: is not one of `accepted`"),
        (
            changed("slack", |it| it["token"] = json!({"env": "MISSING"})),
            "token: variable MISSING cannot be read",
        ),
        (document(1, Some("slack:C0666")).to_string(), "default: replyto of destination slack"),
        (document(1, Some("chat:C0123")).to_string(), "default: \"chat\" is no destination"),
        (json!({"destinations": []}).to_string(), "destinations: is empty"),
        (json!({"destination": []}).to_string(), "unknown field `destination`"),
        ("{".to_owned(), "EOF while parsing"),
    ];
    for (document, wanted) in cases {
        let error = error_of(&document);
        assert!(error.starts_with("configuration: MTO_NOTIFY: "), "{error}");
        assert!(error.contains(wanted), "{error}");
    }
}

#[test]
fn a_secret_in_the_place_of_its_reference_is_not_quoted() {
    let secret = "xoxb-typed-here";
    let cases = [
        changed("slack", |it| it["token"] = json!(secret)),
        changed("slack", |it| it["token"] = json!({"env": secret})),
        changed("slack", |it| it["token"] = json!({ secret: 1 })),
        changed("slack", |it| it["channels"] = json!(secret)),
        changed("teams", |it| it["url"] = json!(secret)),
        changed("snow", |it| it["credential"] = json!({ "basic": secret })),
        changed("snow", |it| it["credential"] = json!({"basic": {"user": "u", "password": secret}})),
        changed("snow", |it| it["credential"] = json!({ "bearer": secret })),
        changed("hook", |it| it["secret"] = json!({ "secretsManager": format!("{secret}#") })),
        changed("hook", |it| it[secret] = json!(1)),
        changed("hook", |it| it["tell"] = json!([secret])),
        changed("hook", |it| *it = json!(secret)),
    ];
    for document in cases {
        let error = error_of(&document);
        assert!(!error.contains(secret), "{error}");
    }
}

#[test]
fn a_mistyped_reference_says_what_one_looks_like() {
    let error = error_of(&changed("slack", |it| it["token"] = json!("xoxb-typed-here")));
    assert!(error.contains(r#"token: is not a reference; give {"env": "NAME"}"#), "{error}");
}

#[test]
fn variables_are_checked() {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let text = document(1, None).to_string();
    let error = |name: &str, value: Option<&str>| {
        let mut environment = environment(&text, 1);
        match value {
            Some(value) => environment.insert(name.to_owned(), value.to_owned()),
            None => environment.remove(name),
        };
        configure(&environment, &clock).err().map(|error| error.to_string()).unwrap_or_default()
    };
    assert!(error("MTO_QUEUE_OUTCOMES", None).contains("give the URL of the queue"));
    assert!(error("MTO_QUEUE_DEAD_LETTERS", None).contains("MTO_QUEUE_DEAD_LETTERS"));
    assert!(error("MTO_NOTIFY", None).contains("give the destinations"));
    assert!(error("MTO_NOTIFY_FILE", Some("/x")).contains("drop either"));
    for bad in ["0", "20161", "x"] {
        assert!(error("MTO_NOTIFY_PATIENCE_MINUTES", Some(bad)).contains("is not a whole number"), "{bad}");
    }
    assert_eq!(error("MTO_NOTIFY_PATIENCE_MINUTES", Some("60")), "");
}
