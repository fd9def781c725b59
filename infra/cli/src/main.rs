//! `mto`: the command line for people and scripts.

use std::io::{Read, Write, stderr, stdin, stdout};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use mto_cli::{Args, CliError, Context, run};
use mto_graph::SystemClock;
use mto_handler::ProcessEnvironment;

fn main() -> ExitCode {
    let args = Args::parse();
    let context = Context {
        environment: Arc::new(ProcessEnvironment),
        clock: Arc::new(SystemClock),
        new_id: || uuid::Uuid::new_v4().to_string(),
        tell,
        read_input,
    };
    match answer(&args, &context) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            if !error.is_closed_pipe() {
                tell(&error.to_string());
            }
            ExitCode::from(error.code())
        }
    }
}

fn answer(args: &Args, context: &Context) -> Result<u8, CliError> {
    if context.variable("MTO_LOG").is_some() {
        mto_handler::telemetry::start(context.environment.as_ref())?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let answer = runtime.block_on(run(args, context))?;
    let mut out = stdout().lock();
    out.write_all(args.output.of(&answer).as_bytes())?;
    out.flush()?;
    Ok(answer.verdict.code())
}

/// Where standard error is gone there is nobody to tell.
fn tell(text: &str) {
    let _ = writeln!(stderr(), "mto: {text}");
}

fn read_input() -> Option<String> {
    let mut text = String::new();
    stdin().read_to_string(&mut text).ok().map(|_| text)
}
