//! `/users`

mod count;
mod delete;
pub mod delta;
mod get;
mod list;
mod model;
mod patch;

pub use count::CountUsers;
pub use delete::DeleteUser;
pub use get::GetUser;
pub use list::ListUsers;
pub use model::{CreationType, ExternalUserState, ObjectIdentity, User, UserType, UserUpdate};
pub use patch::PatchUser;
use uuid::Uuid;

const PATH: &str = "/users";

fn user_path(id: Uuid) -> String {
    format!("{PATH}/{id}")
}
