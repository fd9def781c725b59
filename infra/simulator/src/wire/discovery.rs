//! What the login service says about itself, so that official clients find the token endpoint: the discovery
//! documents of a tenant, the list of login hosts, the signing keys. Shapes as the clients were seen to read them.

use http::{Method, Uri};
use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::Answer;
use super::call::Call;
use super::token::LoginError;
use crate::world::World;

/// What issuers call a tenant that the caller has not chosen.
const ANY_TENANT: &str = "{tenantid}";
/// The names of the global cloud's login service: a token got from one of them counts for all.
const ALIASES: [&str; 4] =
    ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"];

/// Answers, and gives the tenant for the log; none if the address is no document of these.
pub(super) fn serve(world: &World, call: &Call, trace: Uuid) -> Option<(Option<Uuid>, Answer)> {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let (tenant, document) = match segments.as_slice() {
        ["common", "discovery", "instance"] => (None, instances(call)),
        [name, "v2.0", ".well-known", "openid-configuration"] => {
            of_tenant(world, name, |id| current(call, id))
        }
        [name, ".well-known", "openid-configuration"] => of_tenant(world, name, |id| first(call, id)),
        // access tokens are opaque for clients (8.7): the simulator signs none
        [name, "discovery", "v2.0", "keys"] | [name, "discovery", "keys"] => {
            of_tenant(world, name, |_| json!({"keys": []}))
        }
        _ => return None,
    };
    let document = match call.method {
        Method::GET | Method::HEAD => document,
        _ => Err(LoginError::new(405, "invalid_request", 900_561, "The endpoint only accepts GET requests.")),
    };
    let answer = document.map_or_else(|error| error.answer(world, call, trace), Answer::ok);
    Some((tenant, answer))
}

type Document = Result<Value, LoginError>;

fn of_tenant(world: &World, name: &str, document: impl FnOnce(&str) -> Value) -> (Option<Uuid>, Document) {
    if ["common", "organizations"].contains(&name.to_lowercase().as_str()) {
        return (None, Ok(document(ANY_TENANT)));
    }
    let id = Uuid::parse_str(name).ok();
    let found = world.tenants.values().find(|one| Some(one.tenant_id) == id || one.has_domain(name));
    let Some(tenant) = found.map(|tenant| tenant.tenant_id) else {
        let text = format!("Tenant '{name}' not found. Check to make sure you have the correct tenant ID.");
        return (None, Err(LoginError::new(400, "invalid_tenant", 90_002, text)));
    };
    (Some(tenant), Ok(document(&tenant.to_string())))
}

/// GET /{tenant}/v2.0/.well-known/openid-configuration. Clients want an authorization endpoint named; it is not
/// served.
fn current(call: &Call, tenant: &str) -> Value {
    let login = format!("{}/{}", call.origin, path_name(tenant));
    let mut document = described(&login);
    document["token_endpoint"] = json!(format!("{login}/oauth2/v2.0/token"));
    document["authorization_endpoint"] = json!(format!("{login}/oauth2/v2.0/authorize"));
    document["end_session_endpoint"] = json!(format!("{login}/oauth2/v2.0/logout"));
    document["jwks_uri"] = json!(format!("{login}/discovery/v2.0/keys"));
    document["issuer"] = json!(format!("{}/{tenant}/v2.0", call.origin));
    document
}

/// GET /{tenant}/.well-known/openid-configuration: version 1, whose token endpoint is not served.
fn first(call: &Call, tenant: &str) -> Value {
    let login = format!("{}/{}", call.origin, path_name(tenant));
    let mut document = described(&login);
    document["token_endpoint"] = json!(format!("{login}/oauth2/token"));
    document["authorization_endpoint"] = json!(format!("{login}/oauth2/authorize"));
    document["end_session_endpoint"] = json!(format!("{login}/oauth2/logout"));
    document["jwks_uri"] = json!(format!("{login}/discovery/keys"));
    document["issuer"] = json!(format!("https://sts.windows.net/{tenant}/"));
    document
}

/// Only the issuer keeps the place for the tenant open.
fn path_name(tenant: &str) -> &str {
    if tenant == ANY_TENANT { "common" } else { tenant }
}

fn described(login: &str) -> Value {
    json!({
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "response_types_supported": ["code", "id_token", "code id_token", "token id_token", "token"],
        "scopes_supported": ["openid"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "nonce", "tid", "ver"],
        "request_uri_parameter_supported": false,
        "frontchannel_logout_supported": true,
        "http_logout_supported": true,
        "kerberos_endpoint": format!("{login}/kerberos"),
        "tenant_region_scope": null,
        "cloud_instance_name": "microsoftonline.com",
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": "graph.microsoft.com",
    })
}

/// GET /common/discovery/instance: which hosts are one login service. A host that is asked about and not known
/// is one of its own: the simulator's address.
fn instances(call: &Call) -> Document {
    let asked = call.option("authorization_endpoint").and_then(|text| text.parse::<Uri>().ok());
    let asked = asked
        .as_ref()
        .and_then(|uri| uri.scheme().and(uri.authority()).map(|host| (host.as_str(), uri.path())));
    let Some((host, path)) = asked else {
        let text = "authorization_endpoint: give the address of an authority, such as \
                    https://login.microsoftonline.com/common/oauth2/v2.0/authorize.";
        return Err(LoginError::new(400, "invalid_instance", 50_049, text));
    };
    let tenant = path.split('/').find(|part| !part.is_empty()).unwrap_or("common");
    let version = if path.contains("/v2.0/") { "/v2.0" } else { "" };
    let mut metadata = vec![json!({
        "preferred_network": "login.microsoftonline.com", "preferred_cache": "login.windows.net", "aliases": ALIASES,
    })];
    if !ALIASES.contains(&host) {
        metadata.push(json!({"preferred_network": host, "preferred_cache": host, "aliases": [host]}));
    }
    Ok(json!({
        "tenant_discovery_endpoint": format!("https://{host}/{tenant}{version}/.well-known/openid-configuration"),
        "api-version": call.option("api-version").unwrap_or("1.1"),
        "metadata": metadata,
    }))
}
