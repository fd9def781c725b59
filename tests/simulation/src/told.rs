//! An outcome, as a reader of the outcomes queue has it.

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// One outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Told(pub Value);

impl Told {
    /// `succeeded`, `waiting`, …
    pub fn kind(&self) -> &str {
        self.0["type"].as_str().unwrap().split('.').nth(2).unwrap()
    }

    /// Whether it is the last word.
    pub fn is_last_word(&self) -> bool {
        !matches!(self.kind(), "accepted" | "waiting")
    }

    /// The id of the event.
    pub fn id(&self) -> &str {
        self.0["id"].as_str().unwrap()
    }

    /// The id of the command.
    pub fn command(&self) -> &str {
        self.0["data"]["command"]["id"].as_str().unwrap()
    }

    /// One plain sentence.
    pub fn summary(&self) -> &str {
        self.0["data"]["summary"].as_str().unwrap()
    }

    /// The code of the reason; empty where there is none.
    pub fn code(&self) -> &str {
        self.0["data"]["reason"]["code"].as_str().unwrap_or_default()
    }

    /// The reason for people; empty where there is none.
    pub fn text(&self) -> &str {
        self.0["data"]["reason"]["text"].as_str().unwrap_or_default()
    }

    /// What to do about it; empty where there is none.
    pub fn remedy(&self) -> &str {
        self.0["data"]["reason"]["remedy"].as_str().unwrap_or_default()
    }

    /// The writes it lists, by their words.
    pub fn writes(&self) -> Vec<String> {
        self.list("writes").iter().map(|write| write["what"].as_str().unwrap().to_owned()).collect()
    }

    /// The lines of a plan, by their words.
    pub fn plan(&self) -> Vec<String> {
        self.list("plan").iter().map(|line| line["what"].as_str().unwrap().to_owned()).collect()
    }

    /// A list of the particulars; empty where there is none.
    pub fn list(&self, name: &str) -> Vec<Value> {
        self.0["data"][name].as_array().cloned().unwrap_or_default()
    }

    /// When it was told.
    pub fn time(&self) -> OffsetDateTime {
        read_time(&self.0["time"])
    }

    /// When a waiting command looks again.
    pub fn next_look(&self) -> OffsetDateTime {
        read_time(&self.0["data"]["wait"]["nextLook"])
    }

    /// Seconds since the first look.
    pub fn took_seconds(&self) -> i64 {
        self.0["data"]["tookSeconds"].as_i64().unwrap()
    }
}

fn read_time(value: &Value) -> OffsetDateTime {
    OffsetDateTime::parse(value.as_str().unwrap(), &Rfc3339).unwrap()
}
