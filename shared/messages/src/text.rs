//! Text that comes from outside and goes into messages.

/// Clips `text` to `max_chars` characters and replaces what SQS refuses in a message (control characters and
/// the non-characters U+FFFE and U+FFFF) by a space.
///
/// ```
/// assert_eq!(mto_messages::clip("a\u{0}b\ncdef", 5), "a b c…");
/// ```
pub fn clip(text: &str, max_chars: usize) -> String {
    let clean = |c: char| if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') { ' ' } else { c };
    let mut clipped: String = text.chars().take(max_chars).map(clean).collect();
    if text.chars().nth(max_chars).is_some() {
        clipped.push('…');
    }
    clipped
}
