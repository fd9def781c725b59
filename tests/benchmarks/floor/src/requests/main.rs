//! The requests of a join with nothing around them: no decision, no journal, no types, no log.
//!
//! `FLOOR_PLAN` holds them as JSON, see `plan.rs`. The clients are made when the first message comes, as the functions
//! do it: so the two are compared over the same span.

mod clients;
mod plan;
mod sdk_http;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_sqs::types::MessageAttributeValue;
use clients::Clients;
use futures_util::future::try_join_all;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use plan::{Plan, Step};
use serde::Deserialize;
use serde_json::{Value, json};

/// What lives as long as the process.
struct Floor {
    plan: Plan,
    clients: Mutex<Option<Arc<Clients>>>,
    /// By tenant.
    tokens: Mutex<BTreeMap<String, String>>,
    /// Messages that were handled.
    handled: Mutex<usize>,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let plan: Plan = serde_json::from_str(&clients::variable("FLOOR_PLAN")?)?;
    let floor = Arc::new(Floor {
        plan,
        clients: Mutex::default(),
        tokens: Mutex::default(),
        handled: Mutex::default(),
    });
    lambda_runtime::run(service_fn(move |_: LambdaEvent<Value>| {
        let floor = Arc::clone(&floor);
        async move { floor.handle().await }
    }))
    .await
}

impl Floor {
    async fn handle(&self) -> Result<Value, Error> {
        let clients = self.clients()?;
        for stage in self.next_message() {
            try_join_all(stage.iter().map(|step| self.request(&clients, step))).await?;
        }
        Ok(json!({"batchItemFailures": []}))
    }

    fn next_message(&self) -> &[Vec<Step>] {
        let mut handled = self.handled.lock().unwrap_or_else(PoisonError::into_inner);
        let message = self.plan.get(*handled).or_else(|| self.plan.last());
        *handled += 1;
        message.map_or(&[], Vec::as_slice)
    }

    fn clients(&self) -> Result<Arc<Clients>, Error> {
        let mut made = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(clients) = made.as_ref() {
            return Ok(Arc::clone(clients));
        }
        Ok(Arc::clone(made.insert(Arc::new(Clients::new()?))))
    }

    async fn request(&self, clients: &Clients, step: &Step) -> Result<(), Error> {
        match step {
            Step::Token { tenant, url, body } => {
                let request =
                    clients.http.post(url).header("content-type", "application/x-www-form-urlencoded");
                let answer = request.body(body.clone()).send().await?.error_for_status()?.bytes().await?;
                let granted: Granted = serde_json::from_slice(&answer)?;
                let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
                tokens.insert(tenant.clone(), granted.access_token);
            }
            Step::Graph { tenant, method, url, body } => {
                let mut request = clients.http.request(method.parse()?, url).bearer_auth(self.token(tenant)?);
                if let Some(body) = body {
                    request = request.header("content-type", "application/json").body(body.clone());
                }
                // Read to its end, whatever it says: a row that is not there is an answer too.
                request.send().await?.bytes().await?;
            }
            Step::Send { queue_url, body, delay_seconds, attributes } => {
                let mut call = clients.sqs.send_message().queue_url(queue_url).message_body(body);
                call = call.set_delay_seconds(*delay_seconds);
                for (name, value) in attributes {
                    let value = MessageAttributeValue::builder().data_type("String").string_value(value);
                    call = call.message_attributes(name, value.build()?);
                }
                call.send().await?;
            }
            Step::Delete { queue_url, receipt_handle } => {
                let call = clients.sqs.delete_message().queue_url(queue_url);
                call.receipt_handle(receipt_handle).send().await?;
            }
        }
        Ok(())
    }

    fn token(&self, tenant: &str) -> Result<String, Error> {
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.get(tenant).cloned().ok_or_else(|| format!("the plan asks for no token of {tenant}").into())
    }
}
