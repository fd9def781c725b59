//! Whatever is sent: never a panic, and never a command that was not signed.

use mto_handler::HttpRequest;
use mto_intake::MAX_BODY_BYTES;
use mto_intake::chat::{Request, line_of, parse, slack_text, teams_text};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{NOW, World, form, open, post, sign};

const KINDS: [&str; 5] = ["slack", "teams", "jira", "servicenow", "webhook"];

fn answer(world: &World, request: HttpRequest) -> mto_handler::HttpResponse {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(world.send(request))
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        Just(json!("mto.join.v1")),
        Just(json!("2026-11-21T09:00:00Z")),
    ];
    let name = prop_oneof![
        Just("type".to_owned()),
        Just("data".to_owned()),
        Just("id".to_owned()),
        Just("text".to_owned()),
        Just("timestamp".to_owned()),
        Just("from".to_owned()),
        Just("aadObjectId".to_owned()),
        Just("tenant".to_owned()),
        Just("owner".to_owned()),
        Just("issue".to_owned()),
        Just("key".to_owned()),
        Just("sys_id".to_owned()),
        ".{0,8}",
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(name.clone(), inner, 0..6).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Lines of words that mean something, in any order.
fn any_line() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        4 => proptest::sample::select(vec![
            "join", "add", "leave", "remove", "dissolve", "sync", "unshare", "stop", "restart", "status", "plan",
            "create", "help", "to", "from", "in", "as", "with", "and", "all", "confirm", "cleanup", "users",
            "settings", "dry", "run", "both", "directions", "owner", ",", "fabrikam", "contoso.example", "12",
            "\"Contoso group\"", "“x”", "'y z'", "&amp;", "<http://a.example|a.example>",
        ]).prop_map(str::to_owned),
        1 => ".{0,6}",
    ];
    vec(word, 0..12).prop_map(|words| words.join(" "))
}

/// Bodies whose length is about that of the longest that is read.
fn huge_body() -> impl Strategy<Value = Vec<u8>> {
    let bytes = prop_oneof![
        Just(0),
        1..MAX_BODY_BYTES,
        MAX_BODY_BYTES - 3..MAX_BODY_BYTES + 4,
        MAX_BODY_BYTES..MAX_BODY_BYTES + 2_000,
    ];
    let start = json!({"type": "mto.join.v1", "id": "1", "data": {"tenant": "a", "owner": "b"},
                       "from": {"aadObjectId": "u"}})
    .to_string();
    let start = start.trim_end_matches('}').to_owned() + "},\"text\":";
    let around = prop_oneof![
        Just((start.clone() + "\"join a to b", "\"}")),
        Just((start.clone() + "\"<at>", "\"}")),
        Just((start + "[", "")),
        Just((String::new(), "")),
        Just(("user_id=U&text=join+a+to+b".to_owned(), "")),
    ];
    let filling =
        proptest::sample::select(vec![" ", "[", "\"", "<", "&a=", "join ", "&lt;", "\\u0000", "é", "\0"]);
    (bytes, around, filling).prop_map(|(bytes, (start, end), filling)| {
        let room = bytes.saturating_sub(start.len() + end.len());
        let mut body = start.into_bytes();
        body.extend(filling.bytes().cycle().take(room));
        body.extend(end.bytes());
        body
    })
}

/// Names of tenants and organizations, of anything that is not blank.
fn name() -> impl Strategy<Value = String> {
    "\\PC{1,20}".prop_filter("not blank", |name| !name.trim().is_empty())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn bytes_and_headers_of_a_stranger_never_become_a_command(
        path in proptest::sample::select(vec!["/slack", "/teams", "/jira", "/servicenow", "/webhook", "/", ""]),
        headers in btree_map(proptest::sample::select(vec![
            "x-slack-signature", "x-slack-request-timestamp", "authorization", "x-hub-signature",
            "x-mto-signature", "webhook-id", "webhook-timestamp", "webhook-signature",
        ]), prop_oneof![
            ".{0,80}", "v0=[0-9a-f]{64}", "sha256=[0-9a-f]{64}", "v1,[A-Za-z0-9+/]{43}=", "HMAC [A-Za-z0-9+/]{43}=",
            Just("1795251600".to_owned()),
        ], 0..8),
        body in vec(any::<u8>(), 0..300),
    ) {
        let world = World::new(&open());
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        prop_assert_eq!(answer(&world, post(path, &headers, &body)).status, 401);
        prop_assert_eq!(world.posted().len(), 0);
    }

    #[test]
    fn a_changed_request_is_refused(
        kind in proptest::sample::select(KINDS.to_vec()), at in any::<proptest::sample::Index>(), bit in 0..8_u8,
    ) {
        let body = json!({"type": "mto.join.v1", "id": "1", "data": {"tenant": "a", "owner": "b"},
                          "from": {"aadObjectId": "u"}, "text": "join a to b"}).to_string().into_bytes();
        let body = if kind == "slack" { form(&[("user_id", "U"), ("text", "join a to b")]) } else { body };
        let mut request = sign(kind, post(&format!("/{kind}"), &[], &body), NOW);
        let mut bytes = request.body.to_vec();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        request.body = bytes.into();
        let world = World::new(&open());
        prop_assert_eq!(answer(&world, request).status, 401);
        prop_assert_eq!(world.posted().len(), 0);
    }

    #[test]
    fn whatever_is_signed_is_answered(kind in proptest::sample::select(KINDS.to_vec()), body in any_json()) {
        let world = World::new(&open());
        let request = sign(kind, post(&format!("/{kind}"), &[], body.to_string().as_bytes()), NOW);
        let answer = answer(&world, request);
        prop_assert!([200, 202, 400, 401].contains(&answer.status), "{:?}", answer);
        prop_assert_eq!(world.posted().len(), usize::from(answer.status == 202));
    }

    #[test]
    fn whatever_bytes_are_signed_are_answered(
        kind in proptest::sample::select(KINDS.to_vec()), body in vec(any::<u8>(), 0..300),
    ) {
        let world = World::new(&open());
        let answer = answer(&world, sign(kind, post(&format!("/{kind}"), &[], &body), NOW));
        prop_assert!([200, 400].contains(&answer.status), "{:?}", answer);
    }

    #[test]
    fn any_line_is_a_request_or_an_error_and_what_was_read_is_said_again_the_same(line in any_line()) {
        for line in [slack_text(&line), teams_text(&line), line] {
            if let Ok(Request::Command(data)) = parse(&line) {
                let again = line_of(&data);
                prop_assert_eq!(parse(&again), Ok(Request::Command(data)), "{}", again);
            }
        }
    }

    #[test]
    fn a_line_of_any_characters_is_a_request_or_an_error(line in any::<String>()) {
        let (_, _, _) = (parse(&line).is_ok(), slack_text(&line), teams_text(&line));
    }

    #[test]
    fn names_of_any_characters_are_said_again_the_same(tenant in name(), owner in name(), display in name()) {
        let add = json!({"type": "mto.add.v1", "id": "1", "source": "/", "data": {"owner": owner,
            "tenants": [{"tenant": tenant, "displayName": display}]}});
        if let Ok(command) = mto_messages::Command::parse(&add.to_string()) {
            let line = line_of(&command.data);
            prop_assert_eq!(parse(&line), Ok(Request::Command(Box::new(command.data))), "{}", line);
        }
    }
}

proptest! {
    // Each case signs and reads a quarter of a megabyte.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn a_huge_body_is_answered_and_one_over_the_bound_never_becomes_a_command(
        kind in proptest::sample::select(KINDS.to_vec()), body in huge_body(),
    ) {
        let world = World::new(&open());
        let bytes = body.len();
        let answer = answer(&world, sign(kind, post(&format!("/{kind}"), &[], &body), NOW));
        if bytes > MAX_BODY_BYTES {
            prop_assert_eq!(answer.status, 413);
            prop_assert_eq!(world.posted().len(), 0);
        } else {
            prop_assert!([200, 202, 400].contains(&answer.status), "{} bytes: {:?}", bytes, answer);
            prop_assert!(world.posted().len() <= 1);
        }
        prop_assert!(answer.body.len() < 20_000, "{} bytes are answered", answer.body.len());
    }
}
