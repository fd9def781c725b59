//! `/applications`

mod delete;
mod delete_by_app_id;
mod get;
mod model;
mod patch;

pub use delete::DeleteApplication;
pub use delete_by_app_id::DeleteApplicationByAppId;
pub use get::GetApplication;
pub use model::Application;
pub use patch::PatchApplication;
use uuid::Uuid;

fn application_path(id: Uuid) -> String {
    format!("/applications/{id}")
}
