//! Where an outcome is told.

use std::collections::BTreeSet;

use mto_messages::{Outcome, OutcomeKind, clip};

use crate::destinations::Destination;

/// A destination under its name.
pub(crate) struct Named {
    pub(crate) name: String,
    /// The kinds it tells.
    pub(crate) tell: BTreeSet<OutcomeKind>,
    pub(crate) destination: Box<dyn Destination>,
}

/// All destinations, and where outcomes go that name none.
pub(crate) struct Destinations {
    pub(crate) all: Vec<Named>,
    pub(crate) default: Option<String>,
}

/// What is to be done with an outcome.
pub(crate) enum Route<'a> {
    /// Tell it.
    To { named: &'a Named, address: String },
    /// Tell nobody: why.
    Nowhere(&'static str),
}

/// A `replyto` that leads nowhere.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Misdirected {
    /// Of the dead letter.
    pub(crate) code: &'static str,
    /// What it said, and what there is.
    pub(crate) text: String,
}

impl Destinations {
    /// The destination and the address within it.
    pub(crate) fn route(&self, outcome: &Outcome) -> Result<Route<'_>, Misdirected> {
        let told_by_default = outcome.root.is_none() || outcome.kind.is_failure();
        let given = outcome.reply_to.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let place = match (given, &self.default) {
            (Some(place), _) => place,
            (None, _) if !told_by_default => return Ok(Route::Nowhere("a follow-up's, and no failure")),
            (None, Some(place)) => place,
            (None, None) => return Ok(Route::Nowhere("it names no destination, and there is no default")),
        };
        let (named, address) = self.find(place)?;
        if !named.tell.contains(&outcome.kind) {
            return Ok(Route::Nowhere("the destination does not tell this kind"));
        }
        Ok(Route::To { named, address: address.to_owned() })
    }

    /// `<destination name>:<address>`; the address may be missing.
    pub(crate) fn find<'a>(&self, place: &'a str) -> Result<(&Named, &'a str), Misdirected> {
        let (name, address) = place.split_once(':').unwrap_or((place, ""));
        let Some(named) = self.all.iter().find(|named| named.name == name) else {
            let names: Vec<&str> = self.all.iter().map(|named| named.name.as_str()).collect();
            let text = format!(
                "{:?} is no destination of the configuration; there are: {}",
                clip(name, 100),
                names.join(", ")
            );
            return Err(Misdirected { code: "unknown-destination", text });
        };
        named.destination.check(address).map_err(|problem| {
            let text = format!("replyto of destination {name}: {problem}");
            Misdirected { code: "address-not-allowed", text }
        })?;
        Ok((named, address))
    }
}
