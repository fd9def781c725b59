//! Which Graph calls the functions make, in whose tenant, and the application permissions these need.
//!
//! [`GRANTS`] is the one table: the tests of the simulation hold the functions to it, call by call, and
//! `docs/operations.md` shows what it comes to. What a call needs least, and what else would do, is from Microsoft
//! Graph's permissions reference and the pages of the endpoints (tenantRelationship, crossTenantAccessPolicy,
//! synchronization, servicePrincipal, user, group); the ids of the permissions are those that Graph publishes as app
//! roles (reference 4A.1, 4A.3, 4A.4; the ids of `Application.Read.All` and `GroupMember.Read.All` are from public
//! lists of these roles).
//!
//! Not verified against the service: that the application which instantiates a configuration owns it at once, on which
//! `Application.ReadWrite.OwnedBy` rests; and that taking an assignment away asks for `Application.Read.All` too, as
//! making one does.
//!
//! ```
//! use mto_handler::permissions::{self, Side};
//! use mto_messages::Verb;
//!
//! let grants = permissions::of(Verb::Add, Side::Owner);
//! assert_eq!(permissions::least(grants), ["MultiTenantOrganization.ReadWrite.All"].into());
//! ```

use std::collections::BTreeSet;

use mto_messages::{Explanation, Verb};

mod grants;

pub use grants::GRANTS;

const MTO_READ: &str = "MultiTenantOrganization.Read.All";
const MTO_WRITE: &str = "MultiTenantOrganization.ReadWrite.All";
const POLICY_READ: &str = "Policy.Read.All";
const POLICY_WRITE: &str = "Policy.ReadWrite.CrossTenantAccess";
const LOOK_UP: &str = "CrossTenantInformation.ReadBasic.All";
const APPLICATION_READ: &str = "Application.Read.All";
const APPLICATION_OWN: &str = "Application.ReadWrite.OwnedBy";
const ASSIGN: &str = "AppRoleAssignment.ReadWrite.All";
const USER_READ: &str = "User.Read.All";
const MEMBER_READ: &str = "GroupMember.Read.All";

/// An application permission of Graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permission {
    /// Its name.
    pub name: &'static str,
    /// Its id: what `requiredResourceAccess` of an application registration names.
    pub id: &'static str,
    /// Permissions that are not needed beside it, for the calls of [`GRANTS`].
    pub covers: &'static [&'static str],
    /// Permissions without which it does not let its calls in: Graph asks for all of them.
    pub beside: &'static [&'static str],
}

/// The permissions that [`GRANTS`] names.
pub const PERMISSIONS: [Permission; 10] = [
    permission(MTO_READ, "4f994bc0-31bb-44bb-b480-7a7c1be8c02e"),
    Permission { covers: &[MTO_READ], ..permission(MTO_WRITE, "920def01-ca61-4d2d-b3df-105b46046a70") },
    permission(POLICY_READ, "246dd0d5-5bd0-4def-940b-0421030a5b68"),
    Permission { covers: &[POLICY_READ], ..permission(POLICY_WRITE, "338163d7-f101-4c92-94ba-ca46fe52447c") },
    permission(LOOK_UP, "cac88765-0581-4025-9725-5ebc13f729ee"),
    permission(APPLICATION_READ, "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30"),
    // It reads all applications as well (page "Get servicePrincipal"), but that does not count beside ASSIGN.
    permission(APPLICATION_OWN, "18a4783c-866b-4cc7-a460-3d5e5662c884"),
    Permission { beside: &[APPLICATION_READ], ..permission(ASSIGN, "06b708a9-e830-4db3-a914-8e69da51d44f") },
    permission(USER_READ, "df021288-bdef-4463-88db-98f22de89214"),
    permission(MEMBER_READ, "98830695-27a2-44f7-8c18-0c3ebc9698f6"),
];

/// In whose tenant a call is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The owner of the organization.
    Owner,
    /// The tenant that joins.
    Joining,
    /// The tenant that leaves by itself.
    Leaving,
    /// Every tenant whose settings are compared, opened or closed: sources and targets, or all members. For `leave`,
    /// the others than the one that acts.
    Member,
    /// A tenant whose users are synchronized to others.
    Source,
    /// A tenant that users are synchronized to.
    Target,
    /// Any of the first three tenants of the directory, by id.
    LookUp,
}

/// Whether a function can do without a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// No: without it the command fails, once its patience is over.
    Always,
    /// It is needed only for this.
    For(&'static str),
    /// It can, in this way.
    Optional(&'static str),
}

/// One call: an HTTP method, and a path from the version root without its query. Braces stand for any text within
/// a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// `GET`.
    pub method: &'static str,
    /// `/tenantRelationships/multiTenantOrganization/tenants/{tenantId}`.
    pub path: &'static str,
}

/// A permission that the application of one function needs in one kind of tenant, and the calls it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// The function.
    pub function: Verb,
    /// In whose tenant.
    pub side: Side,
    /// The least application permission for these calls.
    pub permission: &'static str,
    /// Whether the function can do without it.
    pub need: Need,
    /// The calls.
    pub calls: &'static [Call],
}

/// What one function needs on one side.
pub fn of(function: Verb, side: Side) -> impl Iterator<Item = &'static Grant> {
    GRANTS.iter().filter(move |grant| grant.function == function && grant.side == side)
}

/// The least set of permissions with which all calls of these grants are let in. Of [`GRANTS`] as a whole: what an
/// application needs that is everything, everywhere.
pub fn least<'a>(grants: impl IntoIterator<Item = &'a Grant>) -> BTreeSet<&'static str> {
    let all: BTreeSet<&'static str> = grants.into_iter().map(|grant| grant.permission).collect();
    all.iter().copied().filter(|name| !all.iter().any(|other| covers(other, name))).collect()
}

/// Whether `permission` makes `other` unnecessary.
pub fn covers(permission: &str, other: &str) -> bool {
    let known = PERMISSIONS.iter().find(|known| known.name == permission);
    known.is_some_and(|known| known.covers.contains(&other))
}

/// A permission as an outcome names it: with those that Graph asks for beside it, and what else it rests on.
pub fn named(permission: &str) -> String {
    let known = PERMISSIONS.iter().find(|known| known.name == permission);
    let beside = known.map_or(&[][..], |known| known.beside);
    let names: Vec<&str> = [permission].into_iter().chain(beside.iter().copied()).collect();
    let owner = if permission == APPLICATION_OWN { " (for what it owns)" } else { "" };
    format!("{}{owner}", names.join(" and "))
}

/// The remedy of a refusal, with the application that it is about: each function can have one of its own.
pub(crate) fn of_application(mut reason: Explanation, function: Verb) -> Explanation {
    if reason.code == "denied" {
        reason.remedy = format!(
            "{} ({function} acts by applications.{function} of the tenant in the tenant directory, else by application)",
            reason.remedy
        );
    }
    reason
}

impl Grant {
    /// The call of this grant that such a request is, if it is one. `path` is from the version root, with its query.
    pub fn call(&self, method: &str, path: &str) -> Option<&'static Call> {
        self.calls.iter().find(|call| call.is(method, path))
    }

    const fn needed(self, need: Need) -> Self {
        Self { need, ..self }
    }
}

impl Call {
    /// Whether a request is this call. `path` is from the version root, with its query.
    pub fn is(&self, method: &str, path: &str) -> bool {
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        let (wanted, given) = (self.path.split('/'), path.split('/'));
        method == self.method
            && wanted.clone().count() == given.clone().count()
            && wanted.zip(given).all(|(wanted, given)| fits(wanted, given))
    }
}

/// Whether a segment is as the pattern says. `$count` and its like are no keys.
fn fits(pattern: &str, segment: &str) -> bool {
    match (pattern.split_once('{'), pattern.split_once('}')) {
        (Some((before, _)), Some((_, after))) => {
            let rest = segment.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
            rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('$'))
        }
        _ => pattern == segment,
    }
}

const fn permission(name: &'static str, id: &'static str) -> Permission {
    Permission { name, id, covers: &[], beside: &[] }
}
