//! How tenants are named in messages.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A tenant id: a GUID, lower case with hyphens on the wire. The only id of a tenant that means the same in
/// every tenant; ids of organizations and members differ by viewing tenant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct TenantId(#[cfg_attr(feature = "schema", schemars(with = "String"))] Uuid);

impl TenantId {
    /// Wraps a GUID.
    pub const fn new(id: Uuid) -> Self {
        Self(id)
    }

    /// The GUID.
    pub const fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl FromStr for TenantId {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::try_parse(text.trim()).map(Self)
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

impl fmt::Debug for TenantId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

/// A tenant as people name it: its id, one of its verified domain names, or its name in the tenant directory.
///
/// At most 255 characters, not blank; surrounding blanks are dropped.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "String", into = "String")]
pub struct TenantRef(#[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))] String);

impl TenantRef {
    /// The text as given, without surrounding blanks.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for TenantRef {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err("is empty; give a tenant id, a verified domain or a directory name".to_owned());
        }
        if trimmed.chars().count() > 255 {
            return Err("is longer than 255 characters; give a tenant id, a verified domain or a directory \
                        name"
                .to_owned());
        }
        Ok(Self(trimmed.to_owned()))
    }
}

impl From<TenantRef> for String {
    fn from(tenant: TenantRef) -> Self {
        tenant.0
    }
}

impl From<TenantId> for TenantRef {
    fn from(tenant: TenantId) -> Self {
        Self(tenant.to_string())
    }
}

/// Names for tenant ids, so that texts can say "Fabrikam (a4b1…)" instead of a GUID alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names(BTreeMap<TenantId, String>);

impl Names {
    /// "Fabrikam (`<id>`)", or the id alone where no name is known.
    pub fn of(&self, tenant: TenantId) -> String {
        match self.0.get(&tenant) {
            Some(name) => format!("{name} ({tenant})"),
            None => tenant.to_string(),
        }
    }

    /// The names of several tenants, comma-separated; past `limit` the rest is counted.
    pub fn list(&self, tenants: &[TenantId], limit: usize) -> String {
        let mut text =
            tenants.iter().take(limit).map(|tenant| self.of(*tenant)).collect::<Vec<_>>().join(", ");
        if tenants.len() > limit {
            text = format!("{text} and {} more", tenants.len() - limit);
        }
        text
    }
}

impl FromIterator<(TenantId, String)> for Names {
    fn from_iter<I: IntoIterator<Item = (TenantId, String)>>(names: I) -> Self {
        Self(names.into_iter().collect())
    }
}
