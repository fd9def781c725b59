//! Users are made, changed, deleted and restored through Graph.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::user::{Base, Extra, LISTS, Life, TEXTS, User, Values};
use super::{Directory, seconds};
use crate::world::audit::{Activity, Entry};
use crate::world::{Refusal, World};

/// Writable flags.
const FLAGS: [&str; 2] = ["accountEnabled", "showInAddressList"];
/// Accepted and kept nowhere.
const IGNORED: [&str; 2] = ["passwordProfile", "passwordPolicies"];

fn invalid(name: &str) -> Refusal {
    Refusal::Bad(format!("Invalid value specified for property '{name}' of resource 'User'."))
}

fn same_name() -> Refusal {
    Refusal::Bad(
        "Another object with the same value for property userPrincipalName already exists.".to_owned(),
    )
}

/// Checks names and types of a user's properties.
fn check(body: &Map<String, Value>) -> Result<(), Refusal> {
    for (name, value) in body {
        let name = name.as_str();
        let ok = if TEXTS.contains(&name) {
            value.is_null() || value.is_string()
        } else if LISTS.contains(&name) {
            value.as_array().is_some_and(|items| items.iter().all(Value::is_string))
        } else if FLAGS.contains(&name) {
            value.is_boolean() || value.is_null() && name == "showInAddressList"
        } else if name == "userType" {
            matches!(value.as_str(), Some("Member" | "Guest"))
        } else if IGNORED.contains(&name) {
            true
        } else {
            return Err(crate::world::properties::invalid_property(name));
        };
        if !ok {
            return Err(invalid(name));
        }
    }
    Ok(())
}

fn attributes(body: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    body.iter().filter(|(name, _)| TEXTS.contains(&name.as_str()) || LISTS.contains(&name.as_str()))
}

impl User {
    fn set_flags(&mut self, body: &Map<String, Value>, now: super::user::Seconds) {
        if let Some(enabled) = body.get("accountEnabled").and_then(Value::as_bool) {
            self.enabled = enabled;
        }
        if let Some(shown) = body.get("showInAddressList") {
            self.shown = shown.as_bool();
            self.shown_at = now;
        }
        if let Some(kind) = body.get("userType").and_then(Value::as_str) {
            self.member = kind == "Member";
        }
    }

    fn set_attributes(&mut self, body: &Map<String, Value>) {
        if self.rules.is_some() {
            let extra: &mut Extra = self.extra_mut();
            extra.values.extend(attributes(body).map(|(name, value)| (name.clone(), value.clone())));
            return;
        }
        let mut values = self.base.written();
        for (name, value) in attributes(body) {
            if value.is_null() {
                values.remove(name);
            } else {
                values.insert(name.clone(), value.clone());
            }
        }
        self.base = Base::Written(Arc::new(values));
    }
}

impl Directory {
    /// A user by id or user principal name, as paths name one.
    pub(crate) fn named(&self, text: &str) -> Option<u32> {
        let by_id = Uuid::parse_str(text).ok().and_then(|id| self.user_number(id));
        by_id.or_else(|| self.by_name(text)).filter(|number| self.user(*number).is_some_and(User::is_active))
    }

    pub(crate) fn by_name(&self, name: &str) -> Option<u32> {
        let is_named =
            |user: &User| user.text("userPrincipalName").is_some_and(|own| own.eq_ignore_ascii_case(name));
        let held = self.holders(name).into_iter().find(|number| self.user(*number).is_some_and(is_named));
        if held.is_some() || !name.contains("#EXT#") {
            return held;
        }
        let found = self.numbered().find(|(number, user)| {
            user.is_active()
                && user.rules.is_some()
                && self
                    .value(*number, "userPrincipalName")
                    .as_str()
                    .is_some_and(|own| own.eq_ignore_ascii_case(name))
        });
        found.map(|(number, _)| number)
    }

    /// PATCH. A provisioned user's source does not hear of it (6.8).
    pub(crate) fn patch(&mut self, number: u32, body: &Map<String, Value>, now: u32) -> Result<(), Refusal> {
        check(body)?;
        if let Some(name) = body.get("userPrincipalName").and_then(Value::as_str)
            && self.by_name(name).is_some_and(|other| other != number)
        {
            return Err(same_name());
        }
        self.index(number, false);
        if let Some(user) = self.changed(number) {
            user.set_flags(body, now);
            if attributes(body).next().is_some() {
                user.set_attributes(body);
            }
        }
        self.index(number, true);
        Ok(())
    }
}

impl World {
    /// POST /users: an internal user.
    pub(crate) fn create_user(&mut self, tenant: Uuid, body: &Map<String, Value>) -> Result<u32, Refusal> {
        check(body)?;
        let now = seconds(self.now);
        for name in ["displayName", "mailNickname", "userPrincipalName"] {
            if body.get(name).and_then(Value::as_str).is_none_or(|text| text.trim().is_empty()) {
                return Err(invalid(name));
            }
        }
        if !body.contains_key("passwordProfile") || body.get("accountEnabled").is_none_or(Value::is_null) {
            return Err(invalid("passwordProfile, accountEnabled"));
        }
        let found = self.tenant_mut(tenant)?;
        let name = body.get("userPrincipalName").and_then(Value::as_str).unwrap_or_default();
        let domain = name.split_once('@').map(|(_, domain)| domain).unwrap_or_default();
        if !found.has_domain(domain) {
            let text = "The domain portion of the userPrincipalName property is invalid. You must use one of the \
                        verified domain names in your organization.";
            return Err(Refusal::Bad(text.to_owned()));
        }
        let directory = &mut found.directory;
        if directory.by_name(name).is_some() {
            return Err(same_name());
        }
        let mut values: Values = LISTS.iter().map(|name| ((*name).to_owned(), json!([]))).collect();
        let given = attributes(body).filter(|(_, value)| !value.is_null());
        values.extend(given.map(|(name, value)| (name.clone(), value.clone())));
        let mut user = User::internal(Base::Written(Arc::new(values)), now);
        user.set_flags(body, now);
        let number = directory.add(user).ok_or_else(full)?;
        found.internal_users = found.internal_users.saturating_add(1);
        let id = found.directory.user_id(number);
        self.note_change(tenant, "Add user", id);
        Ok(number)
    }

    /// DELETE: into the recycle bin.
    pub(crate) fn delete_user(&mut self, tenant: Uuid, number: u32) -> Result<(), Refusal> {
        let now = seconds(self.now);
        let found = self.tenant_mut(tenant)?;
        let internal = found.directory.user(number).is_some_and(|user| !user.is_external());
        if found.directory.delete(number, now) && internal {
            found.internal_users = found.internal_users.saturating_sub(1);
        }
        let id = found.directory.user_id(number);
        self.note_change(tenant, "Delete user", id);
        Ok(())
    }

    /// POST …/restore.
    pub(crate) fn restore_user(&mut self, tenant: Uuid, number: u32) -> Result<(), Refusal> {
        let now = seconds(self.now);
        let found = self.tenant_mut(tenant)?;
        let name = found.directory.value(number, "userPrincipalName");
        let taken = name.as_str().and_then(|name| found.directory.by_name(name));
        if taken.is_some_and(|other| other != number) {
            return Err(same_name());
        }
        found.directory.restore(number, now);
        if found.directory.user(number).is_some_and(|user| !user.is_external()) {
            found.internal_users = found.internal_users.saturating_add(1);
        }
        let id = found.directory.user_id(number);
        self.note_change(tenant, "Restore user", id);
        Ok(())
    }

    /// Empties every recycle bin of what lay there long enough.
    pub(crate) fn purge_bins(&mut self) {
        let kept = u32::try_from(self.options.directory.recycle_bin_seconds).unwrap_or(u32::MAX);
        let Some(before) = seconds(self.now).checked_sub(kept) else { return };
        for tenant in self.tenants.values_mut() {
            tenant.directory.purge_bin(before);
        }
    }
}

pub(crate) fn full() -> Refusal {
    Refusal::Bad("The simulator holds no more users in this tenant.".to_owned())
}

/// Whether the user lies in the recycle bin.
pub(crate) fn is_deleted(user: &User) -> bool {
    matches!(user.life, Life::Deleted(_))
}

impl World {
    /// An audit activity of a directory: the one door to the trail.
    pub(crate) fn note_change(
        &mut self,
        tenant: Uuid,
        activity: &'static str,
        target: impl std::fmt::Display,
    ) {
        self.note(tenant, Entry::new(Activity::Directory(activity), target, None));
    }
}
