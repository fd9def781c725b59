//! What a destination can keep of an outcome, and what follows from it at the next look.

use mto_messages::{Outcome, OutcomeKind};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

/// Namespace of the keys that are derived from outcomes.
const KEYS: Uuid = Uuid::from_u128(0x6d74_6f2d_6e6f_4e74_9966_7900_0000_0001);

/// How it was, when an outcome was to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// It was told.
    Now,
    /// It stood there already.
    Before,
    /// The last word about its command stood there already, and was not earlier.
    Overtaken,
}

/// What is kept beside a message, all of it texts: Slack's metadata takes nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    /// The outcome's id.
    pub(crate) outcome: String,
    /// The outcome's source.
    pub(crate) source: String,
    /// The id of the command somebody sent.
    #[serde(default)]
    pub(crate) root: String,
    /// `succeeded`.
    #[serde(default)]
    pub(crate) kind: String,
    /// RFC 3339.
    #[serde(default)]
    pub(crate) time: String,
}

impl Mark {
    /// The mark of an outcome.
    pub(crate) fn of(outcome: &Outcome) -> Self {
        Self {
            outcome: outcome.id.clone(),
            source: outcome.source.clone(),
            root: root_of(outcome).to_owned(),
            kind: outcome.kind.as_str().to_owned(),
            time: outcome.time.format(&Rfc3339).unwrap_or_default(),
        }
    }

    /// Whether both are about what came of one command that somebody sent.
    pub(crate) fn shares_root(&self, outcome: &Outcome) -> bool {
        self.root == root_of(outcome) && origin(&self.source) == origin(&outcome.source)
    }

    /// What this one, that stands there already, means for `outcome`.
    pub(crate) fn verdict(&self, outcome: &Outcome) -> Option<Told> {
        if self.source != outcome.source {
            return None;
        }
        if self.outcome == outcome.id {
            return Some(Told::Before);
        }
        let last_word = OutcomeKind::from_name(&self.kind)
            .is_some_and(|kind| self.outcome == format!("{}/{}", outcome.data.command.id, kind.as_str()))
            && OutcomeKind::from_name(&self.kind).is_some_and(OutcomeKind::is_terminal);
        let not_earlier = OffsetDateTime::parse(&self.time, &Rfc3339).is_ok_and(|time| time >= outcome.time);
        (!outcome.kind.is_terminal() && last_word && not_earlier).then_some(Told::Overtaken)
    }
}

/// What all marks together mean: a repeat counts before the last word.
pub(crate) fn verdict<'a>(marks: impl IntoIterator<Item = &'a Mark>, outcome: &Outcome) -> Option<Told> {
    let mut overtaken = None;
    for mark in marks {
        match mark.verdict(outcome) {
            Some(Told::Before) => return Some(Told::Before),
            Some(other) => overtaken = Some(other),
            None => {}
        }
    }
    overtaken
}

/// The id of the command somebody sent.
pub(crate) fn root_of(outcome: &Outcome) -> &str {
    outcome.root.as_deref().unwrap_or(&outcome.data.command.id)
}

/// The command's source, as it stands in an outcome's: the same for a root and its children, whatever their verbs.
pub(crate) fn origin(source: &str) -> &str {
    source.split_once("?of=").map_or(source, |(_, origin)| origin)
}

/// A short name of an outcome, made of its source and id: the same whenever the outcome is told again.
pub(crate) fn key(outcome: &Outcome) -> Uuid {
    Uuid::new_v5(&KEYS, format!("{}\n{}", outcome.source, outcome.id).as_bytes())
}
