//! Listening, being cut off, and coming back.

use mto_local::serve::Desk;
use serde_json::json;

use crate::support::{Listener, create, plan, send, start};

#[tokio::test]
async fn who_comes_back_goes_on_where_it_was_cut_off() {
    let server = start(plan(3)).await;
    let mut whole = server.listen(None).await;
    let hello = whole.next().await;
    assert_eq!(
        (hello.name.as_str(), hello.id, hello.data),
        ("hello", None, json!({"run": "test", "resumed": false}))
    );
    server.command(&create("T", &json!({}))).await;
    let mut events = Vec::new();
    while events.len() < 12 {
        events.push(whole.next().await);
        events.retain(|event| event.name != "time");
    }
    let numbers: Vec<String> = events.iter().map(|event| event.id.clone().unwrap_or_default()).collect();
    let first: u64 = numbers[0].trim_start_matches("test-").parse().unwrap();
    let expected: Vec<String> = (first..).take(12).map(|number| format!("test-{number}")).collect();
    assert_eq!(numbers, expected, "numbered without a gap");

    let mut back = server.listen(Some(&numbers[4])).await;
    assert_eq!(back.next().await.data, json!({"run": "test", "resumed": true}));
    for expected in &events[5..] {
        assert_eq!(back.next().await, *expected);
    }
    let mut stranger = server.listen(Some("yesterday-4")).await;
    assert_eq!(stranger.next().await.data["resumed"], false, "another run's events are not ours");
}

#[tokio::test]
async fn listeners_are_bounded_and_a_place_is_free_again_when_one_leaves() {
    let server = start(plan(2)).await;
    let mut listeners = Vec::new();
    for _ in 0..32 {
        listeners.push(server.listen(None).await);
    }
    let refused = server.get("/events").await;
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert!(refused.error().contains("32 listeners"));
    drop(listeners.pop());
    // The server finds out when it reads the end of the connection: that is a matter of turns, not of time.
    for _ in 0..10_000 {
        if Listener::open(&server.address, None).await.status == 200 {
            return;
        }
    }
    panic!("the place of who left is still taken");
}

#[tokio::test]
async fn further_routes_are_merged_with_the_desk_and_outside_the_guard() {
    async fn hook(desk: Desk, body: String) -> String {
        desk.post(body).await.map_or_else(|error| error.to_string(), |posted| posted.id)
    }
    let mut plan = plan(2);
    plan.edges = Box::new(|desk| {
        axum::Router::new().route("/hook", axum::routing::post(move |body: String| hook(desk.clone(), body)))
    });
    let server = start(plan).await;
    let headers = [("Host", "tunnel.example"), ("Content-Type", "text/plain")];
    let body = create("T", &json!({"dryRun": true})).to_string();
    assert_eq!(send(&server.address, "POST /hook", &headers, &body).await.body, "T");
    assert_eq!(
        send(&server.address, "GET /healthz", &headers, "").await.status,
        403,
        "ours are guarded still"
    );
    assert_eq!(server.desk.outcomes(0).await.unwrap().outcomes.len(), 1);
}
