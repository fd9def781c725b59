//! Crashes, lost answers and server errors, at every point of an unshare.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use mto_simulation_tests::{Fault, Point, still_open};
use rstest::rstest;
use serde_json::json;

use crate::support::*;

/// Takes Contoso's group back from Fabrikam, in both directions, with one fault at the point that is counted to; says
/// how many points there were.
async fn with_fault(fault: Fault, at: usize) -> usize {
    let (armed, points) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let (is_armed, count) = (armed.clone(), points.clone());
    let stage = two().faults(move |point| {
        let is_request = matches!(point, Point::Request(..));
        let applies = is_armed.load(Ordering::SeqCst)
            && !matches!(point, Point::Answered("GET", _))
            && (is_request || !matches!(fault, Fault::Answer(_)));
        let here = applies && count.fetch_add(1, Ordering::SeqCst) == at;
        if here { fault } else { Fault::None }
    });
    let scene = running(stage).await;
    armed.store(true, Ordering::SeqCst);
    done(&scene, &sync("U1", "unshare", "contoso", "fabrikam", &json!({"bothDirections": true}))).await;
    armed.store(false, Ordering::SeqCst);
    assert_eq!(external(&scene, "fabrikam"), Vec::<String>::new(), "{fault:?} at {at}");
    assert_eq!(deleted(&scene, "fabrikam"), ["Annie Adams"], "{fault:?} at {at}");
    assert_eq!(configurations(&scene, "contoso", "fabrikam").len(), 0, "{fault:?} at {at}");
    assert_eq!(still_open(&scene), Vec::<String>::new(), "{fault:?} at {at}");
    points.load(Ordering::SeqCst)
}

/// Each point gets one of three faults in turn: every one of them everywhere takes minutes. The seeded simulation draws
/// the others.
#[rstest]
#[case::crash(Fault::Crash, 0)]
#[case::error(Fault::Error, 1)]
#[case::server_error(Fault::Answer(500), 2)]
#[tokio::test]
async fn a_fault_at_any_request_takes_everybody_back_all_the_same(
    #[case] fault: Fault,
    #[case] first: usize,
) {
    let points = with_fault(Fault::None, usize::MAX).await;
    assert!(points >= 50, "{points}");
    for at in (first..points).step_by(3) {
        with_fault(fault, at).await;
    }
}
