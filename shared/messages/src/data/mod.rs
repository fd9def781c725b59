//! What each verb's command carries in `data`.

mod create_add_join;
mod leave_sync;
mod templates;

pub use create_add_join::{AddData, CreateData, JoinData, JoinWish, NewTenant, Role, SyncWish, Then};
pub use leave_sync::{
    Cleanup, Confirm, LeaveData, LeaveMode, Scope, SyncAction, SyncData, SyncTargets, UserType,
};
pub use templates::{
    ApplicationLevel, AutomaticUserConsentSettings, IdentitySynchronizationTemplate, InboundTrust,
    PartnerConfigurationTemplate, TemplateValues, Templates, UserSyncInbound,
};

use crate::{TenantRef, Verb};

/// The `data` of a command, by verb.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandData {
    /// `mto.create.v1`
    Create(CreateData),
    /// `mto.add.v1`
    Add(AddData),
    /// `mto.join.v1`
    Join(JoinData),
    /// `mto.leave.v1`
    Leave(LeaveData),
    /// `mto.sync.v1`
    Sync(SyncData),
}

impl CommandData {
    /// The verb this data belongs to.
    pub fn verb(&self) -> Verb {
        match self {
            Self::Create(_) => Verb::Create,
            Self::Add(_) => Verb::Add,
            Self::Join(_) => Verb::Join,
            Self::Leave(_) => Verb::Leave,
            Self::Sync(_) => Verb::Sync,
        }
    }

    /// Every tenant the command names, with the path of its field.
    pub fn tenants(&self) -> Vec<(String, &TenantRef)> {
        let field = |name: &str| format!("data.{name}");
        match self {
            Self::Create(data) => {
                [(field("owner"), &data.owner)].into_iter().chain(new_tenants(&data.tenants)).collect()
            }
            Self::Add(data) => {
                [(field("owner"), &data.owner)].into_iter().chain(new_tenants(&data.tenants)).collect()
            }
            Self::Join(data) => vec![(field("tenant"), &data.tenant), (field("owner"), &data.owner)],
            Self::Leave(data) => {
                let confirmed = data.confirm.iter().map(|confirm| (field("confirm.tenant"), &confirm.tenant));
                [(field("tenant"), &data.tenant), (field("owner"), &data.owner)]
                    .into_iter()
                    .chain(confirmed)
                    .collect()
            }
            Self::Sync(data) => {
                let targets = match &data.targets {
                    Some(SyncTargets::Tenants(tenants)) => tenants.as_slice(),
                    Some(SyncTargets::All) | None => &[],
                };
                let targets =
                    targets.iter().enumerate().map(|(index, t)| (format!("data.targets[{index}]"), t));
                let source = data.source.iter().map(|tenant| (field("source"), tenant));
                let owner = data.owner.iter().map(|tenant| (field("owner"), tenant));
                let confirmed = data.confirm.iter().map(|confirm| (field("confirm.tenant"), &confirm.tenant));
                source.chain(owner).chain(targets).chain(confirmed).collect()
            }
        }
    }

    /// Whether it only asks for the plan.
    pub fn dry_run(&self) -> bool {
        match self {
            Self::Create(data) => data.dry_run,
            Self::Add(data) => data.dry_run,
            Self::Join(data) => data.dry_run,
            Self::Leave(data) => data.dry_run,
            Self::Sync(data) => data.dry_run,
        }
    }
}

fn new_tenants(tenants: &[NewTenant]) -> impl Iterator<Item = (String, &TenantRef)> {
    tenants.iter().enumerate().map(|(index, new)| (format!("data.tenants[{index}].tenant"), &new.tenant))
}
