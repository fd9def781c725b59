//! Who may ask for what. Nothing is allowed by default.

use std::collections::BTreeSet;
use std::fmt;

use mto_messages::{Cleanup, CommandData, Confirm, LeaveMode, SyncAction, Then, Verb};

/// What an allow-list speaks of. It is derived from a command, never from the text that led to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Word {
    /// `mto.create.v1`
    Create,
    /// `mto.add.v1`
    Add,
    /// `mto.join.v1`
    Join,
    /// `mto.leave.v1`, mode leave.
    Leave,
    /// `mto.leave.v1`, mode remove.
    Remove,
    /// `mto.leave.v1`, mode dissolve.
    Dissolve,
    /// `mto.sync.v1`, action configure.
    Sync,
    /// `mto.sync.v1`, action unshare.
    Unshare,
    /// `mto.sync.v1`, action stop.
    Stop,
    /// `mto.sync.v1`, action restart.
    Restart,
    /// `mto.sync.v1`, action settings.
    Settings,
    /// `mto.sync.v1`, action status.
    Status,
    /// The dry run of anything.
    Plan,
}

impl Word {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Create,
        Self::Add,
        Self::Join,
        Self::Leave,
        Self::Remove,
        Self::Dissolve,
        Self::Sync,
        Self::Unshare,
        Self::Stop,
        Self::Restart,
        Self::Settings,
        Self::Status,
        Self::Plan,
    ];

    /// The word as configurations write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Add => "add",
            Self::Join => "join",
            Self::Leave => "leave",
            Self::Remove => "remove",
            Self::Dissolve => "dissolve",
            Self::Sync => "sync",
            Self::Unshare => "unshare",
            Self::Stop => "stop",
            Self::Restart => "restart",
            Self::Settings => "settings",
            Self::Status => "status",
            Self::Plan => "plan",
        }
    }

    /// The word of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|word| word.as_str() == name)
    }

    /// The verb whose queue it needs; none for `plan`, which is of any.
    pub fn verb(self) -> Option<Verb> {
        match self {
            Self::Create => Some(Verb::Create),
            Self::Add => Some(Verb::Add),
            Self::Join => Some(Verb::Join),
            Self::Leave | Self::Remove | Self::Dissolve => Some(Verb::Leave),
            Self::Sync | Self::Unshare | Self::Stop | Self::Restart | Self::Settings | Self::Status => {
                Some(Verb::Sync)
            }
            Self::Plan => None,
        }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Every word that a command needs: its own, and those of what follows from it. `add` with `then.join` needs `join`
/// too, and a `leave` that cleans up needs `unshare`, which is what its clean-up is.
pub fn words_of(data: &CommandData) -> BTreeSet<Word> {
    match data {
        CommandData::Create(data) => {
            let mut words = then(Word::Create, data.then.as_ref());
            if !data.tenants.is_empty() {
                words.insert(Word::Add);
            }
            words
        }
        CommandData::Add(data) => then(Word::Add, data.then.as_ref()),
        CommandData::Join(data) => then(Word::Join, data.then.as_ref()),
        CommandData::Leave(data) => {
            let word = match data.mode {
                LeaveMode::Leave => Word::Leave,
                LeaveMode::Remove => Word::Remove,
                LeaveMode::Dissolve => Word::Dissolve,
            };
            match data.cleanup {
                Cleanup::None => BTreeSet::from([word]),
                Cleanup::Settings | Cleanup::Users => BTreeSet::from([word, Word::Unshare]),
            }
        }
        CommandData::Sync(data) => BTreeSet::from([match data.action {
            SyncAction::Configure => Word::Sync,
            SyncAction::Settings => Word::Settings,
            SyncAction::Status => Word::Status,
            SyncAction::Restart => Word::Restart,
            SyncAction::Stop => Word::Stop,
            SyncAction::Unshare => Word::Unshare,
        }]),
    }
}

fn then(word: Word, then: Option<&Then>) -> BTreeSet<Word> {
    let join = then.and_then(|then| then.join.as_ref()).map(|_| Word::Join);
    let sync = then.and_then(|then| then.sync.as_ref()).map(|_| Word::Sync);
    [Some(word), join, sync].into_iter().flatten().collect()
}

/// Whether it takes something away, so that it has to be confirmed.
pub fn is_destructive(data: &CommandData) -> bool {
    match data {
        CommandData::Leave(_) => true,
        CommandData::Sync(data) => data.action == SyncAction::Unshare,
        CommandData::Create(_) | CommandData::Add(_) | CommandData::Join(_) => false,
    }
}

/// Whether it takes synchronized users back, so that `confirm` has to name their number.
pub(crate) fn takes_users_back(data: &CommandData) -> bool {
    match data {
        CommandData::Leave(data) => data.cleanup == Cleanup::Users,
        CommandData::Sync(data) => {
            data.action == SyncAction::Unshare && data.cleanup.unwrap_or(Cleanup::Users) == Cleanup::Users
        }
        CommandData::Create(_) | CommandData::Add(_) | CommandData::Join(_) => false,
    }
}

/// A destructive command without `confirm` becomes its own dry run, and so does one that takes users back and whose
/// `confirm` has no number of users: that would agree to whatever number there is. Returns whether it was held back so.
pub fn hold_back(data: &mut CommandData) -> bool {
    let needs_users = takes_users_back(data);
    let is_enough = |confirm: &Confirm| !needs_users || confirm.users.is_some();
    let (dry_run, confirmed) = match data {
        CommandData::Leave(data) => (&mut data.dry_run, data.confirm.as_ref().is_some_and(is_enough)),
        CommandData::Sync(data) if data.action == SyncAction::Unshare => {
            (&mut data.dry_run, data.confirm.as_ref().is_some_and(is_enough))
        }
        CommandData::Sync(_) | CommandData::Create(_) | CommandData::Add(_) | CommandData::Join(_) => {
            return false;
        }
    };
    let held_back = !confirmed && !*dry_run;
    *dry_run |= held_back;
    held_back
}

/// One entry of an allow-list.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) words: BTreeSet<Word>,
    /// None: everybody whom the sender lets in.
    pub(crate) users: Option<BTreeSet<String>>,
}

/// Who may ask one sender for what.
#[derive(Debug, Clone, Default)]
pub(crate) struct AllowList(pub(crate) Vec<Rule>);

impl AllowList {
    /// What this person may ask for.
    pub(crate) fn words(&self, user: Option<&str>) -> BTreeSet<Word> {
        let applies = |rule: &&Rule| match &rule.users {
            None => true,
            Some(users) => user.is_some_and(|user| users.contains(user)),
        };
        self.0.iter().filter(applies).flat_map(|rule| rule.words.iter().copied()).collect()
    }

    /// What is missing for this command; nothing if it is allowed. A dry run needs `plan`, or what the command itself
    /// would need.
    pub(crate) fn missing(&self, user: Option<&str>, data: &CommandData) -> BTreeSet<Word> {
        let granted = self.words(user);
        if data.dry_run() && granted.contains(&Word::Plan) {
            return BTreeSet::new();
        }
        words_of(data).difference(&granted).copied().collect()
    }

    /// Every word that somebody may use.
    pub(crate) fn all(&self) -> BTreeSet<Word> {
        self.0.iter().flat_map(|rule| rule.words.iter().copied()).collect()
    }
}
