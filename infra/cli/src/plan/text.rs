//! The plan for people.

use std::fmt::Write as _;

use console::{Style, style};
use serde_json::Value;

use super::steps::SETTINGS;
use super::{Finding, Plan, State};
use crate::answer::Verdict;
use crate::command;
use crate::tables;
use crate::tenants::Tenants;

/// Every step, then the commands.
pub(super) fn plan(plan: &Plan, tenants: &Tenants) -> String {
    let ending = match plan.verdict() {
        Verdict::Done => "is as the file says",
        Verdict::Differs => "differs from the file",
        Verdict::Failed => "cannot be brought to what the file says",
    };
    let mut text = format!("{} {ending}\n\n", plan.display_name);
    for one in &plan.findings {
        finding(&mut text, one, tenants);
    }
    let commands: Vec<Value> = plan.commands().map(|(data, _)| command::event(data.clone())).collect();
    // Writing to a String cannot fail.
    let _ = match commands.len() {
        0 => writeln!(text, "\nno command would be sent"),
        1 => writeln!(text, "\n1 command would be sent:"),
        count => writeln!(text, "\n{count} commands would be sent:"),
    };
    for event in commands {
        let _ = writeln!(text, "  {} {}", event["type"].as_str().unwrap_or_default(), event["data"]);
    }
    text
}

fn finding(text: &mut String, Finding { title, state, notes, .. }: &Finding, tenants: &Tenants) {
    let look = match state {
        State::AsWanted | State::Kept(_) => Style::new().green(),
        State::Differs { .. } | State::UnderWay(_) | State::NotYet(_) => Style::new().yellow(),
        State::Refused(_) => Style::new().red(),
    };
    let word = look.apply_to(format!("{:<10}", state.word()));
    let _ = writeln!(text, "{word} {title}");
    let mut line = |line: &str| {
        let _ = writeln!(text, "    {}", tenants.shorten(line));
    };
    match state {
        State::AsWanted => {}
        State::Differs { writes, then, .. } => {
            text.push_str(&tables::writes(writes, tenants));
            if let Some(then) = then {
                let _ = writeln!(text, "    then it waits: {}", tenants.shorten(&then.text));
            }
        }
        State::UnderWay(reason) => line(&reason.text),
        State::NotYet(why) | State::Kept(why) => line(why),
        State::Refused(reason) => {
            line(&reason.text);
            line(&format!("remedy: {}", reason.remedy));
        }
    }
    // Of what is as wanted there is nothing to say, but for what was not compared; the JSON holds it all.
    let is_told = match state {
        State::AsWanted => title == SETTINGS,
        State::NotYet(_) => false,
        State::Differs { .. } | State::UnderWay(_) | State::Kept(_) | State::Refused(_) => true,
    };
    for note in notes.iter().filter(|_| is_told) {
        let _ = writeln!(text, "    {} {}", style("note:").dim(), tenants.shorten(note));
    }
}
