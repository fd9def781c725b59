//! `cargo run`: form an organization on this machine. (The display follows.)

fn main() {}
