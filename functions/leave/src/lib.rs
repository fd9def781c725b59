//! `leave`: end a tenant's membership, and have closed what it opened.
//!
//! # Contract
//! - **Needs** `confirm`, which names the tenant; without it the command is rejected, and its plan is what `dryRun`
//!   shows.
//! - **Observes**, in the acting tenant (the leaving one in mode leave, else the owner): the organization and its
//!   list; in mode leave also the join request, while the tenant is in no organization.
//! - **Writes**, in the acting tenant: DELETE rows; PATCH the role of an owner that the service refuses to remove.
//! - **Waits for**: the removal to be processed, until the row is gone; role changes; a join that is under way.
//! - **Posts**, with `cleanup`: `sync` unshare for the leaver and everybody who was active beside it, in both
//!   directions; from the journal, which holds them before the first DELETE.
//! - **Plans**, with `cleanup`, the writes of these commands too: a dry run reads the partner records of every tenant
//!   that they are about, where it is let in. With `cleanup: users` it also reads the synchronizations out of each of
//!   them, and tells how many users of each pair would be taken back and which number confirms it.
//! - **Passes on**, with `cleanup: users`, the number of users that `confirm` names: each `sync` confirms it for its
//!   source, and each pair is measured by it.
//! - **Succeeds** when the tenant is not listed any more, and says what stays behind.
//! - **Ends** without success, once it remembers who is active, with a note that holds the `sync` command which closes
//!   the rest.
//! - **Never** removes the last owner while others are active, nor cleans up where there was no membership, nor
//!   between tenants that may be fellows still.

mod clean_up;

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use mto_graph::GraphError;
use mto_handler::{Directory, Foreseen, Function, Look, Tenants, views};
use mto_messages::{Cleanup, CommandData, Journal, LeaveData, LeaveMode, TenantId, Verb};
use mto_reconcile::leave::{self, Aim, Observed};
use mto_reconcile::{Child, Decision, Limits, Mutation, Note, OrganizationState, Reason, Timing};

/// The verb leave.
#[derive(Debug, Clone, Copy, Default)]
pub struct Leave;

#[async_trait]
impl Function for Leave {
    const VERB: Verb = Verb::Leave;
    type Aim = Aim;
    type Observed = Observed;

    fn aim(&self, data: &CommandData, tenants: &Tenants<'_>) -> Result<Aim, Reason> {
        let CommandData::Leave(data) = data else { return Err(mto_handler::wrong_verb(data)) };
        let (tenant, owner) = (tenants.id(&data.tenant)?, tenants.id(&data.owner)?);
        match data.mode {
            LeaveMode::Leave => tenants.ours("data.tenant", &data.tenant)?,
            LeaveMode::Remove | LeaveMode::Dissolve => tenants.ours("data.owner", &data.owner)?,
        };
        check_mode(data, tenant, owner)?;
        check_confirm(data, tenant, tenants)?;
        if data.cleanup != Cleanup::None {
            tenants.posts("data.cleanup", Verb::Sync)?;
        }
        let ours: BTreeSet<TenantId> = tenants.directory.insiders().collect();
        let confirmed_users = data.confirm.as_ref().and_then(|confirm| confirm.users);
        Ok(Aim { tenant, owner, mode: data.mode, cleanup: data.cleanup, confirmed_users, ours })
    }

    fn acts_in(&self, aim: &Aim) -> TenantId {
        aim.acting()
    }

    /// To dissolve takes two removals, one after the other.
    fn budget(&self, aim: &Aim, limits: &Limits) -> Duration {
        let budget = limits.budget(Verb::Leave, false);
        match aim.mode {
            LeaveMode::Leave | LeaveMode::Remove => budget,
            LeaveMode::Dissolve => 2 * budget,
        }
    }

    async fn observe(&self, aim: &Aim, look: &Look<'_>) -> Result<Observed, GraphError> {
        let own = views::organization(look, aim.acting()).await?;
        let request = match (aim.mode, &own.state) {
            (LeaveMode::Leave, OrganizationState::Inactive) => {
                Some(views::join_request(look, aim.tenant).await?)
            }
            _ => None,
        };
        Ok(Observed { own, request })
    }

    fn decide(&self, aim: &Aim, observed: &Observed, journal: &Journal, timing: &Timing<'_>) -> Decision {
        leave::decide(aim, observed, journal, timing)
    }

    fn left_open(&self, data: &CommandData, directory: &Directory, journal: &Journal) -> Option<Note> {
        let CommandData::Leave(data) = data else { return None };
        leave::left_open(data, directory.find(data.tenant.as_str()), journal)
    }

    fn assume(&self, aim: &Aim, observed: Observed, mutation: &Mutation) -> Observed {
        leave::assume(aim, observed, &mutation.change)
    }

    async fn foresee(&self, _aim: &Aim, children: &[Child], look: &Look<'_>) -> Result<Foreseen, GraphError> {
        Ok(clean_up::foresee(children, look).await)
    }
}

fn check_mode(data: &LeaveData, tenant: TenantId, owner: TenantId) -> Result<(), Reason> {
    let invalid = |problem: &str, remedy: &str| Reason::Invalid {
        field: "data.tenant".to_owned(),
        problem: format!("\"{}\" {problem}", data.tenant.as_str()),
        remedy: remedy.to_owned(),
    };
    match data.mode {
        LeaveMode::Remove if tenant == owner => Err(invalid(
            "is the owner that is to remove it",
            "use mode leave to let it leave, or dissolve to end the organization",
        )),
        LeaveMode::Dissolve if tenant != owner => Err(invalid(
            "is not the owner; an owner dissolves its organization as a whole",
            "name the owner as tenant too, or use mode remove for one tenant",
        )),
        LeaveMode::Leave | LeaveMode::Remove | LeaveMode::Dissolve => Ok(()),
    }
}

/// A removal is made only by a command that says which tenant it means twice: a slip of the hand names one.
fn check_confirm(data: &LeaveData, tenant: TenantId, tenants: &Tenants<'_>) -> Result<(), Reason> {
    if data.dry_run {
        return Ok(());
    }
    let Some(confirm) = &data.confirm else { return Err(Reason::NotConfirmed { tenant, given: None }) };
    if tenants.id(&confirm.tenant)? == tenant {
        return Ok(());
    }
    Err(Reason::NotConfirmed { tenant, given: Some(confirm.tenant.as_str().to_owned()) })
}
