//! Graph v1.0, one file per resource.

mod default_configuration;
mod directory;
mod directory_audits;
mod identity_synchronization;
mod join_request;
mod members;
mod multi_tenant_organization;
mod organizations;
mod partners;
mod policy;
mod templates;
mod tenant_information;

use http::Method;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::access::Access;
use super::answer::{Answer, Body};
use super::authentication::{Caller, caller};
use super::call::Call;
use super::errors::{GraphError, denied};
use super::{query, route};
use crate::seed::MemberRole;
use crate::world::organization::TextChange;
use crate::world::{Refusal, World};
use directory::route::Route;

/// Every context starts like this, wherever the simulator is reached.
const CONTEXT: &str = "https://graph.microsoft.com/v1.0/$metadata#";

/// Answers one request or part, counts it and notes it in the log.
pub(crate) fn serve(world: &mut World, call: &Call, request_id: Uuid) -> Answer {
    let now = world.now;
    let route = directory::route::of(call);
    world.settle(now); // parts of a batch see what the parts before them did
    world.counters.graph_requests += 1;
    let (tenant, result) = match caller(world, call) {
        Ok(caller) => {
            world.trail.acting(Some((caller.actor(), request_id)));
            let result = admitted(world, &caller, call, route.as_ref());
            world.trail.acting(None);
            (Some(caller.tenant), result)
        }
        Err(error) => (None, Err(error)),
    };
    if call.writes() {
        world.is_settled = false;
    }
    let mut answer = result.unwrap_or_else(|error| error.answer(call, world.now, request_id));
    if answer.status == 429 {
        world.counters.throttled += 1;
    }
    answer.headers.push(("x-ms-resource-unit", units(call, route.as_ref()).to_string()));
    answer.headers.push(("odata-version", "4.0".to_owned()));
    answer.headers.push(("cache-control", "no-cache".to_owned()));
    super::record(world, call, tenant, answer.status, request_id);
    answer
}

/// Resource units (8.3): 1, users and the like more, `$select` one less, `$expand` one more, a small page one less,
/// never below 1.
fn units(call: &Call, route: Option<&Route>) -> u32 {
    let base = if call.writes() { 1 } else { route.map_or(1, Route::units) };
    let expanded = u32::from(call.option("$expand").is_some());
    let selected = u32::from(call.option("$select").is_some());
    let small =
        u32::from(call.option("$top").and_then(|top| top.parse().ok()).is_some_and(|top: u32| top < 20));
    (base + expanded).saturating_sub(selected + small).max(1)
}

/// Throttling and scripted faults, around the request itself.
fn admitted(
    world: &mut World,
    caller: &Caller,
    call: &Call,
    route: Option<&Route>,
) -> Result<Answer, GraphError> {
    let scope = || format!("Tenant_Application/ReadWrite/{}/{}", caller.client, caller.tenant);
    if let Some(scripted) = world.faults.take_throttle(caller.tenant) {
        return Err(GraphError::throttled(
            scripted.retry_after_seconds,
            "ResourceUnitLimitExceeded",
            scope(),
        ));
    }
    if let Some(over) = world.count_request(caller.client, caller.tenant, units(call, route), call.writes()) {
        return Err(GraphError::throttled(Some(over.retry_after_seconds), over.information, scope()));
    }
    if let Some((name, seconds, limit)) = route.and_then(Route::own_limit)
        && let Some(over) = world.count_own(name, caller.tenant, seconds, limit)
    {
        return Err(GraphError::throttled(Some(over), "ResourceUnitLimitExceeded", scope()));
    }
    match world.faults.take_error(caller.tenant, call.writes()) {
        Some(true) => {
            // carried out, but the caller does not get to know: a lost response
            let _lost = answered(world, caller, call, route);
            Err(GraphError::new(504, "gatewayTimeout", "The gateway did not receive a response in time."))
        }
        Some(false) => {
            Err(GraphError::new(503, "serviceNotAvailable", "The service is temporarily unavailable."))
        }
        None => answered(world, caller, call, route),
    }
}

fn answered(
    world: &mut World,
    caller: &Caller,
    call: &Call,
    route: Option<&Route>,
) -> Result<Answer, GraphError> {
    if call.method != Method::GET {
        return routed(world, caller, call, route);
    }
    if let Some((status, body)) = world.faults.take_stale(caller.tenant, &call.address) {
        let body = body.map(|json| Body::Text { json, rows: 0 });
        return Ok(Answer { status, headers: Vec::new(), body });
    }
    let mut answer = routed(world, caller, call, route)?;
    // long pages would fill the memory, and nobody scripts stale ones
    if answer.body.as_ref().is_some_and(|body| body.rows() > 100) {
        return Ok(answer);
    }
    let json = answer.body.take().map(Body::into_text);
    world.faults.remember(caller.tenant, &call.address, answer.status, json.as_ref());
    answer.body = json.map(|json| Body::Text { json, rows: 0 });
    Ok(answer)
}

fn routed(
    world: &mut World,
    caller: &Caller,
    call: &Call,
    route: Option<&Route>,
) -> Result<Answer, GraphError> {
    if let Some(route) = route {
        return directory::answer(world, caller, call, route);
    }
    let segments = call.segments.get(1..).unwrap_or_default();
    let Some(resource) = route::find(segments, world.options.singular_tenant_path) else {
        let text = format!("Resource not found for the segment '{}'.", segments.join("/"));
        return Err(GraphError::new(404, "Request_ResourceNotFound", text));
    };
    if !world.options.organizations_available && route::is_organization_api(&resource) {
        return Err(Refusal::Method.into()); // as for a path the version does not have (8.1)
    }
    let access = route::rule(&resource, &call.method)?.admits(caller).ok_or_else(denied)?;
    let audits = matches!(resource, route::Resource::Audits | route::Resource::Audit(_));
    if audits && world.options.audits_need_directory_read && !caller.has_one_of(&["Directory.Read.All"]) {
        return Err(denied());
    }
    Ok(dispatch(world, caller.tenant, call, access, resource)?)
}

fn dispatch(
    world: &mut World,
    viewer: Uuid,
    call: &Call,
    access: Access,
    resource: route::Resource,
) -> Result<Answer, Refusal> {
    use route::Resource as R;
    let (answer, selectable) = match resource {
        R::MultiTenantOrganization => (multi_tenant_organization::serve(world, viewer, call)?, true),
        R::Members => (members::serve_all(world, viewer, call, access)?, true),
        R::Member(id) => (members::serve_one(world, viewer, call, access, &id)?, true),
        R::JoinRequest => (join_request::serve(world, viewer, call)?, true),
        R::PartnerTemplate => {
            (templates::serve(world, viewer, call, templates::Kind::Partner)?, world.options.template_select)
        }
        R::IdentityTemplate => {
            (templates::serve(world, viewer, call, templates::Kind::Identity)?, world.options.template_select)
        }
        R::PartnerTemplateReset => (templates::reset(world, viewer, templates::Kind::Partner)?, false),
        R::IdentityTemplateReset => (templates::reset(world, viewer, templates::Kind::Identity)?, false),
        R::Policy => (policy::serve(world, viewer, call)?, true),
        R::DefaultConfiguration => (default_configuration::serve(world, viewer, call)?, true),
        R::DefaultConfigurationReset => (default_configuration::reset(world, viewer)?, false),
        R::Partners => (partners::serve_all(world, viewer, call)?, true),
        R::Partner(id) => (partners::serve_one(world, viewer, call, &id)?, true),
        R::IdentitySynchronization(id) => (identity_synchronization::serve(world, viewer, call, &id)?, true),
        R::Organizations => (organizations::list(world, viewer)?, true),
        R::OrganizationById(id) => (organizations::one(world, viewer, &id)?, true),
        R::TenantById(id) => (tenant_information::by_id(world, &id)?, true),
        R::Audits => (directory_audits::list(world, viewer, call)?, true),
        R::Audit(id) => (directory_audits::one(world, viewer, &id)?, true),
        R::TenantByDomain(name) => (tenant_information::by_domain(world, &name)?, true),
    };
    let mut answer = answer;
    if selectable
        && call.method == Method::GET
        && let Some(body) = &mut answer.body
    {
        query::select(call, body);
    }
    Ok(answer)
}

fn id(text: &str) -> Result<Uuid, Refusal> {
    Uuid::parse_str(text).map_err(|_| Refusal::Unknown(text.to_owned()))
}

fn context(suffix: &str) -> Value {
    Value::String(context_text(suffix))
}

fn context_text(suffix: &str) -> String {
    format!("{CONTEXT}{suffix}")
}

/// What a body says about a text property; null and absent are told apart.
fn text(body: &Map<String, Value>, name: &str) -> Result<TextChange, Refusal> {
    let Some(value) = body.get(name) else { return Ok(TextChange::Keep) };
    match (value, value.as_str()) {
        (_, Some(text)) => Ok(TextChange::Set(text.to_owned())),
        (value, None) if value.is_null() => Ok(TextChange::Clear),
        (_, None) => Err(invalid(name)),
    }
}

/// A text that has to be there and not be empty; code and text are (unverified).
fn required(body: &Map<String, Value>, name: &str) -> Result<String, Refusal> {
    let found = text(body, name)?.value().filter(|text| !text.trim().is_empty());
    found.ok_or_else(|| Refusal::Bad(format!("A value is required for property '{name}'.")))
}

fn invalid(name: &str) -> Refusal {
    Refusal::Bad(format!("Invalid value specified for property '{name}'."))
}

/// Refuses properties that are not writable here.
fn only(body: &Map<String, Value>, names: &[&str]) -> Result<(), Refusal> {
    match body.keys().find(|key| !names.contains(&key.as_str())) {
        Some(key) => Err(crate::world::properties::invalid_property(key)),
        None => Ok(()),
    }
}

fn role(body: &Map<String, Value>) -> Result<Option<MemberRole>, Refusal> {
    match text(body, "role")?.value().as_deref() {
        None => Ok(None),
        Some("owner") => Ok(Some(MemberRole::Owner)),
        Some("member") => Ok(Some(MemberRole::Member)),
        Some(_) => Err(invalid("role")),
    }
}

fn role_text(role: MemberRole) -> &'static str {
    match role {
        MemberRole::Owner => "owner",
        MemberRole::Member => "member",
    }
}
