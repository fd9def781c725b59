// The types that Microsoft publishes for JavaScript, and what bodies carry besides. Every property that is named here was
// seen in a sample or a recording and is not in the published types; the number is the section of the graph reference.
// Whatever is not here and not there is an error.

import type * as graph from "@microsoft/microsoft-graph-types";

// OData annotations (1.2, 2.4, 8.5); the published types leave all of them out
type Annotated<T> = T & { "@odata.context"?: string };
type Links = { "@odata.nextLink"?: string; "@odata.deltaLink"?: string; "@odata.count"?: number };
export type Collection<T> = Annotated<{ value: T[] }> & Links;

export type MultiTenantOrganization = Annotated<graph.MultiTenantOrganization>;
export type JoinRequest = Annotated<graph.MultiTenantOrganizationJoinRequestRecord>;
export type Member = Annotated<graph.MultiTenantOrganizationMember> & {
  multiTenantOrgLabelType?: "none"; // 2.1, observed
};

// 4.1: a flags enum, joined with a comma on the wire; 9.4 row 8: empty or null where nothing was chosen
type TemplateApplicationLevel = graph.TemplateApplicationLevel | "newPartners,existingPartners" | "" | null;
type Template<T> = Annotated<Omit<T, "templateApplicationLevel">> & {
  templateApplicationLevel?: TemplateApplicationLevel;
};
export type PartnerTemplate = Template<graph.MultiTenantOrganizationPartnerConfigurationTemplate>;
export type IdentityTemplate = Template<graph.MultiTenantOrganizationIdentitySyncPolicyTemplate>;

// 5.2, 5.4: in the metadata of the global cloud
type Targets = graph.CrossTenantAccessPolicyTargetConfiguration;
type GlobalOnly = {
  appServiceConnectInbound?: { applications?: Targets | null } | null;
  m365CollaborationInbound?: { users?: Targets | null } | null;
  m365CollaborationOutbound?: { usersAndGroups?: Targets | null } | null;
};
export type DefaultConfiguration = Annotated<graph.CrossTenantAccessPolicyConfigurationDefault> & GlobalOnly;
export type Partner = Annotated<graph.CrossTenantAccessPolicyConfigurationPartner> & GlobalOnly & {
  crossCloudMeetingConfiguration?: graph.InboundOutboundPolicyConfiguration; // 5.4, sample bodies
  protectedContentSharing?: graph.InboundOutboundPolicyConfiguration; // 5.4, sample bodies
};
export type IdentitySynchronization = Annotated<graph.CrossTenantIdentitySyncPolicyPartner>;
export type Policy = Annotated<graph.CrossTenantAccessPolicy>;
export type TenantInformation = Annotated<graph.TenantInformation>;
export type Organization = Annotated<graph.Organization>;
export type DirectoryAudit = Annotated<graph.DirectoryAudit>;
export type ProvisioningLog = Annotated<graph.ProvisioningObjectSummary>;

export type AppRoleAssignment = Annotated<graph.AppRoleAssignment>;
export type Group = Annotated<graph.Group>;
// 7.4: the type of a directory object; a row of a delta that is gone
export type User = Annotated<graph.User> & {
  "@odata.type"?: "#microsoft.graph.user";
  "@removed"?: { reason: "changed" | "deleted" };
};
export type Invitation = Annotated<graph.Invitation>;
export type ServicePrincipal = Annotated<graph.ServicePrincipal>;
export type Sku = Annotated<graph.SubscribedSku>;

export type Instantiated = Annotated<graph.ApplicationServicePrincipal>;
export type OnDemand = Annotated<graph.StringKeyStringValuePair>;
export type Job = Annotated<graph.SynchronizationJob>;
export type JobTemplate = Annotated<graph.SynchronizationTemplate>;
// 6.7: flags, joined with a comma and a blank
type ObjectMapping = Omit<graph.ObjectMapping, "flowTypes"> & {
  flowTypes?: graph.ObjectFlowTypes | "Add, Update" | "Add, Delete" | "Update, Delete" | "Add, Update, Delete";
};
type Rule = Omit<graph.SynchronizationRule, "objectMappings"> & { objectMappings?: ObjectMapping[] | null };
export type Schema = Annotated<Omit<graph.SynchronizationSchema, "synchronizationRules">> & {
  synchronizationRules?: Rule[] | null;
};

export type FilterOperator = graph.FilterOperatorSchema;
export type SchemaFunction = graph.AttributeMappingFunctionSchema;
export type ParsedExpression = graph.ParseExpressionResponse;

// 8.1; 8.2: with 429 a status and a message as well
type InnerError = graph.PublicInnerError & {
  date?: string;
  "request-id"?: string;
  "client-request-id"?: string;
  status?: "429";
};
export type Failure = { error: Omit<graph.PublicError, "innerError"> & { innerError?: InnerError } };
