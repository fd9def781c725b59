//! Synchronization between two tenants of the laboratory, set up the way 10.2 does.

use bytes::Bytes;
use entra_simulator::{DirectoryOptions, Options, Seed, UserSeed};
use http::{Method, Request};
use serde_json::{Value, json};

use super::support::{Lab, PARTNERS, Reply};

pub(crate) const TEMPLATE: &str = "518e5f48-1fc8-4c48-9387-9fdf28b0dfe7";
pub(crate) const INTERVAL: u64 = 2_400;
pub(crate) const DAY: u64 = 24 * 60 * 60;

/// A configuration from one tenant to another, with its job.
pub(crate) struct Sync {
    pub(crate) source: usize,
    pub(crate) target: usize,
    pub(crate) principal: String,
    pub(crate) role: String,
    pub(crate) job: String,
}

impl Sync {
    /// `/servicePrincipals/{id}/synchronization`
    pub(crate) fn base(&self) -> String {
        format!("/servicePrincipals/{}/synchronization", self.principal)
    }

    pub(crate) fn path(&self) -> String {
        format!("{}/jobs/{}", self.base(), self.job)
    }

    pub(crate) fn assignments(&self) -> String {
        format!("/servicePrincipals/{}/appRoleAssignedTo", self.principal)
    }
}

/// No waiting before and in cycles.
pub(crate) fn quick() -> Options {
    quick_with(DirectoryOptions::default())
}

pub(crate) fn quick_with(directory: DirectoryOptions) -> Options {
    let directory = DirectoryOptions { start_delay_seconds: 0, milliseconds_per_object: 0, ..directory };
    Options { directory, ..Options::immediate() }
}

/// Demo tenants, the first with these users instead.
pub(crate) fn seed_with(users: Vec<UserSeed>) -> Seed {
    let mut seed = Seed::demo(3);
    seed.tenants[0].groups.clear();
    seed.tenants[0].users = users;
    seed
}

pub(crate) fn named(names: &[&str]) -> Vec<UserSeed> {
    names.iter().map(|name| UserSeed::named(*name)).collect()
}

/// An address with its spaces and quotes encoded.
pub(crate) fn encoded(path: &str) -> String {
    path.replace(' ', "%20").replace('\'', "%27").replace('#', "%23").replace('"', "%22")
}

impl Lab {
    pub(crate) fn get_with(&self, tenant: usize, path: &str, headers: &[(&str, &str)]) -> Reply {
        let (path, bearer) = (encoded(path), format!("Bearer {}", self.token(tenant)));
        let path =
            if path.starts_with("http") || path.starts_with("/v1.0") { path } else { format!("/v1.0{path}") };
        let mut request = Request::get(path).header("authorization", bearer);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Bytes::new()).expect("a request"))
    }

    pub(crate) fn ask(&self, tenant: usize, path: &str) -> Value {
        let reply = self.get_with(tenant, path, &[]);
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        reply.body
    }

    /// A user of the tenant by display name, with every property.
    pub(crate) fn person(&self, tenant: usize, name: &str) -> Option<Value> {
        let select = "id,displayName,userPrincipalName,mail,mailNickname,userType,creationType,externalUserState,\
                      accountEnabled,showInAddressList,department,jobTitle,identities";
        let found = self.ask(tenant, &format!("/users?$filter=displayName eq '{name}'&$select={select}"));
        let found = found["value"].as_array().expect("users").clone();
        assert!(found.len() < 2, "{name} is there once: {found:?}");
        found.into_iter().next()
    }

    pub(crate) fn user_id(&self, tenant: usize, name: &str) -> String {
        let found = self.person(tenant, name).unwrap_or_else(|| panic!("{name} is no user of {tenant}"));
        found["id"].as_str().expect("an id").to_owned()
    }

    pub(crate) fn has(&self, tenant: usize, name: &str) -> bool {
        self.person(tenant, name).is_some()
    }

    pub(crate) fn deleted(&self, tenant: usize) -> Vec<String> {
        let found = self.ask(tenant, "/directory/deletedItems/microsoft.graph.user");
        let found = found["value"].as_array().expect("users").iter();
        found.map(|user| user["displayName"].as_str().unwrap_or_default().to_owned()).collect()
    }

    pub(crate) fn group(&self, tenant: usize, name: &str) -> String {
        let found = self.ask(tenant, &format!("/groups?$filter=displayName eq '{name}'"));
        found["value"][0]["id"].as_str().expect("a group").to_owned()
    }

    /// Both policies of the pair (10.2 steps 2 to 5).
    pub(crate) fn permit(&self, source: usize, target: usize) {
        let settings = |tenant: usize, other: usize, consent: Value| {
            let body = json!({"tenantId": self.id(other)});
            let made = self.call(tenant, Method::POST, PARTNERS, &body).status;
            assert!([201, 409].contains(&made), "a partner is there");
            self.patch(tenant, &self.partner(other), json!({"automaticUserConsentSettings": consent}), 204);
        };
        settings(target, source, json!({"inboundAllowed": true}));
        settings(source, target, json!({"outboundAllowed": true}));
        let policy = format!("{}/identitySynchronization", self.partner(source));
        let body = json!({"displayName": "Source", "userSyncInbound": {"isSyncAllowed": true}});
        let made = self.call(target, Method::PUT, &policy, &body).status;
        if made == 409 {
            self.patch(target, &policy, body, 204);
        }
    }

    /// A configuration with a job that is not started, and with secrets.
    pub(crate) fn configure(&self, source: usize, target: usize, sync_all: bool) -> Sync {
        self.permit(source, target);
        let name = format!("MTO_Sync_{}", self.id(target));
        let path = format!("/applicationTemplates/{TEMPLATE}/instantiate");
        let made = self.post(source, &path, json!({"displayName": name}), 201);
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let principal = text(&made["servicePrincipal"]["id"]);
        let role = text(&made["servicePrincipal"]["appRoles"][0]["id"]);
        let jobs = format!("/servicePrincipals/{principal}/synchronization/jobs");
        let job = text(&self.post(source, &jobs, json!({"templateId": "Azure2Azure"}), 201)["id"]);
        let sync = Sync { source, target, principal, role, job };
        self.secrets(&sync, &[("SyncAll", if sync_all { "true" } else { "false" })]);
        sync
    }

    /// Writes secrets besides the two that every job needs.
    pub(crate) fn secrets(&self, sync: &Sync, more: &[(&str, &str)]) {
        let target = self.id(sync.target).to_string();
        let always = [("AuthenticationType", "SyncPolicy"), ("CompanyId", target.as_str())];
        let all = always.iter().chain(more).map(|(key, value)| json!({"key": key, "value": value}));
        let body = json!({"value": all.collect::<Vec<_>>()});
        self.put(sync.source, &format!("{}/secrets", sync.base()), body, 204);
    }

    pub(crate) fn threshold(&self, sync: &Sync, value: u64) {
        let settings =
            json!({"Enabled": false, "DeleteThresholdEnabled": true, "DeleteThresholdValue": value});
        self.secrets(sync, &[("SyncNotificationSettings", &settings.to_string())]);
    }

    pub(crate) fn assign(&self, sync: &Sync, principal_id: &str) -> String {
        let body = json!({"appRoleId": sync.role, "resourceId": sync.principal, "principalId": principal_id});
        let made = self.post(sync.source, &sync.assignments(), body, 201);
        made["id"].as_str().expect("an id").to_owned()
    }

    pub(crate) fn start(&self, sync: &Sync) {
        self.post(sync.source, &format!("{}/start", sync.path()), Value::Null, 204);
        self.pass(2);
    }

    pub(crate) fn restart(&self, sync: &Sync, scope: &str) {
        let body = json!({"criteria": {"resetScope": scope}});
        self.post(sync.source, &format!("{}/restart", sync.path()), body, 204);
        self.pass(2);
    }

    /// Lets the next cycle happen.
    pub(crate) fn cycle(&self) {
        self.pass(INTERVAL + 2);
    }

    /// A running job from tenant 0 to tenant 1, for everybody or for those assigned by name.
    pub(crate) fn running(&self, names: Option<&[&str]>) -> Sync {
        let sync = self.configure(0, 1, names.is_none());
        for name in names.unwrap_or_default() {
            self.assign(&sync, &self.user_id(0, name));
        }
        self.start(&sync);
        sync
    }

    pub(crate) fn job(&self, sync: &Sync) -> Value {
        self.get(sync.source, &sync.path())
    }

    /// Of the newest item of the log about this source user: action, status, error code.
    pub(crate) fn last_logged(&self, tenant: usize, name: &str) -> (String, String, String) {
        let found = self
            .ask(tenant, &format!("/auditLogs/provisioning?$filter=sourceIdentity/displayName eq '{name}'"));
        let item = &found["value"][0];
        let text = |value: &Value| value.as_str().unwrap_or("none").to_owned();
        let status = &item["provisioningStatusInfo"];
        (
            text(&item["provisioningAction"]),
            text(&status["status"]),
            text(&status["errorInformation"]["errorCode"]),
        )
    }

    /// Every display name that people search of the tenant finds for the text.
    pub(crate) fn found_people(&self, tenant: usize, text: &str) -> Vec<String> {
        let path = encoded(&format!("/_control/people?tenant={}&q={text}", self.id(tenant)));
        let reply = self.send(Request::get(path).body(Bytes::new()).expect("a request"));
        let people = reply.body["value"].as_array().expect("people").iter();
        people.map(|one| one["displayName"].as_str().expect("a name").to_owned()).collect()
    }

    pub(crate) fn segments(&self, tenant: usize) -> Value {
        let path = format!("/_control/segmentation?tenant={}", self.id(tenant));
        self.send(Request::get(path).body(Bytes::new()).expect("a request")).body
    }
}
