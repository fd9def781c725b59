//! What the clean-up would write, for plans.

use std::collections::BTreeSet;

use mto_handler::{Directory, Foreseen, Look, SideToRead, id_to_close};
use mto_messages::{CommandData, Journal, SyncTargets, TenantId, TenantRef};
use mto_reconcile::settings::{self, Aim, Close, Observed};
use mto_reconcile::{Child, Limits, Mutation, Note, Reading, Step, Timing, Unreadable};
use time::OffsetDateTime;

/// Reads every tenant that the commands are about, once, and decides as they would at their first look.
pub(crate) async fn foresee(children: &[Child], look: &Look<'_>) -> Foreseen {
    let closing: Vec<Close> = children.iter().filter_map(|child| close(child, look.directory)).collect();
    let tenants: BTreeSet<TenantId> = closing.iter().flat_map(Close::tenants).collect();
    let tenants = tenants.into_iter().map(SideToRead::partners).collect();
    let observed = Observed { sides: mto_handler::sides(look, tenants).await };
    let notes = not_seen(&observed).into_iter().collect();
    let writes = closing.into_iter().flat_map(|close| writes(close, &observed)).collect();
    Foreseen { writes, notes }
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
