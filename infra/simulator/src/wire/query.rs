//! `$select`, `$count` and paging, as far as the reference goes; `$filter` has a place of its own.

use serde_json::Value;

use super::answer::Body;
use super::call::Call;
use crate::world::Refusal;

/// Keeps what `$select` and `$expand` name, and annotations. Unknown names are passed over: the reference is silent.
pub(crate) fn select(call: &Call, body: &mut Body) {
    let Some(names) = call.option("$select") else { return };
    let expanded = call.option("$expand").and_then(|one| one.split('(').next());
    let names: Vec<&str> = names.split(',').chain(expanded).map(str::trim).collect();
    let body = body.tree();
    if let Some(Value::Array(items)) = body.get_mut("value") {
        for item in items {
            keep(item, &names);
        }
    } else {
        keep(body, &names);
    }
}

/// Keeps these properties, and annotations.
pub(crate) fn keep(item: &mut Value, names: &[&str]) {
    if let Value::Object(map) = item {
        map.retain(|key, _| key.starts_with('@') || names.iter().any(|name| name.eq_ignore_ascii_case(key)));
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

/// Whether `$count=true` asks for the number of all matches.
pub(crate) fn counts(call: &Call) -> Result<bool, Refusal> {
    match call.option("$count") {
        None => Ok(false),
        Some(value) if value.eq_ignore_ascii_case("true") => Ok(true),
        Some(value) if value.eq_ignore_ascii_case("false") => Ok(false),
        Some(value) => Err(Refusal::Bad(format!("Invalid value '{value}' for query option '$count'."))),
    }
}

/// The address of the next page: this one's options with another `$skiptoken`, which clients must not look into
/// (8.5).
pub(crate) fn next_link(call: &Call, path: &str, token: impl std::fmt::Display) -> String {
    let kept = call.address.split_once('?').map_or("", |(_, query)| query).split('&');
    let kept = kept.filter(|pair| {
        let name = pair.split('=').next().unwrap_or_default().replace("%24", "$").to_lowercase();
        !pair.is_empty() && name != "$skiptoken" && name != "$skip"
    });
    let options: Vec<String> = kept.map(str::to_owned).chain([format!("$skiptoken={token}")]).collect();
    format!("{}/v1.0/{path}?{}", call.origin, options.join("&"))
}
