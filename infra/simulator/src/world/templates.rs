//! The templates of a tenant, and their application at a join (4).

use serde_json::{Map, Value, json};
use uuid::Uuid;

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
}

impl Template {
    pub(crate) fn partner_default() -> Self {
        let mut values = properties::all_null(properties::PARTNER_TEMPLATE);
        let consent = json!({"inboundAllowed": null, "outboundAllowed": null});
        values.insert("automaticUserConsentSettings".to_owned(), consent);
        Self { level: Level::BOTH, values }
    }

    pub(crate) fn identity_default() -> Self {
        let mut values = Map::new();
        values.insert("userSyncInbound".to_owned(), json!({"isSyncAllowed": null}));
        Self { level: Level::BOTH, values }
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
        Ok(())
    }

    /// Whether its values reach a partner that was, or was not, there before the join (4.3).
    fn reaches(&self, existed: bool, switch: ExistingPartners) -> bool {
        match (existed, switch) {
            (false, _) => self.level.new_partners,
            (true, ExistingPartners::PerTemplateLevel) => self.level.existing_partners,
            (true, ExistingPartners::Kept) => false,
            (true, ExistingPartners::Updated) => true,
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
        let Some(host) = self.tenants.get_mut(&host) else { return };
        let existed = host.policy.partners.contains_key(&other);
        let reached =
            |template: &Template| template.reaches(existed, switch).then(|| template.values.clone());
        let (partner_values, identity_values) =
            (reached(&host.policy.partner_template), reached(&host.policy.identity_template));
        let (_, partner) = host.policy.ensure_partner(other);
        partner.in_organization = Some(true);
        if let Some(values) = partner_values {
            properties::overlay(&mut partner.values, &values);
        }
        if let (Some(values), Some(identity)) = (identity_values, partner.identity.as_mut()) {
            properties::overlay(identity, &values);
        }
    }
}
