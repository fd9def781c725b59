//! Reference 6.11: every code that the simulator can give, made to happen.

use entra_simulator::{Change, UserSeed};
use http::Method;
use serde_json::json;

use super::support::{Lab, PARTNERS};
use super::sync_support::{named, quick, seed_with};

fn code(lab: &Lab, name: &str) -> (String, String) {
    let (_, status, code) = lab.last_logged(0, name);
    (status, code)
}

fn failure(code: &str) -> (String, String) {
    ("failure".to_owned(), code.to_owned())
}

#[test]
fn credentials_are_valid_only_with_consent_on_both_sides_and_inbound_sync() {
    let lab = Lab::new(2, quick());
    let sync = lab.configure(0, 1, false);
    let validate = |lab: &Lab| {
        let body = json!({"useSavedCredentials": false, "templateId": "Azure2Azure", "credentials": [
            {"key": "CompanyId", "value": lab.id(1)}, {"key": "AuthenticationType", "value": "SyncPolicy"}]});
        let reply = lab.call(0, Method::POST, &format!("{}/jobs/validateCredentials", sync.base()), &body);
        (reply.status, reply.code().to_owned())
    };
    let refused = (400, "AzureDirectoryB2BManagementPolicyCheckFailure".to_owned());
    assert_eq!(validate(&lab).0, 204);
    let consent = |one: &str, value: bool| json!({"automaticUserConsentSettings": {one: value}});
    lab.patch(0, &lab.partner(1), consent("outboundAllowed", false), 204);
    assert_eq!(validate(&lab), refused);
    lab.patch(0, &lab.partner(1), consent("outboundAllowed", true), 204);
    lab.patch(1, &lab.partner(0), consent("inboundAllowed", false), 204);
    assert_eq!(validate(&lab), refused);
    lab.patch(1, &lab.partner(0), consent("inboundAllowed", true), 204);
    lab.delete(1, &format!("{}/identitySynchronization", lab.partner(0)), 204);
    assert_eq!(validate(&lab), refused);
    let text = lab.call(
        0,
        Method::POST,
        &format!("{}/validateCredentials", sync.path()),
        &json!({"useSavedCredentials": true}),
    );
    assert_eq!(
        text.body["error"]["message"],
        "Policy permitting auto-redemption of invitations not configured."
    );
    lab.delete(1, &format!("{PARTNERS}/{}", lab.id(0)), 204);
    assert_eq!(validate(&lab), refused);
}

#[test]
fn a_target_that_forbids_guest_invitations() {
    let lab = Lab::with(seed_with(named(&["Annie Adams"])), quick());
    lab.script(Change::Invitations { tenant: lab.id(1), allowed: false });
    lab.running(None);
    assert_eq!(code(&lab, "Annie Adams"), failure("AzureActiveDirectoryForbidden"));
    let item = lab.ask(0, "/auditLogs/provisioning")["value"][0].clone();
    let advice = &item["provisioningStatusInfo"]["errorInformation"]["recommendedAction"];
    assert!(advice.as_str().is_some_and(|advice| advice.contains("guest invite settings")), "{advice}");
    assert_eq!(item["targetIdentity"]["id"], "", "there is no target user");
    assert!(!lab.has(1, "Annie Adams"));
}

#[test]
fn a_seed_can_forbid_guest_invitations() {
    let mut seed = seed_with(named(&["Annie Adams"]));
    seed.tenants[1].invitations_allowed = false;
    let lab = Lab::with(seed, quick());
    lab.running(None);
    assert_eq!(code(&lab, "Annie Adams"), failure("AzureActiveDirectoryForbidden"));
}

#[test]
fn mail_that_is_managed_elsewhere() {
    let mut seed = seed_with(named(&["Annie Adams"]));
    let known = UserSeed {
        creation_type: Some("Invitation".to_owned()),
        mail: Some("annie.adams@contoso.example".to_owned()),
        managed_in_exchange: true,
        ..UserSeed::named("Known Annie")
    };
    seed.tenants[1].users.push(known);
    let lab = Lab::with(seed, quick());
    lab.running(None);
    assert_eq!(
        code(&lab, "Annie Adams"),
        failure("AzureActiveDirectoryCannotUpdateObjectsOriginatedInExternalService")
    );
}

#[test]
fn a_target_user_mastered_on_premises() {
    let mut seed = seed_with(named(&["Annie Adams"]));
    let known = UserSeed {
        creation_type: Some("Invitation".to_owned()),
        mail: Some("annie.adams@contoso.example".to_owned()),
        on_premises_sync_enabled: true,
        ..UserSeed::named("Known Annie")
    };
    seed.tenants[1].users.push(known);
    let lab = Lab::with(seed, quick());
    lab.running(None);
    assert_eq!(code(&lab, "Annie Adams"), failure("CannotUpdateObjectsMasteredOnPremises"));
}

#[test]
fn a_directory_whose_quota_is_used_up() {
    let lab = Lab::with(seed_with(named(&["Annie Adams"])), quick());
    lab.script(Change::Quota { tenant: lab.id(1), users: Some(1) });
    lab.running(None);
    assert_eq!(code(&lab, "Annie Adams"), failure("AzureActiveDirectoryQuotaLimitExceeded"));
}

#[test]
fn mail_that_cannot_be_invited() {
    let user =
        UserSeed { mail: Some("annie+one@contoso.example".to_owned()), ..UserSeed::named("Annie Adams") };
    let lab = Lab::with(seed_with(vec![user]), quick());
    lab.running(None);
    assert_eq!(code(&lab, "Annie Adams"), failure("InvitationCreationFailure"));
}

#[test]
fn a_property_value_that_is_invalid() {
    let name = "A".repeat(257);
    let user =
        UserSeed { user_principal_name: Some("long@contoso.example".to_owned()), ..UserSeed::named(&*name) };
    let lab = Lab::with(seed_with(vec![user]), quick());
    lab.running(None);
    assert_eq!(code(&lab, &name), failure("InvitationCreationFailureInvalidPropertyValue"));
}

#[test]
fn an_address_that_another_user_of_the_target_holds_as_proxy_address() {
    let mut seed = seed_with(named(&["Annie Adams"]));
    let holder = UserSeed {
        proxy_addresses: vec!["smtp:ANNIE.ADAMS@contoso.example".to_owned()],
        ..UserSeed::named("Proxy Holder")
    };
    seed.tenants[1].users.push(holder);
    let lab = Lab::with(seed, quick());
    lab.running(None);
    assert_eq!(code(&lab, "Annie Adams"), failure("InvitationCreationFailureAmbiguousUser"));
    let holder = format!("/users/{}", lab.user_id(1, "Proxy Holder"));
    lab.patch(1, &holder, json!({"proxyAddresses": ["SMTP:proxy.holder@fabrikam.example"]}), 204);
    lab.cycle();
    assert!(lab.has(1, "Annie Adams"), "tried again once the duplicate is cleaned");
}

#[test]
fn secrets_that_are_missing_are_invalid_credentials() {
    let lab = Lab::new(2, quick());
    let sync = lab.configure(0, 1, true);
    lab.secrets(&sync, &[("AuthenticationType", "Basic")]);
    lab.start(&sync);
    assert_eq!(lab.job(&sync)["status"]["quarantine"]["error"]["code"], "InvalidCredentials");
}
