//! A join that waits two hours, and the formation of a hundred tenants: what they cost, beside the least possible and
//! beside a poll each half minute.

use std::time::Duration;

use mto_messages::Verb;
use mto_reconcile::Limits;

use super::formation::{Formation, Run};
use super::least::{Least, polls_at_interval, polls_by_rule};
use super::money::Work;
use super::requests::{Requests, as_text, asked};
use super::{Section, ratio, real};
use crate::{Figure, Target};

/// What others poll at.
const INTERVAL: Duration = Duration::from_secs(30);

/// Requests to SQS of one look that waits again: the message is sent again, the one in hand deleted.
const QUEUE_REQUESTS_OF_A_WAIT: u64 = 2;

/// The same join as somebody makes it who polls at a fixed interval, and does nothing else in another way: one look and
/// one write, then one look each interval.
fn polled_join(takes: Duration) -> Work {
    let polls = polls_at_interval(takes, INTERVAL);
    Work {
        invocations: real(1 + polls),
        deliveries: real(1 + polls),
        calls: real(3 + polls),
        queue_requests: real(QUEUE_REQUESTS_OF_A_WAIT * polls + 1),
    }
}

/// What one join of a formation of two did, of all the run's requests: those in its tenant, and its looks at the owner.
pub(crate) fn work_of_join(run: &Run) -> Work {
    let owner = run.owner;
    let own: Vec<_> = run
        .requests
        .iter()
        .filter(|line| {
            line.tenant != owner || !line.path.ends_with("/tenants") && line.path.contains("/tenants/")
        })
        .cloned()
        .collect();
    let looks = run.deliveries_of(Verb::Join);
    // one told at first, one after an hour, one at the end, as far as it was
    let told = run.outcome_requests_of(Verb::Join);
    Work {
        invocations: real(looks),
        deliveries: real(looks),
        calls: real(Requests::of(&own).calls),
        queue_requests: real(QUEUE_REQUESTS_OF_A_WAIT * run.polls_of(Verb::Join) + told),
    }
}

/// The table of one join; `run` is a formation of two.
pub(crate) fn join_section(run: &Run, takes: Duration, compute_ms: f64) -> Section {
    let ours = work_of_join(run);
    let polled = polled_join(takes);
    let least = Least::of_join(run);
    let by_rule = polls_by_rule(takes, &Limits::default());
    let figures = vec![
        Figure {
            what: "invocations of a two-hour join".to_owned(),
            ours: format!("{:.0}", ours.invocations),
            other: format!("{:.1} by the delay rule", 1.0 + by_rule),
            value: ours.invocations,
            target: Some(Target::AtMost(18.0)),
        },
        ratio("invocations of a two-hour join, ours / each 30 s", ours.invocations, polled.invocations),
        ratio("Graph requests of a two-hour join, ours / least possible", ours.calls, real(least.total())),
        ratio("Graph requests of a two-hour join, ours / each 30 s", ours.calls, polled.calls),
        ratio(
            "SQS requests of a two-hour join, ours / each 30 s",
            ours.queue_requests,
            polled.queue_requests,
        ),
        ratio(
            "billed ms of a two-hour join at 128 MB (computed), ours / each 30 s",
            ours.billed_ms(compute_ms),
            polled.billed_ms(compute_ms),
        ),
        ratio(
            "micro-USD of a two-hour join (computed), ours / each 30 s",
            ours.cost(compute_ms) * 1e6,
            polled.cost(compute_ms) * 1e6,
        ),
    ];
    let text = format!("{compute_ms:.3} ms of computing a message on this machine, measured in this run.");
    Section { heading: "A join that waits two hours".to_owned(), figures, text }
}

/// The table of a formation.
pub(crate) fn formation_section(
    formation: Formation,
    run: &Run,
    takes: Duration,
    compute_ms: f64,
) -> Section {
    let requests = Requests::of(&run.requests);
    let least = Least::of_formation(formation, run);
    let ours = run.work();
    let joins = real(formation.tenants as u64 - 1);
    // everybody polls each half minute: the joins, and the create that waits for them
    let polled = polled_join(takes).times(joins + 1.0);
    let share = ratio("Graph requests, ours / least possible", ours.calls, real(least.total()));
    let target = (!formation.templates).then_some(Target::AtMost(1.15));
    let figures = vec![
        Figure { target, ..share },
        ratio("Graph requests, ours / each 30 s", ours.calls, polled.calls),
        ratio(
            "units that throttling counts (parts singly) / Graph requests",
            real(requests.throttled()),
            ours.calls,
        ),
        ratio("invocations, ours / each 30 s without batches", ours.invocations, polled.invocations),
        ratio("SQS requests, ours / each 30 s", ours.queue_requests, polled.queue_requests),
        ratio(
            "billed ms at 128 MB (computed), ours / each 30 s without batches",
            ours.billed_ms(compute_ms),
            polled.billed_ms(compute_ms),
        ),
    ];
    let text = format!(
        "{} calls, {} of them $batch with {} parts; {} tokens apart. Least: {} reads, {} writes, {} polls.\n\
         {:.0} messages in {:.0} invocations; {:.0} requests to SQS, those of the event source mapping apart.\n{}",
        requests.calls,
        requests.batches,
        requests.parts,
        requests.tokens,
        least.reads,
        least.writes,
        least.polls,
        ours.deliveries,
        ours.invocations,
        ours.queue_requests,
        as_text(&asked(&run.requests)),
    );
    let templates = if formation.templates { ", with templates on all sides" } else { "" };
    let heading = format!("An organization of {} tenants{templates}", formation.tenants);
    Section { heading, figures, text }
}
