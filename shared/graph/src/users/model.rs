use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::wire::{Nullable, null_is_empty, open_enum, time_or_never};

open_enum! {
    /// What a user is to the tenant, wherever it comes from.
    UserType {
        /// One of us. From another tenant of the organization: a member of the organization.
        Member = "Member",
        /// A visitor.
        Guest = "Guest",
    }
}

open_enum! {
    /// How a user came to be; null for an internal work account.
    CreationType {
        /// Invited, or made by a synchronization.
        Invitation = "Invitation",
        /// A local account of a consumer directory.
        LocalAccount = "LocalAccount",
        /// Signed up for itself, with a verified address.
        EmailVerified = "EmailVerified",
        /// Signed up for itself, by a flow.
        SelfServiceSignUp = "SelfServiceSignUp",
    }
}

open_enum! {
    /// What became of an invitation; null for who was never invited.
    ExternalUserState {
        /// Not redeemed yet.
        PendingAcceptance = "PendingAcceptance",
        /// Redeemed.
        Accepted = "Accepted",
    }
}

/// `microsoft.graph.user`. What was not selected is `None` or empty, and so is what is null.
///
/// Without a selection the service answers `businessPhones`, `displayName`, `givenName`, `id`, `jobTitle`, `mail`,
/// `mobilePhone`, `officeLocation`, `preferredLanguage`, `surname` and `userPrincipalName`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The object id in this tenant; another one in every other.
    pub id: Uuid,
    /// The name.
    #[serde(default)]
    pub display_name: Option<String>,
    /// Of an external user `alias_domain.tld#EXT#@tenant.onmicrosoft.com`.
    #[serde(default)]
    pub user_principal_name: Option<String>,
    /// The address.
    #[serde(default)]
    pub mail: Option<String>,
    /// Of an external user `alias_domain.tld#EXT#`.
    #[serde(default)]
    pub mail_nickname: Option<String>,
    /// Further addresses.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub other_mails: Vec<String>,
    /// Every address, as `SMTP:a@b`.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub proxy_addresses: Vec<String>,
    /// Member or guest.
    #[serde(default)]
    pub user_type: Option<UserType>,
    /// How it came to be.
    #[serde(default)]
    pub creation_type: Option<CreationType>,
    /// What became of its invitation.
    #[serde(default)]
    pub external_user_state: Option<ExternalUserState>,
    /// Since when.
    #[serde(default, deserialize_with = "time_or_never")]
    pub external_user_state_change_date_time: Option<OffsetDateTime>,
    /// Whom it signs in with.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub identities: Vec<ObjectIdentity>,
    /// Whether it may sign in.
    #[serde(default)]
    pub account_enabled: Option<bool>,
    /// Whether address lists show it.
    #[serde(default)]
    pub show_in_address_list: Option<bool>,
    /// Text.
    #[serde(default)]
    pub company_name: Option<String>,
    /// Text.
    #[serde(default)]
    pub department: Option<String>,
    /// Text.
    #[serde(default)]
    pub job_title: Option<String>,
    /// Text.
    #[serde(default)]
    pub employee_id: Option<String>,
    /// When it was made.
    #[serde(default, deserialize_with = "time_or_never")]
    pub created_date_time: Option<OffsetDateTime>,
    /// When it was deleted; only of deleted users.
    #[serde(default, deserialize_with = "time_or_never")]
    pub deleted_date_time: Option<OffsetDateTime>,
}

impl User {
    /// Every property of this type, to select.
    pub const PROPERTIES: &[&str] = &[
        "id",
        "displayName",
        "userPrincipalName",
        "mail",
        "mailNickname",
        "otherMails",
        "proxyAddresses",
        "userType",
        "creationType",
        "externalUserState",
        "externalUserStateChangeDateTime",
        "identities",
        "accountEnabled",
        "showInAddressList",
        "companyName",
        "department",
        "jobTitle",
        "employeeId",
        "createdDateTime",
        "deletedDateTime",
    ];

    /// Whether its name says that it comes from elsewhere; `None` when the name was not selected.
    pub fn is_external(&self) -> Option<bool> {
        self.user_principal_name.as_ref().map(|name| name.to_ascii_uppercase().contains("#EXT#@"))
    }
}

/// `microsoft.graph.objectIdentity`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ObjectIdentity {
    /// Such as `federated`.
    pub sign_in_type: Option<String>,
    /// Before redemption a domain of this tenant, after it `ExternalAzureAD`, `MicrosoftAccount`, `mail` and others.
    pub issuer: Option<String>,
    /// The issuer's name of the user.
    pub issuer_assigned_id: Option<String>,
}

/// What to change in a user; `None` stays as it is, [`Nullable::Null`] is emptied.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserUpdate {
    /// Member or guest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_type: Option<UserType>,
    /// Whether it may sign in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_enabled: Option<bool>,
    /// Whether address lists show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub show_in_address_list: Option<Nullable<bool>>,
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company_name: Option<Nullable<String>>,
    /// Text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<Nullable<String>>,
    /// Text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job_title: Option<Nullable<String>>,
}
