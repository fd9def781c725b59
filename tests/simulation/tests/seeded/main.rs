//! The seeded simulation: a fixed set of seeds, and the proof that it would find what is wrong. `just simulate` runs
//! other seeds, until it is stopped.

mod bites;
mod fixed;
mod found;
mod repeats;
