//! Bodies against the types Microsoft publishes, as TypeScript's compiler sees it: no property it does not know, no
//! value an enum does not have. What bodies carry beyond the types is listed in `clients/graph-types/undeclared.ts`.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::needless_pass_by_value, reason = "bodies are written where they are sent: json!({…})")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use mto_system_tests::{Client, repository};
use serde_json::{Value, json};

#[path = "shapes/live.rs"]
mod live;

/// A body and the type it has to be assignable to.
struct Body {
    name: String,
    kind: String,
    json: Value,
}

/// What a context says, without ids, selections and `/$entity`, and the type of one of these.
const CONTEXTS: [(&str, &str); 24] = [
    ("tenantRelationships/multiTenantOrganization", "MultiTenantOrganization"),
    ("tenantRelationships/multiTenantOrganization/tenants", "Member"),
    ("tenantRelationships/multiTenantOrganization/joinRequest", "JoinRequest"),
    ("policies/crossTenantAccessPolicy", "Policy"),
    ("policies/crossTenantAccessPolicy/default", "DefaultConfiguration"),
    ("policies/crossTenantAccessPolicy/partners", "Partner"),
    ("policies/crossTenantAccessPolicy/partners/identitySynchronization", "IdentitySynchronization"),
    (
        "policies/crossTenantAccessPolicy/templates/multiTenantOrganizationPartnerConfiguration",
        "PartnerTemplate",
    ),
    (
        "policies/crossTenantAccessPolicy/templates/multiTenantOrganizationIdentitySynchronization",
        "IdentityTemplate",
    ),
    ("microsoft.graph.tenantInformation", "TenantInformation"),
    ("organization", "Organization"),
    ("auditLogs/directoryAudits", "DirectoryAudit"),
    ("auditLogs/provisioning", "ProvisioningLog"),
    ("appRoleAssignments", "AppRoleAssignment"),
    ("groups", "Group"),
    ("users", "User"),
    ("directoryObjects", "User"),
    ("invitations", "Invitation"),
    ("servicePrincipals", "ServicePrincipal"),
    ("microsoft.graph.applicationServicePrincipal", "Instantiated"),
    ("microsoft.graph.stringKeyStringValuePair", "OnDemand"),
    ("jobs", "Job"),
    ("schema", "Schema"),
    ("templates", "JobTemplate"),
];

/// Of golden bodies without a context, by the beginning of the file's name.
const NAMES: [(&str, &str); 16] = [
    ("member", "Member"),
    ("organization_", "MultiTenantOrganization"),
    ("organization-", "MultiTenantOrganization"),
    ("partner_created", "Partner"),
    ("template_identity_", "IdentityTemplate"),
    ("template_partner_", "PartnerTemplate"),
    ("app_role_assignment", "AppRoleAssignment"),
    ("deleted_users", "User"),
    ("user", "User"),
    ("invitation_", "Invitation"),
    ("on_demand_", "OnDemand"),
    ("subscribed_skus", "Sku"),
    ("sync_schema_filter_operators", "FilterOperator"),
    ("sync_schema_functions", "SchemaFunction"),
    ("sync_schema_parsed", "ParsedExpression"),
    ("sync_job", "Job"),
];

/// Not bodies of Graph; the parts of a batch are bodies like others.
const OTHERS: [&str; 3] = ["batch_mixed", "token_granted", "token_refused_secret"];

/// What the published types refuse, and rightly: they hold values from the future, or less than the service sends, for
/// tests of our own client's tolerance.
const REFUSED: [&str; 9] = [
    "graph/organization_unknown_state",
    "graph/partners_expanded",
    "graph/provisioning_log",
    "graph/sync_job_future",
    // properties nobody has heard of
    "graph/sync_schema",
    // `supportedAttributeTypes: null`
    "graph/sync_schema_filter_operators",
    // a function has a `name`: no published type has it (unverified)
    "graph/sync_schema_functions",
    // `otherMails: null`
    "graph/user_pending",
    "graph/users_delta_last",
];

fn golden() -> Vec<Body> {
    let mut bodies = Vec::new();
    for folder in ["graph", "simulator"] {
        for entry in std::fs::read_dir(repository().join("tests/golden").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            if path.extension().is_none_or(|kind| kind != "json") || OTHERS.contains(&name.as_str()) {
                continue;
            }
            let json = file(&path);
            let kind = kind(&name, &json).unwrap_or_else(|| panic!("{folder}/{name}: give it a type here"));
            bodies.push(Body { name: format!("{folder}/{name}"), kind, json });
        }
    }
    bodies
}

fn kind(name: &str, json: &Value) -> Option<String> {
    if !json["error"].is_null() {
        return Some("Failure".to_owned());
    }
    let context = json["@odata.context"].as_str().and_then(|context| context.split_once('#'));
    let known = context.and_then(|(_, context)| {
        let plain = outside_parentheses(context);
        let path = plain.strip_suffix("/$entity").unwrap_or(&plain);
        CONTEXTS.iter().find(|(known, _)| *known == path)
    });
    let known = known.or_else(|| NAMES.iter().find(|(start, _)| name.starts_with(start)));
    known.map(|(_, kind)| if json["value"].is_array() { collection(kind) } else { (*kind).to_owned() })
}

fn collection(kind: &str) -> String {
    format!("Collection<types.{kind}>")
}

/// Parentheses hold an id, or what was selected.
fn outside_parentheses(text: &str) -> String {
    let mut depth = 0_u32;
    let outside = text.chars().filter(|letter| {
        let before = depth;
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        before == 0 && depth == 0
    });
    outside.collect()
}

fn file(path: &Path) -> Value {
    let text = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let case: Value = serde_json::from_slice(&text).unwrap();
    case["body"].clone()
}

/// The names of the bodies that the compiler refuses, and what it says.
async fn refused(client: &Client, program: &str, bodies: &[Body]) -> (BTreeSet<String>, String) {
    // one line a body, so that a line number names it
    let mut text = "import type * as types from './undeclared';\n".to_owned();
    for (place, body) in bodies.iter().enumerate() {
        // JSON may hold the two characters that end a line of a program
        let json = body.json.to_string().replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029");
        writeln!(text, "export const body{place}: types.{} = {json};", body.kind).unwrap();
    }
    std::fs::write(client.folder().join(program), text).unwrap();
    let options = ["--strict", "--noEmit", "--pretty", "false", "--module", "esnext", "--target", "esnext"];
    let mut compiler = client.command("tsc");
    let output =
        compiler.args(options).args(["--moduleResolution", "bundler", program]).output().await.unwrap();
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let lines =
        said.lines().filter_map(|line| line.strip_prefix(program)?.strip_prefix('(')?.split_once(','));
    let refused: BTreeSet<String> =
        lines.map(|(line, _)| bodies[line.parse::<usize>().unwrap() - 2].name.clone()).collect();
    assert_eq!(refused.is_empty(), output.status.success(), "{said}");
    (refused, said)
}

#[tokio::test]
async fn every_golden_body_has_the_shape_microsoft_publishes() {
    let client = Client::install("graph-types").await;
    let bodies = golden();
    assert!(bodies.len() > 40, "{}", bodies.len());
    let (refused, said) = refused(&client, "golden.ts", &bodies).await;
    assert_eq!(refused, REFUSED.map(str::to_owned).into(), "{said}");
}

#[tokio::test]
async fn every_body_the_simulator_answers_has_the_shape_microsoft_publishes() {
    let client = Client::install("graph-types").await;
    let (refused, said) = refused(&client, "live.ts", &live::bodies()).await;
    assert!(refused.is_empty(), "{refused:?}\n{said}");
}

/// One defect each: without this a compiler that takes anything would pass the tests above.
#[tokio::test]
async fn a_property_or_a_value_that_is_not_published_is_refused() {
    let client = Client::install("graph-types").await;
    let folder = repository().join("tests/golden");
    let mut bodies = Vec::new();
    let mut wrong = |name: &str, kind: &str, pointer: &str, value: Value| {
        let mut json = file(&folder.join(name).with_extension("json"));
        let (parent, property) = pointer.rsplit_once('/').unwrap();
        json.pointer_mut(parent).unwrap_or_else(|| panic!("{name}{pointer}"))[property] = value;
        bodies.push(Body { name: format!("{name}{pointer}"), kind: kind.to_owned(), json });
    };
    let added = json!("surprise");
    wrong("graph/organization_active", "MultiTenantOrganization", "/colour", added.clone());
    wrong("graph/organization_active", "MultiTenantOrganization", "/state", json!("open"));
    wrong("graph/member_removed_running", "Member", "/transitionDetails/colour", added.clone());
    wrong("graph/member_removed_running", "Member", "/transitionDetails/status", json!("finished"));
    wrong("graph/member_added", "Member", "/multiTenantOrgLabelType", added.clone());
    wrong("graph/members_walkthrough", &collection("Member"), "/value/0/colour", added.clone());
    wrong("graph/members_walkthrough", &collection("Member"), "/value/0/role", json!("guest"));
    wrong("graph/join_request_queued", "JoinRequest", "/transitionDetails/desiredState", json!("active"));
    wrong("graph/join_request_queued", "JoinRequest", "/memberState", json!("joined"));
    wrong("graph/template_identity_default", "IdentityTemplate", "/templateApplicationLevel", json!("all"));
    wrong("graph/template_partner_default", "PartnerTemplate", "/tenantRestrictions", Value::Null);
    wrong("graph/partner_created", "Partner", "/automaticUserConsentSettings/colour", added.clone());
    wrong("graph/tenant_information", "TenantInformation", "/id", added.clone());
    wrong("graph/error_409_partner", "Failure", "/error/innerError/colour", added.clone());
    let (refused, said) = refused(&client, "wrong.ts", &bodies).await;
    let all: BTreeSet<String> = bodies.iter().map(|body| body.name.clone()).collect();
    assert_eq!(refused, all, "{said}");
}
