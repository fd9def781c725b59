//! `/policies/crossTenantAccessPolicy`

mod model;
pub mod partners;
pub mod templates;

pub use model::{
    AccessType, AutomaticUserConsentSettings, B2bSetting, InboundTrust, Target, TargetConfiguration,
    TargetType, UserSyncInbound,
};
