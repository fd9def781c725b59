//! `mto doctor`.

use std::sync::Arc;

use entra_simulator::Change;
use mto_cli::doctor::{Health, check_queues};
use mto_handler::QueueUrl;
use mto_handler::memory::{MemoryQueues, QueueSettings};

use crate::letters::context;
use crate::support::{Stage, run};

#[test]
fn a_sound_installation_is_ok_but_for_the_queues_that_nobody_named() {
    let stage = Stage::formed();
    let ran = stage.run(&["doctor"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
    let (ok, other): (Vec<&str>, Vec<&str>) = ran.out.lines().partition(|line| line.starts_with("ok "));
    assert!(ok.contains(&"ok       directory: 3 tenants, 0 of them external"), "{ok:?}");
    assert!(
        ok.iter()
            .any(|line| line.contains("tailspin partner configurations (create, add, join, leave, sync)"))
    );
    assert_eq!(
        other,
        [
            "warning  queues: the environment names none; set MTO_QUEUE_CREATE to MTO_QUEUE_SYNC to send commands to SQS"
        ]
    );
}

#[test]
fn a_credential_and_a_permission_that_do_not_work_are_named_with_their_tenant() {
    let stage = Stage::formed();
    stage.world.simulator().script(Change::BreakCredential { tenant: stage.tenants[1], broken: true });
    let permission = "Policy.Read.All".to_owned();
    stage.world.simulator().script(Change::DenyPermission { tenant: stage.tenants[2], permission });
    let permission = "Policy.ReadWrite.CrossTenantAccess".to_owned();
    stage.world.simulator().script(Change::DenyPermission { tenant: stage.tenants[2], permission });
    let ran = stage.run(&["doctor", "--output", "json"]);
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    let json = ran.json();
    let failed = json["checks"].as_array().unwrap().iter().filter(|check| check["state"] == "failed");
    let failed: Vec<&str> = failed.map(|check| check["check"].as_str().unwrap()).collect();
    let all = "(create, add, join, leave, sync)";
    let wanted = ["fabrikam credential", "tailspin permissions", "tailspin partner configurations"];
    assert_eq!(failed, wanted.map(|check| format!("{check} {all}")));
    assert!(
        ran.out.contains("\"missing: Policy.Read.All, Policy.ReadWrite.CrossTenantAccess\""),
        "{}",
        ran.out
    );
    assert!(!ran.out.contains("demo-secret"), "no secret is told");
}

#[test]
fn a_root_that_is_not_graphs_is_found_out() {
    let mut stage = Stage::new();
    let root = stage.environment["MTO_LOGIN_ROOT"].clone();
    stage.environment.insert("MTO_GRAPH_ROOT".to_owned(), root);
    let ran = stage.run(&["doctor"]);
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    let failed = ran.out.lines().filter(|line| line.starts_with("failed   ")).collect::<Vec<_>>();
    assert_eq!(failed.len(), 6, "{failed:?}");
    assert!(
        failed.iter().all(|line| line.ends_with("; check MTO_GRAPH_ROOT: it ends in /v1.0")),
        "{failed:?}"
    );
}

#[test]
fn a_directory_that_cannot_be_read_is_one_failed_check() {
    let environment =
        [("MTO_DIRECTORY".to_owned(), r#"{"tenants": [{"name": "contoso"}]}"#.to_owned())].into();
    let ran = run(&["doctor"], &environment, "");
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.out.starts_with("failed   directory: configuration: MTO_DIRECTORY: tenants[0]"),
        "{}",
        ran.out
    );
}

#[tokio::test]
async fn only_queues_that_the_environment_names_are_looked_at() {
    let variables = [("MTO_QUEUE_JOIN", "memory://join"), ("MTO_DEAD_LETTERS_JOIN", "memory://dead")];
    let context = context(&variables);
    let queues = ["memory://join", "memory://dead"].map(QueueUrl::new);
    let mailbox = queues.iter().fold(MemoryQueues::new(Arc::clone(&context.clock)), |mailbox, queue| {
        mailbox.with(queue, QueueSettings::default())
    });
    let checks = check_queues(&mailbox, &context).await;
    let states: Vec<(&str, Health)> = checks.iter().map(|one| (one.check.as_str(), one.state)).collect();
    assert_eq!(
        states,
        [("MTO_QUEUE_JOIN", Health::Failed), ("MTO_DEAD_LETTERS_JOIN", Health::Ok)],
        "the model says nothing of a redrive policy"
    );
}
