//! `/policies`

pub mod cross_tenant_access_policy;
