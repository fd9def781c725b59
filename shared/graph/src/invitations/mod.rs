//! `/invitations`

mod model;
mod post;

pub use model::{EmailAddress, Invitation, InvitationStatus, InvitedUser, InvitedUserMessageInfo, Recipient};
pub use post::PostInvitation;
