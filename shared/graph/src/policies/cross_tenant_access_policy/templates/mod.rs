//! `/policies/crossTenantAccessPolicy/templates`: what a join writes into the partners of the calling tenant.
//!
//! Templates are applied at a join and only then: to all members in the newcomer's tenant, to the newcomer in each
//! member's tenant. A value of null leaves the partner's value alone.

pub mod identity_synchronization;
mod model;
pub mod partner_configuration;

pub use model::TemplateApplicationLevel;
