//! How far a synchronization is, and how long the rest may take.

use std::time::Duration;

use serde::Serialize;

use crate::limits::{OBJECT_LEAST, OBJECT_MOST};

/// How far the initial cycle is, in numbers; part of what is observed in outcomes.
///
/// The times are Microsoft's published 0.01 to 0.08 minutes an object. They say how long the users that are missing may
/// take, not when the service begins with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncProgress {
    /// Users that are in the target.
    pub done: u64,
    /// About how many there will be; absent where nobody counted them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<u64>,
    /// Of those, how many are not there yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remaining: Option<u64>,
    /// Whole minutes that these take at least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least_minutes: Option<u64>,
    /// Whole minutes that these take at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most_minutes: Option<u64>,
}

impl SyncProgress {
    pub(super) fn of(done: u64, expected: Option<u64>) -> Self {
        let remaining = expected.map(|expected| expected.saturating_sub(done));
        let minutes = |each: Duration| remaining.map(|users| minutes(users, each));
        Self {
            done,
            expected,
            remaining,
            least_minutes: minutes(OBJECT_LEAST),
            most_minutes: minutes(OBJECT_MOST),
        }
    }

    /// For people: `120 of about 500 users; 4 to 31 minutes more, by …`.
    pub(super) fn text(&self) -> String {
        let Some(expected) = self.expected else {
            return format!("{} so far", counted(self.done, "user", "users"));
        };
        let users = format!("{} of about {}", self.done, counted(expected, "user", "users"));
        match self.least_minutes.zip(self.most_minutes).filter(|(_, most)| *most > 0) {
            Some((least, most)) => {
                let rest = range(least, most);
                format!("{users}; {rest} more, by Microsoft's published 0.01 to 0.08 minutes an object")
            }
            None => format!("{users}; the cycle is not over yet"),
        }
    }
}

/// So many objects, in whole minutes, rounded up.
fn minutes(objects: u64, each: Duration) -> u64 {
    let objects = u32::try_from(objects).unwrap_or(u32::MAX);
    each.saturating_mul(objects).as_secs().div_ceil(60).max(u64::from(objects > 0))
}

/// In minutes; past three hours in hours.
fn range(least: u64, most: u64) -> String {
    let (least, most, one, many) = if most > 180 {
        (least.div_ceil(60), most.div_ceil(60), "hour", "hours")
    } else {
        (least, most, "minute", "minutes")
    };
    if least == most {
        return format!("up to {}", counted(most, one, many));
    }
    format!("{least} to {}", counted(most, one, many))
}

/// A number with its word: `1 user`, `2 users`.
pub(crate) fn counted(number: u64, one: &str, many: &str) -> String {
    let word = if number == 1 { one } else { many };
    format!("{number} {word}")
}
