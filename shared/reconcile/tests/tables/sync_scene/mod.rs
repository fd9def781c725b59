//! Configurations, jobs and looks of the synchronization of users.

use std::collections::{BTreeMap, BTreeSet};

use mto_messages::{Journal, Scope, TenantId, UserType};
use mto_reconcile::sync::{
    Action, Aim, Assignment, Configuration, Configure, Direction, Execution, Job, JobCode, OUR_TAG, Observed,
    Preflight, Quarantine, Schema, Unshare, decide,
};
use mto_reconcile::{Decision, OrganizationView, Partner, Reading, Unreadable, settings};
use time::Duration;
use uuid::Uuid;

use crate::settings_scene::side;
use crate::support::*;

pub(crate) const GROUP: Uuid = Uuid::from_u128(0x9);
pub(crate) const USER: Uuid = Uuid::from_u128(0x5);
pub(crate) const ASSIGNED: &str = "mto-functions:scope=assigned";
pub(crate) const EVERYONE: &str = "mto-functions:scope=everyone";
pub(crate) const MOMENT: Duration = Duration::seconds(5);
pub(crate) const HOUR: Duration = Duration::hours(1);

// What is seen

/// Ours, with the group assigned and its secrets set, and with a steady job.
pub(crate) fn steady() -> Configuration {
    let assigned = Assignment { id: "a".to_owned(), is_group: true };
    Configuration {
        id: Uuid::from_u128(1),
        app_id: Uuid::from_u128(0x11),
        tags: tags(&[OUR_TAG, ASSIGNED]),
        app_role: Some(Uuid::from_u128(0x7)),
        assignments: BTreeMap::from([(GROUP, assigned)]),
        job: Some(job()),
        schema: None,
    }
}

/// As it is made.
pub(crate) fn fresh() -> Configuration {
    Configuration { tags: BTreeSet::new(), assignments: BTreeMap::new(), job: None, ..steady() }
}

pub(crate) fn tags(tags: &[&str]) -> BTreeSet<String> {
    tags.iter().map(|tag| (*tag).to_owned()).collect()
}

pub(crate) fn numbered(number: u128, configuration: Configuration) -> Configuration {
    Configuration { id: Uuid::from_u128(number), ..configuration }
}

/// A cycle ended a minute ago.
pub(crate) fn job() -> Job {
    Job {
        id: "job".to_owned(),
        is_enabled: true,
        code: JobCode::Active,
        steady_since: Some(NOW - HOUR * 24),
        quarantine: None,
        last: Some(cycle(Duration::minutes(2))),
        in_scope: Some(3),
        users: 3,
    }
}

/// Began so long ago, and lasted a minute.
pub(crate) fn cycle(ago: Duration) -> Execution {
    Execution {
        began: Some(NOW - ago),
        ended: Some(NOW - ago + Duration::minutes(1)),
        has_failed: false,
        imported: 3,
        escrowed: 0,
        error: None,
    }
}

pub(crate) fn with_job(change: impl FnOnce(&mut Job)) -> Configuration {
    let mut job = job();
    change(&mut job);
    Configuration { job: Some(job), ..steady() }
}

pub(crate) fn with_job_of(configuration: Configuration, change: impl FnOnce(&mut Job)) -> Configuration {
    let mut job = configuration.job.clone();
    job.as_mut().map(change);
    Configuration { job, ..configuration }
}

/// Never started.
pub(crate) fn new_job() -> Configuration {
    with_job(|job| {
        *job = Job {
            is_enabled: false,
            code: JobCode::Paused,
            steady_since: None,
            last: None,
            in_scope: None,
            users: 0,
            ..job.clone()
        };
    })
}

pub(crate) fn quarantined(reason: &str, code: &str) -> Configuration {
    let (reason, code) = (reason.to_owned(), Some(code.to_owned()));
    with_job(|job| job.quarantine = Some(Quarantine { reason, code, message: None }))
}

pub(crate) fn about_settings() -> Configuration {
    quarantined("EncounteredQuarantineException", "AzureDirectoryB2BManagementPolicyCheckFailure")
}

pub(crate) fn without_secrets() -> Configuration {
    quarantined("EncounteredQuarantineException", "InvalidCredentials")
}

pub(crate) fn held_back() -> Configuration {
    quarantined("TooManyDeletes", "TooManyDeletes")
}

pub(crate) fn schema(user_type: UserType, always: bool) -> Schema {
    Schema { user_type: Some(user_type), always, whole: serde_json::Map::new() }
}

pub(crate) fn counting(new: u64, leaving: u64) -> Preflight {
    Preflight { in_scope: new + 1, new, leaving, ..Preflight::default() }
}

pub(crate) fn paused() -> Configuration {
    with_job(|job| job.is_enabled = false)
}

// Scenes

/// One look, from [`US`] to [`OTHER`]. The plain one: everything as wanted, the group in scope.
#[derive(Clone)]
pub(crate) struct Scene {
    pub(crate) aim: Aim,
    pub(crate) observed: Observed,
    pub(crate) journal: Journal,
}

impl Remembers for Scene {
    fn journal(&mut self) -> &mut Journal {
        &mut self.journal
    }
}

pub(crate) fn scene(action: Action) -> Scene {
    let sides = [US, OTHER].map(|tenant| (tenant, Reading::Seen(side(tenant))));
    let observed = Observed {
        sides: settings::Observed { sides: BTreeMap::from(sides) },
        forward: Reading::Seen(Direction { configurations: vec![steady()] }),
        backward: Reading::NotNeeded,
        preflight: None,
    };
    Scene { aim: Aim { source: US, target: OTHER, action }, observed, journal: Journal::default() }
}

pub(crate) fn group() -> Scope {
    Scope { groups: vec![GROUP], ..Scope::default() }
}

pub(crate) fn configure() -> Scene {
    configuring(Configure { scope: group(), user_type: None, confirmed_users: None })
}

pub(crate) fn configuring(configure: Configure) -> Scene {
    scene(Action::Configure(configure))
}

pub(crate) fn scoped(scope: Scope) -> Scene {
    configuring(Configure { scope, user_type: None, confirmed_users: None })
}

pub(crate) fn everyone() -> Scope {
    Scope { everyone: true, ..Scope::default() }
}

pub(crate) fn typed(user_type: UserType) -> Scene {
    configuring(Configure { scope: group(), user_type: Some(user_type), confirmed_users: None })
}

pub(crate) fn confirming(users: u64) -> Scene {
    configuring(Configure { scope: group(), user_type: None, confirmed_users: Some(users) })
}

pub(crate) fn unshare() -> Scene {
    unsharing(false, None)
}

pub(crate) fn unsharing(both_directions: bool, confirmed_users: Option<u64>) -> Scene {
    scene(Action::Unshare(Unshare { both_directions, confirmed_users, wanted: BTreeMap::new() }))
}

pub(crate) fn restart(confirmed_users: Option<u64>) -> Scene {
    scene(Action::Restart { confirmed_users })
}

impl Scene {
    pub(crate) fn with(mut self, configurations: &[Configuration]) -> Self {
        self.observed.forward = Reading::Seen(Direction { configurations: configurations.to_vec() });
        self
    }

    pub(crate) fn back(mut self, configurations: &[Configuration]) -> Self {
        self.observed.backward = Reading::Seen(Direction { configurations: configurations.to_vec() });
        self
    }

    pub(crate) fn forward(mut self, why: Unreadable) -> Self {
        self.observed.forward = Reading::Unreadable(why);
        self
    }

    pub(crate) fn counted(mut self, preflight: Preflight) -> Self {
        self.observed.preflight = Some(preflight);
        self
    }

    pub(crate) fn record(mut self, tenant: TenantId, record: Partner) -> Self {
        let about = if tenant == US { OTHER } else { US };
        if let Some(Reading::Seen(side)) = self.observed.sides.sides.get_mut(&tenant) {
            side.partners.insert(about, record);
        }
        self
    }

    pub(crate) fn apart(mut self) -> Self {
        for reading in self.observed.sides.sides.values_mut() {
            if let Reading::Seen(side) = reading {
                side.own = OrganizationView::none();
            }
        }
        self
    }

    pub(crate) fn unread(mut self, tenant: TenantId, why: Unreadable) -> Self {
        self.observed.sides.sides.insert(tenant, Reading::Unreadable(why));
        self
    }

    /// This write was accepted.
    pub(crate) fn made(self, what: &str, ago: Duration) -> Self {
        self.wrote(what, Some(OTHER), ago)
    }

    /// Nobody knows what became of this write.
    pub(crate) fn tried(self, what: &str, ago: Duration) -> Self {
        self.answered(what, Some(OTHER), ago, None)
    }

    /// What keeps it from looking.
    pub(crate) fn interrupted(mut self, key: &str, ago: Duration) -> Self {
        self.journal.interrupted = Some(waiting(key, ago));
        self
    }

    pub(crate) fn decide(&self) -> Decision {
        with_timing(|timing| decide(&self.aim, &self.observed, &self.journal, timing))
    }
}

#[track_caller]
pub(crate) fn check(scene: &Scene, expected: &str) {
    assert_eq!(line(&scene.decide().step), expected);
}

pub(crate) fn denied() -> Unreadable {
    Unreadable::Denied("403".to_owned())
}

pub(crate) fn away() -> Unreadable {
    Unreadable::Unreachable("503".to_owned())
}
