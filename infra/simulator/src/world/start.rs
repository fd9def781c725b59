//! The world a seed describes.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use time::OffsetDateTime;
use uuid::Uuid;

use super::directory::Directory;
use super::organization::Row;
use super::tenant::{Application, Certificate, SignIn, SigningKey, Tenant};
use super::{Refusal, World};
use crate::ids;
use crate::options::Options;
use crate::seed::{
    ApplicationSeed, IssuerSeed, JsonWebKey, MemberState, OrganizationSeed, PartnerSeed, Seed, SeedError,
    TenantSeed,
};
use crate::seed_sign_in::SignInSeed;

impl World {
    pub(crate) fn new(seed: Seed, options: Options, now: OffsetDateTime) -> Result<Self, SeedError> {
        seed.check()?;
        let mut world = Self {
            options,
            now,
            is_settled: false,
            tenants: BTreeMap::new(),
            organizations: BTreeMap::new(),
            issuers: start_issuers(seed.issuers)?,
            tokens: super::tokens::Tokens::default(),
            faults: super::Faults::default(),
            limits: super::limits::Usage::default(),
            log: VecDeque::new(),
            counters: crate::Counters::default(),
            trail: super::audit::Trail::new(),
            next: 0,
            organizations_made: 0,
            schedule: super::sync::Schedule::default(),
        };
        for (index, tenant) in seed.tenants.iter().cloned().enumerate() {
            world.tenants.insert(tenant.tenant_id, start_tenant(tenant, index)?);
        }
        world.start_directories(&seed.tenants)?;
        // partners first: a join applies templates to what was there before
        for (index, partner) in seed.partners.iter().enumerate() {
            world.start_partner(partner).map_err(|refusal| {
                SeedError::new(format!("partners[{index}]"), partner.partner_tenant_id, explain(&refusal))
            })?;
        }
        for (index, organization) in seed.organizations.into_iter().enumerate() {
            let owner = organization.owner;
            world.start_rows(organization).map_err(|refusal| {
                SeedError::new(format!("organizations[{index}]"), owner, explain(&refusal))
            })?;
        }
        Ok(world)
    }

    fn start_partner(&mut self, seed: &PartnerSeed) -> Result<(), Refusal> {
        let policy = &mut self.tenant_mut(seed.tenant_id)?.policy;
        policy.add_partner(seed.partner_tenant_id, &seed.configuration)?;
        match &seed.identity_synchronization {
            Some(body) => policy.put_identity(seed.partner_tenant_id, body, false),
            None => Ok(()),
        }
    }

    fn start_rows(&mut self, seed: OrganizationSeed) -> Result<(), Refusal> {
        let (owner, now) = (seed.owner, self.now);
        let key = self.start_organization(owner, seed.display_name, seed.description)?;
        for member in seed.members {
            let Some(organization) = self.organizations.get_mut(&key) else { return Err(Refusal::Gone) };
            organization.rows.push(Row {
                tenant_id: member.tenant_id,
                display_name: member.display_name,
                role: crate::MemberRole::Member,
                state: MemberState::Pending,
                added_by: owner,
                added_at: now,
                joined_at: None,
                wanted_role: member.role,
                change: None,
            });
            match member.state {
                MemberState::Pending => {}
                MemberState::Active => {
                    let tenant = self.tenant_mut(member.tenant_id)?;
                    tenant.joined_by = Some(owner);
                    tenant.ever_asked = true;
                    self.become_active(member.tenant_id, key, now);
                }
            }
        }
        Ok(())
    }
}

/// Entra uses the first 100 signing keys of an issuer (8.7).
const MAX_SIGNING_KEYS: usize = 100;

fn start_issuers(issuers: Vec<IssuerSeed>) -> Result<BTreeMap<String, Vec<SigningKey>>, SeedError> {
    let of_one = |(index, issuer): (usize, IssuerSeed)| {
        let keys = issuer.keys.into_iter().enumerate().take(MAX_SIGNING_KEYS);
        let keys: Vec<_> = keys
            .filter(|(_, key)| key.kty == "RSA")
            .map(|(place, key)| {
                let kid = key.kid.clone();
                read_key(key).map_err(|problem| {
                    let field = format!("issuers[{index}].keys[{place}]");
                    SeedError::new(field, kid.unwrap_or_else(|| "-".to_owned()), problem)
                })
            })
            .collect::<Result<_, _>>()?;
        if keys.is_empty() {
            let problem = "hold no RSA key among the first 100; Entra verifies RS256 only";
            return Err(SeedError::new(format!("issuers[{index}].keys"), "-", problem));
        }
        Ok((issuer.issuer, keys))
    };
    issuers.into_iter().enumerate().map(of_one).collect()
}

fn read_key(key: JsonWebKey) -> Result<SigningKey, String> {
    let (Some(modulus), Some(exponent)) = (key.n, key.e) else {
        return Err("has no modulus n and exponent e; take the key from the issuer's jwks_uri".to_owned());
    };
    #[cfg(feature = "assertions")]
    jsonwebtoken::DecodingKey::from_rsa_components(&modulus, &exponent)
        .map_err(|error| format!("is no RSA key: n and e have to be base64url ({error})"))?;
    Ok(SigningKey { kid: key.kid, modulus, exponent })
}

fn explain(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Bad(text) => text.clone(),
        Refusal::Unknown(_) | Refusal::Gone => "names something that is not in the seed".to_owned(),
        Refusal::PartnerExists
        | Refusal::PolicyExists
        | Refusal::OrganizationExists
        | Refusal::AlreadyAdded => "stands twice; remove one".to_owned(),
        Refusal::Denied | Refusal::Query(_) | Refusal::Method | Refusal::Other { .. } => {
            "cannot be used in a seed".to_owned()
        }
    }
}

fn start_tenant(seed: TenantSeed, index: usize) -> Result<Tenant, SeedError> {
    let applications = seed.applications.into_iter().enumerate();
    let applications = applications
        .map(|(place, application)| {
            let at = format!("tenants[{index}].applications[{place}]");
            start_application(application, &seed.display_name, &at)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let users = seed.sign_ins.into_iter().map(|user| start_sign_in(seed.tenant_id, user));
    Ok(Tenant {
        sign_ins: users.collect(),
        tenant_id: seed.tenant_id,
        display_name: seed.display_name,
        default_domain: seed.default_domain,
        domains: seed.domains,
        internal_users: seed.internal_users,
        applications,
        policy: super::policy::Policy::default(),
        organization: None,
        join_request: None,
        joined_by: None,
        ever_asked: false,
        last_failure: None,
        former_rows: BTreeSet::new(),
        denied: BTreeSet::new(),
        credential_broken: false,
        number: u16::try_from(index).unwrap_or(u16::MAX),
        directory: Directory::new(seed.tenant_id, "", &[]), // users come when all tenants are there
        software: super::sync::application::Software::default(),
        provisioning_log: super::sync::log::Log::default(),
    })
}

fn start_sign_in(tenant: Uuid, seed: SignInSeed) -> SignIn {
    let name = seed.user_principal_name.to_lowercase();
    SignIn {
        id: ids::derive("user", &[&tenant.to_string(), &name]),
        user_principal_name: seed.user_principal_name,
        password: seed.password,
        roles: seed.roles.into_iter().collect(),
    }
}

fn start_application(seed: ApplicationSeed, tenant: &str, at: &str) -> Result<Application, SeedError> {
    let certificates = seed.certificates.iter().enumerate();
    let certificates = certificates
        .map(|(place, pem)| {
            read_certificate(pem)
                .map_err(|problem| SeedError::new(format!("{at}.certificates[{place}]"), "-", problem))
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Application {
        client_id: seed.client_id,
        display_name: seed.display_name.unwrap_or_else(|| format!("{tenant} application")),
        secrets: seed.secrets,
        certificates,
        federated_credentials: seed.federated_credentials,
        permissions: seed.permissions.into_iter().collect(),
        delegated_permissions: seed.delegated_permissions.into_iter().collect(),
    })
}

#[cfg(feature = "assertions")]
fn read_certificate(pem: &str) -> Result<Certificate, String> {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use sha1::Sha1;
    use sha2::{Digest as _, Sha256};

    let (_, block) = x509_parser::pem::parse_x509_pem(pem.as_bytes()).map_err(|error| {
        format!("is no PEM certificate ({error}); begin with -----BEGIN CERTIFICATE-----")
    })?;
    let certificate = block.parse_x509().map_err(|error| format!("is no X.509 certificate ({error})"))?;
    let key = certificate.public_key();
    match key.parsed() {
        Ok(x509_parser::public_key::PublicKey::RSA(_)) => {}
        Ok(_) | Err(_) => return Err("holds no RSA key; Entra takes RSA certificates only".to_owned()),
    }
    Ok(Certificate {
        thumbprint: URL_SAFE_NO_PAD.encode(Sha256::digest(&block.contents)),
        sha1_thumbprint: URL_SAFE_NO_PAD.encode(Sha1::digest(&block.contents)),
        rsa_key: key.subject_public_key.data.to_vec(),
    })
}

/// Without the feature `assertions` certificates are kept out: the token endpoint says so when one is used.
#[cfg(not(feature = "assertions"))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as with the feature")]
fn read_certificate(_pem: &str) -> Result<Certificate, String> {
    Ok(Certificate { thumbprint: String::new(), sha1_thumbprint: String::new(), rsa_key: Vec::new() })
}
