//! What is wrong with a directory's document, without its values: somebody may have typed a secret into it.

use serde_json::error::Category;
use serde_path_to_error::{Error, Path, Segment};

/// The field that leads to a credential.
const CREDENTIAL: &str = "credential";

/// The names below it. Any other is not shown: it can be a secret.
const NAMES: [&str; 9] = [
    "clientSecret",
    "certificate",
    "privateKey",
    "federated",
    "env",
    "file",
    "secretsManager",
    "tokenFile",
    "webIdentity",
];

const NO_REFERENCE: &str = r#"is not a reference; give {"env": "NAME"}, {"file": "/path"} or {"secretsManager": "name"}; never the secret itself"#;

const NO_CERTIFICATE: &str = r#"is not two references; give {"certificate": {"file": "/path"}, "privateKey": {"file": "/path"}}, or env or secretsManager instead of file; never the PEM itself"#;

const NO_FEDERATION: &str = r#"is not a source of tokens; give {"tokenFile": "/path"} or {"webIdentity": {}}; never the token itself"#;

const NO_CREDENTIAL: &str = r#"is not a credential; give {"federated": …}, {"certificate": …} or {"clientSecret": {"env": "NAME"}}; never the secret itself"#;

/// The field, and what is wrong with it.
pub(crate) fn of(error: &Error<serde_json::Error>) -> (String, String) {
    let problem = error.inner();
    let (field, below) = place(error.path());
    let Some(below) = below else { return (field, without_values(problem)) };
    let wanted = match (below.first(), below.len()) {
        (None, _) => NO_CREDENTIAL,
        (Some(&"federated"), _) => NO_FEDERATION,
        (Some(&"certificate"), 1) => NO_CERTIFICATE,
        (Some(_), _) => NO_REFERENCE,
    };
    let (line, column) = (problem.line(), problem.column());
    (field, format!("{wanted} (line {line}, column {column})"))
}

/// The path as far as it is surely made of names, and its part below a credential, if it leads there.
fn place(path: &Path) -> (String, Option<Vec<&'static str>>) {
    let mut shown = Vec::new();
    let mut below: Option<Vec<&'static str>> = None;
    for segment in path {
        let name = match segment {
            Segment::Seq { index } => {
                shown.push(format!("[{index}]"));
                continue;
            }
            Segment::Map { key } => key,
            Segment::Enum { variant } => variant,
            Segment::Unknown => break,
        };
        match &mut below {
            None if !is_name(name) => break,
            None => below = (name == CREDENTIAL).then(Vec::new),
            Some(below) => match NAMES.into_iter().find(|known| known == name) {
                Some(known) => below.push(known),
                None => break,
            },
        }
        shown.push(format!(".{name}"));
    }
    let field = shown.concat();
    let field = field.strip_prefix('.').map_or(field.clone(), str::to_owned);
    (if field.is_empty() { ".".to_owned() } else { field }, below)
}

/// Of a message that quotes a value only what belongs there instead.
fn without_values(problem: &serde_json::Error) -> String {
    let text = problem.to_string();
    if problem.classify() != Category::Data
        || ["missing field", "duplicate field"].iter().any(|it| text.starts_with(it))
    {
        return text;
    }
    let unknown = text.strip_prefix("unknown field `").and_then(|rest| rest.split_once('`'));
    if unknown.is_some_and(|(name, _)| is_name(name)) {
        return text;
    }
    // What is quoted can hold these words too: they are looked for from the end.
    text.rsplit_once(", expected ").map_or(text.clone(), |(_, wanted)| format!("is not {wanted}"))
}

fn is_name(text: &str) -> bool {
    (1..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
