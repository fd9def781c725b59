//! The provisioning log (6.12).

use std::collections::VecDeque;

use time::OffsetDateTime;
use uuid::Uuid;

use crate::world::World;

/// Retention with and without a premium licence.
const RETENTION_DAYS: (i64, i64) = (30, 7);

#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) number: u64,
    pub(crate) time: OffsetDateTime,
    pub(crate) principal: Uuid,
    pub(crate) job: std::sync::Arc<str>,
    pub(crate) cycle: Uuid,
    pub(crate) target_tenant: Uuid,
    /// The source user's number.
    pub(crate) source: u32,
    /// The target user's number, if there is one.
    pub(crate) target: Option<u32>,
    pub(crate) action: Action,
    pub(crate) status: Status,
    pub(crate) error: Option<(&'static str, String)>,
    /// Name, old and new value.
    pub(crate) modified: Vec<(String, Option<String>, Option<String>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Other,
    Create,
    Delete,
    Disable,
    Update,
    StagedDelete,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Success,
    Failure,
    Skipped,
}

impl Action {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::Create => "create",
            Self::Delete => "delete",
            Self::Disable => "disable",
            Self::Update => "update",
            Self::StagedDelete => "stagedDelete",
        }
    }
}

impl Status {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Skipped => "skipped",
        }
    }
}

/// The items of one source tenant, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Log {
    items: VecDeque<Item>,
    made: u64,
}

impl Log {
    pub(super) fn push(&mut self, mut item: Item, capacity: usize) {
        self.made += 1;
        item.number = self.made;
        if self.items.len() >= capacity.max(1) {
            self.items.pop_front();
        }
        self.items.push_back(item);
    }

    /// Newest first.
    fn after(&self, oldest: OffsetDateTime) -> impl Iterator<Item = &Item> {
        self.items.iter().rev().take_while(move |item| item.time > oldest)
    }
}

impl World {
    /// What is still kept, newest first.
    pub(crate) fn provisioning_log(&self, tenant: Uuid) -> Vec<&Item> {
        let Ok(tenant) = self.tenant(tenant) else { return Vec::new() };
        let days = if tenant.directory.premium { RETENTION_DAYS.0 } else { RETENTION_DAYS.1 };
        let oldest = self.now.checked_sub(time::Duration::days(days)).unwrap_or(self.now);
        tenant.provisioning_log.after(oldest).collect()
    }
}
