//! A stateful, multi-tenant simulator of the Microsoft Entra and Microsoft Graph side of multi-tenant
//! organizations (MTO).
//!
//! It holds tenants with applications, and serves the token endpoint and Graph v1.0 as far as an MTO needs:
//! the organization with its rows, joins, removals and role changes that take time and can fail, templates,
//! cross-tenant access partners and identity synchronization, users, groups, invitations, synchronization jobs
//! that provision users, audit activities, application and delegated tokens, `$batch`, throttling and the error
//! bodies. Source
//! marks such as (3.2) in the documentation name sections of the project's graph reference; "(unverified)"
//! marks what no source confirms.
//!
//! - In process: [`Simulator::handle`] takes a request and gives a response, synchronously, without I/O.
//! - Over HTTP: [`router`] (feature `serve`), or the binary `entra-simulator` (feature `cli`).
//! - Over HTTPS, and behind a proxy for clients that know Graph by its name: [`serve_tls`], [`serve_proxy`]
//!   (feature `tls`).
//! - Time is a parameter ([`Clock`]): whatever is due is settled when the world is looked at, in the order of
//!   time, so virtual hours cost nothing.
//!
//! # Example
//!
//! ```
//! use std::sync::Arc;
//! use entra_simulator::{ManualClock, Options, Seed, Simulator};
//!
//! let simulator = Simulator::new(Seed::demo(2), Options::default(), Arc::new(ManualClock::default()))?;
//! let request = http::Request::get("/v1.0/tenantRelationships/multiTenantOrganization").body(bytes::Bytes::new())?;
//! let answer = simulator.handle(request);
//! assert_eq!(answer.status(), 401); // no token yet
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod clock;
mod control;
mod ids;
mod options;
mod options_directory;
mod permissions;
mod seed;
mod seed_check;
mod seed_directory;
mod seed_federation_check;
mod seed_sign_in;
#[cfg(feature = "serve")]
mod serve;
mod simulator;
mod wire;
mod world;

pub use clock::{Clock, ManualClock, ScaledClock, SystemClock};
pub use control::{Change, Counters, RequestLine};
pub use options::{ExistingPartners, ListOrder, Options, Throttling};
pub use options_directory::DirectoryOptions;
pub use permissions::{DELEGATED_PERMISSIONS, DIRECTORY_ROLES, PERMISSIONS};
pub use seed::{
    ApplicationSeed, FederatedCredentialSeed, IssuerSeed, JsonWebKey, MAX_APPLICATIONS, MAX_CREDENTIALS,
    MAX_FEDERATED_CREDENTIALS, MAX_ISSUERS, MAX_TENANTS, MemberRole, MemberSeed, MemberState,
    OrganizationSeed, PartnerSeed, Secret, Seed, SeedError, TOKEN_EXCHANGE_AUDIENCE, TenantSeed,
};
pub use seed_directory::{GroupSeed, MAX_GENERATED_USERS, MAX_GROUPS, MAX_USERS, UserSeed};
pub use seed_sign_in::{MAX_SIGN_INS, SignInSeed};
#[cfg(feature = "serve")]
pub use serve::router;
#[cfg(feature = "tls")]
pub use serve::{CertificateAuthority, CertificateError, SERVED_HOSTS, serve_proxy, serve_tls};
pub use simulator::Simulator;
