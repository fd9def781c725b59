//! `/subscribedSkus`: the tenant's licences.

mod list;
mod model;

pub use list::ListSubscribedSkus;
pub use model::{LicenseUnitsDetail, ServicePlanInfo, SubscribedSku};
