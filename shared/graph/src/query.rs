//! `$filter`, `$select`, `$top` and `$count`: what a list asks for, quoted and encoded.

use http::{HeaderMap, HeaderValue};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use crate::body::segment;

/// The largest page that lists of the directory give.
const MAX_TOP: u16 = 999;

/// A `$filter`. Its values cannot leave their literals, and its properties come from the program, not from outside.
///
/// `ne`, `not`, `endsWith` and conditions on several properties are advanced queries: lists of the directory then send
/// `ConsistencyLevel: eventual` and `$count=true`, and their answer can lag behind a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    text: String,
    shape: Shape,
    /// The one property it is about; `None` when there are several.
    property: Option<&'static str>,
    advanced: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Single,
    And,
    Or,
}

impl Filter {
    fn single(property: &'static str, text: String, advanced: bool) -> Self {
        Self { text, shape: Shape::Single, property: Some(property), advanced }
    }

    /// The property is this text.
    pub fn eq(property: &'static str, text: &str) -> Self {
        Self::single(property, format!("{property} eq {}", literal(text)), false)
    }

    /// The property is this id, of the kind that Graph filters as text: `id`, `appId`.
    pub fn eq_id(property: &'static str, id: Uuid) -> Self {
        Self::eq(property, &id.to_string())
    }

    /// The property is true, or is false.
    pub fn eq_bool(property: &'static str, value: bool) -> Self {
        Self::single(property, format!("{property} eq {value}"), false)
    }

    /// The property is another text, or null. Advanced.
    pub fn ne(property: &'static str, text: &str) -> Self {
        Self::single(property, format!("{property} ne {}", literal(text)), true)
    }

    /// The property starts with this text.
    pub fn starts_with(property: &'static str, text: &str) -> Self {
        Self::single(property, format!("startsWith({property},{})", literal(text)), false)
    }

    /// The property ends with this text. Advanced.
    pub fn ends_with(property: &'static str, text: &str) -> Self {
        Self::single(property, format!("endsWith({property},{})", literal(text)), true)
    }

    /// The property is this time or later.
    pub fn at_or_after(property: &'static str, time: OffsetDateTime) -> Self {
        Self::single(property, format!("{property} ge {}", time_literal(time)), false)
    }

    /// The property is earlier than this time.
    pub fn before(property: &'static str, time: OffsetDateTime) -> Self {
        Self::single(property, format!("{property} lt {}", time_literal(time)), false)
    }

    /// Both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.join(other, Shape::And, "and")
    }

    /// One of both holds, or both do.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.join(other, Shape::Or, "or")
    }

    /// It does not hold. Advanced.
    #[must_use]
    pub fn negated(self) -> Self {
        Self { text: format!("not({})", self.text), shape: Shape::Single, advanced: true, ..self }
    }

    fn join(self, other: Self, shape: Shape, word: &str) -> Self {
        let property = self.property.filter(|_| self.property == other.property);
        let advanced = self.advanced || other.advanced || property.is_none();
        let text = format!("{} {word} {}", self.inside(shape), other.inside(shape));
        Self { text, shape, property, advanced }
    }

    /// As a part of a larger condition: in brackets where the words would bind in another way.
    fn inside(self, outer: Shape) -> String {
        match (self.shape, outer) {
            (Shape::Or, Shape::And) | (Shape::And, Shape::Or) => format!("({})", self.text),
            (Shape::Single, _) | (_, Shape::Single) | (Shape::And, Shape::And) | (Shape::Or, Shape::Or) => {
                self.text
            }
        }
    }

    /// The condition as Graph reads it, not encoded.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether lists of the directory need `ConsistencyLevel: eventual` for it.
    pub fn is_advanced(&self) -> bool {
        self.advanced
    }
}

/// A string literal of OData inside a condition: a quote is doubled.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// In UTC and whole seconds. A year that RFC 3339 cannot write is one that no item has.
fn time_literal(time: OffsetDateTime) -> String {
    let utc = time.to_offset(time::UtcOffset::UTC).replace_nanosecond(0).unwrap_or(time);
    utc.format(&Rfc3339).unwrap_or_else(|_| "9999-12-31T23:59:59Z".to_owned())
}

/// The query of a request.
#[derive(Default)]
pub(crate) struct Query(Vec<String>);

impl Query {
    pub(crate) fn filter(self, filter: Option<&Filter>) -> Self {
        self.with("$filter", filter.map(|filter| segment(filter.as_str())))
    }

    /// Nothing selected: the service's own choice.
    pub(crate) fn select(self, properties: &[&str]) -> Self {
        self.with("$select", (!properties.is_empty()).then(|| properties.join(",")))
    }

    pub(crate) fn top(self, top: Option<u16>) -> Self {
        self.with("$top", top.map(|top| top.clamp(1, MAX_TOP).to_string()))
    }

    pub(crate) fn count(self, wanted: bool) -> Self {
        self.with("$count", wanted.then(|| "true".to_owned()))
    }

    pub(crate) fn with(mut self, name: &str, value: Option<String>) -> Self {
        self.0.extend(value.map(|value| format!("{name}={value}")));
        self
    }

    /// The path with this query, if there is anything in it.
    pub(crate) fn of(self, path: &str) -> String {
        if self.0.is_empty() { path.to_owned() } else { format!("{path}?{}", self.0.join("&")) }
    }
}

/// The path of a list of the directory; an advanced condition brings `$count=true`.
pub(crate) fn directory_list(
    path: &str,
    filter: Option<&Filter>,
    select: &[&str],
    top: Option<u16>,
) -> String {
    Query::default().filter(filter).select(select).top(top).count(is_advanced(filter)).of(path)
}

/// The headers that such a list needs, on each of its pages.
pub(crate) fn directory_headers(filter: Option<&Filter>) -> HeaderMap {
    if is_advanced(filter) { eventual() } else { HeaderMap::new() }
}

fn is_advanced(filter: Option<&Filter>) -> bool {
    filter.is_some_and(Filter::is_advanced)
}

/// `ConsistencyLevel: eventual`
pub(crate) fn eventual() -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("consistencylevel", HeaderValue::from_static("eventual"));
    headers
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn conditions_are_written_as_graph_reads_them() {
        let time = datetime!(2026-11-21 09:00:00.5 +1);
        let cases = [
            (Filter::eq("displayName", "o'hara"), "displayName eq 'o''hara'", false),
            (Filter::eq_bool("accountEnabled", false), "accountEnabled eq false", false),
            (Filter::ne("userType", "Guest"), "userType ne 'Guest'", true),
            (Filter::starts_with("displayName", "MTO_"), "startsWith(displayName,'MTO_')", false),
            (Filter::ends_with("mail", "@a.example"), "endsWith(mail,'@a.example')", true),
            (
                Filter::at_or_after("activityDateTime", time),
                "activityDateTime ge 2026-11-21T08:00:00Z",
                false,
            ),
            (Filter::before("activityDateTime", time), "activityDateTime lt 2026-11-21T08:00:00Z", false),
            (Filter::eq("mail", "a").negated(), "not(mail eq 'a')", true),
        ];
        for (filter, text, advanced) in cases {
            assert_eq!((filter.as_str(), filter.is_advanced()), (text, advanced));
        }
    }

    #[test]
    fn brackets_keep_the_meaning_and_several_properties_are_advanced() {
        let (a, b, c) = (|| Filter::eq("id", "a"), || Filter::eq("id", "b"), || Filter::eq("mail", "c"));
        let cases = [
            (a().or(b()), "id eq 'a' or id eq 'b'", false),
            (a().or(b()).or(a()), "id eq 'a' or id eq 'b' or id eq 'a'", false),
            (a().or(b()).and(c()), "(id eq 'a' or id eq 'b') and mail eq 'c'", true),
            (c().and(a()).or(b()), "(mail eq 'c' and id eq 'a') or id eq 'b'", true),
            (a().and(c()).and(b()), "id eq 'a' and mail eq 'c' and id eq 'b'", true),
        ];
        for (filter, text, advanced) in cases {
            assert_eq!((filter.as_str(), filter.is_advanced()), (text, advanced));
        }
    }

    #[test]
    fn a_query_is_left_out_when_nothing_is_asked_for() {
        assert_eq!(directory_list("/users", None, &[], None), "/users");
        assert_eq!(directory_list("/users", None, &["id", "mail"], Some(0)), "/users?$select=id,mail&$top=1");
        assert_eq!(directory_list("/users", None, &[], Some(5000)), "/users?$top=999");
    }

    /// Reads literals back as an OData service does: what is between the quotes, with doubled quotes as one.
    fn read_literal(text: &str) -> Option<(String, &str)> {
        let mut rest = text.strip_prefix('\'')?;
        let mut value = String::new();
        loop {
            let (before, after) = rest.split_once('\'')?;
            value.push_str(before);
            match after.strip_prefix('\'') {
                Some(more) => {
                    value.push('\'');
                    rest = more;
                }
                None => return Some((value, after)),
            }
        }
    }

    proptest! {
        #[test]
        fn whatever_is_looked_for_arrives_as_it_was_and_as_one_literal(text in any::<String>()) {
            let path = directory_list("/users", Some(&Filter::eq("mail", &text)), &[], Some(7));
            let url = url::Url::parse(&format!("https://graph.example{path}")).unwrap();
            prop_assert_eq!(url.path(), "/users");
            prop_assert_eq!(url.fragment(), None);
            let pairs: Vec<_> = url.query_pairs().collect();
            prop_assert_eq!(pairs.len(), 2);
            let condition = pairs[0].1.strip_prefix("mail eq ").unwrap();
            prop_assert_eq!(read_literal(condition), Some((text, "")));
        }
    }
}
