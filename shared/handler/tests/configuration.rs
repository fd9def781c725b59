//! A bad configuration stops the start and names the variable, the value and the remedy.

use std::collections::BTreeMap;
use std::time::Duration;

use mto_graph::CredentialSource;
use mto_handler::{Config, NoBackends, QueueUrl};
use mto_messages::Verb;
use rstest::rstest;
use serde_json::{Value, json};
use time::OffsetDateTime;

fn tenant(number: u32, name: &str) -> Value {
    json!({
        "tenantId": format!("{number:08}-1111-4111-8111-111111111111"), "name": name,
        "application": {"clientId": "app", "credential": {"clientSecret": {"env": "CONTOSO_SECRET"}}},
    })
}

fn environment() -> BTreeMap<String, String> {
    let directory = json!({"tenants": [tenant(1, "contoso"), tenant(2, "fabrikam")]});
    let pairs = [
        ("MTO_QUEUE_JOIN", "https://sqs/join"),
        ("MTO_QUEUE_OUTCOMES", "https://sqs/outcomes"),
        ("MTO_QUEUE_DEAD_LETTERS", "https://sqs/join-dead-letters"),
        ("MTO_DIRECTORY", &directory.to_string()),
        ("CONTOSO_SECRET", "s3cret-of-contoso"),
    ];
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn with(name: &str, value: &str) -> Result<Config, String> {
    let mut environment = environment();
    environment.insert(name.to_owned(), value.to_owned());
    Config::read(&environment, Verb::Join).map_err(|error| error.to_string())
}

#[test]
fn a_small_configuration_has_the_documented_defaults() {
    let config = Config::read(&environment(), Verb::Join).unwrap();
    assert_eq!(config.own_queue(), &QueueUrl::new("https://sqs/join"));
    assert_eq!(config.cloud.graph_root(), "https://graph.microsoft.com/v1.0");
    assert_eq!(config.limits, mto_reconcile::Limits::default());
    assert_eq!(config.concurrency, 4);
}

#[test]
fn budgets_and_delays_are_configurable() {
    assert_eq!(with("MTO_BUDGET_JOIN_MINUTES", "30").unwrap().limits.join, Duration::from_mins(30));
    assert_eq!(
        with("MTO_SHORTEST_DELAY_SECONDS", "1").unwrap().limits.shortest_delay,
        Duration::from_secs(1)
    );
    assert_eq!(with("MTO_JOIN_RESETS", " 0 ").unwrap().limits.resets, 0);
}

#[rstest]
#[case("MTO_QUEUE_JOIN", "", "MTO_QUEUE_JOIN: give the URL of the function's own queue")]
#[case("MTO_QUEUE_OUTCOMES", " ", "MTO_QUEUE_OUTCOMES: give the URL of the queue")]
#[case("MTO_DIRECTORY", "", "MTO_DIRECTORY: give the tenant directory as JSON")]
#[case("MTO_DIRECTORY_FILE", "/x", "MTO_DIRECTORY: drop either it or MTO_DIRECTORY_FILE")]
#[case("MTO_CONCURRENCY", "0", "MTO_CONCURRENCY: \"0\" is not a whole number from 1 to 100")]
#[case(
    "MTO_LONGEST_DELAY_SECONDS",
    "901",
    "MTO_LONGEST_DELAY_SECONDS: \"901\" is not a whole number from 1 to 900"
)]
#[case(
    "MTO_LONGEST_DELAY_SECONDS",
    "5",
    "MTO_SHORTEST_DELAY_SECONDS: is more than MTO_LONGEST_DELAY_SECONDS"
)]
#[case("MTO_BUDGET_JOIN_MINUTES", "soon", "MTO_BUDGET_JOIN_MINUTES: \"soon\" is not a whole number")]
#[case("MTO_GRAPH_ROOT", "https://x/v1.0", "give MTO_GRAPH_ROOT and MTO_LOGIN_ROOT together, or none")]
fn a_bad_value_stops_the_start_and_names_the_variable(
    #[case] name: &str,
    #[case] value: &str,
    #[case] expected: &str,
) {
    let error = with(name, value).err().unwrap();
    assert!(error.contains(expected), "{error}");
}

#[rstest]
#[case(json!({"tenants": [{"tenantId": "x"}]}), "tenants[0].tenantId: ")]
#[case(json!({"tenants": [tenant(1, " ")]}), "tenants[0].name: is blank")]
#[case(json!({"tenants": [tenant(1, "a"), tenant(2, "A")]}), "tenants[1].name: \"A\" stands twice in the directory")]
#[case(json!({"tenants": [tenant(1, "a"), tenant(1, "b")]}), "stands twice in the directory")]
#[case(json!({"tenants": [{"tenantId": tenant(1, "a")["tenantId"], "name": "a"}]}),
       "tenants[0].external: no application is given; give one, or set external to true")]
#[case({let mut t = tenant(1, "a"); t["external"] = json!(true); json!({"tenants": [t]})},
       "tenants[0].external: is true, but an application is given")]
#[case({let mut t = tenant(1, "a"); t["cloud"] = json!("china"); json!({"tenants": [t]})},
       "tenants[0].cloud: cloud \"china\": multi-tenant organizations exist in the global cloud only")]
#[case({let mut t = tenant(1, "a"); t["applications"] = json!({"jion": t["application"]}); json!({"tenants": [t]})},
       "tenants[0].applications: \"jion\" is no function")]
#[case({let mut t = tenant(1, "a"); t["secret"] = json!("oops"); json!({"tenants": [t]})}, "tenants[0]")]
#[case({let mut t = tenant(1, "a"); t["tenantId"] = json!("00000000-0000-0000-0000-000000000000"); json!({"tenants": [t]})},
       "tenants[0].tenantId: is the zero GUID")]
fn a_bad_directory_stops_the_start_and_names_the_field(#[case] directory: Value, #[case] expected: &str) {
    let error = with("MTO_DIRECTORY", &directory.to_string()).err().unwrap();
    assert!(error.starts_with("configuration: MTO_DIRECTORY: ") && error.contains(expected), "{error}");
}

#[test]
fn a_tenant_is_found_by_id_name_and_domain_whatever_the_case_and_nothing_else_is() {
    let mut contoso = tenant(1, "Contoso");
    contoso["domains"] = json!(["contoso.example"]);
    let config = with("MTO_DIRECTORY", &json!({"tenants": [contoso]}).to_string()).unwrap();
    let id = config.directory.find("contoso").unwrap();
    for name in ["CONTOSO", "Contoso.Example", &id.to_string(), &id.to_string().to_uppercase()] {
        assert_eq!(config.directory.find(name), Some(id), "{name}");
    }
    assert_eq!(config.directory.find("fabrikam"), None);
    assert_eq!(config.directory.find("22222222-1111-4111-8111-111111111111"), None);
}

#[test]
fn a_function_reads_the_credential_of_no_other() {
    let application =
        |secret: &str| json!({"clientId": "app", "credential": {"clientSecret": {"env": secret}}});
    let mut contoso = tenant(1, "contoso");
    contoso.as_object_mut().unwrap().remove("application");
    contoso["applications"] = json!({"join": application("JOIN_SECRET"), "add": application("ADD_SECRET")});
    let read = |function: Verb| {
        let mut environment = environment();
        environment.insert("MTO_DIRECTORY".to_owned(), json!({"tenants": [contoso]}).to_string());
        environment.insert("MTO_QUEUE_ADD".to_owned(), "https://sqs/x".to_owned());
        environment.insert("JOIN_SECRET".to_owned(), "secret".to_owned());
        let directory = Config::read(&environment, function).unwrap().directory;
        directory.credentials(&environment, &NoBackends).map(|credentials| credentials.tenants().len())
    };
    assert_eq!(read(Verb::Join).unwrap(), 1);
    assert!(read(Verb::Add).unwrap_err().to_string().contains("ADD_SECRET"));
}

#[test]
fn a_function_uses_its_own_application_where_there_is_one() {
    let mut contoso = tenant(1, "contoso");
    contoso["applications"] = json!({
        "join": {"clientId": "join-app", "credential": {"clientSecret": {"env": "CONTOSO_SECRET"}}}});
    let directory = json!({"tenants": [contoso]}).to_string();
    let client = |function: Verb| {
        let mut environment = environment();
        environment.insert("MTO_DIRECTORY".to_owned(), directory.clone());
        environment
            .insert(format!("MTO_QUEUE_{}", function.as_str().to_uppercase()), "https://sqs/x".to_owned());
        let config = Config::read(&environment, function).unwrap();
        let credentials = config.directory.credentials(&environment, &NoBackends).unwrap();
        let tenant = credentials.tenants()[0];
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let credential = runtime.block_on(credentials.credential(tenant, OffsetDateTime::UNIX_EPOCH));
        credential.unwrap().client_id.clone()
    };
    assert_eq!(client(Verb::Join), "join-app");
    assert_eq!(client(Verb::Add), "app");
}

#[test]
fn a_document_in_the_place_of_its_path_is_not_printed() {
    let mut environment = environment();
    let directory = environment.remove("MTO_DIRECTORY").unwrap();
    environment.insert("MTO_DIRECTORY_FILE".to_owned(), directory);
    let error = Config::read(&environment, Verb::Join).err().unwrap().to_string();
    assert!(error.contains("MTO_DIRECTORY_FILE: holds JSON") && !error.contains("contoso"), "{error}");
}

#[test]
fn a_missing_secret_is_named_and_no_secret_is_ever_printed() {
    let mut environment = environment();
    let config = Config::read(&environment, Verb::Join).unwrap();
    let credentials = config.directory.credentials(&environment, &NoBackends).unwrap();
    assert!(!format!("{credentials:?}").contains("s3cret-of-contoso"));
    environment.remove("CONTOSO_SECRET");
    let error = config.directory.credentials(&environment, &NoBackends).err().unwrap().to_string();
    assert!(error.contains("variable CONTOSO_SECRET cannot be read"), "{error}");
}
