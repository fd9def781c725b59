//! What the clean-up would write, and how many users it would take back, for plans.

use std::collections::BTreeSet;

use mto_handler::{Directory, Foreseen, Look, SideToRead, id_to_close, synchronization};
use mto_messages::{Cleanup, CommandData, Journal, SyncTargets, TenantId, TenantRef};
use mto_reconcile::leave::{self, Synchronizations};
use mto_reconcile::settings::{self, Aim, Close, Observed};
use mto_reconcile::{Child, Limits, Mutation, Note, Reading, Step, Timing, Unreadable};
use time::OffsetDateTime;

/// Reads every tenant that the commands are about, once, and decides as they would at their first look.
pub(crate) async fn foresee(children: &[Child], look: &Look<'_>) -> Foreseen {
    let closing: Vec<Close> = children.iter().filter_map(|child| close(child, look.directory)).collect();
    let tenants: BTreeSet<TenantId> = closing.iter().flat_map(Close::tenants).collect();
    let tenants = tenants.into_iter().map(SideToRead::partners).collect();
    let observed = Observed { sides: mto_handler::sides(look, tenants).await };
    let not_seen = not_seen(&observed).into_iter();
    let notes = not_seen.chain(users(children, look).await).collect();
    let writes = closing.into_iter().flat_map(|close| writes(close, &observed)).collect();
    Foreseen { writes, notes }
}

/// How many users the commands would take back, pair by pair, and the number that confirms it. Reads the
/// synchronizations out of every tenant that they are about, where users are taken back at all.
async fn users(children: &[Child], look: &Look<'_>) -> Vec<Note> {
    let taking_back = children.iter().filter(|child| takes_users_back(child));
    let closing = taking_back.filter_map(|child| close(child, look.directory));
    let pairs: Vec<(TenantId, TenantId)> = closing.flat_map(|close| ordered_pairs(&close)).collect();
    if pairs.is_empty() {
        return Vec::new();
    }
    let mut seen = Synchronizations::new();
    for source in pairs.iter().map(|(source, _)| *source).collect::<BTreeSet<_>>() {
        seen.insert(source, synchronization::directions(look, source).await);
    }
    leave::users_to_take_back(&pairs, &seen)
}

fn takes_users_back(child: &Child) -> bool {
    matches!(&child.data, CommandData::Sync(data) if data.cleanup == Some(Cleanup::Users))
}

/// Every pair whose users go back, from its source to its target.
fn ordered_pairs(close: &Close) -> Vec<(TenantId, TenantId)> {
    let there = close.targets.iter().map(|target| (close.source, *target));
    let back = close.targets.iter().filter(|_| close.both_directions).map(|target| (*target, close.source));
    there.chain(back).collect()
}

/// What a command that closes is about, as `sync` understands it.
fn close(child: &Child, directory: &Directory) -> Option<Close> {
    let CommandData::Sync(data) = &child.data else { return None };
    let SyncTargets::Tenants(targets) = data.targets.as_ref()? else { return None };
    let id = |tenant: &TenantRef| directory.find(tenant.as_str()).or_else(|| id_to_close(tenant));
    Some(Close {
        source: id(data.source.as_ref()?)?,
        targets: targets.iter().map(id).collect::<Option<_>>()?,
        both_directions: data.both_directions,
        wanted: directory.settings(),
    })
}

fn writes(close: Close, observed: &Observed) -> Vec<Mutation> {
    // A first look remembers nothing, so the time does not matter.
    let (journal, limits) = (Journal::default(), Limits::default());
    let timing = Timing { now: OffsetDateTime::UNIX_EPOCH, limits: &limits };
    match settings::decide(&Aim::Close(close), observed, &journal, &timing).step {
        Step::Act(writes) => writes,
        Step::Remember(_) | Step::Wait(_) | Step::Finish(_) => Vec::new(),
    }
}

/// The tenants whose writes could not be foreseen; of external ones the plan tells by itself.
fn not_seen(observed: &Observed) -> Option<Note> {
    let words = |(tenant, side): (&TenantId, &Reading<settings::Side>)| match side {
        Reading::Unreadable(Unreadable::Denied(words) | Unreadable::Unreachable(words)) => {
            Some((*tenant, words.clone()))
        }
        Reading::Unreadable(Unreadable::External) | Reading::Seen(_) | Reading::NotNeeded => None,
    };
    let unread: Vec<(TenantId, String)> = observed.sides.iter().filter_map(words).collect();
    (!unread.is_empty()).then_some(Note::NotForeseen(unread))
}
