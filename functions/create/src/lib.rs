//! `create`: make the owner's multi-tenant organization exist, and, if asked for, see it formed.
//!
//! # Contract
//! - **Observes**, in the owner tenant: the organization and its list; the owner's own join request while it is
//!   in none; its templates where some are asked for.
//! - **Writes**, in the owner tenant: PUT or PATCH the organization, PATCH the templates.
//! - **Waits for**: the organization to show; with `then.join`, every listed tenant to be active.
//! - **Posts**: one `add` with the listed tenants, as soon as the organization stands.
//! - **Succeeds** when the organization stands, or with `then.join` when it is formed.
//! - **Never** renames without `update`, and never touches templates that were not asked for.

use std::time::Duration;

use async_trait::async_trait;
use mto_graph::GraphError;
use mto_handler::{Function, Look, Tenants, views};
use mto_messages::{CommandData, Journal, TenantId, Verb};
use mto_reconcile::create::{self, Aim, Observed};
use mto_reconcile::{Decision, Limits, Mutation, OrganizationState, Reason, Timing};

/// The verb create.
#[derive(Debug, Clone, Copy, Default)]
pub struct Create;

#[async_trait]
impl Function for Create {
    const VERB: Verb = Verb::Create;
    type Aim = Aim;
    type Observed = Observed;

    fn aim(&self, data: &CommandData, tenants: &Tenants<'_>) -> Result<Aim, Reason> {
        let CommandData::Create(data) = data else { return Err(mto_handler::wrong_verb(data)) };
        let owner = tenants.ours("data.owner", &data.owner)?;
        if !data.tenants.is_empty() {
            tenants.posts("data.tenants", Verb::Add)?;
        }
        tenants.can_follow_adding(data.then.as_ref(), data.tenants.len())?;
        Ok(Aim {
            owner,
            display_name: data.display_name.clone(),
            description: data.description.clone(),
            update: data.update,
            tenants: tenants.wanted(&data.tenants, owner)?,
            templates: data.templates.clone(),
            then: data.then.clone(),
        })
    }

    fn acts_in(&self, aim: &Aim) -> TenantId {
        aim.owner
    }

    fn budget(&self, aim: &Aim, limits: &Limits) -> Duration {
        limits.budget(Verb::Create, aim.aims_at_members())
    }

    async fn observe(&self, aim: &Aim, look: &Look<'_>) -> Result<Observed, GraphError> {
        let (own, request) = if look.has_posted {
            // It was seen to stand: mostly one request, as long as members are waited for.
            let own = views::organization_with_list(look, aim.owner).await?;
            let request = match own.state {
                OrganizationState::Inactive => Some(views::join_request(look, aim.owner).await?),
                OrganizationState::Active | OrganizationState::Unrecognised(_) => None,
            };
            (own, request)
        } else {
            let (own, request) = views::organization_and_request(look, aim.owner).await?;
            let in_none = own.state == OrganizationState::Inactive;
            (own, in_none.then_some(request))
        };
        let templates = match aim.templates {
            // They matter before anybody joins; once `add` was posted they were seen as wanted.
            Some(_) if !look.has_posted => Some(views::templates(look, aim.owner).await?),
            Some(_) | None => None,
        };
        Ok(Observed { own, request, templates })
    }

    fn decide(&self, aim: &Aim, observed: &Observed, journal: &Journal, timing: &Timing<'_>) -> Decision {
        create::decide(aim, observed, journal, timing)
    }

    fn assume(&self, aim: &Aim, observed: Observed, mutation: &Mutation) -> Observed {
        create::assume(aim, observed, &mutation.change)
    }
}
