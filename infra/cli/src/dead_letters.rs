//! `mto dead-letters` and `mto redrive`: what could not be handled, and its way back.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use mto_handler::{ConfigError, JOURNAL_ATTRIBUTE, Message, QueueUrl, Record};
use mto_messages::{Command, Outcome, clip};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::answer::{Answer, CliError, Verdict};
use crate::args::{DeadLettersArgs, QueueName, RedriveArgs};
use crate::context::Context;
use crate::mailbox::Mailbox;
use crate::tables::table;

/// While a queue is gone through, what was seen is hidden; shown again at the end, or by itself after this.
const HIDDEN: Duration = Duration::from_mins(5);

/// Letters of one queue that are looked at.
const MOST_LETTERS: usize = 1_000;

/// Told where a queue holds more.
const MORE: &str = "only the first 1000 of a queue were looked at: there may be more\n";

/// What a function added when it gave the message up.
const ADDED: [&str; 8] = [
    "reason",
    "reasonText",
    "sourceQueue",
    "sourceMessageId",
    "notifyTries",
    "notifySince",
    "notifyRefusedSince",
    "notifySent",
];

/// One dead letter.
struct Letter {
    queue: QueueName,
    record: Record,
}

/// Whether the environment names a dead-letter queue: this one's, or any.
///
/// # Errors
/// The variable that is missing.
pub fn check(queue: Option<QueueName>, context: &Context) -> Result<(), CliError> {
    let named = |queue: QueueName| context.variable(&dead_letters_variable(queue)).is_some();
    if QueueName::ALL.into_iter().filter(|one| queue.is_none_or(|wanted| wanted == *one)).any(named) {
        return Ok(());
    }
    let variable = queue.map_or("MTO_DEAD_LETTERS_<VERB>".to_owned(), dead_letters_variable);
    Err(missing(variable, "give the URL of the dead-letter queue").into())
}

/// Lists the dead letters of the queues that the environment names.
///
/// # Errors
/// No such queue in the environment, or what a queue said.
pub async fn list(
    args: &DeadLettersArgs,
    mailbox: &dyn Mailbox,
    context: &Context,
) -> Result<Answer, CliError> {
    check(args.queue, context)?;
    let mut letters = Vec::new();
    let mut looked_at = Vec::new();
    let mut is_cut = false;
    for queue in QueueName::ALL.into_iter().filter(|one| args.queue.is_none_or(|wanted| wanted == *one)) {
        let Some(url) = context.variable(&dead_letters_variable(queue)).map(QueueUrl::new) else { continue };
        looked_at.push(queue.as_str());
        let records = all(mailbox, &url).await?;
        is_cut |= records.len() >= MOST_LETTERS;
        release(mailbox, &url, &records).await;
        letters.extend(records.into_iter().map(|record| Letter { queue, record }));
    }
    let now = context.clock.now();
    let rows: Vec<Value> = letters.iter().map(|letter| letter.json(now)).collect();
    let more = if is_cut { MORE } else { "" };
    let text = if letters.is_empty() {
        format!("no dead letters in {}\n", looked_at.join(", "))
    } else {
        let rows = letters.iter().map(|letter| letter.row(now));
        table(["QUEUE", "COMMAND", "REASON", "AGE", "RECEIVED", "TEXT"], rows) + more
    };
    let json = json!({"queues": looked_at, "deadLetters": rows, "mayBeMore": is_cut});
    Ok(Answer { verdict: Verdict::Done, text, json })
}

/// Sends dead letters back to the queue they came from, and then deletes them. What is no message of that queue's kind
/// stays: it would only come back.
///
/// # Errors
/// No such queue in the environment, or what a queue said; what was moved before is told.
pub async fn redrive(
    args: &RedriveArgs,
    mailbox: &dyn Mailbox,
    context: &Context,
) -> Result<Answer, CliError> {
    let from = url_of(&dead_letters_variable(args.queue), context)?;
    let to = source_of(args.queue, context)?;
    let mut moved = Vec::new();
    let mut left = Vec::new();
    let mut result = Ok(());
    let records = all(mailbox, &from).await?;
    let is_cut = records.len() >= MOST_LETTERS;
    for record in records {
        let id = id_of(args.queue, &record);
        let is_wanted = args.all || id.is_some() && id == args.id;
        let Some(id) = id.filter(|_| is_wanted && moved.len() < args.limit as usize && result.is_ok()) else {
            let broken = is_wanted && id_of(args.queue, &record).is_none();
            left.push((record, broken));
            continue;
        };
        match send_back(&record, args, mailbox, &from, &to).await {
            Ok(()) => moved.push(id),
            Err(error) => {
                result = Err(error);
                left.push((record, false));
            }
        }
    }
    let broken: Vec<String> =
        left.iter().filter(|(_, broken)| *broken).map(|(record, _)| record.message_id.clone()).collect();
    let left: Vec<Record> = left.into_iter().map(|(record, _)| record).collect();
    release(mailbox, &from, &left).await;
    result.map_err(|error| CliError::Failed(format!("moved: {}; then: {error}", moved.len())))?;
    Ok(answer(args, &moved, &broken, left.len(), is_cut))
}

fn answer(args: &RedriveArgs, moved: &[String], broken: &[String], left: usize, is_cut: bool) -> Answer {
    let queue = args.queue.as_str();
    let mut text = moved.iter().fold(String::new(), |text, id| text + "moved " + id + " to " + queue + "\n");
    for message in broken {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "left {message}: its body is not readable; mend it and send it anew");
    }
    let _ = writeln!(text, "{} moved, {left} left", moved.len());
    text += if is_cut { MORE } else { "" };
    let is_found = args.all || !moved.is_empty();
    let verdict = if is_found { Verdict::Done } else { Verdict::Failed };
    Answer {
        verdict,
        text,
        json: json!({"moved": moved, "unreadable": broken, "left": left, "mayBeMore": is_cut}),
    }
}

async fn send_back(
    record: &Record,
    args: &RedriveArgs,
    mailbox: &dyn Mailbox,
    from: &QueueUrl,
    to: &QueueUrl,
) -> Result<(), CliError> {
    let mut attributes = record.attributes.clone();
    attributes.retain(|name, _| !(ADDED.contains(&name.as_str()) || args.fresh && name == JOURNAL_ATTRIBUTE));
    let message = Message {
        body: record.body.clone(),
        attributes,
        delay: Duration::ZERO,
        trace_header: record.trace_header.clone(),
    };
    // First sent, then deleted: a crash between leaves two, and both look before they write.
    mailbox.send(to, vec![message]).await?;
    Ok(mailbox.delete(from, &record.receipt_handle).await?)
}

/// Everything visible, once; hidden meanwhile, so that no message comes twice.
async fn all(mailbox: &dyn Mailbox, queue: &QueueUrl) -> Result<Vec<Record>, CliError> {
    let mut records: Vec<Record> = Vec::new();
    let mut seen = BTreeSet::new();
    // SQS answers from some of its servers only: one empty answer is not the end, three in a row are taken for it.
    let mut empty = 0;
    while empty < 3 && records.len() < MOST_LETTERS {
        let batch = mailbox.receive(queue, HIDDEN).await?;
        empty = if batch.is_empty() { empty + 1 } else { 0 };
        records.extend(batch.into_iter().filter(|record| seen.insert(record.message_id.clone())));
    }
    Ok(records)
}

/// A message that cannot be shown again at once shows by itself a little later.
async fn release(mailbox: &dyn Mailbox, queue: &QueueUrl, records: &[Record]) {
    for record in records {
        let _ = mailbox.release(queue, &record.receipt_handle).await;
    }
}

/// The id of the command it is, or is about.
fn id_of(queue: QueueName, record: &Record) -> Option<String> {
    match queue {
        QueueName::Create | QueueName::Add | QueueName::Join | QueueName::Leave | QueueName::Sync => {
            let command = Command::parse(&record.body).ok()?;
            (command.data.verb().as_str() == queue.as_str()).then_some(command.id)
        }
        QueueName::Outcomes | QueueName::Notify => {
            Outcome::parse(&record.body).ok().map(|outcome| outcome.data.command.id)
        }
    }
}

impl Letter {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.record.attributes.get(name).map(String::as_str)
    }

    fn age(&self, now: OffsetDateTime) -> Option<i64> {
        self.record.sent_at.map(|sent| (now - sent).whole_seconds().max(0))
    }

    fn row(&self, now: OffsetDateTime) -> [String; 6] {
        let age = self.age(now).map_or("?".to_owned(), age_text);
        let reason = self.attribute("reason").unwrap_or("gave up by count");
        [
            self.queue.as_str().to_owned(),
            id_of(self.queue, &self.record).unwrap_or_else(|| "unreadable".to_owned()),
            reason.to_owned(),
            age,
            self.record.receive_count.to_string(),
            clip(
                self.attribute("reasonText").unwrap_or("it failed again and again; see the function's log"),
                100,
            ),
        ]
    }

    fn json(&self, now: OffsetDateTime) -> Value {
        json!({
            "queue": self.queue.as_str(),
            "messageId": self.record.message_id,
            "commandId": id_of(self.queue, &self.record),
            "reason": self.attribute("reason"),
            "reasonText": self.attribute("reasonText"),
            "ageSeconds": self.age(now),
            "receiveCount": self.record.receive_count,
            "body": self.record.body,
        })
    }
}

fn age_text(seconds: i64) -> String {
    match seconds {
        ..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

fn dead_letters_variable(queue: QueueName) -> String {
    format!("MTO_DEAD_LETTERS_{}", queue.as_str().to_uppercase())
}

/// Where a queue's dead letters came from. `notify` reads the outcomes, unless it has a queue of its own.
fn source_of(queue: QueueName, context: &Context) -> Result<QueueUrl, CliError> {
    let own = format!("MTO_QUEUE_{}", queue.as_str().to_uppercase());
    match url_of(&own, context) {
        Err(_) if queue == QueueName::Notify => url_of("MTO_QUEUE_OUTCOMES", context),
        found => found,
    }
}

fn url_of(variable: &str, context: &Context) -> Result<QueueUrl, CliError> {
    let url = context.variable(variable).map(QueueUrl::new);
    url.ok_or_else(|| missing(variable.to_owned(), "give the URL of the queue").into())
}

fn missing(variable: String, problem: &str) -> ConfigError {
    ConfigError { variable, problem: problem.to_owned() }
}
