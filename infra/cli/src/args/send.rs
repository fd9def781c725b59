//! `mto send`: the flags of each verb.

use clap::{Args, Subcommand, ValueEnum};
use mto_messages::{Cleanup, LeaveMode, SyncAction, UserType};
use uuid::Uuid;

/// Arguments of `send`.
#[derive(Debug, Args)]
#[command(
    after_help = "Without --server a command goes to SQS, to the queue that MTO_QUEUE_<VERB> or --queue-url \
                  names.\n\nExamples:\n  mto send create contoso --name 'Contoso group' --tenant fabrikam=Fabrikam \
                  --join\n  mto send join fabrikam --to contoso --dry-run\n  mto send leave fabrikam --from contoso \
                  --mode remove --confirm fabrikam\n  mto send sync --owner contoso settings\n  mto send --file \
                  command.json\n  mto send --server http://127.0.0.1:8620 --wait join fabrikam --to contoso",
    args_conflicts_with_subcommands = false
)]
pub struct SendArgs {
    /// A command as JSON; - for standard input. id and source may be missing
    #[arg(long, value_name = "FILE")]
    pub file: Option<String>,
    /// The flags of all verbs.
    #[command(flatten)]
    pub common: Common,
    /// What is wanted, where no file says it.
    #[command(subcommand)]
    pub what: Option<What>,
}

/// What every command can be given.
#[derive(Debug, Args)]
pub struct Common {
    /// Names the command; the same source and id are the same command [default: a random one]
    #[arg(long, global = true)]
    pub id: Option<String>,
    /// Only ask for the writes that would be made
    #[arg(long, global = true)]
    pub dry_run: bool,
    /// The URL of the queue, instead of `MTO_QUEUE_<VERB>`
    #[arg(long, global = true, value_name = "URL", conflicts_with = "server")]
    pub queue_url: Option<String>,
    /// Follow the outcomes until the last one
    #[arg(long, global = true)]
    pub wait: bool,
    /// With --wait and SQS: the queue of the outcomes, looked at without deleting. Every look counts there as a receive,
    /// so there are few
    #[arg(long, global = true, value_name = "URL", requires = "wait")]
    pub outcomes_queue: Option<String>,
    /// With --wait: give up after so many minutes
    #[arg(long, global = true, value_name = "MINUTES", default_value_t = 720, requires = "wait")]
    pub timeout: u32,
    /// Where it goes to, and from whom it is.
    #[command(flatten)]
    pub acting: Acting,
}

/// Where commands go to, and from whom they are.
#[derive(Debug, Args)]
pub struct Acting {
    /// A local server instead of SQS: `http://127.0.0.1:8620` [default: `MTO_SERVER`]
    #[arg(long, global = true, value_name = "URL")]
    pub server: Option<String>,
    /// Who sends it, a URI reference
    #[arg(long, global = true, default_value = "/mto-cli")]
    pub source: String,
    /// Where outcomes are told, in notify's words: `slack:C0123/1700000000.1`
    #[arg(long, global = true, value_name = "DESTINATION")]
    pub reply_to: Option<String>,
    /// The person behind the command
    #[arg(long, global = true, value_name = "PERSON")]
    pub requested_by: Option<String>,
}

/// What is wanted.
#[derive(Debug, Subcommand)]
pub enum What {
    /// Make the owner's organization exist
    Create(CreateArgs),
    /// List tenants in the owner's organization
    Add(AddArgs),
    /// Make a listed tenant an active member
    Join(JoinArgs),
    /// End a membership, or an organization
    Leave(LeaveArgs),
    /// Synchronize users, compare settings, report
    Sync(SyncArgs),
}

/// Flags of `create`.
#[derive(Debug, Args)]
pub struct CreateArgs {
    /// The tenant that owns the organization
    pub owner: String,
    /// The organization's name
    #[arg(long)]
    pub name: String,
    /// Its description
    #[arg(long)]
    pub description: Option<String>,
    /// Rename an organization that exists under another name
    #[arg(long)]
    pub update: bool,
    /// The owner's templates: admin-center or default
    #[arg(long)]
    pub templates: Option<String>,
    /// The tenants that are added, and what follows.
    #[command(flatten)]
    pub adding: Adding,
}

/// Flags of `add`.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// The tenant that owns the organization
    pub owner: String,
    /// The tenants that are added, and what follows.
    #[command(flatten)]
    pub adding: Adding,
}

/// Tenants to add, and what follows.
#[derive(Debug, Args)]
pub struct Adding {
    /// A tenant to add, and how the list names it: fabrikam=Fabrikam; once for each
    #[arg(long, value_name = "TENANT[=NAME]")]
    pub tenant: Vec<String>,
    /// A tenant to add as another owner; once for each
    #[arg(long, value_name = "TENANT[=NAME]")]
    pub co_owner: Vec<String>,
    /// Then make them join
    #[arg(long)]
    pub join: bool,
    /// Templates of the tenants that join: admin-center or default
    #[arg(long, value_name = "TEMPLATES", requires = "join")]
    pub join_templates: Option<String>,
    /// Then synchronize users, with the scopes of the tenant directory
    #[arg(long, requires = "join")]
    pub sync: bool,
}

/// Flags of `join`.
#[derive(Debug, Args)]
pub struct JoinArgs {
    /// The tenant that joins
    pub tenant: String,
    /// The owner that added it
    #[arg(long, value_name = "OWNER")]
    pub to: String,
    /// Its templates: admin-center or default
    #[arg(long)]
    pub templates: Option<String>,
    /// Then synchronize users, with the scopes of the tenant directory
    #[arg(long)]
    pub sync: bool,
}

/// Flags of `leave`.
#[derive(Debug, Args)]
pub struct LeaveArgs {
    /// The tenant that is to be out; to dissolve, the owner
    pub tenant: String,
    /// An owner of the organization
    #[arg(long, value_name = "OWNER")]
    pub from: String,
    /// Who acts
    #[arg(long, value_enum)]
    pub mode: ModeArg,
    /// What is cleaned up afterwards
    #[arg(long, value_enum, default_value_t = CleanupArg::None)]
    pub cleanup: CleanupArg,
    /// The tenant again; without it the command is rejected, unless it is a dry run
    #[arg(long, value_name = "TENANT")]
    pub confirm: Option<String>,
    /// With --cleanup users: how many users may be deleted in each tenant
    #[arg(long, value_name = "NUMBER", requires = "confirm")]
    pub confirm_users: Option<u64>,
}

/// Flags of `sync`.
#[derive(Debug, Args)]
pub struct SyncArgs {
    /// What to do
    #[arg(value_enum, default_value_t = SyncActionArg::Configure)]
    pub action: SyncActionArg,
    /// The tenant whose users go out
    #[arg(long, value_name = "SOURCE", required_unless_present = "owner")]
    pub from: Option<String>,
    /// The tenants they go to, or all
    #[arg(long, num_args = 1.., value_name = "TARGET", conflicts_with = "owner")]
    pub to: Vec<String>,
    /// An owner: every pair of the organization
    #[arg(long, conflicts_with = "from")]
    pub owner: Option<String>,
    /// Share this user; once for each
    #[arg(long, value_name = "OBJECT ID")]
    pub user: Vec<Uuid>,
    /// Share the members of this group; once for each
    #[arg(long, value_name = "OBJECT ID")]
    pub group: Vec<Uuid>,
    /// Share every internal member
    #[arg(long)]
    pub everyone: bool,
    /// What users become in the target
    #[arg(long, value_enum)]
    pub user_type: Option<UserTypeArg>,
    /// For unshare: what is cleaned up
    #[arg(long, value_enum)]
    pub cleanup: Option<CleanupArg>,
    /// For unshare: the other direction too
    #[arg(long)]
    pub both_directions: bool,
    /// The source again, where users are created or deleted in number
    #[arg(long, value_name = "TENANT")]
    pub confirm: Option<String>,
    /// How many users may be created or deleted
    #[arg(long, value_name = "NUMBER", requires = "confirm")]
    pub confirm_users: Option<u64>,
}

/// Who ends a membership.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ModeArg {
    /// The tenant removes itself
    Leave,
    /// The owner removes it
    Remove,
    /// The owner removes all others, then itself
    Dissolve,
}

impl From<ModeArg> for LeaveMode {
    fn from(mode: ModeArg) -> Self {
        match mode {
            ModeArg::Leave => Self::Leave,
            ModeArg::Remove => Self::Remove,
            ModeArg::Dissolve => Self::Dissolve,
        }
    }
}

/// What is cleaned up.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum CleanupArg {
    /// Nothing
    None,
    /// What the membership opened
    Settings,
    /// Synchronized users, and the settings
    Users,
}

impl From<CleanupArg> for Cleanup {
    fn from(cleanup: CleanupArg) -> Self {
        match cleanup {
            CleanupArg::None => Self::None,
            CleanupArg::Settings => Self::Settings,
            CleanupArg::Users => Self::Users,
        }
    }
}

/// What sync does.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum SyncActionArg {
    /// Make the synchronization exist as wanted
    Configure,
    /// Compare and repair cross-tenant settings
    Settings,
    /// Report
    Status,
    /// Restart the job
    Restart,
    /// Pause the job
    Stop,
    /// Take the users back and close the settings
    Unshare,
}

impl From<SyncActionArg> for SyncAction {
    fn from(action: SyncActionArg) -> Self {
        match action {
            SyncActionArg::Configure => Self::Configure,
            SyncActionArg::Settings => Self::Settings,
            SyncActionArg::Status => Self::Status,
            SyncActionArg::Restart => Self::Restart,
            SyncActionArg::Stop => Self::Stop,
            SyncActionArg::Unshare => Self::Unshare,
        }
    }
}

/// What synchronized users are.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum UserTypeArg {
    /// Members
    Member,
    /// Guests
    Guest,
}

impl From<UserTypeArg> for UserType {
    fn from(user_type: UserTypeArg) -> Self {
        match user_type {
            UserTypeArg::Member => Self::Member,
            UserTypeArg::Guest => Self::Guest,
        }
    }
}
