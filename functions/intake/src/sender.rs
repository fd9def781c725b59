//! One sender, ready to be listened to.

use std::collections::{BTreeMap, BTreeSet};

use mto_handler::{Backends, Environment};
use mto_messages::clip;

use crate::config::{AllowEntry, KindEntry, SenderEntry};
use crate::permission::{AllowList, Rule, Word};
use crate::senders::Kind;
use crate::template::{Template, is_header};
use crate::ticket::{Mapping, header_problem};
use crate::verification::Keys;

/// Everybody, or everything.
const ALL: &str = "*";

/// The longest source, as in every command.
const MAX_SOURCE_CHARS: usize = 300;

/// Secrets that are tried for each request.
const MAX_SECRETS: usize = 8;

/// One sender.
#[derive(Debug)]
pub(crate) struct Sender {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) keys: Keys,
    pub(crate) source: String,
    pub(crate) allow: AllowList,
    /// For tickets; of chats only `reply_to` counts.
    pub(crate) mapping: Mapping,
}

impl Sender {
    /// Reads and checks an entry. The error names the field, and holds no value of `secrets`.
    pub(crate) fn new(
        entry: SenderEntry,
        environment: &dyn Environment,
        backends: &dyn Backends,
    ) -> Result<Self, String> {
        check_texts(&entry)?;
        let kind = kind_of(&entry)?;
        if entry.secrets.is_empty() || entry.secrets.len() > MAX_SECRETS {
            return Err(format!(
                "secrets: give 1 to {MAX_SECRETS} references; there are {}",
                entry.secrets.len()
            ));
        }
        let keys = Keys::new(&entry.secrets, kind.writing(), &entry.name, environment, backends)
            .map_err(|error| error.problem)?;
        let mapping = mapping_of(&entry, &kind)?;
        let allow = allow_of(&entry, &kind, &mapping)?;
        if let Kind::ServiceNow(Some(key)) = &kind
            && key.timestamp_header.is_none()
            && allow.all().iter().any(|word| takes_away(*word))
        {
            tracing::warn!(
                sender = entry.name,
                "may take something away, and signs no time: a request of it can be sent again at any time; \
                 give signature.timestampHeader"
            );
        }
        Ok(Self { name: entry.name, kind, keys, source: entry.source, allow, mapping })
    }
}

fn takes_away(word: Word) -> bool {
    matches!(word, Word::Leave | Word::Remove | Word::Dissolve | Word::Unshare)
}

fn check_texts(entry: &SenderEntry) -> Result<(), String> {
    let plain = |text: &str, more: &[u8]| {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) || more.contains(&byte))
    };
    if entry.name.is_empty() || entry.name.len() > 60 || !plain(&entry.name, b"") {
        return Err("name: give 1 to 60 letters, digits and - _ .".to_owned());
    }
    let path = entry.path.as_str();
    if !path.starts_with('/') || path.len() < 2 || path.len() > 200 || !plain(path, b"/") {
        let path = clip(path, 60);
        return Err(format!("path: \"{path}\" is not such as /slack, of letters, digits and - _ . /"));
    }
    let source = entry.source.as_str();
    if source.trim().is_empty() || source.chars().count() > MAX_SOURCE_CHARS {
        return Err(format!(
            "source: give a URI reference such as /slack/acme, of at most {MAX_SOURCE_CHARS} characters"
        ));
    }
    Ok(())
}

fn kind_of(entry: &SenderEntry) -> Result<Kind, String> {
    let kind = match entry.kind {
        KindEntry::Webhook => Kind::Webhook,
        KindEntry::Slack => Kind::Slack,
        KindEntry::Teams => Kind::Teams,
        KindEntry::Jira => Kind::Jira,
        KindEntry::ServiceNow => {
            let mut key = entry.signature.clone();
            for header in key
                .iter_mut()
                .flat_map(|key| std::iter::once(&mut key.header).chain(key.timestamp_header.as_mut()))
            {
                *header = header.trim().to_ascii_lowercase();
                if header.is_empty() {
                    return Err(
                        "signature: a header's name is empty; give it such as x-mto-signature".to_owned()
                    );
                }
            }
            return Ok(Kind::ServiceNow(key));
        }
    };
    match entry.signature {
        None => Ok(kind),
        Some(_) => Err("signature: has no effect but for kind servicenow; leave it out".to_owned()),
    }
}

fn mapping_of(entry: &SenderEntry, kind: &Kind) -> Result<Mapping, String> {
    let default = match kind {
        Kind::Slack => Some("slack:{channel_id}"),
        Kind::Jira => Some("jira:{/issue/key?}"),
        Kind::Teams | Kind::Webhook | Kind::ServiceNow(_) => None,
    };
    let reply_to = entry.reply_to.as_deref().or(default);
    let reply_to =
        reply_to.map(Template::text).transpose().map_err(|problem| format!("replyTo: {problem}"))?;
    if !kind.is_chat() {
        let mut mapping = Mapping::new(entry.command.as_ref(), &entry.cases)?;
        if let Some(user) = entry.user.as_deref().filter(|user| !user.starts_with('/')) {
            let user = clip(user, 60);
            return Err(format!("user: \"{user}\" is no pointer; write it such as /user/accountId"));
        }
        if let Some(user) = entry.user.as_deref().filter(|user| is_header(user)) {
            return Err(format!("user: {}", header_problem(user)));
        }
        mapping.user.clone_from(&entry.user);
        mapping.reply_to = reply_to;
        return Ok(mapping);
    }
    let given = [
        ("command", entry.command.is_some()),
        ("cases", !entry.cases.is_empty()),
        ("user", entry.user.is_some()),
    ];
    if let Some((field, _)) = given.iter().find(|(_, given)| *given) {
        return Err(format!("{field}: has no effect for chats; leave it out"));
    }
    Ok(Mapping::of_chat(reply_to))
}

fn allow_of(entry: &SenderEntry, kind: &Kind, mapping: &Mapping) -> Result<AllowList, String> {
    let knows_users = kind.is_chat() || mapping.user.is_some();
    let rules = entry.allow.iter().enumerate().map(|(index, rule)| {
        rule_of(rule, &entry.people, kind.is_chat(), knows_users)
            .map_err(|problem| format!("allow[{index}].{problem}"))
    });
    Ok(AllowList(rules.collect::<Result<_, _>>()?))
}

fn rule_of(
    entry: &AllowEntry,
    people: &BTreeMap<String, Vec<String>>,
    needs_users: bool,
    knows_users: bool,
) -> Result<Rule, String> {
    let words = words_of(&entry.verbs)?;
    let is_open = entry.users.is_empty() && entry.groups.is_empty();
    if is_open && needs_users {
        return Err("users: is missing; name users or groups, or \"*\" for everybody".to_owned());
    }
    if !is_open && !knows_users {
        let problem =
            "users: nobody is known here; give the sender's user, a pointer such as /user/accountId";
        return Err(problem.to_owned());
    }
    if is_open || entry.users.iter().any(|user| user == ALL) {
        return Ok(Rule { words, users: None });
    }
    let mut users: BTreeSet<String> = entry.users.iter().cloned().collect();
    for (index, group) in entry.groups.iter().enumerate() {
        let members = people.get(group).ok_or_else(|| {
            format!("groups[{index}]: \"{}\" is not in people; add it there", clip(group, 60))
        })?;
        users.extend(members.iter().cloned());
    }
    Ok(Rule { words, users: Some(users) })
}

fn words_of(verbs: &[String]) -> Result<BTreeSet<Word>, String> {
    if verbs.is_empty() {
        return Err("verbs: is empty; name verbs, or \"*\"".to_owned());
    }
    let mut words = BTreeSet::new();
    for (index, verb) in verbs.iter().enumerate() {
        match Word::from_name(verb) {
            Some(word) => {
                words.insert(word);
            }
            None if verb == ALL => words.extend(Word::ALL),
            None => {
                let known = Word::ALL.map(Word::as_str).join(", ");
                let verb = clip(verb, 60);
                return Err(format!("verbs[{index}]: \"{verb}\" is unknown; known are {known} and *"));
            }
        }
    }
    Ok(words)
}
