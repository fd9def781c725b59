//! POST /invitations (7.1).

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::{Answer, Call, context, id, invalid, only, required, text};
use crate::ids;
use crate::world::directory::invitation::Invitation;
use crate::world::{Refusal, World};

const KNOWN: [&str; 9] = [
    "invitedUserEmailAddress",
    "inviteRedirectUrl",
    "invitedUserDisplayName",
    "invitedUserType",
    "sendInvitationMessage",
    "invitedUserMessageInfo",
    "resetRedemption",
    "invitedUser",
    "invitedUserSponsors",
];

pub(super) fn post(world: &mut World, viewer: Uuid, call: &Call) -> Result<Answer, Refusal> {
    let body = call.object()?;
    only(&body, &KNOWN)?;
    let (address, redirect) =
        (required(&body, "invitedUserEmailAddress")?, required(&body, "inviteRedirectUrl")?);
    let invitation = Invitation {
        address: address.clone(),
        display_name: text(&body, "invitedUserDisplayName")?.value(),
        member: is_member(&body)?,
        reset: reset(&body)?,
    };
    let number = world.invite(viewer, &invitation)?;
    let directory = &world.tenant(viewer)?.directory;
    let (user, kind) = (directory.user_id(number), directory.value(number, "userType"));
    let status = if directory.value(number, "externalUserState") == "Accepted" {
        "Completed"
    } else {
        "PendingAcceptance"
    };
    let name = directory.value(number, "displayName");
    let invitation = ids::derive("invitation", &[&user.to_string(), &world.now.unix_timestamp().to_string()]);
    let message = body.get("invitedUserMessageInfo").filter(|message| message.is_object()).cloned();
    let nobody = json!({"messageLanguage": null, "customizedMessageBody": null,
                        "ccRecipients": [{"emailAddress": {"name": null, "address": null}}]});
    Ok(Answer::created(json!({
        "@odata.context": context("invitations/$entity"),
        "id": invitation,
        "inviteRedeemUrl": format!("https://login.microsoftonline.com/redeem?rd={redirect}&ticket={invitation}"),
        "invitedUserDisplayName": name,
        "invitedUserType": kind,
        "invitedUserEmailAddress": address,
        "sendInvitationMessage": flag(&body, "sendInvitationMessage")?,
        "resetRedemption": flag(&body, "resetRedemption")?,
        "inviteRedirectUrl": redirect,
        "status": status,
        "invitedUserMessageInfo": message.unwrap_or(nobody),
        "invitedUser": {"id": user},
    })))
}

fn flag(body: &Map<String, Value>, name: &str) -> Result<bool, Refusal> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(false),
        Some(value) => value.as_bool().ok_or_else(|| invalid(name)),
    }
}

fn is_member(body: &Map<String, Value>) -> Result<bool, Refusal> {
    match text(body, "invitedUserType")?.value().as_deref() {
        None | Some("Guest") => Ok(false),
        Some("Member") => Ok(true),
        Some(_) => Err(invalid("invitedUserType")),
    }
}

fn reset(body: &Map<String, Value>) -> Result<Option<Uuid>, Refusal> {
    if !flag(body, "resetRedemption")? {
        return Ok(None);
    }
    let user = body.get("invitedUser").and_then(|user| user.get("id")).and_then(Value::as_str);
    id(user.ok_or_else(|| invalid("invitedUser"))?).map(Some)
}
