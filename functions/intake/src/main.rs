//! The Lambda function `intake`: wiring only.

fn main() {}
