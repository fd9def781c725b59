//! Putting it together: what is wanted, and what stands.

use std::net::SocketAddr;
use std::path::PathBuf;

use axum::Router;
use entra_simulator::Change;
use mto_messages::{Command, ParseError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::desk::Desk;
use super::driver::Driver;
use super::news::News;
use super::office::Office;
use super::view::Known;
use super::write::{Written, write};
use super::{guard, http};
use crate::{JumpClock, Setup, Speed, Wiring, World, WorldError};

/// Makes more routes on the same address, from the desk: what a chat tool or a ticket system would call.
///
/// They are merged beside our own, and outside their guard: callers from elsewhere come with other names of this host
/// and other types of content, and have to be verified by the routes themselves. Paths must not be ours.
pub type Edges = Box<dyn FnOnce(Desk) -> Router + Send>;

/// No further routes.
pub fn no_edges() -> Edges {
    Box::new(|_| Router::new())
}

/// What is to be kept up.
pub struct Plan {
    /// The world.
    pub setup: Setup,
    /// What happens to the simulated service at the start.
    pub changes: Vec<Change>,
    /// Commands to post by ourselves: each act once nothing is left of the one before. None: an empty estate.
    pub acts: Vec<Vec<String>>,
    /// How fast time runs.
    pub speed: Speed,
    /// Names this run in the ids of events: letters and digits, another text for every run.
    pub run: String,
    /// The port of the page and the API on 127.0.0.1; 0: a free one.
    pub port: u16,
    /// The port of the simulated Graph and login service; 0: a free one.
    pub graph_port: u16,
    /// Where to write the tenant directory, the secrets and `environment.sh`.
    pub write: Option<PathBuf>,
    /// Further routes.
    pub edges: Edges,
}

/// A world could not be kept up.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// A port is taken.
    #[error("127.0.0.1:{port} cannot be listened on: {source}; give another --{option}, or 0 for a free one")]
    Listen {
        /// The option that names it.
        option: &'static str,
        /// The port.
        port: u16,
        /// What the system says.
        source: std::io::Error,
    },
    /// The world could not be built, or lost a queue.
    #[error("the simulated world could not be built: {0}; this is a bug, please report it")]
    World(#[from] WorldError),
    /// A command to be posted at the start is none.
    #[error("a command to be posted at the start cannot be read: {0}; this is a bug, please report it")]
    Act(#[from] ParseError),
    /// A file could not be written.
    #[error("{path} cannot be written: {source}; give --write a folder that can be written to")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

/// A world that stands. Nothing happens in it until [`Served::run`].
pub struct Served {
    address: SocketAddr,
    graph: String,
    written: Option<Written>,
    desk: Desk,
    driver: Driver,
    servers: Servers,
}

/// What listens; ended when dropped.
struct Servers(Vec<JoinHandle<std::io::Result<()>>>);

impl Drop for Servers {
    fn drop(&mut self) {
        for server in &self.0 {
            server.abort();
        }
    }
}

impl Served {
    /// Builds the world, listens, and writes the files that were asked for.
    ///
    /// # Errors
    /// See [`ServeError`].
    pub async fn start(plan: Plan) -> Result<Self, ServeError> {
        let Plan { setup, changes, acts, speed, run, port, graph_port, write: folder, edges } = plan;
        let acts = acts
            .iter()
            .map(|act| act.iter().map(|body| addressed(body)).collect())
            .collect::<Result<_, _>>()?;
        let clock = JumpClock::default();
        let simulator = crate::simulator(&setup, &clock)?;
        let (listener, address) = listen("port", port).await?;
        let (graph_listener, graph_address) = listen("graph-port", graph_port).await?;
        let graph = format!("http://{graph_address}");
        let written = match folder {
            Some(folder) => Some(write(&folder, &setup, &graph, &format!("http://{address}"))?),
            None => None,
        };
        let known = Known::all(&setup);
        let world = World::around(setup, clock, simulator.clone(), &Wiring::Http(graph.clone()))?;
        for change in changes {
            world.simulator().script(change);
        }
        let (desk, asks) = Desk::new();
        let office = Office::new(known, speed, graph.clone(), News::new(run));
        let driver = Driver::new(world, office, asks, speed, acts);
        let own = http::router(desk.clone()).merge(edges(desk.clone()));
        let simulated = guard::loopback_names(entra_simulator::router(simulator));
        let servers = Servers(vec![
            tokio::spawn(async move { axum::serve(listener, own).await }),
            tokio::spawn(async move { axum::serve(graph_listener, simulated).await }),
        ]);
        Ok(Self { address, graph, written, desk, driver, servers })
    }

    /// Where the page and the API are: `http://127.0.0.1:8620`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where the simulated Graph and login service are.
    pub fn graph(&self) -> &str {
        &self.graph
    }

    /// The file for `source`, if files were asked for.
    pub fn environment(&self) -> Option<&std::path::Path> {
        self.written.as_ref().map(|written| written.environment.as_path())
    }

    /// The desk, for callers in this process.
    pub fn desk(&self) -> Desk {
        self.desk.clone()
    }

    /// Drives the world; ends only with an error, or when dropped.
    ///
    /// # Errors
    /// If a queue does not take a command.
    pub async fn run(self) -> Result<(), ServeError> {
        let Self { driver, servers, .. } = self;
        let result = driver.run().await;
        drop(servers);
        Ok(result?)
    }
}

/// A body with the verb whose queue it belongs to.
fn addressed(body: &str) -> Result<(mto_messages::Verb, String), ParseError> {
    Ok((Command::parse(body)?.data.verb(), body.to_owned()))
}

async fn listen(option: &'static str, port: u16) -> Result<(TcpListener, SocketAddr), ServeError> {
    let bound = async {
        let listener = TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    bound.await.map_err(|source| ServeError::Listen { option, port, source })
}
