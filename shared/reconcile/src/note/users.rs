//! Remarks about users and their synchronization, in words.

use mto_messages::{Names, TenantId, clip};
use time::Date;
use uuid::Uuid;

use super::{ERROR_CHARS, NAMED_ERRORS, NAMED_PAIRS, listed};
use crate::sync::progress::counted;

/// A day and seven days: reference 6.13, after the documentation of Microsoft 365.
pub(super) fn people_search(by: Date) -> String {
    format!(
        "users show in Microsoft 365 services within a day, and in people search within seven days, by {by}"
    )
}

/// One P1 a user in the source: reference 6.14.
pub(super) fn licences(source: TenantId, users: u64, names: &Names) -> String {
    format!(
        "licences were not looked at: {} Microsoft Entra ID P1 in {}; to read them would take the permission \
         Organization.Read.All there, which sync does not ask for",
        counted(users, "synchronized user needs", "synchronized users need"),
        names.of(source)
    )
}

pub(super) fn pending(target: TenantId, users: u64, names: &Names) -> String {
    format!(
        "{} in {} with an invitation that was not accepted; where it stays pending, reset the guest's redemption \
         status there, or delete the guest",
        counted(users, "user in scope is a guest", "users in scope are guests"),
        names.of(target)
    )
}

pub(super) fn ambiguous(target: TenantId, users: u64, names: &Names) -> String {
    format!(
        "the addresses of {} belong to several objects of {}, so that the service cannot tell which one is meant \
         (InvitationCreationFailureAmbiguousUser); remove the duplicates there",
        counted(users, "user", "users"),
        names.of(target)
    )
}

pub(super) fn guests(target: TenantId, guests: u64, names: &Names) -> String {
    let (were, stay, them) = if guests == 1 {
        ("was a guest", "stays a guest", "it a member")
    } else {
        ("were guests", "stay guests", "them members")
    };
    format!(
        "{} {were} in {} before, and {stay}; send configure with userType Member to make {them}",
        counted(guests, "user", "users"),
        names.of(target)
    )
}

pub(super) fn failed(entries: u64) -> String {
    format!(
        "{} could not be synchronized; the service tries again in each cycle, and the provisioning logs name what \
         failed",
        counted(entries, "entry", "entries")
    )
}

pub(super) fn to_confirm(most: u64, is_complete: bool) -> String {
    let (seen, bound) = if is_complete {
        ("", "")
    } else {
        (" that could be seen", ", or a larger one, since not every pair could be seen")
    };
    format!(
        "the clean-up takes back at most {} of an ordered pair{seen}: the number to confirm is {most} (\"users\": {most} \
         in \"confirm\"){bound}; each pair is measured by it",
        counted(most, "synchronized user", "synchronized users")
    )
}

pub(super) fn to_take_back(pairs: &[(TenantId, TenantId, u64)], more: usize, names: &Names) -> String {
    let text = listed(pairs, pairs.len(), |(source, target, users)| {
        let (source, target) = (names.of(*source), names.of(*target));
        format!("{} from {source} in {target}", counted(*users, "user", "users"))
    });
    let more =
        if more == 0 { String::new() } else { format!("; and {more} pairs with no more users than these") };
    format!("would be taken back: {text}{more}")
}

pub(super) fn not_foreseen(errors: &[(TenantId, String)], names: &Names) -> String {
    format!(
        "how many users of these would be taken back could not be seen: {}",
        listed(errors, NAMED_ERRORS, |(tenant, words)| {
            format!("{}: {}", names.of(*tenant), clip(words, ERROR_CHARS))
        })
    )
}

pub(super) fn foreign_configurations(target: TenantId, configurations: &[Uuid], names: &Names) -> String {
    format!(
        "left alone, since our tag is not on it: {} for {}, made by somebody else or by a command that was cut off \
         before it could tag (two for one target run side by side; delete by hand what is not needed): {}",
        counted(
            configurations.len() as u64,
            "synchronization configuration",
            "synchronization configurations"
        ),
        names.of(target),
        listed(configurations, NAMED_PAIRS, Uuid::to_string)
    )
}
