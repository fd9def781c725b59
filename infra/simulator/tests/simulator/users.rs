//! Reference 7.2 to 7.4, the recycle bin, and /subscribedSkus.

use entra_simulator::{DirectoryOptions, Options, Seed, Throttling};
use http::Method;
use serde_json::{Value, json};

use super::support::{Lab, assert_has};
use super::sync_support::{DAY, encoded, named, quick, quick_with, seed_with};

const EVENTUAL: (&str, &str) = ("ConsistencyLevel", "eventual");

fn many(count: u32) -> Lab {
    let mut seed = seed_with(Vec::new());
    seed.tenants[0].generated_users = count;
    Lab::with(seed, quick())
}

#[test]
fn a_get_answers_the_default_properties_and_select_brings_the_others() {
    let lab = Lab::new(1, quick());
    let listed = lab.ask(0, "/users");
    let names: Vec<&String> = listed["value"][0].as_object().expect("a user").keys().collect();
    let wanted = [
        "businessPhones",
        "displayName",
        "givenName",
        "id",
        "jobTitle",
        "mail",
        "mobilePhone",
        "officeLocation",
        "preferredLanguage",
        "surname",
        "userPrincipalName",
    ];
    assert_eq!(names, wanted);
    let one = lab
        .ask(0, "/users/annie.adams@contoso.example?$select=userType,accountEnabled,creationType,identities");
    assert_has(&one, &json!({"userType": "Member", "accountEnabled": true, "creationType": null}));
    assert_eq!(one["identities"][0]["signInType"], "userPrincipalName");
}

#[test]
fn pages_hold_up_to_999_users_and_follow_their_links() {
    let lab = many(2_500);
    let (mut seen, mut path) = (Vec::new(), "/users?$top=999&$select=id".to_owned());
    loop {
        let page = lab.ask(0, &path);
        seen.extend(page["value"].as_array().expect("users").iter().map(|user| user["id"].to_string()));
        match page["@odata.nextLink"].as_str() {
            Some(next) => path = next.to_owned(),
            None => break,
        }
    }
    let all = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!((all, seen.len()), (2_500, 2_500));
    assert_eq!(lab.ask(0, "/users")["value"].as_array().map(Vec::len), Some(100));
    for wrong in ["/users?$top=1000", "/users?$top=0", "/users?$skip=1"] {
        assert_eq!(lab.get_with(0, wrong, &[]).status, 400, "{wrong}");
    }
}

#[test]
fn counting_takes_the_consistency_header() {
    let lab = many(30);
    let refused = lab.get_with(0, "/users/$count", &[]);
    assert_eq!((refused.status, refused.code()), (400, "Request_BadRequest"));
    assert_eq!(refused.body["error"]["message"], "$count is not currently supported.");
    let counted = lab.get_with(0, "/users/$count", &[EVENTUAL]);
    assert_eq!(
        (&counted.headers["content-type"], &counted.body),
        (&"text/plain".parse().expect("a type"), &json!(30))
    );
    assert!(lab.ask(0, "/users?$count=true&$top=20").get("@odata.count").is_none(), "silently ignored");
    let first = lab.get_with(0, "/users?$count=true&$top=20", &[EVENTUAL]).body;
    assert_eq!(first["@odata.count"], 30);
    let second = lab.get_with(0, first["@odata.nextLink"].as_str().expect("a page"), &[EVENTUAL]).body;
    assert!(second.get("@odata.count").is_none(), "on the first page only");
    let pretended = lab.get_with(0, "/users/$count?header:consistencylevel=eventual", &[]);
    assert_eq!(pretended.status, 400, "an address is no header");
}

#[test]
fn search_takes_the_consistency_header() {
    let lab = Lab::new(1, quick());
    let path = "/users?$search=\"displayName:annie\"";
    let refused = lab.get_with(0, path, &[]);
    assert_eq!((refused.status, refused.code()), (400, "Request_UnsupportedQuery"));
    let found = lab.get_with(0, path, &[EVENTUAL]).body;
    assert_eq!(found["value"].as_array().map(Vec::len), Some(1));
}

#[test]
fn advanced_filters_take_the_header_and_a_count() {
    let lab = Lab::new(1, quick());
    let path = "/users?$filter=displayName ne 'Annie Adams'";
    assert_eq!(lab.get_with(0, path, &[EVENTUAL]).code(), "Request_UnsupportedQuery");
    let found = lab.get_with(0, &format!("{path}&$count=true"), &[EVENTUAL]).body;
    assert_eq!(found["@odata.count"], 3);
    for (filter, count) in [
        ("userType eq 'Member'", 4),
        ("creationType eq 'Invitation'", 0),
        ("startsWith(displayName,'A')", 2),
        ("startsWith(displayName,'A') and accountEnabled eq true", 2),
        ("mail eq 'annie.adams@contoso.example' or surname eq 'Ortiz'", 2),
    ] {
        let found = lab.ask(0, &format!("/users?$filter={filter}"));
        assert_eq!(found["value"].as_array().map(Vec::len), Some(count), "{filter}");
    }
}

#[test]
fn the_headers_of_a_part_count_for_the_part() {
    let lab = Lab::new(1, quick());
    let part = |id: &str, headers: Value| json!({"id": id, "method": "GET", "url": "/users/$count", "headers": headers});
    let body =
        json!({"requests": [part("1", json!({"ConsistencyLevel": "eventual"})), part("2", json!({}))]});
    let reply = lab.post(0, "/$batch", body, 200);
    let status = |place: usize| reply["responses"][place]["status"].clone();
    assert_eq!((status(0), status(1)), (json!(200), json!(400)));
}

#[test]
fn users_are_made_changed_deleted_and_restored() {
    let lab = Lab::new(1, quick());
    let body = json!({"displayName": "New One", "mailNickname": "new.one", "accountEnabled": true,
        "userPrincipalName": "new.one@contoso.example", "passwordProfile": {"password": "only-for-tests"}});
    let made = lab.post(0, "/users", body.clone(), 201);
    let path = format!("/users/{}", made["id"].as_str().expect("an id"));
    assert_eq!(lab.call(0, Method::POST, "/users", &body).status, 400, "the name is taken");
    let mut elsewhere = body.clone();
    elsewhere["userPrincipalName"] = json!("new.one@fabrikam.example");
    assert_eq!(lab.call(0, Method::POST, "/users", &elsewhere).status, 400, "not a domain of the tenant");
    lab.patch(0, &path, json!({"department": "Sales", "userType": "Guest", "showInAddressList": false}), 204);
    for wrong in [json!({"userType": "Other"}), json!({"department": 1}), json!({"creationType": "x"})] {
        lab.patch(0, &path, wrong, 400);
    }
    lab.delete(0, &path, 204);
    assert_eq!(lab.call(0, Method::GET, &path, &Value::Null).status, 404);
    let id = made["id"].as_str().expect("an id");
    let kept = lab.get(0, &format!("/directory/deletedItems/{id}"));
    assert_eq!(kept["displayName"], "New One");
    let restored = lab.post(0, &format!("/directory/deletedItems/{id}/restore"), json!({}), 200);
    assert_eq!(restored["id"], made["id"]);
    assert_has(
        &lab.ask(0, &format!("{path}?$select=department,userType")),
        &json!({"department": "Sales", "userType": "Guest"}),
    );
    lab.delete(0, &path, 204);
    lab.delete(0, &format!("/directory/deletedItems/{id}"), 204);
    assert_eq!(
        lab.call(0, Method::POST, &format!("/directory/deletedItems/{id}/restore"), &json!({})).status,
        404
    );
}

#[test]
fn a_generated_user_can_be_changed_like_any_other() {
    let lab = many(3);
    let user = lab.ask(0, "/users?$top=1")["value"][0].clone();
    let path = format!("/users/{}", user["id"].as_str().expect("an id"));
    lab.patch(0, &path, json!({"jobTitle": "Chief"}), 204);
    let changed = lab.ask(0, &path);
    assert_eq!((&changed["jobTitle"], &changed["displayName"]), (&json!("Chief"), &user["displayName"]));
    assert_eq!(lab.ask(0, &format!("/users/{}", user["mail"].as_str().expect("a mail")))["id"], user["id"]);
}

#[test]
fn deleting_takes_more_than_writing_the_directory() {
    let mut seed = Seed::demo(1);
    seed.tenants[0].applications[0].permissions = vec!["Directory.ReadWrite.All".to_owned()];
    let lab = Lab::with(seed, quick());
    let path = format!("/users/{}", lab.user_id(0, "Annie Adams"));
    assert_eq!(lab.call(0, Method::DELETE, &path, &Value::Null).status, 403);
    lab.patch(0, &path, json!({"jobTitle": "Chief"}), 204);
}

#[test]
fn a_delta_tells_what_changed_what_was_deleted_and_what_is_gone() {
    let lab = Lab::with(seed_with(named(&["One A", "Two B", "Three C", "Four D"])), quick());
    let [one, two, three] = ["One A", "Two B", "Three C"].map(|name| lab.user_id(0, name));
    let first = lab.ask(0, "/users/delta?$select=displayName,jobTitle");
    assert_eq!(first["value"].as_array().map(Vec::len), Some(4));
    let link = first["@odata.deltaLink"].as_str().expect("a link").to_owned();
    assert_eq!(lab.ask(0, &link)["value"], json!([]));
    lab.patch(0, &format!("/users/{one}"), json!({"jobTitle": "Chief"}), 204);
    lab.delete(0, &format!("/users/{two}"), 204);
    lab.delete(0, &format!("/users/{three}"), 204);
    lab.delete(0, &format!("/directory/deletedItems/{three}"), 204);
    let changed = lab.ask(0, &link);
    let rows = changed["value"].as_array().expect("rows");
    assert_eq!(rows.len(), 3, "{changed}");
    assert_has(&rows[0], &json!({"id": one, "jobTitle": "Chief"}));
    assert_eq!(rows[1], json!({"id": two, "@removed": {"reason": "changed"}}));
    assert_eq!(rows[2], json!({"id": three, "@removed": {"reason": "deleted"}}));
    assert_eq!(lab.ask(0, changed["@odata.deltaLink"].as_str().expect("a link"))["value"], json!([]));
}

#[test]
fn a_delta_has_pages_a_shortcut_to_now_and_a_filter_by_id() {
    let lab = many(450);
    let (mut count, mut path) = (0, "/users/delta".to_owned());
    let end = loop {
        let page = lab.ask(0, &path);
        count += page["value"].as_array().expect("users").len();
        match page["@odata.nextLink"].as_str() {
            Some(next) => path = next.to_owned(),
            None => break page,
        }
    };
    assert_eq!(count, 450);
    assert!(end["@odata.deltaLink"].as_str().expect("a link").contains("$deltatoken="));
    let latest = lab.ask(0, "/users/delta?$deltaToken=latest");
    assert_eq!(latest["value"], json!([]));
    assert_eq!(lab.ask(0, latest["@odata.deltaLink"].as_str().expect("a link"))["value"], json!([]));
    let id = lab.ask(0, "/users?$top=1")["value"][0]["id"].clone();
    let filtered = lab.ask(0, &format!("/users/delta?$filter=id eq '{}'", id.as_str().expect("an id")));
    assert_eq!(filtered["value"].as_array().map(Vec::len), Some(1));
    assert_eq!(lab.get_with(0, "/users/delta?$top=5", &[]).status, 400);
}

#[test]
fn a_delta_token_expires() {
    let lab = Lab::new(1, quick());
    let link = lab.ask(0, "/users/delta?$select=id")["@odata.deltaLink"].as_str().expect("a link").to_owned();
    lab.pass(7 * DAY - 1);
    lab.ask(0, &link);
    lab.pass(1);
    let reply = lab.get_with(0, &link, &[]);
    assert_eq!((reply.status, reply.code()), (410, "syncStateNotFound"));
    let again = reply.headers["location"].to_str().expect("an address");
    assert!(again.contains("/users/delta") && !again.contains("deltatoken"), "{again}");
    assert_eq!(lab.ask(0, again)["value"].as_array().map(Vec::len), Some(4));
}

#[test]
fn groups_are_found_and_their_members_come_in_pages() {
    let mut seed = seed_with(Vec::new());
    seed.tenants[0].generated_users = 250;
    seed.tenants[0].groups = vec![entra_simulator::GroupSeed {
        display_name: "Everybody".to_owned(),
        all_generated: true,
        ..entra_simulator::GroupSeed::default()
    }];
    let lab = Lab::with(seed, quick());
    let group = lab.group(0, "Everybody");
    assert_has(
        &lab.ask(0, &format!("/groups/{group}")),
        &json!({"displayName": "Everybody", "securityEnabled": true}),
    );
    let first = lab.ask(0, &format!("/groups/{group}/members?$top=200&$select=id"));
    let second = lab.ask(0, first["@odata.nextLink"].as_str().expect("a page"));
    assert_eq!(second["value"].as_array().map(Vec::len), Some(50));
    assert_eq!(second["value"][0]["@odata.type"], "#microsoft.graph.user");
    let count = format!("/groups/{group}/members/$count");
    assert_eq!(lab.get_with(0, &count, &[]).status, 400);
    assert_eq!(lab.get_with(0, &count, &[EVENTUAL]).body, json!(250));
    let cast = lab.ask(0, &format!("/groups/{group}/transitiveMembers/microsoft.graph.user?$top=1"));
    assert_eq!(cast["value"].as_array().map(Vec::len), Some(1));
}

#[test]
fn licences_show_whether_there_is_premium() {
    let lab = Lab::new(1, quick());
    assert_eq!(lab.get(0, "/subscribedSkus")["value"][0]["skuPartNumber"], "AAD_PREMIUM");
    lab.script(entra_simulator::Change::Premium { tenant: lab.id(0), premium: false });
    assert_eq!(lab.get(0, "/subscribedSkus")["value"], json!([]));
}

#[test]
fn lists_cost_more_units_and_invitations_and_reports_have_limits_of_their_own() {
    let throttling = Throttling { enabled: true, ..Throttling::default() };
    let lab = Lab::new(2, Options { throttling, ..quick_with(DirectoryOptions::default()) });
    let units = |path: &str| {
        lab.get_with(0, path, &[]).headers["x-ms-resource-unit"].to_str().expect("a number").to_owned()
    };
    assert_eq!([units("/users"), units("/users?$select=id"), units("/users?$top=5")], ["2", "1", "1"]);
    assert_eq!(units(&format!("/groups/{}/members", lab.group(0, "Shared"))), "3");
    for _ in 0..5 {
        lab.ask(0, "/auditLogs/provisioning");
    }
    let reply = lab.get_with(0, "/auditLogs/provisioning", &[]);
    assert_eq!((reply.status, &reply.headers["retry-after"]), (429, &"10".parse().expect("a header")));
    lab.pass(10);
    lab.ask(0, "/auditLogs/provisioning");
    let invite = |number: u32| {
        let body = json!({"invitedUserEmailAddress": format!("guest{number}@elsewhere.example"), "inviteRedirectUrl": "https://x.example"});
        lab.call(0, Method::POST, "/invitations", &body).status
    };
    let answers: Vec<u16> = (0..151).map(invite).collect();
    assert_eq!((answers[149], answers[150]), (201, 429));
    lab.pass(DAY);
    assert_eq!(lab.found_people(0, "guest"), Vec::<String>::new(), "invited guests are hidden");
    assert!(encoded("a b").contains("%20"));
}

#[test]
fn the_number_of_internal_users_follows_the_directory_and_the_seed_says_it_otherwise() {
    let lab = many(30);
    assert_eq!(
        lab.simulator.state()["tenants"]
            .as_array()
            .expect("tenants")
            .iter()
            .filter(|one| one["internalUsers"] == 30)
            .count(),
        1
    );
    let mut seed = seed_with(Vec::new());
    seed.tenants[0].internal_users = 77;
    let lab = Lab::with(seed, quick());
    assert!(
        lab.simulator.state()["tenants"]
            .as_array()
            .expect("tenants")
            .iter()
            .any(|one| one["internalUsers"] == 77)
    );
}

#[test]
fn a_deleted_user_can_be_restored_for_thirty_days_to_the_second() {
    let lab = Lab::new(1, quick());
    let path = format!("/users/{}", lab.user_id(0, "Annie Adams"));
    lab.delete(0, &path, 204);
    lab.pass(30 * DAY - 1);
    assert_eq!(lab.deleted(0), ["Annie Adams"]);
    lab.pass(1);
    assert_eq!(lab.deleted(0), Vec::<String>::new());
}
