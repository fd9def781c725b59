//! A signed webhook: the outcome's event itself, as Standard Webhooks has it.
//!
//! Source of the facts: the Standard Webhooks specification 1.0.0: `webhook-id`, `webhook-timestamp` and
//! `webhook-signature`; `v1,` and the base64 of HMAC-SHA256 over `<id>.<timestamp>.<body>`; a key of 24 to 64 bytes,
//! written as `whsec_` and base64; 410 means that nothing more is wanted.

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Method;
use mto_handler::EdgeSecret;
use ring::hmac;
use secrecy::ExposeSecret;

use super::{Destination, Telling, check_label};
use crate::http::{Call, Service};
use crate::mark::{Told, key};
use crate::trouble::Trouble;

/// A receiver.
pub(crate) struct Webhook {
    pub(crate) service: Service,
    pub(crate) url: String,
    pub(crate) secret: EdgeSecret,
}

#[async_trait]
impl Destination for Webhook {
    fn check(&self, address: &str) -> Result<(), String> {
        check_label(address)
    }

    async fn tell(&self, telling: &Telling<'_>) -> Result<Told, Trouble> {
        let secret = self.secret.read(telling.deadline).await?;
        let Some(signing_key) = signing_key(secret.expose_secret()) else {
            return Err(Trouble::for_good(
                "Webhook: the secret of \"secret\" is no signing key: whsec_ and the base64 of 24 to 64 bytes",
            ));
        };
        // The same for every try: the receiver drops repeats by it.
        let id = format!("msg_{}", key(telling.outcome).simple());
        let timestamp = self.service.clock.now().unix_timestamp().to_string();
        let signature = sign(&signing_key, &id, &timestamp, telling.body);
        let call = Call {
            method: Method::POST,
            url: self.url.clone(),
            authorization: None,
            headers: vec![
                ("content-type", "application/cloudevents+json; charset=utf-8".to_owned()),
                ("webhook-id", id),
                ("webhook-timestamp", timestamp),
                ("webhook-signature", signature),
            ],
            body: Some(Bytes::from(telling.body.to_owned())),
        };
        let answer = self.service.send(call, telling.deadline).await?;
        // Its words are not shown: nobody knows what they can quote.
        answer.check("")?;
        Ok(Told::Now)
    }
}

fn signing_key(secret: &str) -> Option<hmac::Key> {
    let bytes = STANDARD.decode(secret.strip_prefix("whsec_").unwrap_or(secret)).ok()?;
    (24..=64).contains(&bytes.len()).then(|| hmac::Key::new(hmac::HMAC_SHA256, &bytes))
}

fn sign(key: &hmac::Key, id: &str, timestamp: &str, body: &str) -> String {
    let tag = hmac::sign(key, format!("{id}.{timestamp}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(tag.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the libraries of Standard Webhooks, which its specification shares.
    #[test]
    fn signatures_are_those_of_standard_webhooks() {
        let key = signing_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = r#"{"test": 2432232314}"#;
        let signature = sign(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn what_is_too_short_for_a_key_is_none() {
        for bad in ["", "whsec_", "whsec_c2hvcnQ=", "not base64"] {
            assert!(signing_key(bad).is_none(), "{bad}");
        }
    }
}
