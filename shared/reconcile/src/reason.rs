//! Why a command waits, was rejected or failed: the text a ticket shows.

use mto_messages::{Explanation, Names, TenantId, clip};

use crate::sync::SyncReason;

/// Tenants that are listed by name before the rest is counted.
const NAMED_TENANTS: usize = 5;

/// A typed reason. `code()` is for programs, `text()` for people, `remedy()` says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    // Waits
    /// The organization was created and does not show yet.
    CreationNotVisible,
    /// The owner is in no organization.
    OwnerHasNoOrganization(TenantId),
    /// The owner does not list the tenant.
    NotAddedYet {
        /// The tenant that wants to join.
        tenant: TenantId,
        /// The owner that should list it.
        owner: TenantId,
    },
    /// The join request is queued or under way.
    Joining(TenantId),
    /// A removal is under way.
    BeingRemoved(Vec<TenantId>),
    /// A role change is under way.
    RoleChanging(Vec<TenantId>),
    /// Listed tenants have not joined yet.
    WaitingForMembers(Vec<TenantId>),
    /// A write of ours does not show yet.
    Settling(&'static str),
    /// The pause between a failed join and its reset.
    PausingAfterFailure(String),
    /// The tenant named as owner has not the role of one.
    OwnerIsNoOwner(TenantId),
    /// The owner's side could not be reached.
    OwnerUnreachable(TenantId, String),
    /// Something this release does not know.
    Unrecognised(String),
    /// The service is not reachable or answers with server errors.
    Unavailable(TenantId, String),
    /// The service asks for a pause.
    Throttled(TenantId),
    /// The invocation's time is over.
    OutOfTime,
    // Waits first, and after some time failures
    /// The service refuses a write.
    Refused {
        /// Which write.
        what: String,
        /// The tenant it was about.
        about: Option<TenantId>,
        /// The HTTP status.
        status: Option<u16>,
        /// The service's own code.
        code: String,
        /// The service's own text.
        text: String,
    },
    /// The credential or the permission is not accepted.
    Denied(TenantId, String),
    // Rejections
    /// A tenant cannot join itself.
    SameTenant(TenantId),
    /// The tenant is an active member of another organization.
    InAnotherOrganization(TenantId),
    /// A join to another owner is under way.
    JoinElsewhere {
        /// The tenant.
        tenant: TenantId,
        /// The other owner.
        owner: TenantId,
    },
    /// The owner listed the tenant, we asked, and now it does not any more.
    RemovedMeanwhile {
        /// The tenant.
        tenant: TenantId,
        /// The owner.
        owner: TenantId,
    },
    /// The tenant that is to act as owner is only a member.
    NotAnOwner(TenantId),
    /// The tenant is the last active owner, and other tenants are active.
    LastOwner(TenantId),
    /// The tenant is in an organization in which the tenant named as owner is not.
    OwnerElsewhere {
        /// The tenant that is to leave.
        tenant: TenantId,
        /// The tenant named as owner.
        owner: TenantId,
    },
    /// The two do not list each other as active in one organization: nothing is opened between them.
    NotInOneOrganization {
        /// One of them.
        source: TenantId,
        /// The other.
        target: TenantId,
    },
    /// About the synchronization of users.
    Sync(SyncReason),
    /// A destructive command without the consent to its plan.
    NotConfirmed {
        /// The tenant that `confirm` has to name.
        tenant: TenantId,
        /// What it says instead, where it says anything.
        given: Option<String>,
    },
    /// The command cannot be carried out as it stands: field, problem, remedy.
    Invalid {
        /// The field: `data.owner`.
        field: String,
        /// What is wrong, with the value.
        problem: String,
        /// What to do.
        remedy: String,
    },
    // Failures
    /// The join failed, as often as we try.
    JoinFailed {
        /// The service's words.
        details: String,
        /// Which of the documented causes fits what is seen.
        cause: JoinFailure,
    },
}

/// Which documented cause of a failed join fits what is seen
/// (Graph reference, join request update; Microsoft Entra docs, known issues).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JoinFailure {
    /// The owner's list holds as many active tenants as it may.
    Full {
        /// How many are active.
        active: usize,
    },
    /// The owner does not list the tenant.
    NotAdded(TenantId),
    /// The owner lists the tenant and has room: what remains cannot be seen from outside.
    NothingVisible,
    /// The owner cannot be looked at.
    OwnerNotReadable(TenantId),
}

impl Reason {
    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::CreationNotVisible => "creation-not-visible",
            Self::OwnerHasNoOrganization(_) => "owner-has-no-organization",
            Self::NotAddedYet { .. } => "not-added-yet",
            Self::Joining(_) => "joining",
            Self::BeingRemoved(_) => "being-removed",
            Self::RoleChanging(_) => "role-changing",
            Self::WaitingForMembers(_) => "waiting-for-members",
            Self::Settling(_) => "settling",
            Self::PausingAfterFailure(_) => "pausing-after-failure",
            Self::OwnerIsNoOwner(_) => "owner-is-no-owner",
            Self::OwnerUnreachable(..) => "owner-unreachable",
            Self::Unrecognised(_) => "unrecognised",
            Self::Unavailable(..) => "service-unavailable",
            Self::Throttled(_) => "throttled",
            Self::OutOfTime => "out-of-time",
            Self::Refused { .. } => "refused",
            Self::Denied(..) => "denied",
            Self::SameTenant(_) => "same-tenant",
            Self::InAnotherOrganization(_) => "in-another-organization",
            Self::JoinElsewhere { .. } => "join-elsewhere",
            Self::RemovedMeanwhile { .. } => "removed-meanwhile",
            Self::NotAnOwner(_) => "not-an-owner",
            Self::LastOwner(_) => "last-owner",
            Self::OwnerElsewhere { .. } => "owner-elsewhere",
            Self::NotInOneOrganization { .. } => "not-in-one-organization",
            Self::NotConfirmed { .. } => "not-confirmed",
            Self::Sync(reason) => reason.code(),
            Self::Invalid { .. } => "invalid",
            Self::JoinFailed { .. } => "join-failed",
        }
    }

    /// Tells waits apart: two looks with the same key are one wait that goes on. The removal of one tenant is
    /// told by its name, since what follows may depend on whose removal was seen.
    pub fn key(&self) -> String {
        if let Self::Settling(what) = self {
            return format!("settling: {what}");
        }
        if let Self::BeingRemoved(tenants) = self
            && let [tenant] = tenants.as_slice()
        {
            return format!("{}: {tenant}", self.code());
        }
        self.code().to_owned()
    }

    /// Whether this keeps the command from looking or writing, whatever it waits for: the wait goes on beside it.
    pub fn is_interruption(&self) -> bool {
        match self {
            Self::Unavailable(..)
            | Self::Throttled(_)
            | Self::OutOfTime
            | Self::Refused { .. }
            | Self::Denied(..) => true,
            Self::CreationNotVisible
            | Self::OwnerHasNoOrganization(_)
            | Self::NotAddedYet { .. }
            | Self::Joining(_)
            | Self::BeingRemoved(_)
            | Self::RoleChanging(_)
            | Self::WaitingForMembers(_)
            | Self::Settling(_)
            | Self::PausingAfterFailure(_)
            | Self::OwnerIsNoOwner(_)
            | Self::OwnerUnreachable(..)
            | Self::Unrecognised(_)
            | Self::SameTenant(_)
            | Self::InAnotherOrganization(_)
            | Self::JoinElsewhere { .. }
            | Self::RemovedMeanwhile { .. }
            | Self::NotAnOwner(_)
            | Self::LastOwner(_)
            | Self::OwnerElsewhere { .. }
            | Self::NotInOneOrganization { .. }
            | Self::NotConfirmed { .. }
            | Self::Sync(_)
            | Self::Invalid { .. }
            | Self::JoinFailed { .. } => false,
        }
    }

    /// For people: what is the matter.
    pub fn text(&self, names: &Names) -> String {
        let list = |tenants: &[TenantId]| names.list(tenants, NAMED_TENANTS);
        match self {
            Self::CreationNotVisible => "the organization was created and does not show yet".to_owned(),
            Self::OwnerHasNoOrganization(owner) => {
                format!("{} is in no multi-tenant organization yet", names.of(*owner))
            }
            Self::NotAddedYet { tenant, owner } => {
                format!("{} has not been added by {} yet", names.of(*tenant), names.of(*owner))
            }
            Self::Joining(owner) => {
                format!("the join to the organization of {} is being processed", names.of(*owner))
            }
            Self::BeingRemoved(tenants) => format!("a removal is being processed: {}", list(tenants)),
            Self::RoleChanging(tenants) => format!("a role change is being processed: {}", list(tenants)),
            Self::WaitingForMembers(tenants) => {
                format!("not active yet: {}", list(tenants))
            }
            Self::Settling(what) => format!("not visible yet: {what}"),
            Self::PausingAfterFailure(details) => {
                format!("the join failed ({}); it is tried again after a pause", or_no_details(details))
            }
            Self::OwnerIsNoOwner(owner) => {
                format!("{} is not an owner of its organization any more", names.of(*owner))
            }
            Self::OwnerUnreachable(owner, text) => {
                format!("{} could not be looked at: {}", names.of(*owner), clip(text, 300))
            }
            Self::Unrecognised(seen) => format!("the service shows something unknown: {}", clip(seen, 300)),
            Self::Unavailable(tenant, text) => {
                format!("the service did not answer for {}: {}", names.of(*tenant), clip(text, 300))
            }
            Self::Throttled(tenant) => format!("the service throttles us in {}", names.of(*tenant)),
            Self::OutOfTime => "the time of this look was over".to_owned(),
            Self::Refused { what, about, status, code, text } => {
                let status = status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
                let about = about.map(|tenant| format!(" for {}", names.of(tenant))).unwrap_or_default();
                let (code, text) = (clip(code, 100), clip(text, 300));
                format!("the service refuses {what}{about}: {status} {code}: {text}")
            }
            Self::Denied(tenant, text) => {
                format!("we are not let into {}: {}", names.of(*tenant), clip(text, 400))
            }
            Self::SameTenant(tenant) => format!("{} cannot join itself", names.of(*tenant)),
            Self::InAnotherOrganization(tenant) => {
                format!("{} is already in another multi-tenant organization", names.of(*tenant))
            }
            Self::JoinElsewhere { tenant, owner } => {
                format!("{} is joining the organization of {}", names.of(*tenant), names.of(*owner))
            }
            Self::RemovedMeanwhile { tenant, owner } => {
                format!(
                    "{} is not on the list of {}: it was taken off meanwhile, or never stood there",
                    names.of(*tenant),
                    names.of(*owner)
                )
            }
            Self::NotAnOwner(tenant) => {
                format!("{} is a member of its organization, not an owner", names.of(*tenant))
            }
            Self::LastOwner(tenant) => format!(
                "{} is the last owner of its organization, and other tenants are active in it",
                names.of(*tenant)
            ),
            Self::OwnerElsewhere { tenant, owner } => {
                format!("{} is in an organization, but {} is not in it", names.of(*tenant), names.of(*owner))
            }
            Self::NotInOneOrganization { source, target } => format!(
                "{} and {} do not list each other as active in one organization",
                names.of(*source),
                names.of(*target)
            ),
            Self::Sync(reason) => reason.text(names),
            Self::NotConfirmed { tenant, given: None } => {
                format!("this removes {}, and the command does not confirm it", names.of(*tenant))
            }
            Self::NotConfirmed { tenant, given: Some(given) } => format!(
                "this removes {}, but the command confirms \"{}\"",
                names.of(*tenant),
                clip(given, 200)
            ),
            Self::Invalid { field, problem, .. } => format!("{}: {}", clip(field, 200), clip(problem, 400)),
            Self::JoinFailed { details, cause } => {
                format!("the join failed ({}); {}", or_no_details(details), cause.text(names))
            }
        }
    }

    /// What somebody can do about it.
    pub fn remedy(&self, names: &Names) -> String {
        match self {
            Self::NotAddedYet { tenant, owner } => format!(
                "{} must add {}: send mto.add.v1 with owner {owner} and tenant {tenant}",
                names.of(*owner),
                names.of(*tenant)
            ),
            Self::OwnerHasNoOrganization(owner) => {
                format!("send mto.create.v1 with owner {owner}, or name another owner")
            }
            Self::OwnerIsNoOwner(owner) | Self::NotAnOwner(owner) => format!(
                "let an owner of the organization promote {}, or name that owner instead",
                names.of(*owner)
            ),
            Self::OwnerUnreachable(..) | Self::Unavailable(..) | Self::Throttled(_) | Self::OutOfTime => {
                "nothing; it is tried again".to_owned()
            }
            Self::Unrecognised(_) => {
                "look at the tenant in the Entra admin center; a newer release may know this".to_owned()
            }
            Self::Refused { .. } => {
                "mend the cause that the service names, then send the command again under a new id; for a support \
                 case, the request-ids are in this outcome"
                    .to_owned()
            }
            Self::Denied(tenant, _) => format!(
                "check the credential of {} in the tenant directory, and that its application has the \
                 permissions of docs/operations.md with admin consent",
                names.of(*tenant)
            ),
            Self::SameTenant(_) => "name the owner that added the tenant".to_owned(),
            Self::InAnotherOrganization(tenant) => {
                format!(
                    "let {} leave that organization first, then send the command again under a new id",
                    names.of(*tenant)
                )
            }
            Self::JoinElsewhere { tenant, .. } => {
                format!("wait for that join or reset the join request of {} first", names.of(*tenant))
            }
            Self::RemovedMeanwhile { tenant, owner } => {
                format!("if this was not meant: {} must add {} again", names.of(*owner), names.of(*tenant))
            }
            Self::Sync(reason) => reason.remedy(),
            Self::LastOwner(_) => "promote another tenant first: send mto.add.v1 with that tenant and role \
                                   owner, then send the command again under a new id; or dissolve the organization"
                .to_owned(),
            Self::OwnerElsewhere { .. } => {
                "name an owner of the organization that the tenant is in".to_owned()
            }
            Self::NotInOneOrganization { .. } => {
                "let both tenants be active members of one organization first, then send the command again under a \
                 new id"
                    .to_owned()
            }
            Self::NotConfirmed { tenant, .. } => format!(
                "send it with \"dryRun\": true to see the plan, then with \"confirm\": {{\"tenant\": \"{tenant}\"}}"
            ),
            Self::Invalid { remedy, .. } => remedy.clone(),
            Self::JoinFailed { cause, .. } => cause.remedy(names),
            Self::PausingAfterFailure(_) => "nothing; it is reset and tried again".to_owned(),
            Self::CreationNotVisible
            | Self::Joining(_)
            | Self::BeingRemoved(_)
            | Self::RoleChanging(_)
            | Self::WaitingForMembers(_)
            | Self::Settling(_) => "nothing; this takes its time".to_owned(),
        }
    }

    /// What somebody can do once the command has stopped waiting: "nothing" is no answer any more.
    pub fn remedy_when_expired(&self, names: &Names) -> String {
        match self {
            Self::WaitingForMembers(_) => {
                "look at the outcomes of these tenants' joins, put right what they say, then send the command \
                 again"
                    .to_owned()
            }
            Self::Sync(reason) => reason.remedy_when_expired(),
            Self::CreationNotVisible
            | Self::Joining(_)
            | Self::BeingRemoved(_)
            | Self::RoleChanging(_)
            | Self::Settling(_)
            | Self::PausingAfterFailure(_)
            | Self::OwnerUnreachable(..)
            | Self::Unavailable(..)
            | Self::Throttled(_)
            | Self::OutOfTime => {
                "look at the tenant in the Entra admin center; send the command again under a new id to go on \
                 from where it stands, or open a support case with the request-ids of this outcome"
                    .to_owned()
            }
            Self::OwnerHasNoOrganization(_)
            | Self::NotAddedYet { .. }
            | Self::OwnerIsNoOwner(_)
            | Self::Unrecognised(_)
            | Self::Refused { .. }
            | Self::Denied(..)
            | Self::SameTenant(_)
            | Self::InAnotherOrganization(_)
            | Self::JoinElsewhere { .. }
            | Self::RemovedMeanwhile { .. }
            | Self::NotAnOwner(_)
            | Self::LastOwner(_)
            | Self::OwnerElsewhere { .. }
            | Self::NotInOneOrganization { .. }
            | Self::NotConfirmed { .. }
            | Self::Invalid { .. }
            | Self::JoinFailed { .. } => self.remedy(names),
        }
    }

    /// Everything for a message.
    pub fn explain(&self, names: &Names) -> Explanation {
        Explanation { code: self.code().to_owned(), text: self.text(names), remedy: self.remedy(names) }
    }
}

impl JoinFailure {
    fn text(&self, names: &Names) -> String {
        match self {
            Self::Full { active } => format!("the organization has {active} active tenants and is full"),
            Self::NotAdded(owner) => format!("{} does not list this tenant", names.of(*owner)),
            Self::NothingVisible => {
                "the owner lists this tenant and has room, so the documented causes left are: already in \
                 another organization, or too many internal users"
                    .to_owned()
            }
            Self::OwnerNotReadable(owner) => format!(
                "{} cannot be looked at, so any documented cause is possible: not added by it, organization \
                 full, already in another organization, too many internal users",
                names.of(*owner)
            ),
        }
    }

    fn remedy(&self, names: &Names) -> String {
        match self {
            Self::Full { .. } => {
                "remove a tenant or ask Microsoft support to raise the limit, then send the command again under a new \
                 id"
                    .to_owned()
            }
            Self::NotAdded(owner) | Self::OwnerNotReadable(owner) => format!(
                "let {} check that it added exactly this tenant id and has room, then send the command again under \
                 a new id",
                names.of(*owner)
            ),
            Self::NothingVisible => {
                "check that the tenant is in no other organization; else open a support case with the \
                 request-ids of this outcome"
                    .to_owned()
            }
        }
    }
}

fn or_no_details(details: &str) -> String {
    if details.trim().is_empty() { "no details given".to_owned() } else { clip(details, 200) }
}
