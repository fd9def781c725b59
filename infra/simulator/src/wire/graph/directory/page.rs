//! Pages of directory objects (7.4, 8.5): a token is the place to go on at, so what is made or deleted meanwhile
//! moves nothing.

use serde_json::{Value, json};

use super::super::{Call, context, query};
use crate::wire::headers;
use crate::world::Refusal;

const DEFAULT_SIZE: usize = 100;
const MAX_SIZE: usize = 999;

/// The rows at `places` (ascending) from the token on; `count` is asked only where it is wanted.
pub(super) fn page(
    call: &Call,
    name: &str,
    places: impl Iterator<Item = usize> + Clone,
    shape: impl Fn(usize) -> Value,
) -> Result<Value, Refusal> {
    query::refuse(call, &["$orderby"])?;
    page_from(call, name, places, |place, from| place < from, shape)
}

/// The same in an order of its own: `is_before` says of a place whether it comes before the token's.
pub(super) fn page_from(
    call: &Call,
    name: &str,
    places: impl Iterator<Item = usize> + Clone,
    is_before: impl Fn(usize, usize) -> bool,
    shape: impl Fn(usize) -> Value,
) -> Result<Value, Refusal> {
    query::refuse(call, &["$skip"])?;
    let size = match query::number(call, "$top")? {
        None => DEFAULT_SIZE,
        Some(size @ 1..=MAX_SIZE) => size,
        Some(_) => {
            return Err(Refusal::Bad("Invalid page size specified. Must be between 1 and 999.".to_owned()));
        }
    };
    let token = query::number(call, "$skiptoken")?;
    let mut rest = places.clone().skip_while(|place| token.is_some_and(|from| is_before(*place, from)));
    let rows: Vec<Value> = rest.by_ref().take(size).map(shape).collect();
    let mut shown = json!({"@odata.context": context(name), "value": rows});
    // silently ignored without the header (7.4), and on the first page only
    if call.option("$count") == Some("true") && headers::eventual(call) && token.is_none() {
        shown["@odata.count"] = json!(places.count());
    }
    if let Some(next) = rest.next() {
        shown["@odata.nextLink"] = json!(link(call, "$skiptoken", &next.to_string()));
    }
    Ok(shown)
}

/// The call's own address with one token instead of the others.
pub(super) fn link(call: &Call, token: &str, value: &str) -> String {
    let (path, query) = call.address.split_once('?').unwrap_or((&call.address, ""));
    let kept = query.split('&').filter(|pair| {
        let name = pair.split('=').next().unwrap_or_default().replace("%24", "$").to_lowercase();
        !pair.is_empty() && !["$skiptoken", "$deltatoken"].contains(&name.as_str())
    });
    let options: Vec<String> = kept.map(str::to_owned).chain([format!("{token}={value}")]).collect();
    format!("{}{path}?{}", call.origin, options.join("&"))
}
