use crate::wire::open_enum;

open_enum! {
    /// `microsoft.graph.synchronizationSecret`: what a secret is. Between tenants four of them are used, those with a text.
    SynchronizationSecretKey {
        /// Nothing.
        None = "None",
        /// Of other applications.
        UserName = "UserName",
        /// Of other applications.
        Password = "Password",
        /// Of other applications.
        SecretToken = "SecretToken",
        /// Of other applications.
        AppKey = "AppKey",
        /// Of other applications.
        BaseAddress = "BaseAddress",
        /// Of other applications.
        ClientIdentifier = "ClientIdentifier",
        /// Of other applications.
        ClientSecret = "ClientSecret",
        /// Of other applications.
        SingleSignOnType = "SingleSignOnType",
        /// Of other applications.
        Sandbox = "Sandbox",
        /// Of other applications.
        Url = "Url",
        /// Of other applications.
        Domain = "Domain",
        /// Of other applications.
        ConsumerKey = "ConsumerKey",
        /// Of other applications.
        ConsumerSecret = "ConsumerSecret",
        /// Of other applications.
        TokenKey = "TokenKey",
        /// Of other applications.
        TokenExpiration = "TokenExpiration",
        /// Of other applications.
        Oauth2AccessToken = "Oauth2AccessToken",
        /// Of other applications.
        Oauth2AccessTokenCreationTime = "Oauth2AccessTokenCreationTime",
        /// Of other applications.
        Oauth2RefreshToken = "Oauth2RefreshToken",
        /// `true`: every user of the source; `false`: assigned ones only.
        SyncAll = "SyncAll",
        /// Of other applications.
        InstanceName = "InstanceName",
        /// Of other applications.
        Oauth2ClientId = "Oauth2ClientId",
        /// Of other applications.
        Oauth2ClientSecret = "Oauth2ClientSecret",
        /// The tenant id of the target.
        CompanyId = "CompanyId",
        /// Of other applications.
        UpdateKeyOnSoftDelete = "UpdateKeyOnSoftDelete",
        /// Of other applications.
        SynchronizationSchedule = "SynchronizationSchedule",
        /// Of other applications.
        SystemOfRecord = "SystemOfRecord",
        /// Of other applications.
        SandboxName = "SandboxName",
        /// Of other applications.
        EnforceDomain = "EnforceDomain",
        /// [`SyncNotificationSettings`](super::SyncNotificationSettings) as JSON in a string.
        SyncNotificationSettings = "SyncNotificationSettings",
        /// Has no effect between tenants.
        SkipOutOfScopeDeletions = "SkipOutOfScopeDeletions",
        /// Of other applications.
        Oauth2AuthorizationCode = "Oauth2AuthorizationCode",
        /// Of other applications.
        Oauth2RedirectUri = "Oauth2RedirectUri",
        /// Of other applications.
        ApplicationTemplateIdentifier = "ApplicationTemplateIdentifier",
        /// Of other applications.
        Oauth2TokenExchangeUri = "Oauth2TokenExchangeUri",
        /// Of other applications.
        Oauth2AuthorizationUri = "Oauth2AuthorizationUri",
        /// `SyncPolicy` between tenants.
        AuthenticationType = "AuthenticationType",
        /// Of other applications.
        Server = "Server",
        /// Of other applications.
        PerformInboundEntitlementGrants = "PerformInboundEntitlementGrants",
        /// Of other applications.
        HardDeletesEnabled = "HardDeletesEnabled",
        /// Of other applications.
        SyncAgentCompatibilityKey = "SyncAgentCompatibilityKey",
        /// Of other applications.
        SyncAgentAdContainer = "SyncAgentADContainer",
        /// Of other applications.
        ValidateDomain = "ValidateDomain",
        /// Of other applications.
        TestReferences = "TestReferences",
        /// Of other applications.
        ConnectionString = "ConnectionString",
    }
}
