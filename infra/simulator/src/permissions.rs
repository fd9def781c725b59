//! Application permissions (reference 4A.4).

/// The names a seed may use: those of reference 4A.4 and the ones for reading the organization.
pub const PERMISSIONS: [&str; 19] = [
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
];
