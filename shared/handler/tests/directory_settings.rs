//! What a tenant wants to have set about its fellows, in the tenant directory.

use mto_handler::Directory;
use mto_messages::{InboundTrust, Templates, TenantId, Verb};
use mto_reconcile::settings::{DirectConnect, WantedSettings};
use rstest::rstest;
use serde_json::{Value, json};

const TENANT: &str = "00000001-1111-4111-8111-111111111111";

fn directory(settings: Option<Value>, external: bool) -> Result<Directory, String> {
    let mut tenant = json!({"tenantId": TENANT, "name": "contoso"});
    if external {
        tenant["external"] = json!(true);
    } else {
        let credential = json!({"clientSecret": {"env": "CONTOSO_SECRET"}});
        tenant["application"] = json!({"clientId": "app", "credential": credential});
    }
    if let Some(settings) = settings {
        tenant["settings"] = settings;
    }
    let document = json!({"tenants": [tenant]}).to_string();
    Directory::parse(&document, "MTO_DIRECTORY", Verb::Sync).map_err(|error| error.to_string())
}

/// What is wanted, where the entry says something.
fn wanted(settings: Option<Value>) -> Option<WantedSettings> {
    let tenant: TenantId = TENANT.parse().ok()?;
    directory(settings, false).ok()?.settings().remove(&tenant)
}

#[test]
fn without_settings_nothing_is_said_and_an_empty_one_wants_what_synchronization_needs() {
    assert!(directory(None, false).is_ok());
    assert_eq!(wanted(None), None);
    let default = WantedSettings::default();
    assert!(default.automatic_redemption && default.inbound_sync);
    assert_eq!((default.inbound_trust, default.b2b_direct_connect), (None, None));
    assert_eq!(wanted(Some(json!({}))), Some(default));
}

#[rstest]
#[case(
    json!({"automaticRedemption": false, "inboundSync": false}),
    WantedSettings { automatic_redemption: false, inbound_sync: false, ..WantedSettings::default() }
)]
#[case(
    json!({"inboundTrust": {"isMfaAccepted": true, "isCompliantDeviceAccepted": false,
        "isHybridAzureADJoinedDeviceAccepted": true}}),
    WantedSettings {
        inbound_trust: Some(InboundTrust {
            is_mfa_accepted: Some(true),
            is_compliant_device_accepted: Some(false),
            is_hybrid_azure_ad_joined_device_accepted: Some(true),
        }),
        ..WantedSettings::default()
    }
)]
#[case(
    json!({"b2bDirectConnect": {"outbound": true}}),
    WantedSettings {
        b2b_direct_connect: Some(DirectConnect { inbound: false, outbound: true }),
        ..WantedSettings::default()
    }
)]
#[case(
    json!({"templates": "admin-center"}),
    WantedSettings { templates: Some(Templates::AdminCenter), ..WantedSettings::default() }
)]
fn every_setting_is_read(#[case] settings: Value, #[case] expected: WantedSettings) {
    assert_eq!(wanted(Some(settings)), Some(expected));
}

#[rstest]
#[case(json!({"autoRedemption": true}), "unknown field `autoRedemption`")]
#[case(json!({"inboundSync": "yes"}), "tenants[0].settings.inboundSync")]
#[case(json!({"inboundTrust": {"mfa": true}}), "unknown field `mfa`")]
#[case(json!({"inboundTrust": {"isHybridAzureAdJoinedDeviceAccepted": true}}), "isHybridAzureADJoinedDeviceAccepted")]
#[case(json!({"b2bDirectConnect": true}), "tenants[0].settings.b2bDirectConnect")]
#[case(json!({"b2bDirectConnect": {"inbound": true, "users": []}}), "unknown field `users`")]
#[case(json!({"templates": "admin"}), "tenants[0].settings.templates")]
fn a_wrong_setting_stops_the_start_and_names_the_field(#[case] settings: Value, #[case] expected: &str) {
    let error = directory(Some(settings), false).err().unwrap_or_default();
    assert!(error.contains("tenants[0].settings") && error.contains(expected), "{error}");
}

#[test]
fn settings_of_an_external_tenant_have_no_effect_and_are_refused() {
    let error = directory(Some(json!({})), true).err().unwrap_or_default();
    assert!(error.contains("tenants[0].settings: has no effect on an external tenant"), "{error}");
}
