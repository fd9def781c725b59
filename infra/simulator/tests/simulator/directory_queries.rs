//! Ordering, expanding and counting of users, and what is seen of members whom one may not read (7.2, 7.4).

use entra_simulator::{Change, Seed};
use http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::support::Lab;
use super::sync_support::{named, quick, seed_with};

const EVENTUAL: (&str, &str) = ("ConsistencyLevel", "eventual");

fn names(list: &Value) -> Vec<String> {
    let rows = list["value"].as_array().unwrap_or_else(|| panic!("no list: {list}"));
    rows.iter().map(|row| row["displayName"].as_str().expect("a name").to_owned()).collect()
}

fn with_names() -> Lab {
    Lab::with(seed_with(named(&["Dora", "anna", "Carl", "Bert"])), quick())
}

#[rstest]
#[case::ascending("displayName", &["anna", "Bert", "Carl", "Dora"])]
#[case::said_so("displayName asc", &["anna", "Bert", "Carl", "Dora"])]
#[case::descending("displayName desc", &["Dora", "Carl", "Bert", "anna"])]
#[case::by_the_other_name("userPrincipalName", &["anna", "Bert", "Carl", "Dora"])]
fn users_are_listed_in_an_order(#[case] order: &str, #[case] wanted: &[&str]) {
    assert_eq!(names(&with_names().ask(0, &format!("/users?$orderby={order}"))), wanted);
}

#[test]
fn an_order_holds_over_pages_whoever_goes_meanwhile() {
    let lab = with_names();
    let first = lab.ask(0, "/users?$orderby=displayName&$top=2");
    assert_eq!(names(&first), ["anna", "Bert"]);
    for name in ["anna", "Carl"] {
        lab.delete(0, &format!("/users/{}", lab.user_id(0, name)), 204);
    }
    let next = first["@odata.nextLink"].as_str().expect("a page");
    let second = lab.ask(0, next);
    assert_eq!(names(&second), ["Dora"]);
    assert!(second.get("@odata.nextLink").is_none());
}

#[rstest]
#[case::an_unknown_property("$orderby=shoeSize")]
#[case::a_direction_that_is_none("$orderby=displayName up")]
#[case::two_without_the_header("$orderby=displayName,userPrincipalName")]
#[case::a_filter_without_the_header("$filter=accountEnabled eq true&$orderby=displayName")]
fn an_order_that_is_not_supported_is_a_400(#[case] query: &str) {
    let reply = with_names().get_with(0, &format!("/users?{query}"), &[]);
    assert_eq!((reply.status, reply.code()), (400, "Request_UnsupportedQuery"), "{}", reply.body);
}

#[test]
fn a_filter_with_an_order_takes_the_header_and_a_count() {
    let path =
        "/users?$filter=accountEnabled eq true&$orderby=displayName desc,userPrincipalName&$count=true";
    let lab = with_names();
    let reply = lab.get_with(0, path, &[EVENTUAL]);
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(names(&reply.body), ["Dora", "Carl", "Bert", "anna"]);
    assert_eq!(reply.body["@odata.count"], 4);
}

#[test]
fn other_collections_are_in_no_order() {
    for path in ["/groups", "/servicePrincipals", "/applications"] {
        let reply = with_names().get_with(0, &format!("{path}?$orderby=displayName"), &[]);
        assert_eq!((reply.status, reply.code()), (400, "Request_UnsupportedQuery"), "{path}");
    }
}

/// Anna's manager is Carl.
fn with_a_manager() -> (Lab, String, String) {
    let lab = with_names();
    let (anna, carl) = (lab.user_id(0, "anna"), lab.user_id(0, "Carl"));
    let reference = json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/users/{carl}")});
    lab.put(0, &format!("/users/{anna}/manager/$ref"), reference, 204);
    (lab, anna, carl)
}

#[test]
fn a_user_is_shown_with_the_manager() {
    let (lab, anna, carl) = with_a_manager();
    let one = lab.ask(0, &format!("/users/{anna}?$select=displayName&$expand=manager"));
    assert_eq!((&one["displayName"], &one["manager"]["id"]), (&json!("anna"), &json!(carl)));
    assert_eq!(one["manager"]["@odata.type"], "#microsoft.graph.user");
    let listed = lab.ask(0, "/users?$select=displayName&$expand=manager($select=displayName)");
    let rows = listed["value"].as_array().expect("users");
    for row in rows {
        let manager = row.get("manager").map(|one| one["displayName"].clone());
        assert_eq!(manager, (row["displayName"] == "anna").then(|| json!("Carl")), "{row}");
    }
    let carl = rows.iter().find(|row| row["displayName"] == "anna").expect("anna");
    assert!(carl["manager"].get("userPrincipalName").is_none(), "only what was selected: {carl}");
}

#[rstest]
#[case::another_relation("memberOf")]
#[case::none_at_all("shoes")]
#[case::an_option_in_it("manager($levels=max)")]
fn expanding_something_else_is_a_400(#[case] expand: &str) {
    let (lab, anna, _) = with_a_manager();
    for path in ["/users".to_owned(), format!("/users/{anna}")] {
        let reply = lab.get_with(0, &format!("{path}?$expand={expand}"), &[]);
        assert_eq!((reply.status, reply.code()), (400, "Request_BadRequest"), "{path}: {}", reply.body);
    }
}

/// A group of two users and a group.
fn with_groups() -> (Lab, String) {
    let mut seed = Seed::demo(2);
    let inner = seed.tenants[1].groups[0].display_name.clone();
    let mut outer = seed.tenants[1].groups[0].clone();
    "Outer".clone_into(&mut outer.display_name);
    outer.members.push(inner);
    seed.tenants[1].groups.push(outer);
    let lab = Lab::with(seed, quick());
    let found = lab.ask(1, "/groups?$filter=displayName eq 'Outer'");
    let id = found["value"][0]["id"].as_str().expect("an id").to_owned();
    (lab, id)
}

#[test]
fn members_that_are_users_are_counted_alone() {
    let (lab, group) = with_groups();
    let count = |path: &str| {
        let reply = lab.get_with(1, &format!("/groups/{group}/{path}/$count"), &[EVENTUAL]);
        (reply.status, reply.body)
    };
    assert_eq!(count("members"), (200, json!(3)));
    assert_eq!(count("members/microsoft.graph.user"), (200, json!(2)));
    assert_eq!(count("transitiveMembers/microsoft.graph.user"), (200, json!(2)));
    let refused = lab.get_with(1, &format!("/groups/{group}/members/microsoft.graph.user/$count"), &[]);
    assert_eq!((refused.status, refused.code()), (400, "Request_BadRequest"), "{}", refused.body);
}

#[test]
fn of_members_whom_one_may_not_read_there_is_the_id_alone() {
    let (lab, group) = with_groups();
    for permission in ["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"]
    {
        lab.script(Change::DenyPermission { tenant: lab.id(1), permission: permission.to_owned() });
    }
    for path in ["members", "members/microsoft.graph.user"] {
        let path = format!("/groups/{group}/{path}?$select=id,userPrincipalName");
        let reply = lab.call(1, Method::GET, &path, &Value::Null);
        assert_eq!(reply.status, 200, "{}", reply.body);
        let rows = reply.body["value"].as_array().expect("members");
        let users: Vec<&Value> =
            rows.iter().filter(|row| row["@odata.type"] == "#microsoft.graph.user").collect();
        assert_eq!(users.len(), 2, "{rows:?}");
        for user in users {
            assert!(user["id"].is_string() && user["userPrincipalName"].is_null(), "{user}");
        }
    }
}
