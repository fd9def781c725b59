//! The schema of a synchronization: read, changed in one place, and written back as it came.

#![expect(clippy::unwrap_used, reason = "test code fails by panicking")]

use crate::support::golden;
use http::StatusCode;
use mto_graph::Endpoint;
use mto_graph::prelude::*;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use uuid::Uuid;

const ATTRIBUTES: &str = "/synchronizationRules/1/objectMappings/0/attributeMappings";

fn schema() -> SynchronizationSchema {
    let get = GetSynchronizationSchema { service_principal_id: Uuid::nil(), job_id: String::new() };
    get.decode(StatusCode::OK, golden("sync_schema").to_string().as_bytes()).unwrap()
}

fn written(schema: SynchronizationSchema) -> Value {
    let put = PutSynchronizationSchema { service_principal_id: Uuid::nil(), job_id: String::new(), schema };
    put.body().unwrap()
}

#[test]
fn an_untouched_schema_goes_back_as_it_came() {
    assert_eq!(written(schema()), golden("sync_schema"));
}

#[test]
fn rules_and_mappings_are_read() {
    let schema = schema();
    assert_eq!(schema.version(), Some("v1.2"));
    assert_eq!(schema.rules().count(), 2);
    let (rule, mapping) = schema.user_rule().unwrap();
    assert_eq!((rule.id(), rule.name()), (Some("rule-user"), Some("USER_INBOUND_USER")));
    assert_eq!(rule.target_directory_name(), Some("Azure Active Directory (target tenant)"));
    assert_eq!((mapping.enabled(), mapping.is_for_users()), (Some(true), true));
    assert!(mapping.flow_types().contains(&ObjectFlow::Delete));
    assert_eq!(mapping.scope().unwrap()["groups"][0]["name"], "no SMS");
    let group = schema.rules().next().unwrap().object_mappings().next().unwrap();
    assert!(group.flow_types().is_none() && group.scope().is_none());
}

#[test]
fn attribute_mappings_are_found_by_the_attribute_of_the_target() {
    let schema = schema();
    let (_, mapping) = schema.user_rule().unwrap();
    let key = mapping.attribute("alternativeSecurityIds").unwrap();
    assert_eq!((key.matching_priority(), key.source_type()), (1, Some(SourceType::Function)));
    let name = mapping.attribute("displayName").unwrap();
    assert_eq!((name.source_name(), name.source_expression()), (Some("displayName"), Some("[displayName]")));
    assert_eq!((name.constant(), name.flow_type()), (None, Some(AttributeFlow::Always)));
    let enabled = mapping.attribute("accountEnabled").unwrap();
    assert_eq!(enabled.flow_behavior(), Some(FlowBehavior::FlowAlways));
    let shown = mapping.attribute("showInAddressList").unwrap();
    assert_eq!(shown.constant(), Some("true"));
    assert_eq!(mapping.attribute("userType").unwrap().default_value(), Some("Guest"));
    assert!(mapping.attribute("shoeSize").is_none());
}

#[test]
fn the_user_type_is_set_and_nothing_else_changes() {
    let mut schema = schema();
    assert_eq!(schema.user_type(), Some((UserType::Member, AttributeFlow::ObjectAddOnly)));
    assert!(!schema.set_user_type(&UserType::Member, &AttributeFlow::ObjectAddOnly), "it is so already");
    assert!(schema.set_user_type(&UserType::Member, &AttributeFlow::Always));
    assert!(schema.set_user_type(&UserType::Guest, &AttributeFlow::Always));
    assert_eq!(schema.user_type(), Some((UserType::Guest, AttributeFlow::Always)));
    let mut expected = golden("sync_schema");
    let attribute = expected.pointer_mut(ATTRIBUTES).unwrap().get_mut(4).unwrap();
    attribute["flowType"] = json!("Always");
    attribute["source"]["name"] = json!("Guest");
    attribute["source"]["expression"] = json!("\"Guest\"");
    assert_eq!(written(schema), expected);
}

#[test]
fn a_user_type_that_is_computed_or_missing_becomes_a_constant() {
    let mut computed = schema();
    let attribute = computed.user_attribute_mut("userType").unwrap();
    attribute.insert(
        "source".to_owned(),
        json!({"type": "Function", "name": "IIF", "parameters": [1], "future": 1}),
    );
    assert_eq!(computed.user_type(), None);
    assert!(computed.set_user_type(&UserType::Member, &AttributeFlow::Always));
    assert_eq!(computed.user_type(), Some((UserType::Member, AttributeFlow::Always)));
    let source = &computed.user_attribute_mut("userType").unwrap()["source"];
    assert_eq!((&source["future"], &source["parameters"]), (&json!(1), &json!([])));

    for list in [Some(json!([])), Some(Value::Null), None] {
        let mut missing = schema();
        let mapping = missing.user_mapping_mut().unwrap();
        mapping.remove("attributeMappings");
        mapping.extend(list.map(|list| ("attributeMappings".to_owned(), list)));
        assert_eq!(missing.user_type(), None);
        assert!(missing.set_user_type(&UserType::Member, &AttributeFlow::Always));
        assert_eq!(missing.user_type(), Some((UserType::Member, AttributeFlow::Always)));
    }
}

#[test]
fn a_constant_is_read_from_its_name_when_it_has_no_expression() {
    let mut schema = schema();
    let attribute = schema.user_attribute_mut("userType").unwrap();
    for source in [
        json!({"type": "Constant", "name": "Guest"}),
        json!({"type": "Constant", "name": "Guest", "expression": null}),
        json!({"type": "Constant", "name": "Guest", "expression": ""}),
        json!({"type": "Constant", "name": null, "expression": "Guest"}),
        json!({"type": "Constant", "expression": "\"Guest\""}),
    ] {
        attribute.insert("source".to_owned(), source.clone());
        let view: SynchronizationSchema = user_schema(attribute);
        assert_eq!(view.user_type().map(|(kind, _)| kind), Some(UserType::Guest), "{source}");
    }
}

fn user_schema(attribute: &Map<String, Value>) -> SynchronizationSchema {
    let mapping =
        json!({"sourceObjectName": "User", "targetObjectName": "user", "attributeMappings": [attribute]});
    serde_json::from_value(json!({"synchronizationRules": [{"objectMappings": [mapping]}]})).unwrap()
}

#[test]
fn deletions_are_switched_off_and_on() {
    let mut schema = schema();
    let all = ObjectFlows::of([ObjectFlow::Add, ObjectFlow::Update, ObjectFlow::Delete]);
    assert!(!schema.set_user_flows(&all), "it is so already");
    assert!(schema.set_user_flows(&all.clone().without(&ObjectFlow::Delete)));
    assert_eq!(schema.user_rule().unwrap().1.flow_types().to_string(), "Add, Update");
    assert!(schema.set_user_flows(&all));
    assert_eq!(written(schema), golden("sync_schema"));
}

#[test]
fn a_schema_without_users_is_left_alone() {
    for body in [
        json!({}),
        json!({"synchronizationRules": null}),
        json!({"synchronizationRules": {}}),
        json!({"synchronizationRules": [null, 1, {"objectMappings": [[], {"sourceObjectName": "Group"}]}]}),
        json!({"synchronizationRules": [{"objectMappings": [
            {"sourceObjectName": "User", "targetObjectName": "User", "attributeMappings": "odd"},
        ]}]}),
    ] {
        let mut schema: SynchronizationSchema = serde_json::from_value(body.clone()).unwrap();
        assert_eq!(schema.user_type(), None);
        assert!(!schema.set_user_type(&UserType::Member, &AttributeFlow::Always));
        assert_eq!(written(schema), body);
    }
    assert!(serde_json::from_value::<SynchronizationSchema>(json!([])).is_err());
}

/// Any JSON, as far as a schema can have it: numbers are whole, or halves and the like.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<i32>().prop_map(|number| Value::from(f64::from(number) / 8.0)),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::btree_map(any::<String>(), inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_is_around_the_user_type_goes_back_as_it_came(
        (around, beside, inside, of_source) in (any_json(), any_json(), any_json(), any_json()),
    ) {
        let mut body = golden("sync_schema");
        body["x"] = around;
        body["synchronizationRules"][1]["x"] = beside.clone();
        body["synchronizationRules"][1]["metadata"] = beside;
        let place = format!("{ATTRIBUTES}/4");
        body.pointer_mut(&place).unwrap()["x"] = inside;
        body.pointer_mut(&place).unwrap()["source"]["x"] = of_source;
        let mut schema: SynchronizationSchema = serde_json::from_str(&body.to_string()).unwrap();
        prop_assert!(schema.set_user_type(&UserType::Guest, &AttributeFlow::Always));
        let text = written(schema).to_string();
        let mut back: Value = serde_json::from_str(&text).unwrap();
        let attribute = back.pointer_mut(&place).unwrap();
        prop_assert_eq!(&attribute["source"]["name"], "Guest");
        attribute["flowType"] = json!("ObjectAddOnly");
        attribute["source"]["name"] = json!("Member");
        attribute["source"]["expression"] = json!("\"Member\"");
        prop_assert_eq!(back, body);
    }
}
