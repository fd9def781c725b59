//! /servicePrincipals/{id}/synchronization: templates, secrets, jobs and what is done with them (6.1).

use http::Method;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::{Answer, Call, context, id, invalid, required};
use super::route::JobAction;
use super::{Caller, applications, job_shape, may, provisioning};
use crate::world::sync::application::GALLERY_TEMPLATE;
use crate::world::sync::job::Reset;
use crate::world::sync::schema::default_schema;
use crate::world::{Refusal, World};

const READS: &[&str] = &[
    "Synchronization.Read.All",
    "Synchronization.ReadWrite.All",
    "Application.ReadWrite.All",
    "Directory.ReadWrite.All",
];
const WRITES: &[&str] =
    &["Synchronization.ReadWrite.All", "Application.ReadWrite.All", "Directory.ReadWrite.All"];
/// The names of secrets (6.4); others are refused.
const SECRETS: [&str; 41] = [
    "None",
    "UserName",
    "Password",
    "SecretToken",
    "AppKey",
    "BaseAddress",
    "ClientIdentifier",
    "ClientSecret",
    "SingleSignOnType",
    "Sandbox",
    "Url",
    "Domain",
    "ConsumerKey",
    "ConsumerSecret",
    "TokenKey",
    "TokenExpiration",
    "Oauth2AccessToken",
    "Oauth2AccessTokenCreationTime",
    "Oauth2RefreshToken",
    "SyncAll",
    "InstanceName",
    "Oauth2ClientId",
    "Oauth2ClientSecret",
    "CompanyId",
    "UpdateKeyOnSoftDelete",
    "SynchronizationSchedule",
    "SystemOfRecord",
    "SandboxName",
    "EnforceDomain",
    "SyncNotificationSettings",
    "SkipOutOfScopeDeletions",
    "Oauth2AuthorizationCode",
    "Oauth2RedirectUri",
    "ApplicationTemplateIdentifier",
    "Oauth2TokenExchangeUri",
    "Oauth2AuthorizationUri",
    "AuthenticationType",
    "Server",
    "PerformInboundEntitlementGrants",
    "HardDeletesEnabled",
    "ConnectionString",
];

/// The service principal, if the caller may do this with it.
pub(super) fn principal(world: &World, caller: &Caller, call: &Call, text: &str) -> Result<Uuid, Refusal> {
    let found = applications::principal_id(world, caller.tenant, text)?;
    let permissions = if call.method == Method::GET { READS } else { WRITES };
    may(caller, permissions, world.principal(caller.tenant, found)?.owner)?;
    Ok(found)
}

pub(super) fn templates(
    world: &World,
    viewer: Uuid,
    principal: Uuid,
    wanted: Option<&str>,
) -> Result<Answer, Refusal> {
    let found = world.principal(viewer, principal)?;
    let has = found.template == GALLERY_TEMPLATE;
    let template = json!({
        "id": "Azure2Azure", "applicationId": found.app_id, "factoryTag": "Azure2Azure", "default": true,
        "discoverable": true, "description": null, "metadata": [],
    });
    match wanted {
        None => {
            let value = if has { vec![template] } else { Vec::new() };
            let name = format!("servicePrincipals('{principal}')/synchronization/templates");
            Ok(Answer::ok(json!({"@odata.context": context(&name), "value": value})))
        }
        Some("Azure2Azure") if has => {
            let mut shown = template;
            shown["schema"] = default_schema("Azure2Azure", "USER_INBOUND_USER");
            Ok(Answer::ok(shown))
        }
        Some(other) => Err(Refusal::Unknown(other.to_owned())),
    }
}

/// `[{key, value}]` as a list of pairs.
fn pairs(list: Option<&Value>, name: &str) -> Result<Vec<(String, String)>, Refusal> {
    let list = list.and_then(Value::as_array).ok_or_else(|| invalid(name))?;
    let pair = |one: &Value| {
        let key = one.get("key")?.as_str()?;
        let known = SECRETS.iter().find(|known| known.eq_ignore_ascii_case(key))?;
        Some(((*known).to_owned(), one.get("value")?.as_str()?.to_owned()))
    };
    list.iter().map(|one| pair(one).ok_or_else(|| invalid(name))).collect()
}

pub(super) fn secrets(
    world: &mut World,
    viewer: Uuid,
    call: &Call,
    principal: Uuid,
) -> Result<Answer, Refusal> {
    if call.method == Method::PUT {
        // the body is {"value":[…]}, unlike that of validateCredentials (0.2 no. 19)
        let secrets = pairs(call.object()?.get("value"), "value")?;
        world.put_secrets(viewer, principal, secrets)?;
        return Ok(Answer::no_content());
    }
    let masked = world.options.directory.secrets_masked;
    let shown = world
        .principal(viewer, principal)?
        .secrets
        .iter()
        .map(|(key, value)| json!({"key": key, "value": if masked { "*" } else { value.as_str() }}));
    let name = format!("servicePrincipals('{principal}')/synchronization/secrets");
    Ok(Answer::ok(json!({"@odata.context": context(&name), "value": shown.collect::<Vec<_>>()})))
}

pub(super) fn serve_all(
    world: &mut World,
    viewer: Uuid,
    call: &Call,
    principal: Uuid,
) -> Result<Answer, Refusal> {
    if call.method == Method::POST {
        let template = required(&call.object()?, "templateId")?;
        world.create_job(viewer, principal, &template)?;
    }
    let shown = match &world.principal(viewer, principal)?.job {
        Some(job) => vec![job_shape::shape(job, world.now, &world.options.directory)],
        None => Vec::new(),
    };
    let name = format!("servicePrincipals('{principal}')/synchronization/jobs");
    if call.method == Method::POST {
        let mut made = shown.into_iter().next().unwrap_or_default();
        made["@odata.context"] = context(&format!("{name}/$entity"));
        return Ok(Answer::created(made));
    }
    Ok(Answer::ok(json!({"@odata.context": context(&name), "value": shown})))
}

pub(super) fn serve_one(
    world: &mut World,
    viewer: Uuid,
    call: &Call,
    principal: Uuid,
    job: &str,
) -> Result<Answer, Refusal> {
    match call.method {
        Method::DELETE => {
            world.delete_job(viewer, principal, job)?;
            Ok(Answer::no_content())
        }
        Method::PATCH => {
            // (unverified) what can be patched: the settings are taken and kept nowhere
            world.job(viewer, principal, job)?;
            call.object()?;
            Ok(Answer::no_content())
        }
        _ => {
            let found = world.job(viewer, principal, job)?;
            let mut shown = job_shape::shape(found, world.now, &world.options.directory);
            shown["@odata.context"] =
                context(&format!("servicePrincipals('{principal}')/synchronization/jobs/$entity"));
            Ok(Answer::ok(shown))
        }
    }
}

/// validateCredentials, of the collection (`job` none) or of one job.
pub(super) fn validate(
    world: &World,
    viewer: Uuid,
    call: &Call,
    principal: Uuid,
    job: Option<&str>,
) -> Result<Answer, Refusal> {
    if let Some(job) = job {
        world.job(viewer, principal, job)?;
    }
    let body = call.object()?;
    let saved =
        body.get("useSavedCredentials").and_then(Value::as_bool).unwrap_or(job.is_some() && body.is_empty());
    let found = world.principal(viewer, principal)?;
    let given = if saved { found.secrets.clone() } else { pairs(body.get("credentials"), "credentials")? };
    let value = |key: &str| given.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str());
    let target = value("CompanyId").and_then(|id| Uuid::parse_str(id.trim()).ok());
    world.validate_sync(viewer, target, value("AuthenticationType").unwrap_or_default())?;
    Ok(Answer::no_content())
}

pub(super) fn act(
    world: &mut World,
    viewer: Uuid,
    call: &Call,
    place: (Uuid, &str),
    action: JobAction,
) -> Result<Answer, Refusal> {
    let (principal, job) = place;
    match action {
        JobAction::Start => world.start_job(viewer, principal, job)?,
        JobAction::Pause => world.pause_job(viewer, principal, job)?,
        JobAction::Restart => world.restart_job(viewer, principal, job, reset(&call.object()?)?)?,
        JobAction::Validate => return validate(world, viewer, call, principal, Some(job)),
        JobAction::OnDemand => return on_demand(world, viewer, call, principal, job),
    }
    Ok(Answer::no_content())
}

fn reset(body: &Map<String, Value>) -> Result<Reset, Refusal> {
    let scope = body.get("criteria").and_then(|criteria| criteria.get("resetScope"));
    match scope {
        None | Some(Value::Null) => Reset::parse(None),
        Some(scope) => Reset::parse(Some(scope.as_str().ok_or_else(|| invalid("resetScope"))?)),
    }
}

/// 6.6: one user at a time.
fn on_demand(
    world: &mut World,
    viewer: Uuid,
    call: &Call,
    principal: Uuid,
    job: &str,
) -> Result<Answer, Refusal> {
    let body = call.object()?;
    let parameters = body.get("parameters").and_then(Value::as_array).ok_or_else(|| invalid("parameters"))?;
    let [parameter] = parameters.as_slice() else { return Err(invalid("parameters")) };
    let rule = parameter.get("ruleId").and_then(Value::as_str).unwrap_or_default();
    if rule != world.job(viewer, principal, job)?.rule {
        return Err(invalid("ruleId")); // (unverified)
    }
    let subjects = parameter.get("subjects").and_then(Value::as_array).map(Vec::as_slice);
    let Some([subject]) = subjects else { return Err(invalid("subjects")) };
    if !subject
        .get("objectTypeName")
        .and_then(Value::as_str)
        .is_some_and(|name| name.eq_ignore_ascii_case("User"))
    {
        return Err(invalid("objectTypeName")); // groups are not provisioned on demand here
    }
    let user = id(subject.get("objectId").and_then(Value::as_str).ok_or_else(|| invalid("objectId"))?)?;
    let number = world.tenant(viewer)?.directory.user_number(user);
    let number = number.ok_or_else(|| Refusal::Unknown(user.to_string()))?;
    let item = world.provision_on_demand(viewer, principal, job, number)?;
    let (code, reason) =
        item.error.clone().map_or((Value::Null, Value::Null), |(code, text)| (json!(code), json!(text)));
    let result = match item.status.name() {
        "success" => "Success",
        "failure" => "Failure",
        _ => "Skipped",
    };
    let key = json!({"result": result, "details": {"errorCode": code, "errorMessage": reason}});
    let steps = provisioning::steps(&item);
    Ok(Answer::ok(json!({
        "@odata.context": context("microsoft.graph.stringKeyStringValuePair"),
        "key": key.to_string(),
        "value": Value::Array(steps).to_string(),
    })))
}
