//! The variables of a deployed function.

use std::collections::BTreeMap;

use entra_simulator::Seed;
use serde_json::{Value, json};

use super::services::Services;

/// Variables by name.
pub(crate) type Environment = BTreeMap<String, String>;

/// What Lambda and the template give a function, and the directory of a few tenants. `name` is the function's.
pub(crate) fn environment(name: &str, seed: &Seed, services: &Services) -> Environment {
    let mut environment = lambda(name, services);
    let mut set = |name: &str, value: String| environment.insert(name.to_owned(), value);
    let mut tenants = Vec::new();
    for tenant in &seed.tenants {
        let name = tenant.display_name.to_lowercase();
        let variable = format!("SECRET_{}", name.to_uppercase());
        let application = &tenant.applications[0];
        let credential = json!({"clientSecret": {"env": variable}});
        set(&variable, application.secrets[0].expose().to_owned());
        let application = json!({"clientId": application.client_id, "credential": credential});
        tenants.push(json!({"tenantId": tenant.tenant_id, "name": name, "application": application}));
    }
    set("MTO_DIRECTORY", json!({"tenants": tenants}).to_string());
    set("MTO_GRAPH_ROOT", format!("{}/v1.0", services.graph));
    set("MTO_LOGIN_ROOT", services.login.clone());
    for verb in ["create", "add", "join", "leave", "sync"] {
        set(&format!("MTO_QUEUE_{}", verb.to_uppercase()), services.queue_url(verb));
    }
    set("MTO_QUEUE_OUTCOMES", services.queue_url("outcomes"));
    set("MTO_QUEUE_DEAD_LETTERS", services.queue_url(&format!("{name}-dead-letters")));
    set("SECRET_EDGE", "8f742231b10e8888abcd99yyyzzz85a5".to_owned());
    set("MTO_INTAKE", senders().to_string());
    set("MTO_NOTIFY", destinations().to_string());
    environment
}

/// One chat that commands come from.
fn senders() -> Value {
    json!({"senders": [{
        "name": "slack", "kind": "slack", "path": "/slack", "secrets": [{"env": "SECRET_EDGE"}],
        "source": "/slack/contoso", "allow": [{"verbs": ["*"], "users": ["U2CERLKJA"]}],
    }]})
}

/// The same chat, told.
fn destinations() -> Value {
    json!({"destinations": [{
        "name": "slack", "kind": "slack", "token": {"env": "SECRET_EDGE"}, "channels": ["C0123ABCD"],
    }], "default": "slack:C0123ABCD"})
}

/// AWS Lambda developer guide, "Using Lambda environment variables"; and where SQS is, and whom to trust.
fn lambda(name: &str, services: &Services) -> Environment {
    let authority = services.authority.display().to_string();
    let trusted = services.trusted.display().to_string();
    [
        ("AWS_REGION", "eu-central-1"),
        ("AWS_DEFAULT_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI"),
        ("AWS_SESSION_TOKEN", "IQoJb3JpZ2luX2VjEExample"),
        ("AWS_LAMBDA_FUNCTION_NAME", &format!("mto-{name}")),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", &format!("/aws/lambda/mto-{name}")),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/11/21/[$LATEST]1"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_ENDPOINT_URL_SQS", &services.sqs),
        ("LANG", "en_US.UTF-8"),
        ("TZ", ":UTC"),
        ("PATH", "/usr/local/bin:/usr/bin:/bin"),
        // Programs that read the machine's trust store; Python's requests and boto3; Node.
        ("SSL_CERT_FILE", &trusted),
        ("REQUESTS_CA_BUNDLE", &trusted),
        ("AWS_CA_BUNDLE", &trusted),
        ("NODE_EXTRA_CA_CERTS", &authority),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect()
}
