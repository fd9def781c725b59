//! Everything on one machine: the simulator, the queues and the functions in one process, in virtual time.
//!
//! A [`World`] is what `cargo run` shows and what the scenario tests drive: the deployed functions' own code
//! over the in-process model of SQS, against the simulator (over loopback HTTP, or in process where thousands of
//! runs count). Its time jumps: it stands still while work is due, and then moves to the next due message. [`serve`] keeps
//! one up, in a time that flows.

mod clock;
pub mod serve;
mod speed;
mod traffic;
mod transport;
mod waiting;
mod world;

pub use clock::JumpClock;
pub use speed::Speed;
pub use traffic::Traffic;
pub use transport::InProcess;
pub use waiting::WaitingCommand;
pub use world::{
    Around, Setup, Wiring, World, WorldError, dead_letter_queue, outcomes_queue, queue, simulator,
};
