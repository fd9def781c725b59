//! Permissions and directory roles (4A.1 to 4A.3): who may do what.

use super::authentication::Caller;

/// How much of a thing the caller sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Full,
    /// Active tenants, with `tenantId` and `displayName` only (2.3).
    Basic,
}

/// The directory roles a signed-in user needs one of.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Roles {
    Anybody,
    OneOf(&'static [&'static str]),
}

impl Roles {
    /// Whether a caller has one of them. Only users have roles: an application by itself needs none.
    pub(crate) fn are_held_by(self, caller: &Caller) -> bool {
        match (self, &caller.user_roles) {
            (Self::Anybody, _) | (Self::OneOf(_), None) => true,
            (Self::OneOf(names), Some(roles)) => names.iter().any(|name| roles.contains(*name)),
        }
    }
}

/// What a request takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    /// One of these application permissions.
    application: &'static [&'static str],
    /// One of these delegated permissions, and one of the roles.
    delegated: &'static [&'static str],
    roles: Roles,
    /// Any signed-in user, with `MultiTenantOrganization.ReadBasic.All`, for the little that shows.
    basic: bool,
}

const READERS: Roles =
    Roles::OneOf(&["Security Reader", "Global Reader", "Security Administrator", "Global Administrator"]);
const ADMINISTRATORS: Roles = Roles::OneOf(&["Security Administrator", "Global Administrator"]);
/// (unverified) in the reference; the page of the API names these.
pub(crate) const AUDITORS: Roles = Roles::OneOf(&[
    "Reports Reader",
    "Security Reader",
    "Global Reader",
    "Security Administrator",
    "Global Administrator",
]);
/// Who configures synchronization (4A.2); that reading takes the same, and that applications do too, is (unverified).
pub(crate) const APPLICATION_ADMINISTRATORS: Roles = Roles::OneOf(&[
    "Application Administrator",
    "Cloud Application Administrator",
    "Hybrid Identity Administrator",
    "Global Administrator",
]);
/// (unverified) in the reference; the pages of the API name User Administrator as the least.
pub(crate) const USER_ADMINISTRATORS: Roles = Roles::OneOf(&["User Administrator", "Global Administrator"]);
const BASIC: &[&str] = &["MultiTenantOrganization.ReadBasic.All"];

const fn same(permissions: &'static [&'static str], roles: Roles) -> Rule {
    Rule { application: permissions, delegated: permissions, roles, basic: false }
}

const MTO: &[&str] = &["MultiTenantOrganization.Read.All", "MultiTenantOrganization.ReadWrite.All"];
const MTO_ROW: &[&str] =
    &["MultiTenantOrganization.Read.All", "MultiTenantOrganization.ReadWrite.All", "Directory.Read.All"];

pub(super) const MTO_READ: Rule = same(MTO, READERS);
pub(super) const MTO_READ_OR_BASIC: Rule = Rule { basic: true, ..MTO_READ };
pub(super) const MTO_ROW_READ: Rule = Rule { basic: true, ..same(MTO_ROW, READERS) };
pub(super) const MTO_WRITE: Rule = same(&["MultiTenantOrganization.ReadWrite.All"], ADMINISTRATORS);
/// That readers' roles are enough is (unverified).
pub(super) const XTAP_READ: Rule = same(&["Policy.Read.All", "Policy.ReadWrite.CrossTenantAccess"], READERS);
pub(super) const XTAP_WRITE: Rule = same(&["Policy.ReadWrite.CrossTenantAccess"], ADMINISTRATORS);
/// That it takes no role is (unverified).
pub(super) const LOOKUP: Rule = same(&["CrossTenantInformation.ReadBasic.All"], Roles::Anybody);
/// The reference does not list them for GET /organization (unverified).
pub(super) const ORGANIZATION_READ: Rule = Rule {
    application: &["Organization.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"],
    delegated: &["User.Read", "Organization.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"],
    roles: Roles::Anybody,
    basic: false,
};
/// (unverified) in the reference; see `Options::audits_need_directory_read`.
pub(super) const AUDIT_READ: Rule = same(&["AuditLog.Read.All"], AUDITORS);

impl Rule {
    /// What the caller sees; none: it may not.
    pub(super) fn admits(&self, caller: &Caller) -> Option<Access> {
        if caller.user_roles.is_none() {
            return caller.has_one_of(self.application).then_some(Access::Full);
        }
        if self.roles.are_held_by(caller) && caller.has_one_of(self.delegated) {
            return Some(Access::Full);
        }
        (self.basic && caller.has_one_of(BASIC)).then_some(Access::Basic)
    }
}
