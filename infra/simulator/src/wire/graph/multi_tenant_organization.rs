//! GET, PUT, PATCH /tenantRelationships/multiTenantOrganization (1).

use http::Method;
use serde::Serialize;
use uuid::Uuid;

use super::{Answer, Body, Call, context_text, only, required, text};
use crate::ids;
use crate::world::{Organization, Refusal, World, timestamp};

const CONTEXT: &str = "tenantRelationships/multiTenantOrganization/$entity";

/// The organization or that there is none, in the order of names.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'a> {
    #[serde(rename = "@odata.context", skip_serializing_if = "Option::is_none")]
    context: Option<String>,
    created_date_time: Option<String>,
    description: Option<&'a str>,
    display_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
    state: &'static str,
}

pub(super) fn serve(world: &mut World, viewer: Uuid, call: &Call) -> Result<Answer, Refusal> {
    match call.method {
        Method::PUT => put(world, viewer, call),
        Method::PATCH => patch(world, viewer, call),
        _ => Ok(Answer::ok(get(world, viewer))),
    }
}

fn get(world: &World, viewer: Uuid) -> Body {
    if let Some(organization) = world.visible_organization(viewer) {
        return entity(organization, viewer);
    }
    let shows_id = world.options.inactive_shows_id;
    let none = Shown {
        context: None,
        created_date_time: None,
        description: None,
        display_name: None,
        id: shows_id.then(|| ids::derive("no organization", &[&viewer.to_string()])),
        state: "inactive",
    };
    Body::written(&none, 0)
}

fn entity(organization: &Organization, viewer: Uuid) -> Body {
    let shown = Shown {
        context: Some(context_text(CONTEXT)),
        created_date_time: Some(timestamp(organization.created_at)),
        description: organization.description.as_deref(),
        display_name: Some(&organization.display_name),
        id: Some(organization.id_for(viewer)),
        state: "active",
    };
    Body::written(&shown, 0)
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
