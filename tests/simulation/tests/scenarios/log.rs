//! What stands in the functions' logs, with everything of them switched on.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use std::fs::read_to_string;

use entra_simulator::Change;
use mto_messages::Verb;
use mto_simulation_tests::{Scene, Stage, create, leave};
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use tracing::instrument::WithSubscriber as _;
use uuid::Uuid;

/// Posts the commands one after the other, and returns what is logged of them.
async fn log_of(scene: &Scene, commands: &[Value]) -> String {
    let log = NamedTempFile::new().unwrap();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.reopen().unwrap())
        .with_ansi(false)
        .finish();
    // With one subscriber alone, tracing asks only the thread that meets a line first, and that is another test's.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let work = async {
        for command in commands {
            scene.post(command).await;
            scene.run().await;
        }
    };
    work.with_subscriber(subscriber).await;
    read_to_string(log.path()).unwrap()
}

fn commands() -> [Value; 2] {
    let then = json!({"templates": "admin-center", "then": {"join": {"templates": "admin-center"}}});
    let mut form = create("C1", &["fabrikam", "tailspin"], &then);
    form["data"]["tenants"][0]["displayName"] = json!("Heliotrope");
    form["subject"] = json!("heliotrope");
    let mut end = leave("L1", "fabrikam", "leave", &json!({"cleanup": "settings"}));
    end["subject"] = json!("heliotrope");
    [form, end]
}

/// Works, and is refused for a while: what fails is logged at greatest length.
fn troubled() -> Scene {
    let scene = Stage::new(3).build();
    let tenant = scene.id("fabrikam");
    scene.script(Change::BreakCredential { tenant, broken: true });
    scene
}

#[tokio::test]
async fn no_log_holds_a_body_a_header_a_token_or_a_secret() {
    for (scene, ends) in [(Scene::new(3), "succeeded"), (troubled(), "failed")] {
        let commands = commands();
        let log = log_of(&scene, &commands).await;
        assert!(log.contains(&format!("\"{ends}\"")), "{ends}: {log}");
        let secrets = scene.secrets();
        assert!(secrets.len() > 3, "tokens were handed out");
        for secret in &secrets {
            assert!(!log.contains(secret.as_str()), "{secret} is in the log");
        }
        let lower = log.to_lowercase();
        for word in ["heliotrope", "bearer", "authorization", "client_secret", "specversion", "\"data\""] {
            assert!(!lower.contains(word), "{word}: {log}");
        }
        let longest = log.lines().map(str::len).max().unwrap_or_default();
        assert!(longest < 2_500, "a line of {longest} bytes");
    }
}

#[tokio::test]
async fn every_write_has_a_line_with_the_command_the_tenant_and_the_ids_of_both_sides() {
    let scene = Scene::new(3);
    let log = log_of(&scene, &commands()).await;
    let writes = scene.writes();
    assert!(writes.len() > 10, "{}", writes.len());
    // A part of a batch has no request-id of its own in its answer: it shows the batch's.
    let all = scene.world().simulator().requests().into_iter();
    let batches: Vec<_> =
        all.filter(|line| line.path.ends_with("/$batch")).map(|line| line.request_id).collect();
    for write in &writes {
        let ours = write.client_request_id.clone().unwrap();
        let is_its = |line: &&str| line.contains(&ours) && line.contains(" write write=");
        let lines: Vec<&str> = log.lines().filter(is_its).collect();
        let [line] = lines[..] else { panic!("{write:?}: {lines:#?}") };
        let theirs = |id: &Uuid| line.contains(&format!("request_id=\"{id}\""));
        assert!(theirs(&write.request_id) || write.in_batch && batches.iter().any(theirs), "{line}");
        let (tenant, status) =
            (format!("tenant={}", write.tenant.unwrap()), format!("status={}", write.status));
        for part in ["source=/tests", &tenant, &status] {
            assert!(line.contains(part), "{part} is not in {line}");
        }
        let is_of =
            |root: &str| line.contains(&format!(" root={root} ")) && line.contains(&format!(" id={root}"));
        assert!(is_of("C1") || is_of("L1"), "{line}");
        let of_a_verb = Verb::ALL.into_iter().any(|verb| line.contains(&format!("{{verb={verb} ")));
        assert!(of_a_verb, "{line}");
    }
}
