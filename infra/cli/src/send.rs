//! `mto send`: one command, and what becomes of it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use mto_messages::{Command, Outcome};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use crate::answer::{Answer, CliError, Verdict};
use crate::args::SendArgs;
use crate::command;
use crate::context::Context;
use crate::destination::{self, Destination};

/// Sends the command; with `--wait` follows it to its last outcome.
///
/// # Errors
/// A command that is none, or a destination that does not take it.
pub(crate) async fn run(args: &SendArgs, context: &Context) -> Result<Answer, CliError> {
    let command = command::of(args, context)?;
    let common = &args.common;
    let queue_url = common.queue_url.as_deref();
    let server = destination::server(&common.acting, queue_url, context);
    let can_wait = server.is_some() || common.outcomes_queue.is_some();
    if common.wait && !can_wait {
        let problem = "--wait needs --server, or --outcomes-queue with the URL of the outcomes queue";
        return Err(CliError::Usage(problem.to_owned()));
    }
    let outcomes = common.outcomes_queue.as_deref();
    let destination = destination::of(&common.acting, common.queue_url.as_deref(), outcomes, context).await?;
    // An earlier run of the same command has ended too: that is not the end which is waited for.
    let before = if common.wait { outcomes_so_far(destination.as_ref()).await? } else { BTreeSet::new() };
    destination.send(&command).await?;
    if !common.wait {
        return Ok(sent(&command));
    }
    (context.tell)(&format!("sent {}", command.id));
    let patience = Duration::minutes(i64::from(common.timeout));
    follow(&command, destination.as_ref(), before, patience, context).await
}

fn sent(command: &Command) -> Answer {
    let json = json!({"id": command.id, "type": command.data.verb().command_type()});
    Answer { verdict: Verdict::Done, text: format!("{}\n", command.id), json }
}

/// An outcome of one run: its id is that of every run of the same command.
pub type Told = (String, OffsetDateTime);

/// What stands there before a command is sent.
///
/// # Errors
/// If the outcomes cannot be looked at.
pub async fn outcomes_so_far(destination: &dyn Destination) -> Result<BTreeSet<Told>, CliError> {
    Ok(destination.outcomes().await?.into_iter().map(|outcome| (outcome.id, outcome.time)).collect())
}

/// Tells every outcome once, on standard error, until the command's last one; those in `told` are passed over.
///
/// # Errors
/// If the outcomes cannot be looked at, or none was the last in time.
pub async fn follow(
    command: &Command,
    destination: &dyn Destination,
    mut told: BTreeSet<Told>,
    patience: Duration,
    context: &Context,
) -> Result<Answer, CliError> {
    let end = context.clock.now() + patience;
    let mut looks = 0;
    loop {
        looks += 1;
        for outcome in destination.outcomes().await? {
            let of = &outcome.data.command;
            let follows = outcome.root.as_deref() == Some(&command.id);
            let is_own = of.id == command.id;
            if of.source != command.source
                || !(is_own || follows)
                || !told.insert((outcome.id.clone(), outcome.time))
            {
                continue;
            }
            if is_own && outcome.kind.is_terminal() {
                return Ok(ended(&outcome));
            }
            (context.tell)(&format!("{}: {}", outcome.id, outcome.data.summary));
        }
        let pause = destination.pause(looks).filter(|pause| context.clock.now() + *pause <= end);
        let Some(pause) = pause else {
            let problem = "no last outcome so far; the command goes on without us, and its outcome will stand in the \
                           outcomes queue";
            return Err(CliError::Failed(format!("{}: {problem}", command.id)));
        };
        context.clock.sleep(pause).await;
    }
}

fn ended(outcome: &Outcome) -> Answer {
    let verdict = if outcome.kind.is_failure() { Verdict::Failed } else { Verdict::Done };
    let json: Value = serde_json::from_str(&outcome.to_json()).unwrap_or_default();
    let data = &outcome.data;
    let mut text = format!("{} {}: {}\n", data.command.id, outcome.kind.as_str(), data.summary);
    let plan = data.plan.iter().flatten().map(|line| format!("  would {}", line.text));
    let remedy = data.reason.iter().map(|reason| format!("  remedy: {}", reason.remedy));
    let notes = data.notes.iter().map(|note| format!("  note: {note}"));
    for line in plan.chain(remedy).chain(notes) {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{line}");
    }
    Answer { verdict, text, json }
}
