//! Observe, decide one step, apply, observe again.

use std::time::Duration;

use mto_graph::{Class, GraphError};
use mto_messages::{OutcomeKind, PlannedWrite, TenantId};
use mto_reconcile::{
    Child, Decision, Denial, Finish, Mutation, Reason, Step, Timing, Wait, after_refusal, fingerprint,
    note_refusal,
};
use serde_json::Value;
use time::Duration as Span;

use crate::apply::Applied;
use crate::function::{Function, Look};
use crate::handler::Handler;
use crate::outcomes::Story;
use crate::process::{Work, out_of_time, read_denial};
use crate::queue::QueueError;

/// Looks and writes of one delivery. A command needs three or four; past this something is going in circles.
const MAX_STEPS: usize = 8;

/// Not started with less time than this.
const TIME_FOR_A_STEP: Span = Span::seconds(3);

/// What follows a delivery.
pub(crate) enum Next {
    /// The command ended, with what was seen.
    Ended(Finish, Value),
    /// It ended in a way that only the handler knows.
    Told(OutcomeKind, Box<Story>),
    /// It waits, at most as long as its budget.
    Waits { wait: Wait, budget: Duration, observed: Value },
}

impl Next {
    pub(crate) fn ended(finish: Finish) -> Self {
        Self::Ended(finish, Value::Null)
    }
}

/// The refusals of this delivery: a write is sent in company once and alone once, not more.
#[derive(Default)]
struct Refusals {
    last: Option<Denial>,
    alone: Vec<Mutation>,
    batched: Vec<Mutation>,
}

impl<F: Function> Handler<F> {
    pub(crate) async fn step(
        &self,
        work: &mut Work<'_>,
        aim: &F::Aim,
        look: &Look<'_>,
    ) -> Result<Next, QueueError> {
        let budget = self.function.budget(aim, &self.config.limits);
        let mut refusals = Refusals::default();
        for _ in 0..MAX_STEPS {
            if self.clock.now() + TIME_FOR_A_STEP > work.end {
                break;
            }
            let observed = match self.function.observe(aim, look).await {
                Ok(observed) => observed,
                Err(error) => {
                    let tenant = self.function.acts_in(aim);
                    return Ok(self.after_failed_read(work, tenant, &error, 0).within(budget));
                }
            };
            let seen = serde_json::to_value(&observed).unwrap_or_default();
            let Decision { step, children } = self.decide(work, aim, &observed);
            if let Some(expired) = self.expire(work, budget, &step, &seen) {
                return Ok(expired);
            }
            self.post(work, children).await?;
            match step {
                Step::Finish(finish) => return Ok(Next::Ended(finish, seen)),
                Step::Wait(wait) => {
                    work.journal.refusal = None;
                    return Ok(Next::Waits { wait, budget, observed: seen });
                }
                Step::Act(mutations) => {
                    let mark = fingerprint(&observed);
                    if let Some(step) = self.act(work, aim, look, mutations, mark, &mut refusals).await {
                        return Ok(match step {
                            Step::Finish(finish) => Next::Ended(finish, seen),
                            Step::Wait(wait) => Next::Waits { wait, budget, observed: seen },
                            Step::Act(_) => Next::Waits { wait: out_of_time(), budget, observed: seen },
                        });
                    }
                }
            }
        }
        Ok(Next::Waits { wait: out_of_time(), budget, observed: Value::Null })
    }

    fn decide(&self, work: &Work<'_>, aim: &F::Aim, observed: &F::Observed) -> Decision {
        let timing = Timing { now: self.clock.now(), limits: &self.config.limits };
        self.function.decide(aim, observed, &work.journal, &timing)
    }

    /// Past its deadline a command makes no more writes; it still may turn out to be done.
    fn expire(&self, work: &Work<'_>, budget: Duration, step: &Step, seen: &Value) -> Option<Next> {
        let past = work.journal.looks > 1 && self.clock.now() >= work.budget_start + budget;
        let names = self.config.directory.names();
        let story = match step {
            Step::Finish(_) => return None,
            Step::Wait(wait) => Story::expired(&wait.reason, &names, seen.clone()),
            Step::Act(writes) => {
                let waited_for = work.journal.interrupted.as_ref().or(work.journal.waiting.as_ref());
                Story::expired_before(writes, waited_for, &names, seen.clone())
            }
        };
        past.then(|| Next::Told(OutcomeKind::Expired, Box::new(story)))
    }

    /// Makes the writes. `None`: look again. A step: no more of this now.
    async fn act(
        &self,
        work: &mut Work<'_>,
        aim: &F::Aim,
        look: &Look<'_>,
        mutations: Vec<Mutation>,
        mark: u64,
        refusals: &mut Refusals,
    ) -> Option<Step> {
        let open: Vec<Mutation> =
            mutations.into_iter().filter(|mutation| !refusals.alone.contains(mutation)).collect();
        if open.is_empty() {
            return refusals.last.take().map(|denial| self.bear(work, &denial, mark));
        }
        let tenant = self.function.acts_in(aim);
        // What was refused in a batch is sent alone: parts of one batch may have hindered each other.
        let (again, fresh): (Vec<_>, Vec<_>) =
            open.into_iter().partition(|mutation| refusals.batched.contains(mutation));
        let groups =
            if fresh.is_empty() { again.into_iter().map(|one| vec![one]).collect() } else { vec![fresh] };
        for group in groups {
            for (mutation, applied) in self.apply(work, look, tenant, group.clone()).await {
                match applied {
                    Applied::Done | Applied::Unknown => {}
                    Applied::NotNow(reason, not_before) => {
                        return Some(Step::Wait(Wait { reason, not_before: Some(not_before) }));
                    }
                    Applied::Refused(denial) => {
                        let to = if group.len() > 1 { &mut refusals.batched } else { &mut refusals.alone };
                        to.push(mutation);
                        refusals.last = Some(denial);
                    }
                }
            }
        }
        None
    }

    /// The service refuses, and looking again did not change what we want.
    fn bear(&self, work: &mut Work<'_>, denial: &Denial, mark: u64) -> Step {
        let timing = Timing { now: self.clock.now(), limits: &self.config.limits };
        note_refusal(&mut work.journal, denial, mark, &timing);
        after_refusal(&work.journal, denial, &timing)
    }

    /// A look that was not possible: wait, or, if it is denied to us, bear it for a while and then fail.
    pub(crate) fn after_failed_read(
        &self,
        work: &mut Work<'_>,
        tenant: TenantId,
        error: &GraphError,
        mark: u64,
    ) -> Next {
        let now = self.clock.now();
        let wait = |reason, not_before| Next::Waits {
            wait: Wait { reason, not_before },
            budget: self.config.limits.budget(F::VERB, false),
            observed: Value::Null,
        };
        match error.class() {
            Class::Throttled(after) => wait(Reason::Throttled(tenant), after.map(|after| now + after)),
            Class::Transient | Class::Ambiguous => {
                wait(Reason::Unavailable(tenant, crate::apply::text_of(error)), None)
            }
            Class::Permanent => match self.bear(work, &read_denial(error, tenant), mark) {
                Step::Finish(finish) => Next::ended(finish),
                Step::Wait(Wait { reason, not_before }) => wait(reason, not_before),
                Step::Act(_) => wait(Reason::OutOfTime, None),
            },
        }
    }

    /// A dry run: the writes up to the first wait, and the commands that would be posted. Nothing is written.
    pub(crate) async fn plan(&self, work: &mut Work<'_>, aim: &F::Aim, look: &Look<'_>) -> Next {
        let budget = self.function.budget(aim, &self.config.limits);
        let mut observed = match self.function.observe(aim, look).await {
            Ok(observed) => observed,
            Err(error) => {
                let tenant = self.function.acts_in(aim);
                return self.after_failed_read(work, tenant, &error, 0).within(budget);
            }
        };
        let seen = serde_json::to_value(&observed).unwrap_or_default();
        let names = self.config.directory.names();
        let tenant = self.function.acts_in(aim);
        let mut lines = Vec::new();
        for _ in 0..MAX_STEPS {
            let Decision { step, children } = self.decide(work, aim, &observed);
            match step {
                Step::Act(mutations) => {
                    for mutation in mutations {
                        lines.push(mutation.planned(tenant, &names));
                        observed = self.function.assume(aim, observed, &mutation);
                    }
                }
                Step::Finish(Finish::Rejected(reason)) => {
                    return Next::Ended(Finish::Rejected(reason), seen);
                }
                Step::Finish(Finish::Succeeded { .. } | Finish::Failed(_)) => {
                    return planned(lines, children, None, seen);
                }
                Step::Wait(wait) => {
                    return planned(lines, children, Some(wait.reason.explain(&names)), seen);
                }
            }
        }
        planned(lines, Vec::new(), None, seen)
    }
}

impl Next {
    /// The budget is the aim's, where the aim is known.
    fn within(self, budget: Duration) -> Self {
        match self {
            Self::Waits { wait, observed, .. } => Self::Waits { wait, budget, observed },
            other @ (Self::Ended(..) | Self::Told(..)) => other,
        }
    }
}

fn planned(
    mut lines: Vec<PlannedWrite>,
    children: Vec<Child>,
    then: Option<mto_messages::Explanation>,
    seen: Value,
) -> Next {
    for child in children {
        let verb = child.data.verb();
        let about: Vec<String> = child.about.iter().map(ToString::to_string).collect();
        let text = format!("post {} {}", verb.command_type(), about.join(" "));
        lines.push(PlannedWrite { tenant: None, what: format!("post-{verb}"), text: text.trim().to_owned() });
    }
    Next::Told(OutcomeKind::Planned, Box::new(Story::planned(lines, then, seen)))
}
