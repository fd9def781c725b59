//! How many synchronized users a clean-up would take back, for plans.

use std::collections::BTreeMap;

use mto_messages::TenantId;

use crate::sync::{Configuration, Direction};
use crate::{Note, Reading, Unreadable};

/// The synchronizations out of each tenant, with the tenants they are for.
pub type Synchronizations = BTreeMap<TenantId, Reading<Vec<(TenantId, Configuration)>>>;

/// Ordered pairs of a note: a note of a plan is cut at a length.
const PAIRS_OF_A_NOTE: usize = 6;

/// Notes about pairs: a plan keeps few notes.
const NOTES: usize = 5;

/// What the plan of a clean-up with users says: the number to confirm, which is the largest of any ordered pair, since
/// each pair is measured by it; the number of each pair, the largest first; and where it could not be seen. External
/// tenants keep what they share.
pub fn users_to_take_back(pairs: &[(TenantId, TenantId)], seen: &Synchronizations) -> Vec<Note> {
    let mut counted: Vec<(TenantId, TenantId, u64)> = Vec::new();
    let mut unread: BTreeMap<TenantId, String> = BTreeMap::new();
    for (source, target) in pairs {
        match seen.get(source) {
            Some(Reading::Seen(found)) => {
                counted.extend(users(found, *target).map(|users| (*source, *target, users)));
            }
            Some(Reading::Unreadable(Unreadable::Denied(words) | Unreadable::Unreachable(words))) => {
                unread.insert(*source, words.clone());
            }
            Some(Reading::Unreadable(Unreadable::External) | Reading::NotNeeded) | None => {}
        }
    }
    counted.sort_by_key(|(source, target, users)| (std::cmp::Reverse(*users), *source, *target));
    let most = counted.first().map_or(0, |(_, _, users)| *users);
    let number = Note::UsersToConfirm { most, is_complete: unread.is_empty() };
    let left_out = counted.len().saturating_sub(PAIRS_OF_A_NOTE * NOTES);
    let of_pairs = counted.chunks(PAIRS_OF_A_NOTE).take(NOTES).enumerate().map(|(index, pairs)| {
        let more = if index + 1 == NOTES { left_out } else { 0 };
        Note::UsersToTakeBack { pairs: pairs.to_vec(), more }
    });
    let unread = (!unread.is_empty()).then(|| Note::UsersNotForeseen(unread.into_iter().collect()));
    [number].into_iter().chain(unread).chain(of_pairs).collect()
}

/// As the job counts them that an unshare would restart; nothing, where there is none.
fn users(found: &[(TenantId, Configuration)], target: TenantId) -> Option<u64> {
    let configurations =
        found.iter().filter(|(other, _)| *other == target).map(|(_, one)| one.clone()).collect();
    Direction { configurations }.chosen()?.job.as_ref().map(|job| job.users)
}
