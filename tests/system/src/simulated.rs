//! Graph and the login service over HTTP.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use entra_simulator::{Options, Seed, Simulator, SystemClock};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::kills::{Killer, Watch, watch};

/// A simulator that is being served on loopback, in real time.
pub struct Simulated {
    /// The simulator itself.
    pub simulator: Simulator,
    root: String,
    trap: Trap,
}

/// The next answer to a request of this method, whose path ends so, is held back for good.
#[derive(Clone, Default)]
struct Trap(Arc<Mutex<Option<Wanted>>>);

struct Wanted {
    method: &'static str,
    path_end: &'static str,
    caught: oneshot::Sender<()>,
}

impl Simulated {
    /// Serves one on a free port.
    ///
    /// # Panics
    /// If the seed cannot be, or the system has no free port.
    pub async fn serve(seed: Seed, options: Options) -> Self {
        Self::serve_under(seed, options, None).await
    }

    /// The same, where whoever asks may be killed for it.
    ///
    /// # Panics
    /// If the seed cannot be, or the system has no free port.
    pub(crate) async fn serve_under(seed: Seed, options: Options, killer: Option<Killer>) -> Self {
        let simulator = Simulator::new(seed, options, Arc::new(SystemClock)).expect("a seed that can be");
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let root = format!("http://{address}");
        let trap = Trap::default();
        let mut router =
            entra_simulator::router(simulator.clone()).layer(from_fn_with_state(trap.clone(), hold_back));
        if let Some(killer) = killer {
            let state = Watch { killer, simulator: simulator.clone(), port: address.port() };
            router = router.layer(from_fn_with_state(state, watch));
        }
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self { simulator, root, trap }
    }

    /// `http://127.0.0.1:<port>`
    pub fn root(&self) -> &str {
        &self.root
    }

    /// What the functions of the verbs are given to act in every tenant of the seed, by its first secret, and to look
    /// every second.
    ///
    /// # Panics
    /// If a tenant has no application with a secret.
    pub fn environment(&self, seed: &Seed) -> BTreeMap<String, String> {
        let mut environment = BTreeMap::new();
        let mut tenants = Vec::new();
        for tenant in &seed.tenants {
            let name = tenant.display_name.to_lowercase();
            let variable = format!("SECRET_{}", name.to_uppercase());
            let application = tenant.applications.first().expect("an application");
            let secret = application.secrets.first().expect("a secret").expose().to_owned();
            let credential = json!({"clientSecret": {"env": variable}});
            environment.insert(variable, secret);
            let application = json!({"clientId": application.client_id, "credential": credential});
            tenants.push(json!({"tenantId": tenant.tenant_id, "name": name, "application": application}));
        }
        let mut set = |name: &str, value: String| environment.insert(name.to_owned(), value);
        set("MTO_DIRECTORY", json!({"tenants": tenants}).to_string());
        set("MTO_GRAPH_ROOT", format!("{}/v1.0", self.root));
        set("MTO_LOGIN_ROOT", self.root.clone());
        set("MTO_SHORTEST_DELAY_SECONDS", "1".to_owned());
        set("MTO_LONGEST_DELAY_SECONDS", "1".to_owned());
        environment
    }

    /// What tenants have opened for each other: `Contoso lets Fabrikam: redemption inbound`, one line a setting.
    pub fn open(&self) -> Vec<String> {
        let state = self.simulator.state();
        let tenants = state["tenants"].as_array().map(Vec::as_slice).unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let names: BTreeMap<String, String> =
            tenants.iter().map(|tenant| (text(&tenant["tenantId"]), text(&tenant["displayName"]))).collect();
        let mut open = Vec::new();
        for tenant in tenants {
            for partner in tenant["partners"].as_array().into_iter().flatten() {
                let redemption = &partner["configuration"]["automaticUserConsentSettings"];
                let synchronization = &partner["identitySynchronization"]["userSyncInbound"]["isSyncAllowed"];
                for (what, setting) in [
                    ("redemption inbound", &redemption["inboundAllowed"]),
                    ("redemption outbound", &redemption["outboundAllowed"]),
                    ("synchronization inbound", synchronization),
                ] {
                    if *setting == true {
                        let other = names.get(&text(&partner["tenantId"])).map_or("somebody", String::as_str);
                        open.push(format!("{} lets {other}: {what}", text(&tenant["displayName"])));
                    }
                }
            }
        }
        open.sort();
        open
    }

    /// Holds back the answer to the next such request: it is done, but whoever asked will never know. Resolves when
    /// that has happened.
    pub fn swallow_answer(&self, method: &'static str, path_end: &'static str) -> oneshot::Receiver<()> {
        let (caught, receiver) = oneshot::channel();
        *self.trap.lock() = Some(Wanted { method, path_end, caught });
        receiver
    }
}

impl Trap {
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Wanted>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn hold_back(State(trap): State<Trap>, request: Request, next: Next) -> Response {
    let wanted = trap.lock().take_if(|wanted| {
        request.method().as_str() == wanted.method && request.uri().path().ends_with(wanted.path_end)
    });
    let response = next.run(request).await;
    if let Some(wanted) = wanted {
        let _ = wanted.caught.send(());
        std::future::pending::<()>().await;
    }
    response
}
