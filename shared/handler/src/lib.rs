//! The only crate that knows Lambda and SQS.
//!
//! A [`Handler`] takes batches of records and brings every record to an end: an outcome, a new message that
//! waits, or a dead letter with its reason. What a verb wants, sees and decides is a [`Function`].
//!
//! # Flow
//! batch → record → command → look: observe, decide one step, apply, observe again → outcome or wait.
//!
//! # Guarantees
//! - Nothing is lost: a record is acknowledged only after what follows from it was taken by a queue.
//! - The body of a waiting command never changes; what was learnt travels in the `journal` attribute.
//! - A failed write is never believed: it means "look again".
//! - Everything is bounded: steps, attempts, delays, budgets, concurrency, sizes.

mod apply;
#[cfg(feature = "aws")]
pub mod aws;
mod config;
mod credentials;
mod directory;
mod directory_problem;
mod edge;
mod function;
mod handler;
pub mod memory;
mod metrics;
mod outcomes;
mod pair;
pub mod permissions;
pub mod preflight;
mod process;
mod queue;
mod sides;
mod steps;
pub mod synchronization;
mod synchronization_writes;
pub mod telemetry;
pub mod views;
mod writes;

pub use apply::{is_denied, text_of};
pub use config::{Config, ConfigError, Environment, ProcessEnvironment};
pub use credentials::{
    Backends, CredentialReference, DirectoryCredentials, EdgeSecret, FederatedReference, NoBackends,
    SecretReference, SecretStore, StoredSecret,
};
pub use directory::{
    Application, DirectConnectSettings, Directory, DirectoryDocument, TenantEntry, TenantSettings,
    TrustSettings,
};
pub use edge::{BatchFunction, HttpFunction, HttpRequest, HttpResponse};
pub use function::{Foreseen, Function, Look, MAX_TENANTS, Tenants, id_to_close, wrong_verb};
pub use handler::Handler;
pub use metrics::{NAMESPACE, Sink};
pub use pair::{PairSettings, PairSide, pair};
pub use queue::{JOURNAL_ATTRIBUTE, MAX_DELAY, Message, Queue, QueueError, QueueUrl, Record};
pub use sides::{SideToRead, side, sides};
