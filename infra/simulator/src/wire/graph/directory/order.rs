//! `$orderby` of users (7.4).

use std::cmp::Ordering;

use super::super::Call;
use super::users::{is_counted, number};
use crate::world::Refusal;
use crate::world::directory::Directory;

/// What users can be ordered by; that it is these two is (unverified).
const ORDERED: [&str; 2] = ["displayName", "userPrincipalName"];

/// Properties, and whether each goes downwards; what is alike stays in the order of the directory.
pub(super) struct Order(Vec<(&'static str, bool)>);

/// The order a call asks for. Text and code of the refusals are (unverified).
pub(super) fn of(call: &Call) -> Result<Option<Order>, Refusal> {
    let Some(text) = call.option("$orderby") else { return Ok(None) };
    let unsupported = || Refusal::Query("Sorting not supported for current query.".to_owned());
    let keys: Option<Vec<_>> = text.split(',').map(key).collect();
    let keys = keys.ok_or_else(unsupported)?;
    let is_advanced = keys.len() > 1 || call.option("$filter").is_some() || call.option("$search").is_some();
    if is_advanced && !is_counted(call) {
        return Err(unsupported());
    }
    Ok(Some(Order(keys)))
}

fn key(text: &str) -> Option<(&'static str, bool)> {
    let mut words = text.split_whitespace();
    let name = words.next()?;
    let name = ORDERED.into_iter().find(|known| known.eq_ignore_ascii_case(name))?;
    let downwards = match words.next() {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(_) => return None,
    };
    words.next().is_none().then_some((name, downwards))
}

impl Order {
    /// These places, in this order.
    pub(super) fn sorted(&self, directory: &Directory, places: impl Iterator<Item = usize>) -> Vec<usize> {
        let mut places: Vec<usize> = places.collect();
        places.sort_by(|one, other| self.compare(directory, *one, *other));
        places
    }

    /// Which of two places comes first. A deleted user keeps its place, so that a page can go on from there.
    pub(super) fn compare(&self, directory: &Directory, one: usize, other: usize) -> Ordering {
        let value = |place: usize, name: &str| {
            directory.value(number(place), name).as_str().unwrap_or_default().to_lowercase()
        };
        let by_keys = self.0.iter().map(|(name, downwards)| {
            let upwards = value(one, name).cmp(&value(other, name));
            if *downwards { upwards.reverse() } else { upwards }
        });
        by_keys.fold(Ordering::Equal, Ordering::then).then(one.cmp(&other))
    }
}
