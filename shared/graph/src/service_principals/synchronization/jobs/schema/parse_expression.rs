//! `POST /servicePrincipals/{id}/synchronization/jobs/{jobId}/schema/parseExpression`
//!
//! synchronizationSchema: parseExpression.

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{ParsedExpression, schema_path};
use crate::endpoint::{DecodeError, Endpoint, decode_json};

/// Parses an expression, and evaluates it when there is something to evaluate it with. Changes nothing. Answers 200, also
/// when the expression is wrong.
///
/// For a service principal that the caller does not own: `Synchronization.ReadWrite.All`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseExpression {
    /// The object id of the service principal, not the appId.
    pub service_principal_id: Uuid,
    /// The id of the job, such as `Azure2Azure.…`.
    pub job_id: String,
    /// The expression.
    pub expression: String,
    /// Attributes of an object, by name, to evaluate it with.
    pub test_input: Option<Map<String, Value>>,
}

impl Endpoint for ParseExpression {
    type Answer = ParsedExpression;
    const PERMISSION: &'static str = "Application.ReadWrite.OwnedBy";

    fn method(&self) -> Method {
        Method::POST
    }

    fn path(&self) -> String {
        format!("{}/parseExpression", schema_path(self.service_principal_id, &self.job_id))
    }

    fn body(&self) -> Option<Value> {
        let mut body = json!({ "expression": self.expression });
        if let Some(attributes) = &self.test_input {
            let properties: Vec<Value> =
                attributes.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
            body["testInputObject"] = json!({ "properties": properties });
        }
        Some(body)
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_json(body)
    }
}
