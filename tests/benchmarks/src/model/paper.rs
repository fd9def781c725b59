//! Ten thousand organizations of a hundred tenants, all formed within one day: arithmetic over one measured formation.

use std::collections::BTreeMap;

use entra_simulator::RequestLine;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::formation::Run;
use super::money::{IDLE_RECEIVES_A_DAY, MILLION_QUEUE_REQUESTS, Work};
use super::requests::Requests;
use super::{Problem, Section, ratio, real};
use crate::process_cost::Process;
use crate::{Figure, Target};

const DAY_SECONDS: f64 = 86_400.0;

/// Resource units of an application in one tenant of fewer than 50 users, each 10 s (reference 8.3).
const TENANT_UNITS: f64 = 3_500.0;

/// Writes of an application in one tenant, each 2.5 min (reference 8.3).
const TENANT_WRITES: f64 = 3_000.0;

/// Resource units of one application in all tenants, each 20 s (reference 8.3).
const APPLICATION_UNITS: f64 = 150_000.0;

/// Writes of one application in all tenants, each 5 min (reference 8.3).
const APPLICATION_WRITES: f64 = 70_000.0;

/// Messages of one standard queue that were received and not deleted yet ("Amazon SQS standard queue quotas"). Delayed
/// ones are not among them: what a queue stores is unlimited (the same page).
const IN_FLIGHT: f64 = 120_000.0;

/// What is formed in a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Organizations.
    pub organizations: f64,
    /// Joins in each.
    pub joins: f64,
    /// Seconds that a join takes.
    pub join_seconds: f64,
    /// What one formation takes.
    pub formation: Work,
    /// Resource units of one formation: single requests and parts of batches.
    pub units: f64,
    /// Writes of one formation.
    pub writes: f64,
}

impl Scale {
    /// Ten thousand of what was measured.
    pub fn of(run: &Run, join_seconds: f64) -> Self {
        let requests = Requests::of(&run.requests);
        Self {
            organizations: 10_000.0,
            joins: real(run.tenants as u64 - 1),
            join_seconds,
            formation: run.work(),
            units: real(requests.throttled()),
            writes: real(run.requests.iter().filter(|line| is_write(line)).count() as u64),
        }
    }

    /// Delayed messages at one time, when the joins spread over the day: as many as begin while one of them lasts, and
    /// the creates that wait for them.
    pub fn delayed_spread(&self) -> f64 {
        self.organizations * (self.joins + 1.0) * self.join_seconds / DAY_SECONDS
    }

    /// The same when all of them begin at once.
    pub fn delayed_at_once(&self) -> f64 {
        self.organizations * (self.joins + 1.0)
    }

    /// Everything that is done in the day, in the batches of the measured formation.
    pub fn day(&self) -> Work {
        self.formation.times(self.organizations)
    }

    /// The same, if no two messages were ever handed over together.
    pub fn day_without_batches(&self) -> Work {
        let day = self.day();
        Work { invocations: day.deliveries, ..day }
    }

    /// Invocations at one time, the day spread evenly, no two messages together.
    pub fn concurrency(&self, process: Process) -> f64 {
        self.day_without_batches().billed_ms(process) / 1e3 / DAY_SECONDS
    }

    /// Units of one application in all tenants in 20 s, spread evenly.
    pub fn units_in_20_s(&self) -> f64 {
        self.units * self.organizations * 20.0 / DAY_SECONDS
    }

    /// Writes of one application in all tenants in 5 min, spread evenly.
    pub fn writes_in_5_min(&self) -> f64 {
        self.writes * self.organizations * 300.0 / DAY_SECONDS
    }
}

fn is_write(line: &RequestLine) -> bool {
    line.method != "GET" && !line.path.ends_with("/$batch") && !line.path.ends_with("/oauth2/v2.0/token")
}

/// The most that any tenant saw within so many seconds of the run, of the requests that count.
///
/// # Errors
/// A log without times.
pub fn busiest(
    lines: &[RequestLine],
    seconds: i64,
    counts: impl Fn(&RequestLine) -> bool,
) -> Result<u64, Problem> {
    let mut by_tenant: BTreeMap<Uuid, Vec<OffsetDateTime>> = BTreeMap::new();
    for line in lines.iter().filter(|line| counts(line)) {
        let Some(tenant) = line.tenant else { continue };
        by_tenant.entry(tenant).or_default().push(OffsetDateTime::parse(&line.time, &Rfc3339)?);
    }
    let most = by_tenant.values().map(|times| {
        let from = |start: usize| {
            let end = times[start] + time::Duration::seconds(seconds);
            times[start..].iter().take_while(|time| **time < end).count() as u64
        };
        (0..times.len()).map(from).max().unwrap_or_default()
    });
    Ok(most.max().unwrap_or_default())
}

/// The table.
///
/// # Errors
/// A log without times.
pub(crate) fn section(run: &Run, join_seconds: f64, process: Process) -> Result<Section, Problem> {
    let scale = Scale::of(run, join_seconds);
    let day = scale.day();
    let single = scale.day_without_batches();
    let units = |line: &RequestLine| !line.path.ends_with("/$batch") && !line.path.ends_with("/token");
    let busiest_units = real(busiest(&run.requests, 10, units)?);
    let busiest_writes = real(busiest(&run.requests, 150, is_write)?);
    let idle = IDLE_RECEIVES_A_DAY * 5.0 * MILLION_QUEUE_REQUESTS / 1e6;
    let share = |what: &str, ours: f64, limit: f64| Figure {
        target: Some(Target::AtMost(1.0)),
        ..ratio(what, ours, limit)
    };
    let alone = |what: &str, value: f64| Figure {
        what: what.to_owned(),
        ours: format!("{value:.0}"),
        other: String::new(),
        value,
        target: None,
    };
    let dollars = |what: &str, value: f64| Figure { ours: format!("{value:.2} USD"), ..alone(what, value) };
    let figures = vec![
        alone("delayed messages at one time, joins spread over the day", scale.delayed_spread()),
        alone("delayed messages at one time, all begun at once", scale.delayed_at_once()),
        share(
            "messages in flight (spread, one a batch) / SQS's quota",
            scale.concurrency(process),
            IN_FLIGHT,
        ),
        alone("invocations, batches as in one formation", day.invocations),
        alone("invocations, no two messages together", single.invocations),
        dollars("Lambda and SQS, batches as in one formation", day.cost(day.billed_ms(process))),
        dollars("Lambda and SQS, no two messages together", single.cost(single.billed_ms(process))),
        dollars(
            "Lambda and SQS, no two messages together, every process new",
            single.cost(single.billed_ms_cold(process)),
        ),
        dollars("receives of five idle mappings, a day", idle),
        share("units of the busiest tenant in 10 s / its limit", busiest_units, TENANT_UNITS),
        share("writes of the busiest tenant in 150 s / its limit", busiest_writes, TENANT_WRITES),
        share(
            "units of one application in 20 s, spread / its limit",
            scale.units_in_20_s(),
            APPLICATION_UNITS,
        ),
        share(
            "writes of one application in 5 min, spread / its limit",
            scale.writes_in_5_min(),
            APPLICATION_WRITES,
        ),
    ];
    let heading = "On paper: 10,000 organizations of 100 tenants formed in one day".to_owned();
    Ok(Section { heading, figures, text: process.words() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale() -> Scale {
        let formation =
            Work { invocations: 200.0, deliveries: 1_600.0, calls: 1_800.0, queue_requests: 3_400.0 };
        Scale {
            organizations: 10_000.0,
            joins: 99.0,
            join_seconds: 7_200.0,
            formation,
            units: 3_500.0,
            writes: 199.0,
        }
    }

    #[test]
    fn as_many_wait_as_begin_while_one_of_them_lasts() {
        assert!((scale().delayed_spread() - 1_000_000.0 / 12.0).abs() < 1e-6);
        assert!((scale().delayed_at_once() - 1_000_000.0).abs() < 1e-6);
    }

    #[test]
    fn a_day_is_ten_thousand_formations_and_one_message_each_is_the_worst() {
        assert!((scale().day().invocations - 2_000_000.0).abs() < 1e-6);
        assert!((scale().day_without_batches().invocations - 16_000_000.0).abs() < 1e-6);
        assert!((scale().units_in_20_s() - 35_000_000.0 / 4_320.0).abs() < 1e-6);
        assert!((scale().writes_in_5_min() - 1_990_000.0 / 288.0).abs() < 1e-6);
    }

    #[test]
    fn the_busiest_window_is_found_wherever_it_begins() {
        let tenant = Some(Uuid::from_u128(1));
        let at = |time: &str| RequestLine {
            time: time.to_owned(),
            tenant,
            method: "GET".to_owned(),
            path: "/v1.0/x".to_owned(),
            status: 200,
            request_id: Uuid::nil(),
            client_request_id: None,
            in_batch: false,
        };
        let times =
            ["2026-11-20T10:00:00Z", "2026-11-20T10:00:09Z", "2026-11-20T10:00:11Z", "2026-11-20T10:00:18Z"];
        let lines = times.map(at);
        assert_eq!(busiest(&lines, 10, |_| true).unwrap(), 3);
        assert_eq!(busiest(&lines, 1, |_| true).unwrap(), 1);
        assert_eq!(busiest(&lines, 10, |_| false).unwrap(), 0);
    }
}
