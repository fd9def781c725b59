//! The wire contract of mto-functions.
//!
//! A [`Command`] is what somebody wants: one CloudEvents 1.0 event in structured JSON, the body of one SQS
//! message, never changed after it was sent. A [`Journal`] is what was learnt on the way: a message attribute
//! that travels with a waiting command. An [`Outcome`] says what became of a command.
//!
//! **Invariant:** nothing here does I/O or reads a clock. **Invariant:** the wire format only grows: unknown
//! fields are ignored, and everything that was ever a valid message stays one (`tests/golden/messages`).
#![cfg_attr(docsrs, feature(doc_cfg))]

mod command;
mod data;
mod journal;
mod outcome;
#[cfg(feature = "schema")]
pub mod schema;
mod tenant;
mod text;
mod verb;

pub use command::{Command, CommandRef, MAX_BODY_BYTES, ParseError};
pub use data::{
    AddData, ApplicationLevel, AutomaticUserConsentSettings, Cleanup, CommandData, Confirm, CreateData,
    IdentitySynchronizationTemplate, InboundTrust, JoinData, JoinWish, LeaveData, LeaveMode, NewTenant,
    PartnerConfigurationTemplate, Role, Scope, SyncAction, SyncData, SyncTargets, SyncWish, TemplateValues,
    Templates, Then, UserSyncInbound, UserType,
};
pub use journal::{JOURNAL_VERSION, Journal, MAX_JOURNAL_BYTES, Membership, Refusal, Waiting, Write};
pub use outcome::{Explanation, Outcome, OutcomeData, OutcomeError, OutcomeKind, PlannedWrite, WaitReport};
pub use tenant::{Names, TenantId, TenantRef};
pub use text::clip;
pub use verb::Verb;
