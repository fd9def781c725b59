//! Text from outside, before it is formatted.

use mto_messages::clip;

/// Clips to `max_chars` and replaces control characters, and those that turn the direction of writing: with them a name
/// could show as another one.
pub(crate) fn clean(text: &str, max_chars: usize) -> String {
    let turns = |c: char| matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    clip(text, max_chars).replace(turns, " ")
}

/// Takes secrets out of what a service said: it can have quoted them. Of `Basic …` and `Bearer …` what stands behind counts.
pub(crate) fn without_secrets(text: &str, secrets: &[&str]) -> String {
    let bare = |secret: &&'_ str| {
        let stripped = secret.strip_prefix("Basic ").or_else(|| secret.strip_prefix("Bearer "));
        stripped.map_or_else(|| (*secret).to_owned(), str::to_owned)
    };
    secrets
        .iter()
        .map(bare)
        .filter(|secret| !secret.is_empty())
        .fold(text.to_owned(), |text, secret| text.replace(&secret, "(secret)"))
}

/// A duration for people: `2 h 5 min`, `40 s`.
pub(crate) fn duration(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, 0, _) => format!("{days} d"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_told_in_two_units_at_most() {
        let cases = [
            (-3, "0 s"),
            (40, "40 s"),
            (60, "1 min"),
            (3_600, "1 h"),
            (7_500, "2 h 5 min"),
            (86_400, "1 d"),
            (90_061, "1 d 1 h"),
        ];
        for (seconds, text) in cases {
            assert_eq!(duration(seconds), text);
        }
    }

    #[test]
    fn what_turns_the_direction_of_writing_is_taken_out() {
        assert_eq!(clean("Contoso\u{202E}dlrowliaf\u{2069}\n", 50), "Contoso dlrowliaf  ");
        assert_eq!(clean("abcdef", 3), "abc…");
    }

    #[test]
    fn a_secret_that_a_service_quotes_is_taken_out() {
        assert_eq!(without_secrets("token xoxb-1 is bad", &["xoxb-1", ""]), "token (secret) is bad");
        assert_eq!(
            without_secrets("not bTp4, nor Basic bTp4", &["Basic bTp4"]),
            "not (secret), nor Basic (secret)"
        );
    }
}
