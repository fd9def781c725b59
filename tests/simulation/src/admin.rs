//! Other people at work: administrators who call Graph themselves.

use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Scene;

/// Marks an administrator's requests in the simulator's log.
pub(crate) const ADMIN_REQUEST: Uuid = Uuid::from_u128(0xad);

const ORGANIZATION: &str = "/v1.0/tenantRelationships/multiTenantOrganization";
const PARTNERS: &str = "/v1.0/policies/crossTenantAccessPolicy/partners";

/// An administrator of one tenant.
pub struct Admin<'a> {
    pub(crate) scene: &'a Scene,
    pub(crate) tenant: Uuid,
}

impl Admin<'_> {
    /// PUT the organization.
    pub fn creates(&self, name: &str) {
        self.expect(&Method::PUT, "", &json!({"displayName": name}));
    }

    /// POST a tenant to the list.
    pub fn adds(&self, tenant: &str, role: &str) {
        let body = json!({"tenantId": self.scene.id(tenant), "displayName": tenant, "role": role});
        self.expect(&Method::POST, "/tenants", &body);
    }

    /// PATCH a row's role.
    pub fn makes(&self, tenant: &str, role: &str) {
        let path = format!("/tenants/{}", self.scene.id(tenant));
        self.expect(&Method::PATCH, &path, &json!({"role": role}));
    }

    /// DELETE a row.
    pub fn removes(&self, tenant: &str) {
        self.expect(&Method::DELETE, &format!("/tenants/{}", self.scene.id(tenant)), &Value::Null);
    }

    /// PATCH the own join request.
    pub fn asks_to_join(&self, owner: &str) {
        self.expect(&Method::PATCH, "/joinRequest", &json!({"addedByTenantId": self.scene.id(owner)}));
    }

    /// DELETE a partner configuration and its identity synchronization; of a fellow only with
    /// `Options::fellow_partner_may_be_deleted`.
    pub fn drops_partner(&self, partner: &str) {
        let partner = format!("{PARTNERS}/{}", self.scene.id(partner));
        for path in [format!("{partner}/identitySynchronization"), partner] {
            self.expect_at(&Method::DELETE, &path, &Value::Null);
        }
    }

    /// GET below the organization: `/tenants`.
    pub fn sees(&self, path: &str) -> Value {
        self.expect(&Method::GET, path, &Value::Null)
    }

    /// Any request, from the version root: `/users`. Spaces and quotes are encoded.
    pub fn calls(&self, method: &Method, path: &str, body: &Value) -> Value {
        let path = path.replace(' ', "%20").replace('\'', "%27");
        self.expect_at(method, &format!("/v1.0{path}"), body)
    }

    fn expect(&self, method: &Method, path: &str, body: &Value) -> Value {
        self.expect_at(method, &format!("{ORGANIZATION}{path}"), body)
    }

    fn expect_at(&self, method: &Method, path: &str, body: &Value) -> Value {
        let token = self.token();
        let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .header("client-request-id", ADMIN_REQUEST.to_string())
            .body(body);
        let (status, answer) = self.send(request.unwrap());
        assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
        answer
    }

    fn token(&self) -> String {
        let seed = self.scene.seed();
        let tenant = seed.tenants.iter().find(|tenant| tenant.tenant_id == self.tenant).unwrap();
        let application = &tenant.applications[0];
        let form = format!(
            "client_id={}&client_secret={}&grant_type=client_credentials\
             &scope=https%3A%2F%2Fgraph.microsoft.com%2F.default",
            application.client_id,
            application.secrets[0].expose(),
        );
        let request = Request::post(format!("/{}/oauth2/v2.0/token", self.tenant)).body(Bytes::from(form));
        let (_, answer) = self.send(request.unwrap());
        answer["access_token"].as_str().unwrap().to_owned()
    }

    fn send(&self, request: Request<Bytes>) -> (u16, Value) {
        let answer = self.scene.world().simulator().handle(request);
        (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap_or_default())
    }
}
