//! One ordered pair, for the synchronization of its users.

use mto_messages::{AutomaticUserConsentSettings, Journal, TenantId};

use super::fellows::{Relation, relation};
use super::{Observed, Plan, could_not_read, unfinished};
use crate::{Change, Decision, Partner, PartnerSettings, Reason, Step, Timing, Unreadable};

/// Whether users may go from one tenant to another.
#[derive(Debug)]
pub(crate) enum Standing {
    /// They may: both are fellows, and both sides allow it.
    Open,
    /// Not yet; this is the next step.
    Closed(Decision),
}

/// What synchronization from `source` to `target` needs: both fellows, outbound redemption in the source, inbound
/// redemption and synchronization in the target. Other settings are left alone.
pub(crate) fn open_direction(
    observed: &Observed,
    source: TenantId,
    target: TenantId,
    journal: &Journal,
    timing: &Timing<'_>,
) -> Standing {
    if let Some(decision) = not_fellows(observed, source, target, journal, timing) {
        return Standing::Closed(decision);
    }
    let mut plan = Plan::default();
    let record = |tenant, about| observed.seen(tenant).and_then(|side| side.partners.get(&about));
    plan.add(source, sending(target, record(source, target)), journal, timing);
    plan.add(target, receiving(source, record(target, source)), journal, timing);
    match unfinished(&plan, &[], &[], journal, timing) {
        _ if !plan.writes.is_empty() => Standing::Closed(Decision::just(Step::Act(plan.writes))),
        Some(step) => Standing::Closed(Decision::just(step)),
        None => Standing::Open,
    }
}

/// What to do instead of opening anything, where the two were not both seen as fellows; `None`: they were.
pub(crate) fn not_fellows(
    observed: &Observed,
    source: TenantId,
    target: TenantId,
    journal: &Journal,
    timing: &Timing<'_>,
) -> Option<Decision> {
    match relation(observed, source, target) {
        Relation::Fellows => None,
        Relation::Unclear(seen) => Some(Decision::wait(Reason::Unrecognised(seen))),
        Relation::Unread => Some(unread(observed, [source, target], journal, timing)),
        Relation::OnlyFor(_) | Relation::Strangers => {
            // Right after a join one of the lists may be an old one: it has to last.
            let settling = Reason::Settling("membership of both");
            let lasted = timing.waited_for(journal, &settling) >= timing.limits.confirm;
            let rejection = Reason::NotInOneOrganization { source, target };
            Some(if lasted { Decision::reject(rejection) } else { Decision::wait(settling) })
        }
    }
}

fn unread(observed: &Observed, tenants: [TenantId; 2], journal: &Journal, timing: &Timing<'_>) -> Decision {
    let unread: Vec<(TenantId, &Unreadable)> =
        tenants.into_iter().filter_map(|tenant| Some((tenant, observed.unreadable(tenant)?))).collect();
    let external = unread.iter().find(|(_, why)| **why == Unreadable::External);
    if let Some((tenant, _)) = external {
        let other = tenants.into_iter().find(|one| one != tenant).unwrap_or(*tenant);
        return Decision::reject(Reason::NotInOneOrganization { source: other, target: *tenant });
    }
    let momentary = could_not_read(&unread).into_iter().collect();
    let step = unfinished(&Plan::default(), &unread, &[], journal, timing);
    Decision { momentary, ..step.map_or_else(|| Decision::wait(Reason::OutOfTime), Decision::just) }
}

/// In the source: its users may go.
fn sending(partner: TenantId, seen: Option<&Partner>) -> Vec<Change> {
    consent(partner, seen, |seen| AutomaticUserConsentSettings { outbound_allowed: Some(true), ..seen })
}

/// In the target: they may come, and be synchronized. The policy needs a record first: it comes in the next round.
fn receiving(partner: TenantId, seen: Option<&Partner>) -> Vec<Change> {
    let mut changes =
        consent(partner, seen, |seen| AutomaticUserConsentSettings { inbound_allowed: Some(true), ..seen });
    if let Some(seen) = seen.filter(|seen| !seen.is_sync_allowed()) {
        changes.push(match seen.identity_synchronization {
            Some(_) => Change::UpdateIdentitySynchronization { partner, is_sync_allowed: true },
            None => Change::CreateIdentitySynchronization { partner, is_sync_allowed: true },
        });
    }
    changes
}

/// Sent whole: the other direction keeps the value that was seen.
fn consent(
    partner: TenantId,
    seen: Option<&Partner>,
    wanted: impl Fn(AutomaticUserConsentSettings) -> AutomaticUserConsentSettings,
) -> Vec<Change> {
    let old = seen.map(|seen| seen.automatic_user_consent_settings).unwrap_or_default();
    let new = wanted(old);
    let settings =
        PartnerSettings { automatic_user_consent_settings: Some(new), ..PartnerSettings::default() };
    match seen {
        None => vec![Change::CreatePartner { partner, settings }],
        Some(_) if new == old => Vec::new(),
        Some(_) => vec![Change::UpdatePartner { partner, settings }],
    }
}
