//! `cargo run`: form an organization on this machine, and watch it and its users arrive. `serve` keeps it up.

mod cli;

use std::io::{ErrorKind, Write, stderr};
use std::process::ExitCode;

use clap::Parser;
use cli::RunError;
use cli::args::{Args, Command};

/// What shells report of a program that ended by SIGPIPE.
const OUTPUT_CLOSED: u8 = 128 + 13;

fn main() -> ExitCode {
    let args = Args::parse();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let result = runtime.map_err(RunError::Listen).and_then(|runtime| match &args.command {
        None => runtime.block_on(cli::run(&args)),
        Some(Command::Serve(args)) => runtime.block_on(cli::serve(args)).map(|()| true),
    });
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // A reader that has seen enough: `cargo run | head`.
        Err(RunError::Output(error)) if error.kind() == ErrorKind::BrokenPipe => {
            ExitCode::from(OUTPUT_CLOSED)
        }
        Err(error) => {
            // Where standard error is gone there is nobody to tell.
            let _ = writeln!(stderr(), "mto-local: {error}");
            ExitCode::FAILURE
        }
    }
}
