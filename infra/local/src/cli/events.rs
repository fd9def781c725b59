//! Outcomes as they come, and the lines that tell them.

use std::collections::{HashMap, HashSet};

use mto_messages::{OutcomeData, OutcomeKind, Verb};
use serde::Deserialize;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::cast::{Cast, pair_of};
use super::members::Member;
use super::words;

/// Past this number of tenants, the owner's list is not told row by row.
const MANY: usize = 10;
/// So many equal outcomes of one moment get a line each; more share one.
const APART: usize = 3;

/// Verbs whose successes have notes worth a line: what stays, and what is left to do.
const ENDS: [Verb; 2] = [Verb::Leave, Verb::Sync];
/// Waits of seconds between the writes of one pair: too small to tell.
const SETTLING: &str = "settling";

/// What to do about a command that could not succeed because another one did not.
pub(crate) const AFTER_OTHERS: &str = "put right what is said above, then send this command again";

/// One outcome, read back from its queue.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) verb: Verb,
    pub(crate) kind: OutcomeKind,
    pub(crate) time: OffsetDateTime,
    pub(crate) subject: Option<String>,
    pub(crate) root: Option<String>,
    pub(crate) data: OutcomeData,
    /// As it was sent.
    pub(crate) body: Value,
}

impl Event {
    /// None if it is not an outcome of ours.
    pub(crate) fn read(body: &str) -> Option<Self> {
        let body: Value = serde_json::from_str(body).ok()?;
        let mut words = body["type"].as_str()?.split('.');
        let (verb, kind) = (words.nth(1)?, words.next()?);
        Some(Self {
            verb: Verb::ALL.into_iter().find(|known| known.as_str() == verb)?,
            kind: OutcomeKind::deserialize(json!(kind)).ok()?,
            time: OffsetDateTime::parse(body["time"].as_str()?, &Rfc3339).ok()?,
            subject: body["subject"].as_str().map(str::to_owned),
            root: body["root"].as_str().map(str::to_owned),
            data: OutcomeData::deserialize(&body["data"]).ok()?,
            body,
        })
    }

    /// `waiting: the join … is being processed`.
    fn text(&self) -> String {
        let after = match self.kind {
            OutcomeKind::Failed | OutcomeKind::Expired => format!(" after {}", self.took()),
            OutcomeKind::Accepted
            | OutcomeKind::Waiting
            | OutcomeKind::Succeeded
            | OutcomeKind::Rejected
            | OutcomeKind::Planned => String::new(),
        };
        let text = self.data.reason.as_ref().map_or(&self.data.summary, |reason| &reason.text);
        format!("{}{after}: {}", self.kind.as_str(), words::without_ids(text))
    }

    /// How long the command was under way.
    pub(crate) fn took(&self) -> String {
        words::duration(time::Duration::seconds(self.data.took_seconds))
    }

    fn tone(&self) -> Tone {
        match self.kind {
            OutcomeKind::Accepted | OutcomeKind::Waiting | OutcomeKind::Planned => Tone::Plain,
            OutcomeKind::Succeeded => Tone::Good,
            OutcomeKind::Rejected | OutcomeKind::Failed | OutcomeKind::Expired => Tone::Bad,
        }
    }

    /// Whether what it came from cannot succeed without it. Nobody waits for users.
    pub(crate) fn spoils_root(&self) -> bool {
        self.kind.is_failure() && self.verb != Verb::Sync
    }

    /// The id of the command.
    pub(crate) fn id(&self) -> &str {
        &self.data.command.id
    }

    fn reason_code(&self) -> Option<&str> {
        self.data.reason.as_ref().map(|reason| reason.code.as_str())
    }
}

/// How a line is coloured on a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Good,
    Bad,
}

/// One line of the log, and what belongs under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) time: OffsetDateTime,
    pub(crate) label: String,
    pub(crate) text: String,
    pub(crate) tone: Tone,
    pub(crate) under: Vec<String>,
}

/// What was told so far.
pub(crate) struct Log {
    cast: Cast,
    start: OffsetDateTime,
    /// Whether waits are told again every hour, and with their next look.
    waits_in_full: bool,
    /// By command id: the last `waiting` outcome.
    waiting: HashMap<String, Event>,
    /// By pair: what was told about its users. Two joins may ask for the same pair.
    told: HashMap<(Uuid, Uuid), HashSet<String>>,
    /// Roots of commands that failed.
    spoiled: HashSet<String>,
    members: Vec<Member>,
}

impl Log {
    /// `moving`: a picture beside the log shows every wait as it is now.
    pub(crate) fn new(cast: Cast, start: OffsetDateTime, moving: bool) -> Self {
        let waits_in_full = !moving && cast.tenants.len() <= MANY;
        Self {
            cast,
            start,
            waits_in_full,
            waiting: HashMap::new(),
            told: HashMap::new(),
            spoiled: HashSet::new(),
            members: Vec::new(),
        }
    }

    /// Why the command waits, if it still waits for what it told last.
    pub(crate) fn reason(&self, id: &str, code: &str) -> Option<String> {
        let reason = self.waiting.get(id)?.data.reason.as_ref()?;
        (reason.code == code).then(|| words::without_ids(&reason.text))
    }

    /// The lines for the outcomes of one moment.
    pub(crate) fn outcomes(&mut self, events: &[Event]) -> Vec<Line> {
        let mut groups: Vec<(String, Vec<&Event>)> = Vec::new();
        for event in events {
            if self.is_news(event) {
                let text = event.text();
                let fits = |(other, group): &&mut (String, Vec<&Event>)| {
                    *other == text && group[0].verb == event.verb && group[0].root == event.root
                };
                match groups.iter_mut().find(fits) {
                    Some((_, group)) => group.push(event),
                    None => groups.push((text, vec![event])),
                }
            }
            if event.spoils_root() {
                self.spoiled.extend(event.root.clone());
            }
            if event.kind == OutcomeKind::Waiting {
                self.waiting.insert(event.data.command.id.clone(), event.clone());
            }
        }
        let lines = groups.into_iter().flat_map(|(text, group)| match group.as_slice() {
            [first, ..] if group.len() > APART => vec![shared(&text, first, group.len())],
            _ => group.iter().map(|event| self.line(&text, event)).collect(),
        });
        lines.collect()
    }

    fn is_news(&mut self, event: &Event) -> bool {
        if let Some(pair) = pair_of(event.id()) {
            let is_step = event.kind == OutcomeKind::Waiting && event.reason_code() == Some(SETTLING);
            return event.kind.is_failure()
                || !is_step && self.told.entry(pair).or_default().insert(event.text());
        }
        let before = self.waiting.get(&event.data.command.id);
        let repeated = before.is_some_and(|before| before.reason_code() == event.reason_code());
        event.kind != OutcomeKind::Waiting || !repeated || self.waits_in_full
    }

    fn line(&self, text: &str, event: &Event) -> Line {
        let wait = event.data.wait.as_ref().filter(|_| self.waits_in_full);
        let next = wait.map(|wait| format!(" (next look {})", words::clock(wait.next_look)));
        let mut under = Vec::new();
        if event.kind.is_failure() {
            let spoiled = self.spoiled.contains(&event.data.command.id);
            let remedy = event.data.reason.as_ref().map(|reason| words::without_ids(&reason.remedy));
            let remedy = if spoiled { Some(AFTER_OTHERS.to_owned()) } else { remedy };
            under.extend(remedy.map(|remedy| format!("to do: {remedy}")));
            under.extend(self.consequence(event));
        } else if event.kind == OutcomeKind::Succeeded
            && ENDS.contains(&event.verb)
            && pair_of(event.id()).is_none()
        {
            under.extend(event.data.notes.iter().map(|note| words::without_ids(note)));
        }
        Line {
            time: event.time,
            label: self.cast.label(event.verb, event.subject.as_deref(), event.id()),
            text: format!("{text}{}", next.unwrap_or_default()),
            tone: event.tone(),
            under,
        }
    }

    /// What a child's failure means for the command it came from.
    fn consequence(&self, event: &Event) -> Option<String> {
        let root = self.waiting.get(event.root.as_ref().filter(|_| event.spoils_root())?)?;
        let label = self.cast.label(root.verb, root.subject.as_deref(), root.id());
        let deadline = root.data.wait.as_ref()?.deadline;
        Some(format!(
            "without this, {label} cannot succeed; it looks on until +{}, in case somebody puts it right",
            words::stopwatch(deadline - self.start)
        ))
    }

    /// The lines for what changed in the owner's list; none for large organizations, where the joins tell.
    pub(crate) fn members(&mut self, now: OffsetDateTime, members: &[Member]) -> Vec<Line> {
        if self.cast.tenants.len() > MANY || self.members == members {
            return Vec::new();
        }
        let gone = self.members.iter().filter(|old| members.iter().all(|new| new.tenant_id != old.tenant_id));
        let gone: Vec<String> = gone.map(|old| format!("{} is gone", old.display_name)).collect();
        let news: Vec<String> = members
            .iter()
            .filter(|member| !self.members.contains(member))
            .map(|member| format!("{} is {} {}", member.display_name, member.state, member.role))
            .chain(gone)
            .collect();
        members.clone_into(&mut self.members);
        let label = format!("list of {}", self.cast.owner().name);
        vec![Line { time: now, label, text: news.join(", "), tone: Tone::Plain, under: Vec::new() }]
    }
}

fn shared(text: &str, first: &Event, count: usize) -> Line {
    Line {
        time: first.time,
        label: format!("{} × {count}", first.verb),
        text: text.to_owned(),
        tone: first.tone(),
        under: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use entra_simulator::Seed;
    use time::macros::datetime;

    use super::*;

    const DATA: &str = r#""summary": "", "tookSeconds": 60,
        "reason": {"code": "denied", "text": "it is denied", "remedy": "grant it"}"#;

    fn event(verb: &str, kind: &str, id: &str, more: &str) -> Event {
        let body = format!(
            r#"{{"type": "mto.{verb}.{kind}.v1", "time": "2026-11-21T09:00:00Z", {more}
                "data": {{"command": {{"source": "/t", "id": "{id}", "type": "mto.{verb}.v1"}}, {DATA},
                    "wait": {{"ageSeconds": 1, "looks": 1, "nextLook": "2026-11-21T09:01:00Z",
                             "deadline": "2026-11-22T09:00:00Z"}}}}}}"#
        );
        Event::read(&body).unwrap()
    }

    fn after_failure_of(verb: &str, id: &str) -> Vec<String> {
        let cast = Cast::new(&Seed::demo(3).tenants, &std::collections::BTreeMap::new());
        let mut log = Log::new(cast, datetime!(2026-11-21 09:00 UTC), false);
        log.outcomes(&[event("create", "waiting", "T", "")]);
        let failed = log.outcomes(&[event(verb, "failed", id, r#""root": "T","#)]);
        let expired = log.outcomes(&[event("create", "expired", "T", "")]);
        failed.into_iter().chain(expired).flat_map(|line| line.under).collect()
    }

    #[test]
    fn a_join_that_fails_spoils_the_formation_and_says_so() {
        let under = after_failure_of("join", "T/join/x");
        let consequence = "without this, create Contoso cannot succeed; it looks on until +24:00:00, in case somebody \
                           puts it right";
        assert_eq!(under, ["to do: grant it", consequence, &format!("to do: {AFTER_OTHERS}")]);
    }

    #[test]
    fn users_that_do_not_arrive_spoil_nothing_else() {
        assert_eq!(after_failure_of("sync", "T/join/x/sync/y/z"), ["to do: grant it", "to do: grant it"]);
    }
}
