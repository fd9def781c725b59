//! GET, PUT, PATCH /tenantRelationships/multiTenantOrganization (1).

use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Answer, Call, context, only, required, text};
use crate::ids;
use crate::world::{Organization, Refusal, World, timestamp};

const CONTEXT: &str = "tenantRelationships/multiTenantOrganization/$entity";

pub(super) fn serve(world: &mut World, viewer: Uuid, call: &Call) -> Result<Answer, Refusal> {
    match call.method {
        Method::PUT => put(world, viewer, call),
        Method::PATCH => patch(world, viewer, call),
        _ => Ok(Answer::ok(get(world, viewer))),
    }
}

fn get(world: &World, viewer: Uuid) -> Value {
    if let Some(organization) = world.visible_organization(viewer) {
        return entity(organization, viewer);
    }
    let mut none =
        json!({"createdDateTime": null, "displayName": null, "description": null, "state": "inactive"});
    if world.options.inactive_shows_id {
        none["id"] = json!(ids::derive("no organization", &[&viewer.to_string()]));
    }
    none
}

fn entity(organization: &Organization, viewer: Uuid) -> Value {
    json!({
        "@odata.context": context(CONTEXT),
        "id": organization.id_for(viewer),
        "createdDateTime": timestamp(organization.created_at),
        "displayName": organization.display_name,
        "description": organization.description,
        "state": "active",
    })
}

fn put(world: &mut World, viewer: Uuid, call: &Call) -> Result<Answer, Refusal> {
    if !world.options.put_creates {
        return Err(Refusal::Method);
    }
    let body = call.object()?;
    only(&body, &["displayName", "description"])?;
    let description = text(&body, "description")?.value();
    world.create_organization(viewer, required(&body, "displayName")?, description)?;
    let made = world.organization_of(viewer).ok_or(Refusal::Gone)?;
    Ok(Answer::created(entity(made, viewer)))
}

fn patch(world: &mut World, viewer: Uuid, call: &Call) -> Result<Answer, Refusal> {
    let body = call.object()?;
    only(&body, &["displayName", "description"])?;
    let description = text(&body, "description")?;
    if world.organization_of(viewer).is_some() {
        let name = body.contains_key("displayName").then(|| required(&body, "displayName")).transpose()?;
        world.update_organization(viewer, name, description)?;
    } else if world.options.patch_creates {
        world.create_organization(viewer, required(&body, "displayName")?, description.value())?;
    } else {
        return Err(Refusal::Gone); // (unverified)
    }
    Ok(Answer::no_content())
}
