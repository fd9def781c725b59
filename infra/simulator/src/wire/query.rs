//! `$select`, `$filter` and paging, as far as the reference goes.

use serde_json::Value;

use super::call::Call;
use crate::world::Refusal;

/// Keeps what `$select` names, and annotations. Unknown names are passed over: the reference is silent.
pub(crate) fn select(call: &Call, body: &mut Value) {
    let Some(names) = call.option("$select") else { return };
    let names: Vec<&str> = names.split(',').map(str::trim).collect();
    if let Some(Value::Array(items)) = body.get_mut("value") {
        for item in items {
            keep(item, &names);
        }
    } else {
        keep(body, &names);
    }
}

fn keep(item: &mut Value, names: &[&str]) {
    if let Value::Object(map) = item {
        map.retain(|key, _| key.starts_with('@') || names.iter().any(|name| name.eq_ignore_ascii_case(key)));
    }
}

/// `property eq 'text'` or `property eq true`, for the properties a resource can be filtered by.
pub(crate) fn filter(call: &Call, allowed: &[&str]) -> Result<Option<(String, String)>, Refusal> {
    let Some(text) = call.option("$filter") else { return Ok(None) };
    let mut words = text.split_whitespace();
    match (words.next(), words.next(), words.next(), words.next()) {
        (Some(name), Some("eq"), Some(value), None) if allowed.contains(&name) => {
            Ok(Some((name.to_owned(), value.trim_matches('\'').to_lowercase())))
        }
        _ => Err(Refusal::Query(format!("Unsupported or invalid query filter clause '{text}'."))),
    }
}

/// Refuses options a resource does not have (2.2 for the rows; the code is unverified).
pub(crate) fn refuse(call: &Call, names: &[&str]) -> Result<(), Refusal> {
    match names.iter().find(|name| call.option(name).is_some()) {
        Some(name) => Err(Refusal::Query(format!("Query option '{name}' is not supported."))),
        None => Ok(()),
    }
}

/// A whole number of an option, where it is given.
pub(crate) fn number(call: &Call, name: &str) -> Result<Option<usize>, Refusal> {
    let invalid = |value: &str| Refusal::Bad(format!("Invalid value '{value}' for query option '{name}'."));
    call.option(name).map(|value| value.parse().map_err(|_| invalid(value))).transpose()
}
