//! `mto plan`: what differs from a desired organization, told by dry runs of the functions themselves.
//!
//! # Flow
//! file → a dry run of `create`, which shows the list → [`steps::after`] → a dry run of each → what it means.

pub mod steps;
mod text;

use mto_messages::{
    Command, CommandData, Explanation, Outcome, OutcomeKind, PlannedWrite, SyncAction, TenantId, Verb,
};
use serde_json::{Value, json};

use crate::answer::{Answer, CliError, Verdict};
use crate::command;
use crate::context::Context;
use crate::in_process::InProcess;
use crate::organization::{Wanted, parse};
use crate::seen::Organization;
use crate::status::looking;
use crate::tenants::Tenants;
use steps::{Step, Todo};

/// What was found out about the whole file.
pub struct Plan {
    /// The organization's name.
    pub display_name: String,
    /// The steps, in the order in which they have to happen.
    pub findings: Vec<Finding>,
}

/// What was found out about one step.
pub struct Finding {
    /// What it is about.
    pub title: String,
    /// How it is.
    pub state: State,
    /// What the function has to say beside.
    pub notes: Vec<String>,
    /// The member that would be removed.
    pub removes: Option<TenantId>,
}

/// How a step stands.
#[derive(Debug, Clone, PartialEq)]
pub enum State {
    /// As the file says.
    AsWanted,
    /// This would be written, by this command; then something would be waited for.
    Differs {
        /// The writes, and the commands that would be posted.
        writes: Vec<PlannedWrite>,
        /// What it would wait for next.
        then: Option<Explanation>,
        /// What is to be sent.
        data: Box<CommandData>,
    },
    /// Nothing would be written: something that runs already is waited for.
    UnderWay(Explanation),
    /// Something else has to happen before.
    NotYet(String),
    /// The file leaves it alone.
    Kept(String),
    /// The function would reject it, or could not look.
    Refused(Explanation),
}

/// Reasons for which a look shows nothing, whatever stands there.
const BLIND: [&str; 6] =
    ["denied", "out-of-time", "owner-unreachable", "throttled", "unavailable", "unrecognised"];

/// Shows the plan.
///
/// # Errors
/// What is wrong with the file or the configuration.
pub async fn run(file: &str, context: &Context) -> Result<Answer, CliError> {
    let tenants = Tenants::read(&context.environment)?;
    let plan = Plan::of(file, &tenants, context).await?;
    let text = text::plan(&plan, &tenants);
    Ok(Answer { verdict: plan.verdict(), text, json: plan.json() })
}

impl Plan {
    /// Reads the file and looks.
    ///
    /// # Errors
    /// What is wrong with the file or the configuration.
    pub async fn of(file: &str, tenants: &Tenants, context: &Context) -> Result<Self, CliError> {
        let document = parse(&command::text_of(file, context)?, file)?;
        let wanted = Wanted::new(document, file, tenants)?;
        let functions = InProcess::new(context, &Verb::ALL)?;
        let first = CommandData::Create(steps::create(&wanted, false));
        let look = dry(&functions, std::slice::from_ref(&first)).await?;
        let Some(look) = look.first() else {
            return Err(CliError::Failed("the look at the organization did not end".to_owned()));
        };
        let seen = Organization::of(&look.data.observed);
        let first = CommandData::Create(steps::create(&wanted, !seen.is_active()));
        let state = State::of(look, first);
        let is_clear = !matches!(state, State::Refused(_));
        let mut findings =
            vec![Finding { title: "organization".to_owned(), state, notes: notes(look), removes: None }];
        if is_clear {
            let steps = steps::after(&wanted, &seen, tenants);
            findings.extend(find(&functions, steps).await?);
        }
        leave_out_repeats(&mut findings);
        Ok(Self { display_name: wanted.document.display_name, findings })
    }

    /// The commands that would be sent, with what would be removed.
    pub fn commands(&self) -> impl Iterator<Item = (&CommandData, Option<TenantId>)> {
        self.findings.iter().filter_map(|finding| match &finding.state {
            State::Differs { data, .. } => Some((data.as_ref(), finding.removes)),
            State::AsWanted | State::UnderWay(_) | State::NotYet(_) | State::Kept(_) | State::Refused(_) => {
                None
            }
        })
    }

    /// Whether it is as the file says, differs, or cannot be brought about.
    pub fn verdict(&self) -> Verdict {
        let states = || self.findings.iter().map(|finding| &finding.state);
        if states().any(|state| matches!(state, State::Refused(_))) {
            Verdict::Failed
        } else if states().all(|state| matches!(state, State::AsWanted | State::Kept(_))) {
            Verdict::Done
        } else {
            Verdict::Differs
        }
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let commands = self.commands().map(|(data, _)| command::event(data.clone()));
        json!({
            "organization": self.display_name,
            "differs": self.verdict() != Verdict::Done,
            "steps": self.findings.iter().map(Finding::json).collect::<Vec<_>>(),
            "commands": commands.collect::<Vec<_>>(),
        })
    }
}

impl Finding {
    fn json(&self) -> Value {
        let mut json = json!({"step": self.title, "state": self.state.word()});
        match &self.state {
            State::AsWanted => {}
            State::Differs { writes, then, .. } => {
                json["writes"] = json!(writes);
                if let Some(then) = then {
                    json["then"] = json!(then);
                }
            }
            State::UnderWay(reason) | State::Refused(reason) => json["reason"] = json!(reason),
            State::NotYet(why) | State::Kept(why) => json["why"] = json!(why),
        }
        if !self.notes.is_empty() {
            json["notes"] = json!(self.notes);
        }
        json
    }
}

impl State {
    /// What the outcome of a dry run means.
    pub fn of(outcome: &Outcome, data: CommandData) -> Self {
        let writes = outcome.data.plan.clone().unwrap_or_default();
        let reason = outcome.data.reason.clone();
        match (outcome.kind, reason) {
            (OutcomeKind::Planned, None) if writes.is_empty() => Self::AsWanted,
            (OutcomeKind::Planned, Some(reason)) if writes.is_empty() => {
                if BLIND.contains(&reason.code.as_str()) {
                    Self::Refused(reason)
                } else {
                    Self::UnderWay(reason)
                }
            }
            (OutcomeKind::Planned, then) => Self::Differs { writes, then, data: Box::new(data) },
            (_, Some(reason)) => Self::Refused(reason),
            (kind, None) => Self::Refused(Explanation {
                code: kind.as_str().to_owned(),
                text: outcome.data.summary.clone(),
                remedy: "look again later".to_owned(),
            }),
        }
    }

    /// A stable word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::AsWanted => "as wanted",
            Self::Differs { .. } => "differs",
            Self::UnderWay(_) => "under way",
            Self::NotYet(_) => "not yet",
            Self::Kept(_) => "kept",
            Self::Refused(_) => "refused",
        }
    }
}

/// Users need settings that the step before may open already: a write is shown once, and a synchronization that needs
/// nothing else is not sent.
fn leave_out_repeats(findings: &mut [Finding]) {
    let mut shown: Vec<PlannedWrite> = Vec::new();
    for finding in findings {
        let State::Differs { writes, data, .. } = &mut finding.state else { continue };
        if is_configure(data) {
            writes.retain(|write| !shown.contains(write));
        }
        if writes.is_empty() {
            finding.state = State::NotYet("it needs what is written above, and nothing else".to_owned());
        } else {
            shown.extend(writes.iter().cloned());
        }
    }
}

fn is_configure(data: &CommandData) -> bool {
    matches!(data, CommandData::Sync(sync) if sync.action == SyncAction::Configure)
}

async fn find(functions: &InProcess, steps: Vec<Step>) -> Result<Vec<Finding>, CliError> {
    let asked: Vec<CommandData> = steps.iter().filter_map(|step| step.asks().cloned()).collect();
    let mut outcomes = dry(functions, &asked).await?.into_iter();
    let mut findings = Vec::new();
    for Step { title, todo, removes } in steps {
        let finding = match todo {
            Todo::NotYet(why) => Finding { title, state: State::NotYet(why), notes: Vec::new(), removes },
            Todo::Kept(why) => Finding { title, state: State::Kept(why), notes: Vec::new(), removes },
            Todo::Plan(data) => {
                let Some(outcome) = outcomes.next() else {
                    return Err(CliError::Failed(format!("{title}: the look at it did not end")));
                };
                Finding { title, state: State::of(&outcome, *data), notes: notes(&outcome), removes }
            }
        };
        findings.push(finding);
    }
    Ok(findings)
}

impl Step {
    fn asks(&self) -> Option<&CommandData> {
        match &self.todo {
            Todo::Plan(data) => Some(data),
            Todo::NotYet(_) | Todo::Kept(_) => None,
        }
    }
}

fn notes(outcome: &Outcome) -> Vec<String> {
    outcome.data.notes.clone()
}

async fn dry(functions: &InProcess, asked: &[CommandData]) -> Result<Vec<Outcome>, CliError> {
    let command =
        |(number, data): (usize, &CommandData)| looking(&format!("plan-{number}"), as_dry_run(data));
    let commands: Vec<Command> = asked.iter().enumerate().map(command).collect();
    functions.run(&commands).await
}

fn as_dry_run(data: &CommandData) -> CommandData {
    let mut data = data.clone();
    let flag = match &mut data {
        CommandData::Create(data) => &mut data.dry_run,
        CommandData::Add(data) => &mut data.dry_run,
        CommandData::Join(data) => &mut data.dry_run,
        CommandData::Leave(data) => &mut data.dry_run,
        CommandData::Sync(data) => &mut data.dry_run,
    };
    *flag = true;
    data
}
