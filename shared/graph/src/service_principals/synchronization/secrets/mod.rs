//! `/servicePrincipals/{id}/synchronization/secrets`: written, never read.

mod key;
mod model;
mod put;

pub use key::SynchronizationSecretKey;
pub(crate) use model::secrets_body;
pub use model::{SyncNotificationSettings, SynchronizationSecret};
pub use put::PutSynchronizationSecrets;
