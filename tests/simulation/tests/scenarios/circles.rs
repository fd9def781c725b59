//! A function that goes in circles: what it wants is written, and wanted again at the next look.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use mto_graph::{
    AccessToken, Clock, Cloud, GraphClient, GraphError, TokenError, TokenProvider, Transport, TransportError,
};
use mto_handler::memory::{MemoryQueues, QueueSettings};
use mto_handler::{Config, Function, Handler, Look, Message, Queue as _, QueueUrl, Tenants};
use mto_messages::{CommandData, Journal, Outcome, TenantId, Verb};
use mto_reconcile::{Change, Decision, Mutation, Reason, Step, Timing};
use mto_simulation_tests::join;
use serde_json::json;
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::{Uuid, uuid};

const CONTOSO: Uuid = uuid!("11111111-1111-4111-8111-111111111111");
const FABRIKAM: Uuid = uuid!("22222222-2222-4222-8222-222222222222");

/// Wants the same write at every look.
struct Restless;

#[async_trait]
impl Function for Restless {
    const VERB: Verb = Verb::Join;
    type Aim = ();
    type Observed = ();

    fn aim(&self, _data: &CommandData, _tenants: &Tenants<'_>) -> Result<(), Reason> {
        Ok(())
    }

    fn acts_in(&self, _aim: &()) -> TenantId {
        TenantId::new(FABRIKAM)
    }

    async fn observe(&self, _aim: &(), _look: &Look<'_>) -> Result<(), GraphError> {
        Ok(())
    }

    fn decide(&self, _aim: &(), _observed: &(), _journal: &Journal, _timing: &Timing<'_>) -> Decision {
        let tenant = TenantId::new(FABRIKAM);
        Decision::just(Step::Act(vec![Mutation { tenant, change: Change::ResetJoin }]))
    }

    fn assume(&self, _aim: &(), _observed: (), _mutation: &Mutation) {}
}

/// Takes every write.
#[derive(Default)]
struct Patient(AtomicUsize);

#[async_trait]
impl Transport for Patient {
    async fn send(&self, _request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(http::Response::builder().status(204).body(Bytes::new()).unwrap())
    }
}

struct AnyToken;

#[async_trait]
impl TokenProvider for AnyToken {
    async fn token(&self, _tenant: Uuid, _deadline: OffsetDateTime) -> Result<AccessToken, TokenError> {
        Ok(AccessToken::new("token"))
    }
    async fn invalidate(&self, _tenant: Uuid) {}
}

struct Hand(Mutex<OffsetDateTime>);

#[async_trait]
impl Clock for Hand {
    fn now(&self) -> OffsetDateTime {
        *self.0.lock().unwrap()
    }
    async fn sleep(&self, duration: Duration) {
        *self.0.lock().unwrap() += duration;
    }
}

fn config() -> Config {
    let application = json!({"clientId": "c", "credential": {"clientSecret": {"env": "SECRET"}}});
    let directory = json!({"tenants": [
        {"tenantId": CONTOSO, "name": "contoso", "application": application},
        {"tenantId": FABRIKAM, "name": "fabrikam", "application": application},
    ]});
    let environment: BTreeMap<String, String> = [
        ("SECRET", "s".to_owned()),
        ("MTO_DIRECTORY", directory.to_string()),
        ("MTO_QUEUE_JOIN", "join".to_owned()),
        ("MTO_QUEUE_OUTCOMES", "outcomes".to_owned()),
        ("MTO_QUEUE_DEAD_LETTERS", "letters".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    Config::read(&environment, Verb::Join).unwrap()
}

#[tokio::test]
async fn a_delivery_takes_eight_steps_at_most_and_the_command_ends_by_its_budget() {
    let clock = Arc::new(Hand(Mutex::new(datetime!(2026-11-21 09:00 UTC))));
    let (own, outcomes) = (QueueUrl::new("join"), QueueUrl::new("outcomes"));
    let queues = [&own, &outcomes, &QueueUrl::new("letters")]
        .into_iter()
        .fold(MemoryQueues::new(clock.clone()), |all, queue| all.with(queue, QueueSettings::default()));
    let service = Arc::new(Patient::default());
    let graph = GraphClient::new(Cloud::global(), service.clone(), Arc::new(AnyToken), clock.clone());
    let function = Handler::new(Restless, config(), graph, Arc::new(queues.clone()), clock.clone());
    let body = join("J1", "fabrikam", &json!({})).to_string();
    queues.send(&own, vec![Message { body, ..Message::default() }]).await.unwrap();

    let (start, mut deliveries) = (clock.now(), 0);
    while let Some(due) = queues.next_visible(std::slice::from_ref(&own)) {
        clock.sleep(Duration::try_from(due - clock.now()).unwrap_or_default()).await;
        let before = service.0.load(Ordering::SeqCst);
        let records = queues.receive(&own, 10);
        let receipts: Vec<String> = records.iter().map(|record| record.receipt_handle.clone()).collect();
        let failed = function.handle(records, clock.now() + Duration::from_mins(5)).await;
        assert_eq!(failed, Vec::<String>::new());
        for receipt in receipts {
            // That of what was sent again is spent.
            let _ = queues.delete(&own, &receipt).await;
        }
        let made = service.0.load(Ordering::SeqCst) - before;
        deliveries += 1;
        let last = queues.next_visible(std::slice::from_ref(&own)).is_none();
        assert_eq!(made, if last { 0 } else { 8 }, "delivery {deliveries}");
        assert!(deliveries < 200, "it does not end");
    }
    assert!(deliveries > 5, "{deliveries}");
    assert!(clock.now() - start < time::Duration::hours(13), "{}", clock.now() - start);
    let told = queues.contents(&outcomes);
    let last = Outcome::parse(&told.last().unwrap().body).unwrap();
    assert_eq!(last.kind.as_str(), "expired");
}
