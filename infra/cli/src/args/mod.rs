//! The command line.

mod send;

use clap::{Parser, Subcommand, ValueEnum};
pub use send::{
    Acting, AddArgs, Adding, CleanupArg, Common, CreateArgs, JoinArgs, LeaveArgs, ModeArg, SendArgs,
    SyncActionArg, SyncArgs, UserTypeArg, What,
};

use crate::answer::Answer;

/// Forms and keeps Microsoft 365 multi-tenant organizations: sends commands to the functions, and runs their own code here
/// to see what they would do.
///
/// The configuration is that of the functions: `MTO_DIRECTORY` or `MTO_DIRECTORY_FILE`, the credentials that the directory
/// names, and `MTO_QUEUE_CREATE` to `MTO_QUEUE_SYNC` where commands are sent to SQS.
#[derive(Debug, Parser)]
#[command(
    name = "mto",
    version,
    max_term_width = 100,
    after_help = "Exit codes: 0 done, or nothing differs; 1 something failed or was rejected; 2 the arguments or the \
                  configuration are wrong; 3 the organization is not as the file says; 141 the output was closed \
                  before the end, as by head.\n\nExamples:\n  mto status contoso\n  mto plan organization.yaml\n  \
                  mto apply organization.yaml\n  mto send join fabrikam --to contoso --dry-run\n  mto doctor"
)]
pub struct Args {
    /// How the answer is written to standard output
    #[arg(long, value_enum, default_value_t = Format::Table, global = true)]
    pub output: Format,

    /// What to do.
    #[command(subcommand)]
    pub action: Action,
}

/// The two formats of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Table,
    /// For programs: one JSON document
    Json,
}

impl Format {
    /// The answer in this format.
    pub fn of(self, answer: &Answer) -> String {
        match self {
            Self::Table => answer.text.clone(),
            Self::Json => format!("{:#}\n", answer.json),
        }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Sends one command to its function
    Send(Box<SendArgs>),
    /// Shows how an organization stands: members, settings, synchronizations; reads only
    #[command(
        after_help = "Examples:\n  mto status contoso\n  mto status contoso --output json | jq .members\n  \
                            mto status fabrikam --to contoso tailspin"
    )]
    Status(StatusArgs),
    /// Shows what differs from the organization that a file describes, write by write; reads only
    #[command(after_help = PLAN_HELP)]
    Plan(PlanArgs),
    /// Sends the commands that bring the organization to what a file describes, and no others
    #[command(
        after_help = "Examples:\n  mto apply organization.yaml\n  mto apply organization.yaml --server \
                            http://127.0.0.1:8620\n  mto apply organization.yaml --confirm tailspin"
    )]
    Apply(ApplyArgs),
    /// Checks directory, credentials, permissions and queues, one line each; reads only
    #[command(after_help = "Examples:\n  mto doctor\n  mto doctor --output json | jq '.checks[] | \
                            select(.state == \"failed\")'")]
    Doctor,
    /// Lists what could not be handled, and why; takes nothing out of the queues
    #[command(after_help = "The queues are those of MTO_DEAD_LETTERS_CREATE to MTO_DEAD_LETTERS_SYNC, \
                            MTO_DEAD_LETTERS_OUTCOMES and MTO_DEAD_LETTERS_NOTIFY.\n\nExamples:\n  mto dead-letters\n  \
                            mto dead-letters --queue join")]
    DeadLetters(DeadLettersArgs),
    /// Sends dead letters back to the queue they came from
    #[command(
        after_help = "Examples:\n  mto redrive --queue join --id INC0012345\n  mto redrive --queue join --all"
    )]
    Redrive(RedriveArgs),
}

const PLAN_HELP: &str = "The file:
  owner: contoso                 # names, domains or ids of the tenant directory
  displayName: Contoso group
  description: Everybody         # optional
  templates: admin-center        # optional, as in commands
  members:
    - {tenant: fabrikam, displayName: Fabrikam}
    - {tenant: tailspin, role: owner}
  settings: true                 # compare the cross-tenant settings of all pairs
  sync:
    - {source: fabrikam, targets: all, scope: {groups: [8c1b9f0e-5a5b-4c0e-9a64-2f6f5d6c7b8a]}}
  prune: false                   # true: members that are not in the file are removed

Examples:
  mto plan organization.yaml
  mto plan organization.yaml --output json | jq '.commands'";

/// Arguments of `status`.
#[derive(Debug, clap::Args)]
pub struct StatusArgs {
    /// An owner of the organization; with --to, the tenant whose users go out
    pub tenant: String,
    /// Only the pairs with these tenants
    #[arg(long, num_args = 1.., value_name = "TENANT")]
    pub to: Vec<String>,
}

/// Arguments of `plan`.
#[derive(Debug, clap::Args)]
pub struct PlanArgs {
    /// The desired organization; - for standard input
    pub file: String,
}

/// Arguments of `apply`.
#[derive(Debug, clap::Args)]
pub struct ApplyArgs {
    /// The desired organization; - for standard input
    pub file: String,
    /// A member that may be removed, by its name in the directory; once for each
    #[arg(long, value_name = "TENANT")]
    pub confirm: Vec<String>,
    /// In front of the ids of the commands; they end in -1, -2, … [default: a random one]
    #[arg(long)]
    pub id: Option<String>,
    /// Where the commands go to, and from whom they are
    #[command(flatten)]
    pub common: Acting,
}

/// Arguments of `dead-letters`.
#[derive(Debug, clap::Args)]
pub struct DeadLettersArgs {
    /// Only this queue's
    #[arg(long, value_enum)]
    pub queue: Option<QueueName>,
}

/// Arguments of `redrive`.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("which").required(true).args(["id", "all"])))]
pub struct RedriveArgs {
    /// Whose dead letters
    #[arg(long, value_enum)]
    pub queue: QueueName,
    /// Only the command with this id
    #[arg(long)]
    pub id: Option<String>,
    /// All of them
    #[arg(long)]
    pub all: bool,
    /// Without the journal: budgets, tries and waits start again
    #[arg(long)]
    pub fresh: bool,
    /// At most so many
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub limit: u32,
}

/// A queue that can have dead letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum QueueName {
    /// Commands of this verb
    Create,
    /// Commands of this verb
    Add,
    /// Commands of this verb
    Join,
    /// Commands of this verb
    Leave,
    /// Commands of this verb
    Sync,
    /// Outcomes that nobody took
    Outcomes,
    /// Outcomes that could not be told
    Notify,
}

impl QueueName {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Create, Self::Add, Self::Join, Self::Leave, Self::Sync, Self::Outcomes, Self::Notify];

    /// As in the names of variables, in small letters.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Add => "add",
            Self::Join => "join",
            Self::Leave => "leave",
            Self::Sync => "sync",
            Self::Outcomes => "outcomes",
            Self::Notify => "notify",
        }
    }
}
