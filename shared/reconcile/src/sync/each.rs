//! A command for many pairs becomes one command for each.

use std::collections::BTreeMap;

use mto_messages::{CommandData, Confirm, Scope, SyncAction, SyncData, SyncTargets, TenantId, TenantRef};

use crate::{Child, Decision, Finish, Note, OrganizationState, OrganizationView, Reason, Step};

/// Which pairs, and what each of them is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Each {
    /// Which pairs.
    pub pairs: Pairs,
    /// The command; its source and targets are those of each pair in turn.
    pub data: SyncData,
    /// The default scopes of the tenants in the directory that have one.
    pub scopes: BTreeMap<TenantId, Scope>,
}

/// Which ordered pairs are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pairs {
    /// From this tenant to each of these.
    To(TenantId, Vec<TenantId>),
    /// From this tenant to every other active one of its organization.
    Around(TenantId),
    /// From every active tenant of this tenant's organization to every other.
    All(TenantId),
}

impl Pairs {
    /// The tenant whose list says who is active.
    pub fn center(&self) -> TenantId {
        match self {
            Self::To(center, _) | Self::Around(center) | Self::All(center) => *center,
        }
    }

    /// Whether that list is needed.
    pub fn needs_list(&self) -> bool {
        match self {
            Self::To(..) => false,
            Self::Around(_) | Self::All(_) => true,
        }
    }

    fn of(&self, own: Option<&OrganizationView>) -> Vec<(TenantId, TenantId)> {
        let rows = own.into_iter().flat_map(OrganizationView::active).filter(|row| !row.is_leaving());
        let active: Vec<TenantId> = rows.map(|row| row.tenant).collect();
        let others = |source: TenantId| active.iter().copied().filter(move |target| *target != source);
        match self {
            Self::To(source, targets) => targets.iter().map(|target| (*source, *target)).collect(),
            Self::Around(source) => others(*source).map(|target| (*source, target)).collect(),
            Self::All(_) => {
                let from =
                    |source: &TenantId| others(*source).map(|target| (*source, target)).collect::<Vec<_>>();
                active.iter().flat_map(from).collect()
            }
        }
    }
}

/// Posts one command for each pair, and ends.
///
/// | Observed | Step |
/// |---|---|
/// | the list is needed, and the tenant is in no organization | rejected |
/// | the state of the organization is unknown | wait: unrecognised |
/// | else | succeeded; one command a pair. Sources without a scope are named |
///
/// What the command confirms holds for each pair.
pub fn decide(each: &Each, own: Option<&OrganizationView>) -> Decision {
    match own.map(|own| &own.state) {
        Some(OrganizationState::Inactive) => {
            return Decision::reject(Reason::OwnerHasNoOrganization(each.pairs.center()));
        }
        Some(OrganizationState::Unrecognised(state)) => {
            return Decision::wait(Reason::Unrecognised(format!("organization state \"{state}\"")));
        }
        Some(OrganizationState::Active) | None => {}
    }
    let mut without = Vec::new();
    let mut children = Vec::new();
    for (source, target) in each.pairs.of(own) {
        let scope = each.scope_of(source);
        if each.data.action == SyncAction::Configure && scope.is_none() {
            if !without.contains(&source) {
                without.push(source);
            }
            continue;
        }
        children.push(each.child(source, target, scope));
    }
    let notes = if without.is_empty() { Vec::new() } else { vec![Note::NotSynchronised(without)] };
    let summary = match children.len() {
        1 => "1 command was posted".to_owned(),
        count => format!("{count} commands were posted, one a pair"),
    };
    Decision::just(Step::Finish(Finish::Succeeded { summary, notes })).with(children)
}

impl Each {
    /// The command's scope, else the directory's.
    fn scope_of(&self, source: TenantId) -> Option<Scope> {
        self.data.scope.clone().or_else(|| self.scopes.get(&source).cloned())
    }

    fn child(&self, source: TenantId, target: TenantId, scope: Option<Scope>) -> Child {
        let of_pair = |confirm: &Confirm| Confirm { tenant: TenantRef::from(source), users: confirm.users };
        let data = SyncData {
            confirm: self.data.confirm.as_ref().map(of_pair),
            source: Some(TenantRef::from(source)),
            targets: Some(SyncTargets::Tenants(vec![TenantRef::from(target)])),
            owner: None,
            scope: scope.filter(|_| self.data.action == SyncAction::Configure),
            ..self.data.clone()
        };
        Child { data: CommandData::Sync(data), about: vec![source, target] }
    }
}
