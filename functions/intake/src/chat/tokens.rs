//! Words, quoted names and commas.

/// A part of a chat line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// A word as typed.
    Word(String),
    /// What stood between quotes, which is never a keyword.
    Quoted(String),
    /// `,`
    Comma,
}

impl Token {
    /// The token as it is shown.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Word(word) => word.clone(),
            Self::Quoted(text) => quote(text),
            Self::Comma => ",".to_owned(),
        }
    }
}

/// A quote was opened and not closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unclosed(pub(crate) String);

/// Cuts a line into tokens. Quotes count at the start of a word only: a name with an apostrophe is a word. Inside of
/// quotes a backslash takes away the meaning of the character behind it.
pub(crate) fn tokens(line: &str) -> Result<Vec<Token>, Unclosed> {
    let line: Vec<char> = line.chars().filter(|c| !is_invisible(*c)).collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&first) = line.get(at) {
        if is_blank(first) {
            at += 1;
        } else if first == ',' {
            tokens.push(Token::Comma);
            at += 1;
        } else if is_double(first) || is_single(first) {
            let (text, next) = quoted(&line, at, first)?;
            tokens.push(Token::Quoted(text));
            at = next;
        } else {
            let word: String = line[at..].iter().take_while(|c| !is_blank(**c) && **c != ',').collect();
            at += word.chars().count();
            tokens.push(Token::Word(word));
        }
    }
    Ok(tokens)
}

/// The text behind the quote at `start`, and where the line goes on.
fn quoted(line: &[char], start: usize, open: char) -> Result<(String, usize), Unclosed> {
    let mut text = String::new();
    let mut at = start + 1;
    while let Some(&c) = line.get(at) {
        let next = line.get(at + 1).copied();
        let ends_word = next.is_none_or(|next| is_blank(next) || next == ',');
        if c == '\\' && next.is_some_and(|next| is_double(next) || is_single(next) || next == '\\') {
            text.extend(next);
            at += 2;
        } else if (is_double(open) && is_double(c)) || (is_single(open) && is_single(c) && ends_word) {
            return Ok((text, at + 1));
        } else {
            text.push(if c.is_control() { ' ' } else { c });
            at += 1;
        }
    }
    Err(Unclosed(text))
}

/// A name between quotes, so that [`tokens`] reads it back.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        if is_double(c) || is_single(c) || c == '\\' {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

/// Whether a name can stand without quotes as far as its characters go.
pub(crate) fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}

/// What word processors and chat clients make of `"`.
fn is_double(c: char) -> bool {
    matches!(c, '"' | '\u{201C}' | '\u{201D}' | '\u{201E}' | '\u{201F}' | '\u{AB}' | '\u{BB}')
}

fn is_single(c: char) -> bool {
    matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}')
}

/// Zero-width characters, which copying out of chat clients brings along, and those that turn the direction of text,
/// behind which a name can hide another (the same as `notify` takes out).
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{2066}'..='\u{2069}'
            | '\u{FEFF}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        tokens(line).unwrap().iter().map(Token::shown).collect()
    }

    #[test]
    fn blanks_of_any_kind_separate_and_commas_stand_alone() {
        assert_eq!(words(" a\u{a0} b,c ,\td\u{200b}e "), ["a", "b", ",", "c", ",", "de"]);
        assert_eq!(words(""), [""; 0]);
    }

    #[test]
    fn what_turns_the_direction_of_text_or_cannot_be_seen_goes() {
        for c in ('\u{200B}'..='\u{200F}').chain('\u{202A}'..='\u{202E}').chain('\u{2066}'..='\u{2069}') {
            assert_eq!(words(&format!("a{c}b \"c{c}d\"")), ["ab", "\"cd\""], "{c:?}");
        }
        for c in ['\u{061C}', '\u{2060}', '\u{FEFF}'] {
            assert_eq!(words(&format!("a{c}b")), ["ab"], "{c:?}");
        }
    }

    #[test]
    fn quotes_of_every_keyboard_hold_names_together() {
        let name = Token::Quoted("Contoso group".to_owned());
        for line in [
            "\"Contoso group\"",
            "“Contoso group”",
            "„Contoso group“",
            "«Contoso group»",
            "'Contoso group'",
            "‘Contoso group’",
        ] {
            assert_eq!(tokens(line).unwrap(), std::slice::from_ref(&name), "{line}");
        }
        assert_eq!(tokens("O'Brien's").unwrap(), [Token::Word("O'Brien's".to_owned())]);
        assert_eq!(tokens("'O'Brien'").unwrap(), [Token::Quoted("O'Brien".to_owned())]);
        assert_eq!(tokens("\"open").unwrap_err(), Unclosed("open".to_owned()));
    }

    #[test]
    fn what_was_quoted_is_read_back() {
        for text in ["a \"b\" c", "back\\slash", "‘x’ «y»", "", " "] {
            assert_eq!(tokens(&quote(text)).unwrap(), [Token::Quoted(text.to_owned())]);
        }
    }
}
