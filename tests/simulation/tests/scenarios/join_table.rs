//! Each row of the design's join table, as a whole command in virtual time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use entra_simulator::{Change, MemberRole, MemberState, Seed};
use mto_simulation_tests::{Scene, Stage, command, join, seed_with_organization};
use serde_json::{Value, json};
use time::Duration;

const PENDING: (&str, MemberRole, MemberState) = ("fabrikam", MemberRole::Member, MemberState::Pending);
const ACTIVE: (&str, MemberRole, MemberState) = ("fabrikam", MemberRole::Member, MemberState::Active);

/// Fabrikam is told to join Contoso's organization.
struct Scenario {
    stage: Stage,
    data: Value,
    /// What others have done before.
    before: fn(&Scene),
    /// What others do later, and how long after the first look.
    later: (Duration, fn(&Scene)),
    /// Kind of the last word, and the code of its reason.
    ends: (&'static str, &'static str),
    /// What it is told to wait for.
    waits_for: &'static [&'static str],
    /// What it writes.
    writes: &'static [&'static str],
}

impl Scenario {
    /// A join that finds its row and simply succeeds.
    fn new(seed: Seed) -> Self {
        Self {
            stage: Stage::with(seed),
            data: json!({}),
            before: |_| {},
            later: (Duration::ZERO, |_| {}),
            ends: ("succeeded", ""),
            waits_for: &["joining"],
            writes: &["request-join"],
        }
    }

    async fn check(self) -> Scene {
        let scene = self.stage.build();
        (self.before)(&scene);
        scene.post(&join("J1", "fabrikam", &self.data)).await;
        scene.look().await;
        let (time, later) = self.later;
        scene.run_for(time).await;
        later(&scene);
        scene.run().await;
        let end = scene.end("J1");
        assert_eq!((end.kind(), end.code()), self.ends, "{}", end.summary());
        assert_eq!(scene.waited_for("J1"), self.waits_for);
        assert_eq!(end.writes(), self.writes);
        assert_eq!(scene.writes().len(), self.writes.len(), "every write is told");
        scene
    }
}

#[tokio::test]
async fn row_1_a_tenant_that_is_to_join_itself_is_rejected() {
    let scene = Scene::new(2);
    scene.post(&join("J1", "contoso", &json!({}))).await;
    scene.run().await;
    assert_eq!(scene.verdict("J1"), ("rejected".to_owned(), "same-tenant".to_owned()));
    assert!(scene.writes().is_empty());
}

#[tokio::test]
async fn row_1_an_owner_without_an_organization_is_waited_for() {
    let scenario = Scenario {
        later: (Duration::minutes(20), |scene| {
            scene.admin("contoso").creates("Group");
            scene.admin("contoso").adds("fabrikam", "member");
        }),
        waits_for: &["owner-has-no-organization", "joining"],
        ..Scenario::new(Seed::demo(2))
    };
    let scene = scenario.check().await;
    let wait = &scene.waits("J1")[0];
    assert!(wait.remedy().contains("mto.create.v1"), "{}", wait.remedy());
    assert_eq!(scene.row("contoso", "fabrikam"), "member active");
}

#[tokio::test]
async fn row_2_an_active_member_has_succeeded_already() {
    let seed = seed_with_organization(2, &[ACTIVE]);
    Scenario { waits_for: &[], writes: &[], ..Scenario::new(seed) }.check().await;
}

#[tokio::test]
async fn row_2_any_active_member_may_be_named_as_owner_once_we_are_inside() {
    let tailspin = ("tailspin", MemberRole::Member, MemberState::Active);
    let scene = Stage::with(seed_with_organization(3, &[ACTIVE, tailspin])).build();
    scene.post(&command("join", "J1", &json!({"tenant": "fabrikam", "owner": "tailspin"}))).await;
    scene.run().await;
    assert_eq!(scene.verdict("J1").0, "succeeded");
    assert!(scene.writes().is_empty());
}

#[tokio::test]
async fn row_2_a_role_change_of_ours_is_waited_for() {
    let scenario = Scenario {
        before: |scene| scene.admin("contoso").makes("fabrikam", "owner"),
        waits_for: &["role-changing"],
        writes: &[],
        ..Scenario::new(seed_with_organization(2, &[ACTIVE]))
    };
    let scene = scenario.check().await;
    assert_eq!(scene.row("contoso", "fabrikam"), "owner active");
}

#[tokio::test]
async fn row_3_a_tenant_in_another_organization_is_rejected() {
    let scenario = Scenario {
        before: |scene| scene.admin("fabrikam").creates("Of its own"),
        ends: ("rejected", "in-another-organization"),
        waits_for: &[],
        writes: &[],
        ..Scenario::new(seed_with_organization(2, &[PENDING]))
    };
    let scene = scenario.check().await;
    assert!(scene.end("J1").remedy().contains("leave that organization first"));
}

#[tokio::test]
async fn row_4_a_removal_of_ours_is_waited_for_and_then_the_adding() {
    let scenario = Scenario {
        before: |scene| scene.admin("contoso").removes("fabrikam"),
        later: (Duration::minutes(30), |scene| scene.admin("contoso").adds("fabrikam", "member")),
        waits_for: &["being-removed", "not-added-yet", "joining"],
        ..Scenario::new(seed_with_organization(2, &[ACTIVE]))
    };
    let scene = scenario.check().await;
    assert_eq!(scene.row("contoso", "fabrikam"), "member active");
}

#[tokio::test]
async fn row_4_a_removal_of_the_pending_row_is_waited_for() {
    let scenario = Scenario {
        before: |scene| scene.admin("contoso").removes("fabrikam"),
        later: (Duration::minutes(30), |scene| scene.admin("contoso").adds("fabrikam", "member")),
        waits_for: &["being-removed", "not-added-yet", "joining"],
        ..Scenario::new(seed_with_organization(2, &[PENDING]))
    };
    scenario.check().await;
}

#[tokio::test]
async fn row_5_a_request_that_somebody_else_sent_is_waited_for() {
    let scenario = Scenario {
        before: |scene| scene.admin("fabrikam").asks_to_join("contoso"),
        writes: &[],
        ..Scenario::new(seed_with_organization(2, &[PENDING]))
    };
    let scene = scenario.check().await;
    assert_eq!(scene.row("contoso", "fabrikam"), "member active");
}

#[tokio::test]
async fn row_6_a_join_elsewhere_under_way_is_rejected() {
    let scenario = Scenario {
        before: |scene| {
            scene.admin("tailspin").creates("Another");
            scene.admin("tailspin").adds("fabrikam", "member");
            scene.admin("fabrikam").asks_to_join("tailspin");
        },
        ends: ("rejected", "join-elsewhere"),
        waits_for: &[],
        writes: &[],
        ..Scenario::new(seed_with_organization(3, &[PENDING]))
    };
    let scene = scenario.check().await;
    assert!(scene.end("J1").text().contains("Tailspin"));
}

#[tokio::test]
async fn row_7_a_failed_join_is_reset_and_retried_after_its_pause() {
    let scenario = Scenario {
        before: |scene| scene.script(Change::FailJoins { tenant: scene.id("fabrikam"), count: 1 }),
        waits_for: &["joining", "pausing-after-failure", "joining"],
        writes: &["request-join", "reset-join", "request-join"],
        ..Scenario::new(seed_with_organization(2, &[PENDING]))
    };
    let scene = scenario.check().await;
    // Two hours of joining, two of pause, and two again.
    assert!((6 * 60..7 * 60).contains(&scene.elapsed().whole_minutes()), "{}", scene.elapsed());
    let times: Vec<_> = scene.writes().into_iter().map(|line| line.time).collect();
    assert_eq!(times[1], times[2], "asked again at once after the reset");
}

#[tokio::test]
async fn row_7_a_failure_from_before_is_reset_at_once() {
    // The failed request even names another tenant.
    let scenario = Scenario {
        before: |scene| {
            scene.script(Change::JoinDuration { tenant: scene.id("fabrikam"), seconds: Some(0) });
            scene.admin("fabrikam").asks_to_join("tailspin");
            scene.script(Change::JoinDuration { tenant: scene.id("fabrikam"), seconds: None });
        },
        writes: &["reset-join", "request-join"],
        ..Scenario::new(seed_with_organization(3, &[PENDING]))
    };
    let scene = scenario.check().await;
    assert!(scene.elapsed() < Duration::minutes(140), "{}", scene.elapsed());
}

#[tokio::test]
async fn row_8_a_join_that_fails_three_times_has_failed() {
    let scenario = Scenario {
        before: |scene| scene.script(Change::FailJoins { tenant: scene.id("fabrikam"), count: 9 }),
        ends: ("failed", "join-failed"),
        waits_for: &["joining", "pausing-after-failure", "joining", "pausing-after-failure", "joining"],
        writes: &["request-join", "reset-join", "request-join", "reset-join", "request-join"],
        ..Scenario::new(seed_with_organization(2, &[PENDING]))
    };
    let scene = scenario.check().await;
    let end = scene.end("J1");
    assert!(end.text().contains("DirectoryService Exception"), "the service's words: {}", end.text());
    assert!(end.text().contains("too many internal users"), "what is left: {}", end.text());
    assert!(end.remedy().contains("support case"), "{}", end.remedy());
    assert!(scene.elapsed() < Duration::hours(12), "within the budget");
}

#[tokio::test]
async fn row_9_a_tenant_that_was_taken_off_the_list_while_joining_is_rejected() {
    let scenario = Scenario {
        later: (Duration::minutes(30), |scene| scene.admin("contoso").removes("fabrikam")),
        ends: ("rejected", "removed-meanwhile"),
        // The service fails the join first, and the pause after a failure comes before the look at the owner.
        waits_for: &["joining", "pausing-after-failure", "settling"],
        writes: &["request-join", "reset-join"],
        ..Scenario::new(seed_with_organization(2, &[PENDING]))
    };
    let scene = scenario.check().await;
    assert!(scene.end("J1").remedy().contains("must add Fabrikam"), "{}", scene.end("J1").remedy());
}

#[tokio::test]
async fn row_10_a_tenant_that_is_not_added_yet_waits_and_says_who_has_to_act() {
    let scenario = Scenario {
        later: (Duration::hours(1), |scene| scene.admin("contoso").adds("fabrikam", "member")),
        waits_for: &["not-added-yet", "joining"],
        ..Scenario::new(seed_with_organization(2, &[]))
    };
    let scene = scenario.check().await;
    let wait = &scene.waits("J1")[0];
    assert!(wait.text().contains("Contoso") && wait.text().contains("Fabrikam"), "{}", wait.text());
    let ids = [scene.id("contoso").to_string(), scene.id("fabrikam").to_string()];
    assert!(wait.remedy().contains("mto.add.v1"), "{}", wait.remedy());
    assert!(ids.iter().all(|id| wait.remedy().contains(id)), "ready to be sent: {}", wait.remedy());
    assert!((180..=200).contains(&scene.elapsed().whole_minutes()), "{}", scene.elapsed());
}

#[tokio::test]
async fn row_11_templates_are_set_before_the_request() {
    let scenario = Scenario {
        data: json!({"templates": "admin-center"}),
        writes: &["set-partner-template", "set-identity-template", "request-join"],
        ..Scenario::new(seed_with_organization(2, &[PENDING]))
    };
    let scene = scenario.check().await;
    let partner = &scene.tenant("fabrikam")["partners"][0];
    assert_eq!(partner["configuration"]["automaticUserConsentSettings"]["inboundAllowed"], true);
    let own = &scene.tenant("contoso")["partners"][0];
    assert_eq!(own["configuration"]["automaticUserConsentSettings"]["inboundAllowed"], Value::Null);
}

#[tokio::test]
async fn row_12_a_tenant_that_is_listed_asks_and_joins() {
    let scene = Scenario::new(seed_with_organization(2, &[PENDING])).check().await;
    assert_eq!(scene.row("contoso", "fabrikam"), "member active");
}

#[tokio::test]
async fn row_12_an_owner_that_denies_us_a_look_is_asked_all_the_same() {
    let denied = |scene: &Scene| {
        for permission in [
            "MultiTenantOrganization.Read.All",
            "MultiTenantOrganization.ReadWrite.All",
            "Directory.Read.All",
        ] {
            let permission = permission.to_owned();
            scene.script(Change::DenyPermission { tenant: scene.id("contoso"), permission });
        }
    };
    Scenario { before: denied, ..Scenario::new(seed_with_organization(2, &[PENDING])) }.check().await;
    let broken = |scene: &Scene| {
        scene.script(Change::BreakCredential { tenant: scene.id("contoso"), broken: true });
    };
    Scenario { before: broken, ..Scenario::new(seed_with_organization(2, &[PENDING])) }.check().await;
}

#[tokio::test]
async fn row_12_an_owner_that_cannot_be_reached_is_waited_for() {
    let scenario = Scenario {
        before: |scene| {
            let tenant = Some(scene.id("contoso"));
            scene.script(Change::ServerErrors { tenant, count: 40, after_effect: false, writes_only: false });
        },
        waits_for: &["owner-unreachable", "joining"],
        ..Scenario::new(seed_with_organization(2, &[PENDING]))
    };
    let scene = scenario.check().await;
    assert!(scene.waits("J1")[0].text().contains("Contoso"));
}

/// Row 13: at one place the service says a word that this release does not know, and after an hour it stops.
#[rstest::rstest]
#[case::organization("/multiTenantOrganization", "state", "fabrikam")]
#[case::request("/joinRequest", "transitionDetails/status", "fabrikam")]
#[case::row("/tenants/fabrikam", "state", "contoso")]
#[tokio::test]
async fn row_13_an_unknown_word_is_waited_out_and_quoted(
    #[case] place: &str,
    #[case] field: &str,
    #[case] shown_by: &str,
) {
    let seed = seed_with_organization(2, &[PENDING]);
    let fabrikam = seed.tenants[1].tenant_id.to_string();
    let place = place.replace("fabrikam", &fabrikam);
    let (pointer, odd) = (format!("/{field}"), Arc::new(AtomicBool::new(true)));
    let still = odd.clone();
    let stage = Stage::with(seed).rewriting(move |method, path, body| {
        if still.load(Ordering::SeqCst) && method == "GET" && path.ends_with(&place) {
            if pointer.starts_with("/transitionDetails") {
                body["transitionDetails"] = json!({"desiredMemberState": "active", "status": ""});
                body["addedByTenantId"] = json!(fabrikam);
            }
            *body.pointer_mut(&pointer).unwrap() = json!("sleeping");
        }
    });
    let scene = stage.build();
    scene.post(&join("J1", "fabrikam", &json!({}))).await;
    scene.run_for(Duration::hours(1)).await;
    let wait = &scene.waits("J1")[0];
    assert_eq!(wait.code(), "unrecognised", "{shown_by}");
    assert!(wait.text().contains("\"sleeping\""), "{}", wait.text());
    assert!(scene.writes().is_empty(), "nothing is written on a guess");
    odd.store(false, Ordering::SeqCst);
    scene.run().await;
    assert_eq!(scene.verdict("J1").0, "succeeded");
    assert_eq!(scene.writes().len(), 1);
}
