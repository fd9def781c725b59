//! What a leave looks at.

use crate::support::*;
use mto_messages::{Cleanup, Journal, LeaveMode, Membership, Refusal, TenantId};
use mto_reconcile::leave::{Aim, Observed, decide};
use mto_reconcile::{Decision, JoinRequest, MemberRow, OrganizationView};
use time::Duration;

pub(crate) const REMOVE: &str = "remove-tenant";
pub(crate) const DEMOTE: &str = "change-role";
pub(crate) const SOMEBODY_LEAVING: &str = "being-removed";
pub(crate) const GONE: &str = "settling: row in the list";
pub(crate) const OTHERS: &str = "settling: others in the list";
pub(crate) const ENDED: &str = "settling: end of the removal";
pub(crate) const ACCEPTED: &str = "settling: accepted join request of this tenant";

/// One look. The plain one: an organization of the owner, us and another one, who are remembered.
pub(crate) type Scene = OneLook<Aim, Observed>;

pub(crate) fn scene(mode: LeaveMode) -> Scene {
    let tenant = if mode == LeaveMode::Dissolve { OWNER } else { US };
    let aim = Aim {
        tenant,
        owner: OWNER,
        mode,
        cleanup: Cleanup::Settings,
        confirmed_users: None,
        ours: [OWNER, US, OTHER, FOURTH].into(),
    };
    let own = organization(vec![owner(OWNER), active(US), active(OTHER)]);
    let scene = Scene { aim, observed: Observed { own, request: None }, journal: Journal::default() };
    if mode == LeaveMode::Dissolve {
        scene.knowing(&[OWNER, US, OTHER])
    } else {
        scene.knowing(&[OWNER, OTHER])
    }
}

/// We leave by ourselves.
pub(crate) fn leave() -> Scene {
    scene(LeaveMode::Leave)
}

/// The owner removes us.
pub(crate) fn remove() -> Scene {
    scene(LeaveMode::Remove)
}

/// The owner dissolves the organization.
pub(crate) fn dissolve() -> Scene {
    scene(LeaveMode::Dissolve)
}

impl Scene {
    pub(crate) fn own(mut self, own: OrganizationView) -> Self {
        self.observed.own = own;
        self
    }

    pub(crate) fn rows(self, rows: Vec<MemberRow>) -> Self {
        self.own(organization(rows))
    }

    /// The acting tenant is in no organization.
    pub(crate) fn outside(self) -> Self {
        self.own(OrganizationView::none())
    }

    pub(crate) fn request(mut self, request: JoinRequest) -> Self {
        self.observed.request = Some(request);
        self
    }

    pub(crate) fn knowing(mut self, tenants: &[TenantId]) -> Self {
        self.journal.membership = Some(membership(tenants));
        self
    }

    pub(crate) fn fresh(mut self) -> Self {
        self.journal = Journal::default();
        self
    }

    /// The service refused this write in the last delivery.
    pub(crate) fn refused(mut self, what: &str) -> Self {
        self.journal.refusal = Some(Refusal {
            what: what.to_owned(),
            status: Some(400),
            code: "Request_BadRequest".to_owned(),
            text: String::new(),
            request_id: None,
            seen: 0,
            since: NOW,
        });
        self
    }

    /// We deleted the rows of the two others.
    pub(crate) fn deleted_others(self) -> Self {
        self.wrote(REMOVE, Some(US), minutes(11)).wrote(REMOVE, Some(OTHER), minutes(11))
    }

    pub(crate) fn confirming(mut self, users: u64) -> Self {
        self.aim.confirmed_users = Some(users);
        self
    }

    pub(crate) fn cleaning(mut self, cleanup: Cleanup) -> Self {
        self.aim.cleanup = cleanup;
        self
    }

    pub(crate) fn external(mut self, tenants: &[TenantId]) -> Self {
        self.aim.ours.retain(|tenant| !tenants.contains(tenant));
        self
    }

    pub(crate) fn decide(&self) -> Decision {
        with_timing(|timing| decide(&self.aim, &self.observed, &self.journal, timing))
    }
}

/// The last look showed the removal of this one row.
pub(crate) fn leaving_key(tenant: TenantId) -> String {
    format!("being-removed: {tenant}")
}

pub(crate) fn membership(tenants: &[TenantId]) -> Membership {
    Membership { tenants: tenants.iter().copied().collect(), display_name: Some("Contoso group".to_owned()) }
}

pub(crate) fn check(scene: &Scene, expected: &str) {
    assert_eq!(line(&scene.decide().step), expected);
}

pub(crate) fn minutes(minutes: i64) -> Duration {
    Duration::minutes(minutes)
}
