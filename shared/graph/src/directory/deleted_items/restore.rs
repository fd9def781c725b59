//! `POST /directory/deletedItems/{id}/restore`
//!
//! Restore deleted directory object item.

use http::{Method, StatusCode};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::item_path;
use crate::endpoint::{DecodeError, Endpoint, decode_json};
use crate::users::User;
use crate::wire::to_body;

/// Restores a deleted user. Answers 200 with the user.
///
/// Higher: `User.ReadWrite.All`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RestoreDeletedUser {
    /// The object id, the same as before.
    #[serde(skip)]
    pub id: Uuid,
    /// Whether addresses that somebody else has got meanwhile are given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_reconcile_proxy_conflict: Option<bool>,
    /// Another name, if somebody else has got the old one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_user_principal_name: Option<String>,
}

impl RestoreDeletedUser {
    /// As it was.
    pub fn plainly(id: Uuid) -> Self {
        Self { id, auto_reconcile_proxy_conflict: None, new_user_principal_name: None }
    }
}

impl Endpoint for RestoreDeletedUser {
    type Answer = User;
    const PERMISSION: &'static str = "User.DeleteRestore.All";

    fn method(&self) -> Method {
        Method::POST
    }

    fn path(&self) -> String {
        format!("{}/restore", item_path(self.id))
    }

    fn body(&self) -> Option<Value> {
        let is_plain = self.auto_reconcile_proxy_conflict.is_none() && self.new_user_principal_name.is_none();
        (!is_plain).then(|| to_body(self))
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_json(body)
    }
}
