//! Looking at the two tenants of a pair: what each says about the other, and what it sends there. One `$batch` a tenant,
//! with that one partner record instead of all of them.

use std::collections::BTreeMap;

use futures_util::future::join;
use mto_graph::prelude::{GetMultiTenantOrganization, GetPartner, ListMembers};
use mto_graph::{GraphError, GraphRequest};
use mto_messages::TenantId;
use mto_reconcile::settings::Side;
use mto_reconcile::sync::Direction;
use mto_reconcile::{OrganizationState, Reading, Unreadable};

use crate::apply::is_denied;
use crate::function::Look;
use crate::sides::{Parts, not_read, partner, words};
use crate::{synchronization, views};

/// What is read of a tenant's settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PairSettings {
    /// Nothing.
    NotNeeded,
    /// Its partner record of the other one: for what closes.
    Record,
    /// Its organization with the list, too: for what opens.
    RecordAndOrganization,
}

/// What is needed of one tenant of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PairSide {
    /// The tenant.
    pub tenant: TenantId,
    /// The other one.
    pub other: TenantId,
    /// What to read of its settings.
    pub settings: PairSettings,
    /// Whether to read its synchronization configurations for the other one.
    pub configurations: bool,
    /// Whether to read how their jobs' schemas set the type of users, too.
    pub schema: bool,
}

/// Both tenants of a pair, side by side. That one of them cannot be read is an answer, not an error; a tenant that the
/// directory marks as external is not asked. A side holds no other partner record than that of the pair.
pub async fn pair(
    look: &Look<'_>,
    one: PairSide,
    other: PairSide,
) -> [(Reading<Side>, Reading<Direction>); 2] {
    let (one, other) = join(read(look, one), read(look, other)).await;
    [one, other]
}

async fn read(look: &Look<'_>, asked: PairSide) -> (Reading<Side>, Reading<Direction>) {
    if look.directory.is_external(asked.tenant) {
        return asked.unreadable(&Unreadable::External);
    }
    let record = GetPartner { tenant_id: asked.other.as_uuid(), expand_identity_synchronization: true };
    let configurations = synchronization::named_for(asked.other);
    let mut requests = Vec::new();
    if asked.settings != PairSettings::NotNeeded {
        requests.push(GraphRequest::of(&record));
    }
    if asked.settings == PairSettings::RecordAndOrganization {
        requests.push(GraphRequest::of(&GetMultiTenantOrganization));
        requests.push(GraphRequest::of(&ListMembers));
    }
    if asked.configurations {
        requests.push(GraphRequest::of(&configurations));
    }
    let mut parts = match look.batch(asked.tenant, &requests).await {
        Ok(parts) => Parts(parts.into_iter()),
        Err(error) => return asked.unreadable(&unreadable(&error)),
    };
    let side = match asked.settings {
        PairSettings::NotNeeded => Reading::NotNeeded,
        PairSettings::Record | PairSettings::RecordAndOrganization => {
            reading(side(look, &asked, &record, &mut parts).await)
        }
    };
    if !asked.configurations {
        return (side, Reading::NotNeeded);
    }
    let first = parts.next(&configurations);
    let found = match first {
        Ok(first) => synchronization::listed(look, asked.tenant, &configurations, first, asked.schema).await,
        Err(error) => Err(error),
    };
    let named = |found: Vec<(String, _)>| found.into_iter().map(|(_, one)| one).collect();
    (side, reading(found.map(|found| Direction { configurations: named(found) })))
}

impl PairSide {
    fn unreadable(&self, why: &Unreadable) -> (Reading<Side>, Reading<Direction>) {
        let side = match self.settings {
            PairSettings::NotNeeded => Reading::NotNeeded,
            PairSettings::Record | PairSettings::RecordAndOrganization => Reading::Unreadable(why.clone()),
        };
        let direction =
            if self.configurations { Reading::Unreadable(why.clone()) } else { Reading::NotNeeded };
        (side, direction)
    }
}

async fn side(
    look: &Look<'_>,
    asked: &PairSide,
    endpoint: &GetPartner,
    parts: &mut Parts,
) -> Result<Side, GraphError> {
    let record = parts.next(endpoint);
    let with_organization = asked.settings == PairSettings::RecordAndOrganization;
    let organization =
        with_organization.then(|| (parts.next(&GetMultiTenantOrganization), parts.next(&ListMembers)));
    let partners = match record {
        Ok(record) => BTreeMap::from([(asked.other, partner(record))]),
        Err(error) if error.is_not_found() => BTreeMap::new(),
        Err(error) => return Err(error),
    };
    let mut own = not_read();
    if let Some((organization, list)) = organization {
        own = views::organization_view(organization?);
        if own.state == OrganizationState::Active {
            let rows = look.rest(asked.tenant, &ListMembers, list?).await?;
            own.members = rows.into_iter().map(views::row).collect();
        }
    }
    Ok(Side { own, partners, templates: None })
}

fn reading<T>(answer: Result<T, GraphError>) -> Reading<T> {
    answer.map_or_else(|error| Reading::Unreadable(unreadable(&error)), Reading::Seen)
}

/// Why a tenant could not be read.
pub(crate) fn unreadable(error: &GraphError) -> Unreadable {
    let words = words(error);
    if is_denied(error) { Unreadable::Denied(words) } else { Unreadable::Unreachable(words) }
}
