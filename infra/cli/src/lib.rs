//! `mto`, the command line for people and scripts.
//!
//! What only reads (`status`, `plan`) runs the functions' own code in this process, with the configuration that the
//! deployed functions have: it cannot say anything else than they would. What writes is sent to them as a command.
//!
//! # Guarantees
//! - Nothing here writes to Graph: a command that is no dry run is not run in this process.
//! - Standard output carries the answer and nothing else; messages go to standard error. There are no prompts.
//! - Exit codes: 0 done, or nothing differs; 1 failed or rejected; 2 arguments or configuration; 3 the organization is not
//!   as the file says; 141 the output was closed.

mod answer;
mod apply;
mod args;
mod aws;
mod command;
mod context;
pub mod dead_letters;
pub mod destination;
pub mod doctor;
mod in_process;
pub mod mailbox;
pub mod organization;
pub mod plan;
pub mod seen;
mod send;
mod status;
mod tables;
mod tenants;

pub use answer::{Answer, CliError, Verdict};
pub use args::{
    Acting, Action, AddArgs, Adding, ApplyArgs, Args, CleanupArg, Common, CreateArgs, DeadLettersArgs,
    Format, JoinArgs, LeaveArgs, ModeArg, PlanArgs, QueueName, RedriveArgs, SendArgs, StatusArgs,
    SyncActionArg, SyncArgs, UserTypeArg, What,
};
pub use command::of as command_of;
pub use context::Context;
pub use send::{Told, follow, outcomes_so_far};
pub use tenants::Tenants;

/// Does what the arguments say.
///
/// # Errors
/// Why there is no answer, with its exit code.
pub async fn run(args: &Args, context: &Context) -> Result<Answer, CliError> {
    match &args.action {
        Action::Send(args) => send::run(args, context).await,
        Action::Status(args) => status::run(args, context).await,
        Action::Plan(args) => plan::run(&args.file, context).await,
        Action::Apply(args) => apply::run(args, context).await,
        Action::Doctor => doctor::run(context).await,
        Action::DeadLetters(args) => {
            dead_letters::check(args.queue, context)?;
            dead_letters::list(args, &aws::sqs(context).await?, context).await
        }
        Action::Redrive(args) => {
            dead_letters::check(Some(args.queue), context)?;
            dead_letters::redrive(args, &aws::sqs(context).await?, context).await
        }
    }
}
