//! `/groups`

mod count_members;
mod get;
mod list_members;
mod model;

pub use count_members::CountGroupMembers;
pub use get::GetGroup;
pub use list_members::ListGroupMembers;
pub use model::Group;
use uuid::Uuid;

fn group_path(id: Uuid) -> String {
    format!("/groups/{id}")
}

fn members_path(id: Uuid) -> String {
    format!("{}/members", group_path(id))
}

fn users_path(id: Uuid) -> String {
    format!("{}/microsoft.graph.user", members_path(id))
}
