//! Paths of users, groups, applications and synchronization, the permissions they take (4A.3, 6.1), and the directory
//! roles (4A.2).

use http::Method;

use super::super::Call;
use crate::wire::access::{APPLICATION_ADMINISTRATORS, AUDITORS, Roles, USER_ADMINISTRATORS};
use crate::world::Refusal;

/// What a path names. Ids are as sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    Users,
    UserCount,
    UserDelta,
    User(String),
    UserManager(String),
    UserManagerRef(String),
    Groups,
    Group(String),
    GroupMembers { group: String, transitive: bool },
    GroupMemberCount { group: String, transitive: bool, users_only: bool },
    GroupMemberRefs(String),
    GroupMemberRef { group: String, member: String },
    DeletedUsers,
    DeletedItem(String),
    RestoreDeleted(String),
    Invitations,
    SubscribedSkus,
    Instantiate(String),
    Applications,
    Application(String),
    ServicePrincipals,
    ServicePrincipal(String),
    Assignments(String),
    Assignment { principal: String, id: String },
    ProvisioningLog,
    SyncTemplates(String),
    SyncTemplate { principal: String, id: String },
    Secrets(String),
    Jobs(String),
    ValidateCredentials(String),
    Job { principal: String, id: String },
    JobAction { principal: String, id: String, action: JobAction },
    Schema { principal: String, id: String },
    SchemaPart { principal: String, id: String, part: SchemaPart },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JobAction {
    Start,
    Pause,
    Restart,
    Validate,
    OnDemand,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SchemaPart {
    Functions,
    FilterOperators,
}

/// What a call names, if it is served here.
pub(crate) fn of(call: &Call) -> Option<Route> {
    let segments = call.segments.get(1..).unwrap_or_default();
    let lower: Vec<String> = segments.iter().map(|segment| segment.to_lowercase()).collect();
    let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
    find(&lower, segments)
}

/// Finds what the segments after the version name; `lower` are the same in lower case.
fn find(lower: &[&str], segments: &[String]) -> Option<Route> {
    match (lower, segments) {
        // `servicePrincipals(appId='…')` in one segment is a collection and a key
        ([first, rest @ ..], [key, others @ ..]) if first.contains("(appid='") => {
            let collection = first.split('(').next().unwrap_or_default();
            let lower: Vec<&str> = [collection, *first].into_iter().chain(rest.iter().copied()).collect();
            let keyed: Vec<String> =
                [collection.to_owned(), key.clone()].into_iter().chain(others.iter().cloned()).collect();
            find_plain(&lower, &keyed)
        }
        _ => find_plain(lower, segments),
    }
}

fn find_plain(lower: &[&str], segments: &[String]) -> Option<Route> {
    let part = |index: usize| segments.get(index).cloned().unwrap_or_default();
    match lower {
        ["users", rest @ ..] => users(rest, part(1)),
        ["groups", rest @ ..] => groups(rest, part(1), part(3)),
        ["directory", "deleteditems", "microsoft.graph.user"] => Some(Route::DeletedUsers),
        ["directory", "deleteditems", _] => Some(Route::DeletedItem(part(2))),
        ["directory", "deleteditems", _, "restore" | "microsoft.graph.restore"] => {
            Some(Route::RestoreDeleted(part(2)))
        }
        ["invitations"] => Some(Route::Invitations),
        ["subscribedskus"] => Some(Route::SubscribedSkus),
        ["auditlogs", "provisioning"] => Some(Route::ProvisioningLog),
        ["applicationtemplates", _, "instantiate" | "microsoft.graph.instantiate"] => {
            Some(Route::Instantiate(part(1)))
        }
        ["applications"] => Some(Route::Applications),
        ["applications", _] => Some(Route::Application(part(1))),
        ["serviceprincipals"] => Some(Route::ServicePrincipals),
        ["serviceprincipals", _] => Some(Route::ServicePrincipal(part(1))),
        ["serviceprincipals", _, "approleassignedto"] => Some(Route::Assignments(part(1))),
        ["serviceprincipals", _, "approleassignedto", _] => {
            Some(Route::Assignment { principal: part(1), id: part(3) })
        }
        ["serviceprincipals", _, "synchronization", rest @ ..] => synchronization(rest, part(1), part(4)),
        _ => None,
    }
}

fn users(rest: &[&str], user: String) -> Option<Route> {
    match rest {
        [] => Some(Route::Users),
        ["$count"] => Some(Route::UserCount),
        ["delta" | "delta()" | "microsoft.graph.delta()" | "microsoft.graph.delta"] => Some(Route::UserDelta),
        [_] => Some(Route::User(user)),
        [_, "manager"] => Some(Route::UserManager(user)),
        [_, "manager", "$ref"] => Some(Route::UserManagerRef(user)),
        _ => None,
    }
}

fn groups(rest: &[&str], group: String, member: String) -> Option<Route> {
    match rest {
        [] => Some(Route::Groups),
        [_] => Some(Route::Group(group)),
        [_, list @ ("members" | "transitivemembers"), cast @ .., "$count"]
            if matches!(cast, [] | ["microsoft.graph.user"]) =>
        {
            let (transitive, users_only) = (*list == "transitivemembers", !cast.is_empty());
            Some(Route::GroupMemberCount { group, transitive, users_only })
        }
        [_, "members"] | [_, "members", "microsoft.graph.user"] => {
            Some(Route::GroupMembers { group, transitive: false })
        }
        [_, "transitivemembers"] | [_, "transitivemembers", "microsoft.graph.user"] => {
            Some(Route::GroupMembers { group, transitive: true })
        }
        [_, "members", "$ref"] => Some(Route::GroupMemberRefs(group)),
        [_, "members", _, "$ref"] => Some(Route::GroupMemberRef { group, member }),
        _ => None,
    }
}

fn synchronization(rest: &[&str], principal: String, id: String) -> Option<Route> {
    let action = |action| Some(Route::JobAction { principal: principal.clone(), id: id.clone(), action });
    let of_schema = |part| Some(Route::SchemaPart { principal: principal.clone(), id: id.clone(), part });
    match rest {
        ["templates"] => Some(Route::SyncTemplates(principal)),
        ["templates", _] => Some(Route::SyncTemplate { principal, id }),
        ["secrets"] => Some(Route::Secrets(principal)),
        ["jobs"] => Some(Route::Jobs(principal)),
        ["jobs", "validatecredentials"] => Some(Route::ValidateCredentials(principal)),
        ["jobs", _] => Some(Route::Job { principal, id }),
        ["jobs", _, "start"] => action(JobAction::Start),
        ["jobs", _, "pause"] => action(JobAction::Pause),
        ["jobs", _, "restart"] => action(JobAction::Restart),
        ["jobs", _, "validatecredentials"] => action(JobAction::Validate),
        ["jobs", _, "provisionondemand"] => action(JobAction::OnDemand),
        ["jobs", _, "schema"] => Some(Route::Schema { principal, id }),
        ["jobs", _, "schema", "functions"] => of_schema(SchemaPart::Functions),
        ["jobs", _, "schema", "filteroperators"] => of_schema(SchemaPart::FilterOperators),
        _ => None,
    }
}

const OWNED: &str = "Application.ReadWrite.OwnedBy";
/// For users, and for what is seen of them as members of groups.
pub(super) const USER_READ: &[&str] =
    &["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const USER_WRITE: &[&str] = &["User.ReadWrite.All", "Directory.ReadWrite.All"];
/// Directory.ReadWrite.All alone cannot delete app-only (4A.3).
const USER_DELETE: &[&str] = &["User.DeleteRestore.All", "User.ReadWrite.All"];
const GROUP_READ: &[&str] = &[
    "Group.Read.All",
    "GroupMember.Read.All",
    "GroupMember.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
const GROUP_WRITE: &[&str] = &["GroupMember.ReadWrite.All", "Directory.ReadWrite.All"];
const INVITE: &[&str] = &["User.Invite.All", "User.ReadWrite.All", "Directory.ReadWrite.All"];
const SKU_READ: &[&str] = &["Organization.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"];
/// `OwnedBy` lists all of them, whoever owns them (page "Get servicePrincipal"); it writes its own (`may`).
const APPLICATION_READ: &[&str] = &[
    "Application.Read.All",
    "Application.ReadWrite.All",
    OWNED,
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
const APPLICATION_WRITE: &[&str] = &["Application.ReadWrite.All", OWNED, "Directory.ReadWrite.All"];
const ASSIGNMENT_WRITE: &[&str] = &["AppRoleAssignment.ReadWrite.All"];
const SYNC_READ: &[&str] = &[
    "Synchronization.Read.All",
    "Synchronization.ReadWrite.All",
    OWNED,
    "Application.ReadWrite.All",
    "Directory.ReadWrite.All",
];
const SYNC_WRITE: &[&str] =
    &["Synchronization.ReadWrite.All", OWNED, "Application.ReadWrite.All", "Directory.ReadWrite.All"];
const LOG_READ: &[&str] = &["ProvisioningLog.Read.All", "AuditLog.Read.All", "Directory.Read.All"];

impl Route {
    /// The permissions of which one is needed; a method that is not served is refused.
    pub(crate) fn accepted(&self, method: &Method) -> Result<&'static [&'static str], Refusal> {
        let (reads, writes, methods): (_, _, &[Method]) = match self {
            Self::Users => (USER_READ, USER_WRITE, &[Method::GET, Method::POST]),
            Self::User(_) if method == Method::DELETE => (USER_READ, USER_DELETE, &[Method::DELETE]),
            Self::User(_) => (USER_READ, USER_WRITE, &[Method::GET, Method::PATCH]),
            Self::UserCount | Self::UserDelta | Self::UserManager(_) | Self::DeletedUsers => {
                (USER_READ, USER_READ, &[Method::GET])
            }
            Self::UserManagerRef(_) => (USER_READ, USER_WRITE, &[Method::PUT, Method::DELETE]),
            Self::DeletedItem(_) => (USER_READ, USER_DELETE, &[Method::GET, Method::DELETE]),
            Self::RestoreDeleted(_) => (USER_READ, USER_DELETE, &[Method::POST]),
            Self::Groups | Self::Group(_) | Self::GroupMembers { .. } | Self::GroupMemberCount { .. } => {
                (GROUP_READ, GROUP_READ, &[Method::GET])
            }
            Self::GroupMemberRefs(_) => (GROUP_READ, GROUP_WRITE, &[Method::POST]),
            Self::GroupMemberRef { .. } => (GROUP_READ, GROUP_WRITE, &[Method::DELETE]),
            Self::Invitations => (INVITE, INVITE, &[Method::POST]),
            Self::SubscribedSkus => (SKU_READ, SKU_READ, &[Method::GET]),
            Self::Instantiate(_) => (APPLICATION_READ, APPLICATION_WRITE, &[Method::POST]),
            Self::Applications | Self::ServicePrincipals => {
                (APPLICATION_READ, APPLICATION_WRITE, &[Method::GET])
            }
            Self::Application(_) | Self::ServicePrincipal(_) => {
                (APPLICATION_READ, APPLICATION_WRITE, &[Method::GET, Method::PATCH, Method::DELETE])
            }
            Self::Assignments(_) => (APPLICATION_READ, ASSIGNMENT_WRITE, &[Method::GET, Method::POST]),
            Self::Assignment { .. } => (APPLICATION_READ, ASSIGNMENT_WRITE, &[Method::GET, Method::DELETE]),
            Self::ProvisioningLog => (LOG_READ, LOG_READ, &[Method::GET]),
            Self::SyncTemplates(_) | Self::SyncTemplate { .. } | Self::SchemaPart { .. } => {
                (SYNC_READ, SYNC_WRITE, &[Method::GET])
            }
            Self::Secrets(_) => (SYNC_READ, SYNC_WRITE, &[Method::GET, Method::PUT]),
            Self::Jobs(_) => (SYNC_READ, SYNC_WRITE, &[Method::GET, Method::POST]),
            Self::ValidateCredentials(_) | Self::JobAction { .. } => (SYNC_READ, SYNC_WRITE, &[Method::POST]),
            Self::Job { .. } => (SYNC_READ, SYNC_WRITE, &[Method::GET, Method::PATCH, Method::DELETE]),
            Self::Schema { .. } => (SYNC_READ, SYNC_WRITE, &[Method::GET, Method::PUT, Method::DELETE]),
        };
        if !methods.contains(method) {
            return Err(Refusal::Method);
        }
        Ok(if method == Method::GET { reads } else { writes })
    }

    /// The directory roles a signed-in user needs one of (4A.2). Everybody reads people, groups and applications, and
    /// invites: the directory's defaults, on which the reference is silent (unverified).
    pub(crate) fn roles(&self, method: &Method) -> Roles {
        let writes = |roles| if method == Method::GET { Roles::Anybody } else { roles };
        match self {
            Self::Users
            | Self::UserCount
            | Self::UserDelta
            | Self::User(_)
            | Self::UserManager(_)
            | Self::UserManagerRef(_)
            | Self::Groups
            | Self::Group(_)
            | Self::GroupMembers { .. }
            | Self::GroupMemberCount { .. }
            | Self::GroupMemberRefs(_)
            | Self::GroupMemberRef { .. }
            | Self::DeletedUsers
            | Self::DeletedItem(_)
            | Self::RestoreDeleted(_) => writes(USER_ADMINISTRATORS),
            Self::Invitations | Self::SubscribedSkus => Roles::Anybody,
            Self::Instantiate(_)
            | Self::Applications
            | Self::Application(_)
            | Self::ServicePrincipals
            | Self::ServicePrincipal(_)
            | Self::Assignments(_)
            | Self::Assignment { .. } => writes(APPLICATION_ADMINISTRATORS),
            Self::ProvisioningLog => AUDITORS,
            Self::SyncTemplates(_)
            | Self::SyncTemplate { .. }
            | Self::Secrets(_)
            | Self::Jobs(_)
            | Self::ValidateCredentials(_)
            | Self::Job { .. }
            | Self::JobAction { .. }
            | Self::Schema { .. }
            | Self::SchemaPart { .. } => APPLICATION_ADMINISTRATORS,
        }
    }

    /// Resource units of a GET before `$select` and the like (8.3).
    pub(crate) fn units(&self) -> u32 {
        let double = matches!(
            self,
            Self::Users
                | Self::UserCount
                | Self::UserDelta
                | Self::User(_)
                | Self::Applications
                | Self::Assignments(_)
        );
        if matches!(self, Self::GroupMembers { .. }) { 3 } else { 1 + u32::from(double) }
    }

    /// Whether `$select` is for the answer as a whole; a delta has rows that keep their id, and other answers.
    pub(crate) fn is_selectable(&self) -> bool {
        *self != Self::UserDelta
    }

    /// A limit of its own: its name, the window in seconds, the requests in it (8.3).
    pub(crate) fn own_limit(&self) -> Option<(&'static str, i64, u32)> {
        let on_demand = matches!(self, Self::JobAction { action: JobAction::OnDemand, .. });
        if *self == Self::Invitations {
            Some(("invitations", 5, 150))
        } else if *self == Self::ProvisioningLog {
            Some(("reports", 10, 5))
        } else {
            on_demand.then_some(("provisionOnDemand", 10, 5))
        }
    }
}
