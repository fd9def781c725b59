//! Paths, methods and what they take (0.1, 4A.1, 4A.3).

use http::Method;

use super::access::{self, Rule};
use crate::world::Refusal;

/// What a path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Resource {
    MultiTenantOrganization,
    Members,
    Member(String),
    JoinRequest,
    PartnerTemplate,
    PartnerTemplateReset,
    IdentityTemplate,
    IdentityTemplateReset,
    Policy,
    DefaultConfiguration,
    DefaultConfigurationReset,
    Partners,
    Partner(String),
    IdentitySynchronization(String),
    Organizations,
    OrganizationById(String),
    TenantById(String),
    TenantByDomain(String),
    Audits,
    Audit(String),
}

/// Finds what the segments after the version name. Names are matched ignoring case, as the service does
/// (unverified for all of them).
pub(crate) fn find(segments: &[String], singular_tenant: bool) -> Option<Resource> {
    let lower: Vec<String> = segments.iter().map(|segment| segment.to_lowercase()).collect();
    let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
    let last = segments.last().cloned().unwrap_or_default();
    match lower.as_slice() {
        ["tenantrelationships", "multitenantorganization", rest @ ..] => {
            organization(rest, last, singular_tenant)
        }
        ["tenantrelationships", function] => lookup(function, &last),
        ["policies", "crosstenantaccesspolicy", rest @ ..] => policy(rest, segments),
        ["auditlogs", "directoryaudits"] => Some(Resource::Audits),
        ["auditlogs", "directoryaudits", _] => Some(Resource::Audit(last)),
        ["organization"] => Some(Resource::Organizations),
        ["organization", _] => Some(Resource::OrganizationById(last)),
        _ => None,
    }
}

fn organization(rest: &[&str], last: String, singular_tenant: bool) -> Option<Resource> {
    match rest {
        [] => Some(Resource::MultiTenantOrganization),
        ["joinrequest"] => Some(Resource::JoinRequest),
        ["tenants"] => Some(Resource::Members),
        ["tenants", _] => Some(Resource::Member(last)),
        ["tenant", _] if singular_tenant => Some(Resource::Member(last)),
        _ => None,
    }
}

fn policy(rest: &[&str], segments: &[String]) -> Option<Resource> {
    let partner = || segments.get(3).cloned().unwrap_or_default();
    match rest {
        [] => Some(Resource::Policy),
        ["default"] => Some(Resource::DefaultConfiguration),
        ["default", "resettosystemdefault"] => Some(Resource::DefaultConfigurationReset),
        ["partners"] => Some(Resource::Partners),
        ["partners", _] => Some(Resource::Partner(partner())),
        ["partners", _, "identitysynchronization"] => Some(Resource::IdentitySynchronization(partner())),
        ["templates", "multitenantorganizationpartnerconfiguration"] => Some(Resource::PartnerTemplate),
        ["templates", "multitenantorganizationpartnerconfiguration", "resettodefaultsettings"] => {
            Some(Resource::PartnerTemplateReset)
        }
        ["templates", "multitenantorganizationidentitysynchronization"] => Some(Resource::IdentityTemplate),
        ["templates", "multitenantorganizationidentitysynchronization", "resettodefaultsettings"] => {
            Some(Resource::IdentityTemplateReset)
        }
        _ => None,
    }
}

/// `findTenantInformationByTenantId(tenantId='…')`; quotes may be missing.
fn lookup(function: &str, original: &str) -> Option<Resource> {
    let (name, _) = function.strip_prefix("microsoft.graph.").unwrap_or(function).split_once('(')?;
    let (_, argument) = original.strip_suffix(')')?.split_once('(')?;
    let (key, value) = argument.split_once('=')?;
    let value = value.trim().trim_matches('\'').to_owned();
    match (name, key.trim().to_lowercase().as_str()) {
        ("findtenantinformationbytenantid", "tenantid") => Some(Resource::TenantById(value)),
        ("findtenantinformationbydomainname", "domainname") => Some(Resource::TenantByDomain(value)),
        _ => None,
    }
}

/// What a request takes; a method that is not served is refused.
pub(crate) fn rule(resource: &Resource, method: &Method) -> Result<Rule, Refusal> {
    use access::{MTO_READ, MTO_WRITE, XTAP_READ, XTAP_WRITE};
    let (reads, writes, methods): (_, _, &[Method]) = match resource {
        Resource::MultiTenantOrganization => {
            (access::MTO_READ_OR_BASIC, MTO_WRITE, &[Method::GET, Method::PUT, Method::PATCH])
        }
        Resource::Members => (access::MTO_READ_OR_BASIC, MTO_WRITE, &[Method::GET, Method::POST]),
        Resource::Member(_) => {
            (access::MTO_ROW_READ, MTO_WRITE, &[Method::GET, Method::PATCH, Method::DELETE])
        }
        Resource::JoinRequest | Resource::PartnerTemplate | Resource::IdentityTemplate => {
            (MTO_READ, MTO_WRITE, &[Method::GET, Method::PATCH])
        }
        Resource::PartnerTemplateReset | Resource::IdentityTemplateReset => {
            (MTO_READ, MTO_WRITE, &[Method::POST])
        }
        Resource::Policy | Resource::DefaultConfiguration => {
            (XTAP_READ, XTAP_WRITE, &[Method::GET, Method::PATCH])
        }
        Resource::DefaultConfigurationReset => (XTAP_READ, XTAP_WRITE, &[Method::POST]),
        Resource::Partners => (XTAP_READ, XTAP_WRITE, &[Method::GET, Method::POST]),
        Resource::Partner(_) => (XTAP_READ, XTAP_WRITE, &[Method::GET, Method::PATCH, Method::DELETE]),
        Resource::IdentitySynchronization(_) => {
            (XTAP_READ, XTAP_WRITE, &[Method::GET, Method::PUT, Method::PATCH, Method::DELETE])
        }
        Resource::Organizations | Resource::OrganizationById(_) => only_read(access::ORGANIZATION_READ),
        Resource::TenantById(_) | Resource::TenantByDomain(_) => only_read(access::LOOKUP),
        Resource::Audits | Resource::Audit(_) => only_read(access::AUDIT_READ),
    };
    if !methods.contains(method) {
        return Err(Refusal::Method);
    }
    Ok(if method == Method::GET { reads } else { writes })
}

fn only_read(rule: Rule) -> (Rule, Rule, &'static [Method]) {
    (rule, rule, &[Method::GET])
}

/// Whether it belongs to the organization API, which some clouds do not have (9.4 row 11).
pub(crate) fn is_organization_api(resource: &Resource) -> bool {
    match resource {
        Resource::MultiTenantOrganization
        | Resource::Members
        | Resource::Member(_)
        | Resource::JoinRequest
        | Resource::PartnerTemplate
        | Resource::PartnerTemplateReset
        | Resource::IdentityTemplate
        | Resource::IdentityTemplateReset => true,
        Resource::Policy
        | Resource::DefaultConfiguration
        | Resource::DefaultConfigurationReset
        | Resource::Partners
        | Resource::Partner(_)
        | Resource::IdentitySynchronization(_)
        | Resource::Organizations
        | Resource::OrganizationById(_)
        | Resource::TenantById(_)
        | Resource::TenantByDomain(_)
        | Resource::Audits
        | Resource::Audit(_) => false,
    }
}
