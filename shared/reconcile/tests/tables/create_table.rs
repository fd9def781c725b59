//! create, row by row of the table in `src/create.rs`.

use crate::support::*;
use mto_messages::{
    AddData, ApplicationLevel, AutomaticUserConsentSettings, CommandData, IdentitySynchronizationTemplate,
    InboundTrust, JoinWish, Journal, NewTenant, PartnerConfigurationTemplate, SyncWish, TemplateValues,
    Templates, TenantId, TenantRef, Then, UserSyncInbound,
};
use mto_reconcile::add::Wanted;
use mto_reconcile::create::{Aim, Observed, decide};
use mto_reconcile::{
    Change, Decision, Finish, JoinRequest, MemberRow, MemberState, OrganizationView, Progress, Reason, Step,
};
use rstest::rstest;
use time::Duration;

const CREATE: &str = "create-organization";
const UPDATE: &str = "update-organization";
const ACCEPTED: &str = "settling: accepted join request of this tenant";

/// One look. The plain one: the owner is in no organization.
type Scene = OneLook<Aim, Observed>;

fn scene() -> Scene {
    Scene {
        aim: Aim {
            owner: OWNER,
            display_name: "Contoso group".to_owned(),
            description: None,
            update: false,
            tenants: Vec::new(),
            templates: None,
            then: None,
        },
        observed: Observed {
            own: OrganizationView::none(),
            request: Some(JoinRequest::default()),
            templates: None,
        },
        journal: Journal::default(),
    }
}

/// The organization is there, with the owner and these rows.
fn formed(rows: Vec<MemberRow>) -> Scene {
    let mut scene = scene().own(organization([vec![owner(OWNER)], rows].concat()));
    scene.observed.request = None;
    scene
}

fn wanted(tenant: TenantId) -> Wanted {
    Wanted { tenant, display_name: "Fabrikam".to_owned(), role: None, external: false }
}

fn join() -> Then {
    Then { join: Some(JoinWish::default()), sync: None }
}

impl Scene {
    fn own(mut self, own: OrganizationView) -> Self {
        self.observed.own = own;
        self
    }

    fn request(mut self, request: JoinRequest) -> Self {
        self.observed.request = Some(request);
        self
    }

    fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.aim.display_name);
        self
    }

    fn described(mut self, text: &str) -> Self {
        self.aim.description = Some(text.to_owned());
        self
    }

    fn update(mut self) -> Self {
        self.aim.update = true;
        self
    }

    fn wanting(mut self, tenants: &[TenantId]) -> Self {
        self.aim.tenants = tenants.iter().copied().map(wanted).collect();
        self
    }

    fn then(mut self, then: Then) -> Self {
        self.aim.then = Some(then);
        self
    }

    fn templates(mut self, wanted: Templates, seen: TemplateValues) -> Self {
        self.aim.templates = Some(wanted);
        self.observed.templates = Some(seen);
        self
    }

    fn decide(&self) -> Decision {
        with_timing(|timing| decide(&self.aim, &self.observed, &self.journal, timing))
    }
}

#[rstest]
#[case::in_none_it_creates(scene(), "act create-organization")]
#[case::a_creation_does_not_show_at_once(
    scene().wrote(CREATE, None, Duration::minutes(9)), "wait creation-not-visible"
)]
#[case::nor_one_without_an_answer(
    scene().answered(CREATE, None, Duration::seconds(59), None), "wait creation-not-visible"
)]
#[case::after_a_minute_that_one_is_sent_again(
    scene().answered(CREATE, None, Duration::minutes(1), None), "act create-organization"
)]
#[case::after_ten_minutes_it_is_created_again(
    scene().wrote(CREATE, None, Duration::minutes(10)), "act create-organization"
)]
#[case::a_refused_creation_is_sent_again(
    scene().answered(CREATE, None, Duration::ZERO, Some(400)), "act create-organization"
)]
#[case::while_a_creation_settles_an_own_request_means_nothing(
    scene().request(asked(OTHER, Progress::Running)).wrote(CREATE, None, Duration::ZERO),
    "wait creation-not-visible"
)]
#[case::a_tenant_that_is_joining_elsewhere_is_rejected(
    scene().request(asked(OTHER, Progress::NotStarted)), "rejected join-elsewhere"
)]
#[case::also_in_the_2023_sample_active_and_queued(
    scene().request(request(OTHER, MemberState::Active, Some(Progress::NotStarted))),
    "rejected join-elsewhere"
)]
#[case::a_join_that_failed_is_no_hindrance(
    scene().request(asked(OTHER, Progress::Failed)), "act create-organization"
)]
#[case::an_accepted_request_may_be_about_to_show(
    scene().request(request(OTHER, MemberState::Active, None)), &format!("wait {ACCEPTED}")
)]
#[case::not_believed_a_second_early(
    scene().request(request(OTHER, MemberState::Active, Some(Progress::Succeeded)))
        .waited(ACCEPTED, Duration::seconds(299)),
    &format!("wait {ACCEPTED}")
)]
#[case::after_five_minutes_it_is_the_record_of_an_earlier_membership(
    scene().request(request(OTHER, MemberState::Active, None)).waited(ACCEPTED, Duration::minutes(5)),
    "act create-organization"
)]
#[case::a_reset_request_is_none(
    scene().request(JoinRequest { owner: None, ..asked(OTHER, Progress::Running) }), "act create-organization"
)]
#[case::an_unknown_status_of_the_request(scene().request(asked(OTHER, odd_progress())), "wait unrecognised")]
#[case::an_unknown_state_of_the_organization(scene().own(odd_organization()), "wait unrecognised")]
#[case::an_own_row_that_does_not_show(
    scene().own(organization(vec![])), "wait settling: own row in the list"
)]
#[case::an_owner_that_is_being_removed(
    scene().own(organization(vec![leaving(owner(OWNER))])), "wait being-removed"
)]
#[case::an_unknown_role_of_the_owner(
    scene().own(organization(vec![odd_role(active(OWNER))])), "wait unrecognised"
)]
#[case::an_unknown_state_of_the_owner(
    scene().own(organization(vec![odd_state(owner(OWNER))])), "wait unrecognised"
)]
#[case::a_member_of_somebody_elses_is_rejected(
    scene().own(organization(vec![active(OWNER), owner(OTHER)])), "rejected not-an-owner"
)]
#[case::it_exists(formed(vec![]), "succeeded")]
#[case::another_name_is_left_alone(formed(vec![]).named("Contoso"), "succeeded")]
#[case::another_name_is_changed_with_update(formed(vec![]).named("Contoso").update(), "act update-organization")]
#[case::the_same_name_is_not_changed(formed(vec![]).update(), "succeeded")]
#[case::another_description_is_left_alone(formed(vec![]).described("All of us"), "succeeded")]
#[case::another_description_is_changed_with_update(
    formed(vec![]).described("All of us").update(), "act update-organization"
)]
#[case::a_change_of_the_name_does_not_show_at_once(
    formed(vec![]).named("Contoso").update().wrote(UPDATE, None, Duration::minutes(9)),
    "wait settling: change of the organization's name"
)]
#[case::a_name_that_differs_after_that_is_somebody_elses_later_wish(
    formed(vec![]).named("Contoso").update().wrote(UPDATE, None, Duration::minutes(10)),
    "succeeded"
)]
#[case::a_change_of_unknown_fate_is_made_again(
    formed(vec![]).named("Contoso").update().answered(UPDATE, None, Duration::minutes(1), None),
    "act update-organization"
)]
#[case::the_name_comes_before_the_templates(
    formed(vec![]).named("Contoso").update().templates(Templates::AdminCenter, TemplateValues::default()),
    "act update-organization"
)]
#[case::templates_are_set(
    formed(vec![]).templates(Templates::AdminCenter, TemplateValues::default()),
    "act set-partner-template, set-identity-template"
)]
#[case::templates_do_not_show_at_once(
    formed(vec![]).templates(Templates::AdminCenter, TemplateValues::default())
        .wrote("set-partner-template", None, Duration::minutes(9))
        .wrote("set-identity-template", None, Duration::minutes(9)),
    "wait settling: change of the templates"
)]
#[case::templates_are_not_set_before_it_exists(
    scene().templates(Templates::AdminCenter, TemplateValues::default()), "act create-organization"
)]
#[case::templates_that_are_set_are_left_alone(
    formed(vec![]).templates(Templates::AdminCenter, Templates::AdminCenter.values()), "succeeded"
)]
#[case::tenants_alone_are_not_waited_for(formed(vec![]).wanting(&[US]), "succeeded")]
#[case::with_then_join_all_are_waited_for(
    formed(vec![active(US), pending(OTHER)]).wanting(&[US, OTHER]).then(join()), "wait waiting-for-members"
)]
#[case::until_they_are_active(
    formed(vec![active(US), active(OTHER)]).wanting(&[US, OTHER]).then(join()), "succeeded"
)]
#[case::one_that_is_being_removed_is_not_active(
    formed(vec![leaving(active(US))]).wanting(&[US]).then(join()), "wait waiting-for-members"
)]
#[case::one_in_an_unknown_state_is_not_active(
    formed(vec![odd_state(active(US))]).wanting(&[US]).then(join()), "wait waiting-for-members"
)]
#[case::then_join_of_nobody_is_over_at_once(formed(vec![]).then(join()), "succeeded")]
fn the_first_row_that_matches_wins(#[case] scene: Scene, #[case] expected: &str) {
    assert_eq!(line(&scene.decide().step), expected);
}

#[test]
fn it_creates_with_name_and_description() {
    let expected = Change::CreateOrganization {
        display_name: "Contoso group".to_owned(),
        description: Some("All of us".to_owned()),
    };
    assert_eq!(scene().described("All of us").decide().step, Step::act(OWNER, vec![expected]));
}

#[test]
fn only_what_differs_of_name_and_description_is_sent() {
    let expected =
        Change::UpdateOrganization { display_name: None, description: Some("All of us".to_owned()) };
    assert_eq!(
        formed(vec![]).described("All of us").update().decide().step,
        Step::act(OWNER, vec![expected])
    );
}

#[test]
fn a_name_that_was_left_alone_is_told() {
    let told = |scene: &Scene| notes(&scene.decide()).iter().any(|note| note.contains("left alone"));
    assert!(told(&formed(vec![]).named("Contoso")));
    assert!(!told(&formed(vec![])));
}

#[test]
fn a_rejection_names_the_other_owner() {
    let reason = Reason::JoinElsewhere { tenant: OWNER, owner: OTHER };
    let decision = scene().request(asked(OTHER, Progress::Running)).decide();
    assert_eq!(decision.step, Step::Finish(Finish::Rejected(reason)));
}

#[test]
fn those_that_are_not_active_are_named() {
    let scene = formed(vec![active(US), pending(OTHER)]).wanting(&[US, OTHER, FOURTH]).then(join());
    let Step::Wait(wait) = scene.decide().step else { panic!("it waits") };
    assert_eq!(wait.reason, Reason::WaitingForMembers(vec![OTHER, FOURTH]));
}

// Templates: what is sent

fn consent(inbound: Option<bool>, outbound: Option<bool>) -> PartnerConfigurationTemplate {
    let settings = AutomaticUserConsentSettings { inbound_allowed: inbound, outbound_allowed: outbound };
    PartnerConfigurationTemplate {
        automatic_user_consent_settings: Some(settings),
        ..PartnerConfigurationTemplate::default()
    }
}

fn trust(mfa: Option<bool>, device: Option<bool>) -> PartnerConfigurationTemplate {
    let trust = InboundTrust {
        is_mfa_accepted: mfa,
        is_compliant_device_accepted: device,
        ..InboundTrust::default()
    };
    PartnerConfigurationTemplate { inbound_trust: Some(trust), ..PartnerConfigurationTemplate::default() }
}

fn levels(levels: Option<&[ApplicationLevel]>) -> PartnerConfigurationTemplate {
    PartnerConfigurationTemplate {
        template_application_level: levels.map(<[ApplicationLevel]>::to_vec),
        ..PartnerConfigurationTemplate::default()
    }
}

const NEW: ApplicationLevel = ApplicationLevel::NewPartners;
const EXISTING: ApplicationLevel = ApplicationLevel::ExistingPartners;

#[rstest]
#[case::a_value_that_is_absent(
    consent(Some(true), None),
    consent(None, None),
    Some(consent(Some(true), None))
)]
#[case::the_whole_complex_value_with_what_is_there(
    consent(Some(true), None),
    consent(None, Some(false)),
    Some(consent(Some(true), Some(false)))
)]
#[case::nothing_if_it_is_there(consent(Some(true), None), consent(Some(true), Some(false)), None)]
#[case::nothing_if_nothing_is_wanted(consent(None, None), consent(Some(true), None), None)]
#[case::a_false_over_a_true(
    consent(Some(false), None),
    consent(Some(true), Some(true)),
    Some(consent(Some(false), Some(true)))
)]
#[case::trust_whole_too(
    trust(Some(true), None),
    trust(None, Some(true)),
    Some(trust(Some(true), Some(true)))
)]
#[case::not_what_is_not_wanted(trust(None, None), consent(Some(true), None), None)]
#[case::levels_whatever_their_order(levels(Some(&[NEW, EXISTING])), levels(Some(&[EXISTING, NEW, NEW])), None)]
#[case::levels_that_differ(
    levels(Some(&[EXISTING, NEW])), levels(Some(&[NEW])), Some(levels(Some(&[NEW, EXISTING])))
)]
#[case::levels_to_be_switched_off(levels(Some(&[])), levels(Some(&[NEW])), Some(levels(Some(&[]))))]
#[case::not_levels_that_are_off(levels(Some(&[])), levels(Some(&[])), None)]
fn of_a_partner_template_is_sent(
    #[case] wanted: PartnerConfigurationTemplate,
    #[case] seen: PartnerConfigurationTemplate,
    #[case] sent: Option<PartnerConfigurationTemplate>,
) {
    let values =
        |template| TemplateValues { partner_configuration: Some(template), ..TemplateValues::default() };
    let scene = formed(vec![]).templates(Templates::Values(values(wanted)), values(seen));
    let step = scene.decide().step;
    match sent {
        Some(sent) => assert_eq!(step, Step::act(OWNER, vec![Change::SetPartnerTemplate(sent)])),
        None => assert!(!matches!(step, Step::Act(_)), "{step:?}"),
    }
}

#[test]
fn only_the_template_that_differs_is_sent() {
    let seen = TemplateValues { identity_synchronization: None, ..Templates::AdminCenter.values() };
    let sent = IdentitySynchronizationTemplate {
        user_sync_inbound: Some(UserSyncInbound { is_sync_allowed: Some(true) }),
        template_application_level: None,
    };
    let step = formed(vec![]).templates(Templates::AdminCenter, seen).decide().step;
    assert_eq!(step, Step::act(OWNER, vec![Change::SetIdentityTemplate(sent)]));
}

#[rstest]
#[case::a_value_that_differs(Some(false), Some(true), true)]
#[case::not_one_that_is_there(Some(true), Some(true), false)]
#[case::not_one_nobody_asked_for(None, Some(true), false)]
fn of_an_identity_template_is_sent(
    #[case] wanted: Option<bool>,
    #[case] seen: Option<bool>,
    #[case] sent: bool,
) {
    let values = |is_sync_allowed| {
        let template = IdentitySynchronizationTemplate {
            user_sync_inbound: Some(UserSyncInbound { is_sync_allowed }),
            template_application_level: None,
        };
        TemplateValues { identity_synchronization: Some(template), ..TemplateValues::default() }
    };
    let decision = formed(vec![]).templates(Templates::Values(values(wanted)), values(seen)).decide();
    assert_eq!(line(&decision.step), if sent { "act set-identity-template" } else { "succeeded" });
}

#[test]
fn templates_nobody_asked_for_are_left_alone() {
    let mut scene = formed(vec![]);
    scene.observed.templates = Some(Templates::AdminCenter.values());
    assert_eq!(line(&scene.decide().step), "succeeded");
}

// What follows

#[rstest]
#[case::not_before_it_exists(scene().wanting(&[US]), false)]
#[case::not_before_the_templates_are_set(
    formed(vec![]).wanting(&[US]).templates(Templates::AdminCenter, TemplateValues::default()), false
)]
#[case::as_soon_as_it_exists(formed(vec![]).wanting(&[US]), true)]
#[case::not_without_tenants(formed(vec![]).then(join()), false)]
#[case::while_members_are_waited_for(formed(vec![pending(US)]).wanting(&[US]).then(join()), true)]
#[case::not_once_all_are_active(formed(vec![active(US)]).wanting(&[US]).then(join()), false)]
#[case::all_the_same_for_what_follows_a_join(
    formed(vec![active(US)]).wanting(&[US]).then(Then { sync: Some(SyncWish::default()), ..join() }), true
)]
#[case::not_by_a_mere_member(scene().own(organization(vec![active(OWNER)])).wanting(&[US]), false)]
fn add_is_posted(#[case] scene: Scene, #[case] posted: bool) {
    assert_eq!(scene.decide().children.len(), usize::from(posted));
}

#[test]
fn add_is_posted_for_a_role_that_differs() {
    let mut scene = formed(vec![active(US)]).wanting(&[US]);
    scene.aim.tenants[0].role = Some(mto_messages::Role::Owner);
    assert_eq!(scene.decide().children.len(), 1);
}

#[test]
fn add_names_all_tenants_and_what_follows() {
    let decision = formed(vec![active(US)]).wanting(&[US, OTHER]).then(join()).decide();
    let new = |tenant| NewTenant {
        tenant: TenantRef::from(tenant),
        display_name: "Fabrikam".to_owned(),
        role: None,
    };
    let expected = AddData {
        owner: TenantRef::from(OWNER),
        tenants: vec![new(US), new(OTHER)],
        then: Some(join()),
        dry_run: false,
    };
    assert_eq!(decision.children[0].data, CommandData::Add(expected));
}

#[rstest]
#[case::with_tenants_that_are_to_join(scene().wanting(&[US]).then(join()), true)]
#[case::not_without_tenants(scene().then(join()), false)]
#[case::not_without_join(scene().wanting(&[US]), false)]
#[case::not_with_sync_alone(
    scene().wanting(&[US]).then(Then { join: None, sync: Some(SyncWish::default()) }), false
)]
fn it_aims_at_members(#[case] scene: Scene, #[case] aims: bool) {
    assert_eq!(scene.aim.aims_at_members(), aims);
}

#[test]
fn templates_that_are_to_be_the_services_own_are_reset_where_they_differ() {
    let set = Templates::AdminCenter.values();
    let step = formed(vec![]).templates(Templates::Default, set).decide().step;
    assert_eq!(step, Step::act(OWNER, vec![Change::ResetPartnerTemplate, Change::ResetIdentityTemplate]));
}

#[rstest]
#[case::levels_in_another_order(Some(vec![ApplicationLevel::ExistingPartners, ApplicationLevel::NewPartners]), "succeeded")]
#[case::a_level_is_missing(Some(vec![ApplicationLevel::NewPartners]), "act reset-identity-template")]
fn of_templates_that_are_the_services_own_only_the_other_one_is_reset(
    #[case] template_application_level: Option<Vec<ApplicationLevel>>,
    #[case] expected: &str,
) {
    let partner_configuration = Some(PartnerConfigurationTemplate {
        automatic_user_consent_settings: Some(AutomaticUserConsentSettings::default()),
        ..Templates::Default.values().partner_configuration.unwrap()
    });
    let identity_synchronization = Some(IdentitySynchronizationTemplate {
        user_sync_inbound: Some(UserSyncInbound::default()),
        template_application_level,
    });
    let seen = TemplateValues { partner_configuration, identity_synchronization };
    let step = formed(vec![]).templates(Templates::Default, seen).decide().step;
    assert_eq!(line(&step), expected);
}
