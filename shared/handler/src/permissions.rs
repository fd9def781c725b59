//! Which Graph calls the functions make, in whose tenant, and the application permissions these need; but for the
//! synchronization of users, which docs/operations.md names by hand.
//!
//! [`GRANTS`] is the one table: the tests of the simulation hold the functions to it, call by call, and
//! `docs/operations.md` shows what it comes to. What a call needs least, and what else would do, is from Microsoft
//! Graph's permissions reference and the pages of the endpoints (tenantRelationship, crossTenantAccessPolicy); the
//! ids of the permissions are those that Graph publishes as app roles (reference 4A.1, 4A.3, 4A.4).
//!
//! ```
//! use mto_handler::permissions::{self, Side};
//! use mto_messages::Verb;
//!
//! let grants = permissions::of(Verb::Add, Side::Owner);
//! assert_eq!(permissions::least(grants), ["MultiTenantOrganization.ReadWrite.All"].into());
//! ```

use std::collections::BTreeSet;

use mto_messages::Verb;

const MTO_READ: &str = "MultiTenantOrganization.Read.All";
const MTO_WRITE: &str = "MultiTenantOrganization.ReadWrite.All";
const POLICY_READ: &str = "Policy.Read.All";
const POLICY_WRITE: &str = "Policy.ReadWrite.CrossTenantAccess";
const LOOK_UP: &str = "CrossTenantInformation.ReadBasic.All";

/// An application permission of Graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permission {
    /// Its name.
    pub name: &'static str,
    /// Its id: what `requiredResourceAccess` of an application registration names.
    pub id: &'static str,
    /// Permissions that are not needed beside it, for the calls of [`GRANTS`].
    pub covers: &'static [&'static str],
}

/// The permissions that [`GRANTS`] names.
pub const PERMISSIONS: [Permission; 5] = [
    Permission { name: MTO_READ, id: "4f994bc0-31bb-44bb-b480-7a7c1be8c02e", covers: &[] },
    Permission { name: MTO_WRITE, id: "920def01-ca61-4d2d-b3df-105b46046a70", covers: &[MTO_READ] },
    Permission { name: POLICY_READ, id: "246dd0d5-5bd0-4def-940b-0421030a5b68", covers: &[] },
    Permission { name: POLICY_WRITE, id: "338163d7-f101-4c92-94ba-ca46fe52447c", covers: &[POLICY_READ] },
    Permission { name: LOOK_UP, id: "cac88765-0581-4025-9725-5ebc13f729ee", covers: &[] },
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

const TEMPLATES: Need = Need::For("templates");
const OPENING: Need = Need::For("opening, not for closing");
const WITHOUT_OWNER: Need = Need::Optional(
    "the join is asked for without a look at the owner's list: it may fail for a reason that the look would have \
     shown",
);
const WITHOUT_FORESIGHT: Need = Need::Optional(
    "the plan of a dry run does not foresee what the clean-up would write in that tenant, and says so",
);
const WITHOUT_LOOK_UP: Need = Need::Optional("a domain that the directory does not list counts as unknown");

const GET_ORGANIZATION: Call = get("/tenantRelationships/multiTenantOrganization");
const LIST_TENANTS: Call = get("/tenantRelationships/multiTenantOrganization/tenants");
const GET_JOIN_REQUEST: Call = get("/tenantRelationships/multiTenantOrganization/joinRequest");
const PATCH_TENANT: Call = patch("/tenantRelationships/multiTenantOrganization/tenants/{tenantId}");
const DELETE_TENANT: Call =
    Call { method: "DELETE", path: "/tenantRelationships/multiTenantOrganization/tenants/{tenantId}" };
const LIST_PARTNERS: Call = get("/policies/crossTenantAccessPolicy/partners");

const TEMPLATE_READS: &[Call] = &[
    get("/policies/crossTenantAccessPolicy/templates/multiTenantOrganizationPartnerConfiguration"),
    get("/policies/crossTenantAccessPolicy/templates/multiTenantOrganizationIdentitySynchronization"),
];
const TEMPLATE_WRITES: &[Call] = &[
    patch("/policies/crossTenantAccessPolicy/templates/multiTenantOrganizationPartnerConfiguration"),
    post(
        "/policies/crossTenantAccessPolicy/templates/multiTenantOrganizationPartnerConfiguration\
         /resetToDefaultSettings",
    ),
    patch("/policies/crossTenantAccessPolicy/templates/multiTenantOrganizationIdentitySynchronization"),
    post(
        "/policies/crossTenantAccessPolicy/templates/multiTenantOrganizationIdentitySynchronization\
         /resetToDefaultSettings",
    ),
];

/// Every call that the functions make, but those that synchronize users.
pub const GRANTS: &[Grant] = &[
    grant(Verb::Create, Side::Owner, MTO_READ, &[GET_ORGANIZATION, LIST_TENANTS, GET_JOIN_REQUEST]),
    grant(
        Verb::Create,
        Side::Owner,
        MTO_WRITE,
        &[
            Call { method: "PUT", path: "/tenantRelationships/multiTenantOrganization" },
            patch("/tenantRelationships/multiTenantOrganization"),
        ],
    ),
    grant(Verb::Create, Side::Owner, MTO_READ, TEMPLATE_READS).needed(TEMPLATES),
    grant(Verb::Create, Side::Owner, MTO_WRITE, TEMPLATE_WRITES).needed(TEMPLATES),
    look_up(Verb::Create),
    grant(Verb::Add, Side::Owner, MTO_READ, &[GET_ORGANIZATION, LIST_TENANTS]),
    grant(
        Verb::Add,
        Side::Owner,
        MTO_WRITE,
        &[post("/tenantRelationships/multiTenantOrganization/tenants"), PATCH_TENANT],
    ),
    look_up(Verb::Add),
    grant(Verb::Join, Side::Joining, MTO_READ, &[GET_ORGANIZATION, LIST_TENANTS, GET_JOIN_REQUEST]),
    grant(
        Verb::Join,
        Side::Joining,
        MTO_WRITE,
        &[patch("/tenantRelationships/multiTenantOrganization/joinRequest")],
    ),
    grant(Verb::Join, Side::Joining, MTO_READ, TEMPLATE_READS).needed(TEMPLATES),
    grant(Verb::Join, Side::Joining, MTO_WRITE, TEMPLATE_WRITES).needed(TEMPLATES),
    grant(
        Verb::Join,
        Side::Owner,
        MTO_READ,
        &[
            get("/tenantRelationships/multiTenantOrganization/tenants/{tenantId}"),
            GET_ORGANIZATION,
            LIST_TENANTS,
        ],
    )
    .needed(WITHOUT_OWNER),
    look_up(Verb::Join),
    grant(Verb::Leave, Side::Leaving, MTO_READ, &[GET_ORGANIZATION, LIST_TENANTS, GET_JOIN_REQUEST]),
    grant(Verb::Leave, Side::Leaving, MTO_WRITE, &[DELETE_TENANT]),
    grant(Verb::Leave, Side::Leaving, POLICY_READ, &[LIST_PARTNERS]).needed(WITHOUT_FORESIGHT),
    grant(Verb::Leave, Side::Owner, MTO_READ, &[GET_ORGANIZATION, LIST_TENANTS]),
    grant(Verb::Leave, Side::Owner, MTO_WRITE, &[DELETE_TENANT, PATCH_TENANT]),
    grant(Verb::Leave, Side::Owner, POLICY_READ, &[LIST_PARTNERS]).needed(WITHOUT_FORESIGHT),
    grant(Verb::Leave, Side::Member, POLICY_READ, &[LIST_PARTNERS]).needed(WITHOUT_FORESIGHT),
    look_up(Verb::Leave),
    grant(Verb::Sync, Side::Member, MTO_READ, &[GET_ORGANIZATION, LIST_TENANTS]).needed(OPENING),
    grant(Verb::Sync, Side::Member, POLICY_READ, &[LIST_PARTNERS]),
    grant(
        Verb::Sync,
        Side::Member,
        POLICY_WRITE,
        &[
            post("/policies/crossTenantAccessPolicy/partners"),
            patch("/policies/crossTenantAccessPolicy/partners/{tenantId}"),
            Call {
                method: "PUT",
                path: "/policies/crossTenantAccessPolicy/partners/{tenantId}/identitySynchronization",
            },
            patch("/policies/crossTenantAccessPolicy/partners/{tenantId}/identitySynchronization"),
        ],
    ),
    grant(Verb::Sync, Side::Member, MTO_READ, TEMPLATE_READS).needed(TEMPLATES),
    grant(Verb::Sync, Side::Member, MTO_WRITE, TEMPLATE_WRITES).needed(TEMPLATES),
    look_up(Verb::Sync),
];

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

/// Whether a segment is as the pattern says.
fn fits(pattern: &str, segment: &str) -> bool {
    match (pattern.split_once('{'), pattern.split_once('}')) {
        (Some((before, _)), Some((_, after))) => {
            let rest = segment.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
            rest.is_some_and(|rest| !rest.is_empty())
        }
        _ => pattern == segment,
    }
}

const fn get(path: &'static str) -> Call {
    Call { method: "GET", path }
}

const fn post(path: &'static str) -> Call {
    Call { method: "POST", path }
}

const fn patch(path: &'static str) -> Call {
    Call { method: "PATCH", path }
}

const fn grant(function: Verb, side: Side, permission: &'static str, calls: &'static [Call]) -> Grant {
    Grant { function, side, permission, need: Need::Always, calls }
}

const fn look_up(function: Verb) -> Grant {
    const CALLS: &[Call] =
        &[get("/tenantRelationships/findTenantInformationByDomainName(domainName='{domainName}')")];
    grant(function, Side::LookUp, LOOK_UP, CALLS).needed(WITHOUT_LOOK_UP)
}
