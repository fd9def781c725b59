//! From a request to a command in its queue.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::{Either, select};
use mto_graph::Clock;
use mto_handler::{HttpFunction, HttpRequest, HttpResponse, Message, Queue, QueueUrl};
use mto_messages::{Command, CommandData, Verb, clip};
use serde_json::Value;
use time::OffsetDateTime;

use crate::answer::{self, Answer};
use crate::chat::{self, Request};
use crate::config::{Config, queue_variable};
use crate::permission::{Word, hold_back, takes_users_back};
use crate::sender::Sender;
use crate::senders::{Ask, Chat, Refusal, TOLERANCE, Unusable, in_window};
use crate::template::Ground;
use crate::ticket::{Given, Mapped};
use crate::verification::Unverified;

/// The longest body that is read, in bytes.
pub const MAX_BODY_BYTES: usize = 256 * 1024;

/// What is left of the sender's patience for the way back.
const MARGIN: Duration = Duration::from_millis(500);

/// Takes commands in.
///
/// # Flow
/// size → sender, by path → signature, over the bytes as they came → replay window → what is asked for → allow-list →
/// command → queue → answer.
///
/// # Guarantees
/// - Nothing is posted that was not signed by a configured sender and allowed by its list.
/// - A stranger gets one and the same answer, whatever the reason is; the log has the reason.
/// - A destructive command without `confirm` is posted as its dry run; so is one that takes users back and does not
///   confirm their number.
/// - It answers before the sender gives up; a send that failed, or took too long, is said to have.
/// - Neither secrets nor bodies are logged.
pub struct Intake {
    senders: BTreeMap<String, Sender>,
    queues: BTreeMap<Verb, QueueUrl>,
    queue: Arc<dyn Queue>,
    clock: Arc<dyn Clock>,
}

/// Why a request came to nothing before its sender was known.
enum Stopped {
    Refused(Refusal),
    Unavailable(String),
}

/// A command to be posted, and what is said once it was.
struct Ready {
    command: Command,
    /// Who asks, for texts.
    who: Option<String>,
    /// How it is confirmed, if it was held back.
    held_back: Option<String>,
}

impl Intake {
    /// An intake with this configuration.
    pub fn new(config: Config, queue: Arc<dyn Queue>, clock: Arc<dyn Clock>) -> Self {
        Self { senders: config.senders, queues: config.queues, queue, clock }
    }

    async fn known(
        &self,
        request: &HttpRequest,
        now: OffsetDateTime,
        by: impl FnOnce(&Sender) -> OffsetDateTime,
    ) -> Result<&Sender, Stopped> {
        if !request.method.eq_ignore_ascii_case("POST") {
            return Err(Stopped::Refused(Refusal::Method));
        }
        let unknown = Stopped::Refused(Refusal::UnknownPath);
        let sender = self.senders.get(&request.path).ok_or(unknown)?;
        let signed = sender.kind.signed(request).map_err(Stopped::Refused)?;
        match sender.keys.verify(&signed, by(sender)).await {
            Ok(()) => {}
            Err(Unverified::Refused) => return Err(Stopped::Refused(Refusal::Signature)),
            Err(Unverified::Unavailable(problem)) => return Err(Stopped::Unavailable(problem)),
        }
        if let Some(time) = signed.time {
            in_window(time, now, TOLERANCE).map_err(Stopped::Refused)?;
        }
        Ok(sender)
    }

    /// Posts the command, at the latest by `by`.
    async fn post(&self, sender: &Sender, ready: Ready, by: OffsetDateTime) -> Answer {
        let Ready { command, who, held_back } = ready;
        let verb = command.data.verb();
        let Some(queue) = self.queues.get(&verb) else {
            let variable = queue_variable(verb);
            tracing::error!(
                sender = sender.name,
                variable,
                "there is no queue for a command that is allowed"
            );
            return Answer::Bad(format!("Not taken: {verb} is not set up here ({variable} is missing)."));
        };
        let message = Message { body: command.to_json(), ..Message::default() };
        let left = Duration::try_from(by - self.clock.now()).unwrap_or_default();
        let send = self.queue.send(queue, vec![message]);
        let outcome = select(send, self.clock.sleep(left)).await;
        match outcome {
            Either::Left((Ok(()), _)) => {}
            Either::Left((Err(error), _)) => {
                tracing::error!(sender = sender.name, id = command.id, %error, "the command was not taken");
                return Answer::Again("Not taken: the queue refused it. Try again.".to_owned());
            }
            Either::Right(((), _)) => {
                tracing::error!(sender = sender.name, id = command.id, "the queue did not answer in time");
                let text = "The queue did not answer in time, so it may or may not have been taken. Try again; \
                            asking twice does no harm.";
                return Answer::Again(text.to_owned());
            }
        }
        tracing::info!(
            sender = sender.name,
            id = command.id,
            verb = verb.as_str(),
            dry_run = command.data.dry_run(),
            requested_by = command.requested_by,
            "a command was taken"
        );
        let asked = who.map_or(String::new(), |who| format!("{who} asked: "));
        let sentence = chat::sentence(&command.data);
        let mut text =
            format!("{asked}{sentence}. Taken as {}; what becomes of it will be told.", command.id);
        if let Some(how) = &held_back {
            text = format!("{text}\n{how}");
        }
        Answer::Taken { id: command.id.clone(), kind: command.data.verb().command_type(), text, held_back }
    }
}

#[async_trait]
impl HttpFunction for Intake {
    async fn answer(&self, request: HttpRequest, end: OffsetDateTime) -> HttpResponse {
        let now = self.clock.now();
        if request.body.len() > MAX_BODY_BYTES {
            tracing::warn!(bytes = request.body.len(), "refused: the body is too large");
            return answer::too_large(MAX_BODY_BYTES);
        }
        let by = |sender: &Sender| end.min(now + sender.kind.patience()) - MARGIN;
        let sender = match self.known(&request, now, by).await {
            Ok(sender) => sender,
            Err(Stopped::Refused(refusal)) => return self.refuse(&request, &refusal),
            Err(Stopped::Unavailable(problem)) => {
                tracing::error!(sender = self.name_of(&request), problem, "a sender could not be verified");
                return answer::unavailable();
            }
        };
        let ask = match sender.kind.ask(&request, now) {
            Ok(ask) => read(sender, ask, &request, now),
            Err(Unusable::Late(refusal)) => return self.refuse(&request, &refusal),
            Err(Unusable::Content(problem)) => Err(Answer::Bad(problem)),
        };
        let answer = match ask {
            Ok(ready) => self.post(sender, ready, by(sender)).await,
            Err(answer) => {
                let kind = match &answer {
                    Answer::Nothing | Answer::Help(_) => "answered",
                    Answer::Ignored(_) => "ignored",
                    Answer::Denied(_) => "not allowed",
                    Answer::Bad(_) | Answer::Again(_) | Answer::Taken { .. } => "not understood",
                };
                tracing::info!(sender = sender.name, "a verified request was {kind}");
                answer
            }
        };
        answer.for_sender(&sender.kind)
    }
}

impl Intake {
    fn refuse(&self, request: &HttpRequest, refusal: &Refusal) -> HttpResponse {
        let seconds = match refusal {
            Refusal::Late { seconds } => Some(*seconds),
            Refusal::Method
            | Refusal::UnknownPath
            | Refusal::MissingHeader(_)
            | Refusal::BadHeader(_)
            | Refusal::Signature => None,
        };
        tracing::warn!(sender = self.name_of(request), reason = %refusal, seconds, "refused");
        answer::refused()
    }

    /// The sender at this path; strangers choose paths, so none of theirs is logged.
    fn name_of(&self, request: &HttpRequest) -> &str {
        self.senders.get(&request.path).map_or("none", |sender| sender.name.as_str())
    }
}

/// What is asked for, as far as it is allowed.
fn read(sender: &Sender, ask: Ask, request: &HttpRequest, now: OffsetDateTime) -> Result<Ready, Answer> {
    match ask {
        Ask::Nothing => Err(Answer::Nothing),
        Ask::Chat(chat) => read_chat(sender, &chat, now),
        Ask::Ticket { body, id } => read_ticket(sender, &body, id, request, now),
    }
}

fn read_chat(sender: &Sender, chat: &Chat, now: OffsetDateTime) -> Result<Ready, Answer> {
    let granted = sender.allow.words(Some(&chat.user));
    let mut data = match chat::parse(&chat.line) {
        Ok(Request::Help(verb)) => return Err(Answer::Help(chat::help(verb, &granted, &chat.prefix))),
        Ok(Request::Command(data)) => *data,
        Err(_) if granted.is_empty() => return Err(Answer::Denied(nothing_allowed(&chat.user))),
        Err(error) => return Err(Answer::Bad(error.to_string())),
    };
    let held_back = hold_back(&mut data);
    check_allowed(sender, Some(&chat.user), &data)?;
    let held_back = held_back.then(|| chat::confirmed_line_of(&data)).flatten().map(|line| {
        let line = format!("{} {line}", chat.prefix);
        let with = if takes_users_back(&data) { " with the number of users in the plan" } else { "" };
        format!(
            "It is not confirmed{with}, so nothing is changed yet. Read the plan, then send: {}",
            line.trim()
        )
    });
    let headers = BTreeMap::new();
    let ground = Ground { body: &chat.fields, headers: &headers };
    let reply_to = sender.mapping.reply_to.as_ref().map(|template| template.fill(ground)).transpose();
    let reply_to = reply_to.map_err(|problem| Answer::Bad(format!("replyTo: {problem}")))?.flatten();
    let who = chat.name.as_ref().map_or_else(|| chat.user.clone(), |name| format!("{name} ({})", chat.user));
    let who = clip(&who, 200);
    let command = Command {
        id: chat.id.clone(),
        source: sender.source.clone(),
        time: Some(now),
        subject: None,
        reply_to: reply_to.and_then(|value| value.as_str().map(|text| clip(text, 290))),
        requested_by: Some(who.clone()),
        root: None,
        data,
    };
    let command = Command::parse(&command.to_json()).map_err(|error| Answer::Bad(error.to_string()))?;
    let who = clip(chat.name.as_deref().unwrap_or(&chat.user), 60);
    Ok(Ready { command, who: Some(who), held_back })
}

fn read_ticket(
    sender: &Sender,
    body: &Value,
    id: Option<String>,
    request: &HttpRequest,
    now: OffsetDateTime,
) -> Result<Ready, Answer> {
    let ground = Ground { body, headers: &request.headers };
    let given = Given { source: &sender.source, id, now };
    let (mut command, user) = match sender.mapping.map(ground, given).map_err(Answer::Bad)? {
        Mapped::Command(command, user) => (*command, user),
        Mapped::Ignored => {
            return Err(Answer::Ignored("no case of the mapping is meant, so nothing is done".to_owned()));
        }
    };
    let held_back = hold_back(&mut command.data);
    check_allowed(sender, user.as_deref(), &command.data)?;
    let held_back = held_back.then(|| {
        let (missing, number) = if takes_users_back(&command.data) {
            ("data.confirm.users", ", and users, the number of users in the plan")
        } else {
            ("data.confirm", "")
        };
        format!(
            "it has no {missing}, so nothing is changed yet: read the plan, then send it again under another id with \
             data.confirm: tenant, the tenant that the plan names{number}"
        )
    });
    Ok(Ready { command, who: None, held_back })
}

fn check_allowed(sender: &Sender, user: Option<&str>, data: &CommandData) -> Result<(), Answer> {
    let missing = sender.allow.missing(user, data);
    if missing.is_empty() {
        return Ok(());
    }
    let missing = missing.into_iter().map(Word::as_str).collect::<BTreeSet<_>>();
    let missing = missing.into_iter().collect::<Vec<_>>().join(", ");
    // Whoever signs chooses it, at any length.
    tracing::warn!(sender = sender.name, user = user.map(|user| clip(user, 100)), missing, "not allowed");
    let who = user.map_or_else(|| sender.name.clone(), |user| clip(user, 100));
    Err(Answer::Denied(format!(
        "Not allowed: this needs {missing}, which {who} may not ask for here. Whoever runs this can allow it."
    )))
}

fn nothing_allowed(user: &str) -> String {
    let user = clip(user, 100);
    format!("Not allowed: {user} may not ask for anything here. Whoever runs this can allow it.")
}
