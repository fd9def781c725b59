//! One command that forms an organization, in virtual time, counted.

use std::collections::BTreeMap;
use std::sync::Arc;

use entra_simulator::{Options, RequestLine, Seed};
use mto_handler::QueueUrl;
use mto_local::{Setup, World, queue};
use mto_messages::Verb;
use serde_json::{Value, json};
use time::Duration;
use uuid::Uuid;

use super::counting::{CountedQueue, Sent, Tally};
use super::money::Work;
use super::requests::Requests;
use super::{Problem, real};

/// Jumps of time after which a run counts as endless.
const MAX_JUMPS: usize = 20_000;

/// What is formed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Formation {
    /// Tenants of the organization, the owner included; at least two.
    pub tenants: usize,
    /// Whether everybody sets the admin center's templates first.
    pub templates: bool,
}

/// What a formation cost.
#[derive(Debug, Clone)]
pub struct Run {
    /// Tenants of the organization.
    pub tenants: usize,
    /// Invocations of all functions: batches of at most ten.
    pub invocations: usize,
    /// Messages that were handed to a function, by verb.
    pub deliveries: BTreeMap<Verb, u64>,
    /// Those of them that had been sent with a delay: looks that the delay rule asked for.
    pub polls: BTreeMap<Verb, u64>,
    /// What was asked of the queues.
    pub queues: BTreeMap<QueueUrl, Sent>,
    /// Outcomes that were told, each in a request of its own, by verb.
    pub outcomes: BTreeMap<Verb, u64>,
    /// The tenant that owns the organization.
    pub owner: Option<Uuid>,
    /// The requests to the simulated service, parts of a batch singly.
    pub requests: Vec<RequestLine>,
    /// From the command to its end.
    pub took: Duration,
    /// Whether every tenant is an active member.
    pub is_formed: bool,
}

impl Formation {
    /// The service as it is known to behave, with every request kept.
    fn options() -> Options {
        Options { request_log_capacity: 1_000_000, ..Options::realistic() }
    }

    /// The command.
    pub fn command(self, seed: &Seed) -> Value {
        let others = seed.tenants.iter().skip(1);
        let tenants: Vec<Value> = others
            .map(|tenant| json!({"tenant": tenant.tenant_id, "displayName": tenant.display_name}))
            .collect();
        let owner = seed.tenants.first().map(|tenant| tenant.tenant_id);
        let mut data = json!({
            "owner": owner, "displayName": "Group", "tenants": tenants, "then": {"join": true},
        });
        if self.templates {
            data["templates"] = json!("admin-center");
            data["then"] = json!({"join": {"templates": "admin-center"}});
        }
        json!({"type": "mto.create.v1", "id": "F1", "source": "/benchmarks", "data": data})
    }

    /// Forms it, and counts.
    ///
    /// # Errors
    /// A world that cannot be built, or commands that do not end.
    pub async fn run(self) -> Result<Run, Problem> {
        let seed = Seed::demo(self.tenants);
        let command = self.command(&seed).to_string();
        let tally = Tally::default();
        let mut setup = Setup::new(seed, Self::options());
        let counted = tally.clone();
        setup.around_queue = Arc::new(move |inner| Arc::new(CountedQueue { inner, tally: counted.clone() }));
        let world = World::new(setup)?;
        let start = world.clock().now();
        world.post(Verb::Create, &command).await?;
        let mut invocations = 0;
        let mut jumps = 0;
        loop {
            invocations += world.work().await;
            let Some(due) = world.next_due() else { break };
            jumps += 1;
            if jumps > MAX_JUMPS {
                return Err("the formation does not end".into());
            }
            world.clock().jump_to(due);
        }
        Ok(self.counted(&world, &tally, invocations, world.clock().now() - start))
    }

    fn counted(self, world: &World, tally: &Tally, invocations: usize, took: Duration) -> Run {
        let queues = tally.snapshot();
        let of = |verb| queues.get(&queue(verb)).copied().unwrap_or_default();
        let mut deliveries: BTreeMap<Verb, u64> =
            Verb::ALL.into_iter().map(|verb| (verb, of(verb).messages)).collect();
        // the command itself
        *deliveries.entry(Verb::Create).or_default() += 1;
        let polls = Verb::ALL.into_iter().map(|verb| (verb, of(verb).delayed)).collect();
        let told = world.outcomes();
        let summary = |outcome: &Value| outcome["type"] == "mto.create.succeeded.v1";
        let formed = format!("{} tenants are active", self.tenants);
        let is_formed = told
            .iter()
            .any(|outcome| summary(outcome) && outcome["data"]["summary"].to_string().contains(&formed));
        let of = |verb: Verb| {
            let own = told.iter().filter(|outcome| outcome["data"]["command"]["type"] == verb.command_type());
            own.count() as u64
        };
        let outcomes = Verb::ALL.into_iter().map(|verb| (verb, of(verb))).collect();
        let requests = world.simulator().requests();
        let owner = Seed::demo(self.tenants).tenants.first().map(|tenant| tenant.tenant_id);
        let tenants = self.tenants;
        Run { tenants, invocations, deliveries, polls, queues, outcomes, owner, requests, took, is_formed }
    }
}

impl Run {
    /// Deliveries of a verb.
    pub fn deliveries_of(&self, verb: Verb) -> u64 {
        self.deliveries.get(&verb).copied().unwrap_or_default()
    }

    /// Looks of a verb that the delay rule asked for.
    pub fn polls_of(&self, verb: Verb) -> u64 {
        self.polls.get(&verb).copied().unwrap_or_default()
    }

    /// All of them.
    pub fn polls(&self) -> u64 {
        self.polls.values().sum()
    }

    /// Requests to SQS that the functions made: sends, to the outcomes queue too, and deletes. What the event source
    /// mapping asks for itself is not among them.
    pub fn queue_requests(&self) -> u64 {
        self.queues.values().map(|sent| sent.requests + sent.deletes).sum()
    }

    /// Those of them that told an outcome of this verb.
    pub fn outcome_requests_of(&self, verb: Verb) -> u64 {
        self.outcomes.get(&verb).copied().unwrap_or_default()
    }

    /// All of it, for what it costs.
    pub fn work(&self) -> Work {
        Work {
            invocations: real(self.invocations as u64),
            deliveries: real(self.deliveries.values().sum()),
            calls: real(Requests::of(&self.requests).calls),
            queue_requests: real(self.queue_requests()),
        }
    }
}

#[cfg(test)]
mod tests {
    use mto_reconcile::Limits;

    use super::*;
    use crate::model::least::{Least, Meeting, polls_by_rule, work_of_formation, work_of_join};

    #[tokio::test]
    async fn a_small_formation_is_counted_to_the_request() {
        let formation = Formation { tenants: 3, templates: false };
        let run = formation.run().await.unwrap();
        assert!(run.is_formed);
        assert_eq!(run.deliveries_of(Verb::Add), 1, "{:?}", run.deliveries);
        let writes = run.requests.iter().filter(|line| matches!(line.method.as_str(), "PUT" | "PATCH"));
        assert_eq!(writes.count(), 3, "the organization, and two joins");
        let requests = Requests::of(&run.requests);
        let least = Least::of_formation(formation, &run);
        // Beyond the least: a look after each write, and a list once each join is inside; so few tenants let the
        // looks of create weigh more than among a hundred.
        assert!(
            requests.calls > least.total() && requests.calls < least.total() * 5 / 4,
            "{requests:?} {least:?}"
        );
        assert_eq!(run.queues.values().map(|sent| sent.delayed).sum::<u64>(), run.polls());
    }

    #[tokio::test]
    async fn nothing_is_less_than_the_least_of_queues_and_invocations() {
        let formation = Formation { tenants: 12, templates: false };
        let run = formation.run().await.unwrap();
        let ours = run.work();
        let least = work_of_formation(formation, &run, Meeting::Tens);
        assert!(ours.invocations >= least.invocations, "{ours:?} {least:?}");
        assert!(ours.queue_requests >= least.queue_requests, "{ours:?} {least:?}");
        assert!((ours.deliveries - least.deliveries).abs() < 0.5, "{ours:?} {least:?}");
        // What there is beyond a send each is the delete of each message that waits.
        let singly = work_of_formation(formation, &run, Meeting::Never);
        let deletes = ours.queue_requests - singly.queue_requests;
        assert!((deletes - real(run.polls())).abs() < 0.5, "{ours:?} {singly:?} {}", run.polls());
    }

    #[tokio::test]
    async fn a_join_takes_one_delete_each_wait_beyond_the_least() {
        let run = Formation { tenants: 2, templates: false }.run().await.unwrap();
        let (ours, least) = (crate::model::cost::work_of_join(&run), work_of_join(&run));
        assert!((ours.invocations - least.invocations).abs() < 0.5, "{ours:?} {least:?}");
        let deletes = ours.queue_requests - least.queue_requests;
        assert!((deletes - real(run.polls_of(Verb::Join))).abs() < 0.5, "{ours:?} {least:?}");
    }

    #[tokio::test]
    async fn joins_are_looked_at_as_often_as_the_delay_rule_says() {
        let run = Formation { tenants: 2, templates: false }.run().await.unwrap();
        let rule = polls_by_rule(std::time::Duration::from_hours(2), &Limits::default());
        let polls = real(run.polls_of(Verb::Join));
        assert!((polls - rule).abs() <= 1.5, "{polls}, by the rule {rule}");
    }
}
