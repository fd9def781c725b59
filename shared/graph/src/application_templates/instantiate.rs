//! `POST /applicationTemplates/{id}/instantiate`
//!
//! applicationTemplate: instantiate.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::ApplicationServicePrincipal;
use crate::endpoint::{DecodeError, Endpoint, decode_json};

/// Makes an application and its service principal from a template of the gallery. Answers 201; either of them can be
/// unknown for a while after that (unverified).
///
/// Higher: `Application.ReadWrite.All`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstantiateApplicationTemplate {
    /// Such as [`CROSS_TENANT_SYNCHRONIZATION`](super::CROSS_TENANT_SYNCHRONIZATION).
    pub template_id: Uuid,
    /// The name of both.
    pub display_name: String,
}

impl Endpoint for InstantiateApplicationTemplate {
    type Answer = ApplicationServicePrincipal;
    const PERMISSION: &'static str = "Application.ReadWrite.OwnedBy";

    fn method(&self) -> Method {
        Method::POST
    }

    fn path(&self) -> String {
        format!("/applicationTemplates/{}/instantiate", self.template_id)
    }

    fn body(&self) -> Option<Value> {
        Some(json!({ "displayName": self.display_name }))
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_json(body)
    }
}
