//! What there is at the end: the document of `--json`, and the source of the tables.

use std::collections::BTreeMap;

use mto_local::World;
use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::cast::Cast;
use super::events::Event;
use super::members::{Member, Partner, members_of, partners_of};
use super::people::{Synchronization, Whereabouts, people, synchronizations_of};

/// The whole result. The names are part of the interface: scripts read them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    /// Whether every command that was posted succeeded.
    pub(crate) succeeded: bool,
    /// The owner's list.
    pub(crate) members: Vec<Member>,
    /// By tenant: what it has set for each other one.
    pub(crate) partners: BTreeMap<Uuid, Vec<Partner>>,
    /// Who is represented where, as each tenant's list of users shows it.
    pub(crate) people: Vec<Whereabouts>,
    /// Tenants whose list of users could not be read.
    pub(crate) people_unread: Vec<Uuid>,
    /// The synchronizations of users, by source and target.
    pub(crate) synchronizations: Vec<Synchronization>,
    /// All outcomes, as they were sent.
    pub(crate) outcomes: Vec<Value>,
    /// HTTP requests to Graph, a `$batch` call counted once.
    pub(crate) graph_requests: u64,
    /// Of these, `$batch` calls.
    pub(crate) batch_calls: u64,
    /// Answers 429, parts of batches included.
    pub(crate) throttled: u64,
    /// Delayed-retry steps: messages that were sent with a delay.
    pub(crate) waits: u64,
    /// Messages that were handed to a function.
    pub(crate) deliveries: u64,
    /// Simulated time from the first command to the last outcome.
    pub(crate) virtual_seconds: i64,
    /// The time that it took here.
    pub(crate) real_seconds: f64,
}

impl Report {
    /// Looks at the world as it is now.
    pub(crate) async fn of(world: &World, cast: &Cast, events: &[Event], start: OffsetDateTime) -> Self {
        let (statistics, traffic) = (world.graph().statistics(), world.traffic());
        let state = world.simulator().state();
        let partners = |tenant: Uuid| (tenant, partners_of(&state, cast, tenant));
        let people = people(world.graph(), cast, world.clock().now()).await;
        let end = events.last().map_or(start, |event| event.time);
        Self {
            succeeded: false,
            members: members_of(&state, cast),
            partners: cast.tenants.iter().map(|tenant| partners(tenant.id)).collect(),
            people: people.represented,
            people_unread: people.unread,
            synchronizations: synchronizations_of(&state, cast),
            outcomes: events.iter().map(|event| event.body.clone()).collect(),
            graph_requests: statistics.requests,
            batch_calls: statistics.batches,
            throttled: statistics.throttles,
            waits: traffic.waits,
            deliveries: traffic.deliveries,
            virtual_seconds: (end - start).whole_seconds(),
            real_seconds: 0.0,
        }
    }

    /// The setting of one tenant for another.
    pub(crate) fn partner(&self, tenant: Uuid, about: Uuid) -> Option<&Partner> {
        self.partners.get(&tenant)?.iter().find(|partner| partner.tenant_id == about)
    }

    pub(crate) fn is_active(&self, tenant: Uuid) -> bool {
        self.members.iter().any(|member| member.tenant_id == tenant && member.is_active())
    }
}
