//! Which permissions a token carries, and which the functions need.
//!
//! An application token of the Microsoft identity platform carries its permissions in the claim `roles` (Microsoft
//! identity platform, access token claims reference). Graph's tokens are not promised to be readable; where one is not,
//! nothing is said about it.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mto_handler::permissions::{GRANTS, Need, PERMISSIONS, Side, covers};
use mto_messages::Verb;

/// A permission that is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Missing {
    /// Its name.
    pub permission: &'static str,
    /// Whether the functions can do something without it.
    pub optional: bool,
}

/// The permissions in a token; none, if it cannot be read.
pub fn of(token: &str) -> Option<BTreeSet<String>> {
    let payload = token.split('.').nth(1)?;
    let payload = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&payload).ok()?;
    let roles = claims.get("roles").map_or(&[][..], |roles| roles.as_array().map_or(&[][..], Vec::as_slice));
    Some(roles.iter().filter_map(|role| role.as_str().map(str::to_owned)).collect())
}

/// What these functions need in a tenant and the token does not carry. Whether the tenant is ever a source or a target of
/// users is not known here: what only that needs counts as optional.
pub fn missing(functions: &[Verb], has: &BTreeSet<String>) -> BTreeSet<Missing> {
    let is_covered = |wanted: &str| has.iter().any(|role| role == wanted || covers(role, wanted));
    let grants = GRANTS.iter().filter(|grant| functions.contains(&grant.function));
    let mut missing: BTreeSet<Missing> = BTreeSet::new();
    for grant in grants {
        let is_certain = match grant.side {
            Side::Owner | Side::Joining | Side::Leaving | Side::Member => true,
            Side::Source | Side::Target | Side::LookUp => false,
        };
        let optional = !is_certain || grant.need != Need::Always;
        let beside = PERMISSIONS.iter().filter(|known| known.name == grant.permission);
        let all = beside.flat_map(|known| known.beside).copied().chain([grant.permission]);
        missing.extend(
            all.filter(|permission| !is_covered(permission))
                .map(|permission| Missing { permission, optional }),
        );
    }
    let needed: Vec<&str> = missing.iter().filter(|one| !one.optional).map(|one| one.permission).collect();
    missing.retain(|one| !one.optional || !needed.contains(&one.permission));
    missing
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(payload: &str) -> String {
        format!("e30.{}.signature", URL_SAFE_NO_PAD.encode(payload))
    }

    #[test]
    fn the_roles_of_a_readable_token_are_read_and_of_others_nothing_is_said() {
        let roles = of(&token(r#"{"roles":["Policy.Read.All","User.Read.All"]}"#)).unwrap();
        assert_eq!(
            roles.iter().map(String::as_str).collect::<Vec<_>>(),
            ["Policy.Read.All", "User.Read.All"]
        );
        assert_eq!(of(&token("{}")), Some(BTreeSet::new()), "no permission at all");
        assert_eq!(of("opaque"), None);
        assert_eq!(of("a.b.c"), None);
    }

    #[test]
    fn what_is_missing_is_told_once_and_a_wider_permission_covers() {
        let has = |roles: &[&str]| roles.iter().map(|role| (*role).to_owned()).collect::<BTreeSet<_>>();
        let names = |missing: BTreeSet<Missing>, optional: bool| {
            let names = missing.into_iter().filter(|one| one.optional == optional);
            names.map(|one| one.permission).collect::<Vec<_>>()
        };
        let join = missing(&[Verb::Join], &has(&[]));
        let mto = ["MultiTenantOrganization.Read.All", "MultiTenantOrganization.ReadWrite.All"];
        assert_eq!(names(join.clone(), false), mto);
        assert_eq!(names(join, true), ["CrossTenantInformation.ReadBasic.All"]);
        let join = missing(&[Verb::Join], &has(&["MultiTenantOrganization.ReadWrite.All"]));
        assert_eq!(names(join, false), [""; 0]);
        let sync = missing(&[Verb::Sync], &has(&["Policy.Read.All"]));
        assert_eq!(names(sync.clone(), false), ["Policy.ReadWrite.CrossTenantAccess"]);
        assert!(names(sync, true).contains(&"GroupMember.Read.All"));
    }
}
