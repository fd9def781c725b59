//! The pure core: what is the next thing to do, given what was asked, what is seen and what is remembered?
//!
//! `decide(aim, observed, journal, timing) -> Decision`, one per verb ([`create`], [`add`], [`join`], [`leave`], [`settings`]). A
//! decision never asks why it was called: it looks at everything and names one [`Step`], so calling it twice
//! is harmless.
//!
//! **Invariant:** synchronous, pure, total. **Invariant:** nothing here knows Microsoft Graph's wire format,
//! Lambda or SQS. **Invariant:** every step that is not an action carries a typed [`Reason`].

pub mod add;
pub mod create;
pub mod join;
pub mod leave;
mod limits;
mod mutation;
mod note;
mod observed;
mod partner;
mod reason;
mod refusal;
pub mod settings;
mod step;
pub mod sync;
mod templates;

pub use limits::{Limits, Timing, next_look};
pub use mutation::{Change, Mutation};
pub use note::Note;
pub use observed::{
    JoinRequest, MemberRow, MemberState, OrganizationState, OrganizationView, OwnerView, Progress, Reading,
    Role, TemplatesView, Transition, Unreadable,
};
pub use partner::{Access, Everybody, IdentitySynchronization, Partner, PartnerSettings, Wish};
pub use reason::{JoinFailure, Reason};
pub(crate) use refusal::bear;
pub use refusal::{Denial, after_refusal, note_refusal};
pub use step::{Child, Decision, Finish, Step, Wait, fingerprint};
