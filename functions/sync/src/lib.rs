//! `sync`: the users of one tenant in others, and the cross-tenant settings that they need.
//!
//! # Contract
//! With action `settings`: every ordered pair of the organization (`owner`), or of `source` and each of `targets`, has
//! what the tenant directory wants.
//! - **Observes**, in every tenant that is meant: the organization and its list, the partner records with their
//!   policies of synchronization, and the templates where some are wanted; in one `$batch` a tenant.
//! - **Writes**, in every one of them, side by side: POST and PATCH partner records, PUT and PATCH their policies of
//!   synchronization, PATCH templates; only what differs, many in one `$batch`. A write that was accepted is believed
//!   (docs/adr/0008).
//! - **Waits for**: tenants that cannot be read. Everything else is done before.
//! - **Succeeds** when every pair that is to be compared is as wanted; tells what was found, and what it left alone.
//! - **Never** opens anything unless both tenants, read in the same look, list each other as active; nor on a look that
//!   began more than 20 s ago.
//!
//! With action `unshare` and `cleanup` `settings`: what is open between `source` and each of `targets` is closed.
//! - **Observes** the partner records in these tenants, whoever is in which organization. A tenant that is given by
//!   its id and that the directory does not list counts as external.
//! - **Writes**, on whichever side can be read: PATCH partner records and policies of synchronization. Looks again
//!   afterwards: the outcome rests on what is seen.
//! - **Succeeds** when nothing of it is open where it can be seen; says which records stay, and what is still open.
//! - **Never** opens or deletes anything, and never asks who is in which organization.
//!
//! With the actions about users (`configure`, `restart`, `stop`, `unshare` with the users), for one pair; for several
//! pairs one command is posted for each:
//! - **Observes** in both tenants what is above, and in the source the configurations for the target with their jobs
//!   and assignments; before a start, or where the scope changes, who is in scope and whom the target knows already.
//! - **Writes**, in the source: the configuration, its tags, secrets, assignments, job and schema; and the settings of
//!   the pair, in both. See the tables in [`mto_reconcile::sync`].
//! - **Waits for**: the cycles of the job, until its steady state, or until the users are taken back.
//! - **Never** shares anybody, nor restarts a job, unless both tenants list each other as active (only `unshare` restarts
//!   without, to take users back; it and `stop` ask nobody who is in which organization), nor deletes a configuration that
//!   is not ours, nor creates or deletes users above the threshold without `confirm.users`.
//!
//! With action `status` everything is read, nothing is written, and one outcome says how it stands.

mod look;
mod pairs;
mod request;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use mto_graph::GraphError;
use mto_handler::{Function, Look, SideToRead, Tenants};
use mto_messages::{Cleanup, CommandData, Journal, SyncAction, TenantId, Verb};
use mto_reconcile::settings::{self, Close, Open, WantedSettings};
use mto_reconcile::sync::each::Each;
use mto_reconcile::sync::{self, each, status};
use mto_reconcile::{Decision, Mutation, OrganizationView, Reading, Reason, Timing};
use serde::Serialize;

/// How old the lists may be on which something is opened, counted from the start of the look.
const FRESH: Duration = Duration::from_secs(20);

/// The verb sync.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sync;

/// What is asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Aim {
    /// The settings alone.
    Settings(settings::Aim),
    /// The users of one pair.
    Pair(sync::Aim),
    /// One command for each of several pairs.
    Each(Each),
    /// How things stand.
    Status(Open),
}

/// What is seen.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Observed {
    /// Settings of tenants.
    Settings(settings::Observed),
    /// Both sides of a pair.
    Pair(Box<sync::Observed>),
    /// The organization, where it is needed.
    Each(Option<OrganizationView>),
    /// Everything of an organization.
    Status(Box<status::Observed>),
}

#[async_trait]
impl Function for Sync {
    const VERB: Verb = Verb::Sync;
    type Aim = Aim;
    type Observed = Observed;

    fn aim(&self, data: &CommandData, tenants: &Tenants<'_>) -> Result<Aim, Reason> {
        let CommandData::Sync(data) = data else { return Err(mto_handler::wrong_verb(data)) };
        match data.action {
            SyncAction::Settings => {
                request::open(data, "settings", tenants).map(settings::Aim::Open).map(Aim::Settings)
            }
            SyncAction::Status => request::open(data, "status", tenants).map(Aim::Status),
            SyncAction::Unshare if data.cleanup == Some(Cleanup::Settings) => {
                request::close(data, tenants).map(settings::Aim::Close).map(Aim::Settings)
            }
            SyncAction::Unshare | SyncAction::Configure | SyncAction::Restart | SyncAction::Stop => {
                pairs::aim(data, tenants)
            }
        }
    }

    fn acts_in(&self, aim: &Aim) -> TenantId {
        match aim {
            Aim::Settings(aim) => aim.center(),
            Aim::Pair(aim) => aim.source,
            Aim::Each(each) => each.pairs.center(),
            Aim::Status(open) => open.center(),
        }
    }

    /// What opens settings is believed: the next `settings` compares again. What closes is looked at, and what is
    /// done with users too.
    fn believes_a_look_for(&self, aim: &Aim) -> Option<Duration> {
        match aim {
            Aim::Settings(settings::Aim::Open(_)) => Some(FRESH),
            Aim::Settings(settings::Aim::Close(_)) | Aim::Pair(_) | Aim::Each(_) | Aim::Status(_) => None,
        }
    }

    fn users(&self, aim: &Aim, observed: &Observed, journal: &Journal) -> Option<u64> {
        match (aim, observed) {
            (Aim::Pair(aim), Observed::Pair(seen)) => sync::users(aim, seen, journal),
            (_, Observed::Settings(_) | Observed::Pair(_) | Observed::Each(_) | Observed::Status(_)) => None,
        }
    }

    async fn observe(&self, aim: &Aim, look: &Look<'_>) -> Result<Observed, GraphError> {
        match aim {
            Aim::Settings(settings::Aim::Open(open)) => {
                observe_open(open, look).await.map(Observed::Settings)
            }
            Aim::Settings(settings::Aim::Close(close)) => {
                Ok(Observed::Settings(observe_close(close, look).await))
            }
            Aim::Pair(aim) => Ok(Observed::Pair(Box::new(look::pair(aim, look).await?))),
            Aim::Each(each) => look::list(each, look).await.map(Observed::Each),
            Aim::Status(open) => {
                let sides = observe_open(open, look).await?;
                Ok(Observed::Status(Box::new(look::status(open, sides, look).await)))
            }
        }
    }

    fn decide(&self, aim: &Aim, observed: &Observed, journal: &Journal, timing: &Timing<'_>) -> Decision {
        match (aim, observed) {
            (Aim::Settings(aim), Observed::Settings(seen)) => settings::decide(aim, seen, journal, timing),
            (Aim::Pair(aim), Observed::Pair(seen)) => sync::decide(aim, seen, journal, timing),
            (Aim::Each(each), Observed::Each(own)) => each::decide(each, own.as_ref()),
            (Aim::Status(open), Observed::Status(seen)) => status::decide(open, seen, journal, timing),
            // `observe` answers what the aim asks.
            (_, Observed::Settings(_) | Observed::Pair(_) | Observed::Each(_) | Observed::Status(_)) => {
                Decision::wait(Reason::OutOfTime)
            }
        }
    }

    fn assume(&self, aim: &Aim, observed: Observed, mutation: &Mutation) -> Observed {
        match (aim, observed) {
            (_, Observed::Settings(seen)) => Observed::Settings(settings::assume(seen, mutation)),
            (Aim::Pair(aim), Observed::Pair(seen)) => {
                Observed::Pair(Box::new(sync::assume(aim, *seen, mutation)))
            }
            (_, other @ (Observed::Pair(_) | Observed::Each(_) | Observed::Status(_))) => other,
        }
    }
}

/// The center first: its list says who the others are, and without it there is nothing to compare.
async fn observe_open(open: &Open, look: &Look<'_>) -> Result<settings::Observed, GraphError> {
    let center = open.among.center();
    let side = mto_handler::side(look, to_read(&open.wanted, center)).await?;
    let others = open.among.others(&side).into_iter().map(|one| to_read(&open.wanted, one)).collect();
    let mut sides = mto_handler::sides(look, others).await;
    sides.insert(center, Reading::Seen(side));
    Ok(settings::Observed { sides })
}

async fn observe_close(close: &Close, look: &Look<'_>) -> settings::Observed {
    let tenants = close.tenants().into_iter().map(SideToRead::partners);
    settings::Observed { sides: mto_handler::sides(look, tenants.collect()).await }
}

fn to_read(wanted: &BTreeMap<TenantId, WantedSettings>, tenant: TenantId) -> SideToRead {
    let templates = wanted.get(&tenant).is_some_and(|wanted| wanted.templates.is_some());
    SideToRead { templates, ..SideToRead::with_organization(tenant) }
}
