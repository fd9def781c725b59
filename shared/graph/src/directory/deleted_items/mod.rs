//! `/directory/deletedItems`: users for 30 days after they were deleted.

mod delete;
mod list_users;
mod restore;

pub use delete::DeleteDeletedUser;
pub use list_users::ListDeletedUsers;
pub use restore::RestoreDeletedUser;
use uuid::Uuid;

const PATH: &str = "/directory/deletedItems";

fn item_path(id: Uuid) -> String {
    format!("{PATH}/{id}")
}
