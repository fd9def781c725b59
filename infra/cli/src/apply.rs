//! `mto apply`: the plan, and then exactly its commands.

use std::fmt::Write as _;

use mto_messages::{Command, TenantId};
use serde_json::json;

use crate::answer::{Answer, CliError, Verdict};
use crate::args::ApplyArgs;
use crate::command;
use crate::context::Context;
use crate::destination;
use crate::plan::{Plan, State};
use crate::tenants::Tenants;

/// Sends what differs. Nothing is sent where a step would be refused, or a removal is not confirmed.
///
/// # Errors
/// What is wrong with the file, the configuration or the destination.
pub(crate) async fn run(args: &ApplyArgs, context: &Context) -> Result<Answer, CliError> {
    let tenants = Tenants::read(&context.environment)?;
    let confirmed = confirmed(args, &tenants)?;
    let plan = Plan::of(&args.file, &tenants, context).await?;
    refuse(&plan, &tenants)?;
    let unconfirmed = plan.commands().filter_map(|(_, removes)| removes);
    let names: Vec<String> =
        unconfirmed.filter(|tenant| !confirmed.contains(tenant)).map(|tenant| tenants.name(tenant)).collect();
    if !names.is_empty() {
        return Err(CliError::Usage(format!(
            "nothing was sent: this removes {}; look at mto plan, then add --confirm with each of them",
            names.join(", ")
        )));
    }
    let commands = commands(&plan, args, context)?;
    if !commands.is_empty() {
        let destination = destination::of(&args.common, None, None, context).await?;
        for (number, command) in commands.iter().enumerate() {
            destination.send(command).await.map_err(|error| partly(number, &commands, &error))?;
        }
    }
    Ok(answer(&plan, &commands))
}

fn confirmed(args: &ApplyArgs, tenants: &Tenants) -> Result<Vec<TenantId>, CliError> {
    let find = |name: &String| {
        let problem = || CliError::Usage(format!("--confirm: \"{name}\" is not in the tenant directory"));
        tenants.directory.find(name).ok_or_else(problem)
    };
    args.confirm.iter().map(find).collect()
}

fn refuse(plan: &Plan, tenants: &Tenants) -> Result<(), CliError> {
    let refused = plan.findings.iter().find_map(|finding| match &finding.state {
        State::Refused(reason) => Some((&finding.title, reason)),
        State::AsWanted | State::Differs { .. } | State::UnderWay(_) | State::NotYet(_) | State::Kept(_) => {
            None
        }
    });
    match refused {
        None => Ok(()),
        Some((title, reason)) => Err(CliError::Failed(format!(
            "nothing was sent: {title}: {}; {}",
            tenants.shorten(&reason.text),
            reason.remedy
        ))),
    }
}

fn commands(plan: &Plan, args: &ApplyArgs, context: &Context) -> Result<Vec<Command>, CliError> {
    let base = args.id.clone().unwrap_or_else(context.new_id);
    let numbered = plan.commands().zip(1_usize..);
    numbered
        .map(|((data, _), number)| {
            command::signed(command::event(data.clone()), &format!("{base}-{number}"), &args.common)
        })
        .collect()
}

/// Sending again is harmless: the functions look before they write, and another plan leaves out what is done.
fn partly(sent: usize, commands: &[Command], error: &CliError) -> CliError {
    let ids: Vec<&str> = commands.iter().take(sent).map(|command| command.id.as_str()).collect();
    let ids = if ids.is_empty() { "none".to_owned() } else { ids.join(", ") };
    CliError::Failed(format!("sent: {ids}; then: {error}; run mto apply again"))
}

fn answer(plan: &Plan, commands: &[Command]) -> Answer {
    let left =
        plan.findings.iter().filter(|finding| matches!(finding.state, State::NotYet(_) | State::UnderWay(_)));
    let left: Vec<&str> = left.map(|finding| finding.title.as_str()).collect();
    let mut text = String::new();
    for command in commands {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "sent {} {}", command.data.verb().command_type(), command.id);
    }
    if commands.is_empty() {
        text.push_str("nothing was sent\n");
    }
    if !left.is_empty() {
        let _ = writeln!(text, "not yet, run mto apply again later: {}", left.join("; "));
    }
    let sent = commands.iter().map(|one| json!({"id": one.id, "type": one.data.verb().command_type()}));
    let json = json!({"sent": sent.collect::<Vec<_>>(), "notYet": left});
    Answer { verdict: Verdict::Done, text, json }
}
