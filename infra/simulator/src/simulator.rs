//! The simulator's interface in process.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{Request, Response};

use crate::clock::Clock;
use crate::control::{Change, Counters, RequestLine};
use crate::options::Options;
use crate::seed::{Seed, SeedError};
use crate::wire;
use crate::world::World;

/// The simulated service. Clones share one world.
#[derive(Clone)]
pub struct Simulator {
    world: Arc<Mutex<World>>,
    clock: Arc<dyn Clock>,
}

impl Simulator {
    /// A world as the seed describes it.
    ///
    /// # Errors
    /// Names the field of the seed that is wrong.
    pub fn new(seed: Seed, options: Options, clock: Arc<dyn Clock>) -> Result<Self, SeedError> {
        let world = World::new(seed, options, clock.now())?;
        Ok(Self { world: Arc::new(Mutex::new(world)), clock })
    }

    /// Answers one request. One origin serves everything, whatever host the request names:
    /// `/v1.0/…` (Graph), `/{tenant}/oauth2/v2.0/token` (login), `/_control/…`.
    #[expect(clippy::needless_pass_by_value, reason = "a request is used up, as by every HTTP service")]
    pub fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        wire::handle(&mut self.settled(), self.clock.as_ref(), &request)
    }

    /// Everything there is but secrets and tokens, in a fixed order: two equal worlds give equal dumps.
    pub fn state(&self) -> serde_json::Value {
        wire::state(&self.settled())
    }

    /// The last requests, oldest first, parts of a batch singly; see
    /// [`Options::request_log_capacity`](crate::Options).
    pub fn requests(&self) -> Vec<RequestLine> {
        self.settled().log.iter().cloned().collect()
    }

    /// How many requests were answered since the start.
    pub fn counters(&self) -> Counters {
        self.settled().counters
    }

    /// Every design constraint (9.1) that is broken now, in words: one organization a tenant, an active owner,
    /// settings for every active pair, no organization without an active tenant.
    pub fn violations(&self) -> Vec<String> {
        self.settled().violations()
    }

    /// Changes the service from outside; see [`Change`].
    pub fn script(&self, change: Change) {
        self.settled().script(change);
    }

    #[cfg(feature = "serve")]
    pub(crate) fn max_body_bytes(&self) -> usize {
        usize::try_from(self.settled().options.max_body_bytes).unwrap_or(usize::MAX)
    }

    fn settled(&self) -> MutexGuard<'_, World> {
        // a panic while the lock was held leaves a world that is still consistent enough to look at
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        world.settle(self.clock.now());
        world
    }
}

impl std::fmt::Debug for Simulator {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Simulator").finish_non_exhaustive()
    }
}
