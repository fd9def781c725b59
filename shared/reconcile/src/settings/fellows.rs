//! Who may open something towards whom.

use mto_messages::TenantId;

use super::Observed;
use crate::{MemberState, OrganizationState};

/// How two tenants stand to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Relation {
    /// Each lists the other, and itself, as active in an active organization.
    Fellows,
    /// Only this one does.
    OnlyFor(TenantId),
    /// None does, or one does not and the other could not be asked.
    Strangers,
    /// It cannot be told, because this release does not know what is seen.
    Unclear(String),
    /// It cannot be told, because one of them was not read and the other one does.
    Unread,
}

/// What one side says.
enum Word {
    Yes,
    No,
    Unclear(String),
    Unread,
}

/// How two tenants stand to each other, as both say in one look.
pub(super) fn relation(observed: &Observed, one: TenantId, other: TenantId) -> Relation {
    match (word(observed, one, other), word(observed, other, one)) {
        (Word::Yes, Word::Yes) => Relation::Fellows,
        (Word::Yes, Word::No) => Relation::OnlyFor(one),
        (Word::No, Word::Yes) => Relation::OnlyFor(other),
        (Word::No, _) | (_, Word::No) => Relation::Strangers,
        (Word::Unread, _) | (_, Word::Unread) => Relation::Unread,
        (Word::Unclear(seen), Word::Yes | Word::Unclear(_)) | (Word::Yes, Word::Unclear(seen)) => {
            Relation::Unclear(seen)
        }
    }
}

fn word(observed: &Observed, viewer: TenantId, other: TenantId) -> Word {
    let Some(side) = observed.seen(viewer) else { return Word::Unread };
    match &side.own.state {
        OrganizationState::Inactive => return Word::No,
        OrganizationState::Unrecognised(state) => {
            return Word::Unclear(format!("organization state \"{state}\" in {viewer}"));
        }
        OrganizationState::Active => {}
    }
    for tenant in [viewer, other] {
        let Some(row) = side.own.row(tenant) else { return Word::No };
        if row.is_leaving() {
            return Word::No;
        }
        if let Some(unknown) = row.unknown() {
            return Word::Unclear(format!("{unknown} of {tenant} in {viewer}"));
        }
        if row.state != MemberState::Active {
            return Word::No;
        }
    }
    Word::Yes
}
