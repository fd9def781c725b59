//! The join that every candidate is given: Fabrikam joins Contoso's organization.

use entra_simulator::{MemberSeed, OrganizationSeed, Seed};
use serde_json::{Value, json};

use super::services::{Services, World};
use super::sqs::Sent;

/// Contoso has an organization; Fabrikam is not in it. The others are there to fill the directory.
pub(crate) fn not_added() -> Seed {
    let mut seed = Seed::demo(4);
    seed.organizations = vec![OrganizationSeed {
        owner: seed.tenants[0].tenant_id,
        display_name: "Contoso group".to_owned(),
        description: None,
        members: Vec::new(),
    }];
    seed
}

/// The same, and Contoso has added Fabrikam.
pub(crate) fn added() -> Seed {
    let mut seed = not_added();
    let fabrikam = &seed.tenants[1];
    let row = MemberSeed {
        tenant_id: fabrikam.tenant_id,
        display_name: fabrikam.display_name.clone(),
        role: entra_simulator::MemberRole::Member,
        state: entra_simulator::MemberState::Pending,
    };
    seed.organizations[0].members.push(row);
    seed
}

/// The command, as a producer sends it.
pub(crate) fn command() -> Sent {
    let command = json!({
        "specversion": "1.0", "type": "mto.join.v1", "id": "INC0012345", "source": "/servicenow/prod",
        "datacontenttype": "application/json",
        "data": {"tenant": "fabrikam", "owner": "contoso"},
    });
    Sent {
        queue: "join".to_owned(),
        body: command.to_string(),
        delay_seconds: None,
        attributes: std::collections::BTreeMap::new(),
    }
}

/// A message as Lambda's event source mapping hands it over (AWS Lambda developer guide, "Using Lambda with Amazon SQS").
pub(crate) fn event(sent: &Sent, number: usize) -> Value {
    json!({"Records": [record(sent, number)]})
}

/// A batch of so many messages that say the same; the first has this number.
pub(crate) fn batch(sent: &Sent, first: usize, messages: usize) -> Value {
    json!({"Records": (first..first + messages).map(|number| record(sent, number)).collect::<Vec<_>>()})
}

fn record(sent: &Sent, number: usize) -> Value {
    let attribute = |(name, value): (&String, &String)| {
        let value = json!({
            "stringValue": value, "stringListValues": [], "binaryListValues": [], "dataType": "String",
        });
        (name.clone(), value)
    };
    let attributes: serde_json::Map<String, Value> = sent.attributes.iter().map(attribute).collect();
    let sent_at = super::watch::today().unix_timestamp() * 1_000;
    json!({
        "messageId": format!("059f36b4-87a3-44ab-83d2-{number:012}"),
        "receiptHandle": format!("AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a-{number}"),
        "body": sent.body,
        "attributes": {
            "ApproximateReceiveCount": "1", "SentTimestamp": sent_at.to_string(),
            "SenderId": "AIDAIENQZJOLO23YVJ4VO", "ApproximateFirstReceiveTimestamp": sent_at.to_string(),
        },
        "messageAttributes": attributes,
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:join",
        "awsRegion": "eu-central-1",
    })
}

/// Contoso adds Fabrikam, by its own application.
pub(crate) fn add(services: &Services) {
    let seed = not_added();
    let (contoso, fabrikam) = (&seed.tenants[0], &seed.tenants[1]);
    let application = &contoso.applications[0];
    let form = format!(
        "client_id={}&client_secret={}&grant_type=client_credentials&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default",
        application.client_id,
        application.secrets[0].expose()
    );
    let world = services.world();
    let token = post(
        &world,
        &format!("/{}/oauth2/v2.0/token", contoso.tenant_id),
        ("content-type", "application/x-www-form-urlencoded"),
        form,
    );
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap_or_default());
    let row = json!({"tenantId": fabrikam.tenant_id, "displayName": fabrikam.display_name});
    let path = "/v1.0/tenantRelationships/multiTenantOrganization/tenants";
    let added = post(&world, path, ("authorization", &bearer), row.to_string());
    assert_eq!(added["state"], "pending", "{added:#}");
}

fn post(world: &World, path: &str, header: (&str, &str), body: String) -> Value {
    let request = http::Request::post(path).header(header.0, header.1);
    let request = if header.0 == "authorization" {
        request.header("content-type", "application/json")
    } else {
        request
    };
    let request = request.body(body.into()).expect("a request");
    let answer = world.simulator.handle(request);
    assert!(answer.status().is_success(), "{path}: {answer:?}");
    serde_json::from_slice(answer.body()).expect("JSON")
}

/// Fails unless Fabrikam is active, was asked to join once, and that was told as a success.
pub(crate) fn assert_joined(services: &Services, who: &str) {
    let world = services.world();
    let state = world.simulator.state();
    let rows = state["organizations"][0]["tenants"].as_array().map(Vec::as_slice).unwrap_or_default();
    assert!(rows.len() == 2 && rows.iter().all(|row| row["state"] == "active"), "{who}: {state:#}");
    assert_eq!(world.simulator.violations(), Vec::<String>::new(), "{who}");
    let asked = world.simulator.requests().into_iter().filter(|line| line.method == "PATCH").count();
    assert_eq!(asked, 1, "{who}: it is to ask once");
    let told = world.last_sent("outcomes").unwrap_or_else(|| panic!("{who}: no outcome"));
    let outcome: Value = serde_json::from_str(&told.body).unwrap_or_default();
    assert_eq!(outcome["type"], "mto.join.succeeded.v1", "{who}: {outcome:#}");
    assert_eq!(world.queues.refused, Vec::<String>::new(), "{who}: requests to SQS");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_holds_messages_that_differ_in_what_sqs_gives_them() {
        let batch = batch(&command(), 20, 10);
        let records = batch["Records"].as_array().unwrap();
        let of = |field: &str| -> std::collections::BTreeSet<String> {
            records.iter().map(|record| record[field].to_string()).collect()
        };
        let different = ["messageId", "receiptHandle", "body"].map(|field| of(field).len());
        assert_eq!((records.len(), different), (10, [10, 10, 1]));
        assert_eq!(event(&command(), 20)["Records"][0]["messageId"], records[0]["messageId"]);
    }
}
