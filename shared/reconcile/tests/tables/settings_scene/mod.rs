//! Records, wishes and looks of settings.

use std::collections::BTreeMap;

use mto_messages::{AutomaticUserConsentSettings, InboundTrust, Journal, Names, TenantId, Waiting, Write};
use mto_reconcile::settings::{
    Aim, Among, Close, DirectConnect, Observed, Open, Side, WantedSettings, decide,
};
use mto_reconcile::{
    Access, Change, Decision, Finish, IdentitySynchronization, MemberRow, OrganizationView, Partner,
    PartnerSettings, Reading, Step, Timing, Unreadable,
};
use time::Duration;

use crate::support::*;

pub(crate) const CREATE: &str = "create-partner";
pub(crate) const UPDATE: &str = "update-partner";
pub(crate) const PUT: &str = "create-identity-synchronization";
pub(crate) const PATCH: &str = "update-identity-synchronization";

// Records

pub(crate) fn consent(inbound: Option<bool>, outbound: Option<bool>) -> AutomaticUserConsentSettings {
    AutomaticUserConsentSettings { inbound_allowed: inbound, outbound_allowed: outbound }
}

/// As wanted by default.
pub(crate) fn open() -> Partner {
    Partner {
        automatic_user_consent_settings: consent(Some(true), Some(true)),
        identity_synchronization: Some(IdentitySynchronization { is_sync_allowed: Some(true) }),
        ..Partner::default()
    }
}

/// As a join without templates leaves it.
pub(crate) fn blank() -> Partner {
    Partner { identity_synchronization: Some(IdentitySynchronization::default()), ..Partner::default() }
}

pub(crate) fn with_consent(inbound: Option<bool>, outbound: Option<bool>) -> Partner {
    Partner { automatic_user_consent_settings: consent(inbound, outbound), ..open() }
}

pub(crate) fn without_policy() -> Partner {
    Partner { identity_synchronization: None, ..open() }
}

pub(crate) fn with_policy(is_sync_allowed: Option<bool>) -> Partner {
    Partner { identity_synchronization: Some(IdentitySynchronization { is_sync_allowed }), ..open() }
}

pub(crate) fn trust(mfa: Option<bool>, device: Option<bool>) -> InboundTrust {
    InboundTrust { is_mfa_accepted: mfa, is_compliant_device_accepted: device, ..InboundTrust::default() }
}

pub(crate) fn with_trust(mfa: Option<bool>, device: Option<bool>) -> Partner {
    Partner { inbound_trust: Some(trust(mfa, device)), ..open() }
}

pub(crate) fn with_direct(inbound: Access, outbound: Access) -> Partner {
    Partner { b2b_direct_connect_inbound: inbound, b2b_direct_connect_outbound: outbound, ..open() }
}

// Wishes

pub(crate) fn nothing() -> WantedSettings {
    WantedSettings { automatic_redemption: false, inbound_sync: false, ..WantedSettings::default() }
}

pub(crate) fn wanting_trust(mfa: Option<bool>, device: Option<bool>) -> WantedSettings {
    WantedSettings { inbound_trust: Some(trust(mfa, device)), ..WantedSettings::default() }
}

pub(crate) fn wanting_direct(inbound: bool, outbound: bool) -> WantedSettings {
    let direct = DirectConnect { inbound, outbound };
    WantedSettings { b2b_direct_connect: Some(direct), ..WantedSettings::default() }
}

// Scenes

/// One look. The plain one: [`OWNER`]'s organization with [`US`] and [`OTHER`], everything open as wanted.
#[derive(Clone)]
pub(crate) struct Scene {
    pub(crate) aim: Aim,
    pub(crate) observed: Observed,
    pub(crate) journal: Journal,
}

pub(crate) const ALL: [TenantId; 3] = [OWNER, US, OTHER];

pub(crate) fn list() -> OrganizationView {
    organization(vec![owner(OWNER), active(US), active(OTHER)])
}

pub(crate) fn side(tenant: TenantId) -> Side {
    let partners = ALL.into_iter().filter(|one| *one != tenant).map(|one| (one, open())).collect();
    Side { own: list(), partners, templates: None }
}

pub(crate) fn mesh() -> Observed {
    Observed { sides: ALL.into_iter().map(|tenant| (tenant, Reading::Seen(side(tenant)))).collect() }
}

pub(crate) fn among(among: Among) -> Scene {
    let aim = Aim::Open(Open { among, wanted: BTreeMap::new() });
    Scene { aim, observed: mesh(), journal: Journal::default() }
}

pub(crate) fn of_organization() -> Scene {
    among(Among::Organization(OWNER))
}

/// [`OWNER`] as source, with these targets.
pub(crate) fn closing(targets: &[TenantId], both_directions: bool) -> Scene {
    let targets = targets.to_vec();
    let aim = Aim::Close(Close { source: OWNER, targets, both_directions, wanted: BTreeMap::new() });
    Scene { aim, observed: mesh(), journal: Journal::default() }
}

impl Scene {
    pub(crate) fn side(&mut self, tenant: TenantId) -> &mut Side {
        match self.observed.sides.get_mut(&tenant) {
            Some(Reading::Seen(side)) => side,
            other => panic!("not seen: {other:?}"),
        }
    }

    pub(crate) fn record(mut self, tenant: TenantId, about: TenantId, record: Option<Partner>) -> Self {
        let partners = &mut self.side(tenant).partners;
        match record {
            Some(record) => drop(partners.insert(about, record)),
            None => drop(partners.remove(&about)),
        }
        self
    }

    pub(crate) fn own(mut self, tenant: TenantId, own: OrganizationView) -> Self {
        self.side(tenant).own = own;
        self
    }

    pub(crate) fn listing(self, tenant: TenantId, rows: Vec<MemberRow>) -> Self {
        self.own(tenant, organization(rows))
    }

    pub(crate) fn unreadable(mut self, tenant: TenantId, why: Unreadable) -> Self {
        self.observed.sides.insert(tenant, Reading::Unreadable(why));
        self
    }

    pub(crate) fn wanting(mut self, tenant: TenantId, settings: WantedSettings) -> Self {
        match &mut self.aim {
            Aim::Open(Open { wanted, .. }) | Aim::Close(Close { wanted, .. }) => {
                wanted.insert(tenant, settings);
            }
        }
        self
    }

    pub(crate) fn interrupted(mut self, key: &str, ago: Duration) -> Self {
        self.journal.interrupted = Some(Waiting { key: key.to_owned(), since: NOW - ago });
        self
    }

    pub(crate) fn wrote(
        mut self,
        tenant: TenantId,
        what: &str,
        about: TenantId,
        ago: Duration,
        status: u16,
    ) -> Self {
        let write = Write { tenant, ..write(what, Some(about), ago, Some(status)) };
        self.journal.note_write(write);
        self
    }

    pub(crate) fn decide(&self) -> Decision {
        with_timing(|timing: &Timing<'_>| decide(&self.aim, &self.observed, &self.journal, timing))
    }

    pub(crate) fn line(&self) -> String {
        line(&self.decide().step)
    }

    /// The writes, as `tenant what`, and their changes.
    pub(crate) fn writes(&self) -> Vec<(TenantId, Change)> {
        let Step::Act(mutations) = self.decide().step else { panic!("it acts: {}", self.line()) };
        mutations.into_iter().map(|mutation| (mutation.tenant, mutation.change)).collect()
    }

    /// The one update of a record.
    pub(crate) fn update(&self) -> PartnerSettings {
        match self.writes().as_slice() {
            [(_, Change::UpdatePartner { settings, .. } | Change::CreatePartner { settings, .. })] => {
                settings.clone()
            }
            other => panic!("one update: {other:?}"),
        }
    }

    /// What was found, and the notes of a success.
    pub(crate) fn told(&self) -> String {
        let decision = self.decide();
        let found = decision.found.iter().chain(&decision.momentary).map(|note| note.text(&Names::default()));
        found.chain(notes(&decision)).collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn summary(&self) -> String {
        let step = self.decide().step;
        let Step::Finish(Finish::Succeeded { summary, .. }) = step else { panic!("succeeded: {step:?}") };
        summary
    }
}
