//! What else the reader of a success ought to know.

mod users;

use mto_messages::{Cleanup, Names, SyncData, TenantId, TenantRef, clip};
use time::Date;
use uuid::Uuid;

use crate::sync::status::Standing;

/// A remark beside a success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// What no API of ours can do for a tenant that joined.
    NoApiForTheRest,
    /// These tenants share nobody: the directory has no scope for them.
    NotSynchronised(Vec<TenantId>),
    /// The organization has another name, which was left alone.
    NameLeftAlone {
        /// Its name.
        is: String,
        /// The command's.
        wanted: String,
    },
    /// The organization was renamed by somebody else while the command was under way.
    RenamedMeanwhile {
        /// Its name now.
        is: String,
        /// The command's.
        wanted: String,
    },
    /// Somebody else has to make this tenant join.
    External(TenantId),
    /// The owner's side could not be read, with the service's words; the join went on without that look.
    OwnerNotRead(TenantId, String),
    /// There was no membership, so nothing was cleaned up.
    NothingCleanedUp,
    /// These tenants are external: what the membership opened there stays open until somebody else closes it.
    NotCleanedUpAt(Vec<TenantId>),
    /// What the end of a membership leaves behind between the tenant and the others; without a tenant, between all
    /// of them.
    StaysBehind {
        /// The tenant that left.
        tenant: Option<TenantId>,
        /// The tenants that stayed, or all of them.
        others: Vec<TenantId>,
        /// What is cleaned up.
        cleanup: Cleanup,
    },
    /// A membership that may have ended, or may end yet, without its clean-up: how to close what it opened.
    CloseByHand {
        /// What is to be sent.
        closing: Box<SyncData>,
        /// Whether others were to go too.
        dissolves: bool,
    },
    /// Tenants that a plan could not look into, with the service's words.
    NotForeseen(Vec<(TenantId, String)>),
    /// This tenant was an owner, and was made a member, since the service refused to remove an owner.
    MadeMember(TenantId),
    /// More tenants are listed than may be active.
    OverLimit {
        /// How many are listed.
        listed: usize,
        /// How many may be active.
        limit: usize,
    },
    /// Cross-tenant settings that were not as wanted, before anything was written.
    PairsDiffered {
        /// Ordered pairs that differed.
        differing: usize,
        /// Ordered pairs that were compared.
        of: usize,
    },
    /// Ordered pairs of which one side was open and the other was not.
    OpenOnOneSide(Vec<(TenantId, TenantId)>),
    /// Pairs of which only the first tenant lists the other as active.
    ListedOnOneSide(Vec<(TenantId, TenantId)>),
    /// Pairs that are not in one organization.
    NotFellows(Vec<(TenantId, TenantId)>),
    /// These tenants are external: their settings are not looked at, and nothing is opened towards them.
    NotComparedWith(Vec<TenantId>),
    /// Tenants that could not be read, with the service's words.
    CouldNotRead(Vec<(TenantId, String)>),
    /// External tenants in which nothing could be closed.
    NotClosedIn {
        /// The tenants.
        tenants: Vec<TenantId>,
        /// The tenants that it may be open for.
        about: Vec<TenantId>,
    },
    /// Partner records that stay, closed: whose, and about whom.
    PartnerRecordsStay(Vec<(TenantId, TenantId)>),
    /// Configurations for the same target that are not ours: left alone, and named.
    ForeignConfigurations {
        /// The tenant that users go to.
        target: TenantId,
        /// Object ids of their service principals.
        configurations: Vec<Uuid>,
    },
    /// A line of a status.
    Standing(Standing),
    /// The number of users that the clean-up of a plan asks for.
    UsersToConfirm {
        /// Synchronized users of the ordered pair that has most.
        most: u64,
        /// Whether every pair could be looked at.
        is_complete: bool,
    },
    /// Synchronized users that a clean-up takes back.
    UsersToTakeBack {
        /// From which tenant, in which tenant, and how many.
        pairs: Vec<(TenantId, TenantId, u64)>,
        /// Pairs with no more users that are left out.
        more: usize,
    },
    /// Tenants whose synchronizations a plan could not look into, with the service's words.
    UsersNotForeseen(Vec<(TenantId, String)>),
    /// Users show in people search later.
    PeopleSearchLater {
        /// The day by which they do (UTC).
        by: Date,
    },
    /// Licences are not looked at: that needs a permission that nothing else here needs.
    LicencesNotRead {
        /// The tenant whose users go out.
        source: TenantId,
        /// How many go.
        users: u64,
    },
    /// Users whom the target knows as guests that have not accepted their invitation.
    InvitationsPending {
        /// The tenant that users go to.
        target: TenantId,
        /// How many.
        users: u64,
    },
    /// Users whose addresses several objects of the target hold.
    AmbiguousAddresses {
        /// The tenant that users go to.
        target: TenantId,
        /// How many.
        users: u64,
    },
    /// Users that the target knows as guests stay guests.
    GuestsStayGuests {
        /// The tenant that users go to.
        target: TenantId,
        /// How many.
        guests: u64,
    },
    /// Entries that the service could not synchronize; it goes on trying.
    EntriesFailed {
        /// How many.
        entries: u64,
    },
    /// What is to be closed in partner records and does not show as closed: whose, about whom, and what.
    NotClosedYet(Vec<(TenantId, TenantId, String)>),
    /// What is still open in partner records: whose, about whom, and what.
    StillOpen(Vec<(TenantId, TenantId, String)>),
}

/// Pairs that are listed by name before the rest is counted: as many as a remark of the journal holds.
const NAMED_PAIRS: usize = 8;

/// Tenants whose error is told in words; its words are bounded too.
const NAMED_ERRORS: usize = 4;
const ERROR_CHARS: usize = 160;

impl Note {
    /// For people.
    pub fn text(&self, names: &Names) -> String {
        match self {
            Self::NoApiForTheRest => {
                "not done by this: Teams external access and licences have no API; see docs/operations.md"
                    .to_owned()
            }
            Self::NotSynchronised(tenants) => format!(
                "not synchronised, no scope in the tenant directory: {}",
                names.list(tenants, tenants.len())
            ),
            Self::NameLeftAlone { is, wanted } => format!(
                "the organization is named \"{is}\", not \"{wanted}\"; it was left alone, since \"update\" is not set"
            ),
            Self::RenamedMeanwhile { is, wanted } => format!(
                "the organization is named \"{is}\", not \"{wanted}\": somebody renamed it meanwhile, which was left alone"
            ),
            Self::External(tenant) => format!(
                "{} is external: its own administrators have to send the join request",
                names.of(*tenant)
            ),
            Self::ForeignConfigurations { target, configurations } => {
                users::foreign_configurations(*target, configurations, names)
            }
            Self::Standing(standing) => standing.text(names),
            Self::UsersToConfirm { most, is_complete } => users::to_confirm(*most, *is_complete),
            Self::UsersToTakeBack { pairs, more } => users::to_take_back(pairs, *more, names),
            Self::UsersNotForeseen(errors) => users::not_foreseen(errors, names),
            Self::PeopleSearchLater { by } => users::people_search(*by),
            Self::LicencesNotRead { source, users } => users::licences(*source, *users, names),
            Self::InvitationsPending { target, users } => users::pending(*target, *users, names),
            Self::AmbiguousAddresses { target, users } => users::ambiguous(*target, *users, names),
            Self::GuestsStayGuests { target, guests } => users::guests(*target, *guests, names),
            Self::EntriesFailed { entries } => users::failed(*entries),
            Self::OwnerNotRead(owner, words) => format!(
                "{} could not be looked at, so the join was asked for without knowing that it was listed: {}",
                names.of(*owner),
                clip(words, 500)
            ),
            Self::NothingCleanedUp => {
                "nothing was cleaned up; send mto.sync.v1 with action unshare, source and \
                                       targets, to close what is open between two tenants"
                    .to_owned()
            }
            Self::NotCleanedUpAt(tenants) => format!(
                "not cleaned up in {}: external; its own administrators have to switch off automatic redemption \
                 and inbound synchronization for the tenants that left",
                names.list(tenants, tenants.len())
            ),
            Self::StaysBehind { tenant, others, cleanup } => stays_behind(*tenant, others, *cleanup, names),
            Self::CloseByHand { closing, dissolves } => close_by_hand(closing, *dissolves),
            Self::NotForeseen(errors) => format!(
                "what the clean-up would write could not be seen in {}",
                listed(errors, NAMED_ERRORS, |(tenant, words)| {
                    format!("{}: {}", names.of(*tenant), clip(words, ERROR_CHARS))
                })
            ),
            Self::MadeMember(tenant) => format!(
                "{} was an owner and was made a member, since the service refused to remove an owner",
                names.of(*tenant)
            ),
            Self::OverLimit { listed, limit } => format!(
                "{listed} tenants are listed; only {limit} may be active, which is enforced when they join"
            ),
            Self::PairsDiffered { differing, of } => {
                format!("found: {differing} of {of} ordered pairs were not as wanted")
            }
            Self::OpenOnOneSide(both) => {
                format!("found: open on one side only: {}", pairs(both, "→", NAMED_PAIRS, names))
            }
            Self::ListedOnOneSide(both) => format!(
                "nothing was opened where only one lists the other as active: {}",
                pairs(both, "lists", NAMED_PAIRS, names)
            ),
            Self::NotFellows(both) => format!(
                "nothing was opened where two do not list each other as active: {}",
                pairs(both, "and", NAMED_PAIRS, names)
            ),
            Self::NotComparedWith(tenants) => format!(
                "nothing was compared or opened towards external tenants: {}",
                names.list(tenants, NAMED_PAIRS)
            ),
            Self::CouldNotRead(errors) => could_not_read(errors, names),
            Self::NotClosedIn { tenants, about } => not_closed_in(tenants, about, names),
            Self::PartnerRecordsStay(records) => format!(
                "partner records that stay, with their policies of synchronization: {}",
                records_by_holder(records, names)
            ),
            Self::NotClosedYet(records) => format!("not closed yet: {}", open_things(records, names)),
            Self::StillOpen(records) => {
                format!("still open, and not for this command to close: {}", open_things(records, names))
            }
        }
    }
}

/// The first of them by name; the rest is counted.
fn listed<T>(all: &[T], limit: usize, name: impl Fn(&T) -> String) -> String {
    let text = all.iter().take(limit).map(name).collect::<Vec<_>>().join("; ");
    let more = all.len().saturating_sub(limit);
    if more == 0 { text } else { format!("{text}; and {more} more") }
}

fn pairs(both: &[(TenantId, TenantId)], joint: &str, limit: usize, names: &Names) -> String {
    listed(both, limit, |(one, other)| format!("{} {joint} {}", names.of(*one), names.of(*other)))
}

fn could_not_read(errors: &[(TenantId, String)], names: &Names) -> String {
    let errors = listed(errors, NAMED_ERRORS, |(tenant, words)| {
        format!("{}: {}", names.of(*tenant), clip(words, ERROR_CHARS))
    });
    format!("could not be read, so nothing was judged, opened or closed there: {errors}")
}

/// All of them: nothing else lists what has to be closed by hand.
fn open_things(records: &[(TenantId, TenantId, String)], names: &Names) -> String {
    listed(records, records.len(), |(tenant, about, things)| {
        format!("{} about {}: {things}", names.of(*tenant), names.of(*about))
    })
}

/// All of them, each tenant once: those that are about the same tenants together.
fn records_by_holder(records: &[(TenantId, TenantId)], names: &Names) -> String {
    let mut about: Vec<(TenantId, Vec<TenantId>)> = Vec::new();
    for (holder, partner) in records {
        match about.iter_mut().find(|(one, _)| one == holder) {
            Some((_, partners)) => partners.push(*partner),
            None => about.push((*holder, vec![*partner])),
        }
    }
    let mut groups: Vec<(Vec<TenantId>, Vec<TenantId>)> = Vec::new();
    for (holder, partners) in about {
        match groups.iter_mut().find(|(_, same)| *same == partners) {
            Some((holders, _)) => holders.push(holder),
            None => groups.push((vec![holder], partners)),
        }
    }
    listed(&groups, groups.len(), |(holders, partners)| {
        let all = |tenants: &[TenantId]| names.list(tenants, tenants.len());
        format!("{} about {}", all(holders), all(partners))
    })
}

fn not_closed_in(tenants: &[TenantId], about: &[TenantId], names: &Names) -> String {
    format!(
        "nothing was looked at or closed in external {}: what is open there for {} stays open until its own \
         administrators switch off automatic redemption and inbound synchronization in its partner settings",
        names.list(tenants, NAMED_PAIRS),
        names.list(about, NAMED_PAIRS)
    )
}

fn stays_behind(tenant: Option<TenantId>, others: &[TenantId], cleanup: Cleanup, names: &Names) -> String {
    let between = match tenant {
        Some(tenant) => {
            format!("between {} and {}", names.of(tenant), names.list(others, others.len()))
        }
        None => format!("between {}", names.list(others, others.len())),
    };
    let records = "partner configurations, identity synchronization policies, templates and join requests";
    match cleanup {
        Cleanup::None => format!(
            "left as they are, and open, {between}: {records}, synchronization configurations and their jobs, \
             synchronized users"
        ),
        Cleanup::Settings => format!(
            "left {between}: {records} (automatic redemption and inbound synchronization are being switched off), \
             synchronization configurations and their jobs, synchronized users"
        ),
        Cleanup::Users => format!(
            "left {between}: {records} (automatic redemption and inbound synchronization are being switched off \
             once the synchronized users are taken back)"
        ),
    }
}

/// In full, whatever its length: nothing else holds these ids once the command has ended.
fn close_by_hand(closing: &SyncData, dissolves: bool) -> String {
    let tenant = closing.source.as_ref().map_or("the tenant", TenantRef::as_str);
    let data = serde_json::to_string(closing).unwrap_or_default();
    let others = if dissolves {
        "; and the same for each other tenant that is out, as source, with those that it was together with as targets"
    } else {
        ""
    };
    format!("nothing was cleaned up; once {tenant} is out, send mto.sync.v1 with this data: {data}{others}")
}
