//! How it ended: what the commands that were posted came to, and if not to success, why.

use mto_messages::{Explanation, OutcomeKind, Verb};

use super::cast::Cast;
use super::events::{AFTER_OTHERS, Event};
use super::words;

/// A command that ended otherwise than asked.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    /// `join Tailspin expired after 12 h`.
    pub(crate) what: String,
    /// Why, and what to do.
    pub(crate) reason: Option<Explanation>,
}

/// How a run ended.
#[derive(Debug, Clone)]
pub(crate) struct Verdict {
    /// The successes of the commands that were posted, in words.
    pub(crate) done: Vec<String>,
    /// Children first: they are the causes.
    pub(crate) problems: Vec<Problem>,
}

impl Verdict {
    /// Judges by the last word about each posted command (`roots`).
    pub(crate) fn of(events: &[Event], roots: &[&str], dead_letters: &[String], cast: &Cast) -> Self {
        let mut done = Vec::new();
        let mut problems: Vec<Problem> = events
            .iter()
            .filter(|event| event.root.is_some() && event.kind.is_failure())
            .map(|event| problem(event, cast))
            .collect();
        problems.extend(dead_letters.iter().map(|letter| Problem {
            what: format!("a message became a dead letter: {letter}"),
            reason: None,
        }));
        for root in roots {
            let own = |event: &&Event| event.data.command.id == *root && event.kind.is_terminal();
            match events.iter().find(own) {
                Some(event) if event.kind == OutcomeKind::Succeeded => {
                    done.push(success(event, cast));
                }
                Some(event) => problems.push(of_root(event, events, cast)),
                None => {
                    problems.push(Problem { what: format!("{root} ended without an outcome"), reason: None });
                }
            }
        }
        Self { done, problems }
    }

    pub(crate) fn is_success(&self) -> bool {
        self.problems.is_empty()
    }
}

/// The formation speaks for itself.
fn success(event: &Event, cast: &Cast) -> String {
    let summary = words::without_ids(&event.data.summary);
    match event.verb {
        Verb::Create => summary,
        Verb::Add | Verb::Join | Verb::Leave | Verb::Sync => {
            format!("{}: {summary}", cast.label(event.verb, event.subject.as_deref(), event.id()))
        }
    }
}

/// Where children failed, they are what has to be put right.
fn of_root(event: &Event, events: &[Event], cast: &Cast) -> Problem {
    let id = &event.data.command.id;
    let spoiled = events.iter().any(|other| other.root.as_ref() == Some(id) && other.spoils_root());
    let mut problem = problem(event, cast);
    if let (Some(reason), true) = (&mut problem.reason, spoiled) {
        AFTER_OTHERS.clone_into(&mut reason.remedy);
    }
    problem
}

fn problem(event: &Event, cast: &Cast) -> Problem {
    let label = cast.label(event.verb, event.subject.as_deref(), event.id());
    let after = event.took();
    let what = match event.kind {
        OutcomeKind::Rejected => format!("{label} was rejected"),
        OutcomeKind::Failed => format!("{label} failed after {after}"),
        OutcomeKind::Expired => format!("{label} expired after {after}"),
        OutcomeKind::Accepted | OutcomeKind::Waiting | OutcomeKind::Succeeded | OutcomeKind::Planned => {
            format!("{label} ended as {}", event.kind.as_str())
        }
    };
    Problem { what, reason: event.data.reason.clone() }
}
