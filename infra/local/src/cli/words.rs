//! Times, numbers and names as people read them.

use time::{Duration, OffsetDateTime};

/// `2 h 11 min`, `47 min`, `2 min 20 s`, `45 s`: two units at most.
pub(crate) fn duration(duration: Duration) -> String {
    let seconds = duration.whole_seconds().max(0);
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes, rest) {
        (0, 0, rest) => format!("{rest} s"),
        (0, minutes, 0) => format!("{minutes} min"),
        (0, minutes, _) if minutes >= 10 => format!("{minutes} min"),
        (0, minutes, rest) => format!("{minutes} min {rest} s"),
        (hours, 0, _) => format!("{hours} h"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

/// `0:02:20`: hours, minutes, seconds.
pub(crate) fn stopwatch(duration: Duration) -> String {
    let seconds = duration.whole_seconds().max(0);
    format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// `09:02:20`.
pub(crate) fn clock(time: OffsetDateTime) -> String {
    format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())
}

/// `9,900`.
pub(crate) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Leaves the ids out of "Fabrikam (`<id>`)": where every tenant has a name they only make lines long.
pub(crate) fn without_ids(text: &str) -> String {
    let mut short = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(" (") {
        short.push_str(before);
        match after.split_once(')') {
            Some((id, behind)) if uuid::Uuid::try_parse(id).is_ok() => rest = behind,
            Some(_) | None => {
                short.push_str(" (");
                rest = after;
            }
        }
    }
    short + rest
}

/// `Fabrikam`, `Fabrikam and Tailspin`, `Fabrikam, Tailspin and 97 more`.
pub(crate) fn list(names: &[&str], limit: usize) -> String {
    match names {
        [] => "nobody".to_owned(),
        [one] => (*one).to_owned(),
        [first @ .., last] if names.len() <= limit => format!("{} and {last}", first.join(", ")),
        _ => format!("{} and {} more", names[..limit].join(", "), names.len() - limit),
    }
}

/// Breaks `text` between words, so that no line is longer than `width` characters where words allow it.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) | None => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_human() {
        let cases = [
            (0, "0 s"),
            (45, "45 s"),
            (140, "2 min 20 s"),
            (180, "3 min"),
            (2_835, "47 min"),
            (7_200, "2 h"),
            (7_860, "2 h 11 min"),
        ];
        for (seconds, text) in cases {
            assert_eq!(duration(Duration::seconds(seconds)), text);
        }
        assert_eq!(stopwatch(Duration::seconds(140)), "0:02:20");
        assert_eq!(stopwatch(Duration::hours(16)), "16:00:00");
    }

    #[test]
    fn numbers_have_separators_and_lists_an_end() {
        assert_eq!([7, 999, 9_900, 1_234_567].map(number), ["7", "999", "9,900", "1,234,567"]);
        assert_eq!(list(&["A"], 3), "A");
        assert_eq!(list(&["A", "B", "C"], 3), "A, B and C");
        assert_eq!(list(&["A", "B", "C", "D"], 2), "A, B and 2 more");
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("a-word-too-long for it", 6), ["a-word-too-long", "for it"]);
        assert_eq!(wrap("one two", 100), ["one two"]);
    }

    #[test]
    fn ids_in_brackets_are_left_out_and_other_brackets_kept() {
        let text = "not active yet: Fabrikam (6ad13e12-a0d0-5025-ba7e-6d742cd2e66d) (1 in all)";
        assert_eq!(without_ids(text), "not active yet: Fabrikam (1 in all)");
        assert_eq!(without_ids("open (bracket"), "open (bracket");
    }
}
