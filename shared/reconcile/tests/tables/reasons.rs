//! Every reason says what is the matter and what to do, to programs and to people.

use std::collections::BTreeSet;

use crate::support::*;
use mto_messages::{Names, Role};
use mto_reconcile::sync::{Quarantine, SyncReason};
use mto_reconcile::{Change, JoinFailure, Reason};

/// The codes programs may rely on: one may be added, none may go.
const CODES: &str = include_str!("golden/reasons.txt");

fn names() -> Names {
    [(US, "Fabrikam"), (OWNER, "Contoso"), (OTHER, "Northwind")]
        .map(|(tenant, name)| (tenant, name.to_owned()))
        .into_iter()
        .collect()
}

/// One of each kind. A new kind makes [`about`] fail to compile: it belongs here too.
fn all() -> Vec<Reason> {
    let words = || "the service's words".to_owned();
    let failed = |cause| Reason::JoinFailed { details: words(), cause };
    vec![
        Reason::CreationNotVisible,
        Reason::OwnerHasNoOrganization(OWNER),
        Reason::NotAddedYet { tenant: US, owner: OWNER },
        Reason::Joining(OWNER),
        Reason::BeingRemoved(vec![US]),
        Reason::RoleChanging(vec![US]),
        Reason::WaitingForMembers(vec![US, OTHER]),
        Reason::Settling("join request"),
        Reason::PausingAfterFailure(words()),
        Reason::OwnerIsNoOwner(OWNER),
        Reason::OwnerUnreachable(OWNER, words()),
        Reason::Unrecognised(words()),
        Reason::Unavailable(US, words()),
        Reason::Throttled(US),
        Reason::OutOfTime,
        Reason::Refused {
            what: "add-tenant".to_owned(),
            about: Some(US),
            status: Some(400),
            code: "Request_BadRequest".to_owned(),
            text: words(),
        },
        Reason::Denied(US, words()),
        Reason::SameTenant(US),
        Reason::InAnotherOrganization(US),
        Reason::JoinElsewhere { tenant: US, owner: OTHER },
        Reason::RemovedMeanwhile { tenant: US, owner: OWNER },
        Reason::NotAnOwner(OWNER),
        Reason::LastOwner(OWNER),
        Reason::OwnerElsewhere { tenant: US, owner: OWNER },
        Reason::NotInOneOrganization { source: US, target: OTHER },
        Reason::NotConfirmed { tenant: US, given: Some("Northwind".to_owned()) },
        Reason::Sync(SyncReason::Synchronizing { target: US, done: 3, of: Some(4) }),
        Reason::Sync(SyncReason::TakingBack { target: US, left: 3 }),
        Reason::Sync(SyncReason::Quarantined {
            target: US,
            quarantine: Quarantine { reason: "TooManyDeletes".to_owned(), code: None, message: None },
            takes_back: false,
        }),
        Reason::Sync(SyncReason::TooManyUsers { new: 501, leaving: 0, threshold: 500, confirmed: None }),
        Reason::Sync(SyncReason::StoppedMeanwhile { source: US, target: OTHER }),
        Reason::Sync(SyncReason::ChangedMeanwhile { source: US, target: OTHER }),
        Reason::Sync(SyncReason::NoSynchronization { source: US, target: OTHER }),
        Reason::Invalid { field: "data.owner".to_owned(), problem: words(), remedy: words() },
        failed(JoinFailure::Full { active: 100 }),
        failed(JoinFailure::NotAdded(OWNER)),
        failed(JoinFailure::NothingVisible),
        failed(JoinFailure::OwnerNotReadable(OWNER)),
    ]
}

/// The tenants each kind is about.
fn about(reason: &Reason) -> Vec<mto_messages::TenantId> {
    match reason {
        Reason::OwnerHasNoOrganization(tenant)
        | Reason::Joining(tenant)
        | Reason::OwnerIsNoOwner(tenant)
        | Reason::OwnerUnreachable(tenant, _)
        | Reason::Unavailable(tenant, _)
        | Reason::Throttled(tenant)
        | Reason::Denied(tenant, _)
        | Reason::SameTenant(tenant)
        | Reason::InAnotherOrganization(tenant)
        | Reason::NotAnOwner(tenant)
        | Reason::LastOwner(tenant)
        | Reason::NotConfirmed { tenant, .. } => vec![*tenant],
        Reason::Sync(
            SyncReason::Synchronizing { target, .. }
            | SyncReason::TakingBack { target, .. }
            | SyncReason::Quarantined { target, .. },
        ) => vec![*target],
        Reason::NotInOneOrganization { source, target }
        | Reason::Sync(
            SyncReason::StoppedMeanwhile { source, target }
            | SyncReason::ChangedMeanwhile { source, target }
            | SyncReason::NoSynchronization { source, target },
        ) => vec![*source, *target],
        Reason::NotAddedYet { tenant, owner }
        | Reason::JoinElsewhere { tenant, owner }
        | Reason::RemovedMeanwhile { tenant, owner }
        | Reason::OwnerElsewhere { tenant, owner } => vec![*tenant, *owner],
        Reason::BeingRemoved(tenants)
        | Reason::RoleChanging(tenants)
        | Reason::WaitingForMembers(tenants) => tenants.clone(),
        Reason::Refused { about, .. } => about.iter().copied().collect(),
        Reason::JoinFailed { cause, .. } => match cause {
            JoinFailure::NotAdded(owner) | JoinFailure::OwnerNotReadable(owner) => vec![*owner],
            JoinFailure::Full { .. } | JoinFailure::NothingVisible => Vec::new(),
        },
        Reason::CreationNotVisible
        | Reason::Settling(_)
        | Reason::PausingAfterFailure(_)
        | Reason::Unrecognised(_)
        | Reason::OutOfTime
        | Reason::Sync(SyncReason::TooManyUsers { .. })
        | Reason::Invalid { .. } => Vec::new(),
    }
}

#[test]
fn every_reason_has_a_text_and_a_remedy() {
    for reason in all() {
        let explanation = reason.explain(&names());
        assert_eq!(explanation.code, reason.code());
        assert!(!explanation.text.trim().is_empty(), "{reason:?}");
        assert!(!explanation.remedy.trim().is_empty(), "{reason:?}");
    }
}

#[test]
fn once_it_has_expired_there_is_something_to_do() {
    for reason in all() {
        let remedy = reason.remedy_when_expired(&names());
        assert!(!remedy.trim().is_empty() && !remedy.starts_with("nothing"), "{reason:?}");
    }
}

#[test]
fn texts_name_tenants_as_the_directory_does() {
    for reason in all() {
        let text = reason.text(&names());
        for tenant in about(&reason) {
            assert!(text.contains(&names().of(tenant)), "{text}");
        }
    }
}

#[test]
fn a_tenant_without_a_name_is_told_by_its_id() {
    let text = Reason::Joining(FOURTH).text(&names());
    assert!(text.contains(&FOURTH.to_string()), "{text}");
}

#[test]
fn remedies_name_tenants_as_the_directory_does() {
    let reason = Reason::NotAddedYet { tenant: US, owner: OWNER };
    let remedy = reason.remedy(&names());
    assert!(remedy.contains("Fabrikam") && remedy.contains("Contoso"), "{remedy}");
    assert!(remedy.contains("mto.add.v1"), "{remedy}");
}

#[test]
fn what_the_service_refused_is_mended_at_its_cause_and_not_looked_up_where_it_does_not_stand() {
    let refused = all().into_iter().find(|reason| reason.code() == "refused").unwrap();
    let remedy = refused.remedy(&names());
    assert!(remedy.contains("cause that the service names") && remedy.contains("request-ids"), "{remedy}");
    assert!(!remedy.contains("docs/"), "who reads a ticket has no repository: {remedy}");
}

#[test]
fn codes_are_the_golden_ones() {
    let codes: BTreeSet<_> = all().iter().map(Reason::code).collect();
    assert_eq!(codes, CODES.lines().collect::<BTreeSet<_>>());
}

#[test]
fn codes_tell_kinds_apart() {
    let mut kinds = all();
    kinds.dedup_by_key(|reason| std::mem::discriminant(reason));
    let codes: BTreeSet<_> = kinds.iter().map(Reason::code).collect();
    assert_eq!(codes.len(), kinds.len());
}

#[test]
fn codes_are_words_with_hyphens() {
    for code in CODES.lines() {
        let word = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
        assert!(code.split('-').all(word), "{code}");
    }
}

#[test]
fn a_wait_for_other_tenants_is_the_same_wait() {
    let (some, others) = (Reason::WaitingForMembers(vec![US, OTHER]), Reason::WaitingForMembers(vec![US]));
    assert_eq!(some.key(), others.key());
    assert_ne!(Reason::Settling("membership").key(), Reason::Settling("join request").key());
}

#[test]
fn the_removal_of_one_tenant_is_told_from_those_of_others() {
    let of = |tenants: &[mto_messages::TenantId]| Reason::BeingRemoved(tenants.to_vec()).key();
    assert_ne!(of(&[US]), of(&[OTHER]));
    assert_ne!(of(&[US]), of(&[US, OTHER]));
    assert_eq!(of(&[US, OTHER]), of(&[OTHER, US]));
}

#[test]
fn many_tenants_are_counted_not_listed() {
    let text = Reason::WaitingForMembers((1..=50).map(tenant).collect()).text(&Names::default());
    assert!(text.contains("45 more"), "{text}");
}

#[test]
fn what_others_write_is_clipped_and_cleaned() {
    let long = format!("first line\n\u{0}{}", "x".repeat(5_000));
    let reasons = [
        Reason::OwnerUnreachable(OWNER, long.clone()),
        Reason::Unavailable(OWNER, long.clone()),
        Reason::Unrecognised(long.clone()),
        Reason::Denied(OWNER, long.clone()),
        Reason::PausingAfterFailure(long.clone()),
        Reason::Invalid { field: long.clone(), problem: long.clone(), remedy: "-".to_owned() },
        Reason::JoinFailed { details: long.clone(), cause: JoinFailure::NothingVisible },
        Reason::Refused {
            what: "add-tenant".to_owned(),
            about: None,
            status: None,
            code: long.clone(),
            text: long,
        },
    ];
    for reason in reasons {
        let text = reason.text(&names());
        assert!(text.chars().count() < 1_000, "{} characters of {}", text.len(), reason.code());
        assert!(!text.contains(char::is_control), "{text:?}");
    }
}

#[test]
fn a_failure_without_words_says_so() {
    assert!(Reason::PausingAfterFailure(" ".to_owned()).text(&names()).contains("no details given"));
}

// Writes

#[test]
fn every_write_of_a_plan_says_what_it_does() {
    let writes = [
        (
            Change::CreateOrganization { display_name: "Contoso group".to_owned(), description: None },
            "create the multi-tenant organization \"Contoso group\"",
        ),
        (
            Change::UpdateOrganization { display_name: None, description: None },
            "change the organization's name or description",
        ),
        (
            Change::AddTenant { tenant: US, display_name: "Fabrikam".to_owned(), role: Role::Owner },
            &format!("add {} as owner", names().of(US)),
        ),
        (Change::ChangeRole { tenant: US, role: Role::Member }, &format!("make {} member", names().of(US))),
        (
            Change::RequestJoin { owner: OWNER },
            &format!("ask to join the organization of {}", names().of(OWNER)),
        ),
        (Change::ResetJoin, "reset the failed join request"),
    ];
    for (write, text) in writes {
        let planned = write.clone().within(US).planned(&names());
        assert_eq!(
            (planned.tenant, planned.what.as_str(), planned.text.as_str()),
            (Some(US), write.what(), text)
        );
    }
}

#[test]
fn the_operations_guide_says_what_to_do_about_every_reason() {
    let guide = include_str!("../../../../docs/operations.md");
    for code in CODES.lines() {
        assert!(guide.contains(&format!("`{code}`")), "docs/operations.md lacks {code}");
    }
}
