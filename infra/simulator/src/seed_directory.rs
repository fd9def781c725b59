//! Users and groups of a seed.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::seed::{SeedError, TenantSeed};
use crate::seed_check::bounded;

/// Most listed users of one tenant; more come from [`TenantSeed::generated_users`].
pub const MAX_USERS: usize = 10_000;
/// Most generated users of one tenant.
pub const MAX_GENERATED_USERS: u32 = 1_000_000;
/// Most groups of one tenant.
pub const MAX_GROUPS: usize = 1_000;

/// A user that exists already. What is left out follows from the name and the tenant's default domain.
///
/// ```
/// let user: entra_simulator::UserSeed = serde_json::from_str(r#"{"displayName":"Annie Adams"}"#)?;
/// assert_eq!(user.principal_name("contoso.example"), "annie.adams@contoso.example");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct UserSeed {
    /// The object id. Left out: one derived from the tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// The name.
    pub display_name: String,
    /// Left out: the name in lower case, with dots, at the default domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_principal_name: Option<String>,
    /// Left out: the user principal name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    /// `Member` (left out) or `Guest`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_type: Option<String>,
    /// Left out for internal users; `Invitation` makes an external one, the person being found by `mail`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creation_type: Option<String>,
    /// `PendingAcceptance` or `Accepted` (left out), of external users.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_user_state: Option<String>,
    /// Left out: true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_enabled: Option<bool>,
    /// Left out: shown for internal users, hidden for external ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub show_in_address_list: Option<bool>,
    /// The department.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// The job title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job_title: Option<String>,
    /// Left out: the first word of the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// Left out: the last word of the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub surname: Option<String>,
    /// Addresses such as `smtp:other@contoso.example`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub proxy_addresses: Vec<String>,
    /// Further mail addresses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_mails: Vec<String>,
    /// Signs in by text message, which cross-tenant synchronization skips (6.8).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sms_sign_in: bool,
    /// Mastered on premises: cannot be updated by synchronization (6.11).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub on_premises_sync_enabled: bool,
    /// `mail` and `showInAddressList` are managed in Exchange: cannot be updated (6.11).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub managed_in_exchange: bool,
    /// The manager's user principal name, of an earlier user of the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manager: Option<String>,
}

impl UserSeed {
    /// A user of nothing but a name.
    pub fn named(display_name: impl Into<String>) -> Self {
        Self { display_name: display_name.into(), ..Self::default() }
    }

    /// Whether it comes from elsewhere.
    pub fn is_external(&self) -> bool {
        self.creation_type.is_some()
    }

    /// The user principal name at `domain`.
    pub fn principal_name(&self, domain: &str) -> String {
        let words = self.display_name.to_lowercase();
        let words: Vec<&str> = words.split_whitespace().collect();
        self.user_principal_name.clone().unwrap_or_else(|| format!("{}@{domain}", words.join(".")))
    }
}

/// A security group that exists already.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct GroupSeed {
    /// The object id. Left out: one derived from the tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// The name, unique in the tenant.
    pub display_name: String,
    /// Direct members: user principal names, user ids, or names of earlier groups.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<String>,
    /// All generated users are members too.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub all_generated: bool,
}

pub(crate) fn check(at: &str, tenant: &TenantSeed) -> Result<(), SeedError> {
    bounded(&format!("{at}.users"), tenant.users.len(), MAX_USERS)?;
    bounded(&format!("{at}.groups"), tenant.groups.len(), MAX_GROUPS)?;
    if tenant.generated_users > MAX_GENERATED_USERS {
        let problem = format!("at most {MAX_GENERATED_USERS} are allowed");
        return Err(SeedError::new(format!("{at}.generatedUsers"), tenant.generated_users, problem));
    }
    let mut names = BTreeSet::new();
    for (index, user) in tenant.users.iter().enumerate() {
        let at = format!("{at}.users[{index}]");
        user_itself(&at, user)?;
        let name = user.principal_name(&tenant.default_domain).to_lowercase();
        if !user.is_external() && !names.insert(name.clone()) {
            let problem = "stands twice in this tenant; give userPrincipalName";
            return Err(SeedError::new(format!("{at}.userPrincipalName"), name, problem));
        }
    }
    let mut groups = BTreeSet::new();
    for (index, group) in tenant.groups.iter().enumerate() {
        let at = format!("{at}.groups[{index}].displayName");
        if group.display_name.trim().is_empty() || !groups.insert(&group.display_name) {
            return Err(SeedError::new(at, &group.display_name, "give each group a name of its own"));
        }
    }
    Ok(())
}

fn user_itself(at: &str, user: &UserSeed) -> Result<(), SeedError> {
    if user.display_name.trim().is_empty() {
        return Err(SeedError::new(format!("{at}.displayName"), "-", "give the user a name"));
    }
    if let Some(kind) = user.user_type.as_deref().filter(|kind| !["Member", "Guest"].contains(kind)) {
        return Err(SeedError::new(format!("{at}.userType"), kind, "is Member or Guest"));
    }
    if user.is_external() && user.mail.is_none() {
        return Err(SeedError::new(format!("{at}.mail"), "-", "an external user needs the person's mail"));
    }
    match user.external_user_state.as_deref() {
        None | Some("PendingAcceptance" | "Accepted") => Ok(()),
        Some(other) => {
            Err(SeedError::new(format!("{at}.externalUserState"), other, "is PendingAcceptance or Accepted"))
        }
    }
}

/// Users of the demo tenant with this index: the people of the seed documents' example, and some that are not
/// shared.
pub(crate) fn demo_users(index: usize) -> Vec<UserSeed> {
    let unshared = ["Alex Admin", "Nadia Novak", "Omar Ortiz"].into_iter();
    shared(index).iter().copied().chain(unshared).map(UserSeed::named).collect()
}

/// The demo tenant's group `Shared`.
pub(crate) fn demo_groups(index: usize, domain: &str) -> Vec<GroupSeed> {
    let members = shared(index).iter().map(|name| UserSeed::named(*name).principal_name(domain)).collect();
    vec![GroupSeed { display_name: "Shared".to_owned(), members, ..GroupSeed::default() }]
}

fn shared(index: usize) -> &'static [&'static str] {
    match index {
        0 => &["Annie Adams"],
        1 => &["Bob Baker", "Barbara Brown"],
        2 => &["Charlie Clark"],
        3 => &[],
        _ => &["Sam Shared"],
    }
}
