//! Bounds, uniqueness and references of a seed.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::seed::{
    ApplicationSeed, MAX_APPLICATIONS, MAX_CREDENTIALS, MAX_TENANTS, MemberState, OrganizationSeed, Seed,
    SeedError, TenantSeed,
};
use crate::{seed_federation_check, seed_sign_in};

const MAX_NAME_CHARS: usize = 256;

pub(crate) fn check(seed: &Seed) -> Result<(), SeedError> {
    bounded("tenants", seed.tenants.len(), MAX_TENANTS)?;
    if seed.tenants.is_empty() {
        return Err(SeedError::new(
            "tenants",
            "[]",
            "give at least one tenant; --print-seed shows an example",
        ));
    }
    let (mut ids, mut domains) = (BTreeSet::new(), BTreeSet::new());
    for (index, tenant) in seed.tenants.iter().enumerate() {
        let at = format!("tenants[{index}]");
        tenant_itself(&at, tenant)?;
        if !ids.insert(tenant.tenant_id) {
            return Err(SeedError::new(
                format!("{at}.tenantId"),
                tenant.tenant_id,
                "stands twice; ids are unique",
            ));
        }
        for domain in std::iter::once(&tenant.default_domain).chain(&tenant.domains) {
            if !domains.insert(domain.to_lowercase()) {
                let problem = "belongs to a tenant already; a verified domain has one tenant";
                return Err(SeedError::new(format!("{at}.domains"), domain, problem));
            }
        }
    }
    organizations(seed, &ids)?;
    partners(seed, &ids)?;
    for (index, tenant) in seed.tenants.iter().enumerate() {
        seed_sign_in::check(&format!("tenants[{index}]"), tenant)?;
    }
    seed_federation_check::check(seed)
}

pub(crate) fn bounded(field: &str, count: usize, most: usize) -> Result<(), SeedError> {
    if count <= most {
        return Ok(());
    }
    Err(SeedError::new(field, format!("{count} entries"), format!("at most {most} are allowed")))
}

fn named(field: String, name: &str) -> Result<(), SeedError> {
    let length = name.chars().count();
    if (1..=MAX_NAME_CHARS).contains(&length) {
        return Ok(());
    }
    Err(SeedError::new(
        field,
        format!("{length} characters"),
        format!("use 1 to {MAX_NAME_CHARS} characters"),
    ))
}

fn tenant_itself(at: &str, tenant: &TenantSeed) -> Result<(), SeedError> {
    named(format!("{at}.displayName"), &tenant.display_name)?;
    bounded(&format!("{at}.domains"), tenant.domains.len(), MAX_APPLICATIONS)?;
    for domain in std::iter::once(&tenant.default_domain).chain(&tenant.domains) {
        let letters =
            domain.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-' || letter == '.');
        if !letters || !domain.contains('.') || domain.len() > MAX_NAME_CHARS {
            let problem = "is no domain name; use letters, digits, hyphens and dots, as in contoso.example";
            return Err(SeedError::new(format!("{at}.defaultDomain"), domain, problem));
        }
    }
    bounded(&format!("{at}.applications"), tenant.applications.len(), MAX_APPLICATIONS)?;
    let mut clients = BTreeSet::new();
    for (index, application) in tenant.applications.iter().enumerate() {
        let at = format!("{at}.applications[{index}]");
        application_itself(&at, application)?;
        if !clients.insert(application.client_id) {
            let problem = "stands twice in this tenant; merge the two";
            return Err(SeedError::new(format!("{at}.clientId"), application.client_id, problem));
        }
    }
    crate::seed_directory::check(at, tenant)
}

fn application_itself(at: &str, application: &ApplicationSeed) -> Result<(), SeedError> {
    bounded(&format!("{at}.secrets"), application.secrets.len(), MAX_CREDENTIALS)?;
    bounded(&format!("{at}.certificates"), application.certificates.len(), MAX_CREDENTIALS)?;
    if application.secrets.iter().any(|secret| secret.expose().is_empty()) {
        return Err(SeedError::new(format!("{at}.secrets"), "-", "an empty secret; give it characters"));
    }
    if let Some(name) = &application.display_name {
        named(format!("{at}.displayName"), name)?;
    }
    let permissions = &application.permissions;
    seed_sign_in::known(
        &format!("{at}.permissions"),
        permissions,
        &crate::PERMISSIONS,
        "application permission",
    )?;
    seed_sign_in::check_delegated(at, application)
}

fn known(field: String, id: Uuid, ids: &BTreeSet<Uuid>) -> Result<(), SeedError> {
    if ids.contains(&id) {
        return Ok(());
    }
    Err(SeedError::new(field, id, "is none of the tenants; add it to tenants first"))
}

fn organizations(seed: &Seed, ids: &BTreeSet<Uuid>) -> Result<(), SeedError> {
    bounded("organizations", seed.organizations.len(), MAX_TENANTS)?;
    let mut taken = BTreeSet::new();
    for (index, organization) in seed.organizations.iter().enumerate() {
        let at = format!("organizations[{index}]");
        named(format!("{at}.displayName"), &organization.display_name)?;
        known(format!("{at}.owner"), organization.owner, ids)?;
        once(format!("{at}.owner"), organization.owner, &mut taken)?;
        rows(&at, organization, ids, &mut taken)?;
    }
    Ok(())
}

fn once(field: String, id: Uuid, taken: &mut BTreeSet<Uuid>) -> Result<(), SeedError> {
    if taken.insert(id) {
        return Ok(());
    }
    Err(SeedError::new(field, id, "is active in an organization already; a tenant has one"))
}

fn rows(
    at: &str,
    organization: &OrganizationSeed,
    ids: &BTreeSet<Uuid>,
    taken: &mut BTreeSet<Uuid>,
) -> Result<(), SeedError> {
    bounded(&format!("{at}.members"), organization.members.len(), MAX_TENANTS)?;
    let mut listed = BTreeSet::from([organization.owner]);
    for (index, member) in organization.members.iter().enumerate() {
        let at = format!("{at}.members[{index}].tenantId");
        named(format!("{at}.displayName"), &member.display_name)?;
        if !listed.insert(member.tenant_id) {
            return Err(SeedError::new(at, member.tenant_id, "is listed twice; the owner needs no row"));
        }
        match member.state {
            MemberState::Pending => {}
            MemberState::Active => {
                known(at.clone(), member.tenant_id, ids)?;
                once(at, member.tenant_id, taken)?;
            }
        }
    }
    Ok(())
}

fn partners(seed: &Seed, ids: &BTreeSet<Uuid>) -> Result<(), SeedError> {
    bounded("partners", seed.partners.len(), MAX_TENANTS * 10)?;
    let mut pairs = BTreeSet::new();
    for (index, partner) in seed.partners.iter().enumerate() {
        let at = format!("partners[{index}]");
        known(format!("{at}.tenantId"), partner.tenant_id, ids)?;
        if partner.tenant_id == partner.partner_tenant_id
            || !pairs.insert((partner.tenant_id, partner.partner_tenant_id))
        {
            let problem = "name another tenant, and each pair once";
            return Err(SeedError::new(format!("{at}.partnerTenantId"), partner.partner_tenant_id, problem));
        }
    }
    Ok(())
}
