//! `/auditLogs`

pub mod provisioning;
