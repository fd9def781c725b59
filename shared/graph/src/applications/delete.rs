//! `DELETE /applications/{id}`
//!
//! Delete application.

use http::{Method, StatusCode};
use uuid::Uuid;

use super::application_path;
use crate::endpoint::{DecodeError, Endpoint, decode_nothing};

/// Deletes an application, for 30 days restorable. Answers 204.
///
/// For an application that the caller does not own: `Application.ReadWrite.All`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteApplication {
    /// The object id, not the appId.
    pub id: Uuid,
}

impl Endpoint for DeleteApplication {
    type Answer = ();
    const PERMISSION: &'static str = "Application.ReadWrite.OwnedBy";

    fn method(&self) -> Method {
        Method::DELETE
    }

    fn path(&self) -> String {
        application_path(self.id)
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_nothing(body)
    }
}
