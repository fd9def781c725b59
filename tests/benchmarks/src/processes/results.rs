//! From the courses of many rounds to lines of the table.

use std::collections::BTreeMap;
use std::time::Duration;

use super::course::{BATCH, Course};
use super::process::Usage;
use super::statistics::{median, milliseconds};
use crate::process_cost::{Process, Source};
use crate::table::{Figure, Target};

const MEGABYTE: f64 = 1_000_000.0;

/// Courses by the name of the candidate.
#[derive(Default)]
pub(crate) struct Results(BTreeMap<String, Vec<Course>>);

/// Events of ten messages that a process of join was handed, in all rounds: what each took; or why there is none.
pub(crate) type Batches = Result<Vec<Duration>, String>;

/// One number of a course.
type Reading = fn(&Course) -> f64;

impl Results {
    pub(crate) fn add(&mut self, name: &str, course: Course) {
        self.0.entry(name.to_owned()).or_default().push(course);
    }

    fn median(&self, name: &str, reading: Reading) -> Option<f64> {
        let courses = self.0.get(name).filter(|courses| !courses.is_empty())?;
        Some(median(&courses.iter().map(reading).collect::<Vec<_>>()))
    }

    /// `numerator` / `denominator`; none where one of them was not measured.
    fn ratio(
        &self,
        what: &str,
        (numerator, denominator): (&str, &str),
        unit: &str,
        reading: Reading,
        target: Option<Target>,
    ) -> Option<Figure> {
        let (above, below) = (self.median(numerator, reading)?, self.median(denominator, reading)?);
        let ours_is_above = numerator != "Python peer" && numerator != "Node peer";
        let (ours, other) = if ours_is_above { (above, below) } else { (below, above) };
        Some(Figure {
            what: format!("{what}, {numerator} / {denominator}"),
            ours: format!("{ours:.2} {unit}"),
            other: format!("{other:.2} {unit}"),
            value: above / below,
            target,
        })
    }

    /// Starts: of each function, and of the peers.
    pub(crate) fn starts(&self, functions: &[String]) -> Vec<Figure> {
        let start: Reading = |course| milliseconds(course.start);
        let bare = |function: &String| {
            self.ratio(
                "cold start",
                (function, "bare lambda_runtime"),
                "ms",
                start,
                Some(Target::AtMost(1.5)),
            )
        };
        let peer = |name, target| self.ratio("cold start", (name, "join"), "ms", start, Some(target));
        let peers = [peer("Python peer", Target::AtLeast(100.0)), peer("Node peer", Target::AtLeast(50.0))];
        functions.iter().map(bare).chain(peers).flatten().collect()
    }

    /// Messages: beside the floor, and the peers beside us.
    pub(crate) fn messages(&self) -> Vec<Figure> {
        let readings: [(&str, Reading, bool); 3] = [
            ("first message", |course| milliseconds(course.first), true),
            ("start and first message", |course| milliseconds(course.start + course.first), false),
            ("each further message", |course| further(course), false),
        ];
        let mut figures = Vec::new();
        for (what, reading, is_target) in readings {
            let target = is_target.then_some(Target::AtMost(1.3));
            figures.push(self.ratio(what, ("join", "same requests bare"), "ms", reading, target));
            figures.push(self.ratio(what, ("Python peer", "join"), "ms", reading, None));
            figures.push(self.ratio(what, ("Node peer", "join"), "ms", reading, None));
        }
        figures.into_iter().flatten().collect()
    }

    /// Messages per second of one process of join with its network, ten messages in an event beside one by one; none
    /// where no join was measured. What went wrong is told in the row.
    pub(crate) fn in_batches(&self, batches: &Batches) -> Option<Figure> {
        let single = 1_000.0 / self.median("join", further)?;
        let of = |taken: &Vec<Duration>| {
            let all: Vec<f64> = taken.iter().copied().map(milliseconds).collect();
            1_000.0 * real(BATCH) / median(&all)
        };
        let (ours, rate) = match batches {
            Ok(taken) if taken.is_empty() => ("not taken".to_owned(), f64::NAN),
            Ok(taken) => (format!("{:.0}/s", of(taken)), of(taken)),
            Err(why) => (why.clone(), f64::NAN),
        };
        Some(Figure {
            what: "messages per second of one process of join, ten in an event / one by one".to_owned(),
            ours,
            other: format!("{single:.0}/s"),
            value: rate / single,
            target: None,
        })
    }

    /// What the process of a join takes; none where it was not measured.
    pub(crate) fn of_join(&self) -> Option<Process> {
        Some(Process {
            message_cpu_ms: self.median("join", cpu_further)?,
            cold_cpu_ms: self.median("join", |course| cpu(course.usage_after_first))?,
            message_ms: self.median("join", further)?,
            source: Source::ThisRun,
        })
    }

    /// CPU time and memory.
    pub(crate) fn usage(&self) -> Vec<Figure> {
        let readings: [(&str, &str, Reading); 4] = [
            ("CPU time up to the first answer", "ms", |course| cpu(course.usage_after_first)),
            ("CPU time of 50 messages", "ms", |course| cpu(course.usage_after_all)),
            ("peak memory after the first answer", "MB", |course| memory(course.usage_after_first)),
            ("peak memory after 50 messages", "MB", |course| memory(course.usage_after_all)),
        ];
        let mut figures = Vec::new();
        for (what, unit, reading) in readings {
            let is_target = what == "peak memory after 50 messages";
            let target = is_target.then_some(Target::AtLeast(8.0));
            figures.push(self.ratio(what, ("join", "same requests bare"), unit, reading, None));
            figures.push(self.ratio(what, ("Python peer", "join"), unit, reading, target));
            figures.push(self.ratio(what, ("Node peer", "join"), unit, reading, None));
        }
        let bare: Reading = |course| memory(course.usage_at_start);
        figures.push(self.median("bare lambda_runtime", bare).map(|value| Figure {
            what: "peak memory of a bare lambda_runtime when it polls".to_owned(),
            ours: format!("{value:.2} MB"),
            other: String::new(),
            value,
            target: None,
        }));
        figures.into_iter().flatten().collect()
    }
}

/// The zip of a function, in millions of bytes; without one that counts, a row that is not met and says why.
pub(crate) fn zip(function: &str, bytes: Result<u64, &'static str>) -> Figure {
    #[expect(clippy::cast_precision_loss, reason = "a zip has less than 2^52 bytes")]
    let value = bytes.map_or(f64::NAN, |bytes| bytes as f64 / MEGABYTE);
    Figure {
        what: format!("zip of {function}, MB"),
        ours: bytes.map_or_else(ToOwned::to_owned, |bytes| format!("{bytes} bytes")),
        other: String::new(),
        value,
        target: Some(Target::AtMost(2.5)),
    }
}

/// CPU time of each message after the first: what comes once a process is not in it.
fn cpu_further(course: &Course) -> f64 {
    let after_first = course.usage_after_all.cpu.saturating_sub(course.usage_after_first.cpu);
    milliseconds(after_first) / real(course.further.len().max(1))
}

#[expect(clippy::cast_precision_loss, reason = "the messages of one process")]
fn real(count: usize) -> f64 {
    count as f64
}

fn further(course: &Course) -> f64 {
    median(&course.further.iter().copied().map(milliseconds).collect::<Vec<_>>())
}

fn cpu(usage: Usage) -> f64 {
    milliseconds(usage.cpu)
}

fn memory(usage: Usage) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "no process here has 2^52 bytes")]
    let bytes = usage.memory as f64;
    bytes / MEGABYTE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(start: u64) -> Course {
        Course { start: Duration::from_millis(start), ..Course::default() }
    }

    #[test]
    fn a_ratio_is_one_of_medians() {
        let mut results = Results::default();
        for start in [3, 4, 90] {
            results.add("join", course(start));
        }
        for start in [2, 2, 2] {
            results.add("bare lambda_runtime", course(start));
        }
        let figures = results.starts(&["join".to_owned(), "sync".to_owned()]);
        let [only] = figures.as_slice() else { panic!("what was not measured is not told: {figures:?}") };
        assert!((only.value - 2.0).abs() < 1e-9, "{only:?}");
        assert_eq!((only.ours.as_str(), only.other.as_str()), ("4.00 ms", "2.00 ms"));
        assert_eq!(only.target, Some(Target::AtMost(1.5)));
    }

    #[test]
    fn every_function_is_held_to_the_target_of_a_start() {
        let mut results = Results::default();
        results.add("bare lambda_runtime", course(2));
        results.add("sync", course(4));
        let figures = results.starts(&["sync".to_owned()]);
        let [missed] = figures.as_slice() else { panic!("{figures:?}") };
        assert!(missed.target.is_some_and(|target| !target.is_met(missed.value)), "{missed:?}");
    }

    #[test]
    fn what_comes_once_a_process_is_not_in_the_cpu_time_of_a_further_message() {
        let usage = |milliseconds| Usage { cpu: Duration::from_millis(milliseconds), memory: 0 };
        let mut results = Results::default();
        assert!(results.of_join().is_none(), "nothing was measured");
        results.add(
            "join",
            Course {
                usage_after_first: usage(12),
                usage_after_all: usage(18),
                further: vec![Duration::from_millis(2); 4],
                ..Course::default()
            },
        );
        let process = results.of_join().unwrap();
        assert!((process.cold_cpu_ms - 12.0).abs() < 1e-9, "{process:?}");
        assert!((process.message_cpu_ms - 1.5).abs() < 1e-9, "{process:?}");
        assert!((process.message_ms - 2.0).abs() < 1e-9, "{process:?}");
    }

    #[test]
    fn ten_messages_in_an_event_are_told_by_the_second_and_a_failure_in_words() {
        let mut results = Results::default();
        assert!(results.in_batches(&Ok(Vec::new())).is_none(), "no join was measured");
        results.add("join", Course { further: vec![Duration::from_millis(2); 3], ..Course::default() });
        let told = results.in_batches(&Ok(vec![Duration::from_millis(10); 3])).unwrap();
        assert_eq!((told.ours.as_str(), told.other.as_str()), ("1000/s", "500/s"));
        assert!((told.value - 2.0).abs() < 1e-9, "{told:?}");
        let failed = results.in_batches(&Err("it is tired".to_owned())).unwrap();
        assert!(failed.ours == "it is tired" && failed.value.is_nan(), "{failed:?}");
    }

    #[test]
    fn a_peer_is_told_beside_ours() {
        let mut results = Results::default();
        results.add("join", course(4));
        results.add("Node peer", course(400));
        let figures = results.starts(&[]);
        assert!((figures[0].value - 100.0).abs() < 1e-9, "{figures:?}");
        assert_eq!((figures[0].ours.as_str(), figures[0].other.as_str()), ("4.00 ms", "400.00 ms"));
    }

    #[test]
    fn a_zip_is_held_to_two_and_a_half_million_bytes() {
        let met = |figure: Figure| figure.target.is_some_and(|target| target.is_met(figure.value));
        assert!(met(zip("join", Ok(2_500_000))));
        assert!(!met(zip("join", Ok(2_500_001))));
    }

    #[test]
    fn a_zip_that_is_missing_is_a_row_that_is_not_met() {
        let missing = zip("join", Err("none"));
        assert_eq!(missing.ours, "none");
        assert!(missing.target.is_some_and(|target| !target.is_met(missing.value)), "{missing:?}");
    }
}
