//! One sentence about what was understood.

use mto_messages::{
    Cleanup, CommandData, LeaveData, LeaveMode, NewTenant, Role, SyncAction, SyncData, SyncTargets, Then,
};

/// Tenants that are named before the rest is counted.
const NAMED: usize = 5;

/// What a command is about, in one sentence without its full stop.
///
/// ```
/// use mto_intake::chat::{Request, parse, sentence};
/// let Request::Command(data) = parse("join fabrikam to contoso with users")? else { unreachable!() };
/// assert_eq!(sentence(&data), "fabrikam joins the organization of contoso, then users are synchronized");
/// # Ok::<(), mto_intake::chat::GrammarError>(())
/// ```
pub fn sentence(data: &CommandData) -> String {
    let sentence = match data {
        CommandData::Create(data) => {
            let tenants = tenants(&data.tenants);
            let with = if data.tenants.is_empty() { String::new() } else { format!(" with {tenants}") };
            let then = then(data.then.as_ref());
            format!("{} creates the organization \"{}\"{with}{then}", data.owner.as_str(), data.display_name)
        }
        CommandData::Add(data) => {
            let (owner, then) = (data.owner.as_str(), then(data.then.as_ref()));
            format!("{} is listed in the organization of {owner}{then}", tenants(&data.tenants))
        }
        CommandData::Join(data) => {
            let (tenant, owner) = (data.tenant.as_str(), data.owner.as_str());
            format!("{tenant} joins the organization of {owner}{}", then(data.then.as_ref()))
        }
        CommandData::Leave(data) => leave(data),
        CommandData::Sync(data) => sync(data),
    };
    if data.dry_run() { format!("the plan only, nothing is changed: {sentence}") } else { sentence }
}

fn tenants(tenants: &[NewTenant]) -> String {
    let one = |new: &NewTenant| {
        let role = match new.role {
            None => "",
            Some(Role::Owner) => " as owner",
            Some(Role::Member) => " as member",
        };
        format!("{}{role}", new.tenant.as_str())
    };
    list(tenants.iter().map(one))
}

fn list(names: impl ExactSizeIterator<Item = String>) -> String {
    let more = names.len().saturating_sub(NAMED);
    let first = names.take(NAMED).collect::<Vec<_>>().join(", ");
    if more == 0 { first } else { format!("{first} and {more} more") }
}

fn then(then: Option<&Then>) -> String {
    let join = then.is_some_and(|then| then.join.is_some());
    let sync = then.is_some_and(|then| then.sync.is_some());
    match (join, sync) {
        (false, false) => "",
        (true, false) => ", then joins",
        (false, true) => ", then users are synchronized",
        (true, true) => ", then joins, and users are synchronized",
    }
    .to_owned()
}

fn leave(data: &LeaveData) -> String {
    let (tenant, owner) = (data.tenant.as_str(), data.owner.as_str());
    let sentence = match data.mode {
        LeaveMode::Leave => format!("{tenant} leaves the organization of {owner}"),
        LeaveMode::Remove => format!("{owner} removes {tenant} from its organization"),
        LeaveMode::Dissolve => format!("{owner} dissolves its organization"),
    };
    let cleanup = match data.cleanup {
        Cleanup::None => "",
        Cleanup::Settings => ", then the cross-tenant settings are closed",
        Cleanup::Users => ", then synchronized users are taken back and the settings are closed",
    };
    sentence + cleanup
}

fn sync(data: &SyncData) -> String {
    let owner =
        data.owner.as_ref().map(|owner| format!("every pair in the organization of {}", owner.as_str()));
    let pairs = owner.unwrap_or_else(|| {
        let source = data.source.as_ref().map_or("?", |source| source.as_str());
        let targets = match &data.targets {
            None | Some(SyncTargets::All) => "all members".to_owned(),
            Some(SyncTargets::Tenants(targets)) => list(targets.iter().map(|it| it.as_str().to_owned())),
        };
        format!("{source} to {targets}")
    });
    match (data.action, data.cleanup) {
        (SyncAction::Configure, _) => format!("users are synchronized: {pairs}"),
        (SyncAction::Settings, _) => format!("cross-tenant settings are compared and repaired: {pairs}"),
        (SyncAction::Status, _) => format!("everything is read and reported: {pairs}"),
        (SyncAction::Restart, _) => format!("synchronization is restarted: {pairs}"),
        (SyncAction::Stop, _) => format!("synchronization is paused: {pairs}"),
        (SyncAction::Unshare, Some(Cleanup::Settings)) => {
            format!("cross-tenant settings are closed: {pairs}")
        }
        (SyncAction::Unshare, None | Some(Cleanup::None | Cleanup::Users)) => {
            format!("synchronized users are taken back and the settings are closed: {pairs}")
        }
    }
}
