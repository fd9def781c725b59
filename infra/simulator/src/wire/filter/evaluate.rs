//! Asking a tree about a JSON value.
//!
//! Texts are compared ignoring case, as the directory does for what it indexes (unverified for each property).
//! What is absent counts as null.

use std::cmp::Ordering;

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::{Expression, Literal, Operator};

/// The items that the variables of surrounding `any` stand for.
type Variables<'a> = Vec<(&'a str, &'a Value)>;

pub(super) fn holds<'a>(expression: &'a Expression, root: &'a Value, variables: &mut Variables<'a>) -> bool {
    match expression {
        Expression::And(parts) => parts.iter().all(|part| holds(part, root, variables)),
        Expression::Or(parts) => parts.iter().any(|part| holds(part, root, variables)),
        Expression::Not(inner) => !holds(inner, root, variables),
        Expression::Compare(path, operator, literal) => {
            compares(found(path, root, variables), *operator, literal)
        }
        Expression::In(path, literals) => {
            let value = found(path, root, variables);
            literals.iter().any(|literal| equal(value, literal))
        }
        Expression::Starts(path, text) => {
            let (value, text) = (lower(found(path, root, variables)), text.to_lowercase());
            value.is_some_and(|value| value.starts_with(&text))
        }
        Expression::Ends(path, text) => {
            let (value, text) = (lower(found(path, root, variables)), text.to_lowercase());
            value.is_some_and(|value| value.ends_with(&text))
        }
        Expression::Any(path, inner) => {
            let items = found(path, root, variables).as_array().map_or(&[][..], Vec::as_slice);
            match inner {
                None => !items.is_empty(),
                Some((variable, inner)) => items.iter().any(|item| {
                    variables.push((variable, item));
                    let held = holds(inner, root, variables);
                    variables.pop();
                    held
                }),
            }
        }
    }
}

fn found<'a>(path: &[String], root: &'a Value, variables: &Variables<'a>) -> &'a Value {
    let first = path.first().map(String::as_str).unwrap_or_default();
    let (start, rest) = match variables.iter().rev().find(|(name, _)| *name == first) {
        Some((_, item)) => (*item, path.get(1..).unwrap_or_default()),
        None => (root, path),
    };
    rest.iter().fold(start, |value, name| value.get(name).unwrap_or(&Value::Null))
}

fn lower(value: &Value) -> Option<String> {
    value.as_str().map(str::to_lowercase)
}

fn compares(value: &Value, operator: Operator, literal: &Literal) -> bool {
    let order = || order(value, literal);
    match operator {
        Operator::Equal => equal(value, literal),
        Operator::NotEqual => !equal(value, literal),
        Operator::Greater => order().is_some_and(Ordering::is_gt),
        Operator::GreaterOrEqual => order().is_some_and(Ordering::is_ge),
        Operator::Less => order().is_some_and(Ordering::is_lt),
        Operator::LessOrEqual => order().is_some_and(Ordering::is_le),
    }
}

fn equal(value: &Value, literal: &Literal) -> bool {
    match literal {
        Literal::Null => value.is_null(),
        Literal::Bool(flag) => value.as_bool() == Some(*flag),
        Literal::Number(_) | Literal::Text(_) | Literal::Guid(_) | Literal::Time(_) => {
            order(value, literal) == Some(Ordering::Equal)
        }
    }
}

/// None where the two cannot be compared: then every comparison but `ne` is false.
fn order(value: &Value, literal: &Literal) -> Option<Ordering> {
    match literal {
        Literal::Null | Literal::Bool(_) => None,
        Literal::Number(number) => value.as_f64()?.partial_cmp(number),
        Literal::Text(text) => Some(lower(value)?.cmp(&text.to_lowercase())),
        Literal::Guid(id) => Some(Uuid::try_parse(value.as_str()?).ok()?.cmp(id)),
        Literal::Time(time) => Some(OffsetDateTime::parse(value.as_str()?, &Rfc3339).ok()?.cmp(time)),
    }
}
