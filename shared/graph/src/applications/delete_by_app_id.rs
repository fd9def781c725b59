//! `DELETE /applications(appId='{appId}')`
//!
//! Delete application, by its alternate key.

use http::{Method, StatusCode};
use uuid::Uuid;

use crate::endpoint::{DecodeError, Endpoint, decode_nothing};

/// Deletes an application, and with it its service principal, for 30 days restorable. Answers 204.
///
/// For an application that the caller does not own: `Application.ReadWrite.All`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteApplicationByAppId {
    /// The client id.
    pub app_id: Uuid,
}

impl Endpoint for DeleteApplicationByAppId {
    type Answer = ();
    const PERMISSION: &'static str = "Application.ReadWrite.OwnedBy";

    fn method(&self) -> Method {
        Method::DELETE
    }

    fn path(&self) -> String {
        format!("/applications(appId='{}')", self.app_id)
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_nothing(body)
    }
}
