//! The simulated service's own account of itself (`Simulator::state`), as far as it is shown. Looking costs no request
//! and disturbs nothing.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

/// Everything.
#[derive(Debug, Deserialize)]
pub(super) struct Dump {
    pub(super) tenants: Vec<Tenant>,
    pub(super) organizations: Vec<Organization>,
    pub(super) directories: Vec<Directory>,
}

/// A tenant with what it has set about others.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Tenant {
    #[serde(rename = "tenantId")]
    pub(super) id: Uuid,
    pub(super) join_request: Option<JoinRequest>,
    pub(super) partners: Vec<Partner>,
}

/// A join under way, or one that failed.
#[derive(Debug, Deserialize)]
pub(super) struct JoinRequest {
    pub(super) owner: Uuid,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) due: OffsetDateTime,
    /// Why it failed; null while it runs.
    pub(super) failed: Value,
}

/// A partner configuration, in Graph's names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Partner {
    pub(super) tenant_id: Uuid,
    configuration: Value,
    identity_synchronization: Value,
}

impl Partner {
    /// Invitations of the other tenant are redeemed by themselves here.
    pub(super) fn redeems_inbound(&self) -> bool {
        self.configuration["automaticUserConsentSettings"]["inboundAllowed"] == true
    }

    /// Invitations to the other tenant are redeemed by themselves there.
    pub(super) fn redeems_outbound(&self) -> bool {
        self.configuration["automaticUserConsentSettings"]["outboundAllowed"] == true
    }

    /// The other tenant may synchronize users into this one.
    pub(super) fn syncs_inbound(&self) -> bool {
        self.identity_synchronization["userSyncInbound"]["isSyncAllowed"] == true
    }
}

/// An organization, as its creator sees it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Organization {
    pub(super) key: Value,
    pub(super) display_name: Option<String>,
    pub(super) creator: Uuid,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) visible: OffsetDateTime,
    pub(super) tenants: Vec<Row>,
}

/// A row of its list.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row {
    pub(super) tenant_id: Uuid,
    pub(super) display_name: String,
    pub(super) role: String,
    pub(super) state: String,
    pub(super) change: Option<Change>,
}

/// A removal or a change of role under way.
#[derive(Debug, Deserialize)]
pub(super) struct Change {
    /// `"removal"`, or `{"role": …}`.
    pub(super) kind: Value,
}

/// The users of a tenant, and what synchronizes them.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Directory {
    pub(super) tenant_id: Uuid,
    pub(super) service_principals: Vec<Principal>,
}

/// An application's service principal; a synchronization configuration if it has a target.
#[derive(Debug, Deserialize)]
pub(super) struct Principal {
    pub(super) target: Option<Uuid>,
    pub(super) job: Option<Job>,
}

/// A synchronization job.
#[derive(Debug, Deserialize)]
pub(super) struct Job {
    pub(super) status: String,
    /// Users that it keeps in the target.
    pub(super) provisioned: u64,
    /// Whether its initial cycle has not ended yet.
    pub(super) initial: bool,
    /// Cycles that have begun.
    pub(super) cycles: u64,
    pub(super) quarantine: Option<String>,
    /// Users that fail, by code.
    pub(super) errors: BTreeMap<String, u64>,
}
