//! `serve`: a scenario's tenants, kept up.

use std::io::{self, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use mto_local::serve::{Plan, Served, no_edges};
use mto_local::{Setup, Speed};

use super::args::ServeArgs;
use super::run::RunError;
use super::scenario::{Post, Stage};

/// Keeps a world up until Ctrl-C.
///
/// # Errors
/// If it cannot listen, write its files, or print where it is.
pub(crate) async fn serve(args: &ServeArgs) -> Result<(), RunError> {
    let Stage { seed, scopes, options, changes, posts, later, .. } = args.scenario.stage(args.tenants);
    let first = posts.first().map(|post| post.body.to_string()).unwrap_or_default();
    let bodies = |act: &Vec<Post>| act.iter().map(|post| post.body.to_string()).collect::<Vec<_>>();
    let acts = std::iter::once(&posts).chain(&later).filter(|_| args.form).map(bodies).collect();
    let served = Served::start(Plan {
        setup: Setup { scopes, ..Setup::new(seed, options) },
        changes,
        acts,
        speed: args.speed,
        run: run_name(),
        port: args.port,
        graph_port: args.graph_port,
        write: args.write.clone(),
        edges: no_edges(),
    })
    .await?;
    introduce(&served, args, &first)?;
    tokio::select! {
        result = served.run() => Ok(result?),
        // Where Ctrl-C cannot be heard, the system's own way to end is left.
        Ok(()) = tokio::signal::ctrl_c() => Ok(()),
    }
}

/// Another one for every start.
#[expect(clippy::disallowed_methods, reason = "only for telling one run from another")]
fn run_name() -> String {
    let passed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{:x}", passed.as_nanos())
}

fn introduce(served: &Served, args: &ServeArgs, first: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let url = served.url();
    let speed = match args.speed {
        Speed::Max => "time jumps to what is due next".to_owned(),
        Speed::Times(speed) => format!("{speed} simulated seconds pass in a real one"),
    };
    writeln!(out, "Listening on {url}")?;
    writeln!(out, "Open it in a browser: {} tenants, {speed}. Ctrl-C ends it.", args.tenants)?;
    writeln!(out, "The simulated Microsoft Graph listens on {}.", served.graph())?;
    if let Some(environment) = served.environment() {
        writeln!(out, "For other clients: source {}", environment.display())?;
    }
    if args.form {
        writeln!(out, "The formation is under way. To see what became of it: curl -s {url}/outcomes")?;
    } else {
        writeln!(out, "Try: curl -s {url}/commands -H 'content-type: application/json' -d '{first}'")?;
    }
    out.flush()
}
