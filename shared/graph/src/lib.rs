//! Typed client for the part of Microsoft Graph that a multi-tenant organization and the synchronization of users between
//! its tenants need.
//!
//! # Flow
//!
//! An [`Endpoint`] is a value: it builds its request and decodes its answer without I/O. [`GraphClient`] adds the
//! access token (from a [`TokenProvider`]), the ids, retries and paging, and hands an `http::Request` to a
//! [`Transport`]: reqwest in production (feature `http`), a simulator in process or a script in tests.
//!
//! # Guarantees
//!
//! - A write is sent again inside a call only when it certainly had no effect (429, 401, or it never left us).
//!   Any other failed write has the class [`Class::Ambiguous`]: look again instead of believing the error.
//! - Everything is bounded: attempts, pauses, pages, sizes; all of it by the deadline of the [`Call`].
//! - Unknown properties are ignored and unknown enum values kept, so a growing service breaks nothing.
//! - A bearer token is sent to the configured Graph root only, and neither errors nor `Debug` print secrets.
//!
//! # Layout
//!
//! One endpoint per file, grouped as Graph groups them; each file starts with METHOD and path. Facts come from the
//! Microsoft Graph v1.0 reference; where the service is known to differ, a comment says so.

pub mod application_templates;
pub mod applications;
mod assertion;
pub mod audit_logs;
mod batch;
mod body;
mod call;
#[cfg(feature = "certificate")]
mod certificate;
mod client;
mod clock;
mod cloud;
mod credential;
mod credential_source;
pub mod directory;
mod endpoint;
mod error;
pub mod groups;
pub mod invitations;
mod oauth;
pub mod organization;
mod paging;
pub mod policies;
mod query;
mod retry;
mod service_error;
pub mod service_principals;
mod statistics;
pub mod subscribed_skus;
pub mod tenant_relationships;
mod token;
mod token_file;
mod transport;
#[cfg(feature = "http")]
mod transport_http;
pub mod users;
mod wire;

pub use assertion::{AssertionSource, FederatedCredential, SourceError, TOKEN_EXCHANGE_AUDIENCE};
pub use call::Call;
#[cfg(feature = "certificate")]
pub use certificate::{CertificateCredential, CertificateError};
pub use client::{GraphClient, Reply};
pub use clock::{Clock, SystemClock};
pub use cloud::{Cloud, CloudError};
pub use credential::{Credential, TenantCredential};
pub use credential_source::CredentialSource;
pub use endpoint::{
    DecodeError, Endpoint, GraphRequest, GraphResponse, Page, PagedEndpoint, decode_json, decode_nothing,
};
pub use error::{Class, GraphError};
pub use oauth::OAuthTokenProvider;
pub use query::Filter;
pub use retry::{MAX_ATTEMPTS, MAX_PAUSE};
pub use service_error::{ErrorDetail, ServiceError};
pub use statistics::Statistics;
pub use token::{AccessToken, TokenError, TokenProvider};
pub use token_file::TokenFileSource;
pub use transport::{TimeLimit, Transport, TransportError, TransportErrorKind};
#[cfg(feature = "http")]
pub use transport_http::ReqwestTransport;
pub use wire::{Flags, Nullable};

/// Everything a program that uses the client names: the endpoints and their models.
pub mod prelude {
    pub use crate::application_templates::{
        ApplicationServicePrincipal, CROSS_TENANT_SYNCHRONIZATION, InstantiateApplicationTemplate,
    };
    pub use crate::applications::{
        Application, DeleteApplication, DeleteApplicationByAppId, GetApplication, PatchApplication,
    };
    pub use crate::audit_logs::provisioning::{
        InitiatorType, ListProvisioningLog, ModifiedProperty, ProvisionedIdentity, ProvisioningAction,
        ProvisioningErrorCategory, ProvisioningErrorInfo, ProvisioningInitiator, ProvisioningObjectSummary,
        ProvisioningStatus, ProvisioningStatusInfo, ProvisioningStep, ProvisioningStepType,
        ProvisioningSystem,
    };
    pub use crate::directory::deleted_items::{DeleteDeletedUser, ListDeletedUsers, RestoreDeletedUser};
    pub use crate::groups::{CountGroupMembers, GetGroup, Group, ListGroupMembers};
    pub use crate::invitations::{
        EmailAddress, Invitation, InvitationStatus, InvitedUser, InvitedUserMessageInfo, PostInvitation,
        Recipient,
    };
    pub use crate::organization::{GetOrganization, Organization, VerifiedDomain};
    pub use crate::policies::cross_tenant_access_policy::partners::identity_synchronization::{
        DeleteIdentitySynchronization, GetIdentitySynchronization, IdentitySynchronization,
        IdentitySynchronizationUpdate, PatchIdentitySynchronization, PutIdentitySynchronization,
    };
    pub use crate::policies::cross_tenant_access_policy::partners::{
        CrossTenantAccessPolicyPartner, DeletePartner, GetPartner, ListPartners, PartnerUpdate, PatchPartner,
        PostPartner,
    };
    pub use crate::policies::cross_tenant_access_policy::templates::TemplateApplicationLevel;
    pub use crate::policies::cross_tenant_access_policy::templates::identity_synchronization::{
        GetIdentitySynchronizationTemplate, IdentitySynchronizationTemplate,
        IdentitySynchronizationTemplateUpdate, PatchIdentitySynchronizationTemplate,
        ResetIdentitySynchronizationTemplate,
    };
    pub use crate::policies::cross_tenant_access_policy::templates::partner_configuration::{
        GetPartnerConfigurationTemplate, PartnerConfigurationTemplate, PartnerConfigurationTemplateUpdate,
        PatchPartnerConfigurationTemplate, ResetPartnerConfigurationTemplate,
    };
    pub use crate::policies::cross_tenant_access_policy::{
        AccessType, AutomaticUserConsentSettings, B2bSetting, InboundTrust, Target, TargetConfiguration,
        TargetType, UserSyncInbound,
    };
    pub use crate::service_principals::app_role_assigned_to::{
        AppRoleAssignment, DeleteAppRoleAssignedTo, ListAppRoleAssignedTo, PostAppRoleAssignedTo,
        PrincipalType,
    };
    pub use crate::service_principals::synchronization::AZURE_TO_AZURE;
    pub use crate::service_principals::synchronization::jobs::provision_on_demand::{
        OnDemandStep, ProvisionOnDemand, ProvisionOnDemandAnswer, ProvisionResult,
    };
    pub use crate::service_principals::synchronization::jobs::schema::{
        AttributeFlow, AttributeMapping, DeleteSynchronizationSchema, DiscoverDirectory, FilterOperator,
        FlowBehavior, GetSynchronizationSchema, ListFilterOperators, ListSchemaFunctions, ObjectFlow,
        ObjectFlows, ObjectMapping, ParseExpression, ParsedExpression, PutSynchronizationSchema,
        SchemaFunction, SchemaFunctionParameter, SourceType, SynchronizationRule, SynchronizationSchema,
    };
    pub use crate::service_principals::synchronization::jobs::{
        AUTOMATIC_REDEMPTION_MISSING, DeleteSynchronizationJob, EntryCount, ExecutionState,
        GetSynchronizationJob, JobStatusCode, ListSynchronizationJobs, NameValuePair,
        PatchSynchronizationJob, PauseSynchronizationJob, PostSynchronizationJob, QuarantineReason,
        ResetFlag, ResetScope, RestartSynchronizationJob, ScheduleState, StartSynchronizationJob,
        SynchronizationError, SynchronizationJob, SynchronizationJobUpdate, SynchronizationProgress,
        SynchronizationQuarantine, SynchronizationSchedule, SynchronizationScheduleUpdate,
        SynchronizationStatus, SynchronizationTaskExecution, ValidateSynchronizationCredentials,
    };
    pub use crate::service_principals::synchronization::secrets::{
        PutSynchronizationSecrets, SyncNotificationSettings, SynchronizationSecret, SynchronizationSecretKey,
    };
    pub use crate::service_principals::synchronization::templates::{
        ListSynchronizationTemplates, SynchronizationTemplate,
    };
    pub use crate::service_principals::{
        AppRole, DeleteServicePrincipal, GetServicePrincipal, ListServicePrincipals, PatchServicePrincipal,
        ServicePrincipal, ServicePrincipalUpdate,
    };
    pub use crate::subscribed_skus::{
        LicenseUnitsDetail, ListSubscribedSkus, ServicePlanInfo, SubscribedSku,
    };
    pub use crate::tenant_relationships::find_tenant_information::{
        FindTenantInformationByDomainName, FindTenantInformationByTenantId, TenantInformation,
    };
    pub use crate::tenant_relationships::multi_tenant_organization::join_request::{
        GetJoinRequest, JoinRequestRecord, JoinRequestTransitionDetails, PatchJoinRequest,
    };
    pub use crate::tenant_relationships::multi_tenant_organization::tenants::{
        DeleteMember, GetMember, ListMembers, MultiTenantOrganizationMember, PatchMember, PostMember,
        TransitionDetails,
    };
    pub use crate::tenant_relationships::multi_tenant_organization::{
        GetMultiTenantOrganization, MemberRole, MemberState, MultiTenantOrganization,
        MultiTenantOrganizationState, PatchMultiTenantOrganization, ProcessingStatus,
        PutMultiTenantOrganization,
    };
    pub use crate::users::delta::{
        DeltaLink, GetUsersDelta, RemovedReason, UserChange, UsersDelta, UsersDeltaPage,
    };
    pub use crate::users::{
        CountUsers, CreationType, DeleteUser, ExternalUserState, GetUser, ListUsers, ObjectIdentity,
        PatchUser, User, UserType, UserUpdate,
    };
}
