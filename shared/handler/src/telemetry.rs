//! JSON logs on standard error.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::JsonFields;

use crate::config::{ConfigError, Environment};

/// Starts logging: one JSON object a line, with the fields of the span it happened in. `MTO_LOG` filters
/// (default `info`), in the syntax of tracing's `EnvFilter`.
///
/// # Errors
/// A [`ConfigError`] if `MTO_LOG` cannot be read, or logging was started already.
pub fn start(environment: &dyn Environment) -> Result<(), ConfigError> {
    let bad = |problem: String| ConfigError { variable: "MTO_LOG".to_owned(), problem };
    let text = environment.get("MTO_LOG").unwrap_or_else(|| "info".to_owned());
    let filter = EnvFilter::try_new(&text).map_err(|error| bad(format!("\"{text}\": {error}")))?;
    tracing_subscriber::fmt()
        .json()
        .fmt_fields(JsonFields::new())
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init()
        .map_err(|error| bad(error.to_string()))
}
