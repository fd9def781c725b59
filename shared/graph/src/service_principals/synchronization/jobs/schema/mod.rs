//! `/servicePrincipals/{id}/synchronization/jobs/{jobId}/schema`: read, changed, and written back whole.

mod delete;
mod discover;
mod filter_operators;
mod functions;
mod get;
mod model;
mod parse_expression;
mod put;
mod tools;
mod views;

pub use delete::DeleteSynchronizationSchema;
pub use discover::DiscoverDirectory;
pub use filter_operators::ListFilterOperators;
pub use functions::ListSchemaFunctions;
pub use get::GetSynchronizationSchema;
pub use model::SynchronizationSchema;
pub use parse_expression::ParseExpression;
pub use put::PutSynchronizationSchema;
pub use tools::{FilterOperator, ParsedExpression, SchemaFunction, SchemaFunctionParameter};
use uuid::Uuid;
pub use views::{
    AttributeFlow, AttributeMapping, FlowBehavior, ObjectFlow, ObjectFlows, ObjectMapping, SourceType,
    SynchronizationRule,
};

fn schema_path(service_principal_id: Uuid, job_id: &str) -> String {
    format!("{}/schema", super::job_path(service_principal_id, job_id))
}
