//! Small pieces of requests and texts.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The longest id of a request that is kept; Graph's are GUIDs. It ends up in tickets and in the journal.
pub(crate) const MAX_REQUEST_ID_CHARS: usize = 100;

/// RFC 3986's unreserved characters stay; everything else in a path segment is encoded.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A path segment, or a piece of one, with everything encoded that has a meaning in a URL.
pub(crate) fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// A string literal of OData inside a path: in single quotes, a quote doubled, then encoded.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", segment(&text.replace('\'', "''")))
}

/// On one line and at most `max_chars` long: texts of a service end up in tickets and logs.
pub(crate) fn clip(text: &str, max_chars: usize) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let clean = clean.trim();
    match clean.char_indices().nth(max_chars) {
        None => clean.to_owned(),
        Some((end, _)) => format!("{}…", &clean[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_cannot_leave_its_place() {
        assert_eq!(segment("a/b?c#d%e f"), "a%2Fb%3Fc%23d%25e%20f");
        assert_eq!(segment("contoso.example"), "contoso.example");
    }

    #[test]
    fn a_quote_cannot_end_a_literal() {
        assert_eq!(quoted("o'hara.example"), "'o%27%27hara.example'");
    }

    #[test]
    fn a_long_text_of_several_lines_becomes_a_short_line() {
        assert_eq!(clip("one\r\ntwo\u{7}", 20), "one  two");
        assert_eq!(clip("äöüß", 2), "äö…");
    }
}
