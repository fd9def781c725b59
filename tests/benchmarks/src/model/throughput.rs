//! Messages per second of one function instance, in process: what the function itself costs, without any network.

mod joining;

use std::fmt::Write as _;

use joining::Instance;

use super::stopwatch::{Stopwatch, median};
use super::{Problem, Section};
use crate::Figure;

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
pub(crate) async fn section(rounds: usize) -> Result<Section, Problem> {
    let mut figures = Vec::new();
    let mut text =
        String::from("messages per second, by organizations in the directory and size of the batch\n");
    let mut alone = None;
    let mut smallest = None;
    for organizations in ORGANIZATIONS {
        let instance = Instance::new(organizations)?;
        write!(text, "{organizations:>6} organizations")?;
        for batch in BATCHES {
            let rate = rate(&instance, batch, rounds).await?;
            write!(text, "{rate:>12.0} at {batch:>2}")?;
            if organizations == 100 && batch == 1 {
                alone = Some(rate);
            }
            if organizations == 1 && batch == 10 {
                smallest = Some(rate);
            }
            if let Some(alone) = alone.filter(|_| organizations == 100 && batch == 10) {
                figures.push(ratio("a batch of ten / ten batches of one (100 organizations)", rate, alone));
            }
            if let Some(smallest) = smallest.filter(|_| organizations == 1_000 && batch == 10) {
                figures.push(ratio("1,000 organizations / one (batches of ten)", rate, smallest));
            }
        }
        writeln!(text, "   ({} requests for {} messages)", instance.asked(), instance.waited())?;
    }
    Ok(Section { heading: "Throughput of one instance of join, in process".to_owned(), figures, text })
}

fn ratio(what: &str, rate: f64, other: f64) -> Figure {
    Figure {
        what: format!("messages per second, {what}"),
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

/// Mean seconds of one message in batches of ten, in an installation of 100 organizations.
///
/// # Errors
/// As [`section`].
pub(crate) async fn seconds_a_message(rounds: usize) -> Result<f64, Problem> {
    let instance = Instance::new(100)?;
    Ok(1.0 / rate(&instance, 10, rounds).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_message_is_looked_at_once_and_waits_again() {
        let instance = Instance::new(3).unwrap();
        instance.work(8, 5).await.unwrap();
        assert_eq!(instance.waited(), 8);
        // one $batch a look, and a token for each of the three tenants that join
        assert_eq!(instance.asked(), 8 + 3);
    }
}
