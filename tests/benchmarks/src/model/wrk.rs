//! The simulator over HTTP, measured with `wrk` (a Debian package), if it is there.

use std::process::Command;

use entra_simulator::{ManualClock, Options, Seed, Simulator};
use serde_json::Value;

use super::{Problem, Section};
use crate::Figure;
use crate::processes::statistics::median;

/// Seconds of one measurement.
const SECONDS: u32 = 1;

/// Measurements of a path; their median counts.
const MEASUREMENTS: usize = 3;

/// Connections that `wrk` keeps busy, from one thread.
const CONNECTIONS: u32 = 8;

/// Requests per second of one simulator of a hundred tenants: a small answer, and a list of a hundred rows.
///
/// # Errors
/// A simulator that cannot be served.
pub(crate) async fn section() -> Result<Section, Problem> {
    let heading = "The simulator over HTTP".to_owned();
    if Command::new("wrk").arg("--version").output().is_err() {
        let text = "left out: wrk is not on PATH (Debian: apt-get install wrk)".to_owned();
        return Ok(Section { heading, figures: Vec::new(), text });
    }
    let served = Served::start().await?;
    let mut figures = Vec::new();
    for (what, path) in [
        ("GET multiTenantOrganization", "/v1.0/tenantRelationships/multiTenantOrganization"),
        ("GET tenants, 100 rows", "/v1.0/tenantRelationships/multiTenantOrganization/tenants"),
    ] {
        let mut rates = Vec::new();
        for _ in 0..MEASUREMENTS {
            rates.push(served.measure(path).await?);
        }
        figures.push(Figure {
            what: format!("requests per second, {what}"),
            ours: format!("{CONNECTIONS} connections, median of {MEASUREMENTS} times {SECONDS} s"),
            other: String::new(),
            value: median(&rates),
            target: None,
        });
    }
    let cores = std::thread::available_parallelism()?;
    let text = format!("wrk and the simulator, one thread each, share the {cores} cores that they may use.");
    Ok(Section { heading, figures, text })
}

struct Served {
    root: String,
    token: String,
}

impl Served {
    async fn start() -> Result<Self, Problem> {
        let mut seed = Seed::demo(100);
        let owner = seed.tenants.first().ok_or("no tenant")?.tenant_id;
        let members = seed.tenants.iter().skip(1).map(|tenant| entra_simulator::MemberSeed {
            tenant_id: tenant.tenant_id,
            display_name: tenant.display_name.clone(),
            role: entra_simulator::MemberRole::Member,
            state: entra_simulator::MemberState::Active,
        });
        let organization = entra_simulator::OrganizationSeed {
            owner,
            display_name: "Group".to_owned(),
            description: None,
            members: members.collect(),
        };
        let application = seed.tenants.first().and_then(|tenant| tenant.applications.first());
        let application = application.ok_or("no application")?;
        let secret = application.secrets.first().ok_or("no secret")?.expose().to_owned();
        let form = format!(
            "grant_type=client_credentials&client_id={}&client_secret={secret}&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default",
            application.client_id
        );
        seed.organizations.push(organization);
        let clock = std::sync::Arc::new(ManualClock::default());
        let simulator = Simulator::new(seed, Options::default(), clock)?;
        let token = token(&simulator, owner, form)?;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let root = format!("http://{}", listener.local_addr()?);
        let router = entra_simulator::router(simulator);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { root, token })
    }

    async fn measure(&self, path: &str) -> Result<f64, Problem> {
        let arguments = [
            "-t1".to_owned(),
            format!("-c{CONNECTIONS}"),
            format!("-d{SECONDS}s"),
            "-H".to_owned(),
            format!("Authorization: Bearer {}", self.token),
            format!("{}{path}", self.root),
        ];
        let running = tokio::task::spawn_blocking(move || Command::new("wrk").args(arguments).output());
        let output = running.await??;
        requests_per_second(&String::from_utf8_lossy(&output.stdout))
    }
}

fn token(simulator: &Simulator, tenant: uuid::Uuid, form: String) -> Result<String, Problem> {
    let request = http::Request::post(format!("/{tenant}/oauth2/v2.0/token"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(bytes::Bytes::from(form))?;
    let answer: Value = serde_json::from_slice(simulator.handle(request).body())?;
    let token = answer["access_token"].as_str().ok_or("the simulator gives no token")?;
    Ok(token.to_owned())
}

/// What `wrk` prints; refused requests make the figure worthless.
fn requests_per_second(printed: &str) -> Result<f64, Problem> {
    if let Some(line) = printed.lines().find(|line| line.contains("Non-2xx")) {
        return Err(format!("wrk was refused: {}", line.trim()).into());
    }
    let rate = printed.lines().find_map(|line| line.trim().strip_prefix("Requests/sec:"));
    Ok(rate.ok_or("wrk printed no Requests/sec")?.trim().parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_read_and_refusals_are_no_rate() {
        let printed =
            "Running 3s test\n  123 requests in 3.00s\nRequests/sec:  12345.67\nTransfer/sec: 1.00MB\n";
        assert!((requests_per_second(printed).unwrap() - 12_345.67).abs() < 1e-6);
        let refused = "  Non-2xx or 3xx responses: 12\nRequests/sec:  9.00\n";
        assert!(requests_per_second(refused).is_err());
        assert!(requests_per_second("").is_err());
    }

    #[tokio::test]
    async fn what_is_measured_answers() {
        let served = Served::start().await.unwrap();
        assert!(served.root.starts_with("http://127.0.0.1:") && !served.token.is_empty());
    }
}
