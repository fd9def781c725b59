//! Grant type `password` (ROPC): a user signs in and the token is delegated.
//!
//! The numbers of the errors are the service's as far as they are widely known, (unverified) in the reference.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::token::{Form, LoginError};
use crate::world::World;

/// Asked for beside permissions; there are no id tokens and no refresh tokens here.
const OPEN_ID_SCOPES: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// The user of the form, if name and password fit.
pub(super) fn user(world: &World, tenant: Uuid, form: &Form) -> Result<Uuid, LoginError> {
    let (name, password) = (form.required("username")?, form.required("password")?);
    let users = world.tenants.get(&tenant).map_or(&[][..], |tenant| &tenant.sign_ins);
    let Some(user) = users.iter().find(|user| user.user_principal_name.eq_ignore_ascii_case(name)) else {
        let text = format!("The user account {name} does not exist in the directory {tenant}.");
        return Err(LoginError::new(400, "invalid_grant", 50_034, text));
    };
    if user.password.expose() == password {
        return Ok(user.id);
    }
    let text = "Error validating credentials due to invalid username or password.";
    Err(LoginError::new(400, "invalid_grant", 50_126, text))
}

/// The delegated permissions of the application that are asked for: `.default` stands for all, others for
/// themselves with or without the resource before them. The rest is passed over, unless nothing remains.
pub(super) fn scopes(
    scope: &str,
    consented: &BTreeSet<String>,
    client: Uuid,
) -> Result<BTreeSet<String>, LoginError> {
    let mut granted = BTreeSet::new();
    for word in scope.split_whitespace().filter(|word| !OPEN_ID_SCOPES.contains(word)) {
        match word.rsplit('/').next().unwrap_or(word) {
            ".default" => granted.extend(consented.iter().cloned()),
            name => granted.extend(consented.iter().find(|known| known.eq_ignore_ascii_case(name)).cloned()),
        }
    }
    if granted.is_empty() {
        let text = format!(
            "The user or administrator has not consented to use the application with ID '{client}' for '{scope}'."
        );
        return Err(LoginError::new(400, "invalid_grant", 65_001, text));
    }
    Ok(granted)
}
