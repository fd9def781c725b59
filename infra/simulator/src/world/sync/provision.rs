//! One source user to the target directory: matching, creating, updating, deprovisioning (6.8, 6.9, 6.11).

use std::sync::Arc;

use serde_json::Value;

use super::job::Link;
use super::log::{Action, Status};
use super::rules::Rules;
use crate::world::directory::user::{Base, Home, Life, Origin, Seconds, User, Values};
use crate::world::directory::{Directory, invitation};

type Modified = Vec<(String, Option<String>, Option<String>)>;

/// A source user as a cycle saw it.
#[derive(Clone, Debug)]
pub(super) struct Work {
    pub(super) number: u32,
    pub(super) base: Base,
    pub(super) enabled: bool,
    pub(super) manager: Option<u32>,
    pub(super) wanted: Wanted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Provisioned,
    /// In scope by assignment, but of a kind that is never synchronized.
    Unsuitable(&'static str),
    /// Soft-deleted at the source.
    Deleted,
    /// Unassigned, out of the group, or out of the filter.
    OutOfScope,
}

/// How this attempt goes about it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    pub(super) source: u16,
    pub(super) now: Seconds,
    /// Looks at everything again: an initial cycle, or on demand.
    pub(super) forced: bool,
    pub(super) restores: bool,
    pub(super) redeemed: bool,
}

#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) action: Action,
    pub(super) status: Status,
    pub(super) target: Option<u32>,
    pub(super) error: Option<(&'static str, String)>,
    pub(super) modified: Modified,
}

impl Outcome {
    fn done(action: Action, target: u32) -> Self {
        Self { action, status: Status::Success, target: Some(target), error: None, modified: Vec::new() }
    }

    pub(super) fn skipped(target: Option<u32>, code: &'static str, reason: &str) -> Self {
        let error = Some((code, reason.to_owned()));
        Self { action: Action::Other, status: Status::Skipped, target, error, modified: Vec::new() }
    }

    fn failed(action: Action, target: Option<u32>, code: &'static str, reason: impl Into<String>) -> Self {
        Self {
            action,
            status: Status::Failure,
            target,
            error: Some((code, reason.into())),
            modified: Vec::new(),
        }
    }

    pub(super) fn is_failure(&self) -> bool {
        self.status == Status::Failure
    }

    /// Nothing to do: not worth a line in the log of a cycle.
    pub(super) fn is_redundant(&self) -> bool {
        matches!(self.error, Some(("RedundantExport", _)))
    }
}

/// Brings a user into the target, or brings the target user up to date.
pub(super) fn provision(
    target: &mut Directory,
    rules: &Arc<Rules>,
    work: &Work,
    link: Option<&Link>,
    manner: Manner,
) -> Outcome {
    let home = Home { tenant: manner.source, number: work.number };
    let linked = link.map(|link| link.target).filter(|number| exists(target, *number));
    let is_active = |number: &u32| target.user(*number).is_some_and(User::is_active);
    // a deleted one is only second best: the person may have been invited again since
    let found = linked.filter(is_active).or_else(|| target.external(home)).or(linked);
    let found = found.or_else(|| adopted(target, work, home));
    match found {
        None => create(target, rules, work, home, manner),
        Some(number) if target.user(number).is_some_and(|user| matches!(user.life, Life::Deleted(_))) => {
            if !manner.restores {
                let text = "The user was deleted in the target and is not restored.";
                return Outcome::skipped(Some(number), "EntrySynchronizationSkipped", text);
            }
            if !rules.add {
                return Outcome::skipped(Some(number), "EntrySynchronizationSkipped", "Add is turned off.");
            }
            target.restore(number, manner.now);
            let updated = update(target, rules, work, number, manner);
            if updated.is_failure() {
                updated
            } else {
                Outcome { action: Action::Update, status: Status::Success, error: None, ..updated }
            }
        }
        Some(number) => update(target, rules, work, number, manner),
    }
}

fn exists(target: &Directory, number: u32) -> bool {
    target.user(number).is_some_and(|user| user.life != Life::Gone)
}

/// An external user with the same address, invited before the person was known.
fn adopted(target: &mut Directory, work: &Work, home: Home) -> Option<u32> {
    let holders = target.holders(&work.base.mail()?);
    let [number] = holders.as_slice() else { return None };
    let unknown = |user: &User| user.is_external() && user.home.is_none();
    target.user(*number).filter(|user| unknown(user))?;
    target.set_home(*number, home);
    Some(*number)
}

fn create(target: &mut Directory, rules: &Arc<Rules>, work: &Work, home: Home, manner: Manner) -> Outcome {
    if !rules.add {
        return Outcome::skipped(None, "EntrySynchronizationSkipped", "Add is turned off.");
    }
    if let Some((code, reason)) = obstacle(target, work) {
        return Outcome::failed(Action::Create, None, code, reason);
    }
    let mut user = User::internal(work.base.clone(), manner.now);
    user.origin = Origin::Synchronized;
    user.rules = Some(Arc::clone(rules));
    user.home = Some(home);
    user.member = rules.member(&work.base).is_some_and(|(member, _)| member);
    user.shown = rules.shown().map(|(shown, _)| shown);
    user.enabled = work.enabled || !rules.maps("accountEnabled");
    user.accepted = manner.redeemed;
    match target.add(user) {
        Some(number) => Outcome::done(Action::Create, number),
        None => Outcome::failed(
            Action::Create,
            None,
            "AzureActiveDirectoryQuotaLimitExceeded",
            "The simulator holds no more users in this tenant.",
        ),
    }
}

/// Why an invitation would fail (6.11).
fn obstacle(target: &Directory, work: &Work) -> Option<(&'static str, String)> {
    let Some(mail) = work.base.mail() else {
        return Some((
            "MissingValues",
            "The user has neither a mail address nor a user principal name.".to_owned(),
        ));
    };
    if !invitation::is_invitable(&mail) {
        return Some(("InvitationCreationFailure", format!("'{mail}' cannot be invited.")));
    }
    if work.base.text("displayName").is_some_and(|name| name.chars().count() > 256) {
        let text = "The display name is longer than 256 characters.";
        return Some(("InvitationCreationFailureInvalidPropertyValue", text.to_owned()));
    }
    let proxies = work.base.value("proxyAddresses");
    let proxies = proxies.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
    if proxies.chain([mail]).any(|address| !target.holders(&address).is_empty()) {
        let text = "An address of the user belongs to another user of the target, as mail or proxy address.";
        return Some(("InvitationCreationFailureAmbiguousUser", text.to_owned()));
    }
    if !target.invitations_allowed {
        return Some(("AzureActiveDirectoryForbidden", "The target forbids guest invitations.".to_owned()));
    }
    let full =
        target.quota.is_some_and(|quota| target.users.len() >= usize::try_from(quota).unwrap_or(usize::MAX));
    full.then(|| {
        ("AzureActiveDirectoryQuotaLimitExceeded", "The target's directory quota is used up.".to_owned())
    })
}

/// What an export would change.
struct Difference {
    /// Written over what the rules say.
    kept: Values,
    modified: Modified,
    enabled: bool,
    shown: Option<bool>,
    member: bool,
}

fn update(target: &mut Directory, rules: &Arc<Rules>, work: &Work, number: u32, manner: Manner) -> Outcome {
    let Some(user) = target.user(number) else {
        return Outcome::failed(Action::Update, None, "InvalidAnchor", "The target user is gone.");
    };
    if !rules.update {
        return Outcome::skipped(Some(number), "EntrySynchronizationSkipped", "Update is turned off.");
    }
    let difference = difference(user, rules, work, manner);
    let (on_premises, managed, was_enabled) = (user.on_premises, user.managed_in_exchange, user.enabled);
    if difference.modified.is_empty() {
        // link it all the same: from now on the attributes are the source's
        take_over(target, rules, work, number, difference, manner, false);
        return Outcome::skipped(Some(number), "RedundantExport", "Nothing to export.");
    }
    if on_premises {
        let text = "The target user is mastered on premises.";
        return Outcome::failed(Action::Update, Some(number), "CannotUpdateObjectsMasteredOnPremises", text);
    }
    let elsewhere = |(name, ..): &(String, _, _)| ["mail", "showInAddressList"].contains(&name.as_str());
    if managed && difference.modified.iter().any(elsewhere) {
        let code = "AzureActiveDirectoryCannotUpdateObjectsOriginatedInExternalService";
        return Outcome::failed(
            Action::Update,
            Some(number),
            code,
            "mail and showInAddressList are managed in Exchange.",
        );
    }
    let disables = was_enabled && !difference.enabled;
    let modified = difference.modified.clone();
    take_over(target, rules, work, number, difference, manner, true);
    let action = if disables { Action::Disable } else { Action::Update };
    Outcome { modified, ..Outcome::done(action, number) }
}

fn take_over(
    target: &mut Directory,
    rules: &Arc<Rules>,
    work: &Work,
    number: u32,
    difference: Difference,
    manner: Manner,
    changed: bool,
) {
    target.index(number, false);
    let found = if changed { target.changed(number) } else { target.user_mut(number) };
    if let Some(user) = found {
        user.base = work.base.clone();
        user.rules = Some(Arc::clone(rules));
        if !difference.kept.is_empty() || user.extra.is_some() {
            user.extra_mut().values = difference.kept;
        }
        user.enabled = difference.enabled;
        user.member = difference.member;
        if user.shown != difference.shown {
            user.shown = difference.shown;
            user.shown_at = manner.now;
        }
    }
    target.index(number, true);
}

fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => Some(value.to_string()),
    }
}

fn difference(user: &User, rules: &Rules, work: &Work, manner: Manner) -> Difference {
    let (mut kept, mut modified) = (Values::new(), Modified::new());
    let same_rules = user.rules.as_ref().is_some_and(|own| std::ptr::eq(own.as_ref(), rules));
    let untouched = same_rules
        && user.base.is_same(&work.base)
        && user.extra.as_ref().is_none_or(|extra| extra.values.is_empty());
    if let Some(extra) = &user.extra {
        // edits of what is not mapped stay
        let unmapped =
            extra.values.iter().filter(|(name, _)| !rules.mappings.iter().any(|rule| rule.target == **name));
        kept.extend(unmapped.map(|(name, value)| (name.clone(), value.clone())));
    }
    for rule in rules.mappings.iter().filter(|_| !untouched) {
        let (old, new) = (user.value(&rule.target), rules.value(&rule.target, &work.base));
        if old == new {
            continue;
        }
        // a pending user keeps its name until somebody insists (10.3)
        let named = rule.target == "userPrincipalName" && !user.accepted && !manner.forced;
        let keeps = new.is_null() || named || rule.creation_only && !old.is_null();
        if keeps {
            kept.insert(rule.target.clone(), old);
        } else {
            modified.push((rule.target.clone(), shown(&old), shown(&new)));
        }
    }
    let enabled = if rules.maps("accountEnabled") { work.enabled } else { user.enabled };
    let member = match rules.member(&work.base) {
        Some((member, false)) => member,
        Some((_, true)) | None => user.member,
    };
    let listed = match rules.shown() {
        Some((shown, false)) => Some(shown),
        Some((_, true)) | None => user.shown,
    };
    let mut flag = |name: &str, old: Option<String>, new: Option<String>| {
        if old != new {
            modified.push((name.to_owned(), old, new));
        }
    };
    let kind = |member: bool| Some(if member { "Member" } else { "Guest" }.to_owned());
    flag("accountEnabled", Some(user.enabled.to_string()), Some(enabled.to_string()));
    flag("userType", kind(user.member), kind(member));
    flag(
        "showInAddressList",
        user.shown.map(|shown| shown.to_string()),
        listed.map(|shown| shown.to_string()),
    );
    Difference { kept, modified, enabled, shown: listed, member }
}

/// Takes a user out of the target: a soft delete. `None` where the rules of 6.9 leave it.
pub(super) fn deprovision(
    target: &mut Directory,
    rules: &Rules,
    work: &Work,
    link: Link,
    manner: Manner,
) -> Option<Outcome> {
    if !would_delete(rules, work, link) || !exists(target, link.target) {
        return None;
    }
    target.delete(link.target, manner.now);
    Some(Outcome::done(Action::Delete, link.target))
}

/// Whether leaving the scope deletes: not with Delete turned off, and not who was disabled before (6.9).
pub(super) fn would_delete(rules: &Rules, work: &Work, link: Link) -> bool {
    let left = match work.wanted {
        Wanted::Deleted => true,
        Wanted::OutOfScope | Wanted::Unsuitable(_) => work.enabled || !link.disabled,
        Wanted::Provisioned => false,
    };
    rules.delete && !link.deleted && left
}
