//! X-Ray's trace goes wherever a message leads.

use mto_handler::{Message, Queue as _};
use mto_local::{dead_letter_queue, outcomes_queue, queue};
use mto_messages::Verb;
use mto_simulation_tests::{Scene, create};
use serde_json::json;
use time::Duration;

const TRACE: &str = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=1";

fn traced(body: String) -> Vec<Message> {
    vec![Message { body, trace_header: Some(TRACE.to_owned()), ..Message::default() }]
}

#[tokio::test]
async fn the_trace_of_a_command_is_carried_to_its_waits_children_and_outcomes() {
    let scene = Scene::new(3);
    let queues = scene.world().queues();
    let command = create("INC1", &["fabrikam", "tailspin"], &json!({"then": {"join": true}}));
    queues.send(&queue(Verb::Create), traced(command.to_string())).await.unwrap();
    scene.run_for(Duration::minutes(20)).await;

    let mut seen = Vec::new();
    for place in [queue(Verb::Create), queue(Verb::Join), outcomes_queue()] {
        let messages = queues.contents(&place);
        assert!(!messages.is_empty(), "{place} holds something by now");
        seen.extend(messages.into_iter().map(|message| message.trace_header));
    }
    assert!(seen.iter().all(|trace| trace.as_deref() == Some(TRACE)), "{seen:?}");
}

#[tokio::test]
async fn the_trace_of_a_dead_letter_stays_with_it() {
    let scene = Scene::new(2);
    let queues = scene.world().queues();
    queues.send(&queue(Verb::Join), traced("no command".to_owned())).await.unwrap();
    scene.world().run(10).await;
    let dead = queues.contents(&dead_letter_queue(Verb::Join));
    assert_eq!(dead[0].trace_header.as_deref(), Some(TRACE));
}
