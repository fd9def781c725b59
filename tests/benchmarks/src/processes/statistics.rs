//! Medians.

use std::time::Duration;

/// The middle one, or the mean of the two in the middle; zero of nothing.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => 0.0,
        length if length % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

/// In milliseconds.
pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_whatever_the_order_and_the_outliers() {
        let exact = |values: &[f64], wanted: f64| (median(values) - wanted).abs() < 1e-9;
        assert!(exact(&[3.0, 1.0, 2.0], 2.0));
        assert!(exact(&[1.0, 900.0, 2.0, 4.0], 3.0));
        assert!(exact(&[7.0], 7.0));
        assert!(exact(&[], 0.0));
    }

    #[test]
    fn durations_are_told_in_milliseconds() {
        assert!((milliseconds(Duration::from_micros(2_500)) - 2.5).abs() < 1e-9);
    }
}
