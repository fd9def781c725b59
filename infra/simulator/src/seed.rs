//! What the world holds when it starts.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids;
use crate::seed_check;
use crate::seed_directory::{self, GroupSeed, UserSeed};
use crate::seed_sign_in::SignInSeed;

/// Most tenants a seed may hold.
pub const MAX_TENANTS: usize = 1_000;
/// Most applications of one tenant.
pub const MAX_APPLICATIONS: usize = 20;
/// Most secrets, and most certificates, of one application.
pub const MAX_CREDENTIALS: usize = 10;
/// Most federated credentials of one application (8.7).
pub const MAX_FEDERATED_CREDENTIALS: usize = 20;
/// Most issuers of a seed.
pub const MAX_ISSUERS: usize = 100;

/// The tenants, and what they have made so far. JSON is camelCase; unknown fields are refused.
///
/// ```
/// let seed = entra_simulator::Seed::from_json(r#"{"tenants":[{
///   "tenantId":"11111111-0000-4000-8000-000000000001","displayName":"Contoso","defaultDomain":"contoso.example",
///   "applications":[{"clientId":"22222222-0000-4000-8000-000000000001","secrets":["only-for-tests"],
///     "permissions":["MultiTenantOrganization.ReadWrite.All"]}]}]}"#)?;
/// assert_eq!(seed.tenants[0].display_name, "Contoso");
/// # Ok::<(), entra_simulator::SeedError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Seed {
    /// The tenants, 1 to [`MAX_TENANTS`].
    pub tenants: Vec<TenantSeed>,
    /// Organizations that exist already.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub organizations: Vec<OrganizationSeed>,
    /// Partner configurations that exist already.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partners: Vec<PartnerSeed>,
    /// Other identity providers, for federated credentials.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub issuers: Vec<IssuerSeed>,
}

/// An identity provider whose tokens applications can trust: its name beside its JSON Web Key Set.
///
/// Entra fetches the keys by OIDC discovery, and uses the first 100 of them. There is no network here, so they
/// are given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct IssuerSeed {
    /// What its tokens have as `iss`: an https URL of at most 600 characters.
    pub issuer: String,
    /// Its signing keys, as in the answer of its `jwks_uri`. Other keys than RSA are passed over.
    pub keys: Vec<JsonWebKey>,
}

/// A public key (RFC 7517). Members that are not needed are ignored, for key sets are full of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JsonWebKey {
    /// The family, `RSA`.
    pub kty: String,
    /// The name that a token's header calls it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// The modulus, base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    /// The public exponent, base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub e: Option<String>,
}

/// One tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TenantSeed {
    /// The tenant id.
    pub tenant_id: Uuid,
    /// The name of the organization behind it.
    pub display_name: String,
    /// The default verified domain, unique over all tenants.
    pub default_domain: String,
    /// Further verified domains.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<String>,
    /// Number of internal users, for the limit at join and for the throttling size, where neither `users` nor
    /// `generatedUsers` say it. Default: 25.
    #[serde(default = "few_users")]
    pub internal_users: u32,
    /// Users by name, at most [`MAX_USERS`](crate::MAX_USERS).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<UserSeed>,
    /// So many internal users besides, whose names follow from their numbers; they cost next to no memory.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub generated_users: u32,
    /// Security groups, at most [`MAX_GROUPS`](crate::MAX_GROUPS).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupSeed>,
    /// Whether guests may be invited, by synchronization too. Default: true.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub invitations_allowed: bool,
    /// Whether there is Entra ID P1 or P2. Default: true.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub premium: bool,
    /// Applications that can sign in.
    #[serde(default)]
    pub applications: Vec<ApplicationSeed>,
    /// Users that can sign in, at most [`MAX_SIGN_INS`](crate::MAX_SIGN_INS).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sign_ins: Vec<SignInSeed>,
}

fn few_users() -> u32 {
    25
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn is_true(value: &bool) -> bool {
    *value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn is_zero(value: &u32) -> bool {
    *value == 0
}

/// An application with its credentials and consented application permissions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ApplicationSeed {
    /// The application (client) id.
    pub client_id: Uuid,
    /// Its name. Default: the tenant's, and "application".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Client secrets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<Secret>,
    /// X.509 certificates, PEM.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<String>,
    /// Identities elsewhere that may act as the application.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub federated_credentials: Vec<FederatedCredentialSeed>,
    /// Names of application permissions, one of [`PERMISSIONS`](crate::PERMISSIONS).
    #[serde(default)]
    pub permissions: Vec<String>,
    /// Names of delegated permissions, one of [`DELEGATED_PERMISSIONS`](crate::DELEGATED_PERMISSIONS), consented
    /// to for every user.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub delegated_permissions: Vec<String>,
    /// Directory roles. Application tokens need none for what is served today; kept for later.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
}

/// Trust in the tokens of one identity elsewhere (reference 8.7). Compared letter by letter; there are no wildcards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct FederatedCredentialSeed {
    /// Its name: 3 to 120 characters, unique in the application.
    pub name: String,
    /// `iss` of the tokens, one of [`Seed::issuers`].
    pub issuer: String,
    /// `sub` of the tokens, at most 600 characters. With `issuer`, unique in the application.
    pub subject: String,
    /// `aud` of the tokens: exactly one, [`TOKEN_EXCHANGE_AUDIENCE`].
    pub audiences: Vec<String>,
}

/// The audience of federated credentials in the global cloud.
pub const TOKEN_EXCHANGE_AUDIENCE: &str = "api://AzureADTokenExchange";

/// A client secret that does not print.
///
/// ```
/// let secret = entra_simulator::Secret::new("only-for-tests");
/// assert_eq!(format!("{secret:?}"), "Secret(***)");
/// assert_eq!(secret.expose(), "only-for-tests");
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret itself, for the one place that sends or compares it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret(***)")
    }
}

/// An organization that exists already; its owner is its creator and needs no row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct OrganizationSeed {
    /// The creator.
    pub owner: Uuid,
    /// The name of the organization.
    pub display_name: String,
    /// Its description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The other tenants.
    #[serde(default)]
    pub members: Vec<MemberSeed>,
}

/// A row of an organization that exists already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct MemberSeed {
    /// The tenant.
    pub tenant_id: Uuid,
    /// The label the owner gave it.
    pub display_name: String,
    /// Its role. Default: member.
    #[serde(default)]
    pub role: MemberRole,
    /// Its state. Default: pending.
    #[serde(default)]
    pub state: MemberState,
}

/// The role of a row (reference 2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MemberRole {
    /// Manages the organization.
    Owner,
    /// Takes part in it.
    #[default]
    Member,
}

/// The state of a row (reference 2.1); `removed` is a view and never stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MemberState {
    /// Listed by an owner, not joined.
    #[default]
    Pending,
    /// Joined.
    Active,
}

/// A partner configuration that exists already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct PartnerSeed {
    /// The tenant that holds the configuration.
    pub tenant_id: Uuid,
    /// The tenant it is about.
    pub partner_tenant_id: Uuid,
    /// Its properties, as in the body of POST partners.
    #[serde(default)]
    pub configuration: serde_json::Map<String, serde_json::Value>,
    /// The body of PUT identitySynchronization, if there is such a policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_synchronization: Option<serde_json::Map<String, serde_json::Value>>,
}

/// A seed that cannot be used: the field, its value, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} = {value}: {problem}")]
pub struct SeedError {
    /// The JSON path, e.g. `tenants[2].defaultDomain`.
    pub field: String,
    /// What stands there; a dash where it must not be shown.
    pub value: String,
    /// What is wrong with it and how to put it right.
    pub problem: String,
}

impl SeedError {
    pub(crate) fn new(
        field: impl Into<String>,
        value: impl std::fmt::Display,
        problem: impl Into<String>,
    ) -> Self {
        Self { field: field.into(), value: value.to_string(), problem: problem.into() }
    }
}

impl Seed {
    /// Reads a seed from JSON and checks it.
    ///
    /// # Errors
    /// Names the JSON path of the first thing that is wrong.
    pub fn from_json(text: &str) -> Result<Self, SeedError> {
        let mut reader = serde_json::Deserializer::from_str(text);
        let seed: Self = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            SeedError::new(error.path().to_string(), "-", format!("{}; see --print-seed", error.inner()))
        })?;
        reader.end().map_err(|error| SeedError::new("end of the seed", "-", error.to_string()))?;
        seed.check()?;
        Ok(seed)
    }

    /// Checks bounds, uniqueness and references.
    ///
    /// # Errors
    /// Names the first field that is wrong.
    pub fn check(&self) -> Result<(), SeedError> {
        seed_check::check(self)
    }

    /// `count` tenants (1 to [`MAX_TENANTS`], others are brought into that range) with fixed ids: Contoso,
    /// Fabrikam, Tailspin, then further names; each has one application with one secret and every permission, a
    /// Global Administrator `admin@…` with the password `demo-password-…`, a handful of users, and a group `Shared`
    /// with those of them that others are to meet.
    ///
    /// ```
    /// let seed = entra_simulator::Seed::demo(3);
    /// assert_eq!(seed.tenants[1].default_domain, "fabrikam.example");
    /// assert_eq!(seed, entra_simulator::Seed::demo(3));
    /// ```
    pub fn demo(count: usize) -> Self {
        let tenants = (0..count.clamp(1, MAX_TENANTS)).map(demo_tenant).collect();
        Self { tenants, ..Self::default() }
    }
}

const NAMES: [&str; 12] = [
    "Contoso",
    "Fabrikam",
    "Tailspin",
    "Northwind",
    "Adatum",
    "Litware",
    "Proseware",
    "Wingtip",
    "Woodgrove",
    "Trey",
    "Relecloud",
    "Munson",
];

fn demo_tenant(index: usize) -> TenantSeed {
    let name = NAMES.get(index).map_or_else(|| format!("Tenant {}", index + 1), |name| (*name).to_owned());
    let word = name.to_lowercase().replace(' ', "-");
    TenantSeed {
        tenant_id: ids::derive("demo tenant", &[&word]),
        display_name: name,
        default_domain: format!("{word}.example"),
        domains: vec![format!("{word}.onmicrosoft.example")],
        internal_users: few_users(),
        users: seed_directory::demo_users(index),
        generated_users: 0,
        groups: seed_directory::demo_groups(index, &format!("{word}.example")),
        invitations_allowed: true,
        premium: true,
        applications: vec![ApplicationSeed {
            client_id: ids::derive("demo application", &[&word]),
            display_name: None,
            secrets: vec![Secret::new(format!("demo-secret-{word}"))],
            certificates: Vec::new(),
            federated_credentials: Vec::new(),
            permissions: crate::PERMISSIONS.map(str::to_owned).to_vec(),
            delegated_permissions: crate::DELEGATED_PERMISSIONS.map(str::to_owned).to_vec(),
            roles: Vec::new(),
        }],
        sign_ins: vec![SignInSeed {
            user_principal_name: format!("admin@{word}.example"),
            password: Secret::new(format!("demo-password-{word}")),
            roles: vec!["Global Administrator".to_owned()],
        }],
    }
}
