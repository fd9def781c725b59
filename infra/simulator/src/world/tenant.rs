//! A tenant: what it is, who may sign in, its policy, and its place in an organization. Users come here later.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::join::JoinRequest;
use super::policy::Policy;
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
}

#[derive(Debug)]
pub(crate) struct Application {
    pub(crate) client_id: Uuid,
    pub(crate) secrets: Vec<Secret>,
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) federated_credentials: Vec<FederatedCredentialSeed>,
    pub(crate) permissions: BTreeSet<String>,
}

/// A registered certificate, as far as an assertion is checked against it.
#[derive(Debug)]
#[cfg_attr(not(feature = "assertions"), expect(dead_code, reason = "read where assertions are verified"))]
pub(crate) struct Certificate {
    /// base64url SHA-256 of the DER form: the header `x5t#S256`.
    pub(crate) thumbprint: String,
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

    pub(crate) fn application(&self, client_id: Uuid) -> Option<&Application> {
        self.applications.iter().find(|application| application.client_id == client_id)
    }
}
