//! POST /{tenant}/oauth2/v2.0/token: client credentials (8.7), and a user's password.

use http::Method;
use serde_json::json;
use uuid::Uuid;

use super::answer::Answer;
use super::call::{Call, pairs};
use super::{assertion, password};
use crate::world::World;

/// An error of the login service; the HTTP status and some numbers are (unverified).
#[derive(Debug)]
pub(super) struct LoginError {
    status: u16,
    error: &'static str,
    code: u32,
    text: String,
}

impl LoginError {
    pub(super) fn new(status: u16, error: &'static str, code: u32, text: impl Into<String>) -> Self {
        Self { status, error, code, text: text.into() }
    }

    /// 401: the application did not prove who it is.
    pub(super) fn invalid_client(code: u32, text: impl Into<String>) -> Self {
        Self::new(401, "invalid_client", code, text)
    }

    pub(super) fn answer(self, world: &World, call: &Call, trace: Uuid) -> Answer {
        let correlation = call.client_request_id.clone().unwrap_or_else(|| trace.to_string());
        let time = crate::world::timestamp(world.now).replace('T', " ");
        let description = format!(
            "AADSTS{}: {} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {time}",
            self.code, self.text
        );
        Answer::with(
            self.status,
            json!({
                "error": self.error, "error_description": description, "error_codes": [self.code],
                "timestamp": time, "trace_id": trace, "correlation_id": correlation,
                "error_uri": format!("https://login.microsoftonline.com/error?code={}", self.code),
            }),
        )
    }
}

/// What the form says.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    pub(super) fn required(&self, name: &str) -> Result<&str, LoginError> {
        let text = format!("The request body must contain the following parameter: '{name}'.");
        self.get(name).ok_or_else(|| LoginError::new(400, "invalid_request", 900_144, text))
    }
}

/// Answers, and gives the tenant for the log.
pub(super) fn serve(world: &mut World, call: &Call, name: &str, trace: Uuid) -> (Option<Uuid>, Answer) {
    let tenant = Uuid::parse_str(name).ok().filter(|id| world.tenants.contains_key(id));
    let tenant =
        tenant.or_else(|| world.tenants.values().find(|one| one.has_domain(name)).map(|one| one.tenant_id));
    let tenant = tenant.or_else(|| home(world, call, name));
    let unknown = || {
        let text = format!("Tenant '{name}' not found. Check to make sure you have the correct tenant ID.");
        LoginError::new(400, "invalid_request", 90_002, text)
    };
    let result = tenant.ok_or_else(unknown).and_then(|tenant| token(world, call, tenant));
    let answer = result.unwrap_or_else(|error| error.answer(world, call, trace));
    (tenant, answer)
}

/// With `common` and `organizations` for a tenant, a user is sought where its domain belongs.
fn home(world: &World, call: &Call, name: &str) -> Option<Uuid> {
    if !["common", "organizations"].contains(&name.to_lowercase().as_str()) {
        return None;
    }
    let form = Form(pairs(&String::from_utf8_lossy(&call.body)));
    let (_, domain) = form.get("username")?.split_once('@')?;
    world.tenants.values().find(|one| one.has_domain(domain)).map(|one| one.tenant_id)
}

fn token(world: &mut World, call: &Call, tenant: Uuid) -> Result<Answer, LoginError> {
    if call.method != Method::POST {
        let text = "The endpoint only accepts POST requests.";
        return Err(LoginError::new(405, "invalid_request", 900_561, text));
    }
    let form = Form(pairs(&String::from_utf8_lossy(&call.body)));
    match form.required("grant_type")? {
        "client_credentials" => application_token(world, call, tenant, &form),
        "password" => user_token(world, call, tenant, &form),
        _ => {
            let text = "The app requested an unsupported grant type.";
            Err(LoginError::new(400, "unsupported_grant_type", 70_003, text))
        }
    }
}

fn application_token(
    world: &mut World,
    call: &Call,
    tenant: Uuid,
    form: &Form,
) -> Result<Answer, LoginError> {
    let client = form.required("client_id")?;
    if !form.required("scope")?.ends_with("/.default") {
        let text =
            "The provided value for the input parameter 'scope' is not valid; it has to end in /.default.";
        return Err(LoginError::new(400, "invalid_scope", 70_011, text));
    }
    let client = known_client(world, tenant, client)?;
    proven(world, call, tenant, client, form)?;
    let permissions = world.tenants.get(&tenant).and_then(|found| {
        let application = found.application(client)?;
        Some(application.permissions.difference(&found.denied).cloned().collect())
    });
    let granted = world.issue_token(tenant, client, permissions.unwrap_or_default(), None);
    Ok(token_answer(granted, None))
}

/// A delegated token. An application that sends no credential counts as a public client.
fn user_token(world: &mut World, call: &Call, tenant: Uuid, form: &Form) -> Result<Answer, LoginError> {
    let client = known_client(world, tenant, form.required("client_id")?)?;
    let scope = form.required("scope")?;
    if form.get("client_assertion").or(form.get("client_secret")).is_some() {
        proven(world, call, tenant, client, form)?;
    }
    let user = password::user(world, tenant, form)?;
    let consented = world.tenants.get(&tenant).and_then(|found| {
        let application = found.application(client)?;
        Some(application.delegated_permissions.difference(&found.denied).cloned().collect())
    });
    let scopes = password::scopes(scope, &consented.unwrap_or_default(), client)?;
    let scope = scopes.iter().map(|name| format!("https://graph.microsoft.com/{name}"));
    let scope = scope.collect::<Vec<_>>().join(" ");
    let granted = world.issue_token(tenant, client, scopes, Some(user));
    Ok(token_answer(granted, Some(scope)))
}

fn known_client(world: &World, tenant: Uuid, client: &str) -> Result<Uuid, LoginError> {
    let known = Uuid::parse_str(client).ok();
    let known =
        known.filter(|id| world.tenants.get(&tenant).is_some_and(|tenant| tenant.application(*id).is_some()));
    known.ok_or_else(|| {
        let text =
            format!("Application with identifier '{client}' was not found in the directory '{tenant}'.");
        LoginError::new(400, "unauthorized_client", 700_016, text)
    })
}

fn token_answer((text, lifetime): (String, u64), scope: Option<String>) -> Answer {
    let mut body = json!({
        "token_type": "Bearer", "expires_in": lifetime, "ext_expires_in": lifetime, "access_token": text,
    });
    if let Some(scope) = scope {
        body["scope"] = json!(scope);
    }
    let mut answer = Answer::ok(body);
    answer.headers.push(("cache-control", "no-store, no-cache".to_owned()));
    answer
}

/// The application's credential: an assertion or a secret.
fn proven(world: &mut World, call: &Call, tenant: Uuid, client: Uuid, form: &Form) -> Result<(), LoginError> {
    if world.tenants.get(&tenant).is_some_and(|tenant| tenant.credential_broken) {
        let text = "Invalid client secret provided (the credential was broken by script).";
        return Err(LoginError::invalid_client(7_000_215, text));
    }
    if let Some(jwt) = form.get("client_assertion") {
        return assertion::verify(world, call, (tenant, client), form, jwt);
    }
    let Some(secret) = form.get("client_secret") else {
        let text =
            "'client_assertion' or 'client_secret' is required for the 'client_credentials' grant type.";
        return Err(LoginError::invalid_client(7_000_216, text));
    };
    let application = world.tenants.get(&tenant).and_then(|tenant| tenant.application(client));
    if application.is_some_and(|application| application.secrets.iter().any(|known| known.expose() == secret))
    {
        return Ok(());
    }
    let text = format!(
        "Invalid client secret provided. Ensure the secret being sent is the value for app '{client}'."
    );
    Err(LoginError::invalid_client(7_000_215, text))
}
