//! Security groups with direct members.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::Directory;

#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) given_id: Option<Uuid>,
    pub(crate) display_name: String,
    /// Direct members, by number.
    pub(crate) users: BTreeSet<u32>,
    /// Nested groups, by number.
    pub(crate) groups: BTreeSet<u32>,
    pub(crate) deleted: bool,
    /// The directory's version when the members changed last.
    pub(crate) version: u64,
}

impl Directory {
    pub(crate) fn group(&self, number: u32) -> Option<&Group> {
        self.groups.get(usize::try_from(number).ok()?).filter(|group| !group.deleted)
    }

    /// A group whose members are about to change.
    pub(crate) fn group_changed(&mut self, number: u32) -> Option<&mut Group> {
        self.version += 1;
        let version = self.version;
        let group = self.groups.get_mut(usize::try_from(number).ok()?).filter(|group| !group.deleted)?;
        group.version = version;
        Some(group)
    }

    pub(crate) fn add_group(&mut self, display_name: String, given_id: Option<Uuid>) -> u32 {
        self.version += 1;
        let number = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
        self.groups.push(Group {
            given_id,
            display_name,
            users: BTreeSet::new(),
            groups: BTreeSet::new(),
            deleted: false,
            version: self.version,
        });
        number
    }

    /// A user in or out of a group; whether that changed anything.
    pub(crate) fn set_member(&mut self, group: u32, user: u32, inside: bool) -> bool {
        if self.group(group).is_none_or(|found| found.users.contains(&user) == inside) {
            return false;
        }
        let Some(group) = self.group_changed(group) else { return false };
        if inside { group.users.insert(user) } else { group.users.remove(&user) }
    }

    /// Users of the group and of every group inside it.
    pub(crate) fn all_members(&self, number: u32) -> BTreeSet<u32> {
        let (mut seen, mut waiting, mut found) = (BTreeSet::new(), vec![number], BTreeSet::new());
        while let Some(next) = waiting.pop() {
            if !seen.insert(next) {
                continue;
            }
            if let Some(group) = self.group(next) {
                found.extend(&group.users);
                waiting.extend(&group.groups);
            }
        }
        found
    }
}
