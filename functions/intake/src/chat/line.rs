//! From a command to the line that asks for it, and to a sentence about it.

use mto_messages::{
    AddData, Cleanup, CommandData, Confirm, CreateData, JoinData, LeaveData, LeaveMode, NewTenant, Role,
    SyncAction, SyncData, SyncTargets, TenantRef, Then,
};

use super::parser::is_bare;
use super::tokens::quote;
use crate::permission::takes_users_back;

/// The line that asks for this. What the grammar cannot say (scopes, templates, descriptions) is left out.
///
/// ```
/// use mto_intake::chat::{Request, line_of, parse};
/// let Request::Command(data) = parse("JOIN fabrikam to “Contoso group”  with sync")? else { unreachable!() };
/// assert_eq!(line_of(&data), "join fabrikam to \"Contoso group\" and sync");
/// # Ok::<(), mto_intake::chat::GrammarError>(())
/// ```
pub fn line_of(data: &CommandData) -> String {
    let line = match data {
        CommandData::Create(data) => create(data),
        CommandData::Add(data) => add(data),
        CommandData::Join(data) => join(data),
        CommandData::Leave(data) => leave(data),
        CommandData::Sync(data) => sync(data),
    };
    if data.dry_run() { format!("plan {line}") } else { line }
}

/// The line that confirms a destructive command, once its plan was read. Where users are deleted, it ends with a gap for
/// their number, which the plan names. None for what needs no confirmation.
pub fn confirmed_line_of(data: &CommandData) -> Option<String> {
    let mut data = data.clone();
    match &mut data {
        CommandData::Leave(data) => {
            data.dry_run = false;
            data.confirm = Some(Confirm { tenant: data.tenant.clone(), users: None });
        }
        CommandData::Sync(data) if data.action == SyncAction::Unshare => {
            data.dry_run = false;
            data.confirm = data.source.clone().map(|tenant| Confirm { tenant, users: None });
        }
        CommandData::Sync(_) | CommandData::Create(_) | CommandData::Add(_) | CommandData::Join(_) => {
            return None;
        }
    }
    let line = line_of(&data);
    Some(if takes_users_back(&data) { format!("{line} <number of users in the plan>") } else { line })
}

fn create(data: &CreateData) -> String {
    let mut line = format!("create {} in {}", quote(&data.display_name), bare(&data.owner));
    if !data.tenants.is_empty() {
        let tenants: Vec<_> = data.tenants.iter().map(new_tenant).collect();
        line = format!("{line} with {}", tenants.join(", "));
    }
    line + &then(data.then.as_ref())
}

fn add(data: &AddData) -> String {
    let tenants: Vec<_> = data.tenants.iter().map(new_tenant).collect();
    let role = match data.tenants.first().and_then(|tenant| tenant.role) {
        None => "",
        Some(Role::Owner) => " as owner",
        Some(Role::Member) => " as member",
    };
    format!("add {} to {}{role}{}", tenants.join(", "), bare(&data.owner), then(data.then.as_ref()))
}

fn join(data: &JoinData) -> String {
    format!("join {} to {}{}", bare(&data.tenant), bare(&data.owner), then(data.then.as_ref()))
}

fn leave(data: &LeaveData) -> String {
    let (tenant, owner) = (bare(&data.tenant), bare(&data.owner));
    let line = match data.mode {
        LeaveMode::Leave => format!("leave {tenant} from {owner}"),
        LeaveMode::Remove => format!("remove {tenant} from {owner}"),
        LeaveMode::Dissolve => format!("dissolve {owner}"),
    };
    let cleanup = (data.cleanup != Cleanup::None).then_some(data.cleanup);
    line + &cleaned(cleanup) + &confirmed(data.confirm.as_ref())
}

fn sync(data: &SyncData) -> String {
    let verb = match data.action {
        SyncAction::Configure => "sync",
        SyncAction::Settings => "sync settings",
        SyncAction::Status => "status",
        SyncAction::Restart => "restart",
        SyncAction::Stop => "stop",
        SyncAction::Unshare => "unshare",
    };
    let mut line = verb.to_owned();
    for tenant in data.owner.iter().chain(&data.source) {
        line = format!("{line} {}", bare(tenant));
    }
    match &data.targets {
        None => {}
        Some(SyncTargets::All) => line.push_str(" to all"),
        Some(SyncTargets::Tenants(targets)) => {
            line = format!("{line} to {}", targets.iter().map(bare).collect::<Vec<_>>().join(", "));
        }
    }
    let both = if data.both_directions { " both directions" } else { "" };
    line + &cleaned(data.cleanup) + both + &confirmed(data.confirm.as_ref())
}

fn bare(tenant: &TenantRef) -> String {
    if is_bare(tenant.as_str()) { tenant.as_str().to_owned() } else { quote(tenant.as_str()) }
}

fn new_tenant(new: &NewTenant) -> String {
    let tenant = bare(&new.tenant);
    let same = new.display_name == new.tenant.as_str();
    if same { tenant } else { format!("{tenant} {}", quote(&new.display_name)) }
}

fn then(then: Option<&Then>) -> String {
    let join = then.is_some_and(|then| then.join.is_some());
    let sync = then.is_some_and(|then| then.sync.is_some());
    format!("{}{}", if join { " and join" } else { "" }, if sync { " and sync" } else { "" })
}

fn cleaned(cleanup: Option<Cleanup>) -> String {
    match cleanup {
        None => String::new(),
        Some(Cleanup::None) => " cleanup none".to_owned(),
        Some(Cleanup::Settings) => " cleanup settings".to_owned(),
        Some(Cleanup::Users) => " cleanup users".to_owned(),
    }
}

fn confirmed(confirm: Option<&Confirm>) -> String {
    let Some(Confirm { tenant, users }) = confirm else { return String::new() };
    let users = users.map_or(String::new(), |users| format!(" {users}"));
    format!(" confirm {}{users}", bare(tenant))
}
