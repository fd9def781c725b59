//! From the flags of `mto send`, or a file, to a command.

use mto_messages::{
    AddData, Command, CommandData, Confirm, CreateData, JoinData, JoinWish, LeaveData, NewTenant, Role,
    Scope, SyncData, SyncTargets, SyncWish, Templates, TenantRef, Then,
};
use serde_json::{Value, json};

use crate::answer::CliError;
use crate::args::{
    Acting, AddArgs, Adding, Common, CreateArgs, JoinArgs, LeaveArgs, SendArgs, SyncArgs, What,
};
use crate::context::Context;

/// The command that is to be sent, checked as the function will check it.
///
/// # Errors
/// What is missing or wrong, by flag or field.
pub fn of(args: &SendArgs, context: &Context) -> Result<Command, CliError> {
    let event = match (&args.what, &args.file) {
        (Some(what), None) => event(data(what)?),
        (None, Some(file)) => read(file, context)?,
        (Some(_), Some(_)) => {
            let problem = "--file holds a whole command; leave it out, or leave the verb out";
            return Err(CliError::Usage(problem.to_owned()));
        }
        (None, None) => {
            let problem = "say what to send: create, add, join, leave or sync; or give --file";
            return Err(CliError::Usage(problem.to_owned()));
        }
    };
    complete(event, &args.common, context)
}

/// The body of a command without anything about its sender.
pub(crate) fn event(data: CommandData) -> Value {
    let command = Command {
        id: "new".to_owned(),
        source: "new".to_owned(),
        time: None,
        subject: None,
        reply_to: None,
        requested_by: None,
        root: None,
        data,
    };
    let mut event: Value = serde_json::from_str(&command.to_json()).unwrap_or_default();
    if let Some(event) = event.as_object_mut() {
        event.retain(|name, _| name == "type" || name == "data");
    }
    event
}

/// Adds the sender to an event and parses it.
///
/// # Errors
/// A field that cannot be used.
pub(crate) fn signed(mut event: Value, id: &str, acting: &Acting) -> Result<Command, CliError> {
    let texts = [("replyto", acting.reply_to.as_deref()), ("requestedby", acting.requested_by.as_deref())];
    for (name, text) in texts {
        if let Some(text) = text {
            event[name] = json!(text);
        }
    }
    event["id"] = json!(id);
    if event.get("source").is_none() {
        event["source"] = json!(acting.source);
    }
    Ok(Command::parse(&event.to_string())?)
}

fn complete(mut event: Value, common: &Common, context: &Context) -> Result<Command, CliError> {
    if !event.is_object() {
        return Err(CliError::Usage("--file: the command is not an object; give one event".to_owned()));
    }
    if common.dry_run && event["data"].is_object() {
        event["data"]["dryRun"] = json!(true);
    }
    let own = event.get("id").and_then(Value::as_str).map(str::to_owned);
    let id = common.id.clone().or(own).unwrap_or_else(context.new_id);
    signed(event, &id, &common.acting)
}

fn read(file: &str, context: &Context) -> Result<Value, CliError> {
    let text = text_of(file, context)?;
    serde_json::from_str(&text)
        .map_err(|error| CliError::Usage(format!("{file} is not JSON: {error}; give one event")))
}

/// A file's text; `-` is standard input.
///
/// # Errors
/// If it cannot be read.
pub(crate) fn text_of(file: &str, context: &Context) -> Result<String, CliError> {
    let text = if file == "-" { (context.read_input)() } else { context.environment.read_file(file) };
    let name = if file == "-" { "standard input" } else { file };
    text.ok_or_else(|| CliError::Usage(format!("{name} cannot be read; give the path of a text file")))
}

fn data(what: &What) -> Result<CommandData, CliError> {
    Ok(match what {
        What::Create(args) => CommandData::Create(create(args)?),
        What::Add(args) => CommandData::Add(add(args)?),
        What::Join(args) => CommandData::Join(join(args)?),
        What::Leave(args) => CommandData::Leave(leave(args)?),
        What::Sync(args) => CommandData::Sync(sync(args)?),
    })
}

fn create(args: &CreateArgs) -> Result<CreateData, CliError> {
    Ok(CreateData {
        owner: tenant(&args.owner)?,
        display_name: args.name.clone(),
        description: args.description.clone(),
        update: args.update,
        tenants: new_tenants(&args.adding)?,
        templates: templates(args.templates.as_deref())?,
        then: then(&args.adding)?,
        dry_run: false,
    })
}

fn add(args: &AddArgs) -> Result<AddData, CliError> {
    let tenants = new_tenants(&args.adding)?;
    if tenants.is_empty() {
        return Err(CliError::Usage("--tenant is missing: name at least one tenant to add".to_owned()));
    }
    Ok(AddData { owner: tenant(&args.owner)?, tenants, then: then(&args.adding)?, dry_run: false })
}

fn join(args: &JoinArgs) -> Result<JoinData, CliError> {
    let then = args.sync.then(|| Then { join: None, sync: Some(SyncWish::default()) });
    Ok(JoinData {
        tenant: tenant(&args.tenant)?,
        owner: tenant(&args.to)?,
        templates: templates(args.templates.as_deref())?,
        then,
        dry_run: false,
    })
}

fn leave(args: &LeaveArgs) -> Result<LeaveData, CliError> {
    Ok(LeaveData {
        tenant: tenant(&args.tenant)?,
        owner: tenant(&args.from)?,
        mode: args.mode.into(),
        cleanup: args.cleanup.into(),
        confirm: confirm(args.confirm.as_deref(), args.confirm_users)?,
        dry_run: false,
    })
}

fn sync(args: &SyncArgs) -> Result<SyncData, CliError> {
    let scope = Scope { users: args.user.clone(), groups: args.group.clone(), everyone: args.everyone };
    let targets = match args.to.as_slice() {
        [] => None,
        [all] if all == "all" => Some(SyncTargets::All),
        some => Some(SyncTargets::Tenants(some.iter().map(|name| tenant(name)).collect::<Result<_, _>>()?)),
    };
    if args.from.is_some() && targets.is_none() {
        return Err(CliError::Usage("--to is missing: name the targets, or all".to_owned()));
    }
    Ok(SyncData {
        action: args.action.into(),
        source: args.from.as_deref().map(tenant).transpose()?,
        targets,
        owner: args.owner.as_deref().map(tenant).transpose()?,
        scope: (scope != Scope::default()).then_some(scope),
        user_type: args.user_type.map(Into::into),
        cleanup: args.cleanup.map(Into::into),
        both_directions: args.both_directions,
        confirm: confirm(args.confirm.as_deref(), args.confirm_users)?,
        dry_run: false,
    })
}

fn then(adding: &Adding) -> Result<Option<Then>, CliError> {
    if !adding.join {
        return Ok(None);
    }
    let templates = templates(adding.join_templates.as_deref())?;
    let sync = adding.sync.then(SyncWish::default);
    Ok(Some(Then { join: Some(JoinWish { templates }), sync }))
}

/// `fabrikam=Fabrikam`; without a name the list shows how it is called here.
fn new_tenants(adding: &Adding) -> Result<Vec<NewTenant>, CliError> {
    let of = |text: &String, role| {
        let (name, display_name) = text.split_once('=').unwrap_or((text, text));
        Ok(NewTenant { tenant: tenant(name)?, display_name: display_name.trim().to_owned(), role })
    };
    let members = adding.tenant.iter().map(|text| of(text, None));
    members.chain(adding.co_owner.iter().map(|text| of(text, Some(Role::Owner)))).collect()
}

fn templates(name: Option<&str>) -> Result<Option<Templates>, CliError> {
    name.map(|name| serde_json::from_value(json!(name)).map_err(|_| name))
        .transpose()
        .map_err(|name| CliError::Usage(format!("templates: \"{name}\" is neither admin-center nor default")))
}

fn confirm(name: Option<&str>, users: Option<u64>) -> Result<Option<Confirm>, CliError> {
    name.map(|name| Ok(Confirm { tenant: tenant(name)?, users })).transpose()
}

/// A tenant as people name it.
///
/// # Errors
/// A name that is blank or too long.
pub(crate) fn tenant(text: &str) -> Result<TenantRef, CliError> {
    TenantRef::try_from(text.to_owned())
        .map_err(|problem| CliError::Usage(format!("a tenant's name {problem}")))
}
