//! On whose behalf, and until when.

use std::sync::atomic::{AtomicU32, Ordering};

use http::Method;
use time::OffsetDateTime;
use uuid::Uuid;

/// The frame of one or more requests: the tenant they are made in, the id they are found by, and their time limit.
///
/// Each HTTP request gets the `client-request-id` `UUIDv5(correlation, "METHOD path #n")`, where n counts the requests
/// of this call from 1: fresh for each request, as Graph advises, and still the same in every replay of a command.
#[derive(Debug)]
pub struct Call {
    /// The tenant whose Graph is asked, with that tenant's credential.
    pub tenant: Uuid,
    /// Derived from the command; also seeds the jitter of retries.
    pub correlation: Uuid,
    /// Nothing is sent, and no pause begun, that would reach beyond it.
    pub deadline: OffsetDateTime,
    requests: AtomicU32,
}

impl Call {
    /// A call that has made no request yet.
    pub fn new(tenant: Uuid, correlation: Uuid, deadline: OffsetDateTime) -> Self {
        Self { tenant, correlation, deadline, requests: AtomicU32::new(0) }
    }

    /// How many requests have been numbered so far; each part of a batch is one.
    pub fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }

    pub(crate) fn next_client_request_id(&self, method: &Method, path: &str) -> Uuid {
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        Uuid::new_v5(&self.correlation, format!("{method} {path} #{number}").as_bytes())
    }
}
