//! Counting what the client does.

use std::sync::atomic::{AtomicU64, Ordering};

/// What a client and its clones have done since they were made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Statistics {
    /// HTTP requests to Graph, retries included, requests for tokens not.
    pub requests: u64,
    /// Of these, how many were `$batch` calls.
    pub batches: u64,
    /// Answers with status 429, parts of batches included.
    pub throttles: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    requests: AtomicU64,
    batches: AtomicU64,
    throttles: AtomicU64,
}

impl Counters {
    pub(crate) fn count_request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_batch(&self) {
        self.batches.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_status(&self, status: http::StatusCode) {
        if status == http::StatusCode::TOO_MANY_REQUESTS {
            self.throttles.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn snapshot(&self) -> Statistics {
        Statistics {
            requests: self.requests.load(Ordering::Relaxed),
            batches: self.batches.load(Ordering::Relaxed),
            throttles: self.throttles.load(Ordering::Relaxed),
        }
    }
}
