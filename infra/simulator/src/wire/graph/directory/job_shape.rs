//! A synchronization job on the wire (6.5). Its enums are in `PascalCase`, unlike those of the organization.

use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::options_directory::DirectoryOptions;
use crate::world::sync::job::{Execution, Job, Schedule};
use crate::world::sync::quarantine::Quarantine;
use crate::world::timestamp;

/// What stands for no time yet.
const NEVER: &str = "0001-01-01T00:00:00Z";
/// The interval of jobs that were given up.
const LONGEST: &str = "P10675199DT2H48M5.4775807S";

fn interval(job: &Job, options: &DirectoryOptions) -> String {
    let seconds = options.cycle_interval_seconds;
    match (job.given_up, seconds % 60) {
        (true, _) => LONGEST.to_owned(),
        (false, 0) => format!("PT{}M", seconds / 60),
        (false, _) => format!("PT{seconds}S"),
    }
}

fn schedule(job: &Job) -> &'static str {
    match job.schedule {
        Schedule::Active => "Active",
        Schedule::Disabled => "Disabled",
        Schedule::Paused => "Paused",
    }
}

pub(super) fn shape(job: &Job, now: OffsetDateTime, options: &DirectoryOptions) -> Value {
    let time = |time: Option<OffsetDateTime>| time.map_or_else(|| NEVER.to_owned(), timestamp);
    let progress = progress(job, now);
    let counts = match job.provisioned() {
        0 if job.last_success.is_none() => json!([]),
        count => json!([{"key": "User to User", "value": count}]), // (unverified) the key
    };
    json!({
        "id": job.id,
        "templateId": "Azure2Azure",
        "schedule": {"expiration": null, "interval": interval(job, options), "state": schedule(job)},
        "status": {
            "code": job.status(),
            "countSuccessiveCompleteFailures": job.failures,
            "escrowsPruned": false,
            "lastExecution": job.last.as_ref().map(execution),
            "lastSuccessfulExecution": job.last_success.as_ref().map(execution),
            "lastSuccessfulExecutionWithExports": job.last_exports.as_ref().map(execution),
            "progress": progress,
            "quarantine": job.quarantine.as_ref().map(quarantine),
            "steadyStateFirstAchievedTime": time(job.steady_first),
            "steadyStateLastAchievedTime": time(job.steady_last),
            "synchronizedEntryCountByType": counts,
            "troubleshootingUrl": null,
        },
        "synchronizationJobSettings": [
            {"name": "AzureIngestionAttributeOptimization", "value": "False"},
            {"name": "LookaheadQueryEnabled", "value": "False"},
        ],
    })
}

/// How far the cycle under way is, by its time: objects done of those it looks at.
fn progress(job: &Job, now: OffsetDateTime) -> Vec<Value> {
    let (Some(since), Some((until, _))) = (job.running_since, job.planned) else { return Vec::new() };
    let length = (until - since).whole_seconds().max(1).unsigned_abs();
    let passed = (now - since).whole_seconds().unsigned_abs().min(length);
    let done = job.objects.saturating_mul(passed) / length;
    vec![json!({"completedUnits": done, "totalUnits": job.objects, "units": "Objects",
                "progressObservationDateTime": timestamp(now)})]
}

fn error(error: Option<&(&'static str, String)>) -> Value {
    match error {
        None => json!({"code": "None", "message": null, "tenantActionable": false}),
        Some((code, message)) => json!({"code": code, "message": message, "tenantActionable": true}),
    }
}

fn execution(execution: &Execution) -> Value {
    json!({
        "activityIdentifier": execution.id,
        "countEntitled": execution.entitled,
        "countEntitledForProvisioning": execution.entitled,
        "countEscrowed": execution.escrowed,
        "countEscrowedRaw": execution.escrowed,
        "countExported": execution.exported,
        "countExports": execution.exported,
        "countImported": execution.imported,
        "countImportedDeltas": execution.deltas,
        "countImportedReferenceDeltas": 0,
        "error": error(execution.error.as_ref()),
        "state": execution.state,
        "timeBegan": timestamp(execution.began),
        "timeEnded": timestamp(execution.ended),
    })
}

fn quarantine(quarantine: &Quarantine) -> Value {
    json!({
        "currentBegan": timestamp(quarantine.began),
        "nextAttempt": timestamp(quarantine.next_attempt),
        "seriesBegan": timestamp(quarantine.began),
        "seriesCount": quarantine.count,
        "reason": quarantine.reason,
        "error": quarantine.error.as_ref().map(|found| error(Some(found))),
    })
}
