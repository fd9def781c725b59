//! Whole formations.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use entra_simulator::{Options, Seed};
use mto_local::{Setup, World};
use mto_messages::Verb;
use serde_json::json;

#[tokio::test]
async fn one_create_forms_a_three_tenant_organization() {
    let world = World::new(Setup::new(Seed::demo(3), Options::realistic())).unwrap();
    let body = json!({
        "type": "mto.create.v1", "id": "INC1", "source": "/servicenow/prod", "replyto": "slack:C1",
        "data": {
            "owner": "contoso", "displayName": "Contoso", "templates": "admin-center",
            "tenants": [
                {"tenant": "fabrikam", "displayName": "Fabrikam"},
                {"tenant": "tailspin", "displayName": "Tailspin"},
            ],
            "then": {"join": {"templates": "admin-center"}},
        },
    });
    world.post(Verb::Create, &body.to_string()).await.unwrap();
    let done = world.run(1000).await;
    for outcome in world.outcomes() { println!("{} {} {} {}", outcome["time"], outcome["type"], outcome["id"], outcome["data"]["summary"]); }
    println!("{:#?}", world.dead_letters(Verb::Create));
    assert!(done);
    println!("{:?}", world.graph().statistics());
    for r in world.simulator().requests() { println!("{r:?}"); }
}
