//! `/servicePrincipals/{id}/synchronization/jobs/{jobId}/provisionOnDemand`

mod model;
mod post;

pub use model::{OnDemandStep, ProvisionOnDemandAnswer, ProvisionResult};
pub use post::ProvisionOnDemand;
