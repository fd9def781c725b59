//! A receiver of Standard Webhooks. It keeps what it gets; whether the signatures are right is for the specification's
//! own library to say.

use serde_json::Value;

use super::{Call, Product, Reply, Told};

/// A program of somebody's own.
#[derive(Default)]
pub struct Receiver {
    /// Every request it took.
    pub requests: Vec<Call>,
}

impl Receiver {
    /// What was told, in its order.
    pub fn told(&self) -> Vec<Told> {
        let told = |call: &Call| {
            let event: Value = serde_json::from_str(&call.body).unwrap_or_default();
            Told {
                address: call.path.clone(),
                text: call.body.clone(),
                outcome: event["id"].as_str().map(str::to_owned),
            }
        };
        self.requests.iter().map(told).collect()
    }
}

impl Product for Receiver {
    fn answer(&mut self, call: &Call) -> Result<Reply, String> {
        if call.method != "POST" {
            return Err("webhooks are posted".to_owned());
        }
        let kind = call.headers.get("content-type").map(String::as_str).unwrap_or_default();
        if !kind.starts_with("application/cloudevents+json") {
            return Err(format!("no event in structured mode: {kind:?}"));
        }
        let names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
        if let Some(missing) = names.iter().find(|name| !call.headers.contains_key(**name)) {
            return Err(format!("no {missing}"));
        }
        self.requests.push(call.clone());
        Ok(Reply { status: 204, body: Value::Null })
    }
}
