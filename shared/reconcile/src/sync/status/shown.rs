//! How things stand, for programs.

use std::collections::BTreeMap;

use mto_messages::{TenantId, clip};
use serde::{Serialize, Serializer};
use time::OffsetDateTime;

use super::{JobState, Observed};
use crate::settings::{self, Difference};
use crate::sync::{Configuration, Job};
use crate::{MemberRow, Reading};

/// Rows of the list: as many as may be active in an organization.
const MEMBERS: usize = 100;

/// Differences, and synchronizations: with the notes they fit into a message.
const LINES: usize = 300;

/// Bounded: what is left out is counted.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'a> {
    sides: &'a settings::Observed,
    members: &'a [MemberRow],
    differing: &'a [Difference],
    synchronizations: ShownPairs,
    #[serde(skip_serializing_if = "LeftOut::is_nothing")]
    left_out: LeftOut,
}

/// By source, with their targets.
type ShownPairs = BTreeMap<TenantId, Reading<Vec<(TenantId, ShownPair)>>>;

#[derive(Default, PartialEq, Serialize)]
struct LeftOut {
    members: usize,
    differing: usize,
    synchronizations: usize,
}

impl LeftOut {
    fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(Serialize)]
struct ShownPair {
    state: JobState,
    users: u64,
    job: Option<ShownJob>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ShownJob {
    is_enabled: bool,
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    steady_since: Option<OffsetDateTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quarantine: Option<ShownQuarantine>,
    users: u64,
}

#[derive(Serialize)]
struct ShownQuarantine {
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
}

impl Serialize for Observed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let members = first(&self.members, MEMBERS);
        let differing = first(&self.differing, LINES);
        let (synchronizations, left) = self.shown_pairs();
        let left_out = LeftOut {
            members: self.members.len() - members.len(),
            differing: self.differing.len() - differing.len(),
            synchronizations: left,
        };
        Shown { sides: &self.sides, members, differing, synchronizations, left_out }.serialize(serializer)
    }
}

impl Observed {
    /// The first of them, and how many are left out.
    fn shown_pairs(&self) -> (ShownPairs, usize) {
        let mut room = LINES;
        let mut left = 0;
        let mut shown = BTreeMap::new();
        for (source, reading) in &self.synchronizations {
            let reading = match reading {
                Reading::Seen(found) => {
                    let taken = first(found, room);
                    room -= taken.len();
                    left += found.len() - taken.len();
                    Reading::Seen(taken.iter().map(|(target, one)| (*target, ShownPair::of(one))).collect())
                }
                Reading::Unreadable(why) => Reading::Unreadable(why.clone()),
                Reading::NotNeeded => Reading::NotNeeded,
            };
            shown.insert(*source, reading);
        }
        (shown, left)
    }
}

fn first<T>(all: &[T], limit: usize) -> &[T] {
    all.get(..limit).unwrap_or(all)
}

impl ShownPair {
    fn of(configuration: &Configuration) -> Self {
        let job = configuration.job.as_ref();
        Self {
            state: JobState::of(configuration),
            users: job.map_or(0, |job| job.users),
            job: job.map(ShownJob::of),
        }
    }
}

impl ShownJob {
    fn of(job: &Job) -> Self {
        let quarantine = job.quarantine.as_ref().map(|quarantine| ShownQuarantine {
            reason: clip(&quarantine.reason, 100),
            code: quarantine.code.as_deref().map(|code| clip(code, 100)),
        });
        Self { is_enabled: job.is_enabled, steady_since: job.steady_since, quarantine, users: job.users }
    }
}
