//! The tenant directory: no error quotes what stands where a credential belongs.

use std::collections::BTreeMap;

use mto_fuzz_tests::{CANARY, Entropy, mutated, text_with};
use mto_handler::{Directory, NoBackends};
use mto_messages::Verb;
use serde_json::{Value, json};

use crate::support::{ITERATIONS, target};

fn documents() -> Vec<Value> {
    let credentials = [
        json!({"clientSecret": {"env": "SECRET"}}),
        json!({"clientSecret": {"secretsManager": "mto/contoso#key"}}),
        json!({"certificate": {"certificate": {"file": "/c.pem"}, "privateKey": {"file": "/k.pem"}}}),
        json!({"federated": {"tokenFile": "/token"}}),
        json!({"federated": {"webIdentity": {}}}),
    ];
    let documents = credentials.into_iter().map(|credential| {
        json!({"tenants": [
            {"tenantId": "11111111-1111-4111-8111-111111111111", "name": "contoso", "domains": ["contoso.example"],
             "displayName": "Contoso", "applications": {"sync": {"clientId": "c", "credential": credential}},
             "application": {"clientId": "c", "credential": credential}, "settings": {"inboundSync": true},
             "syncScope": {"groups": ["33333333-3333-4333-8333-333333333333"]}},
            {"tenantId": "22222222-2222-4222-8222-222222222222", "name": "tailspin", "external": true},
        ]})
    });
    documents.collect()
}

/// Puts the secret where somebody could have typed it: for a value or a name below `credential`.
fn misplace(value: &mut Value, entropy: &mut Entropy<'_>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            let name = fields.keys().nth(entropy.below(fields.len())).cloned().unwrap_or_default();
            match entropy.byte() % 8 {
                0 => {
                    let inner = fields.remove(&name).unwrap_or_default();
                    fields.insert(CANARY.to_owned(), inner);
                }
                1 => drop(fields.insert(name, json!(CANARY))),
                2 => drop(fields.insert(name, json!([CANARY]))),
                3 => drop(fields.insert(name, json!({CANARY: CANARY}))),
                4 => drop(fields.insert(CANARY.to_owned(), json!(CANARY))),
                _ => fields.values_mut().for_each(|inner| misplace(inner, entropy)),
            }
        }
        Value::Object(_)
        | Value::Array(_)
        | Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_) => {
            *value = json!(format!("{CANARY}{}", entropy.text()));
        }
    }
}

fn check(text: &str) {
    let mut shown = Vec::new();
    for verb in Verb::ALL {
        match Directory::parse(text, "MTO_DIRECTORY", verb) {
            Ok(directory) => {
                let environment: BTreeMap<String, String> = BTreeMap::new();
                shown.extend(directory.credentials(&environment, &NoBackends).err());
            }
            Err(error) => shown.push(error),
        }
    }
    for error in shown {
        let text = error.to_string();
        assert!(!text.contains(CANARY) && !text.contains("canary-secret"), "{text}");
    }
}

#[test]
fn an_error_about_a_credential_never_quotes_it() {
    let documents = documents();
    target!(ITERATIONS, |bytes: &[u8]| {
        let mut entropy = Entropy::new(bytes);
        let mut document = entropy.one_of(&documents).clone();
        let tenant = &mut document["tenants"][0];
        misplace(&mut tenant["application"]["credential"], &mut entropy);
        misplace(&mut tenant["applications"]["sync"]["credential"], &mut entropy);
        check(&String::from_utf8_lossy(&text_with(&mut entropy, &document)));
    });
}

#[test]
fn a_changed_directory_is_read_or_refused() {
    let documents = documents();
    target!(ITERATIONS, |bytes: &[u8]| {
        let mut entropy = Entropy::new(bytes);
        let document = mutated(&mut entropy, &documents);
        check(&String::from_utf8_lossy(&text_with(&mut entropy, &document)));
    });
}
