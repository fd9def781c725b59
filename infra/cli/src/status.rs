//! `mto status`: how an organization stands, as `sync status` sees it from this process.

use mto_messages::{
    Command, CommandData, CreateData, Outcome, OutcomeKind, SyncAction, SyncData, SyncTargets, TenantRef,
    Verb,
};
use serde_json::{Value, json};

use crate::answer::{Answer, CliError, Verdict};
use crate::args::StatusArgs;
use crate::command::tenant;
use crate::context::Context;
use crate::in_process::InProcess;
use crate::seen::{Organization, synchronizations};
use crate::tables;
use crate::tenants::Tenants;

/// Reads the list (by a dry run of `create`), settings and jobs (by `sync status`), and what differs (by a dry run of
/// `sync settings`).
///
/// # Errors
/// What is wrong with the configuration, or what could not be read.
pub(crate) async fn run(args: &StatusArgs, context: &Context) -> Result<Answer, CliError> {
    let tenants = Tenants::read(&context.environment)?;
    let functions = InProcess::new(context, &[Verb::Create, Verb::Sync])?;
    let commands = commands(args)?;
    let outcomes = functions.run(&commands).await?;
    let [list, status, settings] = outcomes.as_slice() else {
        return Err(CliError::Failed("the three looks did not all end".to_owned()));
    };
    if status.kind != OutcomeKind::Succeeded {
        return Ok(refused(status));
    }
    let organization = Organization::of(&list.data.observed);
    let mut synchronizations = synchronizations(&status.data.observed);
    synchronizations.sort_by_key(|one| (tenants.name(one.source), tenants.name(one.target)));
    let differing = settings.data.plan.clone().unwrap_or_default();
    let json = json!({
        "summary": status.data.summary,
        "organization": organization.display_name,
        "members": organization.members.iter().map(|row| row.json(&tenants)).collect::<Vec<_>>(),
        "settings": {"differing": differing},
        "synchronizations": synchronizations.iter().map(|one| one.json(&tenants)).collect::<Vec<_>>(),
        "notes": status.data.notes,
    });
    let text = tables::status(&organization, &synchronizations, &differing, &status.data, &tenants);
    Ok(Answer { verdict: Verdict::Done, text, json })
}

/// A status that cannot be told: the tenant is in no organization, or cannot be read.
fn refused(outcome: &Outcome) -> Answer {
    let data = &outcome.data;
    let remedy = data.reason.as_ref().map(|reason| format!("remedy: {}\n", reason.remedy));
    let text = format!("{}\n{}", data.summary, remedy.unwrap_or_default());
    let json = json!({"summary": data.summary, "reason": data.reason});
    Answer { verdict: Verdict::Failed, text, json }
}

fn commands(args: &StatusArgs) -> Result<[Command; 3], CliError> {
    let center = tenant(&args.tenant)?;
    let targets: Vec<TenantRef> = args.to.iter().map(|name| tenant(name)).collect::<Result<_, _>>()?;
    let sync = |action| {
        let (source, owner) =
            if targets.is_empty() { (None, Some(center.clone())) } else { (Some(center.clone()), None) };
        let targets = (!targets.is_empty()).then(|| SyncTargets::Tenants(targets.clone()));
        let dry_run = action != SyncAction::Status;
        SyncData { action, source, owner, targets, dry_run, ..SyncData::default() }
    };
    let list = CreateData {
        owner: center.clone(),
        display_name: "status".to_owned(),
        description: None,
        update: false,
        tenants: Vec::new(),
        templates: None,
        then: None,
        dry_run: true,
    };
    Ok([
        looking("list", CommandData::Create(list)),
        looking("status", CommandData::Sync(sync(SyncAction::Status))),
        looking("settings", CommandData::Sync(sync(SyncAction::Settings))),
    ])
}

/// A command that never leaves this process.
pub(crate) fn looking(id: &str, data: CommandData) -> Command {
    Command {
        id: id.to_owned(),
        source: "/mto-cli".to_owned(),
        time: None,
        subject: None,
        reply_to: None,
        requested_by: None,
        root: None,
        data,
    }
}

/// The JSON of a tenant: its id, and its name in the directory.
pub(crate) fn named(id: mto_messages::TenantId, tenants: &Tenants) -> Value {
    json!({"tenantId": id, "name": tenants.name(id)})
}
