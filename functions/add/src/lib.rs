//! `add`: list tenants in the owner's multi-tenant organization, and change the roles of listed ones.
//!
//! # Contract
//! - **Observes**, in the owner tenant: the organization and its list.
//! - **Writes**, in the owner tenant: POST the absent tenants (many in one `$batch`), PATCH roles.
//! - **Waits for**: the organization to exist; removals to finish; role changes to show.
//! - **Posts**: one `join` for each tenant that is ours, as soon as it is listed.
//! - **Succeeds** when every tenant is listed in its wanted role.
//! - **Never** removes anybody, and never changes the role of a tenant whose role was not given.

use async_trait::async_trait;
use mto_graph::GraphError;
use mto_handler::{Function, Look, Tenants, views};
use mto_messages::{CommandData, Journal, TenantId, Verb};
use mto_reconcile::add::{self, Aim, Observed};
use mto_reconcile::{Decision, Mutation, Reason, Timing};

/// The verb add.
#[derive(Debug, Clone, Copy, Default)]
pub struct Add;

#[async_trait]
impl Function for Add {
    const VERB: Verb = Verb::Add;
    type Aim = Aim;
    type Observed = Observed;

    fn aim(&self, data: &CommandData, tenants: &Tenants<'_>) -> Result<Aim, Reason> {
        let CommandData::Add(data) = data else { return Err(mto_handler::wrong_verb(data)) };
        let owner = tenants.ours("data.owner", &data.owner)?;
        if data.tenants.is_empty() {
            return Err(Reason::Invalid {
                field: "data.tenants".to_owned(),
                problem: "is empty".to_owned(),
                remedy: "name at least one tenant".to_owned(),
            });
        }
        if data.then.as_ref().is_some_and(|then| then.join.is_some()) {
            tenants.posts("data.then.join", Verb::Join)?;
        }
        tenants.can_follow_adding(data.then.as_ref(), data.tenants.len())?;
        Ok(Aim { owner, tenants: tenants.wanted(&data.tenants, owner)?, then: data.then.clone() })
    }

    fn acts_in(&self, aim: &Aim) -> TenantId {
        aim.owner
    }

    async fn observe(&self, aim: &Aim, look: &Look<'_>) -> Result<Observed, GraphError> {
        Ok(Observed { own: views::organization_with_list(look, aim.owner).await? })
    }

    fn decide(&self, aim: &Aim, observed: &Observed, journal: &Journal, timing: &Timing<'_>) -> Decision {
        add::decide(aim, observed, journal, timing)
    }

    fn assume(&self, _aim: &Aim, observed: Observed, mutation: &Mutation) -> Observed {
        add::assume(observed, &mutation.change)
    }
}
