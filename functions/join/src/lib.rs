//! `join`: make a listed tenant an active member.
//!
//! # Contract
//! - **Observes**, in the joining tenant: the organization and its list, the join request, and the templates
//!   where some are asked for. In the owner tenant, where we can and where it matters: our row; why there is
//!   none; after a failure, how many tenants are active.
//! - **Writes**, in the joining tenant only: PATCH the templates, PATCH the join request (ask, or reset).
//! - **Waits for**: the owner to list us, the join to be processed (hours), the pause after a failure.
//! - **Posts**: with `then.sync`, one `sync` for each direction of each pair with another active member.
//! - **Succeeds** when our own list holds the owner and us as active.
//! - **Never** asks while the owner does not list us, unless the owner cannot be read.

use async_trait::async_trait;
use mto_graph::GraphError;
use mto_graph::prelude::{GetMember, GetMultiTenantOrganization, ListMembers, MultiTenantOrganizationState};
use mto_handler::{Function, Look, Tenants, views};
use mto_messages::{CommandData, Journal, TenantId, Verb};
use mto_reconcile::join::{self, Aim, Observed, SyncAim};
use mto_reconcile::{
    Decision, JoinRequest, MemberState, Mutation, OwnerView, Reading, Reason, Timing, Unreadable,
};

/// The verb join.
#[derive(Debug, Clone, Copy, Default)]
pub struct Join;

#[async_trait]
impl Function for Join {
    const VERB: Verb = Verb::Join;
    type Aim = Aim;
    type Observed = Observed;

    fn aim(&self, data: &CommandData, tenants: &Tenants<'_>) -> Result<Aim, Reason> {
        let CommandData::Join(data) = data else { return Err(mto_handler::wrong_verb(data)) };
        tenants.can_follow(data.then.as_ref())?;
        if data.then.as_ref().is_some_and(|then| then.join.is_some()) {
            return Err(Reason::Invalid {
                field: "data.then.join".to_owned(),
                problem: "has no meaning here: this command is the join".to_owned(),
                remedy: "leave it out; only data.then.sync follows a join".to_owned(),
            });
        }
        let wish = data.then.as_ref().and_then(|then| then.sync.clone());
        Ok(Aim {
            tenant: tenants.ours("data.tenant", &data.tenant)?,
            owner: tenants.id(&data.owner)?,
            templates: data.templates.clone(),
            sync: wish.map(|wish| SyncAim { wish, scopes: tenants.directory.scopes() }),
        })
    }

    fn acts_in(&self, aim: &Aim) -> TenantId {
        aim.tenant
    }

    async fn observe(&self, aim: &Aim, look: &Look<'_>) -> Result<Observed, GraphError> {
        let (own, request) = views::organization_and_request(look, aim.tenant).await?;
        let owner = if join::needs_owner(aim, &own, &request) {
            read_owner(aim, &request, look).await
        } else {
            Reading::NotNeeded
        };
        let templates = match aim.templates {
            Some(_) if owner != Reading::NotNeeded => Some(views::templates(look, aim.tenant).await?),
            _ => None,
        };
        Ok(Observed { own, request, owner, templates })
    }

    fn decide(&self, aim: &Aim, observed: &Observed, journal: &Journal, timing: &Timing<'_>) -> Decision {
        join::decide(aim, observed, journal, timing)
    }

    fn assume(&self, _aim: &Aim, observed: Observed, mutation: &Mutation) -> Observed {
        join::assume(observed, &mutation.change)
    }
}

/// A look from the owner's side. That it is not possible is an answer, not an error.
async fn read_owner(aim: &Aim, request: &JoinRequest, look: &Look<'_>) -> Reading<OwnerView> {
    if look.directory.is_external(aim.owner) {
        return Reading::Unreadable(Unreadable::External);
    }
    match owner_view(aim, request, look).await {
        Ok(view) => Reading::Seen(view),
        Err(error) if mto_handler::is_denied(&error) => {
            Reading::Unreadable(Unreadable::Denied(denial(&error)))
        }
        Err(error) => Reading::Unreadable(Unreadable::Unreachable(mto_handler::text_of(&error))),
    }
}

/// The service's words; for a 403, with the permission that the look needs.
fn denial(error: &GraphError) -> String {
    let text = mto_handler::text_of(error);
    match error.service().and_then(|service| service.missing_permission) {
        Some(permission) => format!("{text}: it needs the application permission {permission}"),
        None => text,
    }
}

/// Mostly one request: our row. Only if there is none it takes more to say why.
async fn owner_view(aim: &Aim, request: &JoinRequest, look: &Look<'_>) -> Result<OwnerView, GraphError> {
    if request.has_failed() {
        return whole_list(aim, look).await;
    }
    match look.send(aim.owner, &GetMember { tenant_id: aim.tenant.as_uuid() }).await {
        Ok(row) => Ok(OwnerView::InOne { role: None, row: Some(views::row(row)), active: None }),
        Err(error) if error.is_not_found() => whole_list(aim, look).await,
        Err(error) => Err(error),
    }
}

async fn whole_list(aim: &Aim, look: &Look<'_>) -> Result<OwnerView, GraphError> {
    let organization = look.send(aim.owner, &GetMultiTenantOrganization).await?;
    if organization.state == Some(MultiTenantOrganizationState::Inactive) {
        return Ok(OwnerView::InNone);
    }
    let rows: Vec<_> = look.list(aim.owner, &ListMembers).await?.into_iter().map(views::row).collect();
    let find = |tenant| rows.iter().find(|row| row.tenant == tenant);
    Ok(OwnerView::InOne {
        role: find(aim.owner).map(|row| row.role.clone()),
        row: find(aim.tenant).cloned(),
        active: Some(rows.iter().filter(|row| row.state == MemberState::Active).count()),
    })
}
