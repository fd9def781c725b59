//! The schema of a job as JSON (6.7). The exact default of the service is (unverified); this one has the
//! attributes the documents name.

use serde_json::{Value, json};

/// Attributes that flow as they are, by the names the schema has for them.
const PLAIN: [&str; 18] = [
    "city",
    "country",
    "department",
    "displayName",
    "employeeId",
    "givenName",
    "jobTitle",
    "mail",
    "mailNickname",
    "mobile",
    "physicalDeliveryOfficeName",
    "postalCode",
    "preferredLanguage",
    "state",
    "streetAddress",
    "surname",
    "telephoneNumber",
    "userPrincipalName",
];

fn mapping(target: &str, source: &Value, flow: &str, priority: u32) -> Value {
    json!({
        "defaultValue": null, "exportMissingReferences": false, "flowBehavior": "FlowWhenChanged",
        "flowType": flow, "matchingPriority": priority, "source": source, "targetAttributeName": target,
    })
}

fn attribute(name: &str) -> Value {
    json!({"expression": format!("[{name}]"), "name": name, "parameters": [], "type": "Attribute"})
}

fn constant(value: &str) -> Value {
    json!({"expression": format!("\"{value}\""), "name": value, "parameters": [], "type": "Constant"})
}

/// What a job has before anybody changes it. New users become members; who is a guest already stays one.
pub(crate) fn default_schema(job: &str, rule: &str) -> Value {
    let mut mappings = vec![
        mapping(
            "alternativeSecurityIdentifier",
            &attribute("alternativeSecurityIdentifier"),
            "ObjectAddOnly",
            1,
        ),
        mapping("accountEnabled", &attribute("accountEnabled"), "Always", 0),
        mapping("IsSoftDeleted", &attribute("IsSoftDeleted"), "Always", 0),
        mapping("manager", &attribute("manager"), "Always", 0),
        mapping("showInAddressList", &constant("True"), "Always", 0),
        mapping("userType", &constant("Member"), "ObjectAddOnly", 0),
    ];
    mappings.extend(PLAIN.iter().map(|name| mapping(name, &attribute(name), "Always", 0)));
    json!({
        "id": job,
        "version": "v1.2",
        "synchronizationRules": [{
            "id": rule, "name": "USER_INBOUND_USER", "priority": 1, "editable": true,
            "sourceDirectoryName": "Azure Active Directory",
            "targetDirectoryName": "Azure Active Directory (target tenant)",
            "containerFilter": null, "groupFilter": null, "metadata": [],
            "objectMappings": [{
                "name": "Provision Azure Active Directory Users", "enabled": true,
                "flowTypes": "Add, Update, Delete", "metadata": [], "scope": null,
                "sourceObjectName": "User", "targetObjectName": "User", "attributeMappings": mappings,
            }],
        }],
        "directories": [],
    })
}

/// What `schema/filterOperators` lists: what [`super::rules`] evaluates.
pub(crate) const OPERATORS: [(&str, u32); 8] = [
    ("EQUALS", 2),
    ("NOT EQUALS", 2),
    ("IS NULL", 1),
    ("IS NOT NULL", 1),
    ("IS TRUE", 1),
    ("IS FALSE", 1),
    ("INCLUDES", 2),
    ("STARTS WITH", 2),
];
