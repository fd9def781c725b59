//! How time passes.

use serde_json::json;

use crate::support::{Listener, create, plan, start};

/// What the next two words about the time say.
async fn two_times(listener: &mut Listener) -> (String, String) {
    let mut times = Vec::new();
    for _ in 0..2 {
        let word = listener.next_of("time").await.data;
        times.push(word["time"].as_str().unwrap_or_default().to_owned());
    }
    (times.remove(0), times.remove(0))
}

#[tokio::test]
async fn time_flows_at_its_speed_although_nothing_waits() {
    let mut plan = plan(2);
    plan.speed = "86400".parse().unwrap();
    let server = start(plan).await;
    let mut listener = server.listen(None).await;
    let (first, second) = two_times(&mut listener).await;
    // A day in a second; machines that are busy make less of it, never more.
    let days = |time: &str| time[8..10].parse::<i32>().unwrap();
    assert!(
        first < second && (1..=2).contains(&(days(&second) - days(&first)).rem_euclid(30)),
        "{first} {second}"
    );
}

#[tokio::test]
async fn time_that_jumps_stands_still_while_nothing_goes_on_and_flows_while_jobs_run() {
    let server = start(plan(2)).await;
    let (first, second) = two_times(&mut server.listen(None).await).await;
    assert_eq!((first.as_str(), second.as_str()), ("2026-11-21T09:00:00Z", "2026-11-21T09:00:00Z"));

    let mut plan = plan(3);
    plan.acts = vec![vec![create("T", &json!({})).to_string()]];
    let server = start(plan).await;
    let mut listener = server.listen(Some("test-0")).await;
    assert_eq!(listener.end_of("T").await, "mto.create.succeeded.v1");
    let (first, second) = two_times(&mut listener).await;
    assert_eq!(first, second, "formed, nobody shares users: nothing goes on");

    let everyone = json!({"type": "mto.sync.v1", "id": "S", "source": "/test",
        "data": {"source": "fabrikam", "targets": ["contoso"], "scope": {"everyone": true}}});
    server.command(&everyone).await;
    assert_eq!(listener.end_of("S").await, "mto.sync.succeeded.v1");
    let (first, second) = two_times(&mut listener).await;
    assert!(first < second, "a job has its cycles: {first} {second}");
}

#[tokio::test]
async fn acts_are_posted_one_after_the_other() {
    let mut plan = plan(3);
    let leave = json!({"type": "mto.leave.v1", "id": "L", "source": "/test", "data": {"tenant": "tailspin",
        "owner": "contoso", "mode": "leave", "cleanup": "settings", "confirm": {"tenant": "tailspin"}}});
    plan.acts = vec![vec![create("T", &json!({})).to_string()], vec![leave.to_string()]];
    let server = start(plan).await;
    let mut listener = server.listen(Some("test-0")).await;
    assert_eq!(listener.end_of("T").await, "mto.create.succeeded.v1");
    assert_eq!(listener.end_of("L").await, "mto.leave.succeeded.v1");
    let state = server.state().await;
    assert_eq!(state["organizations"][0]["members"].as_array().unwrap().len(), 2);
}
