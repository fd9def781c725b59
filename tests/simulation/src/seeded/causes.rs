//! Every end without success has a cause that happened in this run: what it says is so, or has gone on for so long as
//! the product promises to bear it.

use mto_graph::TransportError;
use mto_reconcile::Limits;
use serde_json::Value;
use time::Duration;

use super::book::{Account, Book, Hindrance, Hitch};
use super::endings::budget;
use super::grounds::Grounds;
use super::request::{Answer, Call, Line};
use super::truth::Facts;

/// A command that expires over something that keeps it from looking was kept from it within so long: two of the longest
/// delays, and the redelivery in between.
const LATELY: Duration = Duration::minutes(40);

/// What another command did so long ago can be what this one is at work on.
const OPPOSED: Duration = Duration::hours(1);

/// What of a request came to nothing, as it arrived; or nothing, where no answer did.
pub(crate) fn note(book: &mut Book, call: &Call, arrived: Result<&Answer, &TransportError>) {
    let (now, index) = (book.now, book.current.unwrap_or_default());
    let found = found(call, arrived);
    let account = book.account();
    if !found.is_empty() {
        account.last_trouble = Some(now);
    }
    let hindrance = |(hitch, status, write)| Hindrance { at: now, invocation: index, hitch, status, write };
    account.hindrances.extend(found.into_iter().map(hindrance));
}

fn found(call: &Call, arrived: Result<&Answer, &TransportError>) -> Vec<(Hitch, u16, String)> {
    let what = |line: &Line| {
        if line.is_write() { format!("{} {}", line.method, line.path) } else { String::new() }
    };
    let all = |hitch, status| call.lines.iter().map(|line| (hitch, status, what(line))).collect();
    let Ok(answer) = arrived else { return all(Hitch::Away, 0) };
    let is_junk = serde_json::from_slice::<Value>(&answer.body).is_err();
    if call.token_of.is_some() {
        let hitch = sort(answer.status).filter(|hitch| *hitch == Hitch::Away);
        let failed = answer.status >= 300 || is_junk;
        return failed
            .then(|| (hitch.unwrap_or(Hitch::Denied), answer.status, String::new()))
            .into_iter()
            .collect();
    }
    if call.is_batch && (is_junk || answer.status >= 300) {
        return all(sort(answer.status).unwrap_or(Hitch::Refused), answer.status);
    }
    let lines = call.lines.iter().zip(&answer.lines);
    let hitch = |(line, (status, body)): (&Line, &(u16, Value))| {
        let unreadable = (*status < 300 && !line.is_write() && body.is_null()).then_some(Hitch::Refused);
        // What is not there is an answer like others.
        let absent = *status == 404 && !line.is_write();
        let hitch = sort(*status).or(unreadable).filter(|_| !absent)?;
        Some((hitch, *status, what(line)))
    };
    lines.filter_map(hitch).collect()
}

fn sort(status: u16) -> Option<Hitch> {
    match status {
        0..=299 => None,
        401 | 403 => Some(Hitch::Denied),
        429 | 500.. => Some(Hitch::Away),
        300..=499 => Some(Hitch::Refused),
    }
}

/// Why this end of the command at work may not be; nothing, if it has a cause.
pub(crate) fn doubt(book: &Book, kind: &str, outcome: &Value) -> Option<String> {
    let code = outcome["reason"]["code"].as_str().unwrap_or_default();
    let command = &book.invocations[book.current?].command;
    let account = &book.commands[command];
    let state = book.simulator.state();
    let facts = Facts { parties: book.parties(), state: &state };
    let grounds = Grounds { book, command, account, facts, seen: &book.invocations[book.current?].seen };
    let why = match kind {
        "planned" => None,
        "rejected" => {
            (!grounds.reject(code)).then(|| "neither the world nor what it was shown says so".to_owned())
        }
        "failed" => failed(&grounds, code),
        "expired" => expired(&grounds, code, outcome),
        other => Some(format!("nobody knows of an end as {other}")),
    }?;
    Some(format!("{command} ended as {kind}, {code}: {why}; {}", outcome["summary"]))
}

/// Only what was borne for as long as the product promises, and still holds, makes a command fail; and what no write of
/// ours can mend.
fn failed(grounds: &Grounds<'_>, code: &str) -> Option<String> {
    match code {
        "refused" => borne(grounds, Hitch::Refused),
        "denied" => borne(grounds, Hitch::Denied),
        "join-failed" => {
            let resets = Limits::default().resets;
            let made = grounds.account.resets;
            if made < resets {
                Some(format!("it was reset {made} times, not {resets}"))
            } else if !grounds.join_has_failed() {
                Some("the join request did not fail".to_owned())
            } else {
                None
            }
        }
        "quarantined" => (!grounds.is_quarantined()).then(|| "the world knows of no quarantine".to_owned()),
        _ => Some("this is no failure".to_owned()),
    }
}

/// Whether the same thing was refused again now that had been refused when the patience began.
fn borne(grounds: &Grounds<'_>, hitch: Hitch) -> Option<String> {
    let patience = Limits::default().refusal_patience;
    let Grounds { book, account, .. } = grounds;
    let is_same = |one: &Hindrance, other: &Hindrance| {
        hitch == Hitch::Denied || one.status == other.status && one.write == other.write
    };
    let all = || account.hindrances.iter().filter(|one| one.hitch == hitch);
    let mut now = all().filter(|one| Some(one.invocation) == book.current);
    let long_ago = |now: &Hindrance| all().any(|one| book.now - one.at >= patience && is_same(one, now));
    (!now.any(long_ago)).then(|| format!("the same was not refused for {} minutes", patience.as_secs() / 60))
}

fn expired(grounds: &Grounds<'_>, code: &str, outcome: &Value) -> Option<String> {
    let account = grounds.account;
    let took = Duration::seconds(outcome["tookSeconds"].as_i64().unwrap_or(0));
    if took < budget(account) {
        return Some(format!("that was {took} after the first look, and {} are its budget", budget(account)));
    }
    let Grounds { book, command, .. } = grounds;
    let awaited = grounds.is_awaited(code);
    // Two people who want the opposite of each other go on until one's time is over.
    let was_opposed = book.others_since(book.now - OPPOSED, command);
    (!awaited && !was_opposed && !was_troubled_lately(book, account))
        .then(|| "that is not so, and nothing kept it from seeing that".to_owned())
}

fn was_troubled_lately(book: &Book, account: &Account) -> bool {
    account.last_trouble.is_some_and(|at| book.now - at <= LATELY)
}
