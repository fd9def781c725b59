//! An organization from its creation to its end, and everything the simulator answers on the way.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use entra_simulator::{Change, ManualClock, Options, Seed, Simulator};
use http::{Method, Request};
use serde_json::{Value, json};

use super::Body;

const ORGANIZATION: &str = "/tenantRelationships/multiTenantOrganization";
const TENANTS: &str = "/tenantRelationships/multiTenantOrganization/tenants";
const JOIN: &str = "/tenantRelationships/multiTenantOrganization/joinRequest";
const POLICY: &str = "/policies/crossTenantAccessPolicy";

/// After this a join is running, and after that it has ended; the tokens outlive the whole walk.
const QUEUED: Duration = Duration::from_mins(1);
const UNDER_WAY: Duration = Duration::from_mins(5);

struct Walk {
    simulator: Simulator,
    clock: ManualClock,
    seed: Seed,
    tokens: Vec<String>,
    bodies: Vec<Body>,
}

/// What was answered, each with its type.
pub(super) fn bodies() -> Vec<Body> {
    let mut walk = Walk::new();
    walk.form();
    walk.policies();
    walk.look_around();
    walk.dissolve();
    walk.bodies
}

impl Walk {
    fn new() -> Self {
        let seed = Seed::demo(4);
        let clock = ManualClock::default();
        let options =
            Options { undeclared_properties: true, join_duration_seconds: 300, ..Options::default() };
        let simulator = Simulator::new(seed.clone(), options, Arc::new(clock.clone())).unwrap();
        let tokens = seed.tenants.iter().map(|tenant| {
            let application = &tenant.applications[0];
            let form = format!(
                "grant_type=client_credentials&client_id={}&client_secret={}&scope=x/.default",
                application.client_id,
                application.secrets[0].expose()
            );
            let address = format!("/{}/oauth2/v2.0/token", tenant.tenant_id);
            let answer = simulator.handle(Request::post(address).body(Bytes::from(form)).unwrap());
            let answer: Value = serde_json::from_slice(answer.body()).unwrap();
            answer["access_token"].as_str().unwrap().to_owned()
        });
        let tokens = tokens.collect();
        Self { simulator, clock, seed, tokens, bodies: Vec::new() }
    }

    fn id(&self, tenant: usize) -> String {
        self.seed.tenants[tenant].tenant_id.to_string()
    }

    /// A request of that tenant; its answer has to have this status, and is kept if it has a body.
    fn ask(
        &mut self,
        tenant: usize,
        (method, status): (Method, u16),
        path: &str,
        body: Value,
        kind: &'static str,
    ) {
        let name = format!("{method} {path} ({})", self.bodies.len());
        let request = Request::builder().method(method).uri(format!("/v1.0{path}"));
        let request = request.header("authorization", format!("Bearer {}", self.tokens[tenant]));
        let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        let answer = self.simulator.handle(request.body(body).unwrap());
        assert_eq!(answer.status(), status, "{name}: {:?}", answer.body());
        assert_eq!(answer.body().is_empty(), kind.is_empty(), "{name}: {:?}", answer.body());
        if !kind.is_empty() {
            self.bodies.push(Body {
                name,
                kind: kind.to_owned(),
                json: serde_json::from_slice(answer.body()).unwrap(),
            });
        }
    }

    fn get(&mut self, tenant: usize, path: &str, kind: &'static str) {
        self.ask(tenant, (Method::GET, 200), path, Value::Null, kind);
    }

    fn fail(&mut self, method: Method, status: u16, path: &str, body: Value) {
        self.ask(0, (method, status), path, body, "Failure");
    }

    fn form(&mut self) {
        self.get(0, ORGANIZATION, "MultiTenantOrganization");
        self.ask(
            0,
            (Method::PUT, 201),
            ORGANIZATION,
            json!({"displayName": "Contoso"}),
            "MultiTenantOrganization",
        );
        self.get(0, ORGANIZATION, "MultiTenantOrganization");
        self.fail(Method::PUT, 400, ORGANIZATION, json!({"displayName": "Contoso"}));
        for tenant in 1..4 {
            let row = json!({"tenantId": self.id(tenant), "displayName": "Member"});
            self.ask(0, (Method::POST, 201), TENANTS, row, "Member");
        }
        let promoted = format!("{TENANTS}/{}", self.id(2));
        self.ask(0, (Method::PATCH, 204), &promoted, json!({"role": "owner"}), "");
        self.get(0, &promoted, "Member");
        self.get(0, TENANTS, "Collection<types.Member>");
        self.simulator.script(Change::FailJoins { tenant: self.seed.tenants[3].tenant_id, count: 1 });
        for tenant in 1..4 {
            self.get(tenant, JOIN, "JoinRequest");
            self.ask(tenant, (Method::PATCH, 204), JOIN, json!({"addedByTenantId": self.id(0)}), "");
            self.get(tenant, JOIN, "JoinRequest");
        }
        for wait in [QUEUED, UNDER_WAY] {
            self.clock.advance(wait);
            for tenant in 0..4 {
                self.get(tenant, JOIN, "JoinRequest");
            }
            self.get(0, TENANTS, "Collection<types.Member>");
        }
    }

    fn policies(&mut self) {
        self.get(0, POLICY, "Policy");
        self.get(0, &format!("{POLICY}/default"), "DefaultConfiguration");
        let partners = format!("{POLICY}/partners");
        self.get(0, &partners, "Collection<types.Partner>");
        self.get(0, &format!("{partners}?$expand=identitySynchronization"), "Collection<types.Partner>");
        let stranger = json!({"tenantId": self.id(3), "inboundTrust": {"isMfaAccepted": true}});
        self.ask(0, (Method::POST, 201), &partners, stranger.clone(), "Partner");
        self.fail(Method::POST, 409, &partners, stranger);
        let partner = format!("{partners}/{}", self.id(3));
        self.get(0, &partner, "Partner");
        let synchronization = format!("{partner}/identitySynchronization");
        let wanted = json!({"displayName": "Stranger", "userSyncInbound": {"isSyncAllowed": true}});
        self.ask(0, (Method::PUT, 204), &synchronization, wanted.clone(), "");
        self.fail(Method::PUT, 409, &synchronization, wanted);
        self.get(0, &synchronization, "IdentitySynchronization");
        for (name, kind, change) in [
            ("PartnerConfiguration", "PartnerTemplate", json!({"inboundTrust": {"isMfaAccepted": true}})),
            (
                "IdentitySynchronization",
                "IdentityTemplate",
                json!({"userSyncInbound": {"isSyncAllowed": true}}),
            ),
        ] {
            let template = format!("{POLICY}/templates/multiTenantOrganization{name}");
            self.get(0, &template, kind);
            self.ask(0, (Method::PATCH, 204), &template, change, "");
            self.get(0, &template, kind);
            self.ask(
                0,
                (Method::PATCH, 204),
                &template,
                json!({"templateApplicationLevel": "newPartners"}),
                "",
            );
            self.get(0, &template, kind);
        }
    }

    fn look_around(&mut self) {
        self.get(0, "/organization", "Collection<types.Organization>");
        let own = format!("/organization/{}", self.id(0));
        self.get(0, &own, "Organization");
        let lookup =
            format!("/tenantRelationships/findTenantInformationByTenantId(tenantId='{}')", self.id(1));
        self.get(0, &lookup, "TenantInformation");
        self.get(0, "/auditLogs/directoryAudits", "Collection<types.DirectoryAudit>");
        self.fail(Method::GET, 404, "/nothing", Value::Null);
        self.fail(Method::POST, 405, ORGANIZATION, json!({}));
        self.fail(Method::POST, 400, TENANTS, json!({"tenantId": self.id(1), "displayName": "Again"}));
        self.simulator.script(Change::Throttle { tenant: None, count: 1, retry_after_seconds: Some(1) });
        self.fail(Method::GET, 429, ORGANIZATION, Value::Null);
    }

    fn dissolve(&mut self) {
        for tenant in 1..4 {
            let row = format!("{TENANTS}/{}", self.id(tenant));
            self.ask(0, (Method::DELETE, 204), &row, Value::Null, "");
            self.get(0, &row, "Member");
            self.clock.advance(UNDER_WAY);
            self.fail(Method::GET, 404, &row, Value::Null);
        }
        let own = format!("{TENANTS}/{}", self.id(0));
        self.ask(0, (Method::DELETE, 204), &own, Value::Null, "");
        self.clock.advance(UNDER_WAY);
        self.get(0, ORGANIZATION, "MultiTenantOrganization");
    }
}
