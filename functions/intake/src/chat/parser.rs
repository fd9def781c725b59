//! Reading a line token by token.

use mto_messages::{Cleanup, Confirm, SyncTargets, TenantRef, clip};

use super::error::GrammarError;
use super::tokens::{Token, Unclosed, is_plain, tokens};
use super::usage::{usages_of, verbs};

/// The longest line that is read, in characters.
pub(crate) const MAX_LINE_CHARS: usize = 4_000;

/// Words that are no tenants unless they stand between quotes.
pub(crate) const RESERVED: [&str; 17] = [
    "to",
    "from",
    "in",
    "as",
    "with",
    "and",
    "all",
    "confirm",
    "cleanup",
    "dry",
    "run",
    "dryrun",
    "dry-run",
    "both",
    "directions",
    "settings",
    "users",
];

/// How alike two words have to be to be offered, from 0 to 1.
const ALIKE: f64 = 0.75;

/// What can stand behind the tenants, each at most once, in any order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clause {
    /// `as owner`, `as "Fabrikam"`
    As,
    /// `with users`, `with sync`
    With,
    /// `and join`
    AndJoin,
    /// `and sync`
    AndSync,
    /// `cleanup settings`
    Cleanup,
    /// `both directions`
    Both,
    /// `confirm fabrikam 12`
    Confirm,
    /// `dry run`
    DryRun,
}

/// The clauses of a line.
#[derive(Debug, Default)]
pub(crate) struct Clauses {
    given: Vec<Clause>,
    pub(crate) named: Option<Token>,
    pub(crate) cleanup: Option<Cleanup>,
    pub(crate) confirm: Option<Confirm>,
}

impl Clauses {
    /// Whether this one was given.
    pub(crate) fn has(&self, clause: Clause) -> bool {
        self.given.contains(&clause)
    }

    /// Whether tenants are to join then.
    pub(crate) fn joins(&self) -> bool {
        self.has(Clause::AndJoin)
    }

    /// Whether users are to be synchronized then.
    pub(crate) fn syncs(&self) -> bool {
        self.has(Clause::AndSync) || self.has(Clause::With)
    }
}

/// A line, and how far it was read.
pub(crate) struct Parser {
    tokens: Vec<Token>,
    at: usize,
    verb: &'static str,
}

impl Parser {
    pub(crate) fn new(line: &str) -> Result<Self, GrammarError> {
        let error = |problem: String| GrammarError {
            understood: String::new(),
            problem,
            suggestion: None,
            usage: Vec::new(),
        };
        if line.chars().nth(MAX_LINE_CHARS).is_some() {
            return Err(error(format!("The line is longer than {MAX_LINE_CHARS} characters; shorten it.")));
        }
        let tokens = tokens(line).map_err(|Unclosed(text)| {
            error(format!("The quote before \"{}\" is not closed; close it.", clip(&text, 60)))
        })?;
        Ok(Self { tokens, at: 0, verb: "help" })
    }

    /// The statement's first word, or `help` for an empty line.
    pub(crate) fn verb(&mut self) -> Result<&'static str, GrammarError> {
        let verbs = verbs();
        if self.tokens.len() == self.at && self.at == 0 {
            return Ok("help");
        }
        self.verb = self.keyword(&verbs)?;
        Ok(self.verb)
    }

    /// From here on errors show how this verb is said.
    pub(crate) fn about(&mut self, verb: &'static str) {
        self.verb = verb;
    }

    /// One of these words.
    pub(crate) fn keyword(&mut self, words: &[&'static str]) -> Result<&'static str, GrammarError> {
        for word in words {
            if self.take(word) {
                return Ok(word);
            }
        }
        Err(self.fail(&listed(words), words))
    }

    /// Takes the next token if it is this word.
    pub(crate) fn take(&mut self, word: &str) -> bool {
        let is_next = self.is_word(self.at, word);
        self.at += usize::from(is_next);
        is_next
    }

    fn is_word(&self, at: usize, word: &str) -> bool {
        matches!(self.tokens.get(at), Some(Token::Word(next)) if next.eq_ignore_ascii_case(word))
    }

    /// Whether the line is at its end.
    pub(crate) fn is_at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// Nothing may follow.
    pub(crate) fn end(&self) -> Result<(), GrammarError> {
        if self.is_at_end() { Ok(()) } else { Err(self.fail("the end of the line", &[])) }
    }

    /// A tenant: a word that is not reserved, or anything between quotes.
    pub(crate) fn tenant(&mut self, role: &str) -> Result<TenantRef, GrammarError> {
        let text = match self.tokens.get(self.at) {
            Some(Token::Quoted(text)) => text.clone(),
            Some(Token::Word(word)) if !is_reserved(word) => word.clone(),
            Some(Token::Word(_) | Token::Comma) | None => return Err(self.fail(role, &[])),
        };
        let tenant = TenantRef::try_from(text).map_err(|_| self.fail(role, &[]))?;
        self.at += 1;
        Ok(tenant)
    }

    /// A name between quotes, if one is next.
    pub(crate) fn name(&mut self) -> Option<String> {
        let Some(Token::Quoted(name)) = self.tokens.get(self.at) else { return None };
        let name = name.clone();
        self.at += 1;
        Some(name)
    }

    /// Takes a comma, or `and`, between two items of a list.
    pub(crate) fn next_item(&mut self) -> bool {
        let comma = self.tokens.get(self.at) == Some(&Token::Comma);
        self.at += usize::from(comma);
        comma
    }

    /// `all`, or tenants with commas between; `and` counts as one.
    pub(crate) fn targets(&mut self) -> Result<SyncTargets, GrammarError> {
        if self.take("all") {
            return Ok(SyncTargets::All);
        }
        let mut targets = vec![self.tenant("a target tenant (or `all`)")?];
        loop {
            let comma = self.next_item();
            if !self.take("and") && !comma {
                return Ok(SyncTargets::Tenants(targets));
            }
            targets.push(self.tenant("another target tenant")?);
        }
    }

    /// Everything to the end of the line, as far as these are allowed.
    pub(crate) fn clauses(&mut self, allowed: &[Clause]) -> Result<Clauses, GrammarError> {
        let mut clauses = Clauses::default();
        while !self.is_at_end() {
            let start = self.at;
            let clause = allowed.iter().copied().find(|clause| self.opens(*clause));
            let Some(clause) = clause else {
                let words: Vec<_> = allowed.iter().map(|clause| clause.word()).collect();
                return Err(self.fail(&format!("{} or the end of the line", listed(&words)), &words));
            };
            if clauses.has(clause) {
                self.at = start;
                return Err(self.fail("each of these once", &[]));
            }
            clauses.given.push(clause);
            self.clause(clause, &mut clauses)?;
        }
        Ok(clauses)
    }

    /// Takes the words that open a clause.
    fn opens(&mut self, clause: Clause) -> bool {
        let next = self.at + 1;
        match clause {
            Clause::As => self.take("as"),
            Clause::With => self.take("with"),
            Clause::AndJoin => self.is_word(next, "join") && self.take("and") && self.take("join"),
            Clause::AndSync => self.is_word(next, "sync") && self.take("and") && self.take("sync"),
            Clause::Cleanup => self.take("cleanup"),
            Clause::Both => self.is_word(next, "directions") && self.take("both") && self.take("directions"),
            Clause::Confirm => self.take("confirm"),
            Clause::DryRun => {
                self.take("dryrun")
                    || self.take("dry-run")
                    || (self.is_word(next, "run") && self.take("dry") && self.take("run"))
            }
        }
    }

    fn clause(&mut self, clause: Clause, clauses: &mut Clauses) -> Result<(), GrammarError> {
        match clause {
            Clause::As => match self.tokens.get(self.at) {
                Some(token @ (Token::Word(_) | Token::Quoted(_))) => clauses.named = Some(token.clone()),
                Some(Token::Comma) | None => return Err(self.fail("a name between quotes", &[])),
            },
            Clause::With => {
                self.keyword(&["users", "sync"])?;
            }
            Clause::Cleanup => clauses.cleanup = Some(self.cleanup()?),
            Clause::Confirm => clauses.confirm = Some(self.confirm()?),
            Clause::AndJoin | Clause::AndSync | Clause::Both | Clause::DryRun => {}
        }
        self.at += usize::from(clause == Clause::As);
        Ok(())
    }

    fn cleanup(&mut self) -> Result<Cleanup, GrammarError> {
        Ok(match self.keyword(&["settings", "users", "none"])? {
            "settings" => Cleanup::Settings,
            "users" => Cleanup::Users,
            _ => Cleanup::None,
        })
    }

    fn confirm(&mut self) -> Result<Confirm, GrammarError> {
        let tenant = self.tenant("the tenant that the plan names")?;
        let users = match self.tokens.get(self.at) {
            Some(Token::Word(word)) => word.parse::<u64>().ok(),
            Some(Token::Quoted(_) | Token::Comma) | None => None,
        };
        if users.is_some() {
            self.at += 1;
            self.take("users");
        }
        Ok(Confirm { tenant, users })
    }

    /// Something that was read cannot be used; `expected` can.
    pub(crate) fn wrong(&self, expected: &str) -> GrammarError {
        let problem = format!("I expected {expected}.");
        GrammarError { problem, suggestion: None, ..self.fail(expected, &[]) }
    }

    /// What was expected here, and what stands here; `words` are those that may have been misspelt.
    pub(crate) fn fail(&self, expected: &str, words: &[&str]) -> GrammarError {
        let found = self.tokens.get(self.at);
        let problem = match found {
            None => format!("Next I expected {expected}, but the line ends."),
            Some(token) => {
                let mut problem =
                    format!("Next I expected {expected}, but found `{}`", clip(&token.shown(), 60));
                if matches!(token, Token::Word(word) if is_reserved(word)) && words.is_empty() {
                    problem.push_str(" (a tenant of this name stands between quotes)");
                }
                problem + "."
            }
        };
        let suggestion = match found {
            Some(Token::Word(word)) => likely(word, words),
            Some(Token::Quoted(_) | Token::Comma) | None => None,
        };
        let understood: Vec<_> = self.tokens.iter().take(self.at).map(Token::shown).collect();
        let usage = usages_of(self.verb).map(|usage| usage.line).collect();
        GrammarError { understood: clip(&understood.join(" "), 300), problem, suggestion, usage }
    }
}

impl Clause {
    /// As it is typed.
    fn word(self) -> &'static str {
        match self {
            Self::As => "as",
            Self::With => "with users",
            Self::AndJoin => "and join",
            Self::AndSync => "and sync",
            Self::Cleanup => "cleanup",
            Self::Both => "both directions",
            Self::Confirm => "confirm",
            Self::DryRun => "dry run",
        }
    }
}

pub(crate) fn is_reserved(word: &str) -> bool {
    RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(word))
}

/// Whether a tenant can stand without quotes.
pub(crate) fn is_bare(name: &str) -> bool {
    is_plain(name) && !is_reserved(name)
}

fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// The word that is most like this one, if any is.
fn likely(word: &str, words: &[&str]) -> Option<String> {
    let word: String = word.chars().take(40).flat_map(char::to_lowercase).collect();
    let first = |candidate: &str| candidate.split(' ').next().unwrap_or(candidate).to_owned();
    let scored = words.iter().map(|candidate| (strsim::jaro_winkler(&word, &first(candidate)), *candidate));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 >= ALIKE).then(|| best.1.to_owned())
}
