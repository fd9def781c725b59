//! A user, kept small: two million provisioned ones have to fit into memory.

use std::sync::Arc;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::generated::Generator;
use crate::world::sync::rules::Rules;

/// Attributes by their Graph names.
pub(crate) type Values = Map<String, Value>;

/// Attributes a user can be given, besides the ones kept as flags.
pub(crate) const TEXTS: [&str; 19] = [
    "displayName",
    "givenName",
    "surname",
    "userPrincipalName",
    "mail",
    "mailNickname",
    "department",
    "jobTitle",
    "companyName",
    "employeeId",
    "city",
    "country",
    "state",
    "streetAddress",
    "postalCode",
    "officeLocation",
    "preferredLanguage",
    "mobilePhone",
    "usageLocation",
];
pub(crate) const LISTS: [&str; 3] = ["businessPhones", "otherMails", "proxyAddresses"];

/// Where attributes come from. What is provisioned shares it with its source, as it was at the last cycle.
#[derive(Clone, Debug)]
pub(crate) enum Base {
    Generated { by: Arc<Generator>, number: u32 },
    Written(Arc<Values>),
}

impl Base {
    pub(crate) fn value(&self, name: &str) -> Value {
        match self {
            Self::Generated { by, number } => by.value(*number, name),
            Self::Written(values) => values.get(name).cloned().unwrap_or(Value::Null),
        }
    }

    pub(crate) fn text(&self, name: &str) -> Option<String> {
        match self.value(name) {
            Value::String(text) => Some(text),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// Where invitations go: the mail address, or else the user principal name.
    pub(crate) fn mail(&self) -> Option<String> {
        self.text("mail").or_else(|| self.text("userPrincipalName"))
    }

    /// Everything, written out.
    pub(crate) fn written(&self) -> Values {
        match self {
            Self::Written(values) => values.as_ref().clone(),
            Self::Generated { by, number } => {
                let known = TEXTS.iter().chain(&LISTS).map(|name| (*name, by.value(*number, name)));
                known
                    .filter(|(_, value)| !value.is_null())
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect()
            }
        }
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Generated { number, by }, Self::Generated { number: other, by: other_by }) => {
                number == other && Arc::ptr_eq(by, other_by)
            }
            (Self::Written(one), Self::Written(other)) => Arc::ptr_eq(one, other) || one == other,
            (Self::Generated { .. }, Self::Written(_)) | (Self::Written(_), Self::Generated { .. }) => false,
        }
    }
}

/// The person behind an external user: a tenant by its number in the world, a user by its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Home {
    pub(crate) tenant: u16,
    pub(crate) number: u32,
}

/// Seconds since 1970.
pub(crate) type Seconds = u32;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    Active,
    /// In the recycle bin since then.
    Deleted(Seconds),
    /// The number is never given again.
    Gone,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Internal,
    /// By POST /invitations, or so in the seed.
    Invited,
    /// By a synchronization job.
    Synchronized,
}

#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "a byte each, in a record of which there are millions")]
pub(crate) struct User {
    pub(crate) base: Base,
    /// How a provisioned user's attributes follow from `base`.
    pub(crate) rules: Option<Arc<Rules>>,
    pub(crate) extra: Option<Box<Extra>>,
    pub(crate) home: Option<Home>,
    /// The directory's version at the last change.
    pub(crate) version: u64,
    pub(crate) made_at: Seconds,
    /// Since when people search may find it.
    pub(crate) shown_at: Seconds,
    pub(crate) state_changed_at: Seconds,
    pub(crate) life: Life,
    pub(crate) origin: Origin,
    /// `userType` is Member, not Guest.
    pub(crate) member: bool,
    pub(crate) enabled: bool,
    pub(crate) shown: Option<bool>,
    pub(crate) accepted: bool,
    pub(crate) sms: bool,
    pub(crate) on_premises: bool,
    pub(crate) managed_in_exchange: bool,
}

/// What few users have.
#[derive(Clone, Debug, Default)]
pub(crate) struct Extra {
    /// An id given by the seed.
    pub(crate) id: Option<Uuid>,
    /// Written over what `base` and `rules` say.
    pub(crate) values: Values,
    /// The manager's number.
    pub(crate) manager: Option<u32>,
}

impl User {
    pub(crate) fn internal(base: Base, now: Seconds) -> Self {
        Self {
            base,
            rules: None,
            extra: None,
            home: None,
            version: 0,
            made_at: now,
            shown_at: now,
            state_changed_at: now,
            life: Life::Active,
            origin: Origin::Internal,
            member: true,
            enabled: true,
            shown: None,
            accepted: true,
            sms: false,
            on_premises: false,
            managed_in_exchange: false,
        }
    }

    pub(crate) fn is_active(&self) -> bool {
        self.life == Life::Active
    }

    pub(crate) fn is_external(&self) -> bool {
        self.origin != Origin::Internal
    }

    /// Whether the address list shows it. Unset: internal users are shown, external ones are not (7.2, unverified).
    pub(crate) fn is_shown(&self) -> bool {
        self.shown.unwrap_or(!self.is_external())
    }

    pub(crate) fn extra_mut(&mut self) -> &mut Extra {
        self.extra.get_or_insert_default()
    }

    pub(crate) fn manager(&self) -> Option<u32> {
        self.extra.as_ref().and_then(|extra| extra.manager)
    }

    /// An attribute as synchronization wrote it, or as it was given; not the flags.
    pub(crate) fn value(&self, name: &str) -> Value {
        if let Some(value) = self.extra.as_ref().and_then(|extra| extra.values.get(name)) {
            return value.clone();
        }
        match &self.rules {
            Some(rules) => rules.value(name, &self.base),
            None => self.base.value(name),
        }
    }

    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.value(name).as_str().map(str::to_owned)
    }
}
