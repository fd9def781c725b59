//! What has to hold of what is told about a command: each word in its time, the last ones the same, true, and with a
//! cause.

use mto_messages::Verb;
use serde_json::Value;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::book::{Account, Book, Effect, End};
use super::invariants::Invariant;
use super::truth::Facts;
use super::{causes, follow_ups, truth};

/// The longest `DelaySeconds`.
const LONGEST_DELAY: Duration = Duration::minutes(15);

/// From a delivery that was not finished to the next one: the visibility time-out, and what a delivery can be late.
const REDELIVERY: Duration = Duration::seconds(6 * 60 + 90 + 60);

/// Within so long somebody else's change may not have shown yet to whom it concerns: the longest delay, what has to last
/// to be believed, and some more.
const NEWS: Duration = Duration::minutes(25);

/// What somebody asked the service for before can come about so much later.
const SLOWEST: Duration = Duration::hours(1);

/// An outcome was taken by its queue.
pub(crate) fn told(book: &mut Book, outcome: &Value) {
    let kind = outcome["type"].as_str().unwrap_or_default().split('.').nth(2).unwrap_or_default().to_owned();
    let (id, summary) =
        (outcome["id"].as_str().unwrap_or_default().to_owned(), outcome["data"]["summary"].to_string());
    book.write(&format!("tells {id}: {summary}"));
    within_its_budget(book, outcome, &id);
    dry_runs_end_as_one_outcome(book, &kind);
    if kind == "accepted" || kind == "waiting" {
        return;
    }
    let end = End { at: book.now, id, kind: kind.clone() };
    last_words_agree(book, &end);
    book.account().ends.push(end);
    if kind == "succeeded" {
        success_is_true(book);
        follow_ups_are_posted(book);
    } else if let Some(doubt) = causes::doubt(book, &kind, &outcome["data"]) {
        book.violate(Invariant::EndsWithACause, doubt);
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
    if !either("expired")
        && !cannot_tell
        && !is_of_its_moment
        && !others_mattered_since(book, since, &command)
    {
        let why = format!("{command} ended as {} and as {}", other.id, end.id);
        book.violate(Invariant::LastWordsAgree, why);
    }
}

/// Whether somebody else changed what can make a difference to the command: an organization or its list; and of settings
/// and synchronizations, which matter only to `sync`, those in tenants that it names.
fn others_mattered_since(book: &Book, since: OffsetDateTime, command: &str) -> bool {
    let root = book.root(command);
    let account = &book.commands[command];
    let is_wide = !account.data["owner"].is_null() || account.data["targets"] == "all";
    let text = account.data.to_string().to_lowercase();
    let is_named = |tenant: Uuid| text.contains(book.name_of(tenant)) || text.contains(&tenant.to_string());
    let matters = |effect: &Effect| {
        let of_sync = account.verb == Verb::Sync && (is_wide || is_named(effect.tenant));
        effect.path.contains("multiTenantOrganization") || of_sync
    };
    let by_another = |effect: &Effect| effect.at >= since && book.root(&effect.command) != root;
    book.by_others.iter().any(|(at, _)| *at >= since)
        || book.effects.iter().rev().any(|effect| by_another(effect) && matters(effect))
}

/// Whoever ends without having posted it would leave it undone, and nobody would know.
fn follow_ups_are_posted(book: &mut Book) {
    let command = book.invocation().command.clone();
    if book.others_since(book.now - NEWS, &command) {
        return;
    }
    let state = book.simulator.state();
    let facts = Facts { parties: book.parties(), state: &state };
    if let Some(missing) = follow_ups::missing(book, &command, &facts) {
        book.violate(Invariant::FollowUpsArePosted, format!("{command} succeeded, but {missing}"));
    }
}

/// The service's time is not ours: what somebody else changed a moment ago may not have been seen. Who was removed and
/// is added again meanwhile was removed.
fn success_is_true(book: &mut Book) {
    let command = book.invocation().command.clone();
    let account = &book.commands[&command];
    let lately = book.now - NEWS;
    let since = if account.verb == Verb::Leave { lately.min(account.first_posted) } else { lately };
    if book.others_since(since, &command) {
        return;
    }
    book.tally.judged(&book.commands[&command]);
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
    let delays = 2 * (REDELIVERY * (account.troubled + account.forks));
    let most = budget(account) + LONGEST_DELAY + REDELIVERY + delays;
    let lived = now - account.last_posted;
    if took > most || lived > most {
        let why = format!("{id} was told after {took}, {lived} after it was sent; {most} are its budget");
        book.violate(Invariant::WithinItsBudget, why);
    }
}

/// The budgets of the design, section 6.
pub(crate) fn budget(account: &Account) -> Duration {
    match account.verb {
        Verb::Create if !account.data["then"]["join"].is_null() => Duration::hours(16),
        Verb::Create | Verb::Add => Duration::hours(2),
        Verb::Join => Duration::hours(12),
        Verb::Leave if account.data["mode"] == "dissolve" => Duration::hours(8),
        Verb::Leave | Verb::Sync => Duration::hours(4),
    }
}
