//! The command line.

use std::num::NonZeroU32;

use clap::Parser;

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
    after_help = "Exit codes: 0 every command succeeded; 1 one did not, and the report says which, why and what \
                  to do; 2 the arguments are wrong; 141 the output was closed before the end, as by head.\n\nExamples:\n  cargo run\n  cargo run -- --tenants 100\n  \
                  cargo run -- --scenario never-added\n  cargo run -- --scenario leave\n  cargo run -- --json | jq .members"
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
    #[arg(long, value_name = "N|max", value_parser = Speed::parse)]
    pub(crate) speed: Option<Speed>,

    /// Print one JSON document at the end, and nothing else
    #[arg(long)]
    pub(crate) json: bool,
}

/// How fast simulated time runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speed {
    /// As fast as the work is done.
    Max,
    /// So many simulated seconds in a real one.
    Times(NonZeroU32),
}

impl Speed {
    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "max" => Ok(Self::Max),
            number => number.parse().map(Self::Times).map_err(|_| {
                "give a whole number of simulated seconds from 1, such as 1800, or max".to_owned()
            }),
        }
    }
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
    fn speed_is_a_number_or_max() {
        assert_eq!(Speed::parse("max"), Ok(Speed::Max));
        assert_eq!(Speed::parse("60"), Ok(Speed::Times(NonZeroU32::new(60).unwrap())));
        for no_speed in ["0", "-1", "", "4294967296"] {
            assert!(Speed::parse(no_speed).is_err(), "{no_speed}");
        }
    }
}
