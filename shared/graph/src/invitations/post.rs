//! `POST /invitations`
//!
//! Create invitation.

use http::{Method, StatusCode};
use serde::Serialize;
use serde_json::Value;

use super::{Invitation, InvitedUser, InvitedUserMessageInfo};
use crate::endpoint::{DecodeError, Endpoint, decode_json};
use crate::users::UserType;
use crate::wire::to_body;

/// Invites somebody. Answers 201. At most 150 in 5 s and tenant; refused where invitations are switched off.
///
/// Higher: `User.ReadWrite.All`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PostInvitation {
    /// Refused when it holds one of ``~ ! # $ % ^ & * ( ) + = [ ] { } \\ / | ; : " < > ? ,``.
    pub invited_user_email_address: String,
    /// Where the invited land after accepting.
    pub invite_redirect_url: String,
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invited_user_display_name: Option<String>,
    /// `None` makes a guest; a member needs an administrator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invited_user_type: Option<UserType>,
    /// Whether Graph sends the mail; `None` is false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_invitation_message: Option<bool>,
    /// What the mail says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invited_user_message_info: Option<InvitedUserMessageInfo>,
    /// Whether a redeemed invitation begins anew; not available inside an organization, and needs the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reset_redemption: Option<bool>,
    /// The user whose redemption is reset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invited_user: Option<InvitedUser>,
}

impl Endpoint for PostInvitation {
    type Answer = Invitation;
    const PERMISSION: &'static str = "User.Invite.All";

    fn method(&self) -> Method {
        Method::POST
    }

    fn path(&self) -> String {
        "/invitations".to_owned()
    }

    fn body(&self) -> Option<Value> {
        Some(to_body(self))
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_json(body)
    }
}
