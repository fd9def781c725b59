//! Five tenants of 100,000 users, fully meshed: two million provisioned users. Prints memory and times.
//!
//! ```text
//! cargo run --release -p entra-simulator --example scale -- [users of a tenant] [tenants]
//! ```

#![expect(clippy::print_stdout, reason = "the figures are what this program is for")]

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use entra_simulator::{DirectoryOptions, ManualClock, Options, Seed, Simulator};
use http::{Method, Request};
use serde_json::{Value, json};

const INTERVAL: Duration = Duration::from_mins(40);
const TEMPLATE: &str = "518e5f48-1fc8-4c48-9387-9fdf28b0dfe7";
const PARTNERS: &str = "/v1.0/policies/crossTenantAccessPolicy/partners";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let users: u32 = arguments.next().map_or(Ok(100_000), |text| text.parse())?;
    let tenants: usize = arguments.next().map_or(Ok(5), |text| text.parse())?;
    let mut seed = Seed::demo(tenants);
    for tenant in &mut seed.tenants {
        tenant.users.clear();
        tenant.groups.clear();
        tenant.generated_users = users;
    }
    let directory = DirectoryOptions {
        milliseconds_per_object: 0,
        start_delay_seconds: 0,
        ..DirectoryOptions::default()
    };
    let clock = ManualClock::default();
    let options = Options { directory, ..Options::immediate() };
    let simulator = timed("world", || Simulator::new(seed.clone(), options, Arc::new(clock.clone())))?;
    let scale = Scale { simulator, seed };
    timed("jobs", || scale.mesh())?;
    timed("initial cycles", || scale.advance(&clock, Duration::from_secs(2)));
    println!("provisioned: {}", scale.provisioned());
    timed("cycles without changes", || scale.advance(&clock, INTERVAL));
    scale.touch(0, 1_000)?;
    timed("cycles after 1,000 changes", || scale.advance(&clock, INTERVAL));
    timed("a day of cycles", || scale.advance(&clock, Duration::from_hours(24)));
    timed("one page of users", || scale.call(0, Method::GET, "/v1.0/users?$top=999", &Value::Null))?;
    println!("state dump: {} bytes", timed("state", || scale.simulator.state()).to_string().len());
    Ok(())
}

struct Scale {
    simulator: Simulator,
    seed: Seed,
}

impl Scale {
    fn call(&self, tenant: usize, method: Method, path: &str, body: &Value) -> Result<Value, Box<dyn Error>> {
        let one = self.seed.tenants.get(tenant).ok_or("no such tenant")?;
        let application = one.applications.first().ok_or("no application")?;
        let secret = application.secrets.first().ok_or("no secret")?.expose();
        let form = format!(
            "client_id={}&client_secret={secret}&grant_type=client_credentials&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default",
            application.client_id
        );
        let request =
            Request::post(format!("/{}/oauth2/v2.0/token", one.tenant_id)).body(Bytes::from(form))?;
        let token: Value = serde_json::from_slice(self.simulator.handle(request).body())?;
        let bearer =
            format!("Bearer {}", token.get("access_token").and_then(Value::as_str).ok_or("no token")?);
        let bytes = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        let request =
            Request::builder().method(method).uri(path).header("authorization", bearer).body(bytes)?;
        let answer = self.simulator.handle(request);
        if !answer.status().is_success() {
            return Err(
                format!("{path}: {} {}", answer.status(), String::from_utf8_lossy(answer.body())).into()
            );
        }
        if answer.body().is_empty() { Ok(Value::Null) } else { Ok(serde_json::from_slice(answer.body())?) }
    }

    fn id(&self, tenant: usize) -> String {
        self.seed.tenants.get(tenant).map(|tenant| tenant.tenant_id.to_string()).unwrap_or_default()
    }

    /// A started job for everybody, from every tenant to every other.
    fn mesh(&self) -> Result<(), Box<dyn Error>> {
        let count = self.seed.tenants.len();
        let pairs = || (0..count).flat_map(move |one| (0..count).map(move |other| (one, other)));
        for (one, other) in pairs().filter(|(one, other)| one != other) {
            let body = json!({"tenantId": self.id(other), "automaticUserConsentSettings": {"inboundAllowed": true, "outboundAllowed": true}});
            self.call(one, Method::POST, PARTNERS, &body)?;
            let path = format!("{PARTNERS}/{}/identitySynchronization", self.id(other));
            self.call(one, Method::PUT, &path, &json!({"userSyncInbound": {"isSyncAllowed": true}}))?;
        }
        for (source, target) in pairs().filter(|(one, other)| one != other) {
            let body = json!({"displayName": format!("MTO_Sync_{}", self.id(target))});
            let made = self.call(
                source,
                Method::POST,
                &format!("/v1.0/applicationTemplates/{TEMPLATE}/instantiate"),
                &body,
            )?;
            let principal = made.pointer("/servicePrincipal/id").and_then(Value::as_str).ok_or("no id")?;
            let base = format!("/v1.0/servicePrincipals/{principal}/synchronization");
            let secrets = json!({"value": [{"key": "AuthenticationType", "value": "SyncPolicy"},
                {"key": "CompanyId", "value": self.id(target)}, {"key": "SyncAll", "value": "true"}]});
            self.call(source, Method::PUT, &format!("{base}/secrets"), &secrets)?;
            let job = self.call(
                source,
                Method::POST,
                &format!("{base}/jobs"),
                &json!({"templateId": "Azure2Azure"}),
            )?;
            let job = job.get("id").and_then(Value::as_str).ok_or("no id")?.to_owned();
            self.call(source, Method::POST, &format!("{base}/jobs/{job}/start"), &Value::Null)?;
        }
        Ok(())
    }

    /// Moves the clock and settles what became due.
    fn advance(&self, clock: &ManualClock, by: Duration) {
        clock.advance(by);
        let _settled = self.simulator.counters();
    }

    /// Changes the first users of a tenant.
    fn touch(&self, tenant: usize, count: usize) -> Result<(), Box<dyn Error>> {
        let page = self.call(
            tenant,
            Method::GET,
            &format!("/v1.0/users?$select=id&$top={}", count.min(999)),
            &Value::Null,
        )?;
        for user in page.get("value").and_then(Value::as_array).into_iter().flatten() {
            let id = user.get("id").and_then(Value::as_str).ok_or("no id")?;
            self.call(tenant, Method::PATCH, &format!("/v1.0/users/{id}"), &json!({"jobTitle": "Changed"}))?;
        }
        Ok(())
    }

    fn provisioned(&self) -> u64 {
        let state = self.simulator.state();
        let count = |directory: &Value| {
            let outside = directory.pointer("/segmentation/externalMemberOutside");
            outside.and_then(Value::as_u64).unwrap_or_default()
        };
        state.get("directories").and_then(Value::as_array).into_iter().flatten().map(count).sum()
    }
}

#[expect(clippy::disallowed_methods, reason = "this program measures real time")]
fn timed<T>(what: &str, run: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = run();
    println!("{what}: {:.2} s, {}", start.elapsed().as_secs_f64(), memory());
    result
}

/// The most memory this process held so far.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes: Option<u64> = line.and_then(|line| line.trim().split(' ').next()?.parse().ok());
    kilobytes
        .map_or_else(|| "memory unknown".to_owned(), |kilobytes| format!("at most {} MiB", kilobytes / 1_024))
}
