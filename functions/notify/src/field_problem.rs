//! What is wrong with the document, without its values: somebody may have typed a secret into it.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::error::Category;
use serde_path_to_error::{Error, Segment};

/// Fields that refer to a secret.
const REFERENCES: [&str; 5] = ["token", "secret", "credential", "password", "url"];

const NO_REFERENCE: &str = r#"is not a reference; give {"env": "NAME"}, {"file": "/path"} or {"secretsManager": "name"}, in "credential" as {"basic": {"user": "name", "password": …}} or {"bearer": …}; never the secret itself"#;

/// Reads a text.
pub(crate) fn read_text<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let mut reader = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut reader).map_err(|error| describe(&error))
}

/// Reads a value.
pub(crate) fn read_value<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    serde_path_to_error::deserialize(value).map_err(|error| describe(&error))
}

fn describe(error: &Error<serde_json::Error>) -> String {
    let names = error.path().iter().map_while(|segment| match segment {
        Segment::Map { key } => Some(key.as_str()),
        Segment::Seq { .. } | Segment::Enum { .. } | Segment::Unknown => None,
    });
    let field = names.into_iter().next().filter(|name| is_name(name));
    let text = error.inner().to_string();
    let problem = match field {
        Some(field) if REFERENCES.contains(&field) && !text.starts_with("missing field") => {
            if text.contains("expected a string") {
                without_values(error.inner())
            } else {
                NO_REFERENCE.to_owned()
            }
        }
        _ => without_values(error.inner()),
    };
    field.map_or(problem.clone(), |field| format!("{field}: {problem}"))
}

/// Of a message that quotes a value only what belongs there instead.
fn without_values(problem: &serde_json::Error) -> String {
    let text = problem.to_string();
    let quotes_nothing = ["missing field", "duplicate field"].iter().any(|it| text.starts_with(it));
    if problem.classify() != Category::Data || quotes_nothing {
        return text;
    }
    let unknown = text.strip_prefix("unknown field `").and_then(|rest| rest.split_once('`'));
    if unknown.is_some_and(|(name, _)| is_name(name)) {
        return text;
    }
    // What is quoted can hold these words too: they are looked for from the end.
    text.rsplit_once(", expected ")
        .map_or("cannot be read".to_owned(), |(_, wanted)| format!("is not {wanted}"))
}

fn is_name(text: &str) -> bool {
    (1..=30).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}
