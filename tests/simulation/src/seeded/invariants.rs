//! What has to hold after every event, one function each. Design, section 12.

use mto_handler::{Message, QueueUrl};
use mto_local::{dead_letter_queue, outcomes_queue};
use mto_messages::Verb;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::book::{Account, Book, Effect, End};
use super::by_hand::ByHand;
use super::endings::told;
use super::request::{Answer, Call, Line, Named};
use super::script::Deed;
use super::tally::Situation;
use super::{follow_ups, rights, soundness};

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
    /// An end without success has a cause in this run; so has a message that stays in its queue, or is given up.
    EndsWithACause,
    /// The product never panics, whatever goes wrong.
    NothingPanics,
    /// What a success says is so.
    SuccessIsTrue,
    /// What has to follow from a command was posted when it ends.
    FollowUpsArePosted,
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

/// So much of a token is no chance.
const TOKEN_CHARS: usize = 80;

/// A request is about to leave.
pub(crate) fn about_to_send(book: &mut Book, call: &Call) {
    for line in call.lines.iter().filter(|line| line.is_write()) {
        let text = line.text(book.name_of(line.tenant));
        dry_runs_only_look(book, &text);
        within_its_rights(book, line, &text);
        nothing_visible_is_written(book, line, &text);
        nothing_is_reopened(book, line, &text);
        if line.resets_join() {
            book.account().resets += 1;
        }
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
    let principal = principal(book, line);
    let mut data = std::iter::once(&account.data).chain(&account.later);
    let may = data.any(|data| rights::may(account.verb, data, &book.names, line, principal.as_ref()));
    if !line.only_asks() && !may {
        let about = principal.map(|principal| principal["displayName"].to_string());
        book.violate(Invariant::WithinItsRights, format!("{text} {}", about.unwrap_or_default()));
    }
}

/// The service principal that a line is about, or whose application; none, if there is none any more.
fn principal(book: &Book, line: &Line) -> Option<Value> {
    let (key, id) = match line.named() {
        Named::Principal(id, _) => ("id", id.to_string()),
        Named::Application => {
            let id = line.path.strip_prefix("/applications(appId='")?.strip_suffix("')")?;
            ("appId", id.to_owned())
        }
        _ => return None,
    };
    let tenant = line.tenant.to_string();
    let state = book.simulator.state();
    let directories = state["directories"].as_array().into_iter().flatten();
    let held = directories.filter(|one| one["tenantId"] == tenant.as_str());
    let mut held = held.flat_map(|one| one["servicePrincipals"].as_array().into_iter().flatten());
    held.find(|one| one[key] == id.as_str()).cloned()
}

fn nothing_is_reopened(book: &mut Book, line: &Line, text: &str) {
    let command = book.invocation().command.clone();
    let account = &book.commands[&command];
    let mut data = std::iter::once(&account.data).chain(&account.later);
    let takes_back = data.any(|data| data["action"] == "unshare");
    let seen = &book.invocation().seen;
    let opened = seen.opens(line, takes_back);
    if let Some((one, other)) = opened.filter(|(one, other)| !seen.are_fellows(*one, *other)) {
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
        book.account().took_away |= follow_ups::takes_away(book, line);
        let makes = line.method != "DELETE";
        if let Some((invariant, why)) = soundness::doubt(&book.simulator, makes) {
            book.violate(invariant, format!("after {text}: {why}"));
        }
    }
}

/// Every fault, fork and change by somebody else is a reason to write once more.
fn nothing_is_written_again(book: &mut Book, command: &str, line: &Line, text: &str) {
    let ours = |effect: &&Effect| effect.command == command && effect.text == text;
    let times = book.effects.iter().filter(ours).count();
    let by_others = |effect: &&Effect| effect.command != command && is_near(effect, line);
    let Some(account) = book.commands.get(command) else { return };
    let since = |(at, deed): &&(OffsetDateTime, Deed)| {
        *at >= account.first_posted && concerns(deed, &account.data, |name| book.id_of(name))
    };
    let deeds = book.by_others.iter().filter(since).count();
    let others = book.effects.iter().filter(by_others).count() + deeds;
    let of_others = |effect: &&Effect| {
        effect.command != command && effect.tenant == line.tenant && effect.path == line.path
    };
    let requests = book.effects.iter().filter(of_others).count();
    let reasons = (account.troubled + account.faults) as usize;
    let chains = account.chains() as usize;
    let resets = line.resets_join();
    let allowed = match line.named() {
        // Two resets of a chain's own, one of a failure that was there before, and one of each request of somebody
        // else's, which may fail as well.
        Named::JoinRequest if resets => 3 * chains + reasons + requests + deeds,
        // The first request, and one after each of two resets.
        Named::JoinRequest => 3 * chains + reasons + others,
        _ => chains + reasons + others,
    };
    if times > allowed {
        let why = format!("{text}: made {times} times, with {allowed} reasons to");
        book.violate(Invariant::NothingIsWrittenAgain, why);
    }
}

/// Whether what somebody did is about a tenant that the command names; what the service does may be about any.
fn concerns(deed: &Deed, data: &Value, id: impl Fn(&Value) -> Option<Uuid>) -> bool {
    let Deed::ByHand(acting, what) = deed else { return true };
    let about = match what {
        ByHand::Closes(about) | ByHand::Removes(about) | ByHand::Adds(about) | ByHand::AsksToJoin(about) => {
            Some(*about)
        }
        ByHand::Renames | ByHand::SpoilsTemplates | ByHand::PausesJobs => None,
    };
    let list = |name: &str| data[name].as_array().into_iter().flatten();
    let listed = list("tenants").map(|one| &one["tenant"]).chain(list("targets"));
    let mut named = ["owner", "tenant", "source"].map(|name| &data[name]).into_iter().chain(listed);
    // The whole organization is meant: whoever is in it.
    let all = data["targets"] == "all" || data["action"] == "settings" && !data["owner"].is_null();
    all || named.any(|name| id(name).is_some_and(|id| id == *acting || Some(id) == about))
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
        let end = End { at: book.now, id: "dead letter".to_owned(), kind: "dead-letter".to_owned() };
        book.account().ends.push(end);
        // Nobody sends here what cannot be understood, or to a queue that is not its own.
        let why = message.attributes.get("reasonText").cloned().unwrap_or_default();
        book.violate(Invariant::EndsWithACause, format!("{id} became a dead letter: {why}"));
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
