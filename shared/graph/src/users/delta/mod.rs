//! `/users/delta`: what became of users since the last time.

mod follow;
mod get;
mod model;

pub use get::GetUsersDelta;
pub use model::{DeltaLink, RemovedReason, UserChange, UsersDelta, UsersDeltaPage};
