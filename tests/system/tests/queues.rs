//! One suite for everything that implements `Queue`: the in-process model in a clock of its own, and `SqsQueue` against an
//! SQS-compatible server in real time.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sqs::types::{MessageSystemAttributeName, QueueAttributeName};
use mto_graph::Clock;
use mto_handler::aws::SqsQueue;
use mto_handler::memory::{MemoryQueues, QueueSettings};
use mto_handler::{Message, Queue, QueueUrl, Record};
use mto_system_tests::{Ministack, eventually};
use serde_json::json;
use time::OffsetDateTime;

/// Long enough to look twice within it, short enough to wait for.
const VISIBILITY: Duration = Duration::from_secs(2);
const MAX_RECEIVE_COUNT: u32 = 2;

/// A queue, and its dead-letter queue.
struct Pair {
    main: QueueUrl,
    dead: QueueUrl,
}

/// An implementation, and the receiving side that Lambda has otherwise.
trait World {
    fn queue(&self) -> &dyn Queue;
    /// Two new queues.
    async fn pair(&self) -> Pair;
    /// What is visible now.
    async fn now(&self, queue: &QueueUrl) -> Vec<Record>;
    /// Waits until something is visible; nothing, if that never happens.
    async fn later(&self, queue: &QueueUrl) -> Vec<Record>;
    /// Waits until SQS itself has moved something to the dead-letter queue.
    async fn dead_letters(&self, pair: &Pair) -> Vec<Record>;
}

#[derive(Clone)]
struct Hand(Arc<Mutex<OffsetDateTime>>);

#[async_trait]
impl Clock for Hand {
    fn now(&self) -> OffsetDateTime {
        *self.0.lock().unwrap()
    }
    async fn sleep(&self, duration: Duration) {
        *self.0.lock().unwrap() += duration;
    }
}

/// The model.
struct Model {
    clock: Hand,
    queues: MemoryQueues,
    main: QueueUrl,
    dead: QueueUrl,
}

impl Model {
    fn new() -> Self {
        let clock = Hand(Arc::new(Mutex::new(OffsetDateTime::UNIX_EPOCH)));
        let (main, dead) = (QueueUrl::new("main"), QueueUrl::new("dead"));
        let settings = QueueSettings {
            visibility_timeout: VISIBILITY,
            max_receive_count: MAX_RECEIVE_COUNT,
            dead_letter_queue: Some(dead.clone()),
        };
        let queues = MemoryQueues::new(Arc::new(clock.clone()));
        let queues = queues.with(&main, settings).with(&dead, QueueSettings::default());
        Self { clock, queues, main, dead }
    }
}

impl World for Model {
    fn queue(&self) -> &dyn Queue {
        &self.queues
    }

    async fn pair(&self) -> Pair {
        let pair = Pair { main: self.main.clone(), dead: self.dead.clone() };
        self.queues.drain(&pair.main);
        self.queues.drain(&pair.dead);
        pair
    }

    async fn now(&self, queue: &QueueUrl) -> Vec<Record> {
        self.queues.receive(queue, 10)
    }

    async fn later(&self, queue: &QueueUrl) -> Vec<Record> {
        let Some(next) = self.queues.next_visible(std::slice::from_ref(queue)) else { return Vec::new() };
        let wait = Duration::try_from(next - self.clock.now()).unwrap_or_default();
        self.clock.sleep(wait).await;
        self.queues.receive(queue, 10)
    }

    async fn dead_letters(&self, pair: &Pair) -> Vec<Record> {
        self.clock.sleep(VISIBILITY).await;
        assert_eq!(self.now(&pair.main).await, []);
        self.now(&pair.dead).await
    }
}

/// `SqsQueue`, and an SQS client of its own to receive with.
struct Emulated {
    _ministack: Ministack,
    client: aws_sdk_sqs::Client,
    queue: SqsQueue,
    made: AtomicU32,
}

impl Emulated {
    async fn start() -> Self {
        let ministack = Ministack::start().await;
        let variables = [("AWS_REGION", mto_system_tests::REGION.to_owned())];
        let environment: BTreeMap<String, String> = variables
            .into_iter()
            .chain(ministack.variables())
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let queue = SqsQueue::from_environment(&environment).unwrap();
        Self { client: ministack.sqs(), _ministack: ministack, queue, made: AtomicU32::new(0) }
    }

    async fn make(&self, name: &str, redrive: Option<String>) -> (QueueUrl, String) {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let call = self.client.create_queue().queue_name(format!("{name}-{number}"));
        let call = call.attributes(QueueAttributeName::VisibilityTimeout, VISIBILITY.as_secs().to_string());
        let call = match redrive {
            Some(redrive) => call.attributes(QueueAttributeName::RedrivePolicy, redrive),
            None => call,
        };
        let url = call.send().await.unwrap().queue_url.unwrap();
        let call = self.client.get_queue_attributes().queue_url(&url);
        let answer = call.attribute_names(QueueAttributeName::QueueArn).send().await.unwrap();
        (QueueUrl::new(url), answer.attributes.unwrap()[&QueueAttributeName::QueueArn].clone())
    }
}

impl World for Emulated {
    fn queue(&self) -> &dyn Queue {
        &self.queue
    }

    async fn pair(&self) -> Pair {
        let (dead, arn) = self.make("dead", None).await;
        let redrive = json!({"deadLetterTargetArn": arn, "maxReceiveCount": MAX_RECEIVE_COUNT}).to_string();
        let (main, _) = self.make("main", Some(redrive)).await;
        Pair { main, dead }
    }

    async fn now(&self, queue: &QueueUrl) -> Vec<Record> {
        let call = self.client.receive_message().queue_url(queue.as_str()).max_number_of_messages(10);
        let call = call.message_attribute_names("All");
        let call = call.message_system_attribute_names(MessageSystemAttributeName::All);
        call.send().await.unwrap().messages.unwrap_or_default().into_iter().map(record).collect()
    }

    async fn later(&self, queue: &QueueUrl) -> Vec<Record> {
        let received = eventually(async || Some(self.now(queue).await).filter(|records| !records.is_empty()));
        received.await.unwrap_or_default()
    }

    async fn dead_letters(&self, pair: &Pair) -> Vec<Record> {
        let moved = eventually(async || {
            assert_eq!(self.now(&pair.main).await, []);
            Some(self.now(&pair.dead).await).filter(|records| !records.is_empty())
        });
        moved.await.unwrap_or_default()
    }
}

fn record(message: aws_sdk_sqs::types::Message) -> Record {
    let system = message.attributes.unwrap_or_default();
    let count = system[&MessageSystemAttributeName::ApproximateReceiveCount].parse().unwrap();
    let trace_header = system.get(&MessageSystemAttributeName::AwsTraceHeader).cloned();
    let attributes = message.message_attributes.unwrap_or_default().into_iter();
    Record {
        message_id: message.message_id.unwrap(),
        receipt_handle: message.receipt_handle.unwrap(),
        body: message.body.unwrap(),
        attributes: attributes.map(|(name, value)| (name, value.string_value.unwrap())).collect(),
        receive_count: count,
        sent_at: None,
        trace_header,
    }
}

fn message(body: &str) -> Message {
    Message { body: body.to_owned(), ..Message::default() }
}

fn bodies(records: &[Record]) -> BTreeSet<&str> {
    records.iter().map(|record| record.body.as_str()).collect()
}

async fn many_messages_arrive_each_with_its_attributes(world: &impl World) {
    let pair = world.pair().await;
    let sent: Vec<Message> = (0..25)
        .map(|number| Message {
            body: format!("{{ \"number\": {number},\n \"text\": \"Zürich ✓\"}}"),
            attributes: [("journal".to_owned(), format!("{{\"looks\":{number}}}"))].into(),
            ..Message::default()
        })
        .collect();
    world.queue().send(&pair.main, sent.clone()).await.unwrap();
    let mut received = BTreeMap::new();
    while received.len() < sent.len() {
        for record in world.later(&pair.main).await {
            world.queue().delete(&pair.main, &record.receipt_handle).await.unwrap();
            received.insert(record.body, (record.attributes, record.receive_count));
        }
    }
    let expected: BTreeMap<_, _> =
        sent.into_iter().map(|message| (message.body, (message.attributes, 1))).collect();
    assert_eq!(received, expected);
}

/// One at a time: in a batch the emulator loses it.
async fn a_trace_header_travels_with_its_message(world: &impl World) {
    let pair = world.pair().await;
    let trace_header = Some("Root=1-5759e988-bd862e3fe1be46a994272793".to_owned());
    let traced = Message { trace_header: trace_header.clone(), ..message("traced") };
    world.queue().send(&pair.main, vec![traced]).await.unwrap();
    assert_eq!(world.now(&pair.main).await.remove(0).trace_header, trace_header);
}

async fn a_delayed_message_holds_up_nobody_and_comes_later(world: &impl World) {
    let pair = world.pair().await;
    let late = Message { delay: Duration::from_secs(1), ..message("late") };
    world.queue().send(&pair.main, vec![late, message("at once")]).await.unwrap();
    assert_eq!(bodies(&world.now(&pair.main).await), ["at once"].into());
    assert_eq!(bodies(&world.later(&pair.main).await), ["late"].into());
}

async fn what_is_deleted_does_not_come_again_and_deleting_twice_is_no_error(world: &impl World) {
    let pair = world.pair().await;
    world.queue().send(&pair.main, vec![message("one"), message("two")]).await.unwrap();
    for record in world.now(&pair.main).await {
        if record.body == "one" {
            world.queue().delete(&pair.main, &record.receipt_handle).await.unwrap();
            world.queue().delete(&pair.main, &record.receipt_handle).await.unwrap();
        }
    }
    assert_eq!(bodies(&world.later(&pair.main).await), ["two"].into());
}

async fn what_is_not_deleted_comes_again_and_the_late_handle_deletes_nothing(world: &impl World) {
    let pair = world.pair().await;
    world.queue().send(&pair.main, vec![message("again")]).await.unwrap();
    let first = world.now(&pair.main).await.remove(0);
    assert_eq!(world.now(&pair.main).await, [], "it is hidden");
    let second = world.later(&pair.main).await.remove(0);
    assert_eq!((first.receive_count, second.receive_count), (1, 2));
    assert_eq!(first.message_id, second.message_id);
    assert_ne!(first.receipt_handle, second.receipt_handle);
    world.queue().delete(&pair.main, &first.receipt_handle).await.unwrap();
    assert_eq!(bodies(&world.dead_letters(&pair).await), ["again"].into(), "it was still there");
}

async fn what_is_delivered_too_often_goes_to_the_dead_letter_queue_as_it_is(world: &impl World) {
    let pair = world.pair().await;
    let attributes: BTreeMap<String, String> = [("journal".to_owned(), "{}".to_owned())].into();
    let sent = Message { attributes: attributes.clone(), ..message("poison") };
    world.queue().send(&pair.main, vec![sent]).await.unwrap();
    for count in 1..=MAX_RECEIVE_COUNT {
        assert_eq!(world.later(&pair.main).await.remove(0).receive_count, count);
    }
    let letter = world.dead_letters(&pair).await.remove(0);
    assert_eq!((letter.body.as_str(), letter.attributes), ("poison", attributes));
    assert_eq!(world.now(&pair.main).await, []);
}

async fn what_sqs_refuses_is_refused_and_nothing_beside_it_is_sent(world: &impl World) {
    let pair = world.pair().await;
    let attributes = (0..11).map(|number| (format!("a{number}"), "value".to_owned())).collect();
    let refused = [
        Message { delay: Duration::from_secs(901), ..message("too late") },
        message(&"x".repeat(256 * 1024 + 1)),
        Message {
            attributes: [("journal".to_owned(), "x".repeat(10))].into(),
            ..message(&"x".repeat(256 * 1024))
        },
        // Name and value just fit beside the body; the name of the type does not.
        Message {
            attributes: [("journal".to_owned(), "x".repeat(10))].into(),
            ..message(&"x".repeat(256 * 1024 - 17))
        },
        Message { attributes, ..message("too many attributes") },
        message(""),
    ];
    for message in refused {
        let said = world.queue().send(&pair.main, vec![message.clone()]).await;
        assert!(said.is_err(), "{} bytes, {:?}", message.body.len(), message.delay);
    }
    assert!(
        world
            .queue()
            .send(&QueueUrl::new("http://127.0.0.1:9/000000000000/none"), vec![message("x")])
            .await
            .is_err()
    );
    assert_eq!(world.now(&pair.main).await, []);
}

async fn what_just_fits_is_taken(world: &impl World) {
    let pair = world.pair().await;
    let latest = Message { delay: Duration::from_mins(15), ..message("latest") };
    let largest = message(&"x".repeat(256 * 1024));
    world.queue().send(&pair.main, vec![latest, largest.clone(), message("beside it")]).await.unwrap();
    let mut received = world.now(&pair.main).await;
    received.extend(world.now(&pair.main).await);
    assert_eq!(bodies(&received), [largest.body.as_str(), "beside it"].into());
}

async fn conforms(world: &impl World) {
    many_messages_arrive_each_with_its_attributes(world).await;
    a_trace_header_travels_with_its_message(world).await;
    a_delayed_message_holds_up_nobody_and_comes_later(world).await;
    what_is_deleted_does_not_come_again_and_deleting_twice_is_no_error(world).await;
    what_is_not_deleted_comes_again_and_the_late_handle_deletes_nothing(world).await;
    what_is_delivered_too_often_goes_to_the_dead_letter_queue_as_it_is(world).await;
    what_sqs_refuses_is_refused_and_nothing_beside_it_is_sent(world).await;
    what_just_fits_is_taken(world).await;
}

#[tokio::test]
async fn the_in_process_model_conforms() {
    conforms(&Model::new()).await;
}

#[tokio::test]
async fn sqs_through_the_sdk_conforms() {
    conforms(&Emulated::start().await).await;
}
