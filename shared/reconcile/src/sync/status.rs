//! How an organization stands: members, settings, synchronizations. Read-only.

use std::collections::BTreeMap;

use mto_messages::{Journal, TenantId};
use serde::Serialize;

use super::{Configuration, Quarantine};
use crate::settings::{self, Open};
use crate::{Decision, Finish, Note, Reading, Step, Timing, Unreadable};

/// What is seen in all tenants.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Observed {
    /// Organizations and settings.
    pub sides: settings::Observed,
    /// The synchronizations out of each tenant, with the tenants they are for.
    pub synchronizations: BTreeMap<TenantId, Reading<Vec<(TenantId, Configuration)>>>,
}

/// Tells how things stand.
///
/// | Observed | Step |
/// |---|---|
/// | the tenant is in no organization, or in none with the others | rejected, as [`settings::Open`] is |
/// | else | succeeded: a sentence with numbers; what differs, is in quarantine, stands still or could not be read by name |
pub fn decide(open: &Open, observed: &Observed, journal: &Journal, timing: &Timing<'_>) -> Decision {
    let compared = settings::decide(&settings::Aim::Open(open.clone()), &observed.sides, journal, timing);
    let (settings, mut notes) = match compared.step {
        Step::Act(writes) => {
            (format!("{} settings differ from what is wanted", writes.len()), compared.found)
        }
        Step::Finish(Finish::Succeeded { notes, .. }) => ("all settings are as wanted".to_owned(), notes),
        Step::Wait(wait) => {
            let what = wait.reason.code();
            (format!("the settings could not all be compared ({what})"), compared.found)
        }
        step @ (Step::Finish(Finish::Rejected(_) | Finish::Failed(_)) | Step::Remember(_)) => {
            return Decision::just(step);
        }
    };
    let count = Count::of(observed);
    notes.extend(count.notes());
    let summary = format!("{settings}; {}", count.text());
    Decision::just(Step::Finish(Finish::Succeeded { summary, notes }))
}

#[derive(Default)]
struct Count {
    total: usize,
    steady: usize,
    users: u64,
    quarantined: Vec<(TenantId, TenantId, Quarantine)>,
    stopped: Vec<(TenantId, TenantId)>,
    unread: Vec<(TenantId, String)>,
}

impl Count {
    fn of(observed: &Observed) -> Self {
        let mut count = Self::default();
        for (source, reading) in &observed.synchronizations {
            match reading {
                Reading::Seen(found) => {
                    for (target, one) in found {
                        count.add(*source, *target, one);
                    }
                }
                Reading::Unreadable(Unreadable::Denied(words) | Unreadable::Unreachable(words)) => {
                    count.unread.push((*source, words.clone()));
                }
                Reading::Unreadable(Unreadable::External) | Reading::NotNeeded => {}
            }
        }
        count
    }

    fn add(&mut self, source: TenantId, target: TenantId, configuration: &Configuration) {
        let Some(job) = &configuration.job else { return };
        self.total += 1;
        self.users += job.users;
        if let Some(quarantine) = &job.quarantine {
            self.quarantined.push((source, target, quarantine.clone()));
        } else if !job.is_enabled {
            self.stopped.push((source, target));
        } else if job.steady_since.is_some() {
            self.steady += 1;
        }
    }

    fn text(&self) -> String {
        let Self { total, steady, users, quarantined, stopped, .. } = self;
        let running = total - steady - quarantined.len() - stopped.len();
        format!(
            "{total} synchronizations with {users} users: {steady} steady, {running} on their way, {} stopped, {} in \
             quarantine",
            stopped.len(),
            quarantined.len()
        )
    }

    fn notes(&self) -> Vec<Note> {
        let quarantined = self.quarantined.iter().map(|(source, target, quarantine)| Note::InQuarantine {
            source: *source,
            target: *target,
            quarantine: quarantine.clone(),
        });
        let stopped = (!self.stopped.is_empty()).then(|| Note::Stopped(self.stopped.clone()));
        let unread = (!self.unread.is_empty()).then(|| Note::CouldNotRead(self.unread.clone()));
        quarantined.chain(stopped).chain(unread).collect()
    }
}
