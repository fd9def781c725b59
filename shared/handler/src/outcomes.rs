//! Telling: outcomes are built and sent here, with ids that are derived from the command.

use std::time::Duration;

use mto_messages::{
    Explanation, Names, Outcome, OutcomeData, OutcomeKind, PlannedWrite, WaitReport, Waiting, clip,
};
use mto_reconcile::{Finish, Mutation, Reason};
use serde_json::Value;
use time::OffsetDateTime;

use crate::function::Function;
use crate::handler::Handler;
use crate::permissions;
use crate::process::Work;
use crate::queue::{Message, QueueError};

/// Leaves room below SQS's 256 KiB; only what was observed can grow past it.
const MAX_OUTCOME_BYTES: usize = 200 * 1024;

/// What an outcome says beyond what the journal knows.
#[derive(Default)]
pub(crate) struct Story {
    summary: String,
    reason: Option<Explanation>,
    observed: Value,
    notes: Vec<String>,
    plan: Option<Vec<PlannedWrite>>,
    wait: Option<WaitReport>,
    /// Tells apart several outcomes of one kind.
    part: Option<String>,
}

impl Story {
    pub(crate) fn accepted() -> Self {
        Self { summary: "understood; it is being worked on".to_owned(), ..Self::default() }
    }

    pub(crate) fn expired(reason: &Reason, names: &Names, observed: Value) -> Self {
        let observed = with_progress(observed, reason);
        let remedy = reason.remedy_when_expired(names);
        let reason = Explanation { remedy, ..reason.explain(names) };
        let summary = format!("gave up; it was waiting for this: {}", reason.text);
        Self { summary, reason: Some(reason), observed, ..Self::default() }
    }

    /// Its time was over when it could have gone on: past the deadline nothing is written.
    pub(crate) fn expired_before(
        writes: &[Mutation],
        waited_for: Option<&Waiting>,
        names: &Names,
        observed: Value,
    ) -> Self {
        let first = writes.iter().take(NAMED_WRITES).map(|write| write.change.text(names));
        let more = writes.len().checked_sub(NAMED_WRITES + 1).map(|more| format!("{} more", more + 1));
        let writes: Vec<String> = first.chain(more).collect();
        let last = waited_for.map(|last| format!("; the last thing it waited for: {}", last.key));
        let text =
            format!("the time was over before this: {}{}", writes.join(", "), last.unwrap_or_default());
        let remedy = "send the command again under a new id; it goes on from where things stand".to_owned();
        let summary = format!("gave up; {text}");
        let reason = Explanation { code: Reason::OutOfTime.code().to_owned(), text, remedy };
        Self { summary, reason: Some(reason), observed, ..Self::default() }
    }

    pub(crate) fn planned(plan: Vec<PlannedWrite>, then: Option<Explanation>, observed: Value) -> Self {
        let writes = plan.iter().filter(|line| line.tenant.is_some()).count();
        let commands = match plan.len() - writes {
            0 => String::new(),
            count => format!(", {count} commands posted"),
        };
        let waits =
            then.as_ref().map(|wait| format!("; then it would wait: {}", wait.text)).unwrap_or_default();
        let summary = format!("nothing was written; {writes} writes would be made{commands}{waits}");
        Self { summary, plan: Some(plan), reason: then, observed, ..Self::default() }
    }
}

/// What takes its time says how far it is, in numbers beside what was observed: `progress`.
fn with_progress(mut observed: Value, reason: &Reason) -> Value {
    if let (Some(observed), Reason::Sync(reason)) = (observed.as_object_mut(), reason)
        && let Some(progress) = reason.progress().and_then(|progress| serde_json::to_value(progress).ok())
    {
        observed.insert("progress".to_owned(), progress);
    }
    observed
}

/// Waits that nobody has to be told of while another one is told already: they come and go.
fn passes_by_itself(reason: &Reason) -> bool {
    match reason {
        Reason::Settling(_)
        | Reason::OwnerUnreachable(..)
        | Reason::Unavailable(..)
        | Reason::Throttled(_)
        | Reason::OutOfTime => true,
        Reason::CreationNotVisible
        | Reason::OwnerHasNoOrganization(_)
        | Reason::NotAddedYet { .. }
        | Reason::Joining(_)
        | Reason::BeingRemoved(_)
        | Reason::RoleChanging(_)
        | Reason::WaitingForMembers(_)
        | Reason::PausingAfterFailure(_)
        | Reason::OwnerIsNoOwner(_)
        | Reason::Unrecognised(_)
        | Reason::Refused { .. }
        | Reason::Denied(..)
        | Reason::SameTenant(_)
        | Reason::InAnotherOrganization(_)
        | Reason::JoinElsewhere { .. }
        | Reason::RemovedMeanwhile { .. }
        | Reason::NotAnOwner(_)
        | Reason::LastOwner(_)
        | Reason::OwnerElsewhere { .. }
        | Reason::NotInOneOrganization { .. }
        | Reason::NotConfirmed { .. }
        | Reason::Sync(_)
        | Reason::Invalid { .. }
        | Reason::JoinFailed { .. } => false,
    }
}

/// Writes that are told by name before the rest is counted.
const NAMED_WRITES: usize = 5;

/// Of a plan that is too long as a whole.
const MAX_PLAN_LINES: usize = 300;

/// Of a note, where they are too long as a whole: that of a hundred tenants fits.
const MAX_NOTE_CHARS: usize = 20_000;

/// A finish as an outcome.
pub(crate) fn finish_of(finish: Finish, observed: Value, names: &Names) -> (OutcomeKind, Story) {
    let (kind, reason) = match finish {
        Finish::Succeeded { summary, notes } => {
            let notes = notes.iter().map(|note| note.text(names)).collect();
            return (OutcomeKind::Succeeded, Story { summary, observed, notes, ..Story::default() });
        }
        Finish::Rejected(reason) => (OutcomeKind::Rejected, reason),
        Finish::Failed(reason) => (OutcomeKind::Failed, reason),
    };
    let reason = reason.explain(names);
    let summary = format!("{}: {}", kind.as_str(), reason.text);
    (kind, Story { summary, reason: Some(reason), observed, ..Story::default() })
}

impl<F: Function> Handler<F> {
    /// A `waiting` outcome: at the first wait, after each write that may have changed something, where it waits
    /// for something else that somebody can act on, and each full hour; else nothing.
    pub(crate) async fn tell_waiting(
        &self,
        work: &mut Work<'_>,
        reason: &Reason,
        observed: Value,
        next_look: OffsetDateTime,
        deadline: OffsetDateTime,
    ) -> Result<(), QueueError> {
        let now = self.clock.now();
        let hour = (now - work.first_look).whole_hours();
        let slot = format!("{hour}-{}", work.journal.changes_made());
        let part = format!("{slot}-{}", reason.code());
        let reported = work.journal.reported.as_deref();
        let in_slot = reported.is_some_and(|last| last.starts_with(&format!("{slot}-")));
        if reported == Some(part.as_str()) || in_slot && passes_by_itself(reason) {
            return Ok(());
        }
        let waiting = work.journal.interrupted.as_ref().or(work.journal.waiting.as_ref());
        let since = waiting.map_or(now, |waiting| waiting.since);
        let observed = with_progress(observed, reason);
        let reason = reason.explain(&self.config.directory.names());
        let story = Story {
            summary: format!("waiting: {}", reason.text),
            reason: Some(reason),
            observed,
            wait: Some(WaitReport {
                age_seconds: (now - since).whole_seconds(),
                looks: work.journal.looks,
                next_look,
                deadline,
            }),
            part: Some(part.clone()),
            ..Story::default()
        };
        self.tell(work, OutcomeKind::Waiting, story).await?;
        work.journal.reported = Some(part);
        Ok(())
    }

    /// Every end without success, whoever made it.
    fn left_open(&self, work: &Work<'_>, kind: OutcomeKind) -> Option<String> {
        let directory = &self.config.directory;
        let data = Some(&work.command.data).filter(|_| kind.is_failure())?;
        let note = self.function.left_open(data, directory, &work.journal)?;
        Some(note.text(&directory.names()))
    }

    /// Sends an outcome.
    pub(crate) async fn tell(
        &self,
        work: &Work<'_>,
        kind: OutcomeKind,
        story: Story,
    ) -> Result<(), QueueError> {
        let now = self.clock.now();
        let Story { summary, reason, observed, notes, plan, wait, part } = story;
        let reason = reason.map(|reason| permissions::of_application(reason, F::VERB));
        let took = Duration::try_from(now - work.first_look).unwrap_or_default();
        tracing::info!(
            outcome = kind.as_str(),
            reason = reason.as_ref().map(|reason| reason.code.as_str()),
            took_seconds = took.as_secs(),
            summary,
            "outcome"
        );
        self.metrics.outcome(now, kind, (now - work.first_look).whole_seconds());
        let found = kind.is_terminal().then_some(&work.journal.found).into_iter().flatten().cloned();
        let momentary =
            Some(&work.momentary).filter(|_| kind != OutcomeKind::Succeeded).into_iter().flatten().cloned();
        let notes = found.chain(notes).chain(momentary).chain(self.left_open(work, kind)).collect();
        let children = work.journal.posted.iter().map(|key| format!("{}{key}", work.command.id)).collect();
        let data = OutcomeData {
            command: work.command.reference(),
            requested_by: work.command.requested_by.clone(),
            summary,
            reason,
            observed,
            writes: work.journal.writes.clone(),
            writes_dropped: work.journal.writes_dropped,
            plan,
            children,
            notes,
            wait,
            took_seconds: (now - work.first_look).whole_seconds(),
        };
        let mut outcome = Outcome::of(&work.command, kind, part.as_deref(), now, data);
        let mut body = outcome.to_json();
        if body.len() > MAX_OUTCOME_BYTES {
            outcome.data.observed = Value::Null;
            outcome.data.notes.push("what was observed was too long for a message".to_owned());
            body = outcome.to_json();
        }
        if let Some(plan) = outcome.data.plan.as_mut().filter(|_| body.len() > MAX_OUTCOME_BYTES) {
            let left_out = plan.len().saturating_sub(MAX_PLAN_LINES);
            plan.truncate(MAX_PLAN_LINES);
            outcome.data.notes.push(format!("{left_out} more lines of the plan were too long for a message"));
            body = outcome.to_json();
        }
        if body.len() > MAX_OUTCOME_BYTES {
            for note in &mut outcome.data.notes {
                *note = clip(note, MAX_NOTE_CHARS);
            }
            body = outcome.to_json();
        }
        while body.len() > MAX_OUTCOME_BYTES && !outcome.data.writes.is_empty() {
            // The oldest first, as in the journal; they are counted.
            let excess = outcome.data.writes.len().div_ceil(4);
            outcome.data.writes.drain(..excess);
            let dropped = u32::try_from(excess).unwrap_or(u32::MAX);
            outcome.data.writes_dropped = outcome.data.writes_dropped.saturating_add(dropped);
            body = outcome.to_json();
        }
        let trace_header = work.record.trace_header.clone();
        let message = Message { body, trace_header, ..Message::default() };
        self.queue.send(&self.config.outcomes, vec![message]).await
    }
}
