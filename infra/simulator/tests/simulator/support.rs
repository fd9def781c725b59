//! A laboratory of demo tenants, addressed by their number.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use entra_simulator::{Change, ManualClock, Options, Seed, SignInSeed, Simulator};
use http::{HeaderMap, Method, Request, Response};
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) const MTO: &str = "/tenantRelationships/multiTenantOrganization";
pub(crate) const TENANTS: &str = "/tenantRelationships/multiTenantOrganization/tenants";
pub(crate) const JOIN: &str = "/tenantRelationships/multiTenantOrganization/joinRequest";
pub(crate) const PARTNERS: &str = "/policies/crossTenantAccessPolicy/partners";
pub(crate) const PARTNER_TEMPLATE: &str =
    "/policies/crossTenantAccessPolicy/templates/multiTenantOrganizationPartnerConfiguration";
pub(crate) const IDENTITY_TEMPLATE: &str =
    "/policies/crossTenantAccessPolicy/templates/multiTenantOrganizationIdentitySynchronization";
pub(crate) const ZERO: &str = "00000000-0000-0000-0000-000000000000";

pub(crate) const JOIN_SECONDS: u64 = 7_200;
pub(crate) const REMOVAL_SECONDS: u64 = 300;

/// How a request gets to the simulator: in process, or over HTTP (`server`).
pub(crate) type Way = Box<dyn Fn(Request<Bytes>) -> Response<Bytes>>;

pub(crate) struct Lab {
    pub(crate) way: Way,
    pub(crate) simulator: Simulator,
    pub(crate) clock: ManualClock,
    pub(crate) seed: Seed,
}

pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Reply {
    pub(crate) fn token(&self) -> &str {
        self.body["access_token"].as_str().unwrap_or_else(|| panic!("no token: {}", self.body))
    }

    pub(crate) fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or("no error code")
    }
}

impl Lab {
    pub(crate) fn new(tenants: usize, options: Options) -> Self {
        Self::with(Seed::demo(tenants), options)
    }

    pub(crate) fn with(seed: Seed, options: Options) -> Self {
        let clock = ManualClock::default();
        let simulator = Simulator::new(seed.clone(), options, Arc::new(clock.clone())).expect("a sound seed");
        let handler = simulator.clone();
        Self { way: Box::new(move |request| handler.handle(request)), simulator, clock, seed }
    }

    /// Tenants 0 to `members`, all of them active; 0 is the creator.
    pub(crate) fn formed(members: usize, options: Options) -> Self {
        let lab = Self::new(members + 2, options);
        lab.put(0, MTO, json!({"displayName": "Group"}), 201);
        for member in 1..=members {
            lab.add(0, member);
            lab.join(member, 0);
        }
        lab.pass(JOIN_SECONDS);
        lab
    }

    pub(crate) fn id(&self, tenant: usize) -> Uuid {
        self.seed.tenants[tenant].tenant_id
    }

    pub(crate) fn row(&self, tenant: usize) -> String {
        format!("{TENANTS}/{}", self.id(tenant))
    }

    pub(crate) fn partner(&self, tenant: usize) -> String {
        format!("{PARTNERS}/{}", self.id(tenant))
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub(crate) fn script(&self, change: Change) {
        self.simulator.script(change);
    }

    pub(crate) fn send(&self, request: Request<Bytes>) -> Reply {
        let (parts, body) = (self.way)(request).into_parts();
        let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).expect("JSON") };
        Reply { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    /// A token of the tenant's first application.
    pub(crate) fn token(&self, tenant: usize) -> String {
        let application = &self.seed.tenants[tenant].applications[0];
        let secret = application.secrets[0].expose();
        let reply = self.sign_in(&self.id(tenant).to_string(), &application.client_id.to_string(), secret);
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.body["access_token"].as_str().expect("a token").to_owned()
    }

    pub(crate) fn sign_in(&self, tenant: &str, client: &str, secret: &str) -> Reply {
        self.token_request(
            tenant,
            &format!(
                "client_id={client}&client_secret={secret}&grant_type=client_credentials\
                 &scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"
            ),
        )
    }

    pub(crate) fn token_request(&self, tenant: &str, form: &str) -> Reply {
        let request = Request::post(format!("/{tenant}/oauth2/v2.0/token"))
            .header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Bytes::from(form.to_owned())).expect("a request"))
    }

    /// A user's token of the tenant's first application.
    pub(crate) fn user_token(&self, tenant: usize, user: &SignInSeed, scope: &str) -> Reply {
        let client = self.seed.tenants[tenant].applications[0].client_id;
        let (name, password) = (&user.user_principal_name, user.password.expose());
        let form = format!(
            "client_id={client}&grant_type=password&username={name}&password={password}&scope={scope}"
        );
        self.token_request(&self.id(tenant).to_string(), &form)
    }

    pub(crate) fn with_token(&self, token: &str, method: Method, path: &str, body: &Value) -> Reply {
        let bytes = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        let request = Request::builder()
            .method(method)
            .uri(format!("/v1.0{path}"))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .header("client-request-id", "11111111-2222-4333-8444-555555555555");
        self.send(request.body(bytes).expect("a request"))
    }

    pub(crate) fn call(&self, tenant: usize, method: Method, path: &str, body: &Value) -> Reply {
        self.with_token(&self.token(tenant), method, path, body)
    }

    fn expect(&self, tenant: usize, method: Method, path: &str, body: &Value, status: u16) -> Value {
        let reply = self.call(tenant, method.clone(), path, body);
        assert_eq!(reply.status, status, "{method} {path} as {tenant}: {}", reply.body);
        reply.body
    }

    pub(crate) fn get(&self, tenant: usize, path: &str) -> Value {
        self.expect(tenant, Method::GET, path, &Value::Null, 200)
    }

    pub(crate) fn put(&self, tenant: usize, path: &str, body: Value, status: u16) -> Value {
        self.expect(tenant, Method::PUT, path, &body, status)
    }

    pub(crate) fn post(&self, tenant: usize, path: &str, body: Value, status: u16) -> Value {
        self.expect(tenant, Method::POST, path, &body, status)
    }

    pub(crate) fn patch(&self, tenant: usize, path: &str, body: Value, status: u16) -> Value {
        self.expect(tenant, Method::PATCH, path, &body, status)
    }

    pub(crate) fn delete(&self, tenant: usize, path: &str, status: u16) -> Value {
        self.expect(tenant, Method::DELETE, path, &Value::Null, status)
    }

    pub(crate) fn add(&self, owner: usize, tenant: usize) -> Value {
        let name = &self.seed.tenants[tenant].display_name;
        self.post(owner, TENANTS, json!({"tenantId": self.id(tenant), "displayName": name}), 201)
    }

    pub(crate) fn join(&self, tenant: usize, owner: usize) {
        self.patch(tenant, JOIN, json!({"addedByTenantId": self.id(owner)}), 204);
    }

    pub(crate) fn reset_join(&self, tenant: usize) {
        self.patch(tenant, JOIN, json!({"addedByTenantId": ZERO}), 204);
    }

    pub(crate) fn join_status(&self, tenant: usize) -> Value {
        self.get(tenant, JOIN)["transitionDetails"]["status"].clone()
    }

    /// The tenant ids of the list, in its order.
    pub(crate) fn listed(&self, viewer: usize) -> Vec<String> {
        let list = self.get(viewer, TENANTS);
        let rows = list["value"].as_array().expect("rows").iter();
        rows.map(|row| row["tenantId"].as_str().expect("an id").to_owned()).collect()
    }

    pub(crate) fn ids(&self, tenants: &[usize]) -> Vec<String> {
        tenants.iter().map(|tenant| self.id(*tenant).to_string()).collect()
    }
}

/// A user of the first tenant of a demo seed.
pub(crate) fn user(name: &str, roles: &[&str]) -> SignInSeed {
    let body =
        json!({"userPrincipalName": format!("{name}@contoso.example"), "password": "pass", "roles": roles});
    serde_json::from_value(body).expect("a user")
}

/// A call with its arguments in a table.
pub(crate) fn method(name: &str) -> Method {
    name.parse().expect("a method")
}

/// Compares the fields that `wanted` has.
pub(crate) fn assert_has(found: &Value, wanted: &Value) {
    for (name, value) in wanted.as_object().expect("an object") {
        assert_eq!(&found[name], value, "{name} in {found}");
    }
}
