//! Administrators: what they do by hand, whatever the service answers.

use bytes::Bytes;
use entra_simulator::{Seed, Simulator};
use http::{Method, Request};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::admin::ADMIN_REQUEST;

const ORGANIZATION: &str = "/tenantRelationships/multiTenantOrganization";
const POLICY: &str = "/policies/crossTenantAccessPolicy";

/// What an administrator does in the own tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByHand {
    /// Gives the organization another name.
    Renames,
    /// Turns automatic redemption and synchronization off towards a tenant.
    Closes(Uuid),
    /// Sets a template that opens nothing.
    SpoilsTemplates,
    /// Pauses every synchronization job.
    PausesJobs,
    /// Takes a tenant off the list.
    Removes(Uuid),
    /// Puts a tenant on the list.
    Adds(Uuid),
    /// Asks to join the organization of an owner.
    AsksToJoin(Uuid),
}

/// An administrator of one tenant.
pub(crate) struct Hand<'a> {
    pub(crate) simulator: &'a Simulator,
    pub(crate) seed: &'a Seed,
    pub(crate) tenant: Uuid,
}

impl Hand<'_> {
    pub(crate) fn does(&self, what: ByHand) {
        match what {
            ByHand::Renames => {
                self.call(&Method::PATCH, ORGANIZATION, &json!({"displayName": "By hand"}));
            }
            ByHand::Closes(about) => {
                let partner = format!("{POLICY}/partners/{about}");
                let consent = json!({"inboundAllowed": false, "outboundAllowed": false});
                self.call(&Method::PATCH, &partner, &json!({"automaticUserConsentSettings": consent}));
                let policy = json!({"userSyncInbound": {"isSyncAllowed": false}});
                self.call(&Method::PATCH, &format!("{partner}/identitySynchronization"), &policy);
            }
            ByHand::SpoilsTemplates => {
                let template = format!("{POLICY}/templates/multiTenantOrganizationPartnerConfiguration");
                let consent = json!({"inboundAllowed": false, "outboundAllowed": false});
                self.call(&Method::PATCH, &template, &json!({"automaticUserConsentSettings": consent}));
            }
            ByHand::PausesJobs => self.pauses_jobs(),
            ByHand::Removes(tenant) => {
                self.call(&Method::DELETE, &format!("{ORGANIZATION}/tenants/{tenant}"), &Value::Null);
            }
            ByHand::Adds(tenant) => {
                let row = json!({"tenantId": tenant, "displayName": "By hand"});
                self.call(&Method::POST, &format!("{ORGANIZATION}/tenants"), &row);
            }
            ByHand::AsksToJoin(owner) => {
                let request = json!({"addedByTenantId": owner});
                self.call(&Method::PATCH, &format!("{ORGANIZATION}/joinRequest"), &request);
            }
        }
    }

    fn pauses_jobs(&self) {
        let found = self.call(&Method::GET, "/servicePrincipals", &Value::Null);
        for principal in found["value"].as_array().into_iter().flatten() {
            let base =
                format!("/servicePrincipals/{}/synchronization/jobs", principal["id"].as_str().unwrap());
            let jobs = self.call(&Method::GET, &base, &Value::Null);
            for job in jobs["value"].as_array().into_iter().flatten() {
                let path = format!("{base}/{}/pause", job["id"].as_str().unwrap());
                self.call(&Method::POST, &path, &Value::Null);
            }
        }
    }

    /// The answer, or null where there is none: nobody checks what an administrator is told.
    fn call(&self, method: &Method, path: &str, body: &Value) -> Value {
        let tenant = self.seed.tenants.iter().find(|one| one.tenant_id == self.tenant).unwrap();
        let application = &tenant.applications[0];
        let form = format!(
            "client_id={}&client_secret={}&grant_type=client_credentials\
             &scope=https%3A%2F%2Fgraph.microsoft.com%2F.default",
            application.client_id,
            application.secrets[0].expose(),
        );
        let request = Request::post(format!("/{}/oauth2/v2.0/token", self.tenant)).body(Bytes::from(form));
        let granted = self.send(request.unwrap());
        let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        let request = Request::builder()
            .method(method)
            .uri(format!("/v1.0{path}"))
            .header(
                "authorization",
                format!("Bearer {}", granted["access_token"].as_str().unwrap_or_default()),
            )
            .header("content-type", "application/json")
            .header("client-request-id", ADMIN_REQUEST.to_string())
            .body(body);
        self.send(request.unwrap())
    }

    fn send(&self, request: Request<Bytes>) -> Value {
        serde_json::from_slice(self.simulator.handle(request).body()).unwrap_or_default()
    }
}
