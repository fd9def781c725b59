//! What a function is, seen from the handler: how its verb observes and decides.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use mto_graph::{
    Call, Endpoint, GraphClient, GraphError, GraphRequest, GraphResponse, Page, PagedEndpoint, Reply,
};
use mto_messages::{CommandData, Journal, NewTenant, TenantId, TenantRef, Then, Verb};
use mto_reconcile::add::Wanted;
use mto_reconcile::{Child, Decision, Limits, Mutation, Note, Reason, Timing};
use serde::Serialize;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::directory::Directory;

/// One verb: create, add, join, ...
///
/// The handler owns the way of a command (parse, look, act, wait, end); a function says what its aim is, what it
/// has to see, and (through the pure core) what the next step is.
#[async_trait]
pub trait Function: Send + Sync + 'static {
    /// The verb; also the function's name and queue.
    const VERB: Verb;

    /// What is asked for, with every tenant resolved.
    type Aim: Send + Sync;

    /// What is seen. Its JSON goes into outcomes.
    type Observed: Serialize + Clone + Send + Sync;

    /// Reads the aim out of a command.
    ///
    /// # Errors
    /// The reason for which the command is rejected.
    fn aim(&self, data: &CommandData, tenants: &Tenants<'_>) -> Result<Self::Aim, Reason>;

    /// The tenant it acts in first: whose log line it is, and what a look that is not possible is about.
    fn acts_in(&self, aim: &Self::Aim) -> TenantId;

    /// Whether writes rest on what must not be old: how old a look may be for them. Within that time a write that was
    /// accepted is taken as made, instead of looking again; past it nothing is written before another look. For writes
    /// that the service makes at once, many at a time, and that the next command compares anyway.
    fn believes_a_look_for(&self, _aim: &Self::Aim) -> Option<std::time::Duration> {
        None
    }

    /// How long the command may take from its first look.
    fn budget(&self, _aim: &Self::Aim, limits: &Limits) -> std::time::Duration {
        limits.budget(Self::VERB, false)
    }

    /// How many users the command is about, where this look counted them. The journal keeps the number: the budget grows
    /// with it ([`Limits::grown`]).
    fn users(&self, _aim: &Self::Aim, _observed: &Self::Observed, _journal: &Journal) -> Option<u64> {
        None
    }

    /// Looks. Reads only.
    ///
    /// # Errors
    /// What Graph answered, where the look cannot do without it.
    async fn observe(&self, aim: &Self::Aim, look: &Look<'_>) -> Result<Self::Observed, GraphError>;

    /// The pure core's decision.
    fn decide(
        &self,
        aim: &Self::Aim,
        observed: &Self::Observed,
        journal: &Journal,
        timing: &Timing<'_>,
    ) -> Decision;

    /// What an end without success has to say beyond its reason, from what the journal holds: it ends with the
    /// command.
    fn left_open(&self, _data: &CommandData, _directory: &Directory, _journal: &Journal) -> Option<Note> {
        None
    }

    /// What would be seen after `mutation`; for the plan of a dry run, and where accepted writes are believed.
    fn assume(&self, aim: &Self::Aim, observed: Self::Observed, mutation: &Mutation) -> Self::Observed;

    /// What the commands it would post would write, for the plan of a dry run. Reads only.
    ///
    /// # Errors
    /// What Graph answered; the plan says so and goes without them.
    async fn foresee(
        &self,
        _aim: &Self::Aim,
        _children: &[Child],
        _look: &Look<'_>,
    ) -> Result<Foreseen, GraphError> {
        Ok(Foreseen::default())
    }
}

/// What the commands that follow would do, as far as it can be seen beforehand.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Foreseen {
    /// The writes they would make.
    pub writes: Vec<Mutation>,
    /// What could not be seen.
    pub notes: Vec<Note>,
}

/// Most tenants of one command: five times what an organization may have, and its outcome still fits a message.
pub const MAX_TENANTS: usize = 500;

/// The tenants of one command.
pub struct Tenants<'a> {
    pub(crate) resolved: BTreeMap<TenantRef, TenantId>,
    /// The tenant directory.
    pub directory: &'a Directory,
    /// The verbs this function can post commands for.
    pub can_post: Vec<Verb>,
}

impl Tenants<'_> {
    /// The id of a tenant the command names.
    ///
    /// # Errors
    /// A rejection, if the directory does not know it.
    pub fn id(&self, tenant: &TenantRef) -> Result<TenantId, Reason> {
        self.resolved.get(tenant).copied().ok_or_else(|| unknown_tenant("data", tenant))
    }

    /// The id of a tenant this function has to act in.
    ///
    /// # Errors
    /// A rejection, if the directory does not know it or marks it as external.
    pub fn ours(&self, field: &str, tenant: &TenantRef) -> Result<TenantId, Reason> {
        let id = self.id(tenant)?;
        if self.directory.is_external(id) {
            return Err(Reason::Invalid {
                field: field.to_owned(),
                problem: format!("\"{}\" is external: we hold no credential for it", tenant.as_str()),
                remedy: "let its own administrators do this, or give it an application in the tenant \
                         directory"
                    .to_owned(),
            });
        }
        Ok(id)
    }

    /// Checks that a wish for users to follow can be met: hours later it would be late to find out that
    /// nothing of this installation synchronises.
    ///
    /// # Errors
    /// A rejection that names the queue's variable.
    pub fn can_follow(&self, then: Option<&Then>) -> Result<(), Reason> {
        match then.and_then(|then| then.sync.as_ref()) {
            Some(_) => self.posts("data.then.sync", Verb::Sync),
            None => Ok(()),
        }
    }

    /// The same for a verb that adds: users follow a join, and joins follow a list.
    ///
    /// # Errors
    /// A rejection that names the field that is missing.
    pub fn can_follow_adding(&self, then: Option<&Then>, listed: usize) -> Result<(), Reason> {
        let Some(then) = then else { return Ok(()) };
        if then.sync.is_some() && then.join.is_none() {
            return Err(needs(
                "data.then.sync",
                "data.then.join",
                "users are synchronised once a tenant has joined",
            ));
        }
        if then.join.is_some() && listed == 0 {
            return Err(needs("data.then.join", "data.tenants", "only tenants of the list are made to join"));
        }
        self.can_follow(Some(then))
    }

    /// Checks that commands of this verb can be posted.
    ///
    /// # Errors
    /// A rejection that names the queue's variable.
    pub fn posts(&self, field: &str, verb: Verb) -> Result<(), Reason> {
        if self.can_post.contains(&verb) {
            return Ok(());
        }
        Err(Reason::Invalid {
            field: field.to_owned(),
            problem: format!("this installation has no queue for {verb}"),
            remedy: format!(
                "set MTO_QUEUE_{} on this function, or leave the field out",
                verb.as_str().to_uppercase()
            ),
        })
    }

    /// The tenants to list, resolved.
    ///
    /// # Errors
    /// A rejection, if one of them is the owner, stands there twice, or is not in the directory.
    pub fn wanted(&self, list: &[NewTenant], owner: TenantId) -> Result<Vec<Wanted>, Reason> {
        if list.len() > MAX_TENANTS {
            return Err(Reason::Invalid {
                field: "data.tenants".to_owned(),
                problem: format!("holds {} tenants, more than {MAX_TENANTS}", list.len()),
                remedy: "send several commands".to_owned(),
            });
        }
        let mut wanted: Vec<Wanted> = Vec::with_capacity(list.len());
        for (index, new) in list.iter().enumerate() {
            let invalid = |problem: &str, remedy: &str| Reason::Invalid {
                field: format!("data.tenants[{index}].tenant"),
                problem: format!("\"{}\" {problem}", new.tenant.as_str()),
                remedy: remedy.to_owned(),
            };
            let tenant = self.id(&new.tenant)?;
            if tenant == owner {
                return Err(invalid("is the owner itself", "leave it out; it is a member already"));
            }
            if wanted.iter().any(|other| other.tenant == tenant) {
                return Err(invalid("stands twice in the list", "name it once"));
            }
            wanted.push(Wanted {
                tenant,
                display_name: new.display_name.clone(),
                role: new.role,
                external: self.directory.is_external(tenant),
            });
        }
        Ok(wanted)
    }
}

fn needs(field: &str, other: &str, why: &str) -> Reason {
    Reason::Invalid {
        field: field.to_owned(),
        problem: format!("has no effect without {other}: {why}"),
        remedy: format!("give {other} as well, or leave {field} out"),
    }
}

/// The rejection of a command that came to a function of another verb. The handler sends such a record to the
/// dead-letter queue before it gets here.
pub fn wrong_verb(data: &CommandData) -> Reason {
    Reason::Invalid {
        field: "type".to_owned(),
        problem: format!("{} is not for this function", data.verb().command_type()),
        remedy: "send it to the queue of its verb".to_owned(),
    }
}

pub(crate) fn unknown_tenant(field: &str, tenant: &TenantRef) -> Reason {
    Reason::Invalid {
        field: field.to_owned(),
        problem: format!("\"{}\" is not in the tenant directory", tenant.as_str()),
        remedy: "name a tenant of the directory by its id, domain or name, or add it there".to_owned(),
    }
}

/// The id by which a tenant is named whose pairs are to be closed. What a membership opened has to be closed whether or
/// not the directory lists every tenant of it: one that it does not list counts as external.
pub fn id_to_close(tenant: &TenantRef) -> Option<TenantId> {
    tenant.as_str().parse().ok().filter(|id: &TenantId| !id.as_uuid().is_nil())
}

/// One look: the Graph client, bound to a command and an invocation.
pub struct Look<'a> {
    pub(crate) graph: &'a GraphClient,
    /// The tenant directory.
    pub directory: &'a Directory,
    pub(crate) correlation: Uuid,
    pub(crate) deadline: OffsetDateTime,
    pub(crate) calls: AtomicU32,
    /// Whether follow-up commands were posted already: what has to stand before them was seen to stand.
    pub has_posted: bool,
}

impl Look<'_> {
    /// Sends one read in `tenant`.
    ///
    /// # Errors
    /// As [`GraphClient::send`].
    pub async fn send<E: Endpoint>(&self, tenant: TenantId, endpoint: &E) -> Result<E::Answer, GraphError> {
        let Reply { value, request_id, status } = self.graph.send(&self.call(tenant), endpoint).await?;
        tracing::debug!(%tenant, path = endpoint.path(), status, request_id, "read");
        Ok(value)
    }

    /// Reads a whole collection in `tenant`.
    ///
    /// # Errors
    /// As [`GraphClient::list`].
    pub async fn list<E: PagedEndpoint>(
        &self,
        tenant: TenantId,
        endpoint: &E,
    ) -> Result<Vec<E::Item>, GraphError> {
        let Reply { value, request_id, status } = self.graph.list(&self.call(tenant), endpoint).await?;
        tracing::debug!(%tenant, path = endpoint.path(), status, request_id, "read");
        Ok(value)
    }

    /// Sends several reads in `tenant` in one `$batch`; each answer is judged alone.
    ///
    /// # Errors
    /// As [`GraphClient::batch_requests`].
    pub async fn batch(
        &self,
        tenant: TenantId,
        requests: &[GraphRequest],
    ) -> Result<Vec<Result<GraphResponse, GraphError>>, GraphError> {
        let answers = self.graph.batch_requests(&self.call(tenant), requests).await?;
        tracing::debug!(%tenant, parts = requests.len(), "read");
        Ok(answers)
    }

    /// The rest of a collection whose first page came in a batch.
    ///
    /// # Errors
    /// As [`GraphClient::list`].
    pub async fn rest<E: PagedEndpoint>(
        &self,
        tenant: TenantId,
        endpoint: &E,
        first: Page<E::Item>,
    ) -> Result<Vec<E::Item>, GraphError> {
        self.graph.list_from(&self.call(tenant), endpoint, first).await
    }

    /// The frame of requests in `tenant`; each has ids of its own, the same in every replay.
    pub(crate) fn call(&self, tenant: TenantId) -> Call {
        self.call_until(tenant, self.deadline)
    }

    /// The same with a deadline of its own.
    pub(crate) fn call_until(&self, tenant: TenantId, deadline: OffsetDateTime) -> Call {
        let number = self.calls.fetch_add(1, Ordering::Relaxed);
        let correlation = Uuid::new_v5(&self.correlation, format!("{tenant} {number}").as_bytes());
        Call::new(tenant.as_uuid(), correlation, deadline)
    }
}
