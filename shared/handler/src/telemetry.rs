//! JSON logs on standard error.

use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::JsonFields;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{ConfigError, Environment};

/// What is logged unless `MTO_LOG` says otherwise.
const DEFAULT: &str = "info";

/// Starts logging: one JSON object a line, with the fields of the span it happened in. `MTO_LOG` filters (default
/// `info`): a level (`off`, `error`, `warn`, `info`, `debug`, `trace`) for everything, and `module=level` for single
/// modules, with commas between: `info,mto_graph=debug`. The longest module that fits counts.
///
/// # Errors
/// A [`ConfigError`] if `MTO_LOG` cannot be read, or logging was started already.
pub fn start(environment: &dyn Environment) -> Result<(), ConfigError> {
    let filter = filter(environment)?;
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .fmt_fields(JsonFields::new())
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_writer(std::io::stderr);
    let subscriber = tracing_subscriber::registry().with(filter).with(lines);
    subscriber.try_init().map_err(|error| bad(error.to_string()))
}

/// `Targets` and not `EnvFilter`: that one brings an engine of regular expressions for the values of fields, 0.2 MB of
/// each function.
fn filter(environment: &dyn Environment) -> Result<Targets, ConfigError> {
    let text = environment.get("MTO_LOG").unwrap_or_default();
    let directives: Vec<&str> =
        text.split(',').map(str::trim).filter(|directive| !directive.is_empty()).collect();
    if directives.is_empty() {
        return DEFAULT.parse().map_err(|error| bad(format!("\"{DEFAULT}\": {error}")));
    }
    if let Some(directive) = directives.iter().find(|directive| directive.contains(['[', '{'])) {
        let problem =
            "filters by span or field are left out; give levels and module=level, with commas between";
        return Err(bad(format!("\"{directive}\": {problem}")));
    }
    directives.join(",").parse().map_err(|error| {
        bad(format!("\"{text}\": {error}; give levels and module=level, with commas between"))
    })
}

fn bad(problem: String) -> ConfigError {
    ConfigError { variable: "MTO_LOG".to_owned(), problem }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use tracing::Level;

    use super::*;

    fn read(text: &str) -> Result<Targets, ConfigError> {
        filter(&BTreeMap::from([("MTO_LOG".to_owned(), text.to_owned())]))
    }

    #[test]
    fn the_filter_is_info_unless_something_else_is_said() {
        for filter in [filter(&BTreeMap::new()), read(""), read(" , ")] {
            let filter = filter.unwrap();
            assert!(filter.would_enable("mto_handler::steps", &Level::INFO));
            assert!(!filter.would_enable("mto_handler::steps", &Level::DEBUG));
        }
    }

    #[test]
    fn a_module_can_have_a_level_of_its_own() {
        let filter = read("warn, mto_graph=debug,mto_graph::oauth=off").unwrap();
        assert!(filter.would_enable("mto_graph::client", &Level::DEBUG));
        assert!(!filter.would_enable("mto_graph::oauth", &Level::ERROR));
        assert!(filter.would_enable("mto_handler", &Level::WARN));
        assert!(!filter.would_enable("mto_handler", &Level::INFO));
    }

    #[test]
    fn what_is_no_filter_is_refused_with_the_text_and_the_remedy() {
        for text in ["mto_graph=loud", "a=b=c", "info,[command{id}]=debug"] {
            let error = read(text).unwrap_err();
            assert_eq!(error.variable, "MTO_LOG");
            assert!(error.problem.contains("give levels and module=level"), "{}", error.problem);
        }
    }
}
