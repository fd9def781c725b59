//! The simulator as a transport, without a network.

use async_trait::async_trait;
use bytes::Bytes;
use entra_simulator::Simulator;
use mto_graph::{Transport, TransportError};

/// Hands requests to the simulator in process: for tests that run thousands of formations.
#[derive(Clone)]
pub struct InProcess(pub Simulator);

#[async_trait]
impl Transport for InProcess {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        Ok(self.0.handle(request))
    }
}
