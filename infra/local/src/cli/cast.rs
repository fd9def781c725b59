//! Who takes part, by name.

use std::collections::{BTreeMap, HashMap};

use entra_simulator::TenantSeed;
use mto_messages::{Scope, Verb};
use uuid::Uuid;

/// Tenants from the first on that may have users to share, or get some.
pub(crate) const SOURCES: usize = 4;

/// A tenant that takes part.
#[derive(Debug, Clone)]
pub(crate) struct Tenant {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) domain: String,
}

/// Somebody who works in one of them.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) home: Uuid,
    pub(crate) name: String,
    pub(crate) mail: String,
    pub(crate) is_shared: bool,
}

/// The tenants of a scenario; the first one is the owner.
#[derive(Debug, Clone)]
pub(crate) struct Cast {
    pub(crate) tenants: Vec<Tenant>,
    pub(crate) people: Vec<Person>,
    positions: HashMap<Uuid, usize>,
}

impl Cast {
    /// `scopes`: the groups that tenants share.
    pub(crate) fn new(seeds: &[TenantSeed], scopes: &BTreeMap<Uuid, Scope>) -> Self {
        let tenants: Vec<Tenant> = seeds
            .iter()
            .map(|seed| Tenant {
                id: seed.tenant_id,
                name: seed.display_name.clone(),
                domain: seed.default_domain.clone(),
            })
            .collect();
        let positions = tenants.iter().enumerate().map(|(index, tenant)| (tenant.id, index)).collect();
        let people = seeds.iter().flat_map(|seed| people(seed, scopes.get(&seed.tenant_id))).collect();
        Self { tenants, people, positions }
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

    /// `join Fabrikam`, `create Contoso`, `add to Contoso`, `Fabrikam → Contoso` (users): a command as people call it.
    pub(crate) fn label(&self, verb: Verb, subject: Option<&str>, id: &str) -> String {
        if let Some((source, target)) = pair_of(id) {
            return format!("{} → {}", self.name(source), self.name(target));
        }
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
        let of_verbs = longest.max(self.owner().name.chars().count() + 2) + "create ".len();
        let mut of_sources: Vec<usize> =
            self.tenants.iter().take(SOURCES).map(|tenant| tenant.name.chars().count()).collect();
        of_sources.sort_unstable();
        let of_pairs = of_sources.iter().rev().take(2).sum::<usize>() + " → ".chars().count();
        of_verbs.max(of_pairs)
    }
}

/// The source and the target of a command about one pair, by the way its id is made.
pub(crate) fn pair_of(id: &str) -> Option<(Uuid, Uuid)> {
    let mut parts = id.rsplit('/');
    let target = Uuid::try_parse(parts.next()?).ok()?;
    let source = Uuid::try_parse(parts.next()?).ok()?;
    (parts.next()? == Verb::Sync.as_str()).then_some((source, target))
}

fn people(seed: &TenantSeed, scope: Option<&Scope>) -> Vec<Person> {
    let groups = seed
        .groups
        .iter()
        .filter(|group| scope.zip(group.id).is_some_and(|(scope, group)| scope.groups.contains(&group)));
    let shared: Vec<&String> = groups.flat_map(|group| &group.members).collect();
    let person = |user: &entra_simulator::UserSeed| {
        let mail = user.principal_name(&seed.default_domain);
        let is_shared = shared.contains(&&mail);
        Person { home: seed.tenant_id, name: user.display_name.clone(), mail, is_shared }
    };
    seed.users.iter().map(person).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_read_from_the_id_of_its_command_alone() {
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(pair_of(&format!("T/join/{one}/sync/{one}/{other}")), Some((one, other)));
        for no_pair in
            [format!("T/sync/{one}"), format!("T/join/{one}/{other}"), "T".to_owned(), String::new()]
        {
            assert_eq!(pair_of(&no_pair), None, "{no_pair}");
        }
    }
}
