//! What has to hold after every event, one function each. Design, section 12.

use mto_handler::{Message, QueueUrl};
use mto_local::{dead_letter_queue, outcomes_queue};
use mto_messages::Verb;
use serde_json::Value;
use time::Duration;
use uuid::Uuid;

use super::book::{Account, Book, Effect, End};
use super::request::{Answer, Call, Line, Named};
use super::tally::Situation;
use super::{rights, truth};

/// What must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Invariant {
    /// No write whose effect a read of the same invocation showed.
    NothingVisibleIsWritten,
    /// One command does not make the same write again and again.
    NothingIsWrittenAgain,
    /// Nothing is opened unless both sides were seen, by the same invocation, to be active in one organization.
    NothingIsReopened,
    /// A command writes only the kinds of objects of its verb, in the tenants it names.
    WithinItsRights,
    /// A dry run makes no write, posts no command, and ends as one outcome.
    DryRunsOnlyLook,
    /// Last words about one command share one id.
    LastWordsAgree,
    /// What a success says is so.
    SuccessIsTrue,
    /// No outcome later than the deadline and the longest delay.
    WithinItsBudget,
    /// An invocation ends by itself, before its time is over.
    EndsInTime,
    /// Chains of one command do not outnumber the faults that fork them by more than one.
    ChainsAreCounted,
    /// What follows from a command has an id of its own that is the same each time.
    ChildrenHaveOneId,
    /// Every command ends, as an outcome or as a dead letter.
    EveryCommandEnds,
    /// No secret and no token in any message or log line.
    NothingSecretIsTold,
    /// The service's own design constraints hold.
    TheServiceIsSound,
    /// In the end there is exactly one of each object.
    OneOfEach,
    /// A synchronization that we made is known to be ours, so that it can be deleted.
    WhatIsOursIsMarked,
    /// Once nothing goes wrong, whatever is asked for comes about before its deadline.
    Converges,
}

/// The first thing that must not have happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// What did not hold.
    pub invariant: Invariant,
    /// In words.
    pub text: String,
}

/// The longest `DelaySeconds`.
const LONGEST_DELAY: Duration = Duration::minutes(15);

/// From a delivery that was not finished to the next one: the visibility time-out, and what a delivery can be late.
const REDELIVERY: Duration = Duration::seconds(6 * 60 + 90 + 60);

/// So much of a token is no chance.
const TOKEN_CHARS: usize = 80;

/// Within so long somebody else's change may not have shown yet to whom it concerns: the longest delay, what has to last
/// to be believed, and some more.
const NEWS: Duration = Duration::minutes(25);

/// What somebody asked the service for before can come about so much later.
const SLOWEST: Duration = Duration::hours(1);

/// A request is about to leave.
pub(crate) fn about_to_send(book: &mut Book, call: &Call) {
    for line in call.lines.iter().filter(|line| line.is_write()) {
        let text = line.text(book.name_of(line.tenant));
        dry_runs_only_look(book, &text);
        nothing_visible_is_written(book, line, &text);
        within_its_rights(book, line, &text);
        nothing_is_reopened(book, line, &text);
    }
}

/// Asking whether a credential is valid would be no business of a plan either.
fn dry_runs_only_look(book: &mut Book, text: &str) {
    if book.account().is_dry_run() {
        book.violate(Invariant::DryRunsOnlyLook, text.to_owned());
    }
}

fn nothing_visible_is_written(book: &mut Book, line: &Line, text: &str) {
    if let Some(why) = book.invocation().seen.shows(line) {
        book.violate(Invariant::NothingVisibleIsWritten, format!("{text}: {why}"));
    }
}

fn within_its_rights(book: &mut Book, line: &Line, text: &str) {
    let command = book.invocation().command.clone();
    let account = &book.commands[&command];
    let mut data = std::iter::once(&account.data).chain(&account.later);
    let may = data.any(|data| rights::may(account.verb, data, &book.names, line));
    if !line.only_asks() && !may {
        book.violate(Invariant::WithinItsRights, text.to_owned());
    }
}

fn nothing_is_reopened(book: &mut Book, line: &Line, text: &str) {
    let seen = &book.invocation().seen;
    if let Some((one, other)) = seen.opens(line).filter(|(one, other)| !seen.are_fellows(*one, *other)) {
        let (one, other) = (book.name_of(one).to_owned(), book.name_of(other).to_owned());
        let why = format!("{text}: {one} and {other} were not both seen as fellows");
        book.violate(Invariant::NothingIsReopened, why);
    }
}

/// The service answered; whether the answer arrives is another matter.
pub(crate) fn took_effect(book: &mut Book, call: &Call, answer: &Answer) {
    let status = answer.status;
    if status >= 400 && call.token_of.is_some() {
        book.tally.situation(Situation::CredentialRefused);
    }
    if status < 300 && call.token_of.is_some() {
        let token: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let token = token["access_token"].as_str().unwrap_or_default().to_owned();
        book.tenant_of_token.extend(call.token_of.map(|tenant| (token.clone(), tenant)));
        // Texts are clipped: the beginning of a token is as much of a leak, and the whole would not be found.
        book.secrets.insert(token.chars().take(TOKEN_CHARS).collect());
    }
    for (line, &(status, _)) in call.lines.iter().zip(&answer.lines) {
        let text = line.text(book.name_of(line.tenant));
        book.write(&format!("{text} -> {status}"));
        if !line.is_write() || line.only_asks() || status >= 300 {
            continue;
        }
        let command = book.invocation().command.clone();
        let (at, tenant, path) = (book.now, line.tenant, line.path.clone());
        book.effects.push(Effect { at, command: command.clone(), tenant, path, text: text.clone() });
        nothing_is_written_again(book, &command, line, &text);
    }
}

/// Every fault, fork and change by somebody else is a reason to write once more.
fn nothing_is_written_again(book: &mut Book, command: &str, line: &Line, text: &str) {
    let ours = |effect: &&Effect| effect.command == command && effect.text == text;
    let times = book.effects.iter().filter(ours).count();
    let by_others = |effect: &&Effect| effect.command != command && is_near(effect, line);
    let others = book.effects.iter().filter(by_others).count() + book.by_others.len();
    let of_others = |effect: &&Effect| {
        effect.command != command && effect.tenant == line.tenant && effect.path == line.path
    };
    let requests = book.effects.iter().filter(of_others).count();
    let Some(account) = book.commands.get(command) else { return };
    let reasons = (account.troubled + account.faults) as usize;
    let chains = account.chains() as usize;
    let resets = line.body["addedByTenantId"] == Uuid::nil().to_string();
    let allowed = match line.named() {
        // Two resets of a chain's own, one of a failure that was there before, and one of each request of somebody
        // else's, which may fail as well.
        Named::JoinRequest if resets => 3 * chains + reasons + requests + book.by_others.len(),
        // The first request, and one after each of two resets.
        Named::JoinRequest => 3 * chains + reasons + others,
        _ => chains + reasons + others,
    };
    if times > allowed {
        let why = format!("{text}: made {times} times, with {allowed} reasons to");
        book.violate(Invariant::NothingIsWrittenAgain, why);
    }
}

/// The same object, or one above or below it, in the same tenant; of rows and requests in any.
fn is_near(effect: &Effect, line: &Line) -> bool {
    let of_the_list =
        matches!(line.named(), Named::Row(_) | Named::List | Named::JoinRequest | Named::Organization);
    let same_tenant = effect.tenant == line.tenant;
    let nested = effect.path.starts_with(&line.path) || line.path.starts_with(&effect.path);
    (of_the_list && effect.path.contains("multiTenantOrganization")) || same_tenant && nested
}

/// An answer arrived, as it is or changed.
pub(crate) fn answered(book: &mut Book, call: &Call, answer: &Answer) {
    if answer.status >= 400 && call.is_batch {
        return;
    }
    for (line, (status, body)) in call.lines.iter().zip(&answer.lines) {
        let (status, is_write) = (*status, line.is_write());
        let is_unclear = status >= 500 || status == 429 || status == 401 || !is_write && body.is_null();
        if !is_unclear {
            book.invocation().seen.note(line, status, body);
        }
    }
    if call.lines.iter().all(|line| !line.is_write()) && answer.status < 300 && !book.invocation().stale {
        let at = book.now;
        book.answers.insert(call.key(), (at, answer.status, answer.body.clone()));
    }
}

/// A message was taken by a queue.
pub(crate) fn sent(book: &mut Book, queue: &QueueUrl, message: &Message) {
    let body = message.body.as_str();
    book.queues_changed = true;
    nothing_secret_is_told(book, message);
    let command: Value = serde_json::from_str(body).unwrap_or_default();
    let id = command["id"].as_str().unwrap_or_default();
    if *queue == outcomes_queue() {
        told(book, &command);
    } else if Verb::ALL.iter().any(|verb| *queue == dead_letter_queue(*verb)) {
        book.write("sends a dead letter");
        let end = End { id: "dead letter".to_owned(), kind: "dead-letter".to_owned() };
        book.account().ends.push(end);
    } else if id == book.invocation().command {
        book.write("sends its message again");
        book.invocation().sent_again = true;
    } else {
        let parent = book.invocation().command.clone();
        dry_runs_only_look(book, &format!("posts {id}"));
        children_have_one_id(book, &parent, id, &command["data"]);
        book.posted(body, Some(&parent));
        posts_are_counted(book, &parent, id);
    }
}

fn nothing_secret_is_told(book: &mut Book, message: &Message) {
    let texts = || std::iter::once(&message.body).chain(message.attributes.values());
    let tells = |secret: &&String| !secret.is_empty() && texts().any(|text| text.contains(secret.as_str()));
    if book.secrets.iter().any(|secret| tells(&secret)) {
        book.violate(Invariant::NothingSecretIsTold, format!("in a message: {}", message.body));
    }
}

fn children_have_one_id(book: &mut Book, parent: &str, id: &str, data: &Value) {
    let twin = |(other, account): &(&String, &Account)| {
        other.as_str() != id && account.parent.as_deref() == Some(parent) && account.data == *data
    };
    if let Some((twin, _)) = book.commands.iter().find(twin) {
        let why = format!("{parent} posts {id}, which is {twin} with another id");
        book.violate(Invariant::ChildrenHaveOneId, why);
    } else if !id.starts_with(&format!("{parent}/")) {
        book.violate(Invariant::ChildrenHaveOneId, format!("{parent} posts {id}, which is no id of its own"));
    }
}

/// A command is posted again only by another chain, or after a delivery that was not finished.
fn posts_are_counted(book: &mut Book, parent: &str, id: &str) {
    let reasons = book.commands.get(parent).map_or(1, |parent| parent.chains() + parent.troubled);
    let posts = book.commands.get(id).map_or(0, |account| account.posts);
    if posts > reasons {
        let why = format!("{parent} posted {id} {posts} times, with {reasons} reasons to");
        book.violate(Invariant::ChainsAreCounted, why);
    }
}

fn told(book: &mut Book, outcome: &Value) {
    let kind = outcome["type"].as_str().unwrap_or_default().split('.').nth(2).unwrap_or_default().to_owned();
    let (id, summary) =
        (outcome["id"].as_str().unwrap_or_default().to_owned(), outcome["data"]["summary"].to_string());
    book.write(&format!("tells {id}: {summary}"));
    within_its_budget(book, outcome, &id);
    dry_runs_end_as_one_outcome(book, &kind);
    if kind == "accepted" || kind == "waiting" {
        return;
    }
    let end = End { id, kind: kind.clone() };
    last_words_agree(book, &end);
    book.account().ends.push(end);
    if kind == "succeeded" {
        success_is_true(book);
    }
}

/// Nobody is told that a plan was accepted or has succeeded; and each chain tells its end once, unless it was not
/// finished.
fn dry_runs_end_as_one_outcome(book: &mut Book, kind: &str) {
    let account = book.account();
    let often = account.ends.len() >= (account.chains() + account.troubled + account.faults) as usize;
    let again = kind != "waiting" && often;
    if account.is_dry_run() && (again || kind == "accepted" || kind == "succeeded") {
        let why = format!("it is told as {kind}, after {:?}", account.ends);
        book.violate(Invariant::DryRunsOnlyLook, why);
    }
}

/// Unless the world changed in between, or one chain began later than the other and so had longer. Of two chains that
/// dissolve, one may see nothing of the end that the other one made, and cannot tell it from having been put out by
/// another owner: it is rejected, and cleans nothing up.
fn last_words_agree(book: &mut Book, end: &End) {
    let command = book.invocation().command.clone();
    let account = book.account();
    let Some(other) = account.ends.iter().find(|other| other.id != end.id).cloned() else { return };
    let since = account.first_posted;
    let either = |kind: &str| [&other, end].iter().any(|end| end.kind == kind);
    let cannot_tell = account.data["mode"] == "dissolve" && either("rejected") && either("succeeded");
    // A plan is of its moment, and so is what could not be read for it.
    let is_of_its_moment = account.is_dry_run() && account.faults > 0;
    let since = since - SLOWEST;
    if !either("expired") && !cannot_tell && !is_of_its_moment && !book.others_since(since, &command) {
        let why = format!("{command} ended as {} and as {}", other.id, end.id);
        book.violate(Invariant::LastWordsAgree, why);
    }
}

/// The service's time is not ours: what somebody else changed a moment ago may not have been seen.
fn success_is_true(book: &mut Book) {
    let (command, stale) = (book.invocation().command.clone(), book.invocation().stale);
    if stale || book.others_since(book.now - NEWS, &command) {
        return;
    }
    let account = &book.commands[&command];
    let doubt = truth::doubt(account.verb, &account.data, &book.parties(), &book.simulator.state());
    if let Some(doubt) = doubt {
        book.violate(Invariant::SuccessIsTrue, format!("{command} succeeded, but {doubt}"));
    }
}

fn within_its_budget(book: &mut Book, outcome: &Value, id: &str) {
    let took = Duration::seconds(outcome["data"]["tookSeconds"].as_i64().unwrap_or(0));
    let now = book.now;
    let account = book.account();
    let delays = 2 * (REDELIVERY * (account.troubled + account.faults + account.forks));
    let most = budget(account) + LONGEST_DELAY + REDELIVERY + delays;
    let lived = now - account.last_posted;
    if took > most || lived > most {
        let why = format!("{id} was told after {took}, {lived} after it was sent; {most} are its budget");
        book.violate(Invariant::WithinItsBudget, why);
    }
}

/// The budgets of the design, section 6.
fn budget(account: &Account) -> Duration {
    match account.verb {
        Verb::Create if !account.data["then"]["join"].is_null() => Duration::hours(16),
        Verb::Create | Verb::Add => Duration::hours(2),
        Verb::Join => Duration::hours(12),
        Verb::Leave if account.data["mode"] == "dissolve" => Duration::hours(8),
        Verb::Leave | Verb::Sync => Duration::hours(4),
    }
}
