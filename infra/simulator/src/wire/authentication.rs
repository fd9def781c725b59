//! Who calls: the bearer token (8.1, 8.7).

use std::collections::BTreeSet;
use std::sync::Arc;

use uuid::Uuid;

use super::call::Call;
use super::errors::GraphError;
use crate::world::World;
use crate::world::audit::Actor;
use crate::world::tokens::Found;

/// An application in a tenant, as its token says; on behalf of a user where one signed in.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) tenant: Uuid,
    pub(crate) client: Uuid,
    pub(crate) permissions: Arc<BTreeSet<String>>,
    pub(crate) user: Option<Uuid>,
    /// The user's directory roles as they are now.
    pub(crate) user_roles: Option<BTreeSet<String>>,
}

impl Caller {
    /// Whose doing it is, for audit entries.
    pub(crate) fn actor(&self) -> Actor {
        self.user.map_or(Actor::Application(self.client), Actor::User)
    }

    pub(crate) fn has_one_of(&self, accepted: &[&str]) -> bool {
        accepted.iter().any(|name| self.permissions.contains(*name))
    }
}

pub(crate) fn caller(world: &World, call: &Call) -> Result<Caller, GraphError> {
    let invalid = |text: &str| GraphError::new(401, "InvalidAuthenticationToken", text);
    let bearer = call.authorization.as_deref().and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
    });
    let Some(bearer) = bearer.filter(|token| !token.is_empty()) else {
        return Err(invalid("Access token is empty."));
    };
    let token = match world.tokens.find(bearer) {
        Found::Valid(token) => token,
        Found::Expired => return Err(invalid("Lifetime validation failed, the token is expired.")),
        Found::Unknown => return Err(invalid("Access token validation failure. Invalid token.")),
    };
    let tenant =
        world.tenants.get(&token.tenant).filter(|tenant| tenant.application(token.client_id).is_some());
    let Some(tenant) = tenant else {
        let text = "The identity of the calling application could not be established.";
        return Err(GraphError::new(401, "Authorization_IdentityNotFound", text));
    };
    // what was consented to when the token was made, less what was taken away since
    let permissions = if tenant.denied.is_empty() {
        Arc::clone(&token.permissions)
    } else {
        Arc::new(token.permissions.difference(&tenant.denied).cloned().collect())
    };
    let user_roles = token.user.and_then(|user| tenant.sign_in(user)).map(|user| user.roles.clone());
    Ok(Caller { tenant: token.tenant, client: token.client_id, permissions, user: token.user, user_roles })
}
