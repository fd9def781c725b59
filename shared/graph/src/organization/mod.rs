//! `/organization`

mod get;
mod model;

pub use get::GetOrganization;
pub use model::{Organization, VerifiedDomain};
