//! One record: from the body to an outcome, a wait, or a dead letter.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use mto_graph::prelude::FindTenantInformationByDomainName;
use mto_messages::{
    Command, CommandData, Journal, OutcomeKind, ParseError, SyncAction, TenantId, TenantRef, Verb, Waiting,
    clip,
};
use mto_reconcile::{Child, Denial, Finish, Reason, Wait, next_look};
use time::OffsetDateTime;
use tracing::Instrument;
use uuid::Uuid;

use crate::apply::is_denied;
use crate::function::{Function, Look, Tenants, id_to_close, unknown_tenant};
use crate::handler::Handler;
use crate::outcomes::{Story, finish_of};
use crate::queue::{JOURNAL_ATTRIBUTE, MAX_DELAY, Message, QueueError, Record};
use crate::sides::words;
use crate::steps::Next;

/// Namespace of the correlation ids that are derived from commands.
const CORRELATION: Uuid = Uuid::from_u128(0x6d74_6f2d_6675_4e63_9469_6f6e_7300_0001);

/// How far the clocks of two hosts may be apart.
const CLOCK_SKEW: Duration = Duration::from_mins(1);

/// Tenants whose applications are tried for looking up a domain.
const MAX_LOOKUPS: usize = 3;

/// A look that is later than this was not late, it was not taken.
const UNWATCHED_AFTER: time::Duration = time::Duration::minutes(20);

/// SQS takes ten attributes; one is the journal.
const MAX_FOREIGN_ATTRIBUTES: usize = 9;

/// Room for them beside the largest body and the largest journal.
const MAX_FOREIGN_ATTRIBUTE_BYTES: usize = 24 * 1024;

/// A command under way.
pub(crate) struct Work<'a> {
    pub(crate) record: &'a Record,
    pub(crate) command: Command,
    pub(crate) journal: Journal,
    /// When this invocation has to stop asking Graph.
    pub(crate) end: OffsetDateTime,
    pub(crate) first_look: OffsetDateTime,
    /// Budgets run from here: the first look, and as much later as nobody was looking.
    pub(crate) budget_start: OffsetDateTime,
    /// What the last look of this delivery shows, for every end but a success: it may pass.
    pub(crate) momentary: Vec<String>,
}

impl<F: Function> Handler<F> {
    /// # Errors
    /// When a queue did not take what has to be sent: the record stays in its queue.
    pub(crate) async fn process(&self, record: Record, end: OffsetDateTime) -> Result<(), QueueError> {
        let command = match Command::parse(&record.body) {
            Ok(command) if command.data.verb() == F::VERB => command,
            Ok(command) => {
                let kind = command.data.verb().command_type();
                let text = format!("{kind} came to the queue of {}; send it to its own", F::VERB);
                return self.dead_letter(&record, "wrong-queue", &text).await;
            }
            Err(error) => return self.refuse(&record, &error).await,
        };
        let span = tracing::info_span!(
            "command",
            verb = %F::VERB,
            id = %clip(&command.id, 300),
            source = %clip(&command.source, 300),
            root = %clip(command.root_id(), 300),
            message_id = %record.message_id,
            receive_count = record.receive_count,
            tenant = tracing::field::Empty,
            looks = tracing::field::Empty,
            age_seconds = tracing::field::Empty,
        );
        self.work(&record, command, end).instrument(span).await
    }

    async fn work(&self, record: &Record, command: Command, end: OffsetDateTime) -> Result<(), QueueError> {
        let now = self.clock.now();
        let journal = Journal::read(record.attributes.get(JOURNAL_ATTRIBUTE).map(String::as_str));
        let mut journal =
            if journal.is_from_the_future(now + CLOCK_SKEW) { Journal::default() } else { journal };
        let first_look = *journal.first_look.get_or_insert(now);
        skip_unwatched_time(&mut journal, first_look, now);
        let budget_start = first_look + time::Duration::seconds(i64::from(journal.unwatched_seconds));
        let mut work =
            Work { record, command, journal, end, first_look, budget_start, momentary: Vec::new() };
        // A wait never leads past the deadline; what says so is no journal of ours, and is looked at now.
        let limits = &self.config.limits;
        let latest = budget_start + limits.grown(limits.budget(F::VERB, true), &work.journal);
        let asleep = |time: &OffsetDateTime| *time > now && *time <= latest;
        if let Some(not_before) = work.journal.not_before.filter(asleep) {
            // A wait longer than one DelaySeconds: hop on without looking.
            return self.send_again(&mut work, not_before).await;
        }
        work.journal.not_before = None;
        work.journal.looks = work.journal.looks.saturating_add(1);
        let span = tracing::Span::current();
        span.record("looks", work.journal.looks);
        span.record("age_seconds", (now - first_look).whole_seconds());
        let next = self.look(&mut work).await?;
        self.conclude(&mut work, next).await
    }

    async fn look(&self, work: &mut Work<'_>) -> Result<Next, QueueError> {
        let look = self.start_look(work);
        let aim = match self.resolve(work, &look).await {
            Ok(tenants) => self.function.aim(&work.command.data, &tenants),
            Err(Next::Ended(finish, seen)) => return Ok(Next::Ended(finish, seen)),
            Err(next) => return Ok(next),
        };
        let aim = match aim {
            Ok(aim) => aim,
            Err(reason) => return Ok(Next::ended(Finish::Rejected(reason))),
        };
        tracing::Span::current().record("tenant", tracing::field::display(self.function.acts_in(&aim)));
        if work.journal.looks == 1 && work.command.root.is_none() && !work.command.data.dry_run() {
            self.tell(work, OutcomeKind::Accepted, Story::accepted()).await?;
        }
        if work.command.data.dry_run() {
            return Ok(self.plan(work, &aim, &look).await);
        }
        self.step(work, &aim, &look).await
    }

    fn start_look(&self, work: &Work<'_>) -> Look<'_> {
        // Fresh for every look, so that Graph's ids of two looks differ, and the same in a replay.
        let name = format!("{} {} {}", work.command.source, work.command.id, work.journal.looks);
        Look {
            graph: &self.graph,
            directory: &self.config.directory,
            correlation: Uuid::new_v5(&CORRELATION, name.as_bytes()),
            deadline: work.end,
            calls: AtomicU32::new(0),
            has_posted: !work.journal.posted.is_empty(),
        }
    }

    /// Finds the id of every tenant the command names. A domain the directory does not list is asked of Graph;
    /// the tenant it leads to has to stand in the directory all the same. Only what closes may be about a tenant that
    /// does not, given by its id.
    async fn resolve(&self, work: &mut Work<'_>, look: &Look<'_>) -> Result<Tenants<'_>, Next> {
        let directory = &self.config.directory;
        let mut resolved = BTreeMap::new();
        let named: Vec<(String, TenantRef)> =
            work.command.data.tenants().into_iter().map(|(field, tenant)| (field, tenant.clone())).collect();
        for (field, tenant) in named {
            let id = match directory.find(tenant.as_str()) {
                Some(id) => id,
                None => match unlisted(&work.command.data, &field, &tenant) {
                    Some(id) => id,
                    None => self.look_up_domain(work, look, &field, &tenant).await?,
                },
            };
            resolved.insert(tenant, id);
        }
        let can_post: Vec<Verb> = self.config.queues.keys().copied().collect();
        Ok(Tenants { resolved, directory, can_post })
    }

    async fn look_up_domain(
        &self,
        work: &mut Work<'_>,
        look: &Look<'_>,
        field: &str,
        tenant: &TenantRef,
    ) -> Result<TenantId, Next> {
        let rejected = || Next::ended(Finish::Rejected(unknown_tenant(field, tenant)));
        let mut denied = None;
        let directory = &self.config.directory;
        let domain = tenant.as_str();
        if !domain.contains('.') {
            return Err(rejected());
        }
        let endpoint = FindTenantInformationByDomainName { domain_name: domain.to_owned() };
        for from in directory.ours().take(MAX_LOOKUPS) {
            match look.send(from, &endpoint).await {
                Ok(information) => {
                    let id = TenantId::new(information.tenant_id);
                    return directory.find(&id.to_string()).ok_or_else(rejected);
                }
                Err(error) if error.is_not_found() => return Err(rejected()),
                // Not every tenant's application needs the right to look tenants up.
                Err(error) if is_denied(&error) => denied = Some((from, words(&error))),
                Err(error) => return Err(self.after_failed_read(work, from, &error, 0)),
            }
        }
        let Some((from, words)) = denied else { return Err(rejected()) };
        let from = directory.names().of(from);
        Err(Next::ended(Finish::Rejected(Reason::Invalid {
            field: field.to_owned(),
            problem: format!(
                "\"{domain}\" is not in the tenant directory, and looking it up was denied in {from}: {words}"
            ),
            remedy: "name the tenant as the directory does; or give an application there the permission \
                     CrossTenantInformation.ReadBasic.All"
                .to_owned(),
        })))
    }

    /// What follows: the command ends, or waits.
    async fn conclude(&self, work: &mut Work<'_>, next: Next) -> Result<(), QueueError> {
        match next {
            Next::Ended(finish, observed) => {
                let (kind, story) = finish_of(finish, observed, &self.config.directory.names());
                self.tell(work, kind, story).await
            }
            Next::Told(kind, story) => self.tell(work, kind, *story).await,
            Next::Waits { wait, budget, observed } => self.wait(work, wait, budget, observed).await,
            Next::Again => {
                let now = self.clock.now();
                self.send_again(work, now).await
            }
        }
    }

    /// The delayed retry: the same body again, with a delay and the updated journal; then the message in hand is
    /// deleted at once.
    async fn wait(
        &self,
        work: &mut Work<'_>,
        wait: Wait,
        budget: Duration,
        observed: serde_json::Value,
    ) -> Result<(), QueueError> {
        let now = self.clock.now();
        let deadline = work.budget_start + budget;
        if now >= deadline {
            let story = Story::expired(&wait.reason, &self.config.directory.names(), observed);
            return self.tell(work, OutcomeKind::Expired, story).await;
        }
        let last_change = note_wait(&mut work.journal, &wait.reason, now);
        let jitter = jitter(&work.record.message_id);
        let limits = &self.config.limits;
        let next = next_look(now, last_change, wait.not_before, deadline, jitter, limits);
        self.tell_waiting(work, &wait.reason, observed, next, deadline).await?;
        work.journal.not_before = (next - now > MAX_DELAY).then_some(next);
        self.metrics.wait(now, wait.reason.code());
        tracing::info!(reason = wait.reason.code(), next_look = %next, %deadline, "waits");
        self.send_again(work, next).await
    }

    async fn send_again(&self, work: &mut Work<'_>, next: OffsetDateTime) -> Result<(), QueueError> {
        work.journal.next_look = Some(next);
        let delay = Duration::try_from(next - self.clock.now()).unwrap_or_default().min(MAX_DELAY);
        let whole = Duration::from_secs(delay.as_secs() + u64::from(delay.subsec_nanos() > 0));
        let mut attributes = attributes_to_keep(work.record, MAX_FOREIGN_ATTRIBUTES);
        attributes.insert(JOURNAL_ATTRIBUTE.to_owned(), work.journal.to_attribute());
        let body = work.record.body.clone();
        let trace_header = work.record.trace_header.clone();
        let queue = self.config.own_queue();
        self.queue
            .send(queue, vec![Message { body, attributes, delay: whole.min(MAX_DELAY), trace_header }])
            .await?;
        if let Err(error) = self.queue.delete(queue, &work.record.receipt_handle).await {
            // The acknowledgement of the batch deletes it too; at worst there are two chains that both look first.
            tracing::warn!(%error, "the message in hand could not be deleted");
        }
        Ok(())
    }

    /// Posts the children that were not posted yet.
    pub(crate) async fn post(&self, work: &mut Work<'_>, children: Vec<Child>) -> Result<(), QueueError> {
        let now = self.clock.now();
        let mut due: BTreeMap<Verb, Vec<(String, Message)>> = BTreeMap::new();
        for child in children {
            let verb = child.data.verb();
            let command = work.command.child(child.data, &child.about, now);
            let key = command.id[work.command.id.len()..].to_owned();
            if !work.journal.posted.contains(&key) {
                let trace_header = work.record.trace_header.clone();
                let message = Message { body: command.to_json(), trace_header, ..Message::default() };
                due.entry(verb).or_default().push((key, message));
            }
        }
        for (verb, messages) in due {
            let Some(queue) = self.config.queues.get(&verb) else {
                tracing::error!(%verb, "no queue for a follow-up; the aim should have been rejected");
                continue;
            };
            let (keys, messages): (Vec<_>, Vec<_>) = messages.into_iter().unzip();
            self.queue.send(queue, messages).await?;
            tracing::info!(%verb, count = keys.len(), "posted");
            work.journal.posted.extend(keys);
        }
        Ok(())
    }

    async fn refuse(&self, record: &Record, error: &ParseError) -> Result<(), QueueError> {
        self.dead_letter(record, error.code(), &error.to_string()).await
    }

    /// To the dead-letter queue by our own hand, with the reason.
    async fn dead_letter(&self, record: &Record, code: &str, text: &str) -> Result<(), QueueError> {
        self.metrics.dead_letter(self.clock.now(), code);
        tracing::error!(message_id = record.message_id, code, reason = %clip(text, 300), "dead letter");
        let mut attributes = attributes_to_keep(record, MAX_FOREIGN_ATTRIBUTES - 4);
        if let Some(journal) = record.attributes.get(JOURNAL_ATTRIBUTE) {
            attributes.insert(JOURNAL_ATTRIBUTE.to_owned(), journal.clone());
        }
        attributes.insert("reason".to_owned(), code.to_owned());
        attributes.insert("reasonText".to_owned(), clip(text, 500));
        attributes.insert("sourceQueue".to_owned(), self.config.own_queue().to_string());
        attributes.insert("sourceMessageId".to_owned(), record.message_id.clone());
        let trace_header = record.trace_header.clone();
        let message = Message { body: record.body.clone(), attributes, delay: Duration::ZERO, trace_header };
        self.queue.send(&self.config.dead_letters, vec![message]).await
    }
}

/// A tenant that the directory does not list, and that `unshare` names by its id.
fn unlisted(data: &CommandData, field: &str, tenant: &TenantRef) -> Option<TenantId> {
    let CommandData::Sync(data) = data else { return None };
    let closes = data.action == SyncAction::Unshare && field != "data.owner";
    id_to_close(tenant).filter(|_| closes)
}

/// Time in which nobody looked does not count: a message that comes back from the dead-letter queue after a day
/// goes on where it was, and is not expired by the day.
///
/// There is no more of it than the command is old: a journal that claims more would outlive every budget.
fn skip_unwatched_time(journal: &mut Journal, first_look: OffsetDateTime, now: OffsetDateTime) {
    let late = journal.next_look.take().map_or(time::Duration::ZERO, |expected| now - expected);
    if late > UNWATCHED_AFTER {
        let seconds = u32::try_from(late.whole_seconds()).unwrap_or(u32::MAX);
        journal.unwatched_seconds = journal.unwatched_seconds.saturating_add(seconds);
        // "Again and again" is what patience measures.
        journal.refusal = None;
        journal.interrupted = None;
    }
    let age = u32::try_from((now - first_look).whole_seconds().max(0)).unwrap_or(u32::MAX);
    journal.unwatched_seconds = journal.unwatched_seconds.min(age);
}

/// The producer's own message attributes travel on, as far as SQS's limits leave room: ten attributes, and the
/// body, the journal and these within 256 KiB.
fn attributes_to_keep(record: &Record, most: usize) -> BTreeMap<String, String> {
    let mut bytes = 0;
    let mut kept = BTreeMap::new();
    for (name, value) in record.attributes.iter().filter(|(name, _)| *name != JOURNAL_ATTRIBUTE) {
        bytes += name.len() + value.len();
        if kept.len() == most || bytes > MAX_FOREIGN_ATTRIBUTE_BYTES {
            tracing::warn!(name, "message attributes beyond what a message can hold are left out");
            break;
        }
        kept.insert(name.clone(), value.clone());
    }
    kept
}

/// Notes what is waited for, and returns since when the delay counts. An interruption has a clock of its own:
/// what the command really waits for goes on beside it.
fn note_wait(journal: &mut Journal, reason: &Reason, now: OffsetDateTime) -> OffsetDateTime {
    let key = reason.key();
    if reason.is_interruption() {
        let same = journal.interrupted.take().filter(|interrupted| interrupted.key == key);
        return journal.interrupted.insert(same.unwrap_or(Waiting { key, since: now })).since;
    }
    journal.interrupted = None;
    if journal.waiting.as_ref().is_none_or(|waiting| waiting.key != key) {
        journal.waiting = Some(Waiting { key, since: now });
        journal.last_change = Some(now);
    }
    *journal.last_change.get_or_insert(now)
}

/// A number from the message id: the same message waits the same time.
fn jitter(message_id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    message_id.hash(&mut hasher);
    hasher.finish()
}

/// What a read that failed means.
pub(crate) fn read_denial(error: &mto_graph::GraphError, tenant: TenantId) -> Denial {
    crate::apply::denial("read", None, tenant, error)
}

/// Only for texts: why a wait that never looked ended.
pub(crate) fn out_of_time() -> Wait {
    Wait { reason: Reason::OutOfTime, not_before: None }
}
