//! Who is where: segmentation (7.3), people search (6.13, 9.3), the collaborating user set.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::seconds;
use super::user::User;
use crate::world::World;

/// Most people of one search, as an address list page has them.
const MAX_FOUND: usize = 999;

/// What a user is, seen from the organization (7.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Segment {
    InternalMember,
    InternalGuest,
    /// From a tenant of the same organization, as Member: an MTO member.
    ExternalMemberInside,
    ExternalGuestInside,
    ExternalMemberOutside,
    ExternalGuestOutside,
}

impl Segment {
    pub(crate) const ALL: [Self; 6] = [
        Self::InternalMember,
        Self::InternalGuest,
        Self::ExternalMemberInside,
        Self::ExternalGuestInside,
        Self::ExternalMemberOutside,
        Self::ExternalGuestOutside,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::InternalMember => "internalMember",
            Self::InternalGuest => "internalGuest",
            Self::ExternalMemberInside => "externalMemberInside",
            Self::ExternalGuestInside => "externalGuestInside",
            Self::ExternalMemberOutside => "externalMemberOutside",
            Self::ExternalGuestOutside => "externalGuestOutside",
        }
    }
}

/// A user found by people search.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) number: u32,
    pub(crate) segment: Segment,
}

impl World {
    /// The numbers of the tenants that are active in the tenant's organization.
    fn fellow_numbers(&self, host: Uuid) -> BTreeSet<u16> {
        let fellows = self.tenants.values().filter(|tenant| self.fellows(host, tenant.tenant_id));
        fellows.map(|tenant| tenant.number).collect()
    }

    /// Active users by segment.
    pub(crate) fn segmentation(&self, host: Uuid) -> BTreeMap<Segment, u32> {
        let mut counts: BTreeMap<Segment, u32> = Segment::ALL.iter().map(|segment| (*segment, 0)).collect();
        let Ok(tenant) = self.tenant(host) else { return counts };
        let fellows = self.fellow_numbers(host);
        for user in tenant.directory.users.iter().filter(|user| user.is_active()) {
            *counts.entry(segment(user, &fellows)).or_default() += 1;
        }
        counts
    }

    /// Everybody the tenant's address list shows whose name or address holds the text, once search knows them.
    pub(crate) fn search_people(&self, host: Uuid, text: &str) -> Vec<Found> {
        let Ok(tenant) = self.tenant(host) else { return Vec::new() };
        let delay = u32::try_from(self.options.directory.people_search_delay_seconds).unwrap_or(u32::MAX);
        let known_before = seconds(self.now).saturating_sub(delay);
        let (text, fellows) = (text.to_lowercase(), self.fellow_numbers(host));
        let directory = &tenant.directory;
        let holds = |user: &User| {
            ["displayName", "mail", "userPrincipalName"]
                .iter()
                .filter_map(|name| user.text(name))
                .any(|value| value.to_lowercase().contains(&text))
        };
        let shown = directory.numbered().filter(|(_, user)| {
            user.is_active() && user.is_shown() && user.shown_at <= known_before && holds(user)
        });
        let found = shown.map(|(number, user)| Found { number, segment: segment(user, &fellows) });
        found.take(MAX_FOUND).collect()
    }

    /// For each other tenant: how many of the tenant's people are represented there, and who, up to a bound.
    pub(crate) fn represented(&self, source: Uuid) -> BTreeMap<Uuid, Vec<u32>> {
        let Ok(tenant) = self.tenant(source) else { return BTreeMap::new() };
        let own = tenant.number;
        let others = self.tenants.values().filter(|other| other.tenant_id != source);
        let of_one = |other: &crate::world::Tenant| {
            let users = other.directory.users.iter().filter(|user| user.is_active());
            let people = users.filter_map(|user| user.home.filter(|home| home.tenant == own));
            people.map(|home| home.number).collect::<Vec<_>>()
        };
        others
            .map(|other| (other.tenant_id, of_one(other)))
            .filter(|(_, people)| !people.is_empty())
            .collect()
    }
}

fn segment(user: &User, fellows: &BTreeSet<u16>) -> Segment {
    let inside = user.home.is_some_and(|home| fellows.contains(&home.tenant));
    match (user.is_external(), user.member, inside) {
        (false, true, _) => Segment::InternalMember,
        (false, false, _) => Segment::InternalGuest,
        (true, true, true) => Segment::ExternalMemberInside,
        (true, false, true) => Segment::ExternalGuestInside,
        (true, true, false) => Segment::ExternalMemberOutside,
        (true, false, false) => Segment::ExternalGuestOutside,
    }
}
