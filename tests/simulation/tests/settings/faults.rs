//! Crashes, lost answers and server errors, at every point on the way.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mto_simulation_tests::{Fault, Point, Stage};
use rstest::rstest;

use crate::support::*;

const TENANTS: [&str; 3] = ["contoso", "fabrikam", "tailspin"];

/// Opens a blank organization, or closes an open one, with one fault at the point that is counted to; and checks the
/// end. Says how many points there were.
async fn with_fault(opens: bool, fault: Fault, at: usize) -> usize {
    let points = Arc::new(AtomicUsize::new(0));
    let count = points.clone();
    let seed = if opens { of_three() } else { with_open_mesh(of_three()) };
    let stage = Stage::with(seed).faults(move |point| {
        let applies = !matches!(fault, Fault::Answer(_)) || matches!(point, Point::Request(..));
        let here = applies && count.fetch_add(1, Ordering::SeqCst) == at;
        if here { fault } else { Fault::None }
    });
    let scene = stage.build();
    let command = if opens { of_organization("C1") } else { unshare("C1", &["fabrikam", "tailspin"]) };
    scene.post(&command).await;
    scene.run().await;
    assert_eq!(scene.verdict("C1").0, "succeeded", "{fault:?} at {at}");
    if opens {
        assert_records(&scene, &TENANTS, OPEN);
    } else {
        assert_records(&scene, &["contoso", "fabrikam"], CLOSED);
        assert_records(&scene, &["contoso", "tailspin"], CLOSED);
        assert_records(&scene, &["fabrikam", "tailspin"], OPEN);
    }
    points.load(Ordering::SeqCst)
}

#[rstest]
#[case::open_crash(true, Fault::Crash)]
#[case::open_error(true, Fault::Error)]
#[case::open_server_error(true, Fault::Answer(500))]
#[case::close_crash(false, Fault::Crash)]
#[case::close_error(false, Fault::Error)]
#[case::close_server_error(false, Fault::Answer(500))]
#[tokio::test]
async fn a_fault_at_any_point_is_made_up_for(#[case] opens: bool, #[case] fault: Fault) {
    let points = with_fault(opens, Fault::None, usize::MAX).await;
    assert!(points >= 16, "{points}");
    for at in 0..points {
        with_fault(opens, fault, at).await;
    }
}
