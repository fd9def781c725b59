//! The log lines of a run: down to the last detail, since it must hold no secret at any level.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use tracing::{Level, Subscriber};
use tracing_subscriber::fmt;

/// What was logged so far, on one thread.
#[derive(Clone, Default)]
pub(crate) struct Log {
    bytes: Arc<Mutex<Vec<u8>>>,
    /// Up to here somebody has looked.
    looked_at: Arc<AtomicUsize>,
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// What writes every event here, at whatever level.
    pub(crate) fn subscriber(&self) -> impl Subscriber + Send + Sync + use<> {
        let writer = self.clone();
        fmt()
            .with_max_level(Level::TRACE)
            .with_ansi(false)
            .without_time()
            .with_writer(move || writer.clone())
            .finish()
    }

    /// Whether this was logged since somebody asked for the last time.
    pub(crate) fn has_new(&self, what: &str) -> bool {
        let bytes = self.bytes.lock().unwrap();
        let from = self.looked_at.swap(bytes.len(), Ordering::SeqCst);
        bytes[from..].windows(what.len()).any(|window| window == what.as_bytes())
    }

    pub(crate) fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.bytes.lock().unwrap()
    }
}
