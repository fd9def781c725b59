//! Reference 4.

use entra_simulator::{ExistingPartners, Options};
use rstest::rstest;
use serde_json::{Value, json};

use super::support::{IDENTITY_TEMPLATE, JOIN_SECONDS, Lab, MTO, PARTNER_TEMPLATE, PARTNERS, assert_has};

#[test]
fn untouched_templates_have_the_documented_defaults() {
    let lab = Lab::new(1, Options::default());
    assert_has(
        &lab.get(0, PARTNER_TEMPLATE),
        &json!({
            "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#policies/crossTenantAccessPolicy/templates/multiTenantOrganizationPartnerConfiguration/$entity",
            "templateApplicationLevel": "newPartners,existingPartners", "inboundTrust": null,
            "b2bCollaborationOutbound": null, "b2bCollaborationInbound": null, "b2bDirectConnectOutbound": null,
            "b2bDirectConnectInbound": null,
            "automaticUserConsentSettings": {"inboundAllowed": null, "outboundAllowed": null},
        }),
    );
    assert_has(
        &lab.get(0, IDENTITY_TEMPLATE),
        &json!({"templateApplicationLevel": "newPartners,existingPartners",
            "userSyncInbound": {"isSyncAllowed": null}}),
    );
}

#[rstest]
#[case(json!("none"), Some("none"))]
#[case(json!("newPartners"), Some("newPartners"))]
#[case(json!("existingPartners, newPartners"), Some("newPartners,existingPartners"))]
#[case(json!(""), Some("none"))]
#[case(Value::Null, Some("none"))]
#[case(json!("everybody"), None)]
fn levels_are_flags_and_empty_means_none(#[case] sent: Value, #[case] kept: Option<&str>) {
    let lab = Lab::new(1, Options::default());
    let body = json!({"templateApplicationLevel": sent});
    lab.patch(0, PARTNER_TEMPLATE, body, if kept.is_some() { 204 } else { 400 });
    let level = lab.get(0, PARTNER_TEMPLATE)["templateApplicationLevel"].clone();
    assert_eq!(level, kept.unwrap_or("newPartners,existingPartners"));
}

#[test]
fn reset_returns_to_the_default_and_touches_no_partner() {
    let lab = Lab::new(2, Options::default());
    lab.patch(0, IDENTITY_TEMPLATE, json!({"userSyncInbound": {"isSyncAllowed": true}}), 204);
    lab.patch(0, PARTNER_TEMPLATE, json!({"inboundTrust": {"isMfaAccepted": true}}), 204);
    formed_with(&lab);
    for template in [IDENTITY_TEMPLATE, PARTNER_TEMPLATE] {
        lab.post(0, &format!("{template}/resetToDefaultSettings"), Value::Null, 204);
    }
    assert_eq!(lab.get(0, IDENTITY_TEMPLATE)["userSyncInbound"], json!({"isSyncAllowed": null}));
    assert_eq!(lab.get(0, &lab.partner(1))["inboundTrust"], json!({"isMfaAccepted": true}));
    assert_eq!(synchronized(&lab, 0, 1), json!(true));
}

fn formed_with(lab: &Lab) {
    lab.put(0, MTO, json!({"displayName": "Group"}), 201);
    lab.add(0, 1);
    lab.join(1, 0);
    lab.pass(JOIN_SECONDS);
}

fn synchronized(lab: &Lab, host: usize, other: usize) -> Value {
    lab.get(host, &format!("{}/identitySynchronization", lab.partner(other)))["userSyncInbound"]["isSyncAllowed"].clone()
}

#[test]
fn untouched_templates_leave_unconfigured_records_on_both_sides() {
    let lab = Lab::new(2, Options::default());
    formed_with(&lab);
    for (host, other) in [(0, 1), (1, 0)] {
        assert_has(
            &lab.get(host, &lab.partner(other)),
            &json!({"inboundTrust": null, "isInMultiTenantOrganization": true,
                "automaticUserConsentSettings": {"inboundAllowed": null, "outboundAllowed": null}}),
        );
        assert_eq!(synchronized(&lab, host, other), Value::Null);
    }
}

#[test]
fn each_side_gets_its_own_templates_and_old_pairs_stay_as_they_were() {
    let lab = Lab::formed(1, Options::default());
    let redemption = json!({"inboundAllowed": true, "outboundAllowed": true});
    // the newcomer 2 and the old member 1 have templates, the owner 0 has none
    lab.patch(2, PARTNER_TEMPLATE, json!({"automaticUserConsentSettings": redemption}), 204);
    lab.patch(1, IDENTITY_TEMPLATE, json!({"userSyncInbound": {"isSyncAllowed": true}}), 204);
    lab.add(0, 2);
    lab.join(2, 0);
    lab.pass(JOIN_SECONDS);
    for old in [0, 1] {
        assert_eq!(lab.get(2, &lab.partner(old))["automaticUserConsentSettings"], redemption);
    }
    assert_eq!(synchronized(&lab, 1, 2), json!(true));
    assert_eq!(synchronized(&lab, 0, 2), Value::Null);
    assert_eq!(synchronized(&lab, 1, 0), Value::Null, "an existing pair is not reached");
}

/// A partner that exists before the join, or does not; the level; the switch of 9.4 row 13.
#[rstest]
#[case::new_and_both(false, "newPartners,existingPartners", ExistingPartners::PerTemplateLevel, true)]
#[case::old_and_both(true, "newPartners,existingPartners", ExistingPartners::PerTemplateLevel, true)]
#[case::new_and_new_only(false, "newPartners", ExistingPartners::PerTemplateLevel, true)]
#[case::old_and_new_only(true, "newPartners", ExistingPartners::PerTemplateLevel, false)]
#[case::new_and_old_only(false, "existingPartners", ExistingPartners::PerTemplateLevel, false)]
#[case::old_and_old_only(true, "existingPartners", ExistingPartners::PerTemplateLevel, true)]
#[case::new_and_none(false, "none", ExistingPartners::PerTemplateLevel, false)]
#[case::old_and_none(true, "none", ExistingPartners::PerTemplateLevel, false)]
#[case::old_is_kept(true, "newPartners,existingPartners", ExistingPartners::Kept, false)]
#[case::old_is_updated(true, "none", ExistingPartners::Updated, true)]
fn the_level_decides_which_partners_get_the_values(
    #[case] existed: bool,
    #[case] level: &str,
    #[case] existing_partners_at_join: ExistingPartners,
    #[case] written: bool,
) {
    let lab = Lab::new(2, Options { existing_partners_at_join, ..Options::default() });
    if existed {
        let body = json!({"tenantId": lab.id(1), "inboundTrust": {"isCompliantDeviceAccepted": true}});
        lab.post(0, PARTNERS, body, 201);
    }
    let template = json!({"templateApplicationLevel": level, "inboundTrust": {"isMfaAccepted": true, "isCompliantDeviceAccepted": null}});
    lab.patch(0, PARTNER_TEMPLATE, template, 204);
    let identity = json!({"templateApplicationLevel": level, "userSyncInbound": {"isSyncAllowed": true}});
    lab.patch(0, IDENTITY_TEMPLATE, identity, 204);
    formed_with(&lab);
    let trust = lab.get(0, &lab.partner(1))["inboundTrust"].clone();
    assert_eq!(trust["isMfaAccepted"] == true, written, "{trust}");
    assert_eq!(synchronized(&lab, 0, 1) == true, written);
    if existed {
        assert_eq!(trust["isCompliantDeviceAccepted"], true, "a null in the template leaves alone");
    }
}

#[test]
fn select_on_templates_is_a_switch() {
    for (template_select, properties) in [(true, 2), (false, 9)] {
        let lab = Lab::new(1, Options { template_select, ..Options::default() });
        let shown = lab.get(0, &format!("{PARTNER_TEMPLATE}?$select=inboundTrust"));
        assert_eq!(shown.as_object().expect("an object").len(), properties);
    }
}
