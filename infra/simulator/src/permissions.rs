//! Application permissions (reference 4A.4).

/// The names a seed may use: those of reference 4A.3 and 4A.4 and the ones for reading the organization and groups.
pub const PERMISSIONS: [&str; 24] = [
    "MultiTenantOrganization.Read.All",
    "MultiTenantOrganization.ReadBasic.All",
    "MultiTenantOrganization.ReadWrite.All",
    "Policy.Read.All",
    "Policy.ReadWrite.CrossTenantAccess",
    "CrossTenantInformation.ReadBasic.All",
    "Organization.Read.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "Synchronization.Read.All",
    "Synchronization.ReadWrite.All",
    "Application.ReadWrite.All",
    "Application.ReadWrite.OwnedBy",
    "AppRoleAssignment.ReadWrite.All",
    "User.Invite.All",
    "User.Read.All",
    "User.ReadWrite.All",
    "User.DeleteRestore.All",
    "AuditLog.Read.All",
    "ProvisioningLog.Read.All",
    "Application.Read.All",
    "Group.Read.All",
    "GroupMember.Read.All",
    "GroupMember.ReadWrite.All",
];

/// Delegated permissions an application may have consent to (4A.4); `User.Read` is for `GET /organization`.
pub const DELEGATED_PERMISSIONS: [&str; 19] = [
    "MultiTenantOrganization.Read.All",
    "MultiTenantOrganization.ReadBasic.All",
    "MultiTenantOrganization.ReadWrite.All",
    "Policy.Read.All",
    "Policy.ReadWrite.CrossTenantAccess",
    "CrossTenantInformation.ReadBasic.All",
    "Organization.Read.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "Synchronization.Read.All",
    "Synchronization.ReadWrite.All",
    "Application.ReadWrite.All",
    "AppRoleAssignment.ReadWrite.All",
    "User.Invite.All",
    "User.Read",
    "User.Read.All",
    "User.ReadWrite.All",
    "User.DeleteRestore.All",
    "AuditLog.Read.All",
];

/// Directory roles a user may have, with the ids of their templates: the roles of 4A.2, and those that read
/// audit activities.
pub const DIRECTORY_ROLES: [(&str, &str); 10] = [
    ("Global Administrator", "62e90394-69f5-4237-9190-012177145e10"),
    ("Security Administrator", "194ae4cb-b126-40b2-bd5b-6091b380977d"),
    ("Security Reader", "5d6b6bb7-de71-4623-b4af-96380a352509"),
    ("Global Reader", "f2ef992c-3afb-46b9-b7cf-a126ee74c451"),
    ("Privileged Role Administrator", "e8611ab8-c189-46e8-94e1-60213ab1f814"),
    ("Application Administrator", "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"),
    ("Cloud Application Administrator", "158c047a-c907-4556-b7ef-446551a6b5f7"),
    ("Hybrid Identity Administrator", "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2"),
    ("User Administrator", "fe930be7-5e62-47db-91af-98c3a49a38b1"),
    ("Reports Reader", "4a5d8f65-41da-4de4-8968-e035b65339cf"),
];
