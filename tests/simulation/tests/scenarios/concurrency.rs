//! How many records of a batch are worked on at the same time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use mto_graph::{Transport, TransportError};
use mto_simulation_tests::{Stage, join};
use rstest::rstest;
use serde_json::json;

/// A network that lets the other records go on before and after each request, and counts.
struct Counting {
    inner: Arc<dyn Transport>,
    count: Arc<Count>,
}

#[derive(Default)]
struct Count {
    /// Requests under way.
    now: AtomicUsize,
    /// The most at the same time.
    most: AtomicUsize,
}

#[async_trait]
impl Transport for Counting {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let now = self.count.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.count.most.fetch_max(now, Ordering::SeqCst);
        tokio::task::yield_now().await;
        let answer = self.inner.send(request).await;
        tokio::task::yield_now().await;
        self.count.now.fetch_sub(1, Ordering::SeqCst);
        answer
    }
}

#[rstest]
#[case::one_after_the_other(1)]
#[case::the_default(4)]
#[case::the_whole_batch(10)]
#[tokio::test]
async fn of_ten_records_only_so_many_are_worked_on_at_the_same_time(#[case] concurrency: usize) {
    let count: Arc<Count> = Arc::default();
    let mut stage = Stage::new(11);
    stage.setup.concurrency = concurrency;
    let (inner, kept) = (stage.setup.around_transport.clone(), count.clone());
    stage.setup.around_transport =
        Arc::new(move |transport| Arc::new(Counting { inner: inner(transport), count: kept.clone() }));
    let scene = stage.build();
    scene.admin("contoso").creates("Group");
    let mut names: Vec<String> =
        scene.seed().tenants.iter().map(|tenant| tenant.display_name.to_lowercase()).collect();
    names.retain(|name| name != "contoso");
    for name in &names {
        scene.admin("contoso").adds(name, "member");
        scene.post(&join(&format!("J-{name}"), name, &json!({}))).await;
    }
    assert_eq!(names.len(), 10);
    scene.look().await;
    assert_eq!(scene.count("PATCH", "/joinRequest"), 10, "one batch, all of it");
    assert_eq!(count.most.load(Ordering::SeqCst), concurrency);
    assert_eq!(count.now.load(Ordering::SeqCst), 0);
}
