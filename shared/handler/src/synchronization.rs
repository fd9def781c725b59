//! Reading synchronization configurations and their jobs.

use std::collections::BTreeSet;

use mto_graph::prelude::{
    AppRoleAssignment, AttributeFlow, ExecutionState, GetSynchronizationSchema, JobStatusCode,
    ListAppRoleAssignedTo, ListServicePrincipals, ListSynchronizationJobs, PrincipalType, ScheduleState,
    ServicePrincipal, SynchronizationJob, SynchronizationSchema, SynchronizationTaskExecution,
    UserType as GraphUserType,
};
use mto_graph::{Filter, GraphError, GraphRequest, Page, PagedEndpoint};
use mto_messages::{TenantId, UserType};
use mto_reconcile::sync::{
    Assignment, Configuration, Execution, Job, JobCode, Quarantine, Schema, configuration_name,
};
use mto_reconcile::{Reading, Unreadable};

use crate::function::Look;
use crate::pair::unreadable;
use crate::sides::Parts;

/// Assignments of a page.
const PAGE: u16 = 999;

/// What kinds of entries of a job count no users. The words are (unverified): whatever else is counted, counts.
const GROUPS: &str = "group";

/// How the configurations for a target are found.
pub(crate) fn named_for(target: TenantId) -> ListServicePrincipals {
    list(Filter::eq("displayName", &configuration_name(target)))
}

fn list(filter: Filter) -> ListServicePrincipals {
    ListServicePrincipals { filter: Some(filter), select: ServicePrincipal::PROPERTIES, top: None }
}

/// All configurations in `source` that are named as ours are, with the tenants they are for.
pub async fn directions(look: &Look<'_>, source: TenantId) -> Reading<Vec<(TenantId, Configuration)>> {
    if look.directory.is_external(source) {
        return Reading::Unreadable(Unreadable::External);
    }
    match read(look, source, &list(Filter::starts_with("displayName", PREFIX))).await {
        Ok(found) => {
            let target = |name: &str| name.strip_prefix(PREFIX)?.parse::<TenantId>().ok();
            let named = found.into_iter().filter_map(|(name, one)| Some((target(&name)?, one)));
            Reading::Seen(named.collect())
        }
        Err(error) => Reading::Unreadable(unreadable(&error)),
    }
}

const PREFIX: &str = "MTO_Sync_";

async fn read(
    look: &Look<'_>,
    source: TenantId,
    list: &ListServicePrincipals,
) -> Result<Vec<(String, Configuration)>, GraphError> {
    let first = look.send(source, list).await?;
    listed(look, source, list, first, false).await
}

/// The configurations of a list whose first page was read, by id, with their jobs and assignments: these of all of them
/// in one `$batch`. With `schema` also how the first job's schema sets the type of users.
///
/// # Errors
/// What Graph answered. What was instantiated a moment ago may not be everywhere yet: what is not found there is not
/// there yet.
pub(crate) async fn listed(
    look: &Look<'_>,
    source: TenantId,
    list: &ListServicePrincipals,
    first: Page<ServicePrincipal>,
    schema: bool,
) -> Result<Vec<(String, Configuration)>, GraphError> {
    let found = look.rest(source, list, first).await?;
    let of = |principal: &ServicePrincipal| [assigned(principal), jobs(principal)];
    let requests: Vec<GraphRequest> = found.iter().flat_map(of).collect();
    let mut parts = Parts(look.batch(source, &requests).await?.into_iter());
    let mut configurations = Vec::new();
    for principal in found {
        let (assignments, jobs) = (parts.next(&assigned_to(&principal)), parts.next(&jobs_of(&principal)));
        let assignments = rest(look, source, &assigned_to(&principal), assignments).await?;
        let jobs = rest(look, source, &jobs_of(&principal), jobs).await?;
        configurations.push(configuration(look, source, principal, assignments, jobs, schema).await?);
    }
    configurations.sort_by_key(|(_, one)| one.id);
    Ok(configurations)
}

fn assigned_to(principal: &ServicePrincipal) -> ListAppRoleAssignedTo {
    ListAppRoleAssignedTo { service_principal_id: principal.id, top: Some(PAGE) }
}

fn jobs_of(principal: &ServicePrincipal) -> ListSynchronizationJobs {
    ListSynchronizationJobs { service_principal_id: principal.id }
}

fn assigned(principal: &ServicePrincipal) -> GraphRequest {
    GraphRequest::of(&assigned_to(principal))
}

fn jobs(principal: &ServicePrincipal) -> GraphRequest {
    GraphRequest::of(&jobs_of(principal))
}

/// A whole collection after its first page; what is not found is not there yet.
async fn rest<E: PagedEndpoint>(
    look: &Look<'_>,
    source: TenantId,
    endpoint: &E,
    first: Result<Page<E::Item>, GraphError>,
) -> Result<Vec<E::Item>, GraphError> {
    match first {
        Ok(first) => look.rest(source, endpoint, first).await,
        Err(error) if error.is_not_found() => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

async fn configuration(
    look: &Look<'_>,
    source: TenantId,
    principal: ServicePrincipal,
    assignments: Vec<AppRoleAssignment>,
    jobs: Vec<SynchronizationJob>,
    schema: bool,
) -> Result<(String, Configuration), GraphError> {
    let first = jobs.into_iter().min_by(|one, other| one.id.cmp(&other.id));
    let schema = match &first {
        Some(job) if schema => {
            let get = GetSynchronizationSchema { service_principal_id: principal.id, job_id: job.id.clone() };
            Some(schema_of(&look.send(source, &get).await?))
        }
        Some(_) | None => None,
    };
    let assignment = |one: AppRoleAssignment| {
        let is_group = one.principal_type == Some(PrincipalType::Group);
        (one.principal_id, Assignment { id: one.id, is_group })
    };
    let name = principal.display_name.clone().unwrap_or_default();
    let app_role = principal.synchronization_role().map(|role| role.id);
    Ok((
        name,
        Configuration {
            id: principal.id,
            app_id: principal.app_id.unwrap_or_default(),
            tags: principal.tags.into_iter().collect::<BTreeSet<_>>(),
            app_role,
            assignments: assignments.into_iter().map(assignment).collect(),
            job: first.map(job_of),
            schema,
        },
    ))
}

fn job_of(job: SynchronizationJob) -> Job {
    let state = job.schedule.as_ref().and_then(|schedule| schedule.state.as_ref());
    let is_enabled = state == Some(&ScheduleState::Active);
    let status = job.status.unwrap_or_default();
    let users = status.synchronized_entry_count_by_type.iter();
    let users = users.filter(|count| !count.key.to_lowercase().contains(GROUPS));
    let users = users.map(|count| u64::try_from(count.value).unwrap_or(0)).sum();
    let last = status.last_execution.as_ref();
    let progress = status.progress.first().and_then(|progress| u64::try_from(progress.total_units).ok());
    let entitled = last.and_then(|last| u64::try_from(last.count_entitled).ok());
    Job {
        id: job.id,
        is_enabled,
        code: status.code.map_or(JobCode::Unrecognised("null".to_owned()), code_of),
        steady_since: status.steady_state_first_achieved_time,
        quarantine: status.quarantine.map(|quarantine| Quarantine {
            reason: quarantine.reason.map(|reason| reason.as_str().to_owned()).unwrap_or_default(),
            code: quarantine.error.as_ref().and_then(|error| error.code.clone()),
            message: quarantine.error.and_then(|error| error.message),
        }),
        in_scope: progress.or(entitled).filter(|count| *count > 0),
        last: last.filter(|last| last.time_ended.is_some() || last.time_began.is_some()).map(execution_of),
        users,
    }
}

fn execution_of(last: &SynchronizationTaskExecution) -> Execution {
    Execution {
        began: last.time_began,
        ended: last.time_ended,
        has_failed: last.state == Some(ExecutionState::Failed),
        imported: u64::try_from(last.count_imported).unwrap_or(0),
        escrowed: u64::try_from(last.count_escrowed).unwrap_or(0),
        error: last.error.as_ref().and_then(|error| error.code.clone()),
    }
}

fn code_of(code: JobStatusCode) -> JobCode {
    match code {
        JobStatusCode::NotConfigured => JobCode::NotConfigured,
        JobStatusCode::NotRun => JobCode::NotRun,
        JobStatusCode::Active => JobCode::Active,
        JobStatusCode::Paused => JobCode::Paused,
        JobStatusCode::Quarantine => JobCode::Quarantine,
        JobStatusCode::Unknown(text) => JobCode::Unrecognised(text),
    }
}

fn schema_of(schema: &SynchronizationSchema) -> Schema {
    let (user_type, always) = match schema.user_type() {
        Some((GraphUserType::Member, flow)) => (Some(UserType::Member), flow == AttributeFlow::Always),
        Some((GraphUserType::Guest, flow)) => (Some(UserType::Guest), flow == AttributeFlow::Always),
        Some((GraphUserType::Unknown(_), _)) | None => (None, false),
    };
    Schema { user_type, always, whole: schema.as_json().clone() }
}
