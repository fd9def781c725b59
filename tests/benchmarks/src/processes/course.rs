//! One process from its start to its end, and the scenarios.

use std::path::Path;
use std::time::Duration;

use mto_system_tests::Answer;
use serde_json::{Value, json};

use super::candidates::{Candidate, Kind};
use super::cores::Cores;
use super::process::{Process, Usage};
use super::record::Recorded;
use super::scene;
use super::services::Services;
use super::watch::now;

/// Messages of one process, before the one that ends the join.
pub(crate) const MESSAGES: usize = 50;

/// Messages of one batch: what the template's event source mapping hands over at most.
pub(crate) const BATCH: usize = 10;

/// Batches of one process.
const BATCHES: usize = 20;

/// What one process took.
#[derive(Debug, Clone, Default)]
pub(crate) struct Course {
    /// From `spawn` to the first poll.
    pub(crate) start: Duration,
    /// When it polled first.
    pub(crate) usage_at_start: Usage,
    /// The first message, from the poll that is answered with it to the answer. It waits for the process, as after a cold
    /// start on Lambda.
    pub(crate) first: Duration,
    /// After it.
    pub(crate) usage_after_first: Usage,
    /// Each further message.
    pub(crate) further: Vec<Duration>,
    /// After [`MESSAGES`] of them.
    pub(crate) usage_after_all: Usage,
}

/// Where processes run and log.
#[derive(Clone, Copy)]
pub(crate) struct Stage<'a> {
    pub(crate) services: &'a Services,
    pub(crate) cores: Cores,
    pub(crate) logs: &'a Path,
}

impl Stage<'_> {
    /// A whole life: for those that only start, the start; for the others also the messages of a join.
    ///
    /// # Panics
    /// If it does not do what it is to do.
    pub(crate) async fn run(self, candidate: &Candidate) -> Course {
        self.services.reset(scene::added());
        let mut process = Process::start(candidate, self.cores, self.logs).await;
        let mut course = Course::default();
        if candidate.kind == Kind::Starts {
            let polled = process.does(async |runtime| runtime.polled().await).await;
            course.start = polled - process.started;
            course.usage_at_start = process.usage();
            return course;
        }
        let event = scene::event(&scene::command(), 1);
        let both = async |runtime: &mto_system_tests::RuntimeApi| {
            tokio::join!(timed(runtime.invoke(event)), runtime.polled())
        };
        let ((answer, answered), polled) = process.does(both).await;
        assert_taken(&answer, &process);
        course.start = polled - process.started;
        course.first = answered - polled;
        course.usage_after_first = self.idle(&mut process).await;
        for number in 2..=MESSAGES {
            course.further.push(self.further(candidate, &mut process, number).await);
            course.usage_after_all = self.idle(&mut process).await;
        }
        if candidate.kind == Kind::Joins {
            self.services.world().pass_the_join();
            self.further(candidate, &mut process, MESSAGES + 1).await;
            scene::assert_joined(self.services, &candidate.name);
        }
        course
    }

    /// Looks at a join that is under way, ten messages in each event, by a process of its own that has handled two
    /// messages before: what each event takes.
    ///
    /// # Errors
    /// In words: an event was not answered with success, or did not send each message again.
    ///
    /// # Panics
    /// If the process ends, or does not do with single messages what it is to do.
    pub(crate) async fn batches(self, candidate: &Candidate) -> Result<Vec<Duration>, String> {
        self.services.reset(scene::added());
        let mut process = Process::start(candidate, self.cores, self.logs).await;
        self.deliver(&mut process, &scene::event(&scene::command(), 1)).await;
        self.further(candidate, &mut process, 2).await;
        let mut taken = Vec::new();
        for number in 1..=BATCHES {
            let sent = self.services.world().last_sent("join").ok_or("no message waits")?;
            let event = scene::batch(&sent, number * BATCH, BATCH);
            let waiting = self.waiting();
            let handed = now();
            let (answer, answered) =
                process.does(async |runtime| timed(runtime.invoke(event.clone())).await).await;
            if answer != taken_whole() {
                return Err(format!("a batch of {BATCH} was answered with {answer:?}"));
            }
            let again = self.waiting() - waiting;
            if again != BATCH {
                return Err(format!("of a batch of {BATCH} {again} wait again"));
            }
            taken.push(answered - handed);
        }
        Ok(taken)
    }

    /// Messages that were sent to the queue of join so far.
    fn waiting(self) -> usize {
        self.services.world().queues.sent.iter().filter(|sent| sent.queue == "join").count()
    }

    /// The scenario that a join has to pass: waits for the owner, asks, waits for the service, and tells the end.
    ///
    /// # Panics
    /// If it does not.
    pub(crate) async fn rehearse(self, candidate: &Candidate) {
        self.services.reset(scene::not_added());
        let mut process = Process::start(candidate, self.cores, self.logs).await;
        self.deliver(&mut process, &scene::event(&scene::command(), 1)).await;
        assert_eq!(self.writes(), [] as [String; 0], "{}: the owner has not added it yet", candidate.name);
        scene::add(self.services);
        self.further(candidate, &mut process, 2).await;
        let wanted = ["PATCH /v1.0/tenantRelationships/multiTenantOrganization/joinRequest"];
        assert_eq!(self.writes(), wanted, "{}: it asks once it is added", candidate.name);
        self.further(candidate, &mut process, 3).await;
        assert_eq!(self.writes(), wanted, "{}: it does not ask again", candidate.name);
        self.services.world().pass_the_join();
        self.further(candidate, &mut process, 4).await;
        scene::assert_joined(self.services, &candidate.name);
        let handles = self.services.world().queues.deleted.len();
        assert_eq!(handles, 3, "{}: what it sends again it deletes", candidate.name);
    }

    /// What it requests of the first message, and of the second.
    ///
    /// # Panics
    /// If it does not answer.
    pub(crate) async fn record(self, candidate: &Candidate) -> [Vec<Recorded>; 2] {
        self.services.reset(scene::added());
        self.services.world().record();
        let mut process = Process::start(candidate, self.cores, self.logs).await;
        self.deliver(&mut process, &scene::event(&scene::command(), 1)).await;
        let first = self.services.world().take_recorded();
        self.further(candidate, &mut process, 2).await;
        [first, self.services.world().take_recorded()]
    }

    /// Hands it the message it has sent to its own queue, or the first one again if it is one that repeats.
    async fn further(self, candidate: &Candidate, process: &mut Process, number: usize) -> Duration {
        let sent = match candidate.kind {
            Kind::Joins => self.services.world().last_sent("join"),
            Kind::Starts | Kind::Repeats => Some(scene::command()),
        };
        let sent =
            sent.unwrap_or_else(|| panic!("{}: it does not wait\n{}", candidate.name, process.printed()));
        assert!(
            candidate.kind != Kind::Joins || sent.delay_seconds.is_some_and(|delay| delay > 0),
            "{}: a wait takes its time: {sent:?}",
            candidate.name
        );
        self.deliver(process, &scene::event(&sent, number)).await
    }

    async fn deliver(self, process: &mut Process, event: &Value) -> Duration {
        let handed = now();
        let (answer, answered) =
            process.does(async |runtime| timed(runtime.invoke(event.clone())).await).await;
        assert_taken(&answer, process);
        answered - handed
    }

    /// Once it polls again, it has done everything that belongs to the message.
    async fn idle(self, process: &mut Process) -> Usage {
        process.does(async |runtime| runtime.polled().await).await;
        process.usage()
    }

    fn writes(self) -> Vec<String> {
        let requests = self.services.world().simulator.requests();
        let fabrikam = scene::not_added().tenants[1].tenant_id;
        let own = requests.into_iter().filter(|line| line.tenant == Some(fabrikam) && line.method == "PATCH");
        own.map(|line| format!("{} {}", line.method, normal(&line.path))).collect()
    }
}

/// Microsoft's SDK for Python writes `/v1.0//tenantRelationships`.
fn normal(path: &str) -> String {
    path.replace("//", "/")
}

async fn timed<T>(work: impl Future<Output = T>) -> (T, std::time::Instant) {
    let done = work.await;
    (done, now())
}

fn assert_taken(answer: &Answer, process: &Process) {
    assert_eq!(*answer, taken_whole(), "{}", process.printed());
}

/// Every message of the event is dealt with.
fn taken_whole() -> Answer {
    Answer::Response(json!({"batchItemFailures": []}))
}
