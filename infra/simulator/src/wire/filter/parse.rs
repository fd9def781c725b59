//! From text to a tree, by recursive descent: or, and, not, then one comparison.

use std::collections::VecDeque;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::tokens::{self, Token};
use super::{Expression, Literal, MAX_DEPTH, Operator, Path};
use crate::world::Refusal;

pub(super) fn wrong(why: &str) -> Refusal {
    Refusal::Bad(format!("Invalid filter clause: {why}."))
}

fn unsupported(what: &str) -> Refusal {
    Refusal::Query(format!("Unsupported or invalid query filter clause: {what}."))
}

pub(super) fn parse(text: &str) -> Result<Expression, Refusal> {
    let mut reader = Reader { tokens: tokens::read(text)?.into(), depth: 0 };
    let expression = reader.any_of()?;
    if reader.tokens.is_empty() { Ok(expression) } else { Err(wrong("something follows its end")) }
}

struct Reader {
    tokens: VecDeque<Token>,
    depth: usize,
}

impl Reader {
    fn any_of(&mut self) -> Result<Expression, Refusal> {
        let mut parts = vec![self.all_of()?];
        while self.take_word("or") {
            parts.push(self.all_of()?);
        }
        Ok(single_or(parts, Expression::Or))
    }

    fn all_of(&mut self) -> Result<Expression, Refusal> {
        let mut parts = vec![self.one()?];
        while self.take_word("and") {
            parts.push(self.one()?);
        }
        Ok(single_or(parts, Expression::And))
    }

    fn one(&mut self) -> Result<Expression, Refusal> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(wrong(&format!("it is nested deeper than {MAX_DEPTH}")));
        }
        let expression = self.at_this_depth()?;
        self.depth -= 1;
        Ok(expression)
    }

    fn at_this_depth(&mut self) -> Result<Expression, Refusal> {
        match self.tokens.pop_front() {
            Some(Token::Open) => {
                let inner = self.any_of()?;
                self.need(&Token::Close)?;
                Ok(inner)
            }
            Some(Token::Word(word)) if word == "not" => Ok(Expression::Not(Box::new(self.one()?))),
            Some(Token::Word(word)) if self.tokens.front() == Some(&Token::Open) => self.function(&word),
            Some(Token::Word(word)) => self.comparison(path(&word)?),
            Some(Token::Text(_)) => Err(unsupported("a literal on the left of an operator")),
            Some(Token::Close | Token::Comma) | None => Err(wrong("a condition is missing")),
        }
    }

    fn comparison(&mut self, path: Path) -> Result<Expression, Refusal> {
        let Some(Token::Word(word)) = self.tokens.pop_front() else {
            return Err(wrong("an operator is missing"));
        };
        let operator = match word.as_str() {
            "eq" => Operator::Equal,
            "ne" => Operator::NotEqual,
            "gt" => Operator::Greater,
            "ge" => Operator::GreaterOrEqual,
            "lt" => Operator::Less,
            "le" => Operator::LessOrEqual,
            "in" => return self.list(path),
            other => return Err(unsupported(&format!("the operator '{other}'"))),
        };
        Ok(Expression::Compare(path, operator, self.literal()?))
    }

    fn list(&mut self, path: Path) -> Result<Expression, Refusal> {
        self.need(&Token::Open)?;
        let mut values = vec![self.literal()?];
        while self.take(&Token::Comma) {
            values.push(self.literal()?);
        }
        self.need(&Token::Close)?;
        Ok(Expression::In(path, values))
    }

    fn function(&mut self, name: &str) -> Result<Expression, Refusal> {
        self.need(&Token::Open)?;
        let made = if let Some(collection) = name.strip_suffix("/any") {
            self.any(path(collection)?)?
        } else {
            let make = match name.to_lowercase().as_str() {
                "startswith" => Expression::Starts,
                "endswith" => Expression::Ends,
                _ => return Err(unsupported(&format!("the function '{name}'"))),
            };
            let Some(Token::Word(word)) = self.tokens.pop_front() else {
                return Err(wrong("a property is missing"));
            };
            self.need(&Token::Comma)?;
            let Some(Token::Text(text)) = self.tokens.pop_front() else {
                return Err(wrong("a string is missing"));
            };
            make(path(&word)?, text)
        };
        self.need(&Token::Close)?;
        Ok(made)
    }

    /// `any()`, or `any(x:…)` with what the item has to fulfil.
    fn any(&mut self, collection: Path) -> Result<Expression, Refusal> {
        if self.tokens.front() == Some(&Token::Close) {
            return Ok(Expression::Any(collection, None));
        }
        let Some(Token::Word(word)) = self.tokens.pop_front() else {
            return Err(wrong("the variable of any is missing"));
        };
        let Some((variable, rest)) = word.split_once(':') else {
            return Err(wrong("the variable of any needs a colon"));
        };
        if !rest.is_empty() {
            self.tokens.push_front(Token::Word(rest.to_owned()));
        }
        let variable = path(variable)?.concat();
        Ok(Expression::Any(collection, Some((variable, Box::new(self.any_of()?)))))
    }

    fn literal(&mut self) -> Result<Literal, Refusal> {
        let word = match self.tokens.pop_front() {
            Some(Token::Text(text)) => return Ok(Literal::Text(text)),
            Some(Token::Word(word)) => word,
            Some(Token::Open | Token::Close | Token::Comma) | None => {
                return Err(wrong("a value is missing"));
            }
        };
        let time = || OffsetDateTime::parse(&word, &Rfc3339).ok().map(Literal::Time);
        let guid = || Uuid::try_parse(&word).ok().filter(|_| word.len() == 36).map(Literal::Guid);
        let number = || word.parse().ok().filter(|number: &f64| number.is_finite()).map(Literal::Number);
        match word.as_str() {
            "null" => Ok(Literal::Null),
            "true" => Ok(Literal::Bool(true)),
            "false" => Ok(Literal::Bool(false)),
            _ => guid().or_else(time).or_else(number).ok_or_else(|| wrong(&format!("'{word}' is no value"))),
        }
    }

    fn take(&mut self, token: &Token) -> bool {
        let found = self.tokens.front() == Some(token);
        if found {
            self.tokens.pop_front();
        }
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(self.tokens.front(), Some(Token::Word(next)) if next == word);
        if found {
            self.tokens.pop_front();
        }
        found
    }

    fn need(&mut self, token: &Token) -> Result<(), Refusal> {
        if self.take(token) { Ok(()) } else { Err(wrong("a parenthesis or a comma is missing")) }
    }
}

fn single_or(mut parts: Vec<Expression>, make: fn(Vec<Expression>) -> Expression) -> Expression {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            make(parts)
        }
        None => make(parts),
    }
}

fn path(word: &str) -> Result<Path, Refusal> {
    let sound = |name: &str| {
        name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    };
    let names: Path = word.split('/').map(str::to_owned).collect();
    if names.iter().all(|name| sound(name)) {
        Ok(names)
    } else {
        Err(wrong(&format!("'{word}' is no name of a property")))
    }
}
