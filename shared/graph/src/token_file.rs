//! [`TokenFileSource`]: web identity tokens from a file that somebody else keeps fresh.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _};
use std::path::PathBuf;

use async_trait::async_trait;
use secrecy::SecretString;
use time::OffsetDateTime;

use crate::assertion::{AssertionSource, MAX_ASSERTION_BYTES, SourceError};

/// Reads a web identity token from a file, anew for each exchange: whoever puts it there replaces it before it expires
/// (Kubernetes does, as the variable `AZURE_FEDERATED_TOKEN_FILE` of Azure workload identity expects).
#[derive(Debug, Clone)]
pub struct TokenFileSource {
    path: PathBuf,
}

impl TokenFileSource {
    /// A source that reads this file. It need not exist yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    fn read(&self) -> io::Result<String> {
        // opening a pipe would wait for a writer
        if !fs::metadata(&self.path)?.is_file() {
            return Err(io::Error::new(ErrorKind::InvalidInput, "is no file"));
        }
        let mut text = String::new();
        // one byte more than allowed tells "too long" from "just fits"
        let limit = u64::try_from(MAX_ASSERTION_BYTES).unwrap_or(u64::MAX).saturating_add(1);
        File::open(&self.path)?.take(limit).read_to_string(&mut text)?;
        Ok(text)
    }
}

#[async_trait]
impl AssertionSource for TokenFileSource {
    // a few KiB, in memory wherever tokens are mounted: not worth another thread
    async fn assertion(&self, _deadline: OffsetDateTime) -> Result<SecretString, SourceError> {
        let path = self.path.display();
        let text = self.read().map_err(|error| {
            SourceError::Unusable(format!("the token file {path} cannot be read: {error}"))
        })?;
        if text.len() > MAX_ASSERTION_BYTES {
            let reason = format!("the token file {path} has more than {MAX_ASSERTION_BYTES} bytes");
            return Err(SourceError::Unusable(reason));
        }
        match text.trim() {
            // a file that is written in place is empty for a moment
            "" => Err(SourceError::Unavailable(format!("the token file {path} is empty"))),
            token => Ok(SecretString::from(token)),
        }
    }
}
