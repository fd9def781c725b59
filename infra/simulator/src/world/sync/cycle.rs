//! What a cycle looks at: scope, candidates, and whether it may run at all (5.6, 6.8).

use std::collections::BTreeSet;

use time::OffsetDateTime;
use uuid::Uuid;

use super::application::{Assignee, Principal};
use super::job::Job;
use super::provision::{Wanted, Work};
use super::quarantine::Cause;
use super::rules::Rules;
use crate::world::directory::Directory;
use crate::world::directory::user::{Life, User};
use crate::world::policy::Policy;
use crate::world::{Refusal, World};

/// The code of a policy that does not permit synchronization (6.11).
pub(crate) const POLICY_FAILURE: &str = "AzureDirectoryB2BManagementPolicyCheckFailure";
const POLICY_TEXT: &str = "Policy permitting auto-redemption of invitations not configured.";

/// Who a job synchronizes.
pub(super) struct Scope {
    /// By number; all where everybody is in scope.
    assigned: Option<Vec<bool>>,
    /// The source directory's version when that changed last.
    version: u64,
}

impl Scope {
    pub(super) fn of(source: &Directory, principal: &Principal, all: bool) -> Self {
        if all {
            return Self { assigned: None, version: 0 };
        }
        let mut version = principal.assignments_version;
        let mut assigned = vec![false; source.users.len()];
        let mut mark = |number: u32| {
            if let Some(place) = usize::try_from(number).ok().and_then(|number| assigned.get_mut(number)) {
                *place = true;
            }
        };
        for assignment in principal.assignments.values() {
            match assignment.who {
                Assignee::User(number) => mark(number),
                // direct members only: groups inside are passed over (6.8)
                Assignee::Group(number) => {
                    if let Some(group) = source.groups.get(usize::try_from(number).unwrap_or(usize::MAX)) {
                        version = version.max(group.version);
                        if !group.deleted {
                            group.users.iter().copied().for_each(&mut mark);
                        }
                    }
                }
            }
        }
        Self { assigned: Some(assigned), version }
    }

    fn holds(&self, number: u32) -> bool {
        let Some(assigned) = &self.assigned else { return true };
        usize::try_from(number).ok().and_then(|number| assigned.get(number)).copied().unwrap_or(false)
    }

    /// In scope; everybody means everybody internal.
    fn wants(&self, number: u32, user: &User) -> bool {
        self.holds(number) && !(user.is_external() && self.is_everybody())
    }

    fn is_everybody(&self) -> bool {
        self.assigned.is_none()
    }

    /// Active users in scope.
    pub(super) fn size(&self, source: &Directory) -> usize {
        let counts = |(number, user): &(u32, &User)| user.is_active() && self.wants(*number, user);
        source.numbered().filter(counts).count()
    }
}

/// The users a cycle has to look at, in the order of their numbers.
pub(super) fn candidates(source: &Directory, job: &Job, scope: &Scope, now: OffsetDateTime) -> Vec<u32> {
    let linked = |number: u32| job.links.get(&number).is_some_and(|link| !link.deleted);
    let Some(watermark) = job.watermark else {
        let all = source.numbered().filter(|(number, user)| {
            (user.life != Life::Gone && scope.wants(*number, user)) || linked(*number)
        });
        return all.map(|(number, _)| number).collect();
    };
    let mut found = BTreeSet::new();
    if source.version > watermark {
        let changed = source.numbered().filter(|(_, user)| user.version > watermark);
        let concerns = |(number, user): &(u32, &User)| scope.wants(*number, user) || linked(*number);
        found.extend(changed.filter(concerns).map(|(number, _)| number));
    }
    if scope.version > watermark {
        let moved = source.numbered().map(|(number, _)| number);
        found.extend(moved.filter(|number| scope.holds(*number) != linked(*number)));
    }
    found.extend(job.escrows.iter().filter(|(_, escrow)| escrow.next_at <= now).map(|(number, _)| *number));
    found.into_iter().collect()
}

/// Why a user of this kind is never a source (6.8).
fn unsuitable(user: &User, internal_guests: bool) -> Option<&'static str> {
    if user.is_external() {
        Some("External users are not synchronized.")
    } else if user.sms {
        Some("Users who sign in by text message are not synchronized.")
    } else if !user.member && !internal_guests {
        Some("Internal guests are not synchronized.")
    } else {
        None
    }
}

/// What is to become of one user.
pub(super) fn work(
    source: &Directory,
    number: u32,
    scope: &Scope,
    rules: &Rules,
    guests: bool,
) -> Option<Work> {
    let user = source.user(number)?;
    let wanted = match (user.life, unsuitable(user, guests)) {
        (Life::Deleted(_) | Life::Gone, _) => Wanted::Deleted,
        (Life::Active, _) if !scope.holds(number) => Wanted::OutOfScope,
        // everybody means everybody internal: nobody asked for these by name
        (Life::Active, _) if user.is_external() && scope.is_everybody() => Wanted::OutOfScope,
        (Life::Active, Some(reason)) => Wanted::Unsuitable(reason),
        (Life::Active, None) if !rules.admits(&user.base, user.enabled) => Wanted::OutOfScope,
        (Life::Active, None) => Wanted::Provisioned,
    };
    Some(Work { number, base: user.base.clone(), enabled: user.enabled, manager: user.manager(), wanted })
}

fn consents(policy: &Policy, partner: Uuid, direction: &str) -> bool {
    let found = policy
        .partners
        .get(&partner)
        .and_then(|partner| partner.values.get("automaticUserConsentSettings")?.get(direction)?.as_bool());
    found.unwrap_or(false)
}

fn sync_allowed(policy: &Policy, partner: Uuid) -> bool {
    let identity = policy.partners.get(&partner).and_then(|partner| partner.identity.as_ref());
    let allowed =
        identity.and_then(|identity| identity.get("userSyncInbound")?.get("isSyncAllowed")?.as_bool());
    allowed.unwrap_or(false) // absent is not allowed (5.5)
}

impl World {
    /// Whether both sides permit synchronization; the code without a sync policy is (unverified).
    pub(crate) fn permits_sync(&self, source: Uuid, target: Uuid) -> bool {
        let (Ok(from), Ok(to)) = (self.tenant(source), self.tenant(target)) else { return false };
        source != target
            && consents(&from.policy, target, "outboundAllowed")
            && consents(&to.policy, source, "inboundAllowed")
            && sync_allowed(&to.policy, source)
    }

    /// validateCredentials (6.3): the status is (unverified).
    pub(crate) fn validate_sync(
        &self,
        source: Uuid,
        target: Option<Uuid>,
        kind: &str,
    ) -> Result<(), Refusal> {
        let refused = |code, text: &str| Refusal::Other { status: 400, code, text: text.to_owned() };
        if !kind.eq_ignore_ascii_case("SyncPolicy") {
            return Err(refused("InvalidCredentials", "AuthenticationType has to be SyncPolicy.")); // (unverified)
        }
        let target =
            target.ok_or_else(|| refused("InvalidCredentials", "CompanyId has to name a tenant."))?;
        if self.permits_sync(source, target) { Ok(()) } else { Err(refused(POLICY_FAILURE, POLICY_TEXT)) }
    }

    /// The target, or why there can be no cycle.
    pub(super) fn sync_target(&self, source: Uuid, principal: &Principal) -> Result<Uuid, Cause> {
        let kind = principal.secret("AuthenticationType").unwrap_or_default();
        let target = principal.target().filter(|_| kind.eq_ignore_ascii_case("SyncPolicy"));
        let text = "The secrets AuthenticationType and CompanyId are not set.";
        let target = target.ok_or_else(|| Cause::exception("InvalidCredentials", text))?;
        if self.permits_sync(source, target) {
            Ok(target)
        } else {
            Err(Cause::exception(POLICY_FAILURE, POLICY_TEXT))
        }
    }
}
