//! The synchronization of users: whole commands over the real handler, in virtual time.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

mod confirmation;
mod denied;
mod example;
mod fan_out;
mod limits;
mod progress;
mod quarantine;
mod race;
mod restart;
mod scope;
mod status;
mod stop;
mod support;
mod unshare;
mod unshare_faults;
mod walk_through;
