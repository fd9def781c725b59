//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use mto_local::Speed;

use super::scenario::Scenario;

/// The limit of a multi-tenant organization, and of this display.
const MAX_TENANTS: usize = 100;

/// Forms a Microsoft 365 multi-tenant organization on this machine, from one command to the last user.
///
/// The simulated Microsoft Graph, the queues and the functions create, add, join, leave and sync run in this one process.
/// Nothing leaves the machine, and no account is needed. Time is sped up: what takes two hours in Microsoft
/// Entra takes seconds here.
#[derive(Debug, Parser)]
#[command(
    name = "mto-local",
    version,
    max_term_width = 100,
    args_conflicts_with_subcommands = true,
    after_help = "Exit codes: 0 every command succeeded; 1 one did not, and the report says which, why and what \
                  to do; 2 the arguments are wrong; 141 the output was closed before the end, as by head.\n\nExamples:\n  cargo run\n  cargo run -- --tenants 100\n  \
                  cargo run -- --scenario never-added\n  cargo run -- --scenario leave\n  cargo run -- --json | jq .members\n  cargo run -- serve --form"
)]
pub(crate) struct Args {
    /// Tenants that take part, the owner included: 2 to 100
    #[arg(long, value_name = "N", default_value = "3", value_parser = tenants)]
    pub(crate) tenants: usize,

    /// What happens on the way
    #[arg(long, value_enum, default_value_t = Scenario::Happy)]
    pub(crate) scenario: Scenario,

    /// Simulated seconds in one real second, or "max" for no pauses [default on a terminal: what makes the run
    /// take about five seconds, such as 1800; elsewhere and with --json: max]
    #[arg(long, value_name = "N|max")]
    pub(crate) speed: Option<Speed>,

    /// Print one JSON document at the end, and nothing else
    #[arg(long)]
    pub(crate) json: bool,

    /// Instead of a run
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What else there is.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Keep it up: a page for the browser, an API for curl and chat tools, Graph for other clients
    #[command(
        after_help = "It listens on 127.0.0.1 only, and ends with Ctrl-C.\n\nExamples:\n  cargo run -- serve\n  \
                      cargo run -- serve --tenants 5 --form\n  cargo run -- serve --speed max --write target/local"
    )]
    Serve(ServeArgs),
}

/// How the world is kept up.
#[derive(Debug, clap::Args)]
pub(crate) struct ServeArgs {
    /// The port of the page and the API; 0: a free one
    #[arg(long, value_name = "N", default_value = "8620")]
    pub(crate) port: u16,

    /// The port of the simulated Microsoft Graph and its login service; 0: a free one
    #[arg(long, value_name = "N", default_value = "0")]
    pub(crate) graph_port: u16,

    /// Tenants that there are: 2 to 100; the first one is to be the owner
    #[arg(long, value_name = "N", default_value = "3", value_parser = tenants)]
    pub(crate) tenants: usize,

    /// Simulated seconds in one real second, or "max": time jumps to what is due next
    #[arg(long, value_name = "N|max", default_value = "60")]
    pub(crate) speed: Speed,

    /// What happens on the way
    #[arg(long, value_enum, default_value_t = Scenario::Happy)]
    pub(crate) scenario: Scenario,

    /// Post the commands of the scenario; without it nothing is formed until you post one
    #[arg(long)]
    pub(crate) form: bool,

    /// Write directory.json, the secrets in it, and environment.sh there, for other Graph clients and for mto
    #[arg(long, value_name = "DIR")]
    pub(crate) write: Option<PathBuf>,
}

fn tenants(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count @ 2..=MAX_TENANTS) => Ok(count),
        Ok(0 | 1) => Err("an organization needs an owner and somebody who joins; give 2 to 100".to_owned()),
        Ok(_) => Err("an organization holds at most 100 tenants; give 2 to 100".to_owned()),
        Err(_) => Err("give a whole number from 2 to 100".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn serve_takes_no_option_of_a_run_and_a_run_none_of_serve() {
        let parses = |line: &str| Args::try_parse_from(line.split(' ')).is_ok();
        assert!(parses("mto-local") && parses("mto-local serve --port 0 --speed max --form"));
        for wrong in ["mto-local --port 0", "mto-local --json serve", "mto-local serve --json"] {
            assert!(!parses(wrong), "{wrong}");
        }
    }
}
