use serde::Deserialize;

use crate::applications::Application;
use crate::service_principals::ServicePrincipal;

/// `microsoft.graph.applicationServicePrincipal`: what a template became.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationServicePrincipal {
    /// The registration.
    pub application: Application,
    /// What synchronizes and what users are assigned to.
    pub service_principal: ServicePrincipal,
}
