//! The table that is printed.

use comfy_table::{Table, presets};
use serde_json::{Value, json};

/// What a ratio or number is to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Target {
    /// No larger.
    AtMost(f64),
    /// No smaller.
    AtLeast(f64),
}

impl Target {
    /// Whether it is met.
    pub fn is_met(self, value: f64) -> bool {
        match self {
            Self::AtMost(most) => value <= most,
            Self::AtLeast(least) => value >= least,
        }
    }

    fn words(self) -> String {
        match self {
            Self::AtMost(most) => format!("≤ {most}"),
            Self::AtLeast(least) => format!("≥ {least}"),
        }
    }
}

/// One line of the table.
#[derive(Debug, Clone)]
pub struct Figure {
    /// What was measured, for example `cold start, join / bare lambda_runtime`.
    pub what: String,
    /// What we took, with its unit: `3.9 ms`.
    pub ours: String,
    /// What it is compared with, with its unit; empty if it stands alone.
    pub other: String,
    /// What is held against the target: the ratio, or the number itself.
    pub value: f64,
    /// The target, if there is one.
    pub target: Option<Target>,
}

/// A table under a heading.
pub fn render(heading: &str, figures: &[Figure]) -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_header(["Figure", "Ours", "Beside", "Ratio or number", "Target", "Met"]);
    for figure in figures {
        let met = figure.target.map(|target| if target.is_met(figure.value) { "yes" } else { "NO" });
        table.add_row([
            figure.what.clone(),
            figure.ours.clone(),
            figure.other.clone(),
            format!("{:.2}", figure.value),
            figure.target.map(Target::words).unwrap_or_default(),
            met.unwrap_or_default().to_owned(),
        ]);
    }
    format!("\n{heading}\n{table}")
}

/// Prints a table under a heading; returns whether all targets are met.
#[expect(clippy::print_stdout, reason = "a program for people")]
pub fn print(heading: &str, figures: &[Figure]) -> bool {
    println!("{}", render(heading, figures));
    figures.iter().all(|figure| figure.target.is_none_or(|target| target.is_met(figure.value)))
}

/// A figure for programs: `target` is null, or `{"atMost": 1.5}`, or `{"atLeast": 100.0}`, with `met` beside it.
pub fn to_json(figure: &Figure) -> Value {
    let target = figure.target.map(|target| match target {
        Target::AtMost(most) => json!({"atMost": most}),
        Target::AtLeast(least) => json!({"atLeast": least}),
    });
    json!({
        "what": figure.what, "ours": figure.ours, "beside": figure.other, "value": figure.value, "target": target,
        "met": figure.target.map(|target| target.is_met(figure.value)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(value: f64, target: Option<Target>) -> Figure {
        let text = str::to_owned;
        Figure { what: text("cold start"), ours: text("4.0 ms"), other: text("2.7 ms"), value, target }
    }

    #[test]
    fn a_missed_target_says_no() {
        let missed = figure(1.51, Some(Target::AtMost(1.5)));
        let text = render("Starts", std::slice::from_ref(&missed));
        assert!(text.contains(" NO "), "{text}");
        assert!(!print("Starts", std::slice::from_ref(&missed)));
        assert_eq!(to_json(&missed)["met"], false);
    }

    #[test]
    fn a_target_that_is_met_to_the_point_says_yes() {
        for target in [Target::AtMost(1.5), Target::AtLeast(1.5)] {
            let met = figure(1.5, Some(target));
            let text = render("Starts", std::slice::from_ref(&met));
            assert!(text.contains(" yes ") && !text.contains(" NO "), "{text}");
            assert!(print("Starts", &[met]));
        }
        assert!(!Target::AtLeast(8.0).is_met(7.99));
    }

    #[test]
    fn what_has_no_target_is_neither_met_nor_missed() {
        let plain = figure(99.0, None);
        let text = render("Starts", std::slice::from_ref(&plain));
        assert!(!text.contains(" yes ") && !text.contains(" NO "), "{text}");
        assert!(to_json(&plain)["met"].is_null());
        assert!(print("Starts", &[plain]));
    }

    #[test]
    fn no_number_is_no_success() {
        assert!(!Target::AtMost(1.5).is_met(f64::NAN));
        assert!(!Target::AtLeast(1.5).is_met(f64::NAN));
    }
}
