//! What a test may ask of the simulator besides Graph: scripted changes, the request log, counters.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A change to the service that no client can make: the test hooks, also `POST /_control/change`.
///
/// JSON names the variant in `kind`, camelCase:
///
/// ```
/// use entra_simulator::Change;
/// let change: Change = serde_json::from_str(
///     r#"{"kind":"failJoins","tenant":"11111111-0000-4000-8000-000000000001","count":2}"#)?;
/// assert!(matches!(change, Change::FailJoins { count: 2, .. }));
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// In process, a change about a tenant that the simulator does not hold has no effect; over HTTP it is a 400.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", deny_unknown_fields, rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Change {
    /// The next `count` joins of the tenant end as failed, whatever their circumstances.
    FailJoins {
        /// The joining tenant.
        tenant: Uuid,
        /// How many.
        count: u32,
    },
    /// Joins of the tenant that are asked for from now on take this long; none: the option again.
    JoinDuration {
        /// The joining tenant.
        tenant: Uuid,
        /// From PATCH joinRequest to the end.
        seconds: Option<u64>,
    },
    /// Removals of the tenant's row that are asked for from now on take this long; none: the option again.
    RemovalDuration {
        /// The tenant to be removed.
        tenant: Uuid,
        /// From DELETE to the row being gone.
        seconds: Option<u64>,
    },
    /// The next `count` Graph requests (parts of a batch count singly) are answered 429.
    Throttle {
        /// Only this tenant's requests; none: everybody's.
        #[serde(default)]
        tenant: Option<Uuid>,
        /// How many.
        count: u32,
        /// The `Retry-After`; none: the header is left out.
        retry_after_seconds: Option<u64>,
    },
    /// The next `count` Graph requests are answered 503, or 504 after they took effect.
    ServerErrors {
        /// Only this tenant's requests; none: everybody's.
        #[serde(default)]
        tenant: Option<Uuid>,
        /// How many.
        count: u32,
        /// Whether the request is carried out first (504) or not at all (503).
        #[serde(default)]
        after_effect: bool,
        /// Only requests that write.
        #[serde(default)]
        writes_only: bool,
    },
    /// The next `count` GETs of the tenant are answered with what the same GET answered last, where it was
    /// asked before.
    StaleReads {
        /// The reading tenant.
        tenant: Uuid,
        /// How many.
        count: u32,
    },
    /// All credentials of the tenant's applications are refused (or no longer).
    BreakCredential {
        /// The tenant.
        tenant: Uuid,
        /// Whether they are refused.
        broken: bool,
    },
    /// The permission no longer counts in the tenant, in tokens handed out already too.
    DenyPermission {
        /// The tenant.
        tenant: Uuid,
        /// The permission's name.
        permission: String,
    },
    /// Consents to the permission for all applications of the tenant. Only new tokens carry it, as with the
    /// service.
    GrantPermission {
        /// The tenant.
        tenant: Uuid,
        /// The permission's name.
        permission: String,
    },
    /// Tokens handed out for the tenant are no longer accepted.
    RevokeTokens {
        /// The tenant.
        tenant: Uuid,
    },
    /// Sets the tenant's number of internal users.
    InternalUsers {
        /// The tenant.
        tenant: Uuid,
        /// The number.
        count: u32,
    },
    /// The person behind an external user accepts the invitation (7.1).
    Redeem {
        /// The tenant that holds the external user.
        tenant: Uuid,
        /// The external user's id there.
        user: Uuid,
    },
    /// Whether the tenant lets guests be invited (6.11 `AzureActiveDirectoryForbidden`).
    Invitations {
        /// The tenant.
        tenant: Uuid,
        /// Whether they may be invited.
        allowed: bool,
    },
    /// Most users of the tenant, deleted ones included (6.11 `AzureActiveDirectoryQuotaLimitExceeded`).
    Quota {
        /// The tenant.
        tenant: Uuid,
        /// The number; none: no limit.
        users: Option<u32>,
    },
    /// Whether the tenant has Entra ID P1 or P2.
    Premium {
        /// The tenant.
        tenant: Uuid,
        /// Whether it has.
        premium: bool,
    },
    /// Forgets scripted throttling, server errors, stale reads and failing joins.
    NoFaults,
}

impl Change {
    /// The tenant it is about.
    pub fn tenant(&self) -> Option<Uuid> {
        match self {
            Self::FailJoins { tenant, .. }
            | Self::JoinDuration { tenant, .. }
            | Self::RemovalDuration { tenant, .. }
            | Self::StaleReads { tenant, .. }
            | Self::BreakCredential { tenant, .. }
            | Self::DenyPermission { tenant, .. }
            | Self::GrantPermission { tenant, .. }
            | Self::RevokeTokens { tenant }
            | Self::Redeem { tenant, .. }
            | Self::Invitations { tenant, .. }
            | Self::Quota { tenant, .. }
            | Self::Premium { tenant, .. }
            | Self::InternalUsers { tenant, .. } => Some(*tenant),
            Self::Throttle { tenant, .. } | Self::ServerErrors { tenant, .. } => *tenant,
            Self::NoFaults => None,
        }
    }
}

/// One answered request, never with bodies or credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestLine {
    /// When it came, RFC 3339.
    pub time: String,
    /// The tenant of the token (or of the token endpoint's address); none where there was no valid token.
    pub tenant: Option<Uuid>,
    /// The HTTP method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The `request-id` of the answer.
    pub request_id: Uuid,
    /// The caller's `client-request-id`.
    pub client_request_id: Option<String>,
    /// Whether it was a part of a `$batch`.
    pub in_batch: bool,
}

/// How many requests were answered since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counters {
    /// Requests to Graph, parts of a batch singly and the `$batch` call itself not.
    pub graph_requests: u64,
    /// Calls of `$batch`.
    pub batch_calls: u64,
    /// Calls of the token endpoint.
    pub token_requests: u64,
    /// Graph requests (or parts) that were answered 429.
    pub throttled: u64,
}
