//! The seeded simulation: whole organizations are formed, changed, shared, left and dissolved by the functions' own
//! code, while everything goes wrong that can; all of it from one seed, in virtual time.
//!
//! # Flow
//! `script` (what people do, from the seed) → `world` (functions, queues, simulator) → `driver` (who goes on next, and
//! when time passes) → `edges` (a queue and a network with faults, at every point between two effects) → `book` (what
//! happened) → `invariants` (what must hold after each event; of what is told: `endings`, `causes` and `follow_ups`) → `run` (and
//! what must come about once nothing goes wrong) → `shrink` (the shortest run that still fails).
//!
//! # Guarantees
//! The same seed gives the same trace. A fault belongs to its point (a command, its delivery, and the so-manieth effect
//! of that), so that leaving one out leaves the others where they are.
//!
//! # What goes wrong
//! How often each of it happened is counted; a kind that never happens fails `tests/seeded/fixed.rs`.
//!
//! | In words | Name |
//! |---|---|
//! | duplicate delivery | [`Fault::DeliveredTwice`] |
//! | redelivery while still running | [`Fault::VisibleAgain`], [`Situation::RedeliveredWhileAtWork`] |
//! | reordering | [`Fault::Late`], [`Situation::Overtaken`]; invocations take turns at every effect |
//! | crash between two effects | [`Fault::CrashBefore`], [`Fault::CrashAfter`] at each read, write, batch, token, send and delete; [`Situation::DiedBetweenSendAndDelete`] |
//! | 429 with `Retry-After` and without | [`Fault::Throttled`], [`PartFault::Throttled`] |
//! | 5xx before and after the write took effect | [`Fault::ErrorBefore`], [`Fault::ErrorAfter`], [`PartFault::ErrorBefore`], [`PartFault::ErrorAfter`] |
//! | lost, truncated and malformed answers | [`Fault::AnswerLost`], [`Fault::AnswerTruncated`], [`Fault::AnswerMalformed`], [`PartFault::Missing`], [`PartFault::LeftOut`] |
//! | stale reads | [`Fault::Stale`], [`Situation::OldAnswer`] |
//! | expired and refused tokens | [`Fault::TokenExpired`], [`Fault::TokenRefused`], the service's `RevokeTokens` |
//! | slow answers past the invocation's time | [`Fault::Hangs`], [`Situation::EndedAtWork`]; within it [`Fault::Slow`], [`Situation::GaveUpWaiting`] |
//! | a tenant's credential broken for a while | the service's `BreakCredential`, [`Situation::CredentialRefused`] |
//! | the owner removing a tenant that is joining | [`Situation::RemovedWhileJoining`] |
//! | two tickets for the same tenant | [`Situation::TwoTicketsForOneTenant`] |
//! | leave during join | [`Situation::LeftWhileJoining`] |
//! | two owners acting at once | [`Situation::TwoOwnersAtOnce`] |
//! | a queue that refuses sends | [`Fault::QueueRefuses`], [`Fault::QueueDoesNotConfirm`] |
//! | a delete that does not arrive | [`Fault::NotAcknowledged`] |
//! | a tenant in another organization, an owner that is not ours | `foreign`, [`Situation::JoinsFromElsewhere`] |
//! | dry runs | `plans`, [`Invariant::DryRunsOnlyLook`] |
//!
//! # Assumptions
//! One record a batch: invocations run side by side instead, and take turns at every effect. What a batch adds (bounded
//! concurrency, one record's panic) is told in `tests/scenarios/deliveries.rs`.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a place where faults, mutants or requests matter is about a few of many; what is new there is no danger"
)]

mod book;
mod broken;
mod by_hand;
mod causes;
mod checks;
mod clock;
mod crossings;
mod dice;
mod driver;
mod edges;
mod endings;
mod faults;
mod follow_ups;
mod foreign;
mod grounds;
mod invariants;
mod invocations;
mod log;
mod mutant_net;
mod mutants;
mod parts;
mod plans;
mod request;
mod rights;
mod run;
mod script;
mod seen;
mod shrink;
mod soundness;
mod stage;
mod tally;
mod truth;
mod world;

pub use by_hand::ByHand;
pub use faults::{Fault, Point};
pub use invariants::{Invariant, Violation};
pub use mutants::Mutant;
pub use parts::PartFault;
pub use run::{Report, replay, run, scripted};
pub use script::{Deed, Planned};
pub use shrink::{explain, shrink, trace};
pub use tally::{Situation, Tally};
