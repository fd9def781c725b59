//! Several at the same time, and faults at every request, be it to Graph or to a queue.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mto_simulation_tests::{Fault, Point};
use rstest::rstest;

use crate::support::*;

#[rstest]
#[case::two(2)]
#[case::five(5)]
#[tokio::test]
async fn commands_at_the_same_time_leave_one_configuration_and_one_job(#[case] commands: usize) {
    let mut stage = two().interleaved();
    stage.setup.concurrency = commands;
    stage.setup.options.directory.replication_delay_seconds = 15;
    let scene = stage.build();
    let group = group(&scene);
    for number in 0..commands {
        scene.post(&configure(&format!("S{number}"), &group)).await;
    }
    scene.run().await;
    for number in 0..commands {
        let told = scene.end(&format!("S{number}"));
        assert_eq!(told.kind(), "succeeded", "S{number} {} {}", told.code(), told.text());
        assert!(!notes(&told).contains("left alone"), "{}", notes(&told));
    }
    job(&scene, "contoso", "fabrikam");
    assert_eq!(external(&scene, "fabrikam"), ["Annie Adams"]);
}

#[tokio::test]
async fn a_command_that_comes_half_a_minute_later_uses_what_the_first_one_makes() {
    let scene = two().build();
    let group = group(&scene);
    scene.post(&configure("S1", &group)).await;
    scene.run_for(time::Duration::seconds(30)).await;
    scene.post(&configure("S2", &group)).await;
    scene.run().await;
    assert_eq!(
        (scene.verdict("S1").0, scene.verdict("S2").0),
        ("succeeded".to_owned(), "succeeded".to_owned())
    );
    assert_eq!(scene.count("POST", "/instantiate"), 1);
    assert_eq!(scene.count("POST", "/jobs"), 1);
}

/// Two commands at the same time, with one fault; says how many points there were.
async fn with_fault(fault: Fault, at: usize, commands: usize) -> usize {
    let points = Arc::new(AtomicUsize::new(0));
    let count = points.clone();
    let stage = two().interleaved().faults(move |point| {
        // A read that was answered and one that was not are the same to the service.
        let is_answered_read = matches!(point, Point::Answered("GET", _));
        let is_request = matches!(point, Point::Request(..));
        let applies = !is_answered_read && (is_request || !matches!(fault, Fault::Answer(_)));
        let here = applies && count.fetch_add(1, Ordering::SeqCst) == at;
        if here { fault } else { Fault::None }
    });
    let scene = stage.build();
    let group = group(&scene);
    for number in 0..commands {
        scene.post(&configure(&format!("S{number}"), &group)).await;
    }
    scene.run().await;
    for number in 0..commands {
        let told = scene.end(&format!("S{number}"));
        assert_eq!(told.kind(), "succeeded", "{fault:?} at {at}: {} {}", told.code(), told.text());
    }
    assert_eq!(configurations(&scene, "contoso", "fabrikam").len(), 1, "{fault:?} at {at}");
    job(&scene, "contoso", "fabrikam");
    assert_eq!(external(&scene, "fabrikam"), ["Annie Adams"], "{fault:?} at {at}");
    points.load(Ordering::SeqCst)
}

/// Each point gets one of three faults in turn: every one of them everywhere takes minutes. The seeded simulation draws
/// the others.
#[rstest]
#[case::crash(Fault::Crash, 1, 0)]
#[case::error(Fault::Error, 1, 1)]
#[case::server_error(Fault::Answer(500), 1, 2)]
#[case::crash_of_one_of_two(Fault::Crash, 2, 0)]
#[tokio::test]
async fn a_fault_at_any_request_leaves_one_configuration_and_one_job(
    #[case] fault: Fault,
    #[case] commands: usize,
    #[case] first: usize,
) {
    let points = with_fault(Fault::None, usize::MAX, commands).await;
    assert!(points >= 100, "{points}");
    for at in (first..points).step_by(3) {
        with_fault(fault, at, commands).await;
    }
}

#[tokio::test]
async fn answers_that_are_late_do_not_make_it_do_things_twice() {
    let scene = two().build();
    let group = group(&scene);
    scene.post(&configure("S1", &group)).await;
    for _ in 0..12 {
        scene.script(entra_simulator::Change::StaleReads { tenant: scene.id("contoso"), count: 3 });
        scene.run_for(time::Duration::seconds(20)).await;
    }
    scene.script(entra_simulator::Change::NoFaults);
    scene.run().await;
    assert_eq!(scene.verdict("S1").0, "succeeded", "{:?}", scene.verdict("S1"));
    assert_eq!(scene.count("POST", "/instantiate"), 1);
    assert_eq!(configurations(&scene, "contoso", "fabrikam").len(), 1);
}
