//! `/auditLogs/provisioning`

mod list;
mod model;

pub use list::ListProvisioningLog;
pub use model::{
    InitiatorType, ModifiedProperty, ProvisionedIdentity, ProvisioningAction, ProvisioningErrorCategory,
    ProvisioningErrorInfo, ProvisioningInitiator, ProvisioningObjectSummary, ProvisioningStatus,
    ProvisioningStatusInfo, ProvisioningStep, ProvisioningStepType, ProvisioningSystem,
};
