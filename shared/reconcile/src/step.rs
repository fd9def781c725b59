//! The next thing to do.

use std::hash::{DefaultHasher, Hash, Hasher};

use mto_messages::{CommandData, Membership, TenantId};
use serde::Serialize;
use time::OffsetDateTime;

use crate::{Change, Mutation, Note, Reason};

/// What a verb decides at one look.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The next thing to do.
    pub step: Step,
    /// Commands that are due now. The caller posts those it has not posted yet.
    pub children: Vec<Child>,
    /// What was found on the way and will not show any more at the end; told with the last outcome.
    pub found: Vec<Note>,
    /// What this look shows and a later one may not: told with every word about it but a success.
    pub momentary: Vec<Note>,
}

impl Decision {
    /// A decision without children.
    pub fn just(step: Step) -> Self {
        Self { step, children: Vec::new(), found: Vec::new(), momentary: Vec::new() }
    }

    /// Write in one tenant.
    pub fn act(tenant: TenantId, changes: Vec<Change>) -> Self {
        Self::just(Step::act(tenant, changes))
    }

    /// The same, with commands that follow.
    #[must_use]
    pub fn with(self, children: Vec<Child>) -> Self {
        Self { children, ..self }
    }

    /// Wait by the delay rule.
    pub fn wait(reason: Reason) -> Self {
        Self::just(Step::Wait(Wait { reason, not_before: None }))
    }

    /// Reject.
    pub fn reject(reason: Reason) -> Self {
        Self::just(Step::Finish(Finish::Rejected(reason)))
    }
}

/// The next thing to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Make these writes: at least one, independent of each other, each judged alone. Then look again.
    Act(Vec<Mutation>),
    /// Keep this in the journal before anything else is done, so that it outlives a crash. Then look again.
    Remember(Membership),
    /// Look again later.
    Wait(Wait),
    /// Nothing more to do.
    Finish(Finish),
}

impl Step {
    /// Writes in one tenant.
    pub fn act(tenant: TenantId, changes: Vec<Change>) -> Self {
        Self::Act(changes.into_iter().map(|change| change.within(tenant)).collect())
    }
}

/// A planned pause between looks.
#[derive(Debug, Clone, PartialEq)]
pub struct Wait {
    /// Why.
    pub reason: Reason,
    /// Not before this time, whatever the delay rule says.
    pub not_before: Option<OffsetDateTime>,
}

/// How a command ends, as the core can tell. (`expired` and `planned` are the caller's.)
#[derive(Debug, Clone, PartialEq)]
pub enum Finish {
    /// Done; with remarks for the reader.
    Succeeded {
        /// One plain sentence.
        summary: String,
        /// What else the reader ought to know.
        notes: Vec<Note>,
    },
    /// It cannot be done as asked.
    Rejected(Reason),
    /// The service refuses for good.
    Failed(Reason),
}

/// A command that follows.
#[derive(Debug, Clone, PartialEq)]
pub struct Child {
    /// What it asks for.
    pub data: CommandData,
    /// The tenants that tell it from its siblings; part of its derived id.
    pub about: Vec<TenantId>,
}

/// A fingerprint of what was observed: the same state gives the same number within one release. Only ever
/// compared for equality; a different one resets the patience with a refusal, nothing else.
pub fn fingerprint<T: Serialize>(observed: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    serde_json::to_string(observed).unwrap_or_default().hash(&mut hasher);
    // SQS and other JSON readers are exact up to 2^53.
    hasher.finish() >> 11
}
