//! Bounds, uniqueness and references of issuers and federated credentials (reference 8.7).

use std::collections::BTreeSet;

use crate::seed::{
    FederatedCredentialSeed, MAX_FEDERATED_CREDENTIALS, MAX_ISSUERS, Seed, SeedError, TOKEN_EXCHANGE_AUDIENCE,
};
use crate::seed_check::bounded;

const NAME_CHARS: std::ops::RangeInclusive<usize> = 3..=120;
const MAX_CLAIM_CHARS: usize = 600;
/// Far beyond any real key set; only the first 100 keys count.
const MAX_KEYS: usize = 1_000;

pub(crate) fn check(seed: &Seed) -> Result<(), SeedError> {
    let issuers = issuers(seed)?;
    for (tenant_index, tenant) in seed.tenants.iter().enumerate() {
        for (index, application) in tenant.applications.iter().enumerate() {
            let at = format!("tenants[{tenant_index}].applications[{index}].federatedCredentials");
            credentials(&at, &application.federated_credentials, &issuers)?;
        }
    }
    Ok(())
}

fn issuers(seed: &Seed) -> Result<BTreeSet<&str>, SeedError> {
    bounded("issuers", seed.issuers.len(), MAX_ISSUERS)?;
    let mut names = BTreeSet::new();
    for (index, issuer) in seed.issuers.iter().enumerate() {
        let at = format!("issuers[{index}]");
        claim(format!("{at}.issuer"), &issuer.issuer)?;
        bounded(&format!("{at}.keys"), issuer.keys.len(), MAX_KEYS)?;
        if !issuer.issuer.starts_with("https://") {
            let problem = "is no https URL; Entra finds an issuer's keys by OIDC discovery";
            return Err(SeedError::new(format!("{at}.issuer"), &issuer.issuer, problem));
        }
        if !names.insert(issuer.issuer.as_str()) {
            return Err(SeedError::new(
                format!("{at}.issuer"),
                &issuer.issuer,
                "stands twice; merge the keys",
            ));
        }
    }
    Ok(names)
}

fn credentials(
    at: &str,
    credentials: &[FederatedCredentialSeed],
    issuers: &BTreeSet<&str>,
) -> Result<(), SeedError> {
    bounded(at, credentials.len(), MAX_FEDERATED_CREDENTIALS)?;
    let (mut names, mut identities) = (BTreeSet::new(), BTreeSet::new());
    for (index, credential) in credentials.iter().enumerate() {
        let at = format!("{at}[{index}]");
        itself(&at, credential, issuers)?;
        if !names.insert(credential.name.as_str()) {
            let problem = "stands twice in this application; names are unique";
            return Err(SeedError::new(format!("{at}.name"), &credential.name, problem));
        }
        if !identities.insert((credential.issuer.as_str(), credential.subject.as_str())) {
            let problem = "is trusted already; an issuer and subject stand once in an application";
            return Err(SeedError::new(format!("{at}.subject"), &credential.subject, problem));
        }
    }
    Ok(())
}

fn itself(at: &str, credential: &FederatedCredentialSeed, issuers: &BTreeSet<&str>) -> Result<(), SeedError> {
    let length = credential.name.chars().count();
    if !NAME_CHARS.contains(&length) {
        let problem = format!("has {length} characters; use {} to {}", NAME_CHARS.start(), NAME_CHARS.end());
        return Err(SeedError::new(format!("{at}.name"), &credential.name, problem));
    }
    claim(format!("{at}.issuer"), &credential.issuer)?;
    claim(format!("{at}.subject"), &credential.subject)?;
    if !issuers.contains(credential.issuer.as_str()) {
        let problem = "is none of the issuers; add it with its keys to issuers";
        return Err(SeedError::new(format!("{at}.issuer"), &credential.issuer, problem));
    }
    if credential.audiences != [TOKEN_EXCHANGE_AUDIENCE] {
        let problem =
            format!("has to be exactly [\"{TOKEN_EXCHANGE_AUDIENCE}\"], the one of the global cloud");
        let value = credential.audiences.join(", ");
        return Err(SeedError::new(format!("{at}.audiences"), format!("[{value}]"), problem));
    }
    Ok(())
}

/// Something to be compared letter by letter with a claim.
fn claim(field: String, text: &str) -> Result<(), SeedError> {
    let length = text.chars().count();
    if !(1..=MAX_CLAIM_CHARS).contains(&length) {
        let problem = format!("use 1 to {MAX_CLAIM_CHARS} characters");
        return Err(SeedError::new(field, format!("{length} characters"), problem));
    }
    if text.contains('*') {
        return Err(SeedError::new(field, text, "has a wildcard, and there are none; write it out"));
    }
    Ok(())
}
