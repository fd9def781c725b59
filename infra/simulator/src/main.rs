//! The binary: seed, options and clock from the command line, then serve until stopped.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use entra_simulator::{Clock, ManualClock, Options, ScaledClock, Seed, Simulator, SystemClock, router};

/// Simulates the Microsoft Entra and Microsoft Graph side of multi-tenant organizations over HTTP.
///
/// Serves /v1.0/… (Graph), /{tenant}/oauth2/v2.0/token (login) and /_control/… (health, state, requests,
/// advance, change). Nothing asks who calls /_control: listen on the loopback interface.
#[derive(Parser)]
#[command(name = "entra-simulator")]
struct Arguments {
    /// Address and port; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Tenants, JSON (see --print-seed); without it three demo tenants
    #[arg(long)]
    seed: Option<PathBuf>,
    /// Options, JSON, camelCase; without it the defaults
    #[arg(long)]
    options: Option<PathBuf>,
    /// real, manual (moved by POST `/_control/advance`), or a whole number: that many times as fast
    #[arg(long, default_value = "real", value_parser = ClockKind::parse)]
    clock: ClockKind,
    /// Prints a seed of that many demo tenants and ends
    #[arg(long, value_name = "TENANTS", num_args = 0..=1, default_missing_value = "3")]
    print_seed: Option<usize>,
}

#[derive(Clone, Copy)]
enum ClockKind {
    Real,
    Manual,
    Scaled(u32),
}

impl ClockKind {
    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "real" => Ok(Self::Real),
            "manual" => Ok(Self::Manual),
            number => match number.parse() {
                Ok(speed) if speed > 0 => Ok(Self::Scaled(speed)),
                Ok(_) | Err(_) => Err("use real, manual, or a whole number from 1, such as 600".to_owned()),
            },
        }
    }

    fn start(self) -> Arc<dyn Clock> {
        match self {
            Self::Real => Arc::new(SystemClock),
            Self::Manual => Arc::new(ManualClock::default()),
            Self::Scaled(speed) => Arc::new(ScaledClock::new(speed)),
        }
    }
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("entra-simulator: {problem}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "the seed and the ready line are this program's output")]
fn run(arguments: &Arguments) -> Result<(), String> {
    if let Some(count) = arguments.print_seed {
        let seed = serde_json::to_string_pretty(&Seed::demo(count)).map_err(|error| error.to_string())?;
        println!("{seed}");
        return Ok(());
    }
    let simulator = Simulator::new(seed(arguments)?, options(arguments)?, arguments.clock.start())
        .map_err(|error| format!("--seed: {error}"))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
    runtime.map_err(|error| error.to_string())?.block_on(async {
        let address = arguments.listen;
        let listener = tokio::net::TcpListener::bind(address)
            .await
            .map_err(|error| format!("--listen {address}: {error}; choose a free port, or 0 for any"))?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        println!("listening on http://{address}");
        axum::serve(listener, router(simulator)).await.map_err(|error| error.to_string())
    })
}

fn seed(arguments: &Arguments) -> Result<Seed, String> {
    let Some(path) = &arguments.seed else { return Ok(Seed::demo(3)) };
    Seed::from_json(&read("--seed", path)?).map_err(|error| format!("--seed {}: {error}", path.display()))
}

fn options(arguments: &Arguments) -> Result<Options, String> {
    let Some(path) = &arguments.options else { return Ok(Options::default()) };
    let text = read("--options", path)?;
    let mut reader = serde_json::Deserializer::from_str(&text);
    serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        format!(
            "--options {}: {}: {}; leave a field out for its default",
            path.display(),
            error.path(),
            error.inner()
        )
    })
}

fn read(option: &str, path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| {
        format!("{option} {}: {error}; give the path of a readable JSON file", path.display())
    })
}
