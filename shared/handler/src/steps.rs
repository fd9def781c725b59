//! Observe, decide one step, apply, observe again.

use std::collections::BTreeMap;
use std::time::Duration;

use mto_graph::{Class, GraphError};
use mto_messages::{Journal, OutcomeKind, PlannedWrite, TenantId, Write};
use mto_reconcile::{
    Child, Decision, Denial, Finish, Mutation, Note, Reason, Step, Timing, Wait, after_refusal, fingerprint,
    note_refusal,
};
use serde_json::Value;
use time::{Date, Duration as Span, OffsetDateTime, Time};

use crate::apply::{Applied, Done};
use crate::function::{Foreseen, Function, Look};
use crate::handler::Handler;
use crate::outcomes::Story;
use crate::process::{Work, out_of_time, read_denial};
use crate::queue::QueueError;

/// Looks and writes of one delivery. A command needs three or four; past this something is going in circles.
const MAX_STEPS: usize = 8;

/// Not started with less time than this.
const TIME_FOR_A_STEP: Span = Span::seconds(3);

/// A look that does not get too old.
const NEVER: OffsetDateTime = OffsetDateTime::new_utc(Date::MAX, Time::MIDNIGHT);

/// What follows a delivery.
pub(crate) enum Next {
    /// The command ended, with what was seen.
    Ended(Finish, Value),
    /// It ended in a way that only the handler knows.
    Told(OutcomeKind, Box<Story>),
    /// It waits, at most as long as its budget.
    Waits { wait: Wait, budget: Duration, observed: Value },
    /// The journal has to be kept first; then it goes on at once.
    Again,
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

/// What came of a round of writes.
enum Acted {
    /// Every one was accepted.
    Accepted(Vec<Mutation>),
    /// Some were; look again.
    LookAgain,
    /// No more of this now.
    Stop(Step),
}

impl<F: Function> Handler<F> {
    pub(crate) async fn step(
        &self,
        work: &mut Work<'_>,
        aim: &F::Aim,
        look: &Look<'_>,
    ) -> Result<Next, QueueError> {
        let mut budget = self.budget(work, aim);
        let mut refusals = Refusals::default();
        let mut believed = None;
        for _ in 0..MAX_STEPS {
            if self.clock.now() + TIME_FOR_A_STEP > work.end {
                break;
            }
            let now = self.clock.now();
            let (looked, at) = match believed.take().filter(|(_, at)| self.fresh_until(aim, *at) > now) {
                Some((observed, at)) => (Ok(observed), at),
                None => (self.function.observe(aim, look).await, now),
            };
            let observed = match looked {
                Ok(observed) => observed,
                Err(error) => {
                    let tenant = self.function.acts_in(aim);
                    return Ok(self.after_failed_read(work, tenant, &error, 0).within(budget));
                }
            };
            if let Some(users) = self.function.users(aim, &observed, &work.journal) {
                work.journal.note_users(users);
                budget = self.budget(work, aim);
            }
            let seen = serde_json::to_value(&observed).unwrap_or_default();
            let Decision { step, children, found, momentary } = self.decide(&work.journal, aim, &observed);
            self.note_found(work, &found);
            self.note_momentary(work, &momentary);
            if let Some(expired) = self.expire(work, budget, &step, &seen) {
                return Ok(expired);
            }
            self.post(work, children).await?;
            let Step::Act(mutations) = step else {
                // Nothing is wanted that was refused.
                work.journal.refusal = None;
                return Ok(stop(work, step, budget, seen));
            };
            let fresh_until = self.fresh_until(aim, at);
            if self.clock.now() >= fresh_until {
                let wait = took_too_long(self.function.acts_in(aim));
                return Ok(Next::Waits { wait, budget, observed: seen });
            }
            let mark = fingerprint(&observed);
            let until = fresh_until.min(look.deadline);
            match self.act(work, (look, until), mutations, mark, &mut refusals).await {
                Acted::Stop(step) => return Ok(stop(work, step, budget, seen)),
                Acted::Accepted(made) if self.function.believes_a_look_for(aim).is_some() => {
                    let assume =
                        |observed, mutation: &Mutation| self.function.assume(aim, observed, mutation);
                    believed = Some((made.iter().fold(observed, assume), at));
                }
                Acted::Accepted(_) | Acted::LookAgain => {}
            }
        }
        Ok(Next::Waits { wait: out_of_time(), budget, observed: Value::Null })
    }

    fn budget(&self, work: &Work<'_>, aim: &F::Aim) -> Duration {
        let limits = &self.config.limits;
        limits.grown(self.function.budget(aim, limits), &work.journal)
    }

    fn decide(&self, journal: &Journal, aim: &F::Aim, observed: &F::Observed) -> Decision {
        let timing = Timing { now: self.clock.now(), limits: &self.config.limits };
        self.function.decide(aim, observed, journal, &timing)
    }

    fn note_found(&self, work: &mut Work<'_>, found: &[Note]) {
        let names = self.config.directory.names();
        for note in found {
            work.journal.note_found(&note.text(&names));
        }
    }

    fn note_momentary(&self, work: &mut Work<'_>, notes: &[Note]) {
        let names = self.config.directory.names();
        work.momentary = notes.iter().map(|note| note.text(&names)).collect();
    }

    /// How long writes may rest on a look that began then.
    fn fresh_until(&self, aim: &F::Aim, looked_at: OffsetDateTime) -> OffsetDateTime {
        self.function.believes_a_look_for(aim).map_or(NEVER, |age| looked_at + age)
    }

    /// Past its deadline a command makes no more writes; it still may turn out to be done.
    fn expire(&self, work: &Work<'_>, budget: Duration, step: &Step, seen: &Value) -> Option<Next> {
        let past = work.journal.looks > 1 && self.clock.now() >= work.budget_start + budget;
        if !past {
            return None;
        }
        let names = self.config.directory.names();
        let story = match step {
            Step::Finish(_) | Step::Remember(_) => return None,
            Step::Wait(wait) => Story::expired(&wait.reason, &names, seen.clone()),
            Step::Act(writes) => {
                let waited_for = work.journal.interrupted.as_ref().or(work.journal.waiting.as_ref());
                Story::expired_before(writes, waited_for, &names, seen.clone())
            }
        };
        Some(Next::Told(OutcomeKind::Expired, Box::new(story)))
    }

    /// Makes the writes that were not refused by themselves already.
    async fn act(
        &self,
        work: &mut Work<'_>,
        (look, until): (&Look<'_>, OffsetDateTime),
        mutations: Vec<Mutation>,
        mark: u64,
        refusals: &mut Refusals,
    ) -> Acted {
        let wanted = mutations.len();
        let open: Vec<Mutation> =
            mutations.into_iter().filter(|mutation| !refusals.alone.contains(mutation)).collect();
        if open.is_empty() {
            let Some(denial) = refusals.last.take() else { return Acted::LookAgain };
            return Acted::Stop(self.bear(work, &denial, mark));
        }
        let mut made = Vec::new();
        let mut not_now = None;
        for Done { mutation, applied, alone } in self.apply(work, look, until, groups(open, refusals)).await {
            match applied {
                Applied::Done => made.push(mutation),
                Applied::Unknown => {}
                Applied::NotNow(reason, not_before) => {
                    not_now.get_or_insert(Wait { reason, not_before: Some(not_before) });
                }
                Applied::Refused(denial) => {
                    let to = if alone { &mut refusals.alone } else { &mut refusals.batched };
                    to.push(mutation);
                    refusals.last = Some(denial);
                }
            }
        }
        match not_now {
            Some(wait) => Acted::Stop(Step::Wait(wait)),
            None if made.len() == wanted => Acted::Accepted(made),
            None => Acted::LookAgain,
        }
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
        let (now, limits) = (self.clock.now(), &self.config.limits);
        let budget = limits.grown(limits.budget(F::VERB, false), &work.journal);
        let wait = |reason, not_before| Next::Waits {
            wait: Wait { reason, not_before },
            budget,
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
                Step::Act(_) | Step::Remember(_) => wait(Reason::OutOfTime, None),
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
        let mut lines = Vec::new();
        // What would be remembered: a decision may rest on what was written.
        let mut journal = work.journal.clone();
        for _ in 0..MAX_STEPS {
            let Decision { step, children, found, momentary } = self.decide(&journal, aim, &observed);
            self.note_found(work, &found);
            self.note_momentary(work, &momentary);
            let then = match step {
                Step::Act(mutations) => {
                    for mutation in mutations {
                        lines.push(mutation.planned(&names));
                        journal.note_write(self.accepted(&mutation));
                        observed = self.function.assume(aim, observed, &mutation);
                    }
                    continue;
                }
                Step::Remember(membership) => {
                    journal.membership = Some(membership);
                    continue;
                }
                Step::Finish(Finish::Rejected(reason)) => {
                    return Next::Ended(Finish::Rejected(reason), seen);
                }
                Step::Finish(Finish::Succeeded { notes, .. }) => {
                    self.note_momentary(work, &notes);
                    None
                }
                Step::Finish(Finish::Failed(reason)) => Some(reason.explain(&names)),
                Step::Wait(wait) => Some(wait.reason.explain(&names)),
            };
            lines.extend(children.iter().map(posted));
            lines.extend(self.foresee(work, aim, &children, look).await);
            return planned(lines, then, seen);
        }
        planned(lines, None, seen)
    }

    /// A write as the journal would have it.
    fn accepted(&self, Mutation { tenant, change }: &Mutation) -> Write {
        Write {
            at: self.clock.now(),
            tenant: *tenant,
            what: change.what().to_owned(),
            about: change.about(),
            status: Some(204),
            request_id: None,
        }
    }

    /// What the commands that would be posted would write. Where that cannot be seen, the plan says so.
    async fn foresee(
        &self,
        work: &mut Work<'_>,
        aim: &F::Aim,
        children: &[Child],
        look: &Look<'_>,
    ) -> Vec<PlannedWrite> {
        let names = self.config.directory.names();
        match self.function.foresee(aim, children, look).await {
            Ok(Foreseen { writes, notes }) => {
                self.note_found(work, &notes);
                writes.iter().map(|mutation| mutation.planned(&names)).collect()
            }
            Err(error) => {
                let text = format!("what follows could not be foreseen: {}", crate::apply::text_of(&error));
                work.journal.note_found(&text);
                Vec::new()
            }
        }
    }
}

/// What was refused in a batch is sent alone: parts of one batch may have hindered each other. The others are sent
/// together, tenant by tenant.
fn groups(open: Vec<Mutation>, refusals: &Refusals) -> Vec<Vec<Mutation>> {
    let (again, fresh): (Vec<_>, Vec<_>) =
        open.into_iter().partition(|mutation| refusals.batched.contains(mutation));
    if fresh.is_empty() {
        return again.into_iter().map(|one| vec![one]).collect();
    }
    let mut by_tenant: BTreeMap<TenantId, Vec<Mutation>> = BTreeMap::new();
    for mutation in fresh {
        by_tenant.entry(mutation.tenant).or_default().push(mutation);
    }
    by_tenant.into_values().collect()
}

/// A step that ends this delivery.
fn stop(work: &mut Work<'_>, step: Step, budget: Duration, observed: Value) -> Next {
    match step {
        Step::Finish(finish) => Next::Ended(finish, observed),
        Step::Wait(wait) => Next::Waits { wait, budget, observed },
        Step::Remember(membership) => {
            work.journal.membership = Some(membership);
            Next::Again
        }
        Step::Act(_) => Next::Waits { wait: out_of_time(), budget, observed },
    }
}

impl Next {
    /// The budget is the aim's, where the aim is known.
    fn within(self, budget: Duration) -> Self {
        match self {
            Self::Waits { wait, observed, .. } => Self::Waits { wait, budget, observed },
            other @ (Self::Ended(..) | Self::Told(..) | Self::Again) => other,
        }
    }
}

/// A look on which nothing may be written any more once it is done. The service is given time; then another look.
fn took_too_long(tenant: TenantId) -> Wait {
    let text = "reading took so long that nothing is written on what was seen first; it is read again";
    Wait { reason: Reason::Unavailable(tenant, text.to_owned()), not_before: None }
}

fn posted(child: &Child) -> PlannedWrite {
    let verb = child.data.verb();
    let about: Vec<String> = child.about.iter().map(ToString::to_string).collect();
    let text = format!("post {} {}", verb.command_type(), about.join(" "));
    PlannedWrite { tenant: None, what: format!("post-{verb}"), text: text.trim().to_owned() }
}

fn planned(lines: Vec<PlannedWrite>, then: Option<mto_messages::Explanation>, seen: Value) -> Next {
    Next::Told(OutcomeKind::Planned, Box::new(Story::planned(lines, then, seen)))
}
