//! The binary: seed, options and clock from the command line, then serve until stopped.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use entra_simulator::{
    CertificateAuthority, Clock, ManualClock, Options, ScaledClock, Seed, Simulator, SystemClock, router,
    serve_proxy, serve_tls,
};
use tokio::net::TcpListener;

/// Simulates the Microsoft Entra and Microsoft Graph side of multi-tenant organizations over HTTP or HTTPS.
///
/// Serves /v1.0/… (Graph), /{tenant}/oauth2/v2.0/token and the discovery documents (login), and /_control/…
/// (health, state, requests, advance, change). Nothing asks who calls /_control: listen on the loopback interface.
#[derive(Parser)]
#[command(name = "entra-simulator")]
struct Arguments {
    /// Address and port; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Listens with TLS, for `localhost`, 127.0.0.1 and the names of Graph and the login service
    #[arg(long, requires = "ca_file")]
    https: bool,
    /// Also serves a proxy at this loopback address: CONNECT to Graph and the login service leads to the simulator,
    /// anything else is refused
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1, default_missing_value = "127.0.0.1:0", requires = "ca_file")]
    proxy: Option<SocketAddr>,
    /// Where to write the certificate (PEM) that clients have to trust for --https and --proxy; made anew at every
    /// start
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
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
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| error.to_string())?.block_on(serve(arguments, simulator))
}

#[expect(clippy::print_stdout, reason = "the ready lines are this program's output")]
async fn serve(arguments: &Arguments, simulator: Simulator) -> Result<(), String> {
    let authority = authority(arguments)?;
    let (listener, address) = bind("--listen", arguments.listen).await?;
    let proxy = match arguments.proxy {
        Some(address) if !address.ip().is_loopback() => {
            return Err(format!("--proxy {address}: choose a loopback address, such as 127.0.0.1:8080"));
        }
        Some(address) => Some(bind("--proxy", address).await?),
        None => None,
    };
    println!("listening on {}://{address}", if arguments.https { "https" } else { "http" });
    if let (Some((listener, address)), Some(authority)) = (proxy, &authority) {
        println!("proxy on http://{address}");
        tokio::spawn(serve_proxy(listener, simulator.clone(), authority.clone()));
    }
    match authority.filter(|_| arguments.https) {
        Some(authority) => serve_tls(listener, simulator, authority).await,
        None => axum::serve(listener, router(simulator)).await.map_err(|error| error.to_string())?,
    }
    Ok(())
}

async fn bind(option: &str, address: SocketAddr) -> Result<(TcpListener, SocketAddr), String> {
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| format!("{option} {address}: {error}; choose a free port, or 0 for any"))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    Ok((listener, address))
}

/// Made only where there is somewhere to write it; its times are the machine's, whatever the simulated clock shows.
fn authority(arguments: &Arguments) -> Result<Option<CertificateAuthority>, String> {
    let Some(path) = &arguments.ca_file else { return Ok(None) };
    let authority = CertificateAuthority::new(SystemClock.now()).map_err(|error| error.to_string())?;
    std::fs::write(path, authority.pem()).map_err(|error| {
        format!("--ca-file {}: {error}; give a path that can be written to", path.display())
    })?;
    Ok(Some(authority))
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
