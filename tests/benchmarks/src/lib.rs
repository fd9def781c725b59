//! What the functions cost, beside the least possible and what users would write instead.
//!
//! # Flow
//! `processes` (real binaries: starts, first messages, memory, zips) and `model` (whole organizations in virtual time:
//! requests, invocations, throughput, scale) return rows; `table` prints them. What `processes` found out about one
//! process of join (`process_cost`) is what `model` reckons with. Every figure that is compared is a ratio
//! of two that were taken in the same run.

pub mod model;
pub mod process_cost;
pub mod processes;
mod table;

pub use model::Section;
pub use table::{Figure, Target, print, render, to_json};
