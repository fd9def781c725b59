//! `$filter`: the part of OData's expressions that Graph's directory resources take.
//!
//! `eq ne gt ge lt le`, `and or not`, `in`, `startsWith`, `endsWith`, `any` over a collection, parentheses; strings,
//! GUIDs, dates with time, numbers, booleans, null. A filter is read into a tree and asked about JSON values, so it
//! serves every resource. What is no sentence is a `Request_BadRequest`; what is one, but not served for the
//! resource, a `Request_UnsupportedQuery`.

mod evaluate;
mod parse;
mod tokens;

use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::call::Call;
use crate::world::Refusal;

/// Longest expression, in characters.
const MAX_CHARS: usize = 4_096;
/// Deepest nesting of parentheses, `not` and `any`.
const MAX_DEPTH: usize = 16;

/// `initiatedBy/user/id`; in an `any`, the first name may be its variable.
pub(super) type Path = Vec<String>;

#[derive(Debug, PartialEq)]
enum Expression {
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    Compare(Path, Operator, Literal),
    In(Path, Vec<Literal>),
    Starts(Path, String),
    Ends(Path, String),
    /// The collection, and the variable with what one item has to fulfil; none: it must not be empty.
    Any(Path, Option<(String, Box<Self>)>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

#[derive(Clone, Debug, PartialEq)]
enum Literal {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    Guid(Uuid),
    Time(OffsetDateTime),
}

/// A filter that was read.
#[derive(Debug)]
pub(crate) struct Filter(Expression);

impl Filter {
    /// The filter of a request, if it has one and names nothing but these properties.
    pub(crate) fn of(call: &Call, properties: &[&str]) -> Result<Option<Self>, Refusal> {
        let Some(text) = call.option("$filter") else { return Ok(None) };
        let filter = Self(parse::parse(text)?);
        match filter.names().into_iter().find(|name| !properties.contains(name)) {
            Some(name) => {
                Err(Refusal::Query(format!("Filtering by the property '{name}' is not supported here.")))
            }
            None => Ok(Some(filter)),
        }
    }

    /// Whether a value fulfils it.
    pub(crate) fn matches(&self, value: &Value) -> bool {
        evaluate::holds(&self.0, value, &mut Vec::new())
    }

    /// The properties it names, without what an `any` calls its items.
    fn names(&self) -> Vec<&str> {
        let mut found = Vec::new();
        names(&self.0, &mut Vec::new(), &mut found);
        found
    }
}

fn names<'a>(expression: &'a Expression, variables: &mut Vec<&'a str>, found: &mut Vec<&'a str>) {
    match expression {
        Expression::And(parts) | Expression::Or(parts) => {
            for part in parts {
                names(part, variables, found);
            }
        }
        Expression::Not(inner) => names(inner, variables, found),
        Expression::Compare(path, ..)
        | Expression::In(path, _)
        | Expression::Starts(path, _)
        | Expression::Ends(path, _) => name(path, variables, found),
        Expression::Any(path, inner) => {
            name(path, variables, found);
            if let Some((variable, inner)) = inner {
                variables.push(variable);
                names(inner, variables, found);
                variables.pop();
            }
        }
    }
}

fn name<'a>(path: &'a Path, variables: &[&str], found: &mut Vec<&'a str>) {
    found.extend(path.first().map(String::as_str).filter(|name| !variables.contains(name)));
}

#[cfg(test)]
mod tests;
