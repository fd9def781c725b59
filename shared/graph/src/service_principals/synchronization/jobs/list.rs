//! `GET /servicePrincipals/{id}/synchronization/jobs`
//!
//! List synchronization jobs.

use http::{Method, StatusCode};
use uuid::Uuid;

use super::{SynchronizationJob, jobs_path};
use crate::endpoint::{DecodeError, Endpoint, Page, PagedEndpoint, decode_json};

/// Reads the jobs; a configuration between tenants has one.
///
/// For a service principal that the caller does not own: `Synchronization.Read.All`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListSynchronizationJobs {
    /// The object id of the service principal, not the appId.
    pub service_principal_id: Uuid,
}

impl Endpoint for ListSynchronizationJobs {
    type Answer = Page<SynchronizationJob>;
    const PERMISSION: &'static str = "Application.ReadWrite.OwnedBy";

    fn method(&self) -> Method {
        Method::GET
    }

    fn path(&self) -> String {
        jobs_path(self.service_principal_id)
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_json(body)
    }
}

impl PagedEndpoint for ListSynchronizationJobs {
    type Item = SynchronizationJob;
}
