//! What all targets share.

use std::future::Future;

/// Inputs of a target under `cargo test`, unless `BOLERO_RANDOM_ITERATIONS` or `BOLERO_RANDOM_TEST_TIME_MS` says otherwise.
pub(crate) const ITERATIONS: usize = 2_000;

/// Fewer, where one input is a whole run.
pub(crate) const RUNS: usize = 300;

/// The longest input, in bytes.
pub(crate) const MAX_LEN: usize = 4_096;

/// A target: bolero's engine chooses bytes and shrinks those that fail. The environment decides how long it goes on; only
/// without it the number of iterations counts.
macro_rules! target {
    ($iterations:expr, $test:expr) => {{
        let check = bolero::check!().with_max_len($crate::support::MAX_LEN);
        // A number of iterations beside a time would end the run early.
        let timed = std::env::var_os("BOLERO_RANDOM_TEST_TIME_MS").is_some();
        if timed {
            check.for_each($test);
        } else {
            check.with_iterations($iterations).for_each($test);
        }
    }};
}
pub(crate) use target;

/// Runs what is asynchronous only because its neighbours are.
#[expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}
