//! What is not as wanted, by name.

use std::collections::BTreeSet;

use mto_messages::TenantId;
use serde::Serialize;

use super::fellows::{Relation, relation};
use super::open::record;
use super::{Observed, Open, WantedSettings};
use crate::{Change, templates};

/// What one tenant does not have set as it is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// The tenant in which it would be written.
    pub tenant: TenantId,
    /// The fellow that its partner record is about; absent for the tenant's own templates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<TenantId>,
    /// What is wanted and not there, for people.
    pub wanted: Vec<String>,
}

/// What differs between fellows, one for each ordered pair and one for each tenant whose templates differ: what
/// [`Open`] would write. Nothing, where the center was not read.
pub fn differences(open: &Open, observed: &Observed) -> Vec<Difference> {
    let Some(center) = observed.seen(open.among.center()) else { return Vec::new() };
    let pairs = open.among.pairs(center);
    let fellows: Vec<(TenantId, TenantId)> = pairs
        .into_iter()
        .filter(|(one, other)| relation(observed, *one, *other) == Relation::Fellows)
        .collect();
    let default = WantedSettings::default();
    let wanted = |tenant: TenantId| open.wanted.get(&tenant).unwrap_or(&default);
    let directions = fellows.iter().flat_map(|(one, other)| [(*one, *other), (*other, *one)]);
    let records = directions.map(|(tenant, about)| {
        let changes = wanted(tenant).opening(about, record(observed, tenant, about));
        Difference { tenant, about: Some(about), wanted: of_record(&changes, wanted(tenant)) }
    });
    let tenants: BTreeSet<TenantId> = fellows.iter().flat_map(|(one, other)| [*one, *other]).collect();
    let own = tenants.into_iter().map(|tenant| {
        let seen = observed.seen(tenant).and_then(|side| side.templates.as_ref());
        let changes = wanted(tenant).templates.as_ref().zip(seen);
        let changes = changes.map(|(wanted, seen)| templates::missing(wanted, seen)).unwrap_or_default();
        Difference { tenant, about: None, wanted: changes.iter().map(of_templates).collect() }
    });
    records.chain(own).filter(|difference| !difference.wanted.is_empty()).collect()
}

const SYNCHRONIZATION: &str = "inbound synchronization of users allowed";

fn of_record(changes: &[Change], wanted: &WantedSettings) -> Vec<String> {
    let words = |change: &Change| {
        if let Change::CreatePartner { settings, .. } = change {
            let policy = wanted.inbound_sync.then(|| SYNCHRONIZATION.to_owned());
            return ["a partner configuration".to_owned()]
                .into_iter()
                .chain(settings.parts())
                .chain(policy)
                .collect();
        }
        if let Change::UpdatePartner { settings, .. } = change {
            return settings.parts();
        }
        vec![SYNCHRONIZATION.to_owned()]
    };
    changes.iter().flat_map(words).collect()
}

fn of_templates(change: &Change) -> String {
    if let Change::SetIdentityTemplate(_) | Change::ResetIdentityTemplate = change {
        return "the identity synchronization template".to_owned();
    }
    "the partner configuration template".to_owned()
}
