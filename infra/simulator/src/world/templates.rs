//! The templates of a tenant, and their application at a join (4).

use std::collections::btree_map;
use std::sync::Arc;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::policy::{Partner, Policy, UNCONFIGURED, UNCONFIGURED_IDENTITY};
use super::properties::{self, Fields};
use super::{Refusal, World};
use crate::options::ExistingPartners;

/// `templateApplicationLevel`: flags, joined by commas on the wire (4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Level {
    new_partners: bool,
    existing_partners: bool,
}

impl Level {
    const BOTH: Self = Self { new_partners: true, existing_partners: true };

    fn parse(value: &Value, empty_is_none: bool) -> Result<Self, Refusal> {
        let invalid =
            || Refusal::Bad("Invalid value specified for property 'templateApplicationLevel'.".to_owned());
        let mut level = Self { new_partners: false, existing_partners: false };
        let words = if value.is_null() { "" } else { value.as_str().ok_or_else(invalid)? };
        if words.trim().is_empty() && !empty_is_none {
            return Err(invalid());
        }
        for word in words.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            match word {
                "none" => {}
                "newPartners" => level.new_partners = true,
                "existingPartners" => level.existing_partners = true,
                _ => return Err(invalid()),
            }
        }
        Ok(level)
    }

    pub(crate) fn text(self) -> &'static str {
        match (self.new_partners, self.existing_partners) {
            (true, true) => "newPartners,existingPartners",
            (true, false) => "newPartners",
            (false, true) => "existingPartners",
            (false, false) => "none",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Template {
    pub(crate) level: Level,
    pub(crate) values: Map<String, Value>,
    /// What a partner is without any configuration.
    unconfigured: Arc<Map<String, Value>>,
    /// The same with `values` over it: made when they change, not for each partner.
    configured: Arc<Map<String, Value>>,
}

impl Template {
    pub(crate) fn partner_default() -> Self {
        let mut values = properties::all_null(properties::PARTNER_TEMPLATE);
        let consent = json!({"inboundAllowed": null, "outboundAllowed": null});
        values.insert("automaticUserConsentSettings".to_owned(), consent);
        Self::all_null(values, &UNCONFIGURED)
    }

    pub(crate) fn identity_default() -> Self {
        let mut values = Map::new();
        values.insert("userSyncInbound".to_owned(), json!({"isSyncAllowed": null}));
        Self::all_null(values, &UNCONFIGURED_IDENTITY)
    }

    /// Values that change nothing.
    fn all_null(values: Map<String, Value>, unconfigured: &Arc<Map<String, Value>>) -> Self {
        let (unconfigured, configured) = (Arc::clone(unconfigured), Arc::clone(unconfigured));
        Self { level: Level::BOTH, values, unconfigured, configured }
    }

    pub(crate) fn patch(
        &mut self,
        fields: &Fields,
        body: &Map<String, Value>,
        empty_is_none: bool,
    ) -> Result<(), Refusal> {
        let mut values = body.clone();
        let level = values.remove("templateApplicationLevel");
        let level = level.map(|level| Level::parse(&level, empty_is_none)).transpose()?;
        properties::check(fields, &values)?;
        self.level = level.unwrap_or(self.level);
        properties::merge(&mut self.values, &values);
        let mut configured = Arc::clone(&self.unconfigured);
        properties::overlay(Arc::make_mut(&mut configured), &self.values);
        self.configured = configured;
        Ok(())
    }

    /// What a partner has that is made by a join (4.3).
    fn for_new(&self) -> Arc<Map<String, Value>> {
        Arc::clone(if self.level.new_partners { &self.configured } else { &self.unconfigured })
    }

    /// Lays the values over those of a partner that was there before the join (4.3).
    fn onto_existing(&self, target: &mut Arc<Map<String, Value>>, switch: ExistingPartners) {
        let reaches = match switch {
            ExistingPartners::PerTemplateLevel => self.level.existing_partners,
            ExistingPartners::Kept => false,
            ExistingPartners::Updated => true,
        };
        if reaches {
            properties::overlay(Arc::make_mut(target), &self.values);
        }
    }
}

impl World {
    /// A newcomer meets an active tenant: each side's templates, in its own tenant, to the other (3.4, 4.3).
    pub(super) fn connect(&mut self, newcomer: Uuid, existing: Uuid) {
        self.apply_templates(newcomer, existing);
        self.apply_templates(existing, newcomer);
    }

    fn apply_templates(&mut self, host: Uuid, other: Uuid) {
        let switch = self.options.existing_partners_at_join;
        if let Some(host) = self.tenants.get_mut(&host) {
            host.policy.meet(other, switch);
        }
    }
}

impl Policy {
    fn meet(&mut self, other: Uuid, switch: ExistingPartners) {
        let Self { partners, partner_template, identity_template, .. } = self;
        match partners.entry(other) {
            btree_map::Entry::Vacant(place) => {
                let (values, identity) = (partner_template.for_new(), Some(identity_template.for_new()));
                place.insert(Partner { values, in_organization: Some(true), identity });
            }
            btree_map::Entry::Occupied(found) => {
                let partner = found.into_mut();
                partner.in_organization = Some(true);
                partner_template.onto_existing(&mut partner.values, switch);
                let identity = partner.identity.get_or_insert_with(|| Arc::clone(&UNCONFIGURED_IDENTITY));
                identity_template.onto_existing(identity, switch);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_one_partner_leaves_those_that_were_made_alike_alone() {
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut policy = Policy::default();
        for partner in [one, other] {
            policy.meet(partner, ExistingPartners::PerTemplateLevel);
        }
        let body = Map::from_iter([("isServiceProvider".to_owned(), json!(true))]);
        policy.patch_partner(one, &body).unwrap();
        assert!(policy.is_service_provider(one));
        assert!(!policy.is_service_provider(other));
    }
}
