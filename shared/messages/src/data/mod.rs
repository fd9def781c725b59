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

use crate::Verb;

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
}
