//! The cross-tenant settings of an organization, compared and repaired; and closed again by unshare.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

mod faults;
mod hundred;
mod open;
mod race;
mod requests;
mod support;
mod unshare;
