//! A join that waits two hours, and the formation of a hundred tenants: what they cost, beside the least possible and
//! beside a poll each half minute.

use std::time::Duration;

use mto_messages::Verb;
use mto_reconcile::Limits;

use super::formation::{Formation, Run};
use super::least::{
    Least, Meeting, polls_at_interval, polls_by_rule, work_of_formation, work_of_join as least_of_join,
};
use super::money::Work;
use super::requests::{Requests, as_text, asked};
use super::{Section, ratio, real};
use crate::process_cost::Process;
use crate::{Figure, Target};

/// What others poll at.
const INTERVAL: Duration = Duration::from_secs(30);

/// Requests to SQS of one look that waits again: the message is sent again, the one in hand deleted.
const QUEUE_REQUESTS_OF_A_WAIT: u64 = 2;

/// Beside the figures of SQS: why they are not the least.
const EARLY_DELETES: &str = "SQS requests beyond the least: a message in hand is deleted as soon as the next one is sent, \
    on purpose (docs/performance.md), though the event source mapping would delete it too.";

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
pub(crate) fn join_section(run: &Run, takes: Duration, process: Process) -> Section {
    let ours = work_of_join(run);
    let polled = polled_join(takes);
    let least = least_of_join(run);
    let by_rule = polls_by_rule(takes, &Limits::default());
    let figures = vec![
        Figure {
            what: "invocations of a two-hour join".to_owned(),
            ours: format!("{:.0}", ours.invocations),
            other: format!("{:.1} by the delay rule", 1.0 + by_rule),
            value: ours.invocations,
            target: Some(Target::AtMost(18.0)),
        },
        ratio("invocations of a two-hour join, ours / least possible", ours.invocations, least.invocations),
        ratio("invocations of a two-hour join, ours / each 30 s", ours.invocations, polled.invocations),
        ratio("Graph requests of a two-hour join, ours / least possible", ours.calls, least.calls),
        ratio("Graph requests of a two-hour join, ours / each 30 s", ours.calls, polled.calls),
        ratio(
            "SQS requests of a two-hour join, ours / least possible",
            ours.queue_requests,
            least.queue_requests,
        ),
        ratio(
            "SQS requests of a two-hour join, ours / each 30 s",
            ours.queue_requests,
            polled.queue_requests,
        ),
        ratio(
            "billed ms of a two-hour join at 128 MB (computed), ours / least possible",
            ours.billed_ms(process),
            least.billed_ms(process),
        ),
        ratio(
            "billed ms of a two-hour join at 128 MB (computed), ours / each 30 s",
            ours.billed_ms(process),
            polled.billed_ms(process),
        ),
        ratio(
            "the same, every look of ours cold / each 30 s, which stays warm",
            ours.billed_ms_cold(process),
            polled.billed_ms(process),
        ),
        ratio(
            "micro-USD of a two-hour join (computed), ours / each 30 s",
            ours.cost(ours.billed_ms(process)) * 1e6,
            polled.cost(polled.billed_ms(process)) * 1e6,
        ),
        ratio(
            "the same, every look of ours cold / each 30 s, which stays warm",
            ours.cost(ours.billed_ms_cold(process)) * 1e6,
            polled.cost(polled.billed_ms(process)) * 1e6,
        ),
    ];
    let text = format!(
        "{} `cold`: each look starts a process, connects and fetches a token. Most looks are further apart than our \
         connections last (30 s), so the truth lies between the two rows.\n{EARLY_DELETES}",
        process.words()
    );
    Section { heading: "A join that waits two hours".to_owned(), figures, text }
}

/// The table of a formation.
pub(crate) fn formation_section(
    formation: Formation,
    run: &Run,
    takes: Duration,
    process: Process,
) -> Section {
    let requests = Requests::of(&run.requests);
    let least = Least::of_formation(formation, run);
    let ours = run.work();
    let joins = real(formation.tenants as u64 - 1);
    // everybody polls each half minute: the joins, and the create that waits for them
    let polled = polled_join(takes).times(joins + 1.0);
    let in_tens = work_of_formation(formation, run, Meeting::Tens);
    let singly = work_of_formation(formation, run, Meeting::Never);
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
        ratio("invocations, ours / least if no two joins met", ours.invocations, singly.invocations),
        ratio("invocations, ours / least if ten joins always met", ours.invocations, in_tens.invocations),
        ratio("invocations, ours / each 30 s without batches", ours.invocations, polled.invocations),
        ratio("SQS requests, ours / least if no two joins met", ours.queue_requests, singly.queue_requests),
        ratio(
            "SQS requests, ours / least if ten joins always met",
            ours.queue_requests,
            in_tens.queue_requests,
        ),
        ratio("SQS requests, ours / each 30 s", ours.queue_requests, polled.queue_requests),
        ratio(
            "billed ms at 128 MB (computed), ours / least if no two joins met",
            ours.billed_ms(process),
            singly.billed_ms(process),
        ),
        ratio(
            "billed ms at 128 MB (computed), ours / least if ten joins always met",
            ours.billed_ms(process),
            in_tens.billed_ms(process),
        ),
        ratio(
            "billed ms at 128 MB (computed), ours / each 30 s without batches",
            ours.billed_ms(process),
            polled.billed_ms(process),
        ),
        ratio(
            "the same, every invocation of ours cold / each 30 s, which stays warm",
            ours.billed_ms_cold(process),
            polled.billed_ms(process),
        ),
    ];
    let text = format!(
        "{} calls, {} of them $batch with {} parts; {} tokens apart. Least: {} reads, {} writes, {} polls.\n\
         {:.0} messages in {:.0} invocations; {:.0} requests to SQS, those of the event source mapping apart.\n\
         {EARLY_DELETES}\n{}\nWhat each request is for (written by hand, not found by the program):\n{}",
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
        process.words(),
        as_text(&asked(&run.requests)),
    );
    let templates = if formation.templates { ", with templates on all sides" } else { "" };
    let heading = format!("An organization of {} tenants{templates}", formation.tenants);
    Section { heading, figures, text }
}
