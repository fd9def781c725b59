//! Where in a JSON text something is, for errors that say line and column.

use std::fmt::Write as _;

/// A container that is open, and where in it the text has come to.
enum Level<'a> {
    Array(usize),
    Object(Option<&'a [u8]>),
}

/// The path of what ends, or should begin, at this position as `serde_json` counts it (lines from 1, columns in bytes
/// from 1, both of the last byte that was read): `value[1].tenantId`, or `.` for the whole.
///
/// It is looked for only after reading has failed. `serde_path_to_error` keeps it while it reads, and for that has a
/// second copy of what reads JSON for each type, a tenth of a megabyte in `sync`.
pub(crate) fn path_at(json: &[u8], line: usize, column: usize) -> String {
    let json = json.get(..offset(json, line, column)).unwrap_or(json);
    let mut levels = Vec::new();
    let mut at = 0;
    while let Some(byte) = json.get(at) {
        match byte {
            b'{' => levels.push(Level::Object(None)),
            b'[' => levels.push(Level::Array(0)),
            b'}' | b']' => drop(levels.pop()),
            b',' => match levels.last_mut() {
                Some(Level::Array(index)) => *index += 1,
                Some(Level::Object(key)) => *key = None,
                None => {}
            },
            b'"' => {
                let length = length_of_text(json.get(at + 1..).unwrap_or_default());
                if let Some(Level::Object(key @ None)) = levels.last_mut() {
                    *key = json.get(at + 1..at + 1 + length);
                }
                at += length + 1;
            }
            _ => {}
        }
        at += 1;
    }
    written(&levels)
}

/// How many bytes come before this position.
fn offset(json: &[u8], line: usize, column: usize) -> usize {
    let lines = json.split_inclusive(|byte| *byte == b'\n');
    let before: usize = lines.take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    before.saturating_add(column).min(json.len())
}

/// Of what stands between the quotes; of all that is left, if it does not end.
fn length_of_text(json: &[u8]) -> usize {
    let mut is_escaped = false;
    let is_end = |byte: &u8| {
        let ends = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        ends
    };
    json.iter().position(is_end).unwrap_or(json.len())
}

fn written(levels: &[Level<'_>]) -> String {
    let mut path = String::new();
    for level in levels {
        match level {
            Level::Array(index) => {
                // writing into a String does not fail
                let _ = write!(path, "[{index}]");
            }
            Level::Object(Some(key)) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(&String::from_utf8_lossy(key));
            }
            Level::Object(None) => {}
        }
    }
    if path.is_empty() { ".".to_owned() } else { path }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Page {
        #[serde(rename = "value")]
        _value: Vec<Row>,
    }

    #[derive(Debug, Deserialize)]
    struct Row {
        #[serde(rename = "id")]
        _id: u8,
        #[serde(rename = "more", default)]
        _more: Option<Box<Row>>,
    }

    #[test]
    fn the_path_is_that_of_what_does_not_fit() {
        let cases = [
            (r#"{"value": [{"id": 1}, {"id": "x"}]}"#, "value[1].id"),
            (r#"{"value": [{"id": [1]}]}"#, "value[0].id"),
            (r#"{"value": [{"id": {"id": 1}}]}"#, "value[0].id"),
            (r#"{"value": [{"id": null}]}"#, "value[0].id"),
            (r#"{"value": [{"id": 256}]}"#, "value[0].id"),
            (r#"{"value": [{"id": 1}, {"it": 1}]}"#, "value[1]"),
            (r#"{"value": [{"id": 1, "more": {"a]": "}\"{", "more": {}}}]}"#, "value[0].more.more"),
            ("{\n \"a\": [1,\n 2],\n \"value\":\n {}\n}", "value"),
            ("{\"value\": [\n{\"id\": 1},\n3]}", "value[1]"),
            (r#"{"valve": []}"#, "."),
            ("[]", "."),
            ("7", "."),
            ("", "."),
            (r#"{"value": [{"id": 1"#, "value[0].id"),
            (r#"{"value": [{"id"#, "value[0].id"),
        ];
        for (json, path) in cases {
            let error = serde_json::from_str::<Page>(json).unwrap_err();
            assert_eq!(path_at(json.as_bytes(), error.line(), error.column()), path, "{json}: {error}");
        }
    }

    #[test]
    fn any_position_in_any_text_has_a_path() {
        let texts = [r#"}]],,""\"\\"#, "\"a\\", "{\"\u{e4}\n\":[,", ""];
        for text in texts {
            for (line, column) in [(0, 0), (1, 0), (1, 3), (2, 1), (usize::MAX, 9), (1, usize::MAX - 9)] {
                assert!(!path_at(text.as_bytes(), line, column).is_empty());
            }
        }
    }
}
