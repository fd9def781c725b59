//! `GET /servicePrincipals/{id}/synchronization/templates`
//!
//! List synchronizationTemplates.

use http::{Method, StatusCode};
use uuid::Uuid;

use super::super::synchronization_path;
use super::SynchronizationTemplate;
use crate::endpoint::{DecodeError, Endpoint, Page, PagedEndpoint, decode_json};

/// Reads what kinds of jobs the service principal can have. `Azure2Azure` has to be among them.
///
/// For a service principal that the caller does not own: `Synchronization.Read.All`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListSynchronizationTemplates {
    /// The object id of the service principal, not the appId.
    pub service_principal_id: Uuid,
}

impl Endpoint for ListSynchronizationTemplates {
    type Answer = Page<SynchronizationTemplate>;
    const PERMISSION: &'static str = "Application.ReadWrite.OwnedBy";

    fn method(&self) -> Method {
        Method::GET
    }

    fn path(&self) -> String {
        format!("{}/templates", synchronization_path(self.service_principal_id))
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_json(body)
    }
}

impl PagedEndpoint for ListSynchronizationTemplates {
    type Item = SynchronizationTemplate;
}
