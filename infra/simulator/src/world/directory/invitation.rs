//! Invitations and their redemption (7.1).

use std::sync::Arc;

use serde_json::json;
use uuid::Uuid;

use super::user::{Base, Home, Origin, User, Values};
use super::{bare, edit, external_nickname, seconds};
use crate::world::{Refusal, Tenant, World};

/// What POST /invitations asks for.
#[derive(Debug)]
pub(crate) struct Invitation {
    pub(crate) address: String,
    pub(crate) display_name: Option<String>,
    pub(crate) member: bool,
    /// The user whose redemption is reset.
    pub(crate) reset: Option<Uuid>,
}

/// Characters no address to invite may hold (7.1).
const REFUSED: &str = "~!#$%^&*()+=[]{}\\/|;:\"<>?,";

/// Whether somebody can be invited at the address.
pub(crate) fn is_invitable(address: &str) -> bool {
    let parts = address.split_once('@');
    parts.is_some_and(|(local, domain)| {
        !local.is_empty()
            && domain.contains('.')
            && !domain.contains('@')
            && !address.contains(char::is_whitespace)
    }) && !address.chars().any(|letter| REFUSED.contains(letter))
}

impl World {
    /// The internal user of any tenant that an address belongs to.
    pub(crate) fn person(&self, address: &str) -> Option<(Uuid, Home)> {
        let address = bare(address);
        let tenant = self.domain_owner(&address)?;
        let internal = |number: &u32| tenant.directory.user(*number).is_some_and(|user| !user.is_external());
        let number = tenant.directory.holders(&address).into_iter().find(internal)?;
        Some((tenant.tenant_id, Home { tenant: tenant.number, number }))
    }

    fn domain_owner(&self, address: &str) -> Option<&Tenant> {
        let (_, domain) = address.split_once('@')?;
        self.tenants.values().find(|tenant| tenant.has_domain(domain))
    }

    /// Makes an external user, or finds the one there is; gives its number.
    pub(crate) fn invite(&mut self, host: Uuid, invitation: &Invitation) -> Result<u32, Refusal> {
        if !is_invitable(&invitation.address) {
            return Err(Refusal::Bad("The invited user email address is invalid.".to_owned())); // (unverified)
        }
        let person = self.person(&invitation.address);
        if person.is_some_and(|(tenant, _)| tenant == host) {
            let text = "The invited user already exists in the directory as object type 'User'.";
            return Err(Refusal::Bad(text.to_owned())); // (unverified)
        }
        let fellow = person.is_some_and(|(tenant, _)| self.fellows(host, tenant));
        let now = seconds(self.now);
        let home_tenant = self.domain_owner(&invitation.address).map(|tenant| tenant.number);
        let directory = &mut self.tenant_mut(host)?.directory;
        if !directory.invitations_allowed {
            return Err(Refusal::Denied); // (unverified) the code where invitations are switched off
        }
        if let Some(id) = invitation.reset {
            if fellow {
                // not available inside an organization (7.1); the text is (unverified)
                let text = "Redemption cannot be reset inside a multi-tenant organization.";
                return Err(Refusal::Bad(text.to_owned()));
            }
            let number = directory.user_number(id).ok_or_else(|| Refusal::Unknown(id.to_string()))?;
            set_accepted(directory, number, false, now);
            return Ok(number);
        }
        let home = person.map(|(_, home)| home);
        let known = home.and_then(|home| directory.external(home));
        let known = known.or_else(|| directory.holders(&invitation.address).first().copied());
        let known = known.or_else(|| provisioned(directory, home_tenant?, &invitation.address));
        let known = known.filter(|number| directory.user(*number).is_some_and(User::is_active));
        let number = match known {
            Some(number) => number,
            None => directory.add(invited(directory, invitation, home, now)).ok_or_else(edit::full)?,
        };
        self.note_change(host, "Invite external user", &invitation.address);
        Ok(number)
    }

    /// The invited person signs in for the first time.
    pub(crate) fn redeem(&mut self, host: Uuid, user: Uuid) {
        let now = seconds(self.now);
        let Ok(tenant) = self.tenant_mut(host) else { return };
        if let Some(number) = tenant.directory.user_number(user) {
            set_accepted(&mut tenant.directory, number, true, now);
            self.note_change(host, "Redeem external user invite", user);
        }
    }
}

/// A synchronized user with the address whose person is gone at home; their addresses are in no index.
fn provisioned(directory: &super::Directory, home_tenant: u16, address: &str) -> Option<u32> {
    let holds = |user: &User| user.base.mail().is_some_and(|mail| mail.eq_ignore_ascii_case(address));
    let from_there = |user: &User| user.home.is_some_and(|home| home.tenant == home_tenant);
    let found = directory.numbered().find(|(_, user)| user.is_active() && from_there(user) && holds(user));
    found.map(|(number, _)| number)
}

fn set_accepted(directory: &mut super::Directory, number: u32, accepted: bool, now: u32) {
    if let Some(user) = directory.changed(number).filter(|user| user.is_external()) {
        user.accepted = accepted;
        user.state_changed_at = now;
    }
}

fn invited(directory: &super::Directory, invitation: &Invitation, home: Option<Home>, now: u32) -> User {
    let mail = &invitation.address;
    let local = mail.split('@').next().unwrap_or_default();
    let values = [
        ("displayName", json!(invitation.display_name.as_deref().unwrap_or(local))),
        ("mail", json!(mail)),
        ("userPrincipalName", json!(directory.external_name(mail))),
        ("mailNickname", json!(external_nickname(mail))),
        ("proxyAddresses", json!([format!("SMTP:{mail}")])),
        ("otherMails", json!([mail])),
        ("businessPhones", json!([])),
    ];
    let values: Values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let mut user = User::internal(Base::Written(Arc::new(values)), now);
    user.origin = Origin::Invited;
    user.home = home;
    user.member = invitation.member;
    user.accepted = false;
    user
}
