//! A tenant: what it is, who may sign in, its policy, its place in an organization, its directory.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::directory::Directory;
use super::join::JoinRequest;
use super::policy::Policy;
use super::sync::application::Software;
use super::sync::log::Log;
use crate::ids;
use crate::seed::{FederatedCredentialSeed, Secret};

#[derive(Debug)]
#[expect(clippy::struct_field_names, reason = "the fields have Graph's names")]
pub(crate) struct Tenant {
    pub(crate) tenant_id: Uuid,
    pub(crate) display_name: String,
    pub(crate) default_domain: String,
    pub(crate) domains: Vec<String>,
    pub(crate) internal_users: u32,
    pub(crate) applications: Vec<Application>,
    pub(crate) sign_ins: Vec<SignIn>,
    pub(crate) policy: Policy,
    /// The organization this tenant is active in: one at most, by construction (9.1).
    pub(crate) organization: Option<u64>,
    /// The join under way, or the failed one.
    pub(crate) join_request: Option<JoinRequest>,
    /// Whose adding led to the membership.
    pub(crate) joined_by: Option<Uuid>,
    /// Whether a join was ever asked for: the record's id differs before and after (3.1).
    pub(crate) ever_asked: bool,
    /// Why the last join failed, for the state dump; the service names no cause.
    pub(crate) last_failure: Option<&'static str>,
    /// Rows this tenant could see that are gone: 404 with another code than what never was (2.4).
    pub(crate) former_rows: BTreeSet<Uuid>,
    pub(crate) denied: BTreeSet<String>,
    pub(crate) credential_broken: bool,
    /// Its place in the seed: a short name for references between directories.
    pub(crate) number: u16,
    pub(crate) directory: Directory,
    /// Applications made through Graph, with their synchronization jobs.
    pub(crate) software: Software,
    pub(crate) provisioning_log: Log,
}

#[derive(Debug)]
pub(crate) struct Application {
    pub(crate) client_id: Uuid,
    pub(crate) display_name: String,
    pub(crate) secrets: Vec<Secret>,
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) federated_credentials: Vec<FederatedCredentialSeed>,
    pub(crate) permissions: BTreeSet<String>,
    pub(crate) delegated_permissions: BTreeSet<String>,
}

/// A user that can sign in.
#[derive(Debug)]
pub(crate) struct SignIn {
    pub(crate) id: Uuid,
    pub(crate) user_principal_name: String,
    pub(crate) password: Secret,
    pub(crate) roles: BTreeSet<String>,
}

impl SignIn {
    /// The display name: what stands before the domain.
    pub(crate) fn name(&self) -> &str {
        self.user_principal_name.split('@').next().unwrap_or_default()
    }
}

/// A registered certificate, as far as an assertion is checked against it.
#[derive(Debug)]
#[cfg_attr(not(feature = "assertions"), expect(dead_code, reason = "read where assertions are verified"))]
pub(crate) struct Certificate {
    /// base64url SHA-256 of the DER form: the header `x5t#S256`.
    pub(crate) thumbprint: String,
    /// The same with SHA-1: the older header `x5t`.
    pub(crate) sha1_thumbprint: String,
    /// The RSA public key, PKCS#1 DER.
    pub(crate) rsa_key: Vec<u8>,
}

/// An issuer's public key.
#[derive(Debug)]
#[cfg_attr(not(feature = "assertions"), expect(dead_code, reason = "read where assertions are verified"))]
pub(crate) struct SigningKey {
    pub(crate) kid: Option<String>,
    /// base64url
    pub(crate) modulus: String,
    /// base64url
    pub(crate) exponent: String,
}

impl Tenant {
    pub(crate) fn has_domain(&self, name: &str) -> bool {
        std::iter::once(&self.default_domain)
            .chain(&self.domains)
            .any(|domain| domain.eq_ignore_ascii_case(name))
    }

    pub(crate) fn sign_in(&self, id: Uuid) -> Option<&SignIn> {
        self.sign_ins.iter().find(|user| user.id == id)
    }

    /// The object id of an application's service principal.
    pub(crate) fn service_principal(&self, client_id: Uuid) -> Uuid {
        ids::derive("service principal", &[&self.tenant_id.to_string(), &client_id.to_string()])
    }

    pub(crate) fn application(&self, client_id: Uuid) -> Option<&Application> {
        self.applications.iter().find(|application| application.client_id == client_id)
    }
}
