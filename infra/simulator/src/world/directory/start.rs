//! The directory a seed describes.

use std::sync::Arc;

use serde_json::json;

use super::user::{Base, Origin, User, Values};
use super::{Directory, external_nickname, seconds};
use crate::seed::{SeedError, TenantSeed};
use crate::seed_directory::{GroupSeed, UserSeed};
use crate::world::World;

/// Seeded users are older than what any delay waits for.
const SEEDED_BEFORE_SECONDS: u32 = 90 * 24 * 60 * 60;

impl World {
    /// Users and groups of every tenant; external users last, for their persons have to be there.
    pub(crate) fn start_directories(&mut self, seeds: &[TenantSeed]) -> Result<(), SeedError> {
        let made_at = seconds(self.now).saturating_sub(SEEDED_BEFORE_SECONDS);
        for seed in seeds {
            let Some(tenant) = self.tenants.get_mut(&seed.tenant_id) else { continue };
            tenant.directory = Directory::new(seed.tenant_id, &seed.default_domain, &seed.domains);
            let directory = &mut tenant.directory;
            directory.invitations_allowed = seed.invitations_allowed;
            directory.premium = seed.premium;
            for user in seed.users.iter().filter(|user| !user.is_external()) {
                directory.start_user(user, made_at);
            }
            directory.generate(seed.generated_users, made_at);
            if !seed.users.is_empty() || seed.generated_users > 0 {
                tenant.internal_users = tenant.directory.internal_users();
            }
        }
        for (index, seed) in seeds.iter().enumerate() {
            for user in seed.users.iter().filter(|user| user.is_external()) {
                self.start_external(seed, user, made_at);
            }
            let Some(tenant) = self.tenants.get_mut(&seed.tenant_id) else { continue };
            for (place, group) in seed.groups.iter().enumerate() {
                tenant.directory.start_group(group).map_err(|member| {
                    let field = format!("tenants[{index}].groups[{place}].members");
                    SeedError::new(
                        field,
                        member,
                        "is no user or earlier group of the tenant; add it to users",
                    )
                })?;
            }
        }
        Ok(())
    }

    fn start_external(&mut self, tenant: &TenantSeed, seed: &UserSeed, made_at: u32) {
        let mail = seed.mail.clone().unwrap_or_default();
        let home = self.person(&mail).filter(|(id, _)| *id != tenant.tenant_id).map(|(_, home)| home);
        let Some(tenant) = self.tenants.get_mut(&tenant.tenant_id) else { return };
        let name = tenant.directory.external_name(&mail);
        let mut values = written(seed, seed.user_principal_name.as_ref().unwrap_or(&name), &mail);
        values.insert("mailNickname".to_owned(), json!(external_nickname(&mail)));
        let mut user = User::internal(Base::Written(Arc::new(values)), made_at);
        flags(&mut user, seed);
        user.origin = Origin::Invited;
        user.home = home;
        user.member = seed.user_type.as_deref() == Some("Member");
        user.accepted = seed.external_user_state.as_deref() != Some("PendingAcceptance");
        tenant.directory.add(user);
    }
}

fn written(seed: &UserSeed, name: &str, mail: &str) -> Values {
    let words: Vec<&str> = seed.display_name.split_whitespace().collect();
    let word = |given: &Option<String>, word: Option<&&str>| {
        given.clone().or_else(|| word.map(|word| (*word).to_owned()))
    };
    let proxy = if seed.proxy_addresses.is_empty() {
        vec![format!("SMTP:{mail}")]
    } else {
        seed.proxy_addresses.clone()
    };
    let nickname = name.split('@').next().unwrap_or_default().to_owned();
    let all = [
        ("displayName", json!(seed.display_name)),
        ("userPrincipalName", json!(name)),
        ("mail", json!(mail)),
        ("mailNickname", json!(nickname)),
        ("givenName", json!(word(&seed.given_name, words.first()))),
        ("surname", json!(word(&seed.surname, words.last().filter(|_| words.len() > 1)))),
        ("department", json!(seed.department)),
        ("jobTitle", json!(seed.job_title)),
        ("proxyAddresses", json!(proxy)),
        ("otherMails", json!(seed.other_mails)),
        ("businessPhones", json!([])),
    ];
    all.into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn flags(user: &mut User, seed: &UserSeed) {
    user.enabled = seed.account_enabled.unwrap_or(true);
    user.shown = seed.show_in_address_list;
    user.sms = seed.sms_sign_in;
    user.on_premises = seed.on_premises_sync_enabled;
    user.managed_in_exchange = seed.managed_in_exchange;
    if let Some(id) = seed.id {
        user.extra_mut().id = Some(id);
    }
}

impl Directory {
    fn start_user(&mut self, seed: &UserSeed, made_at: u32) {
        let name = seed.principal_name(&self.generator.domain);
        let mail = seed.mail.clone().unwrap_or_else(|| name.clone());
        let mut user = User::internal(Base::Written(Arc::new(written(seed, &name, &mail))), made_at);
        flags(&mut user, seed);
        user.member = seed.user_type.as_deref() != Some("Guest");
        if let Some(manager) = seed.manager.as_deref().and_then(|name| self.holders(name).first().copied()) {
            user.extra_mut().manager = Some(manager);
        }
        self.add(user);
    }

    fn generate(&mut self, count: u32, made_at: u32) {
        let first = u32::try_from(self.users.len()).unwrap_or(u32::MAX);
        self.generated = first..first.saturating_add(count);
        self.users.reserve_exact(usize::try_from(count).unwrap_or_default());
        for number in self.generated.clone() {
            let base = Base::Generated { by: Arc::clone(&self.generator), number };
            // not through `add`: there is nothing to index, and nobody to be told
            self.users.push(User::internal(base, made_at));
        }
    }

    fn start_group(&mut self, seed: &GroupSeed) -> Result<(), String> {
        let (mut users, mut groups) = (std::collections::BTreeSet::new(), std::collections::BTreeSet::new());
        for member in &seed.members {
            let by_id = uuid::Uuid::parse_str(member).ok().and_then(|id| self.user_number(id));
            let user = by_id.or_else(|| self.holders(member).first().copied());
            let group = (0..).zip(&self.groups).find(|(_, group)| group.display_name == *member);
            match (user, group) {
                (Some(user), _) => users.insert(user),
                (None, Some((group, _))) => groups.insert(group),
                (None, None) => return Err(member.clone()),
            };
        }
        if seed.all_generated {
            users.extend(self.generated.clone());
        }
        let number = self.add_group(seed.display_name.clone(), seed.id);
        if let Some(group) = self.group_changed(number) {
            group.users = users;
            group.groups = groups;
        }
        Ok(())
    }
}
