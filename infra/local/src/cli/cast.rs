//! Who takes part, by name.

use std::collections::HashMap;

use entra_simulator::TenantSeed;
use mto_messages::Verb;
use uuid::Uuid;

/// A tenant that takes part.
#[derive(Debug, Clone)]
pub(crate) struct Tenant {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) domain: String,
}

/// The tenants of a scenario; the first one is the owner.
#[derive(Debug, Clone)]
pub(crate) struct Cast {
    pub(crate) tenants: Vec<Tenant>,
    positions: HashMap<Uuid, usize>,
}

impl Cast {
    pub(crate) fn new(seeds: &[TenantSeed]) -> Self {
        let tenants: Vec<Tenant> = seeds
            .iter()
            .map(|seed| Tenant {
                id: seed.tenant_id,
                name: seed.display_name.clone(),
                domain: seed.default_domain.clone(),
            })
            .collect();
        let positions = tenants.iter().enumerate().map(|(index, tenant)| (tenant.id, index)).collect();
        Self { tenants, positions }
    }

    pub(crate) fn owner(&self) -> &Tenant {
        &self.tenants[0]
    }

    /// The place in the order of the scenario; who is not in it comes last.
    pub(crate) fn position(&self, tenant: Uuid) -> usize {
        self.positions.get(&tenant).copied().unwrap_or(self.tenants.len())
    }

    pub(crate) fn name(&self, tenant: Uuid) -> String {
        self.positions.get(&tenant).map_or_else(|| tenant.to_string(), |at| self.tenants[*at].name.clone())
    }

    /// `join Fabrikam`, `create Contoso`, `add to Contoso`: a command as people call it.
    pub(crate) fn label(&self, verb: Verb, subject: Option<&str>) -> String {
        let subject = subject.and_then(|subject| Uuid::try_parse(subject).ok());
        let name = self.name(subject.unwrap_or(self.owner().id));
        match verb {
            Verb::Add => format!("add to {}", self.owner().name),
            Verb::Create | Verb::Join | Verb::Leave | Verb::Sync => format!("{verb} {name}"),
        }
    }

    /// The width that every label fits into.
    pub(crate) fn label_width(&self) -> usize {
        let longest = self.tenants.iter().map(|tenant| tenant.name.chars().count()).max().unwrap_or(0);
        longest.max(self.owner().name.chars().count() + 2) + "create ".len()
    }
}
