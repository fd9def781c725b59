//! What a join looks at.

use std::collections::BTreeMap;

use crate::support::*;
use mto_messages::{Journal, Scope, SyncWish, TemplateValues, Templates, TenantId};
use mto_reconcile::join::{Aim, Observed, SyncAim, decide};
use mto_reconcile::{
    Decision, JoinRequest, MemberRow, OrganizationView, OwnerView, Reading, Role, Unreadable,
};

pub(crate) const REQUEST: &str = "request-join";
pub(crate) const RESET: &str = "reset-join";
pub(crate) const PAUSE: &str = "pausing-after-failure";
pub(crate) const VANISHED: &str = "settling: row in the owner's list";
pub(crate) const NO_OWNER: &str = "settling: owner in the list";

/// One look. The plain one: the owner lists us as pending and we have not asked.
pub(crate) type Scene = OneLook<Aim, Observed>;

pub(crate) fn scene() -> Scene {
    Scene {
        aim: Aim { tenant: US, owner: OWNER, templates: None, sync: None },
        observed: Observed {
            own: OrganizationView::none(),
            request: JoinRequest::default(),
            owner: listed(pending(US)),
            templates: None,
        },
        journal: Journal::default(),
    }
}

pub(crate) fn listed(row: MemberRow) -> Reading<OwnerView> {
    Reading::Seen(OwnerView::InOne { role: None, row: Some(row), active: None })
}

/// The owner's list without us, read by somebody of that role.
pub(crate) fn not_listed(role: Option<Role>) -> Reading<OwnerView> {
    Reading::Seen(OwnerView::InOne { role, row: None, active: Some(3) })
}

pub(crate) fn unreadable(why: Unreadable) -> Reading<OwnerView> {
    Reading::Unreadable(why)
}

impl Scene {
    pub(crate) fn own(mut self, own: OrganizationView) -> Self {
        self.observed.own = own;
        self
    }

    /// We are in the organization of these rows.
    pub(crate) fn inside(self, rows: Vec<MemberRow>) -> Self {
        let mut scene = self.own(organization(rows));
        scene.observed.owner = Reading::NotNeeded;
        scene
    }

    pub(crate) fn request(mut self, request: JoinRequest) -> Self {
        self.observed.request = request;
        self
    }

    pub(crate) fn owner(mut self, owner: Reading<OwnerView>) -> Self {
        self.observed.owner = owner;
        self
    }

    pub(crate) fn owned_by(mut self, owner: TenantId) -> Self {
        self.aim.owner = owner;
        self
    }

    pub(crate) fn templates(mut self, wanted: Templates, seen: TemplateValues) -> Self {
        self.aim.templates = Some(wanted);
        self.observed.templates = Some(seen);
        self
    }

    pub(crate) fn syncing(mut self, wish: SyncWish, scopes: &[(TenantId, Scope)]) -> Self {
        self.aim.sync = Some(SyncAim { wish, scopes: scopes.iter().cloned().collect::<BTreeMap<_, _>>() });
        self
    }

    pub(crate) fn decide(&self) -> Decision {
        with_timing(|timing| decide(&self.aim, &self.observed, &self.journal, timing))
    }
}

pub(crate) fn check(scene: &Scene, expected: &str) {
    assert_eq!(line(&scene.decide().step), expected);
}
