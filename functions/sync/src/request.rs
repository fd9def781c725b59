//! What a command asks for, and what it cannot ask for.

use mto_handler::{MAX_TENANTS, Tenants};
use mto_messages::{SyncData, SyncTargets, TenantId, TenantRef};
use mto_reconcile::Reason;
use mto_reconcile::settings::{Among, Close, Open};

/// The aim of action `settings`, and of `status`.
pub(crate) fn open(data: &SyncData, action: &str, tenants: &Tenants<'_>) -> Result<Open, Reason> {
    without_effect(data.cleanup.is_some(), "data.cleanup", action)?;
    without_effect(data.both_directions, "data.bothDirections", action)?;
    no_users(data, action)?;
    Ok(Open { among: among(data, tenants)?, wanted: tenants.directory.settings() })
}

/// The aim of action `unshare` with the settings alone.
pub(crate) fn close(data: &SyncData, tenants: &Tenants<'_>) -> Result<Close, Reason> {
    without_effect(data.owner.is_some(), "data.owner", "unshare")?;
    no_users(data, "unshare")?;
    let (source, targets) = match (&data.source, &data.targets) {
        (Some(source), Some(SyncTargets::Tenants(targets))) => (tenants.id(source)?, targets),
        (Some(_), Some(SyncTargets::All)) => {
            return Err(invalid(
                "data.targets",
                "is \"all\": what is closed has to be named",
                "list the tenants; mto.leave.v1 closes what a membership opened by itself",
            ));
        }
        (None, _) => {
            return Err(invalid("data.source", "is missing", "name the tenant whose users went out"));
        }
        (Some(_), None) => {
            return Err(invalid("data.targets", "is missing", "list the tenants that the users went to"));
        }
    };
    Ok(Close {
        source,
        targets: others(targets, source, tenants)?,
        both_directions: data.both_directions,
        wanted: tenants.directory.settings(),
    })
}

fn among(data: &SyncData, tenants: &Tenants<'_>) -> Result<Among, Reason> {
    match (&data.owner, &data.source, &data.targets) {
        (Some(owner), None, None) => Ok(Among::Organization(tenants.ours("data.owner", owner)?)),
        (None, Some(source), Some(SyncTargets::All)) => {
            Ok(Among::Around(tenants.ours("data.source", source)?))
        }
        (None, Some(source), Some(SyncTargets::Tenants(targets))) => {
            let source = tenants.ours("data.source", source)?;
            let targets = others(targets, source, tenants)?;
            if targets.iter().all(|target| tenants.directory.is_external(*target)) {
                return Err(invalid(
                    "data.targets",
                    "holds external tenants only: nothing is opened unless both sides can be read",
                    "let their own administrators open it, or give them an application in the tenant directory",
                ));
            }
            Ok(Among::Pairs(source, targets))
        }
        (Some(_), _, _) => Err(invalid(
            "data.owner",
            "is given beside data.source or data.targets",
            "give owner for the whole organization, or source and targets for some of its pairs",
        )),
        (None, None, None) => Err(invalid(
            "data.owner",
            "is missing",
            "give owner for the whole organization, or source and targets for some of its pairs",
        )),
        (None, None, Some(_)) => Err(invalid("data.source", "is missing", "name one tenant of every pair")),
        (None, Some(_), None) => {
            Err(invalid("data.targets", "is missing", "list the other tenants, or give \"all\""))
        }
    }
}

/// The other tenants of every pair, resolved.
pub(crate) fn others(
    list: &[TenantRef],
    source: TenantId,
    tenants: &Tenants<'_>,
) -> Result<Vec<TenantId>, Reason> {
    if list.is_empty() {
        return Err(invalid("data.targets", "is empty", "name at least one tenant"));
    }
    if list.len() > MAX_TENANTS {
        let problem = format!("holds {} tenants, more than {MAX_TENANTS}", list.len());
        return Err(invalid("data.targets", &problem, "send several commands"));
    }
    let mut others: Vec<TenantId> = Vec::with_capacity(list.len());
    for (index, target) in list.iter().enumerate() {
        let field = format!("data.targets[{index}]");
        let wrong = |problem: &str, remedy: &str| {
            invalid(&field, &format!("\"{}\" {problem}", target.as_str()), remedy)
        };
        let id = tenants.id(target)?;
        if id == source {
            return Err(wrong("is the source itself", "leave it out"));
        }
        if others.contains(&id) {
            return Err(wrong("stands twice in the list", "name it once"));
        }
        others.push(id);
    }
    Ok(others)
}

/// Fields that only mean something where users are synchronized.
fn no_users(data: &SyncData, action: &str) -> Result<(), Reason> {
    without_effect(data.scope.is_some(), "data.scope", action)?;
    without_effect(data.user_type.is_some(), "data.userType", action)
}

fn without_effect(is_given: bool, field: &str, action: &str) -> Result<(), Reason> {
    let problem = format!("has no effect with action {action}");
    if is_given { Err(invalid(field, &problem, "leave it out")) } else { Ok(()) }
}

pub(crate) fn invalid(field: &str, problem: &str, remedy: &str) -> Reason {
    Reason::Invalid { field: field.to_owned(), problem: problem.to_owned(), remedy: remedy.to_owned() }
}
