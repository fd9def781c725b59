//! JSON templates: a command with places for what a ticket holds.
//!
//! | Text | Becomes |
//! |---|---|
//! | `"{/issue/key}"` | the value at this JSON pointer, of whatever type |
//! | `"INC {/number} of {/table}"` | the text, with texts, numbers and booleans in it |
//! | `"{/data/role?}"` | as above; where there is nothing (or null, or a blank text), the field is left out |
//! | `"{channel_id}"` | short for `{/channel_id}` |
//! | `"{{"` | `{` |
//!
//! An object or a list of which nothing is left is left out too; one that stands empty in the template stays.
//!
//! `/headers/<name>` (lower case) is a header of the request. Most senders sign the body only, so take nothing that
//! decides what is done from there.

use std::collections::BTreeMap;

use mto_messages::clip;
use serde_json::{Map, Value};

/// The pointer prefix of headers.
const HEADERS: &str = "/headers/";

/// Whether a pointer leads to a header.
pub(crate) fn is_header(pointer: &str) -> bool {
    pointer.starts_with(HEADERS)
}

/// What templates are filled from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ground<'a> {
    pub(crate) body: &'a Value,
    pub(crate) headers: &'a BTreeMap<String, String>,
}

impl Ground<'_> {
    /// The value at a pointer; null is nothing.
    pub(crate) fn find(&self, pointer: &str) -> Option<Value> {
        if let Some(name) = pointer.strip_prefix(HEADERS)
            && let Some(value) = self.headers.get(name)
        {
            return Some(Value::String(value.clone()));
        }
        self.body.pointer(pointer).filter(|value| !value.is_null()).cloned()
    }
}

/// A template that was read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Template {
    /// As it stands.
    Literal(Value),
    /// A value.
    Place(Place),
    /// Text with values in it.
    Text(Vec<Part>),
    /// A list.
    List(Vec<Template>),
    /// An object.
    Object(Vec<(String, Template)>),
}

/// A place for a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pointer: String,
    optional: bool,
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// As it stands.
    Text(String),
    /// A value.
    Place(Place),
}

impl Template {
    /// Reads a template. The error names the field below `field`.
    pub(crate) fn new(value: &Value, field: &str) -> Result<Self, String> {
        Ok(match value {
            Value::String(text) => Self::text(text).map_err(|problem| format!("{field}: {problem}"))?,
            Value::Array(items) => {
                let items = items.iter().enumerate();
                let items = items.map(|(index, item)| Self::new(item, &format!("{field}[{index}]")));
                Self::List(items.collect::<Result<_, _>>()?)
            }
            Value::Object(fields) => {
                let fields = fields
                    .iter()
                    .map(|(name, value)| Ok((name.clone(), Self::new(value, &format!("{field}.{name}"))?)));
                Self::Object(fields.collect::<Result<_, String>>()?)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => Self::Literal(value.clone()),
        })
    }

    /// Reads a text with places.
    pub(crate) fn text(text: &str) -> Result<Self, String> {
        let mut parts: Vec<Part> = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once('{') {
            literal.push_str(before);
            if let Some(behind) = behind.strip_prefix('{') {
                literal.push('{');
                rest = behind;
                continue;
            }
            let (inside, after) = behind.split_once('}').ok_or_else(|| bad_place(behind))?;
            let place = Place::new(inside)?;
            if !literal.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut literal)));
            }
            parts.push(Part::Place(place));
            rest = after;
        }
        literal.push_str(rest);
        if !literal.is_empty() || parts.is_empty() {
            parts.push(Part::Text(literal));
        }
        Ok(match parts.as_slice() {
            [Part::Text(text)] => Self::Literal(Value::String(text.clone())),
            [Part::Place(place)] => Self::Place(place.clone()),
            _ => Self::Text(parts),
        })
    }

    /// Fills the template; none where an optional value is absent. The error names the pointer.
    pub(crate) fn fill(&self, ground: Ground<'_>) -> Result<Option<Value>, String> {
        match self {
            Self::Literal(value) => Ok(Some(value.clone())),
            Self::Place(place) => place.find(ground),
            Self::Text(parts) => {
                let mut text = String::new();
                for part in parts {
                    match part {
                        Part::Text(literal) => text.push_str(literal),
                        Part::Place(place) => match place.find(ground)? {
                            Some(value) => text.push_str(&place.as_text(&value)?),
                            None => return Ok(None),
                        },
                    }
                }
                Ok(Some(Value::String(text)))
            }
            Self::List(items) => {
                let all = items.len();
                let items = items.iter().filter_map(|item| item.fill(ground).transpose());
                let filled = items.collect::<Result<Vec<_>, _>>()?;
                Ok((all == 0 || !filled.is_empty()).then_some(Value::Array(filled)))
            }
            Self::Object(fields) => {
                let mut object = Map::new();
                for (name, value) in fields {
                    if let Some(value) = value.fill(ground)? {
                        object.insert(name.clone(), value);
                    }
                }
                Ok((fields.is_empty() || !object.is_empty()).then_some(Value::Object(object)))
            }
        }
    }
}

impl Place {
    fn new(inside: &str) -> Result<Self, String> {
        let (pointer, optional) = match inside.strip_suffix('?') {
            Some(pointer) => (pointer, true),
            None => (inside, false),
        };
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if pointer.starts_with('/') {
            return Ok(Self { pointer: pointer.to_owned(), optional });
        }
        if !pointer.is_empty() && pointer.chars().all(is_name) {
            return Ok(Self { pointer: format!("/{pointer}"), optional });
        }
        Err(bad_place(inside))
    }

    fn find(&self, ground: Ground<'_>) -> Result<Option<Value>, String> {
        let Self { pointer, optional } = self;
        match ground.find(pointer) {
            None if !optional => {
                let pointer = clip(pointer, 200);
                Err(format!("{{{pointer}}} is not in the request; fill it in there, or write {{{pointer}?}}"))
            }
            // Forms send fields that were not filled in as blank texts.
            Some(Value::String(text)) if *optional && text.trim().is_empty() => Ok(None),
            found => Ok(found),
        }
    }

    fn as_text(&self, value: &Value) -> Result<String, String> {
        match value {
            Value::String(text) => Ok(text.clone()),
            Value::Number(number) => Ok(number.to_string()),
            Value::Bool(yes) => Ok(yes.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => {
                let pointer = clip(&self.pointer, 200);
                Err(format!(
                    "{{{pointer}}} is not a text, a number or a boolean, so it cannot stand in a text"
                ))
            }
        }
    }
}

fn bad_place(inside: &str) -> String {
    let inside = clip(inside, 40);
    format!("\"{{{inside}\" is no place; write a pointer such as {{/issue/key}}, or {{{{ for a brace")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fill(template: &Value) -> Result<Option<Value>, String> {
        let body = json!({"number": "INC1", "count": 3, "list": [1, {"a~/b": true}], "nothing": null, "blank": " ",
                   "{x": 1});
        let headers = BTreeMap::from([("x-id".to_owned(), "7".to_owned())]);
        Template::new(template, "command")?.fill(Ground { body: &body, headers: &headers })
    }

    #[test]
    fn places_take_values_with_their_type_and_texts_take_them_as_text() {
        for (template, filled) in [
            (json!("{/count}"), json!(3)),
            (json!("{/list/1}"), json!({"a~/b": true})),
            (json!("{/list/1/a~0~1b}"), json!(true)),
            (json!("{number}: {/count} {/list/1/a~0~1b}"), json!("INC1: 3 true")),
            (json!("{{number}} {{"), json!("{number}} {")),
            (json!("{/headers/x-id}"), json!("7")),
            (
                json!({"a": "{/nothing?}", "b": "x {/nowhere?}", "c": ["{/nowhere?}", "{/count}"], "d": null}),
                json!({"c": [3], "d": null}),
            ),
            (json!(["", 1, false]), json!(["", 1, false])),
            (json!("{/blank}"), json!(" ")),
            (
                json!({"a": "{/blank?}", "b": {"c": "{/nowhere?}", "d": ["{/blank?}"]}, "e": [{"f": "{/blank?}"}, 1]}),
                json!({"e": [1]}),
            ),
            (
                json!({"a": {}, "b": [], "c": {"d": "{/blank?}", "e": 1}}),
                json!({"a": {}, "b": [], "c": {"e": 1}}),
            ),
        ] {
            assert_eq!(fill(&template), Ok(Some(filled)), "{template}");
        }
        for nothing in
            [json!("{/nothing?}"), json!("{/blank?}"), json!(["{/blank?}"]), json!({"a": ["{/blank?}"]})]
        {
            assert_eq!(fill(&nothing), Ok(None), "{nothing}");
        }
    }

    #[test]
    fn what_is_absent_or_is_no_text_is_named_by_its_pointer() {
        for (template, named) in [
            (json!({"a": ["{/nowhere}"]}), "{/nowhere} is not in the request"),
            (json!("{/nothing}"), "{/nothing} is not in the request"),
            (json!("a {/list}"), "{/list} is not a text"),
            (json!({"a": ["x {"]}), "command.a[0]: \"{\" is no place"),
            (json!("{a b}"), "no place"),
            (json!("{}"), "no place"),
        ] {
            let problem = fill(&template).unwrap_err();
            assert!(problem.contains(named), "{problem}");
        }
    }
}
