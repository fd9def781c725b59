//! `GET /applications/{id}`
//!
//! Get application.

use http::{Method, StatusCode};
use uuid::Uuid;

use super::{Application, application_path};
use crate::endpoint::{DecodeError, Endpoint, decode_json};

/// Reads one application; 404 when there is none, which can also be so shortly after it was made (unverified).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GetApplication {
    /// The object id, not the appId.
    pub id: Uuid,
}

impl Endpoint for GetApplication {
    type Answer = Application;
    const PERMISSION: &'static str = "Application.Read.All";

    fn method(&self) -> Method {
        Method::GET
    }

    fn path(&self) -> String {
        application_path(self.id)
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_json(body)
    }
}
