//! The desired organization, one YAML file.
//!
//! ```
//! let file = "owner: contoso\ndisplayName: Contoso group\nmembers:\n  - {tenant: fabrikam, displayName: Fabrikam}\n";
//! let document = mto_cli::organization::parse(file, "organization.yaml")?;
//! assert_eq!(document.members.len(), 1);
//! # Ok::<(), mto_cli::CliError>(())
//! ```

use std::collections::BTreeSet;

use mto_messages::{NewTenant, Role, Scope, SyncTargets, Templates, TenantId, TenantRef, UserType};
use serde::Deserialize;
use uuid::Uuid;

use crate::answer::CliError;
use crate::tenants::Tenants;

/// The file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Document {
    /// The tenant that owns the organization.
    pub owner: TenantRef,
    /// The organization's name.
    pub display_name: String,
    /// Its description. Default: left alone.
    #[serde(default)]
    pub description: Option<String>,
    /// Templates of the owner and of those that join. Default: left alone.
    #[serde(default)]
    pub templates: Option<Templates>,
    /// The members beside the owner.
    #[serde(default)]
    pub members: Vec<MemberEntry>,
    /// Whether the cross-tenant settings of all pairs are compared with what the tenant directory wants. Default: no.
    #[serde(default)]
    pub settings: bool,
    /// The synchronizations. What is not listed is left alone.
    #[serde(default)]
    pub sync: Vec<SyncEntry>,
    /// Whether members that are not listed are removed. Default: no.
    #[serde(default)]
    pub prune: bool,
}

/// A member.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MemberEntry {
    /// The tenant.
    pub tenant: TenantRef,
    /// How the list names it once it is added. Default: its name in the tenant directory.
    #[serde(default)]
    pub display_name: Option<String>,
    /// Its role. Default: member for a new one, as it is for a listed one.
    #[serde(default)]
    pub role: Option<Role>,
}

/// Whose users go where.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SyncEntry {
    /// The tenant whose users go out.
    pub source: TenantRef,
    /// `all` (every other tenant of the file that the directory has an application for), or a list.
    pub targets: SyncTargets,
    /// Whom it shares. Default: its `syncScope` in the tenant directory.
    #[serde(default)]
    pub scope: Option<ScopeEntry>,
    /// What users become. Default: the schema is left alone.
    #[serde(default)]
    pub user_type: Option<UserType>,
    /// How many users may be created or deleted for each pair, where there are many.
    #[serde(default)]
    pub confirm_users: Option<u64>,
}

/// A scope; unlike in a command, an unknown field is an error.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ScopeEntry {
    /// Object ids of users.
    #[serde(default)]
    pub users: Vec<Uuid>,
    /// Object ids of security groups.
    #[serde(default)]
    pub groups: Vec<Uuid>,
    /// Every internal member user.
    #[serde(default)]
    pub everyone: bool,
}

/// The file with every tenant resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// The owner.
    pub owner: TenantId,
    /// The file.
    pub document: Document,
    /// The members beside the owner, as they would be added.
    pub members: Vec<(TenantId, NewTenant)>,
    /// The ordered pairs.
    pub pairs: Vec<Pair>,
}

/// One ordered pair whose users are synchronized.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// Whose users go out.
    pub source: TenantId,
    /// Where they go to.
    pub target: TenantId,
    /// Whom the source shares.
    pub scope: Option<Scope>,
    /// What they become.
    pub user_type: Option<UserType>,
    /// How many may be created or deleted.
    pub confirm_users: Option<u64>,
}

/// Reads the file.
///
/// # Errors
/// Line, column and field of what is wrong.
pub fn parse(text: &str, name: &str) -> Result<Document, CliError> {
    serde_saphyr::from_str(text).map_err(|error| {
        let error = error.to_string();
        CliError::Usage(format!("{name}: {}", error.strip_prefix("error: ").unwrap_or(&error)))
    })
}

impl Wanted {
    /// Resolves the tenants and checks what no dry run would find.
    ///
    /// # Errors
    /// The field, the value and the remedy.
    pub fn new(document: Document, name: &str, tenants: &Tenants) -> Result<Self, CliError> {
        let resolve = Resolve { name, tenants };
        if document.display_name.trim().is_empty() {
            return Err(resolve.bad("displayName", "", "is blank; give the name people are to see"));
        }
        let owner = resolve.tenant("owner", &document.owner)?;
        let mut members = Vec::new();
        let mut known = BTreeSet::from([owner]);
        for (index, entry) in document.members.iter().enumerate() {
            let field = format!("members[{index}].tenant");
            let tenant = resolve.tenant(&field, &entry.tenant)?;
            if tenant == owner && entry.role != Some(Role::Member) {
                continue;
            }
            if !known.insert(tenant) {
                let problem = "is the owner, or stands twice in the list; name it once";
                return Err(resolve.bad(&field, entry.tenant.as_str(), problem));
            }
            members.push((tenant, resolve.new_tenant(&format!("members[{index}]"), tenant, entry)?));
        }
        let mut pairs: Vec<Pair> = Vec::new();
        for (index, entry) in document.sync.iter().enumerate() {
            for pair in resolve.pairs(index, entry, &known)? {
                if pairs.iter().any(|one| (one.source, one.target) == (pair.source, pair.target)) {
                    let problem = "goes to one of the targets twice; list a pair once";
                    return Err(resolve.bad(&format!("sync[{index}]"), entry.source.as_str(), problem));
                }
                pairs.push(pair);
            }
        }
        Ok(Self { owner, document, members, pairs })
    }

    /// The tenants of the file, the owner among them.
    pub fn tenants(&self) -> BTreeSet<TenantId> {
        self.members.iter().map(|(tenant, _)| *tenant).chain([self.owner]).collect()
    }
}

struct Resolve<'a> {
    name: &'a str,
    tenants: &'a Tenants,
}

impl Resolve<'_> {
    fn bad(&self, field: &str, value: &str, problem: &str) -> CliError {
        CliError::Usage(format!("{}: {field}: \"{value}\" {problem}", self.name))
    }

    fn tenant(&self, field: &str, tenant: &TenantRef) -> Result<TenantId, CliError> {
        let text = tenant.as_str();
        self.tenants.directory.find(text).ok_or_else(|| {
            self.bad(field, text, "is not in the tenant directory; name a tenant as the directory does")
        })
    }

    fn new_tenant(&self, field: &str, tenant: TenantId, entry: &MemberEntry) -> Result<NewTenant, CliError> {
        let display_name = entry.display_name.clone().unwrap_or_else(|| self.tenants.name(tenant));
        if display_name.trim().is_empty() || display_name.chars().count() > 256 {
            let problem = "is blank or longer than 256 characters; give the name people are to see";
            return Err(self.bad(&format!("{field}.displayName"), &display_name, problem));
        }
        Ok(NewTenant { tenant: entry.tenant.clone(), display_name, role: entry.role })
    }

    fn pairs(
        &self,
        index: usize,
        entry: &SyncEntry,
        known: &BTreeSet<TenantId>,
    ) -> Result<Vec<Pair>, CliError> {
        let member = |field: String, name: &TenantRef| {
            let tenant = self.tenant(&field, name)?;
            let problem = "is not among the members of this file; list it there, or leave it out";
            if known.contains(&tenant) { Ok(tenant) } else { Err(self.bad(&field, name.as_str(), problem)) }
        };
        let source = member(format!("sync[{index}].source"), &entry.source)?;
        let is_ours = |tenant: &TenantId| !self.tenants.directory.is_external(*tenant);
        let targets: Vec<TenantId> = match &entry.targets {
            SyncTargets::All => known.iter().copied().filter(|one| *one != source).filter(is_ours).collect(),
            SyncTargets::Tenants(list) => {
                let targets = list.iter().enumerate();
                targets
                    .map(|(number, name)| member(format!("sync[{index}].targets[{number}]"), name))
                    .collect::<Result<_, _>>()?
            }
        };
        if targets.contains(&source) {
            let problem = "is source and target; leave it out of the targets";
            return Err(self.bad(&format!("sync[{index}].targets"), entry.source.as_str(), problem));
        }
        let scope = entry.scope.clone().map(|ScopeEntry { users, groups, everyone }| Scope {
            users,
            groups,
            everyone,
        });
        let pair = |target| Pair {
            source,
            target,
            scope: scope.clone(),
            user_type: entry.user_type,
            confirm_users: entry.confirm_users,
        };
        Ok(targets.into_iter().map(pair).collect())
    }
}
