//! Messages per second of the handler of one function instance, in process: what the function itself costs, without any
//! network, runtime event, TLS or SDK of AWS.

mod joining;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use joining::Instance;

use super::stopwatch::{Stopwatch, median};
use super::{Problem, Section};
use crate::Figure;
use crate::process_cost::Process;

/// Sizes of a batch; ten is what the template's event source mapping takes at most.
const BATCHES: [usize; 4] = [1, 2, 5, 10];

/// Organizations in the tenant directory, two tenants each.
const ORGANIZATIONS: [usize; 4] = [1, 10, 100, 1_000];

/// Messages of one measurement.
const MESSAGES: usize = 2_000;

/// The most frequent message there is: a join that is under way is looked at, and waits again.
///
/// # Errors
/// A function that cannot be built, or that does not do with a message what it should.
pub(crate) async fn section(rounds: usize, process: Process) -> Result<Section, Problem> {
    let mut rates = BTreeMap::new();
    let mut text = String::new();
    for organizations in ORGANIZATIONS {
        let instance = Instance::new(organizations)?;
        for batch in BATCHES {
            rates.insert((organizations, batch), rate(&instance, batch, rounds).await?);
        }
        let (asked, waited) = (instance.asked(), instance.waited());
        writeln!(text, "{organizations} organizations: {asked} requests for {waited} messages")?;
    }
    write!(
        text,
        "The handler in process has no runtime event, no TLS, no SDK of AWS; a real process has, and services that \
         answer at once. {}",
        process.words()
    )?;
    let heading = "Throughput of one instance of join: the handler in process".to_owned();
    let mut figures = figures(&rates);
    if let Some(alone) = rates.get(&(ORGANIZATIONS[0], BATCHES[0])) {
        let what = format!("a real process, one by one / the handler in process, {}", process.source.words());
        figures.push(ratio(&what, 1_000.0 / process.message_ms, *alone));
    }
    Ok(Section { heading, figures, text })
}

/// Every cell, and the ratios at both ends of both axes. Rates by organizations and batch.
fn figures(rates: &BTreeMap<(usize, usize), f64>) -> Vec<Figure> {
    let cells = rates.iter().map(|((organizations, batch), rate)| Figure {
        what: format!(
            "messages per second of the handler in process, organizations: {organizations}, batch: {batch}"
        ),
        ours: format!("{rate:.0}/s"),
        other: String::new(),
        value: *rate,
        target: None,
    });
    let (first, last) = (ORGANIZATIONS[0], ORGANIZATIONS[ORGANIZATIONS.len() - 1]);
    let (one, ten) = (BATCHES[0], BATCHES[BATCHES.len() - 1]);
    let ends = [
        (format!("batches of {ten} / of {one}, organizations: {first}"), (first, ten), (first, one)),
        (format!("batches of {ten} / of {one}, organizations: {last}"), (last, ten), (last, one)),
        (format!("organizations: {last} / {first}, batch: {one}"), (last, one), (first, one)),
        (format!("organizations: {last} / {first}, batch: {ten}"), (last, ten), (first, ten)),
    ];
    let ends = ends
        .iter()
        .filter_map(|(what, ours, other)| Some(ratio(what, *rates.get(ours)?, *rates.get(other)?)));
    cells.chain(ends).collect()
}

fn ratio(what: &str, rate: f64, other: f64) -> Figure {
    Figure {
        what: format!("the same, {what}"),
        ours: format!("{rate:.0}/s"),
        other: format!("{other:.0}/s"),
        value: rate / other,
        target: None,
    }
}

/// Messages per second with batches of this size.
async fn rate(instance: &Instance, batch: usize, rounds: usize) -> Result<f64, Problem> {
    let mut taken = Vec::new();
    // The first round fetches the tokens, which live for an hour.
    for round in 0..=rounds.max(1) {
        let stopwatch = Stopwatch::start();
        instance.work(MESSAGES, batch).await?;
        if round > 0 {
            taken.push(stopwatch.elapsed());
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a small constant")]
    let messages = MESSAGES as f64;
    Ok(messages / median(taken).as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_is_a_row_and_both_ends_of_both_axes_are_compared() {
        let cells =
            ORGANIZATIONS.into_iter().flat_map(|organizations| BATCHES.map(|batch| (organizations, batch)));
        #[expect(clippy::cast_precision_loss, reason = "small constants")]
        let rates =
            cells.map(|(organizations, batch)| ((organizations, batch), (batch * organizations) as f64));
        let figures = figures(&rates.collect());
        assert_eq!(figures.len(), ORGANIZATIONS.len() * BATCHES.len() + 4);
        let ends: Vec<f64> = figures.iter().skip(16).map(|figure| figure.value).collect();
        let wanted = [10.0, 10.0, 1_000.0, 1_000.0];
        assert!(ends.iter().zip(wanted).all(|(value, wanted)| (value - wanted).abs() < 1e-9), "{ends:?}");
    }

    #[tokio::test]
    async fn every_message_is_looked_at_once_and_waits_again() {
        let instance = Instance::new(3).unwrap();
        instance.work(8, 5).await.unwrap();
        assert_eq!(instance.waited(), 8);
        // one $batch a look, and a token for each of the three tenants that join
        assert_eq!(instance.asked(), 8 + 3);
    }
}
