use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::SynchronizationStatus;
use super::status::{JobStatusCode, SynchronizationQuarantine};
use crate::wire::{null_is_empty, open_enum, time_or_never};

open_enum! {
    /// Whether a job runs by itself.
    ScheduleState {
        /// It does.
        Active = "Active",
        /// Switched off, by us or after four weeks in quarantine.
        Disabled = "Disabled",
        /// Paused.
        Paused = "Paused",
    }
}

/// `microsoft.graph.synchronizationJob`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SynchronizationJob {
    /// `Azure2Azure.<32 hex>.<GUID>`
    pub id: String,
    /// Such as `Azure2Azure`.
    #[serde(default)]
    pub template_id: Option<String>,
    /// When it runs.
    #[serde(default)]
    pub schedule: Option<SynchronizationSchedule>,
    /// How it is doing.
    #[serde(default)]
    pub status: Option<SynchronizationStatus>,
    /// Such as `QuarantineTooManyDeletesThreshold` = `500`.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub synchronization_job_settings: Vec<NameValuePair>,
}

impl SynchronizationJob {
    /// How it is, if the service says so.
    pub fn code(&self) -> Option<&JobStatusCode> {
        self.status.as_ref()?.code.as_ref()
    }

    /// Why it is in quarantine, if it is.
    pub fn quarantine(&self) -> Option<&SynchronizationQuarantine> {
        self.status.as_ref()?.quarantine.as_ref()
    }

    /// The value of a setting.
    pub fn setting(&self, name: &str) -> Option<&str> {
        let pair = self.synchronization_job_settings.iter().find(|pair| pair.name == name)?;
        pair.value.as_deref()
    }
}

/// `microsoft.graph.keyValuePair`, which has a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameValuePair {
    /// The name.
    pub name: String,
    /// The value.
    #[serde(default)]
    pub value: Option<String>,
}

/// `microsoft.graph.synchronizationSchedule`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SynchronizationSchedule {
    /// When the schedule ends; `None` for never.
    #[serde(default, deserialize_with = "time_or_never")]
    pub expiration: Option<OffsetDateTime>,
    /// From one cycle to the next, as ISO 8601 writes it: `PT40M`. See [`SynchronizationSchedule::every`].
    #[serde(default)]
    pub interval: Option<String>,
    /// Whether it runs by itself.
    #[serde(default)]
    pub state: Option<ScheduleState>,
}

impl SynchronizationSchedule {
    /// The interval. A disabled job can have one of thousands of years.
    pub fn every(&self) -> Option<Duration> {
        read_duration(self.interval.as_deref()?)
    }
}

/// `P1DT2H3M4.5S`, without years and months, which have no length.
fn read_duration(text: &str) -> Option<Duration> {
    let (days, clock) = text.strip_prefix('P')?.split_once('T').unwrap_or((&text[1..], ""));
    let mut seconds = 0.0;
    for (part, units) in [(days, &[('D', 86_400.0)][..]), (clock, &[('H', 3600.0), ('M', 60.0), ('S', 1.0)])]
    {
        let mut rest = part;
        for (unit, length_s) in units {
            if let Some((number, after)) = rest.split_once(*unit) {
                seconds += number.parse::<f64>().ok()? * length_s;
                rest = after;
            }
        }
        if !rest.is_empty() {
            return None;
        }
    }
    Duration::try_from_secs_f64(seconds).ok()
}

/// What to change in a job; `None` stays as it is. (Unverified, as the whole operation.)
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SynchronizationJobUpdate {
    /// When it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<SynchronizationScheduleUpdate>,
    /// Settings by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub synchronization_job_settings: Option<Vec<NameValuePair>>,
}

/// What to change in a schedule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SynchronizationScheduleUpdate {
    /// As ISO 8601 writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<String>,
    /// Whether it runs by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<ScheduleState>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_read_as_the_service_writes_them() {
        let cases = [
            ("PT40M", Some(2400)),
            ("P1D", Some(86_400)),
            ("P1DT1H1M1S", Some(90_061)),
            ("PT0S", Some(0)),
            ("P10675199DT2H48M5.4775807S", Some(922_337_203_685)),
            ("P1M", None),
            ("40M", None),
            ("PT-5M", None),
            ("PT5", None),
            ("PTxM", None),
            ("", None),
        ];
        for (text, seconds) in cases {
            assert_eq!(read_duration(text).map(|read| read.as_secs()), seconds, "{text:?}");
        }
    }
}
