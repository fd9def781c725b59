//! `GET /servicePrincipals/{id}/synchronization/jobs/{jobId}/schema/filterOperators`
//!
//! synchronizationSchema: filterOperators.

use http::{Method, StatusCode};
use uuid::Uuid;

use super::{FilterOperator, schema_path};
use crate::endpoint::{DecodeError, Endpoint, Page, PagedEndpoint, decode_json};

/// Reads which operators scope filters can use.
///
/// For a service principal that the caller does not own: `Synchronization.Read.All`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListFilterOperators {
    /// The object id of the service principal, not the appId.
    pub service_principal_id: Uuid,
    /// The id of the job, such as `Azure2Azure.…`.
    pub job_id: String,
}

impl Endpoint for ListFilterOperators {
    type Answer = Page<FilterOperator>;
    const PERMISSION: &'static str = "Application.ReadWrite.OwnedBy";

    fn method(&self) -> Method {
        Method::GET
    }

    fn path(&self) -> String {
        format!("{}/filterOperators", schema_path(self.service_principal_id, &self.job_id))
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_json(body)
    }
}

impl PagedEndpoint for ListFilterOperators {
    type Item = FilterOperator;
}
