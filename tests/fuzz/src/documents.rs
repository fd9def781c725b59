//! Documents: the golden ones, and what becomes of them in the hands of somebody who means harm.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::Entropy;

/// How deep a made-up value goes.
const DEPTH: u32 = 4;

/// Every JSON file of `tests/golden/<folder>`, by name.
///
/// # Panics
/// Where the folder cannot be read, or is empty.
pub fn golden(folder: &str) -> Vec<(String, Value)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../golden").join(folder);
    let mut all: Vec<(String, Value)> = std::fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter_map(|path| {
            let value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).ok()?;
            Some((path.file_stem()?.to_str()?.to_owned(), value))
        })
        .collect();
    assert!(!all.is_empty(), "no golden files in {folder}");
    all.sort_by(|one, other| one.0.cmp(&other.0));
    all
}

/// What a golden file is about: its `body`, or all of it.
pub fn body_of(document: &Value) -> Value {
    document.get("body").unwrap_or(document).clone()
}

/// What the golden files of `tests/golden/<folder>` are about, by name.
pub fn bodies(folder: &str) -> Vec<(String, Value)> {
    golden(folder).into_iter().map(|(name, document)| (name, body_of(&document))).collect()
}

/// The values of `golden`, without names.
pub fn values(folder: &str) -> Vec<Value> {
    golden(folder).iter().map(|(_, document)| body_of(document)).collect()
}

/// One of these documents, changed in a few places.
pub fn mutated(entropy: &mut Entropy<'_>, documents: &[Value]) -> Value {
    let mut document = entropy.one_of(documents).clone();
    for _ in 0..entropy.below(5) {
        let other = entropy.one_of(documents).clone();
        change(&mut document, entropy, &other);
    }
    document
}

/// The document as text; sometimes cut off, or with a byte that does not belong there.
pub fn text_with(entropy: &mut Entropy<'_>, document: &Value) -> Vec<u8> {
    let mut text = document.to_string().into_bytes();
    match entropy.byte() {
        180..=205 => text.truncate(entropy.below(text.len() + 1)),
        206..=235 => {
            let at = entropy.below(text.len() + 1);
            text.insert(at, entropy.byte());
        }
        236..=255 => {
            let depth = entropy.below(3_000);
            text = [vec![b'['; depth], text, vec![b']'; depth]].concat();
        }
        0..=179 => {}
    }
    text
}

/// Changes one place, chosen on the way down.
fn change(value: &mut Value, entropy: &mut Entropy<'_>, other: &Value) {
    let stop = entropy.byte().is_multiple_of(4);
    match value {
        Value::Object(fields) if !stop && !fields.is_empty() => {
            let name = fields.keys().nth(entropy.below(fields.len())).unwrap().clone();
            match entropy.byte() {
                0..=25 => drop(fields.remove(&name)),
                26..=45 => drop(fields.insert(entropy.text(), any(entropy, DEPTH))),
                46..=255 => change(fields.get_mut(&name).unwrap(), entropy, other),
            }
        }
        Value::Array(items) if !stop && !items.is_empty() => {
            let at = entropy.below(items.len());
            match entropy.byte() {
                0..=25 => drop(items.remove(at)),
                26..=55 => items.extend(vec![items[at].clone(); entropy.below(40)]),
                56..=255 => change(&mut items[at], entropy, other),
            }
        }
        Value::Object(_)
        | Value::Array(_)
        | Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_) => {
            *value =
                if entropy.byte().is_multiple_of(6) { part_of(other, entropy) } else { any(entropy, DEPTH) };
        }
    }
}

fn part_of(value: &Value, entropy: &mut Entropy<'_>) -> Value {
    match value {
        Value::Object(fields) if !fields.is_empty() && entropy.byte() > 40 => {
            part_of(fields.values().nth(entropy.below(fields.len())).unwrap(), entropy)
        }
        Value::Array(items) if !items.is_empty() && entropy.byte() > 40 => {
            part_of(&items[entropy.below(items.len())], entropy)
        }
        Value::Object(_)
        | Value::Array(_)
        | Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_) => value.clone(),
    }
}

fn any(entropy: &mut Entropy<'_>, depth: u32) -> Value {
    match entropy.byte() % if depth == 0 { 6 } else { 8 } {
        0 => Value::Null,
        1 => json!(entropy.byte() > 127),
        2 => json!(entropy.number()),
        3 => json!(f64::from_bits(entropy.number().cast_unsigned())),
        4 | 5 => json!(entropy.text()),
        6 => (0..entropy.below(4)).map(|_| any(entropy, depth - 1)).collect(),
        _ => {
            let fields = (0..entropy.below(4)).map(|_| (entropy.text(), any(entropy, depth - 1)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
    }
}
