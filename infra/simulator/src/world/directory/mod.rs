//! The directory of a tenant: users, groups, the recycle bin.

pub(crate) mod edit;
pub(crate) mod generated;
pub(crate) mod group;
pub(crate) mod invitation;
pub(crate) mod people;
pub(crate) mod start;
pub(crate) mod user;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::ids;
use generated::Generator;
use group::Group;
use user::{Home, Life, Seconds, User};

/// Most users of one tenant, deleted ones included.
pub(crate) const MAX_ENTRIES: usize = 5_000_000;

#[derive(Debug)]
pub(crate) struct Directory {
    /// By number. Numbers are never given again, so that links, tokens and ids stay valid.
    pub(crate) users: Vec<User>,
    pub(crate) groups: Vec<Group>,
    /// The domain of external users' names (7.2): the tenant's onmicrosoft domain, or its default one.
    pub(crate) initial_domain: String,
    pub(crate) generator: Arc<Generator>,
    /// The numbers of generated users.
    pub(crate) generated: std::ops::Range<u32>,
    /// Counts changes; each changed user carries the count.
    pub(crate) version: u64,
    /// Whether guests may be invited (6.11 `AzureActiveDirectoryForbidden`).
    pub(crate) invitations_allowed: bool,
    /// Entra ID P1 or P2.
    pub(crate) premium: bool,
    /// Most objects (6.11 `AzureActiveDirectoryQuotaLimitExceeded`).
    pub(crate) quota: Option<u32>,
    user_ids: u128,
    group_ids: u128,
    given_ids: BTreeMap<Uuid, u32>,
    by_home: BTreeMap<Home, u32>,
    /// Addresses of written users, lower case.
    addresses: BTreeMap<String, BTreeSet<u32>>,
    /// Deleted users, by when they were deleted.
    bin: VecDeque<(Seconds, u32)>,
}

pub(crate) fn seconds(time: OffsetDateTime) -> Seconds {
    Seconds::try_from(time.unix_timestamp().max(0)).unwrap_or(Seconds::MAX)
}

pub(crate) fn moment(seconds: Seconds) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(i64::from(seconds)).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// Ids that hold a number in their last 32 bits: neither a table of ids nor one of numbers is needed.
fn id_base(purpose: &str, tenant: Uuid) -> u128 {
    ids::derive(purpose, &[&tenant.to_string()]).as_u128() & !u128::from(u32::MAX)
}

impl Directory {
    pub(crate) fn new(tenant: Uuid, default_domain: &str, domains: &[String]) -> Self {
        let initial = domains.iter().find(|domain| domain.contains("onmicrosoft"));
        Self {
            users: Vec::new(),
            groups: Vec::new(),
            initial_domain: initial.map_or_else(|| default_domain.to_owned(), Clone::clone),
            generator: Arc::new(Generator { domain: default_domain.to_owned() }),
            generated: 0..0,
            version: 1, // what was there from the start is version 0
            invitations_allowed: true,
            premium: true,
            quota: None,
            user_ids: id_base("user", tenant),
            group_ids: id_base("group", tenant),
            given_ids: BTreeMap::new(),
            by_home: BTreeMap::new(),
            addresses: BTreeMap::new(),
            bin: VecDeque::new(),
        }
    }

    pub(crate) fn user(&self, number: u32) -> Option<&User> {
        self.users.get(usize::try_from(number).ok()?)
    }

    /// For changes that nobody has to be told of; see [`Self::changed`] for the others.
    pub(crate) fn user_mut(&mut self, number: u32) -> Option<&mut User> {
        self.users.get_mut(usize::try_from(number).ok()?)
    }

    /// A user about to be changed: delta queries and synchronization see it as changed.
    pub(crate) fn changed(&mut self, number: u32) -> Option<&mut User> {
        self.version += 1;
        let version = self.version;
        let user = self.user_mut(number)?;
        user.version = version;
        Some(user)
    }

    /// Users with their numbers.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (u32, &User)> {
        (0..).zip(&self.users)
    }

    pub(crate) fn user_id(&self, number: u32) -> Uuid {
        let given = self.user(number).and_then(|user| user.extra.as_ref()?.id);
        given.unwrap_or_else(|| Uuid::from_u128(self.user_ids | u128::from(number)))
    }

    /// A user by id, deleted ones too, but not what is gone.
    pub(crate) fn user_number(&self, id: Uuid) -> Option<u32> {
        let number = self.given_ids.get(&id).copied().or_else(|| in_id(id, self.user_ids));
        let number = number.filter(|number| self.user_id(*number) == id)?;
        self.user(number).filter(|user| user.life != Life::Gone)?;
        Some(number)
    }

    pub(crate) fn group_id(&self, number: u32) -> Uuid {
        let given = usize::try_from(number).ok().and_then(|index| self.groups.get(index)?.given_id);
        given.unwrap_or_else(|| Uuid::from_u128(self.group_ids | u128::from(number)))
    }

    pub(crate) fn group_number(&self, id: Uuid) -> Option<u32> {
        let count = u32::try_from(self.groups.len()).ok()?;
        let number = in_id(id, self.group_ids).filter(|number| *number < count);
        number.filter(|number| self.group_id(*number) == id).or_else(|| {
            (0..count).find(|number| {
                self.groups
                    .get(usize::try_from(*number).unwrap_or(usize::MAX))
                    .is_some_and(|group| group.given_id == Some(id))
            })
        })
    }

    /// The external user that stands for a person, deleted ones too.
    pub(crate) fn external(&self, home: Home) -> Option<u32> {
        self.by_home.get(&home).copied()
    }

    /// Adds a user and gives its number.
    pub(crate) fn add(&mut self, mut user: User) -> Option<u32> {
        let number = u32::try_from(self.users.len()).ok().filter(|_| self.users.len() < MAX_ENTRIES)?;
        self.version += 1;
        user.version = self.version;
        if let Some(home) = user.home {
            self.by_home.insert(home, number);
        }
        if let Some(id) = user.extra.as_ref().and_then(|extra| extra.id) {
            self.given_ids.insert(id, number);
        }
        self.users.push(user);
        self.index(number, true);
        Some(number)
    }

    /// Puts the addresses of a written user into the index, or takes them out.
    pub(crate) fn index(&mut self, number: u32, put: bool) {
        for address in self.own_addresses(number) {
            if put {
                self.addresses.entry(address).or_default().insert(number);
            } else if let Some(holders) = self.addresses.get_mut(&address) {
                holders.remove(&number);
                if holders.is_empty() {
                    self.addresses.remove(&address);
                }
            }
        }
    }

    fn own_addresses(&self, number: u32) -> BTreeSet<String> {
        let Some(user) = self.user(number) else { return BTreeSet::new() };
        // provisioned and generated users are found by their person or number instead
        if user.rules.is_some() || matches!(user.base, user::Base::Generated { .. }) {
            return BTreeSet::new();
        }
        let lists = ["proxyAddresses", "otherMails"].map(|name| user.value(name));
        let listed =
            lists.iter().filter_map(Value::as_array).flatten().filter_map(Value::as_str).map(str::to_owned);
        let single = ["mail", "userPrincipalName"].into_iter().filter_map(|name| user.text(name));
        listed.chain(single).map(|address| bare(&address)).collect()
    }

    /// Active users that hold an address.
    pub(crate) fn holders(&self, address: &str) -> Vec<u32> {
        let address = bare(address);
        let written = self.addresses.get(&address).into_iter().flatten().copied();
        let generated = self.generator.number(&address).filter(|number| {
            self.generated.contains(number)
                && self.user(*number).is_some_and(|user| matches!(user.base, user::Base::Generated { .. }))
        });
        let active = |number: &u32| self.user(*number).is_some_and(User::is_active);
        written.chain(generated).filter(active).collect()
    }

    /// Into the recycle bin.
    pub(crate) fn delete(&mut self, number: u32, now: Seconds) -> bool {
        let Some(user) = self.user(number).filter(|user| user.is_active()) else { return false };
        let _ = user;
        if let Some(user) = self.changed(number) {
            user.life = Life::Deleted(now);
        }
        self.bin.push_back((now, number));
        true
    }

    /// Out of the recycle bin.
    pub(crate) fn restore(&mut self, number: u32, now: Seconds) -> bool {
        if !self.user(number).is_some_and(|user| matches!(user.life, Life::Deleted(_))) {
            return false;
        }
        if let Some(user) = self.changed(number) {
            user.life = Life::Active;
            user.shown_at = now;
        }
        true
    }

    /// For good.
    pub(crate) fn purge(&mut self, number: u32) {
        self.index(number, false);
        let Some(user) = self.changed(number) else { return };
        user.life = Life::Gone;
        let home = user.home.take();
        if let Some(home) = home.filter(|home| self.by_home.get(home) == Some(&number)) {
            self.by_home.remove(&home);
        }
        for group in &mut self.groups {
            group.users.remove(&number);
        }
    }

    /// Purges what was deleted at or before `before`.
    pub(crate) fn purge_bin(&mut self, before: Seconds) {
        while let Some((deleted_at, number)) = self.bin.front().copied().filter(|(at, _)| *at <= before) {
            self.bin.pop_front();
            // restored, or restored and deleted again later: not this one
            if self.user(number).is_some_and(|user| user.life == Life::Deleted(deleted_at)) {
                self.purge(number);
            }
        }
    }

    /// Gives an external user the person behind it.
    pub(crate) fn set_home(&mut self, number: u32, home: Home) {
        if let Some(user) = self.user_mut(number) {
            user.home = Some(home);
            self.by_home.insert(home, number);
        }
    }

    /// The user principal name of an external user with this address (7.2).
    pub(crate) fn external_name(&self, mail: &str) -> String {
        format!("{}@{}", external_nickname(mail), self.initial_domain)
    }

    /// Any property of a user by its Graph name; null where it has none.
    pub(crate) fn value(&self, number: u32, name: &str) -> Value {
        let Some(user) = self.user(number) else { return Value::Null };
        match name {
            "id" => json!(self.user_id(number)),
            "userType" => json!(if user.member { "Member" } else { "Guest" }),
            "accountEnabled" => json!(user.enabled),
            "showInAddressList" => json!(user.shown),
            "onPremisesSyncEnabled" => json!(user.on_premises.then_some(true)),
            "creationType" => json!(user.is_external().then_some("Invitation")),
            "externalUserState" => {
                let state = if user.accepted { "Accepted" } else { "PendingAcceptance" };
                json!(user.is_external().then_some(state))
            }
            _ => user.value(name),
        }
    }

    /// Active internal users.
    pub(crate) fn internal_users(&self) -> u32 {
        let count = self.users.iter().filter(|user| user.is_active() && !user.is_external()).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }
}

fn in_id(id: Uuid, base: u128) -> Option<u32> {
    let low = u128::from(u32::MAX);
    (id.as_u128() & !low == base).then(|| u32::try_from(id.as_u128() & low).unwrap_or(u32::MAX))
}

/// An address without its kind (`smtp:`), in lower case.
pub(crate) fn bare(address: &str) -> String {
    address.rsplit(':').next().unwrap_or(address).trim().to_lowercase()
}

/// `alias_domain.tld#EXT#` (7.2).
pub(crate) fn external_nickname(mail: &str) -> String {
    format!("{}#EXT#", mail.replace('@', "_"))
}
