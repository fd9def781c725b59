//! `PATCH /applications/{id}`
//!
//! Update application.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::application_path;
use crate::endpoint::{DecodeError, Endpoint, decode_nothing};

/// Renames an application; its service principal keeps its own name. Answers 204.
///
/// For an application that the caller does not own: `Application.ReadWrite.All`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatchApplication {
    /// The object id, not the appId.
    pub id: Uuid,
    /// The new name.
    pub display_name: String,
}

impl Endpoint for PatchApplication {
    type Answer = ();
    const PERMISSION: &'static str = "Application.ReadWrite.OwnedBy";

    fn method(&self) -> Method {
        Method::PATCH
    }

    fn path(&self) -> String {
        application_path(self.id)
    }

    fn body(&self) -> Option<Value> {
        Some(json!({ "displayName": self.display_name }))
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_nothing(body)
    }
}
