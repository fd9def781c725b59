//! /directory/deletedItems, for users (7.4). Other kinds of objects leave for good at once.

use http::Method;
use uuid::Uuid;

use super::super::{Answer, Call, context, id};
use super::{page, users};
use crate::world::directory::edit::is_deleted;
use crate::world::{Refusal, World};

pub(super) fn list(world: &World, viewer: Uuid, call: &Call) -> Result<Answer, Refusal> {
    let wanted = users::wanted(call)?;
    let directory = &world.tenant(viewer)?.directory;
    let places = users::matching(directory, &wanted, is_deleted);
    let row = |place| users::shape(directory, u32::try_from(place).unwrap_or(u32::MAX), call);
    let mut shown = page::page(call, "directoryObjects", places, row)?;
    shown["@odata.context"] = context("users");
    Ok(Answer::ok(shown))
}

fn found(world: &World, viewer: Uuid, item: &str) -> Result<u32, Refusal> {
    let directory = &world.tenant(viewer)?.directory;
    let number = directory.user_number(id(item)?);
    let number = number.filter(|number| directory.user(*number).is_some_and(is_deleted));
    number.ok_or_else(|| Refusal::Unknown(item.to_owned()))
}

pub(super) fn serve(world: &mut World, viewer: Uuid, call: &Call, item: &str) -> Result<Answer, Refusal> {
    let number = found(world, viewer, item)?;
    if call.method == Method::DELETE {
        world.tenant_mut(viewer)?.directory.purge(number);
        world.note_change(viewer, "Hard delete user", item);
        return Ok(Answer::no_content());
    }
    Ok(Answer::ok(entity(world, viewer, number, call)?))
}

pub(super) fn restore(world: &mut World, viewer: Uuid, call: &Call, item: &str) -> Result<Answer, Refusal> {
    let number = found(world, viewer, item)?;
    world.restore_user(viewer, number)?;
    Ok(Answer::ok(entity(world, viewer, number, call)?))
}

fn entity(world: &World, viewer: Uuid, number: u32, call: &Call) -> Result<serde_json::Value, Refusal> {
    let mut shown = users::shape(&world.tenant(viewer)?.directory, number, call);
    shown["@odata.type"] = serde_json::json!("#microsoft.graph.user");
    shown["@odata.context"] = context("directoryObjects/$entity");
    Ok(shown)
}
