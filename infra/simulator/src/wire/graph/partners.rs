//! /policies/crossTenantAccessPolicy/partners (5.4).

use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Answer, Call, context, id, identity_synchronization, invalid, query, required};
use crate::wire::filter::Filter;
use crate::world::{Refusal, World, properties};

const CONTEXT: &str = "policies/crossTenantAccessPolicy/partners";
/// Most rows of one page, whatever `$top` says.
const MAX_PAGE_SIZE: usize = 999;

pub(super) fn serve_all(world: &mut World, viewer: Uuid, call: &Call) -> Result<Answer, Refusal> {
    if call.method == Method::POST { post(world, viewer, call) } else { list(world, viewer, call) }
}

pub(super) fn serve_one(
    world: &mut World,
    viewer: Uuid,
    call: &Call,
    partner: &str,
) -> Result<Answer, Refusal> {
    let partner = id(partner).map_err(|_| Refusal::Gone)?;
    match call.method {
        Method::PATCH => {
            world.tenant_mut(viewer)?.policy.patch_partner(partner, &call.object()?)?;
            Ok(Answer::no_content())
        }
        Method::DELETE => delete(world, viewer, partner),
        _ => {
            let mut shown = shape(world, viewer, partner, expands(call))?;
            shown["@odata.context"] = context(&format!("{CONTEXT}/$entity"));
            Ok(Answer::ok(shown))
        }
    }
}

fn expands(call: &Call) -> bool {
    call.option("$expand")
        .is_some_and(|names| names.split(',').any(|name| name.trim() == "identitySynchronization"))
}

fn post(world: &mut World, viewer: Uuid, call: &Call) -> Result<Answer, Refusal> {
    let body = call.object()?;
    let partner = Uuid::parse_str(&required(&body, "tenantId")?).map_err(|_| invalid("tenantId"))?;
    if partner == viewer {
        return Err(invalid("tenantId")); // (unverified)
    }
    let fellow = world.fellows(viewer, partner);
    let policy = &mut world.tenant_mut(viewer)?.policy;
    policy.add_partner(partner, &body)?;
    if fellow {
        policy.set_in_organization(partner, true);
    }
    let mut shown = shape(world, viewer, partner, false)?;
    shown["@odata.context"] = context(&format!("{CONTEXT}/$entity"));
    Ok(Answer::created(shown))
}

fn delete(world: &mut World, viewer: Uuid, partner: Uuid) -> Result<Answer, Refusal> {
    let kept = world.fellows(viewer, partner) && !world.options.fellow_partner_may_be_deleted;
    let policy = &mut world.tenant_mut(viewer)?.policy;
    policy.partner(partner)?;
    if kept {
        // each active pair needs settings (9.1); code and text are (unverified)
        let text = "The partner belongs to the same multi-tenant organization and cannot be deleted.";
        return Err(Refusal::Bad(text.to_owned()));
    }
    policy.delete_partner(partner)?;
    Ok(Answer::no_content())
}

/// A page by tenant id. `$skip` and `$skiptoken` both count rows; clients must not look into the token (8.5).
fn list(world: &World, viewer: Uuid, call: &Call) -> Result<Answer, Refusal> {
    let filter = Filter::of(call, &filtered())?;
    let skipped = query::number(call, "$skiptoken")?.or(query::number(call, "$skip")?).unwrap_or(0);
    let size = usize::try_from(world.options.page_size).unwrap_or(MAX_PAGE_SIZE).clamp(1, MAX_PAGE_SIZE);
    let size = query::number(call, "$top")?.map_or(size, |top| top.clamp(1, size));
    let mut found: Vec<Uuid> = world.tenant(viewer)?.policy.partners.keys().copied().collect();
    if let Some(filter) = filter {
        found.retain(|id| shape(world, viewer, *id, false).is_ok_and(|shown| filter.matches(&shown)));
    }
    let count = found.len();
    let page = found.into_iter().skip(skipped).take(size);
    let page = page.map(|id| shape(world, viewer, id, expands(call))).collect::<Result<Vec<_>, _>>()?;
    let mut shown = json!({"@odata.context": context(CONTEXT), "value": page});
    if query::counts(call)? && skipped == 0 {
        shown["@odata.count"] = json!(count);
    }
    if count > skipped.saturating_add(size) {
        shown["@odata.nextLink"] = json!(query::next_link(call, CONTEXT, skipped + size));
    }
    Ok(Answer::ok(shown))
}

/// The metadata allows `$filter` without saying by what (5.4): every property of the partner (unverified).
fn filtered() -> Vec<&'static str> {
    let writable = properties::PARTNER.iter().map(|(name, _)| *name);
    writable.chain(["tenantId", "isInMultiTenantOrganization"]).collect()
}

fn shape(world: &World, viewer: Uuid, partner: Uuid, expanded: bool) -> Result<Value, Refusal> {
    let found = world.tenant(viewer)?.policy.partner(partner)?;
    let mut shown = Value::Object(found.values.as_ref().clone());
    shown["tenantId"] = json!(partner);
    shown["isInMultiTenantOrganization"] = json!(found.in_organization);
    if world.options.undeclared_properties {
        let unset = json!({"inboundAllowed": null, "outboundAllowed": null});
        shown["crossCloudMeetingConfiguration"] = unset.clone();
        shown["protectedContentSharing"] = unset;
    }
    if expanded {
        let identity = found.identity.as_deref();
        shown["identitySynchronization"] =
            identity.map_or(Value::Null, |values| identity_synchronization::shape(partner, values));
    }
    Ok(shown)
}
