//! Changes to synchronization configurations become requests to Graph.

use mto_graph::GraphRequest;
use mto_graph::prelude::{
    AZURE_TO_AZURE, AttributeFlow, CROSS_TENANT_SYNCHRONIZATION, DeleteAppRoleAssignedTo,
    DeleteApplicationByAppId, InstantiateApplicationTemplate, PatchServicePrincipal, PauseSynchronizationJob,
    PostAppRoleAssignedTo, PostSynchronizationJob, PutSynchronizationSchema, PutSynchronizationSecrets,
    ResetFlag, ResetScope, RestartSynchronizationJob, ServicePrincipalUpdate, StartSynchronizationJob,
    SyncNotificationSettings, SynchronizationSchema, SynchronizationSecret,
    ValidateSynchronizationCredentials,
};
use mto_messages::{TenantId, UserType};
use mto_reconcile::sync::{ConfigurationChange, configuration_name};
use serde_json::{Map, Value};
use uuid::Uuid;

/// A configuration for a target.
pub(crate) fn create(target: TenantId) -> GraphRequest {
    GraphRequest::of(&InstantiateApplicationTemplate {
        template_id: CROSS_TENANT_SYNCHRONIZATION,
        display_name: configuration_name(target),
    })
}

/// The request that makes this change to the configuration with this service principal.
pub(crate) fn request_of(
    target: TenantId,
    service_principal_id: Uuid,
    change: &ConfigurationChange,
) -> GraphRequest {
    match change {
        ConfigurationChange::Tag { tags } => GraphRequest::of(&PatchServicePrincipal {
            service_principal_id,
            update: ServicePrincipalUpdate {
                tags: Some(tags.iter().cloned().collect()),
                ..ServicePrincipalUpdate::default()
            },
        }),
        ConfigurationChange::Delete { app_id } => {
            GraphRequest::of(&DeleteApplicationByAppId { app_id: *app_id })
        }
        ConfigurationChange::SetSecrets { everyone } => GraphRequest::of(&PutSynchronizationSecrets {
            service_principal_id,
            secrets: secrets(target, *everyone),
        }),
        ConfigurationChange::CreateJob => GraphRequest::of(&PostSynchronizationJob {
            service_principal_id,
            template_id: AZURE_TO_AZURE.to_owned(),
        }),
        ConfigurationChange::Validate => GraphRequest::of(&ValidateSynchronizationCredentials {
            service_principal_id,
            job_id: None,
            template_id: AZURE_TO_AZURE.to_owned(),
            use_saved_credentials: false,
            credentials: vec![
                SynchronizationSecret::company_id(target.as_uuid()),
                SynchronizationSecret::sync_policy(),
            ],
        }),
        ConfigurationChange::Assign { app_role, principal } => GraphRequest::of(&PostAppRoleAssignedTo {
            service_principal_id,
            app_role_id: *app_role,
            principal_id: *principal,
        }),
        ConfigurationChange::Unassign { assignment, .. } => GraphRequest::of(&DeleteAppRoleAssignedTo {
            service_principal_id,
            assignment_id: assignment.clone(),
        }),
        ConfigurationChange::SetSchema { job, user_type, always, schema } => {
            GraphRequest::of(&PutSynchronizationSchema {
                service_principal_id,
                job_id: job.clone(),
                schema: with_user_type(schema, *user_type, *always),
            })
        }
        ConfigurationChange::Start { job } => {
            GraphRequest::of(&StartSynchronizationJob { service_principal_id, job_id: job.clone() })
        }
        ConfigurationChange::Pause { job } => {
            GraphRequest::of(&PauseSynchronizationJob { service_principal_id, job_id: job.clone() })
        }
        ConfigurationChange::Restart { job, force_deletes } => GraphRequest::of(&RestartSynchronizationJob {
            service_principal_id,
            job_id: job.clone(),
            reset_scope: Some(reset_scope(*force_deletes)),
        }),
    }
}

/// The target, the proof, the deletion threshold (on, with the portal's number), and whom it is for.
fn secrets(target: TenantId, everyone: bool) -> Vec<SynchronizationSecret> {
    let notifications =
        SyncNotificationSettings { delete_threshold_enabled: true, ..SyncNotificationSettings::default() };
    vec![
        SynchronizationSecret::sync_policy(),
        SynchronizationSecret::company_id(target.as_uuid()),
        SynchronizationSecret::notifications(&notifications),
        SynchronizationSecret::sync_all(everyone),
    ]
}

fn reset_scope(force_deletes: bool) -> ResetScope {
    let portal = [ResetFlag::Watermark, ResetFlag::Escrows, ResetFlag::QuarantineState];
    ResetScope::of(portal.into_iter().chain(force_deletes.then_some(ResetFlag::ForceDeletes)))
}

/// The schema as it was read, with another type of users: it can only be replaced as a whole.
fn with_user_type(schema: &Map<String, Value>, user_type: UserType, always: bool) -> SynchronizationSchema {
    let mut schema = SynchronizationSchema::from(schema.clone());
    let flow = if always { AttributeFlow::Always } else { AttributeFlow::ObjectAddOnly };
    let user_type = match user_type {
        UserType::Member => mto_graph::prelude::UserType::Member,
        UserType::Guest => mto_graph::prelude::UserType::Guest,
    };
    schema.set_user_type(&user_type, &flow);
    schema
}
