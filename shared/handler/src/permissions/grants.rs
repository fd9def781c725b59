//! The table of [`GRANTS`].

use mto_messages::Verb;

use super::{
    APPLICATION_OWN, APPLICATION_READ, ASSIGN, Call, Grant, LOOK_UP, MEMBER_READ, MTO_READ, MTO_WRITE, Need,
    POLICY_READ, POLICY_WRITE, Side, USER_READ,
};

const TEMPLATES: Need = Need::For("templates");
const OPENING: Need = Need::For("opening, not for closing");
const WITHOUT_OWNER: Need = Need::Optional(
    "the join is asked for without a look at the owner's list: it may fail for a reason that the look would have \
     shown",
);
const WITHOUT_FORESIGHT: Need = Need::Optional(
    "the plan of a dry run does not foresee what the clean-up would write in that tenant, and says so",
);
const USERS: Need = Need::For(
    "`configure` with users or everyone in the scope (with groups alone, the number of new users is an estimate without \
     it)",
);
const GROUPS: Need = Need::For("`configure` with groups in the scope, before or after");
const WITHOUT_TARGETS_USERS: Need =
    Need::Optional("the number of new users is an estimate, and nobody is told of guests that stay guests");
const WITHOUT_LOOK_UP: Need = Need::Optional("a domain that the directory does not list counts as unknown");

const GET_ORGANIZATION: Call = get("/tenantRelationships/multiTenantOrganization");
const LIST_TENANTS: Call = get("/tenantRelationships/multiTenantOrganization/tenants");
const GET_JOIN_REQUEST: Call = get("/tenantRelationships/multiTenantOrganization/joinRequest");
const PATCH_TENANT: Call = patch("/tenantRelationships/multiTenantOrganization/tenants/{tenantId}");
const DELETE_TENANT: Call = delete("/tenantRelationships/multiTenantOrganization/tenants/{tenantId}");
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

/// What makes and changes a configuration: of one's own, as far as [`APPLICATION_OWN`] goes (reference 4A.3, 6.1).
const CONFIGURATION: &[Call] = &[
    post("/applicationTemplates/{templateId}/instantiate"),
    patch("/servicePrincipals/{id}"),
    delete("/applications(appId='{appId}')"),
    put("/servicePrincipals/{id}/synchronization/secrets"),
    get("/servicePrincipals/{id}/synchronization/jobs"),
    post("/servicePrincipals/{id}/synchronization/jobs"),
    post("/servicePrincipals/{id}/synchronization/jobs/validateCredentials"),
    post("/servicePrincipals/{id}/synchronization/jobs/{jobId}/start"),
    post("/servicePrincipals/{id}/synchronization/jobs/{jobId}/pause"),
    post("/servicePrincipals/{id}/synchronization/jobs/{jobId}/restart"),
    get("/servicePrincipals/{id}/synchronization/jobs/{jobId}/schema"),
    put("/servicePrincipals/{id}/synchronization/jobs/{jobId}/schema"),
];
const COUNT_USERS: Call = get("/users/$count");
const LIST_USERS: Call = get("/users");

/// Every call that the functions make.
pub const GRANTS: &[Grant] = &[
    grant(Verb::Create, Side::Owner, MTO_READ, &[GET_ORGANIZATION, LIST_TENANTS, GET_JOIN_REQUEST]),
    grant(
        Verb::Create,
        Side::Owner,
        MTO_WRITE,
        &[
            put("/tenantRelationships/multiTenantOrganization"),
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
    grant(
        Verb::Sync,
        Side::Member,
        POLICY_READ,
        &[LIST_PARTNERS, get("/policies/crossTenantAccessPolicy/partners/{tenantId}")],
    ),
    grant(
        Verb::Sync,
        Side::Member,
        POLICY_WRITE,
        &[
            post("/policies/crossTenantAccessPolicy/partners"),
            patch("/policies/crossTenantAccessPolicy/partners/{tenantId}"),
            put("/policies/crossTenantAccessPolicy/partners/{tenantId}/identitySynchronization"),
            patch("/policies/crossTenantAccessPolicy/partners/{tenantId}/identitySynchronization"),
        ],
    ),
    grant(Verb::Sync, Side::Member, MTO_READ, TEMPLATE_READS).needed(TEMPLATES),
    grant(Verb::Sync, Side::Member, MTO_WRITE, TEMPLATE_WRITES).needed(TEMPLATES),
    grant(
        Verb::Sync,
        Side::Source,
        APPLICATION_READ,
        &[get("/servicePrincipals"), get("/servicePrincipals/{id}/appRoleAssignedTo")],
    ),
    grant(Verb::Sync, Side::Source, APPLICATION_OWN, CONFIGURATION),
    grant(
        Verb::Sync,
        Side::Source,
        ASSIGN,
        &[
            post("/servicePrincipals/{id}/appRoleAssignedTo"),
            delete("/servicePrincipals/{id}/appRoleAssignedTo/{assignmentId}"),
        ],
    ),
    grant(Verb::Sync, Side::Source, USER_READ, &[COUNT_USERS, LIST_USERS, get("/users/{id}")]).needed(USERS),
    grant(
        Verb::Sync,
        Side::Source,
        MEMBER_READ,
        &[get("/groups/{id}/members/$count"), get("/groups/{id}/members/microsoft.graph.user")],
    )
    .needed(GROUPS),
    grant(Verb::Sync, Side::Target, USER_READ, &[COUNT_USERS, LIST_USERS]).needed(WITHOUT_TARGETS_USERS),
    look_up(Verb::Sync),
];

const fn get(path: &'static str) -> Call {
    Call { method: "GET", path }
}

const fn post(path: &'static str) -> Call {
    Call { method: "POST", path }
}

const fn put(path: &'static str) -> Call {
    Call { method: "PUT", path }
}

const fn delete(path: &'static str) -> Call {
    Call { method: "DELETE", path }
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
