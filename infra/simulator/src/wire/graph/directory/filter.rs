//! `$filter` and `$search` over directory objects: as much as their clients need. One door: [`parse`].

use serde_json::Value;

use crate::world::Refusal;

/// Deepest nesting of parentheses.
const MAX_DEPTH: u32 = 20;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Filter {
    All,
    Either(Box<Self>, Box<Self>),
    Both(Box<Self>, Box<Self>),
    Not(Box<Self>),
    /// Property, operator, values.
    Test(String, Operator, Vec<String>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    StartsWith,
    EndsWith,
    Contains,
    In,
    /// A collection holds it: `tags/any(t:t eq 'x')`.
    Any,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl Filter {
    /// Whether it takes `ConsistencyLevel: eventual` and `$count=true` (7.4).
    pub(super) fn is_advanced(&self) -> bool {
        match self {
            Self::All => false,
            Self::Either(one, other) | Self::Both(one, other) => one.is_advanced() || other.is_advanced(),
            Self::Not(_) => true,
            Self::Test(_, operator, _) => matches!(operator, Operator::NotEqual | Operator::EndsWith),
        }
    }

    /// Whether an object has it, given its properties.
    pub(super) fn matches(&self, property: &dyn Fn(&str) -> Value) -> bool {
        match self {
            Self::All => true,
            Self::Either(one, other) => one.matches(property) || other.matches(property),
            Self::Both(one, other) => one.matches(property) && other.matches(property),
            Self::Not(inner) => !inner.matches(property),
            Self::Test(name, operator, values) => test(&property(name), *operator, values),
        }
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::String(text) => text.to_lowercase(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

fn test(value: &Value, operator: Operator, wanted: &[String]) -> bool {
    let (own, any) = (text(value), |holds: &dyn Fn(&String) -> bool| wanted.iter().any(holds));
    match operator {
        Operator::Equal | Operator::In => any(&|one| own == *one),
        Operator::NotEqual => !any(&|one| own == *one),
        Operator::StartsWith => !value.is_null() && any(&|one| own.starts_with(one.as_str())),
        Operator::EndsWith => !value.is_null() && any(&|one| own.ends_with(one.as_str())),
        Operator::Contains => !value.is_null() && any(&|one| own.contains(one.as_str())),
        // as texts: times in one format are in the order of time
        Operator::Greater => any(&|one| own > *one),
        Operator::GreaterOrEqual => any(&|one| own >= *one),
        Operator::Less => any(&|one| own < *one),
        Operator::LessOrEqual => any(&|one| own <= *one),
        Operator::Any => {
            value.as_array().is_some_and(|items| items.iter().any(|item| any(&|one| text(item) == *one)))
        }
    }
}

/// Reads a filter over the named properties.
pub(super) fn parse(filter: Option<&str>, allowed: &[&str]) -> Result<Filter, Refusal> {
    let Some(filter) = filter else { return Ok(Filter::All) };
    let refused = || Refusal::Query(format!("Unsupported or invalid query filter clause '{filter}'."));
    let tokens = tokens(filter).ok_or_else(refused)?;
    let mut reader = Reader { tokens: &tokens, place: 0, allowed };
    let read = reader.either(0).ok_or_else(refused)?;
    if reader.place == tokens.len() { Ok(read) } else { Err(refused()) }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Mark(char),
}

fn tokens(filter: &str) -> Option<Vec<Token>> {
    let (mut found, mut letters) = (Vec::new(), filter.chars().peekable());
    while let Some(letter) = letters.next() {
        match letter {
            ' ' => {}
            '(' | ')' | ',' | ':' => found.push(Token::Mark(letter)),
            '\'' => {
                let mut text = String::new();
                loop {
                    match letters.next()? {
                        // a doubled quote stands for one
                        '\'' if letters.peek() == Some(&'\'') => text.extend(letters.next()),
                        '\'' => break,
                        other => text.push(other),
                    }
                }
                found.push(Token::Text(text));
            }
            other => {
                let mut word = other.to_string();
                // a time holds colons; a lambda's variable ends at one
                let is_time = other.is_ascii_digit();
                while let Some(next) = letters.next_if(|next| {
                    !matches!(next, ' ' | '(' | ')' | ',' | '\'') && (is_time || *next != ':')
                }) {
                    word.push(next);
                }
                found.push(Token::Word(word));
            }
        }
    }
    Some(found)
}

struct Reader<'a> {
    tokens: &'a [Token],
    place: usize,
    allowed: &'a [&'a str],
}

impl Reader<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.place)
    }

    fn take(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.place).cloned()?;
        self.place += 1;
        Some(token)
    }

    fn mark(&mut self, wanted: char) -> Option<()> {
        (self.take()? == Token::Mark(wanted)).then_some(())
    }

    fn word(&mut self) -> Option<String> {
        match self.take()? {
            Token::Word(word) => Some(word),
            Token::Text(_) | Token::Mark(_) => None,
        }
    }

    fn next_is(&mut self, wanted: &str) -> bool {
        let is = matches!(self.peek(), Some(Token::Word(word)) if word == wanted);
        self.place += usize::from(is);
        is
    }

    fn either(&mut self, depth: u32) -> Option<Filter> {
        let mut left = self.both(depth)?;
        while self.next_is("or") {
            left = Filter::Either(Box::new(left), Box::new(self.both(depth)?));
        }
        Some(left)
    }

    fn both(&mut self, depth: u32) -> Option<Filter> {
        let mut left = self.single(depth)?;
        while self.next_is("and") {
            left = Filter::Both(Box::new(left), Box::new(self.single(depth)?));
        }
        Some(left)
    }

    fn single(&mut self, depth: u32) -> Option<Filter> {
        if depth > MAX_DEPTH {
            return None;
        }
        if self.next_is("not") {
            return Some(Filter::Not(Box::new(self.single(depth + 1)?)));
        }
        if self.peek() == Some(&Token::Mark('(')) {
            self.place += 1;
            let inner = self.either(depth + 1)?;
            self.mark(')')?;
            return Some(inner);
        }
        let word = self.word()?;
        match word.to_lowercase().as_str() {
            "startswith" => self.function(Operator::StartsWith),
            "endswith" => self.function(Operator::EndsWith),
            "contains" => self.function(Operator::Contains),
            _ if word.ends_with("/any") => self.any(word.trim_end_matches("/any")),
            _ => self.comparison(&word),
        }
    }

    fn property(&self, name: &str) -> Option<String> {
        self.allowed.iter().find(|known| **known == name).map(|known| (*known).to_owned())
    }

    fn function(&mut self, operator: Operator) -> Option<Filter> {
        self.mark('(')?;
        let name = self.word()?;
        let name = self.property(&name)?;
        self.mark(',')?;
        let value = self.value()?;
        self.mark(')')?;
        Some(Filter::Test(name, operator, vec![value]))
    }

    /// `name/any(x:x eq 'value')`
    fn any(&mut self, name: &str) -> Option<Filter> {
        let name = self.property(name)?;
        self.mark('(')?;
        let variable = self.word()?;
        self.mark(':')?;
        (self.word()? == variable && self.word()? == "eq").then_some(())?;
        let value = self.value()?;
        self.mark(')')?;
        Some(Filter::Test(name, Operator::Any, vec![value]))
    }

    fn comparison(&mut self, name: &str) -> Option<Filter> {
        let name = self.property(name)?;
        let operator = match self.word()?.as_str() {
            "eq" => Operator::Equal,
            "ne" => Operator::NotEqual,
            "gt" => Operator::Greater,
            "ge" => Operator::GreaterOrEqual,
            "lt" => Operator::Less,
            "le" => Operator::LessOrEqual,
            "in" => {
                self.mark('(')?;
                let mut values = vec![self.value()?];
                while self.peek() == Some(&Token::Mark(',')) {
                    self.place += 1;
                    values.push(self.value()?);
                }
                self.mark(')')?;
                return Some(Filter::Test(name, Operator::In, values));
            }
            _ => return None,
        };
        Some(Filter::Test(name, operator, vec![self.value()?]))
    }

    fn value(&mut self) -> Option<String> {
        match self.take()? {
            Token::Text(text) => Some(text.to_lowercase()),
            Token::Word(word) => Some(word.to_lowercase()),
            Token::Mark(_) => None,
        }
    }
}

/// `$search`: quoted `property:text` pieces, joined by OR or AND; words begin with the text.
pub(super) fn search(search: Option<&str>, allowed: &[&str]) -> Result<Filter, Refusal> {
    let Some(search) = search else { return Ok(Filter::All) };
    let refused = || Refusal::Bad(format!("Syntax error: character in '{search}' is not valid for $search."));
    let (mut pieces, mut found) = (search.split('"'), Filter::All);
    let mut join = pieces.next().unwrap_or_default().trim();
    while let Some(piece) = pieces.next() {
        let (name, text) = piece.split_once(':').ok_or_else(refused)?;
        let name = allowed.iter().find(|known| **known == name).ok_or_else(refused)?;
        let piece = Filter::Test((*name).to_owned(), Operator::Contains, vec![text.to_lowercase()]);
        found = match (join, found) {
            ("", Filter::All) => piece,
            ("OR", found) => Filter::Either(Box::new(found), Box::new(piece)),
            ("AND", found) => Filter::Both(Box::new(found), Box::new(piece)),
            _ => return Err(refused()),
        };
        join = pieces.next().ok_or_else(refused)?.trim();
    }
    if found == Filter::All || !join.is_empty() { Err(refused()) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(filter: &str, wanted: Option<bool>) {
        let properties = json!({"displayName": "Annie O'Neil", "userType": "Member", "mail": null, "accountEnabled": true,
                                "tags": ["One", "Two"], "created": "2026-11-21T09:00:00Z"});
        let names = ["displayName", "userType", "mail", "accountEnabled", "tags", "created"];
        let found = parse(Some(filter), &names).ok();
        assert_eq!(found.map(|found| found.matches(&|name| properties[name].clone())), wanted, "{filter}");
    }

    #[test]
    fn filters_are_read_and_applied() {
        for (filter, wanted) in [
            ("displayName eq 'annie o''neil'", Some(true)),
            ("startswith(displayName,'Ann') and userType eq 'Member'", Some(true)),
            ("userType eq 'Guest' or accountEnabled eq true", Some(true)),
            ("userType eq 'Guest' and (mail eq null or mail eq 'x')", Some(false)),
            ("mail eq null", Some(true)),
            ("userType in ('Guest','Member')", Some(true)),
            ("not (userType eq 'Member')", Some(false)),
            ("tags/any(t:t eq 'two')", Some(true)),
            ("created gt 2026-11-21T09:00:00Z", Some(false)),
            ("created ge 2026-11-21T09:00:00Z and created lt 2026-11-22T00:00:00Z", Some(true)),
            ("tags/any(t:x eq 'two')", None),
            ("unknown eq 'x'", None),
            ("userType eq 'Member' mail", None),
            ("userType eq 'Member", None),
            ("(((", None),
            ("", None),
        ] {
            check(filter, wanted);
        }
    }

    #[test]
    fn a_search_is_one_or_more_quoted_pieces() {
        let names = ["displayName", "mail"];
        let found = search(Some("\"displayName:ann\" OR \"mail:bob\""), &names).expect("a search");
        assert!(found.matches(&|name| json!(if name == "mail" { "bob@x" } else { "Zoe" })));
        for wrong in ["ann", "\"ann\"", "\"displayName:a\" \"mail:b\"", "\"displayName:a\" OR"] {
            assert!(search(Some(wrong), &names).is_err(), "{wrong}");
        }
    }
}
