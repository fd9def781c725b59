//! Graph and the login service over HTTP.

use std::sync::Arc;

use entra_simulator::{Options, Seed, Simulator, SystemClock};

/// A simulator that is being served on loopback, in real time.
pub struct Simulated {
    /// The simulator itself.
    pub simulator: Simulator,
    root: String,
}

impl Simulated {
    /// Serves one on a free port.
    ///
    /// # Panics
    /// If the seed cannot be, or the system has no free port.
    pub async fn serve(seed: Seed, options: Options) -> Self {
        let simulator = Simulator::new(seed, options, Arc::new(SystemClock)).expect("a seed that can be");
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let root = format!("http://{}", listener.local_addr().expect("a bound listener has an address"));
        let router = entra_simulator::router(simulator.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { simulator, root }
    }

    /// `http://127.0.0.1:<port>`
    pub fn root(&self) -> &str {
        &self.root
    }
}
