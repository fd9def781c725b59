//! `/servicePrincipals/{id}/synchronization/templates`

mod list;
mod model;

pub use list::ListSynchronizationTemplates;
pub use model::SynchronizationTemplate;
