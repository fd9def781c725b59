//! A world that is kept up: for a browser, for curl, for chat tools and for other Graph clients.
//!
//! # Flow
//! One task ([`Served::run`]) drives the world: it works on what is due, moves time on, and answers what the HTTP
//! handlers ask it over a channel ([`Desk`]). Nobody else touches the queues.
//!
//! # Time
//! With [`Speed::Times`](crate::Speed) time always flows: joins, removals and the cycles of synchronization jobs go on
//! whether or not a command waits. It never hurries to catch up: where the work is slower than the clock, or the machine
//! slept, simulated time is late and stays so. With [`Speed::Max`](crate::Speed) it jumps from one due command to the
//! next; while none waits it flows at an hour a second if something in the simulated service is under way, and stands
//! still otherwise.
//!
//! # Guarantees
//! - Loopback only, and only for those who call it by a loopback name; see `guard`.
//! - Bounded: bodies, commands in flight, listeners, and what is kept of events and outcomes.

mod assets;
mod cells;
mod desk;
mod driver;
mod dump;
mod events;
mod guard;
mod http;
mod news;
mod office;
mod server;
mod view;
mod write;

pub use desk::{DeadLetter, Desk, Outcomes, Posted, Refused, Subscription};
pub use news::{Event, MAX_EVENTS, MAX_OUTCOMES};
pub use server::{Edges, Plan, ServeError, Served, no_edges};
