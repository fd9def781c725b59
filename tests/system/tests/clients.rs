//! Other people's Graph clients, unmodified, against the simulator: each forms an organization and dissolves it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use entra_simulator::{
    CertificateAuthority, Clock as _, Options, Seed, Simulator, SystemClock, serve_proxy, serve_tls,
};
use mto_system_tests::Client;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::process::Command;

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../golden/certificates");

/// The CLI waits half a minute of real time while it removes, and starts anew for every command.
const PATIENCE: Duration = Duration::from_mins(3);

/// A simulator in real time, over HTTPS and behind a proxy.
struct Served {
    simulator: Simulator,
    seed: Seed,
    trusted: PathBuf,
    https: SocketAddr,
    proxy: SocketAddr,
}

impl Served {
    /// Joins, removals: long enough to be seen under way, short enough not to be waited for.
    async fn start(client: &Client, seed: Seed) -> Self {
        let options = Options {
            join_queued_for_seconds: 0,
            join_duration_seconds: 1,
            removal_duration_seconds: 1,
            ..Options::default()
        };
        let simulator = Simulator::new(seed.clone(), options, Arc::new(SystemClock)).unwrap();
        let authority = CertificateAuthority::new(SystemClock.now()).unwrap();
        let trusted = client.folder().join("ca.pem");
        std::fs::write(&trusted, authority.pem()).unwrap();
        let (https, proxy) = (listener().await, listener().await);
        let (https_address, proxy_address) = (https.local_addr().unwrap(), proxy.local_addr().unwrap());
        tokio::spawn(serve_tls(https, simulator.clone(), authority.clone()));
        tokio::spawn(serve_proxy(proxy, simulator.clone(), authority));
        Self { simulator, seed, trusted, https: https_address, proxy: proxy_address }
    }

    /// What the scripts take in `TENANTS`; the first is the owner.
    fn tenants(&self) -> String {
        let tenants = self.seed.tenants.iter().map(|tenant| {
            let application = &tenant.applications[0];
            json!({
                "tenantId": tenant.tenant_id, "displayName": tenant.display_name,
                "clientId": application.client_id, "secret": application.secrets[0].expose(),
            })
        });
        json!(tenants.collect::<Vec<_>>()).to_string()
    }

    /// Every variable by which one of the clients takes a proxy or an authority.
    fn behind_the_proxy(&self, command: &mut Command) {
        command.env("HTTPS_PROXY", format!("http://{}", self.proxy));
        for name in ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"] {
            command.env(name, &self.trusted);
        }
    }

    fn assert_formed(&self) {
        let state = self.simulator.state();
        let organizations = state["organizations"].as_array().unwrap();
        let rows = organizations[0]["tenants"].as_array().unwrap();
        let states: Vec<&Value> = rows.iter().map(|row| &row["state"]).collect();
        assert_eq!((organizations.len(), states), (1, vec![&json!("active"); 3]), "{state:#}");
        assert_eq!(self.simulator.violations(), Vec::<String>::new());
    }

    fn assert_dissolved(&self) {
        let state = self.simulator.state();
        assert_eq!(state["organizations"], json!([]), "{state:#}");
        assert_eq!(self.simulator.violations(), Vec::<String>::new());
    }

    /// Requests that were refused, with their status.
    fn refused(&self) -> Vec<(u16, String)> {
        let requests = self.simulator.requests().into_iter().filter(|line| line.status >= 400);
        requests.map(|line| (line.status, format!("{} {}", line.method, line.path))).collect()
    }
}

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

/// What it prints, without errors.
async fn output(command: &mut Command) -> String {
    let output = tokio::time::timeout(PATIENCE, command.output()).await;
    let output = output.unwrap_or_else(|_| panic!("no end after {PATIENCE:?}: {command:?}")).unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}\n{printed}\n{errors}");
    printed
}

/// The last line, JSON.
async fn seen(command: &mut Command) -> Value {
    let printed = output(command).await;
    serde_json::from_str(printed.lines().last().unwrap_or_default())
        .unwrap_or_else(|error| panic!("{error}: {printed}"))
}

fn formed() -> Value {
    json!({"Contoso": ["owner", "active"], "Fabrikam": ["member", "active"], "Tailspin": ["member", "active"]})
}

/// A row that is gone is a 404, and the only thing a client was refused.
fn assert_only_missing_rows(served: &Served) {
    let refused = served.refused();
    let is_missing_row = |(status, line): &(u16, String)| *status == 404 && line.contains("/tenants/");
    assert!(refused.len() == 2 && refused.iter().all(is_missing_row), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_cli_for_microsoft_365_forms_and_dissolves_an_organization() {
    let client = Client::install("m365").await;
    let mut seed = Seed::demo(3);
    let owner = &mut seed.tenants[0].applications[0];
    owner.secrets.clear();
    owner.certificates = vec![read("test-client.crt.pem")];
    let served = Served::start(&client, seed).await;
    let certificate = client.folder().join("contoso.pem");
    std::fs::write(&certificate, read("test-client.key.pem") + &read("test-client.crt.pem")).unwrap();
    let homes = client.folder().join("homes");
    let _ = std::fs::remove_dir_all(&homes); // connections of an earlier run
    let run = |what: &str| {
        let mut command = client.command("bash");
        command.args(["organization", what]).env("HOMES", &homes).env("CONTOSO_CERTIFICATE", &certificate);
        for tenant in &served.seed.tenants {
            let (name, application) = (tenant.display_name.to_uppercase(), &tenant.applications[0]);
            command.env(format!("{name}_TENANT"), tenant.tenant_id.to_string());
            command.env(format!("{name}_CLIENT"), application.client_id.to_string());
            let secret = application.secrets.first().map_or("", |secret| secret.expose());
            command.env(format!("{name}_SECRET"), secret);
        }
        served.behind_the_proxy(&mut command);
        command
    };

    let printed = output(&mut run("form")).await;
    assert!(printed.contains(r#""connectedAs": "Contoso application""#), "{printed}");
    assert!(printed.contains(r#""description": "Formed by the CLI""#), "{printed}");
    served.assert_formed();

    let printed = output(&mut run("dissolve")).await;
    assert!(printed.contains(r#""state": "inactive""#), "{printed}");
    served.assert_dissolved();
    assert_eq!(served.refused(), []);
}

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(GOLDEN).join(name)).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_python_sdk_forms_and_dissolves_an_organization() {
    let client = Client::install("msgraph-python").await;
    let served = Served::start(&client, Seed::demo(3)).await;
    let run = |what: &str| {
        let mut command = client.command("python");
        command.args(["organization.py", what]).env("TENANTS", served.tenants());
        served.behind_the_proxy(&mut command);
        command
    };
    assert_eq!(seen(&mut run("form")).await, formed());
    served.assert_formed();
    assert_eq!(seen(&mut run("dissolve")).await, json!({"state": "inactive"}));
    served.assert_dissolved();
    assert_only_missing_rows(&served);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_javascript_client_forms_and_dissolves_an_organization() {
    let client = Client::install("graph-javascript").await;
    let served = Served::start(&client, Seed::demo(3)).await;
    let run = |what: &str| {
        let mut command = client.command("node");
        command.args(["organization.mjs", what]).env("TENANTS", served.tenants());
        command.env("ROOT", format!("https://localhost:{}", served.https.port()));
        command.env("NODE_EXTRA_CA_CERTS", &served.trusted);
        command
    };
    assert_eq!(seen(&mut run("form")).await, formed());
    served.assert_formed();
    assert_eq!(seen(&mut run("dissolve")).await, json!({"state": "inactive"}));
    served.assert_dissolved();
    assert_only_missing_rows(&served);
}
