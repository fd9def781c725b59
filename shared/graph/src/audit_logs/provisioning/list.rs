//! `GET /auditLogs/provisioning`
//!
//! List provisioningObjectSummary.

use http::{Method, StatusCode};

use super::ProvisioningObjectSummary;
use crate::endpoint::{DecodeError, Endpoint, Page, PagedEndpoint, decode_json};
use crate::query::{Filter, Query};

/// Reads what synchronizations did to which object, newest first (unverified). Kept for 30 days, 7 without premium;
/// at most 5 requests in 10 s. `ProvisioningLog.Read.All` is enough as well.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListProvisioningLog {
    /// Such as by `jobId`, `activityDateTime`; `None` for all.
    pub filter: Option<Filter>,
    /// Items a page, 1 to 999; `None` for the service's own choice.
    pub top: Option<u16>,
}

impl Endpoint for ListProvisioningLog {
    type Answer = Page<ProvisioningObjectSummary>;
    const PERMISSION: &'static str = "AuditLog.Read.All";

    fn method(&self) -> Method {
        Method::GET
    }

    fn path(&self) -> String {
        Query::default().filter(self.filter.as_ref()).top(self.top).of("/auditLogs/provisioning")
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_json(body)
    }
}

impl PagedEndpoint for ListProvisioningLog {
    type Item = ProvisioningObjectSummary;
}
