//! What people read of an outcome, before any format: a title, sections, facts.
//!
//! All texts are plain: each destination escapes them for its format. What is long is told in part, and what is left
//! out is counted.

use mto_messages::{Outcome, OutcomeKind, PlannedWrite, Verb, Write};
use time::OffsetDateTime;
use time::macros::format_description;

use crate::mark::key;
use crate::text::{clean, duration};

/// Of ids, names and sources.
const MAX_FACT: usize = 160;

/// Notes that are told in a chat, at most: nobody scrolls through more.
pub(crate) const CHAT_NOTES: usize = 20;

/// Notes that are told in a ticket, at most.
pub(crate) const TICKET_NOTES: usize = 50;

/// How much is told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Level {
    /// Lines of a list.
    lines: usize,
    /// Of the notes.
    notes: usize,
    /// Characters of a text or a line.
    chars: usize,
}

/// From everything a person reads to what fits anywhere.
const LEVELS: [Level; 4] = [
    Level { lines: 50, notes: 50, chars: 1_500 },
    Level { lines: 25, notes: 25, chars: 800 },
    Level { lines: 12, notes: 12, chars: 400 },
    Level { lines: 6, notes: 6, chars: 160 },
];

/// Fits into every destination, whatever the characters are: a test holds it.
const SMALLEST: Level = Level { lines: 2, notes: 2, chars: 60 };

/// How it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Neutral,
    Good,
    Bad,
}

/// What people read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rendering {
    pub(crate) tone: Tone,
    /// `Join failed: INC0012345`.
    pub(crate) title: String,
    pub(crate) sections: Vec<Section>,
    /// Names and values.
    pub(crate) facts: Vec<(&'static str, String)>,
    /// Names the outcome, for who looks it up.
    pub(crate) reference: String,
}

/// A part, with at least one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Section {
    /// `Writes`; none for the sentence.
    pub(crate) heading: Option<&'static str>,
    /// One for a text, several for a list. None is empty.
    pub(crate) lines: Vec<String>,
}

/// The most that fits, with `notes` notes at most; the smallest if nothing does.
pub(crate) fn fitting<T>(
    outcome: &Outcome,
    notes: usize,
    format: impl Fn(&Rendering) -> T,
    fits: impl Fn(&T) -> bool,
) -> T {
    let capped = |level: Level| Level { notes: level.notes.min(notes), ..level };
    let mut all = LEVELS.into_iter().map(|level| format(&Rendering::of(outcome, capped(level))));
    all.find(|made| fits(made)).unwrap_or_else(|| format(&Rendering::of(outcome, SMALLEST)))
}

impl Rendering {
    /// An outcome, as far as `level` goes.
    pub(crate) fn of(outcome: &Outcome, level: Level) -> Self {
        let title =
            format!("{}: {}", headline(outcome), clean(&outcome.data.command.id, MAX_FACT.min(level.chars)));
        let tone = match outcome.kind {
            OutcomeKind::Accepted | OutcomeKind::Waiting | OutcomeKind::Planned => Tone::Neutral,
            OutcomeKind::Succeeded => Tone::Good,
            OutcomeKind::Rejected | OutcomeKind::Failed | OutcomeKind::Expired => Tone::Bad,
        };
        let sections = sections(outcome, level).into_iter().filter_map(Section::if_not_empty).collect();
        Self {
            tone,
            title,
            sections,
            facts: facts(outcome, level),
            reference: format!("outcome {}", key(outcome)),
        }
    }
}

impl Section {
    fn new(heading: Option<&'static str>, lines: Vec<String>) -> Self {
        Self { heading, lines }
    }

    fn if_not_empty(mut self) -> Option<Self> {
        self.lines.retain(|line| !line.trim().is_empty());
        (!self.lines.is_empty()).then_some(self)
    }
}

fn headline(outcome: &Outcome) -> String {
    let verb = match outcome.verb {
        Verb::Create => "Create",
        Verb::Add => "Add",
        Verb::Join => "Join",
        Verb::Leave => "Leave",
        Verb::Sync => "Sync",
    };
    let ending = match outcome.kind {
        OutcomeKind::Accepted => "accepted",
        OutcomeKind::Waiting => "waits",
        OutcomeKind::Succeeded => "succeeded",
        OutcomeKind::Rejected => "rejected",
        OutcomeKind::Failed => "failed",
        OutcomeKind::Expired => "expired",
        OutcomeKind::Planned => "planned (dry run)",
    };
    format!("{verb} {ending}")
}

/// Those that nothing was decided in yet are short.
fn is_short(kind: OutcomeKind) -> bool {
    match kind {
        OutcomeKind::Accepted | OutcomeKind::Waiting => true,
        OutcomeKind::Succeeded
        | OutcomeKind::Rejected
        | OutcomeKind::Failed
        | OutcomeKind::Expired
        | OutcomeKind::Planned => false,
    }
}

fn sections(outcome: &Outcome, level: Level) -> Vec<Section> {
    let data = &outcome.data;
    let text = |text: &str| vec![clean(text, level.chars)];
    let mut sections = vec![Section::new(None, text(&data.summary))];
    if let Some(reason) = &data.reason {
        // The summary of most outcomes ends with the reason.
        if !data.summary.contains(&reason.text) {
            sections.push(Section::new(Some("Reason"), text(&reason.text)));
        }
        sections.push(Section::new(Some("What to do"), text(&reason.remedy)));
    }
    if is_short(outcome.kind) {
        return sections;
    }
    if let Some(plan) = &data.plan {
        sections.push(Section::new(Some("Plan"), plan_lines(plan, level)));
        if !plan.is_empty() {
            sections.push(Section::new(Some("To carry it out"), vec![repeat(outcome.verb).to_owned()]));
        }
    }
    sections.push(Section::new(Some("Writes"), write_lines(&data.writes, data.writes_dropped, level)));
    let notes = listed(&data.notes, level.notes, |note| clean(note, level.chars));
    sections.push(Section::new(Some("Notes"), notes));
    sections
}

/// What somebody sends to have the plan carried out. An outcome does not hold the command, so it is not quoted.
/// `confirm` is always named for what takes something away: intake makes that its dry run again without it.
fn repeat(verb: Verb) -> &'static str {
    match verb {
        Verb::Leave => {
            "Send the same command under a new id, without \"dryRun\" and with \"confirm\": {\"tenant\": the command's \
             tenant}; where users are deleted, \"confirm\" also has \"users\": the number of users in the plan."
        }
        Verb::Sync => {
            "Send the same command under a new id, without \"dryRun\"; an unshare always with \"confirm\": \
             {\"tenant\": the source}. Where users are deleted, or many are created, \"confirm\" also has \"users\": the \
             number of users in the plan."
        }
        Verb::Create | Verb::Add | Verb::Join => "Send the same command under a new id, without \"dryRun\".",
    }
}

fn plan_lines(plan: &[PlannedWrite], level: Level) -> Vec<String> {
    if plan.is_empty() {
        return vec!["nothing".to_owned()];
    }
    listed(plan, level.lines, |line| {
        let place = line.tenant.map(|tenant| format!(" (in {tenant})")).unwrap_or_default();
        format!("{}{place}", clean(&line.text, level.chars))
    })
}

/// The newest, since a support case is about them; the earlier ones are counted.
fn write_lines(writes: &[Write], dropped: u32, level: Level) -> Vec<String> {
    let skipped = writes.len().saturating_sub(level.lines);
    let earlier = skipped + dropped as usize;
    let mut lines = Vec::new();
    if earlier > 0 {
        lines.push(format!("{earlier} earlier ones are not listed"));
    }
    lines.extend(writes[skipped..].iter().map(write_line));
    lines
}

fn write_line(write: &Write) -> String {
    let about = write.about.map(|about| format!(" about {about}")).unwrap_or_default();
    let status = write.status.map_or("no answer".to_owned(), |status| status.to_string());
    let request = write.request_id.as_deref().map(|id| format!(", request-id {}", clean(id, 80)));
    format!("{} in {}{about}: {status}{}", clean(&write.what, 60), write.tenant, request.unwrap_or_default())
}

fn listed<T>(all: &[T], most: usize, line: impl Fn(&T) -> String) -> Vec<String> {
    let mut lines: Vec<String> = all.iter().take(most).map(line).collect();
    if all.len() > most {
        lines.push(format!("and {} more", all.len() - most));
    }
    lines
}

fn facts(outcome: &Outcome, level: Level) -> Vec<(&'static str, String)> {
    let data = &outcome.data;
    let fact = |text: &str| clean(text, MAX_FACT.min(level.chars));
    let mut facts = vec![("At", moment(outcome.time))];
    if let Some(wait) = &data.wait {
        facts.push(("Waiting for", format!("{} ({} looks)", duration(wait.age_seconds), wait.looks)));
        facts.push(("Next look", moment(wait.next_look)));
        facts.push(("Gives up", moment(wait.deadline)));
    }
    if let Some(root) = &outcome.root {
        facts.push(("Part of", fact(root)));
    }
    if !is_short(outcome.kind) {
        facts.push(("Command", format!("{} from {}", fact(&data.command.kind), fact(&data.command.source))));
        facts.push(("Took", duration(data.took_seconds)));
        if !data.children.is_empty() {
            facts.push(("Follow-ups", format!("{} commands", data.children.len())));
        }
    }
    if let Some(person) = data.requested_by.as_deref().filter(|person| !person.trim().is_empty()) {
        facts.push(("Requested by", fact(person)));
    }
    facts
}

/// `2026-11-21 09:00 UTC`.
fn moment(time: OffsetDateTime) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]");
    let time = time.checked_to_offset(time::UtcOffset::UTC).unwrap_or(time);
    time.format(format).map(|text| format!("{text} UTC")).unwrap_or_default()
}
