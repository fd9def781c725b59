//! Words, strings and punctuation of an expression.

use super::MAX_CHARS;
use super::parse::wrong;
use crate::world::Refusal;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A name, a path, an operator, or a literal without quotes.
    Word(String),
    /// What stood between quotes, with doubled quotes made single.
    Text(String),
    Open,
    Close,
    Comma,
}

pub(super) fn read(text: &str) -> Result<Vec<Token>, Refusal> {
    if text.chars().count() > MAX_CHARS {
        return Err(wrong(&format!("it is longer than {MAX_CHARS} characters")));
    }
    let mut tokens = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let token = match letter {
            letter if letter.is_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            ',' => Token::Comma,
            '\'' => Token::Text(quoted(&mut letters)?),
            letter => {
                let mut word = String::from(letter);
                while let Some(next) =
                    letters.next_if(|next| !next.is_whitespace() && !"(),'".contains(*next))
                {
                    word.push(next);
                }
                Token::Word(word)
            }
        };
        tokens.push(token);
    }
    Ok(tokens)
}

fn quoted(letters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<String, Refusal> {
    let mut text = String::new();
    loop {
        match letters.next() {
            Some('\'') if letters.next_if_eq(&'\'').is_some() => text.push('\''),
            Some('\'') => return Ok(text),
            Some(letter) => text.push(letter),
            None => return Err(wrong("a string has no end")),
        }
    }
}
