//! GET /tenantRelationships/findTenantInformationByTenantId and by domain name (8.8).

use serde_json::json;
use uuid::Uuid;

use super::{Answer, context};
use crate::world::tenant::Tenant;
use crate::world::{Refusal, World};

pub(super) fn by_id(world: &World, wanted: &str) -> Result<Answer, Refusal> {
    let id = Uuid::parse_str(wanted).ok();
    found(id.and_then(|id| world.tenants.get(&id)), wanted)
}

pub(super) fn by_domain(world: &World, name: &str) -> Result<Answer, Refusal> {
    found(world.tenants.values().find(|tenant| tenant.has_domain(name)), name)
}

/// 404 for an unknown tenant; the code is (unverified).
fn found(tenant: Option<&Tenant>, wanted: &str) -> Result<Answer, Refusal> {
    let tenant = tenant.ok_or_else(|| Refusal::Unknown(wanted.to_owned()))?;
    Ok(Answer::ok(json!({
        "@odata.context": context("microsoft.graph.tenantInformation"),
        "tenantId": tenant.tenant_id,
        "federationBrandName": null,
        "displayName": tenant.display_name,
        "defaultDomainName": tenant.default_domain,
    })))
}
