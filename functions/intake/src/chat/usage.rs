//! What can be said in a chat, and the help that says so.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::permission::Word;

/// One statement of the grammar.
#[derive(Debug)]
pub(crate) struct Usage {
    /// Its first word.
    pub(crate) verb: &'static str,
    /// The whole, `|` for a choice and `[]` for what may be left out.
    pub(crate) line: &'static str,
    /// What it does.
    pub(crate) meaning: &'static str,
    /// A line that can be sent.
    pub(crate) example: &'static str,
    /// Shown to whoever has one of these; `plan` and `help` are matters of their own.
    pub(crate) words: &'static [Word],
}

/// Statements; those with the same first word stand together.
pub(crate) const USAGES: [Usage; 14] = [
    Usage {
        verb: "create",
        line: "create \"<name>\" in <owner> [with <tenant> [\"<display name>\"], …] [and join] [and sync] [dry run]",
        meaning: "creates an organization, owned by that tenant",
        example: "create \"Contoso group\" in contoso with fabrikam \"Fabrikam\", tailspin and join",
        words: &[Word::Create],
    },
    Usage {
        verb: "add",
        line: "add <tenant> [\"<display name>\"] to <owner> [as owner|member] [and join] [and sync] [dry run]",
        meaning: "lists a tenant in the owner's organization",
        example: "add fabrikam \"Fabrikam\" to contoso and join",
        words: &[Word::Add],
    },
    Usage {
        verb: "join",
        line: "join <tenant> to <owner> [as \"<display name>\"] [with users] [dry run]",
        meaning: "makes a listed tenant a member; with a display name it is added first",
        example: "join fabrikam to contoso with users",
        words: &[Word::Join],
    },
    Usage {
        verb: "leave",
        line: "leave <tenant> from <owner> [cleanup settings|users] [confirm <tenant> [<users>]] [dry run]",
        meaning: "lets a tenant leave by itself",
        example: "leave fabrikam from contoso confirm fabrikam",
        words: &[Word::Leave],
    },
    Usage {
        verb: "remove",
        line: "remove <tenant> from <owner> [cleanup settings|users] [confirm <tenant> [<users>]] [dry run]",
        meaning: "lets the owner remove a tenant",
        example: "remove fabrikam from contoso confirm fabrikam",
        words: &[Word::Remove],
    },
    Usage {
        verb: "dissolve",
        line: "dissolve <owner> [cleanup settings|users] [confirm <owner> [<users>]] [dry run]",
        meaning: "removes everybody, then the owner itself",
        example: "dissolve contoso confirm contoso",
        words: &[Word::Dissolve],
    },
    Usage {
        verb: "sync",
        line: "sync <source> to <target>[, <target> …]|all [confirm <source> <users>] [dry run]",
        meaning: "synchronizes users, as far as the tenant directory says whom",
        example: "sync contoso to fabrikam, tailspin",
        words: &[Word::Sync],
    },
    Usage {
        verb: "sync",
        line: "sync settings <owner> [dry run]",
        meaning: "repairs the cross-tenant settings of the whole organization",
        example: "sync settings contoso",
        words: &[Word::Settings],
    },
    Usage {
        verb: "unshare",
        line: "unshare <source> to <target>[, <target> …] [cleanup settings|users] [both directions] [confirm <source> [<users>]] [dry run]",
        meaning: "takes synchronized users back and closes the settings",
        example: "unshare contoso to fabrikam confirm contoso 12",
        words: &[Word::Unshare],
    },
    Usage {
        verb: "stop",
        line: "stop <source> to <target>[, <target> …]|all [dry run]",
        meaning: "pauses synchronization",
        example: "stop contoso to fabrikam",
        words: &[Word::Stop],
    },
    Usage {
        verb: "restart",
        line: "restart <source> to <target>[, <target> …]|all [confirm <source> <users>] [dry run]",
        meaning: "restarts synchronization",
        example: "restart contoso to fabrikam",
        words: &[Word::Restart],
    },
    Usage {
        verb: "status",
        line: "status <owner>, or status <source> to <target>[, <target> …]|all",
        meaning: "reads everything and reports",
        example: "status contoso",
        words: &[Word::Status],
    },
    Usage {
        verb: "plan",
        line: "plan <any of these>",
        meaning: "tells what would be written, and writes nothing",
        example: "plan join fabrikam to contoso",
        words: &[],
    },
    Usage { verb: "help", line: "help [<verb>]", meaning: "shows this", example: "help join", words: &[] },
];

/// Statements with this first word.
pub(crate) fn usages_of(verb: &str) -> impl Iterator<Item = &'static Usage> {
    USAGES.iter().filter(move |usage| usage.verb == verb)
}

/// Every first word, once.
pub(crate) fn verbs() -> Vec<&'static str> {
    let mut verbs: Vec<_> = USAGES.iter().map(|usage| usage.verb).collect();
    verbs.dedup();
    verbs
}

const TENANTS: &str = "A tenant is its name in the tenant directory, a verified domain, or its id. Names with blanks \
                       stand between quotes.";

/// Help for somebody who may use these words: about one verb, or about all. `prefix` is what stands before each line:
/// `/mto`. What somebody may only plan is shown so.
pub fn help(verb: Option<&str>, granted: &BTreeSet<Word>, prefix: &str) -> String {
    let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix} ") };
    if granted.is_empty() {
        return "You may not ask for anything here. Whoever runs this can allow it.".to_owned();
    }
    let mut text = String::new();
    for usage in verb.map(usages_of).into_iter().flatten() {
        let Some(plan) = plan_before(usage, granted) else { continue };
        let Usage { line, meaning, example, .. } = usage;
        let _ = writeln!(text, "{prefix}{plan}{line}\n  {meaning}. For example: {prefix}{plan}{example}");
    }
    if text.is_empty() {
        text.push_str("You can say:\n");
        for usage in &USAGES {
            if let Some(plan) = plan_before(usage, granted) {
                let _ = writeln!(text, "{prefix}{plan}{}\n  {}", usage.line, usage.meaning);
            }
        }
    }
    text + TENANTS
}

/// What stands before a statement for somebody with these words; none if it is not allowed.
fn plan_before(usage: &Usage, granted: &BTreeSet<Word>) -> Option<&'static str> {
    let plans = granted.contains(&Word::Plan);
    match usage.verb {
        "help" => Some(""),
        "plan" => plans.then_some(""),
        _ if usage.words.iter().any(|word| granted.contains(word)) => Some(""),
        _ => plans.then_some("plan "),
    }
}
