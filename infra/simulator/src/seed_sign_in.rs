//! Users that can sign in, as far as signing in goes.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::permissions::{DELEGATED_PERMISSIONS, DIRECTORY_ROLES};
use crate::seed::{ApplicationSeed, Secret, SeedError, TenantSeed};
use crate::seed_check::bounded;

/// Most users of one tenant that can sign in.
pub const MAX_SIGN_INS: usize = 100;

/// A user that can sign in with a password, and its directory roles (reference 4A.2).
///
/// ```
/// let seed: entra_simulator::SignInSeed = serde_json::from_str(
///     r#"{"userPrincipalName":"ada@contoso.example","password":"only-for-tests","roles":["Global Reader"]}"#)?;
/// assert_eq!(seed.roles, ["Global Reader"]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SignInSeed {
    /// The name before one of the tenant's domains; unique in the tenant, whatever the case.
    pub user_principal_name: String,
    /// The password.
    pub password: Secret,
    /// Names of directory roles, one of [`DIRECTORY_ROLES`](crate::DIRECTORY_ROLES).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
}

pub(crate) fn check(at: &str, tenant: &TenantSeed) -> Result<(), SeedError> {
    bounded(&format!("{at}.signIns"), tenant.sign_ins.len(), MAX_SIGN_INS)?;
    let mut names = BTreeSet::new();
    for (index, user) in tenant.sign_ins.iter().enumerate() {
        let at = format!("{at}.signIns[{index}]");
        let (field, name) = (format!("{at}.userPrincipalName"), &user.user_principal_name);
        let domains = || std::iter::once(&tenant.default_domain).chain(&tenant.domains);
        let verified = name.split_once('@').is_some_and(|(before, domain)| {
            !before.is_empty() && domains().any(|known| known.eq_ignore_ascii_case(domain))
        });
        if !verified {
            let problem = "is not a name, @ and one of the tenant's domains, as in ada@contoso.example";
            return Err(SeedError::new(field, name, problem));
        }
        if !names.insert(name.to_lowercase()) {
            return Err(SeedError::new(field, name, "stands twice in this tenant; merge the two"));
        }
        if user.password.expose().is_empty() {
            return Err(SeedError::new(format!("{at}.password"), "-", "is empty; give it characters"));
        }
        known(&format!("{at}.roles"), &user.roles, &DIRECTORY_ROLES.map(|(name, _)| name), "directory role")?;
    }
    Ok(())
}

pub(crate) fn check_delegated(at: &str, application: &ApplicationSeed) -> Result<(), SeedError> {
    let names = &application.delegated_permissions;
    known(&format!("{at}.delegatedPermissions"), names, &DELEGATED_PERMISSIONS, "delegated permission")
}

/// Every name is one of those.
pub(crate) fn known(field: &str, names: &[String], all: &[&str], what: &str) -> Result<(), SeedError> {
    match names.iter().find(|name| !all.contains(&name.as_str())) {
        Some(name) => {
            let problem = format!("is no known {what}; known are {}", all.join(", "));
            Err(SeedError::new(field, name, problem))
        }
        None => Ok(()),
    }
}
