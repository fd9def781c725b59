//! What the credentials of the directory are fetched with, on AWS.

use std::cell::OnceCell;
use std::sync::Arc;

use mto_graph::{AssertionSource, Clock, Transport};

use super::{SecretsExtension, WebIdentity};
use crate::config::{ConfigError, Environment};
use crate::credentials::{Backends, SecretStore};

/// Secrets Manager through the Lambda extension, and STS; each made once, and only if it is needed.
pub struct AwsBackends<'a> {
    environment: &'a dyn Environment,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    secrets: OnceCell<Arc<dyn SecretStore>>,
    web_identity: OnceCell<Arc<dyn AssertionSource>>,
}

impl<'a> AwsBackends<'a> {
    /// Backends configured by this environment; `transport` carries their requests.
    pub fn new(
        environment: &'a dyn Environment,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { environment, transport, clock, secrets: OnceCell::new(), web_identity: OnceCell::new() }
    }
}

impl Backends for AwsBackends<'_> {
    fn secrets(&self) -> Result<Arc<dyn SecretStore>, ConfigError> {
        if let Some(made) = self.secrets.get() {
            return Ok(Arc::clone(made));
        }
        let (transport, clock) = (Arc::clone(&self.transport), Arc::clone(&self.clock));
        let new = SecretsExtension::from_environment(self.environment, transport, clock)?;
        Ok(Arc::clone(self.secrets.get_or_init(|| Arc::new(new))))
    }

    fn web_identity(&self) -> Result<Arc<dyn AssertionSource>, ConfigError> {
        if let Some(made) = self.web_identity.get() {
            return Ok(Arc::clone(made));
        }
        let (transport, clock) = (Arc::clone(&self.transport), Arc::clone(&self.clock));
        let new = WebIdentity::from_environment(self.environment, transport, clock)?;
        Ok(Arc::clone(self.web_identity.get_or_init(|| Arc::new(new))))
    }
}
