use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::users::UserType;
use crate::wire::{null_is_default, null_is_empty, open_enum};

open_enum! {
    /// How far an invitation is.
    InvitationStatus {
        /// Not redeemed yet.
        PendingAcceptance = "PendingAcceptance",
        /// Redeemed.
        Completed = "Completed",
        /// Being made.
        InProgress = "InProgress",
        /// Failed.
        Error = "Error",
    }
}

/// `microsoft.graph.invitation`, as it is answered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    /// The key.
    #[serde(default)]
    pub id: Option<String>,
    /// Where the invited accepts.
    #[serde(default)]
    pub invite_redeem_url: Option<String>,
    /// The name.
    #[serde(default)]
    pub invited_user_display_name: Option<String>,
    /// Member or guest.
    #[serde(default)]
    pub invited_user_type: Option<UserType>,
    /// The address.
    #[serde(default)]
    pub invited_user_email_address: Option<String>,
    /// Whether Graph sent the mail.
    #[serde(default)]
    pub send_invitation_message: Option<bool>,
    /// Whether the redemption began anew.
    #[serde(default)]
    pub reset_redemption: Option<bool>,
    /// Where the invited land after accepting.
    #[serde(default)]
    pub invite_redirect_url: Option<String>,
    /// How far it is.
    #[serde(default)]
    pub status: Option<InvitationStatus>,
    /// What the mail said.
    #[serde(default)]
    pub invited_user_message_info: Option<InvitedUserMessageInfo>,
    /// The user that was made.
    #[serde(default)]
    pub invited_user: Option<InvitedUser>,
}

/// The user of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitedUser {
    /// The object id in this tenant.
    pub id: Uuid,
}

/// `microsoft.graph.invitedUserMessageInfo`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InvitedUserMessageInfo {
    /// Who gets a copy; nobody shows as one entry with null name and address.
    #[serde(deserialize_with = "null_is_empty", skip_serializing_if = "Vec::is_empty")]
    pub cc_recipients: Vec<Recipient>,
    /// The text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customized_message_body: Option<String>,
    /// Such as `en-US`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_language: Option<String>,
}

/// `microsoft.graph.recipient`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Recipient {
    /// Who.
    #[serde(deserialize_with = "null_is_default")]
    pub email_address: EmailAddress,
}

/// `microsoft.graph.emailAddress`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EmailAddress {
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}
