//! What a command that gives up rests on: it is so in the world, or what the same invocation was shown says so. One of
//! the two may be ahead of the other, by what the service does while an invocation is at work.

use mto_messages::Verb;
use serde_json::{Value, json};
use uuid::Uuid;

use super::book::{Account, Book, Hindrance, Hitch};
use super::by_hand::ByHand;
use super::follow_ups;
use super::script::Deed;
use super::seen::{Seen, is_leaving, is_under_way};
use super::truth::Facts;

pub(crate) struct Grounds<'a> {
    pub(crate) book: &'a Book,
    pub(crate) command: &'a str,
    pub(crate) account: &'a Account,
    pub(crate) facts: Facts<'a>,
    pub(crate) seen: &'a Seen,
}

impl Grounds<'_> {
    /// Whether a command is rejected for this reason by right.
    pub(crate) fn reject(&self, code: &str) -> bool {
        let mut data = std::iter::once(&self.account.data).chain(&self.account.later);
        data.any(|data| self.rejects(code, data))
    }

    fn rejects(&self, code: &str, data: &Value) -> bool {
        let (owner, tenant, source) =
            (self.id(&data["owner"]), self.id(&data["tenant"]), self.id(&data["source"]));
        match code {
            "same-tenant" => owner.is_some() && owner == tenant,
            "owner-elsewhere" => self.is_without(tenant, owner),
            "in-another-organization" => self.is_without(tenant, owner) || self.is_only_listed(tenant, owner),
            "join-elsewhere" if self.account.verb == Verb::Create => self.asks_another(owner, None),
            "join-elsewhere" => self.asks_another(tenant, owner),
            "removed-meanwhile" => wanted(data).filter_map(|tenant| self.id(tenant)).any(|tenant| {
                // Who was there with an owner that has gone to another organization stands on no list of it either.
                let has_left = owner.is_some_and(|owner| self.was_removed(owner));
                self.goes(owner, tenant) && (self.was_removed(tenant) || has_left || self.was_denied())
            }),
            "not-an-owner" => self.is_member(owner),
            "last-owner" => self.is_last_owner(tenant),
            "owner-has-no-organization" => self.is_in_none(owner.or(source)),
            "not-in-one-organization" => {
                self.pairs(data).into_iter().any(|(one, other)| self.are_strangers(one, other))
            }
            "not-confirmed" => self.id(&data["confirm"]["tenant"]) != tenant,
            "invalid" => self.is_impossible(data),
            "no-synchronization" => {
                self.pairs(data).into_iter().any(|(one, other)| self.has_no_job(one, other))
            }
            "stopped-meanwhile" => self.others_touched(source, "/pause") || self.by_hand(&ByHand::PausesJobs),
            "changed-meanwhile" => self.others_touched(source, ""),
            _ => false,
        }
    }

    /// Whether what an expired command says it waited for is still so.
    pub(crate) fn is_awaited(&self, code: &str) -> bool {
        let data = &self.account.data;
        let (owner, tenant) = (self.id(&data["owner"]), self.id(&data["tenant"]));
        match code {
            "not-added-yet" => tenant.is_some_and(|tenant| self.lacks(owner, tenant)),
            "owner-has-no-organization" => self.is_in_none(owner),
            "owner-is-no-owner" => self.is_member(owner),
            // One removal after the other, where an owner goes last.
            "being-removed" => {
                let all = wanted(data).filter_map(|tenant| self.id(tenant)).chain(owner);
                all.into_iter().any(|tenant| self.goes(owner, tenant))
            }
            // Several chains of one command reset what the others asked for, until its time is over.
            "joining" => self.is_joining(tenant),
            "pausing-after-failure" => self.join_has_failed(),
            "waiting-for-members" => {
                wanted(data).any(|tenant| !self.facts.active(&data["owner"], tenant))
                    && follow_ups::are_on_their_way(self.book, self.command, &self.facts)
            }
            _ => false,
        }
    }

    /// Whether the service is at work on a join request of this tenant.
    fn is_joining(&self, tenant: Option<Uuid>) -> bool {
        tenant.is_some_and(|tenant| self.facts.tenant(tenant)["joinRequest"]["failed"] == false)
    }

    /// Whether the join request of the command's tenant has failed.
    pub(crate) fn join_has_failed(&self) -> bool {
        let Some(tenant) = self.id(&self.account.data["tenant"]) else { return false };
        self.facts.tenant(tenant)["joinRequest"]["failed"] == true
            || self
                .seen
                .join_request(tenant)
                .is_some_and(|doc| doc["transitionDetails"]["status"] == "failed")
    }

    /// Whether a job of the command's pairs is in quarantine.
    pub(crate) fn is_quarantined(&self) -> bool {
        let both = |(one, other)| [(one, other), (other, one)];
        self.pairs(&self.account.data).into_iter().flat_map(both).any(|(source, target)| {
            let found = self.facts.configurations(&source.to_string(), &target.to_string());
            found.iter().any(|one| !one["job"]["quarantine"].is_null())
        })
    }

    fn id(&self, name: &Value) -> Option<Uuid> {
        self.book.id_of(name)
    }

    /// Ordered pairs that a command is about; all there are, where it names none.
    fn pairs(&self, data: &Value) -> Vec<(Uuid, Uuid)> {
        let all = || self.book.names.values().copied();
        let one = |name: &Value| self.id(name).map_or_else(|| all().collect(), |id| vec![id]);
        let sources: Vec<Uuid> = one(&data["source"]);
        let targets: Vec<Uuid> = match data["targets"].as_array() {
            Some(targets) => targets.iter().filter_map(|target| self.id(target)).collect(),
            None => all().collect(),
        };
        let pairs = sources.iter().flat_map(|source| targets.iter().map(move |target| (*source, *target)));
        pairs.filter(|(source, target)| source != target).collect()
    }

    fn is_in_none(&self, tenant: Option<Uuid>) -> bool {
        let Some(tenant) = tenant else { return false };
        self.facts.organization(&json!(tenant)).is_none()
            || self.seen.organization(tenant).is_some_and(|state| state != "active")
    }

    fn lacks(&self, viewer: Option<Uuid>, tenant: Uuid) -> bool {
        let Some(viewer) = viewer else { return false };
        self.facts.row(&json!(viewer), &json!(tenant)).is_none() || self.seen.lacks(viewer, tenant)
    }

    /// Whether a tenant is not in the list, or on its way out of it.
    fn goes(&self, viewer: Option<Uuid>, tenant: Uuid) -> bool {
        let Some(owner) = viewer else { return false };
        let row = self.facts.row(&json!(owner), &json!(tenant));
        let leaves = row.is_some_and(|row| row["change"]["kind"] == "removal")
            || self.seen.row(owner, tenant).is_some_and(is_leaving);
        leaves || self.lacks(viewer, tenant)
    }

    /// Whether a tenant is active where the other one is not listed.
    fn is_without(&self, tenant: Option<Uuid>, other: Option<Uuid>) -> bool {
        let (Some(tenant), Some(other)) = (tenant, other) else { return false };
        let is_so = self.facts.organization(&json!(tenant)).is_some()
            && self.facts.row(&json!(tenant), &json!(other)).is_none();
        is_so || self.seen.organization(tenant) == Some("active") && self.seen.lacks(tenant, other)
    }

    /// Whether a tenant is active where the other one is listed, and no more: who was only asked in is not inside.
    fn is_only_listed(&self, tenant: Option<Uuid>, other: Option<Uuid>) -> bool {
        let (Some(tenant), Some(other)) = (tenant, other) else { return false };
        let row = self.facts.row(&json!(tenant), &json!(other));
        [row, self.seen.row(tenant, other)].into_iter().flatten().any(|row| row["state"] != "active")
    }

    /// Whether a tenant asks to join somebody else than this owner.
    fn asks_another(&self, tenant: Option<Uuid>, owner: Option<Uuid>) -> bool {
        let Some(tenant) = tenant else { return false };
        let asked = &self.facts.tenant(tenant)["joinRequest"];
        let is_so = !asked.is_null() && asked["failed"] == false && self.id(&asked["owner"]) != owner;
        let shown = |doc: &Value| {
            is_under_way(&doc["transitionDetails"]) && self.id(&doc["addedByTenantId"]) != owner
        };
        is_so || self.seen.join_request(tenant).is_some_and(shown)
    }

    fn is_member(&self, tenant: Option<Uuid>) -> bool {
        let Some(tenant) = tenant else { return false };
        let row = self.facts.row(&json!(tenant), &json!(tenant));
        [row, self.seen.row(tenant, tenant)].into_iter().flatten().any(|row| row["role"] == "member")
    }

    /// Whether others are active beside a tenant, none of them as an owner.
    fn is_last_owner(&self, tenant: Option<Uuid>) -> bool {
        let Some(tenant) = tenant else { return false };
        let is_so = |rows: &Vec<Value>| {
            let others =
                rows.iter().filter(|row| row["state"] == "active" && row["tenantId"] != json!(tenant));
            let stay: Vec<&Value> = others.filter(|row| !is_leaving(row)).collect();
            !stay.is_empty()
                && stay.iter().all(|row| row["role"] == "member" || is_under_way(&row["transitionDetails"]))
        };
        let there = self.facts.organization(&json!(tenant)).and_then(|one| one["tenants"].as_array());
        [there, self.seen.rows(tenant)].into_iter().flatten().any(is_so)
    }

    fn are_strangers(&self, one: Uuid, other: Uuid) -> bool {
        let is_active = |tenant: Uuid| self.facts.active(&json!(one), &json!(tenant));
        !(is_active(one) && is_active(other)) || self.seen.are_strangers(one, other)
    }

    fn has_no_job(&self, source: Uuid, target: Uuid) -> bool {
        let found = self.facts.configurations(&source.to_string(), &target.to_string());
        found.iter().all(|one| one["job"].is_null())
    }

    /// Whether somebody took the tenant off a list in this run.
    fn was_removed(&self, tenant: Uuid) -> bool {
        let row = format!("/tenants/{tenant}");
        let deleted =
            self.book.effects.iter().any(|one| one.text.starts_with("DELETE") && one.path.ends_with(&row));
        // The service may have removed it and said that it had not.
        let said_not = |one: &Hindrance| {
            one.status >= 500 && one.write.starts_with("DELETE") && one.write.ends_with(&row)
        };
        let unclear = self.book.commands.values().any(|one| one.hindrances.iter().any(said_not));
        deleted || unclear || self.by_hand(&ByHand::Removes(tenant))
    }

    /// Whether something was kept from it, so that it had to go on without: a list, for one.
    fn was_denied(&self) -> bool {
        self.account.hindrances.iter().any(|one| one.hitch == Hitch::Denied)
    }

    fn by_hand(&self, what: &ByHand) -> bool {
        let mut deeds = self.book.by_others.iter();
        deeds.any(|(_, deed)| matches!(deed, Deed::ByHand(_, done) if done == what))
    }

    /// Whether another command wrote to a synchronization of this tenant since this one began.
    fn others_touched(&self, tenant: Option<Uuid>, end: &str) -> bool {
        let is_theirs =
            |path: &str| path.starts_with("/servicePrincipals") || path.starts_with("/applications");
        self.book.effects.iter().any(|one| {
            let is_other = one.command != self.command && one.at >= self.account.first_posted;
            is_other && Some(one.tenant) == tenant && is_theirs(&one.path) && one.path.ends_with(end)
        })
    }

    /// Whether nobody could do what is asked for, whatever the world is like.
    fn is_impossible(&self, data: &Value) -> bool {
        let foreign = self.book.foreign;
        let is_foreign = |name: &Value| foreign.is_some() && self.id(name) == foreign;
        let mut targets = data["targets"].as_array().into_iter().flatten();
        match self.account.verb {
            Verb::Leave if data["mode"] == "leave" => is_foreign(&data["tenant"]),
            Verb::Leave => {
                let is_owner = self.id(&data["tenant"]) == self.id(&data["owner"]);
                is_foreign(&data["owner"]) || is_owner != (data["mode"] == "dissolve")
            }
            Verb::Create | Verb::Add => {
                is_foreign(&data["owner"]) || wanted(data).any(|one| self.id(one) == self.id(&data["owner"]))
            }
            Verb::Join => is_foreign(&data["tenant"]),
            Verb::Sync => {
                is_foreign(&data["owner"]) || is_foreign(&data["source"]) || targets.any(is_foreign)
            }
        }
    }
}

/// The tenants that a command is to list or to make join.
fn wanted(data: &Value) -> impl Iterator<Item = &Value> {
    let listed = data["tenants"].as_array().into_iter().flatten().map(|one| &one["tenant"]);
    listed.chain(Some(&data["tenant"]).filter(|tenant| !tenant.is_null()))
}
