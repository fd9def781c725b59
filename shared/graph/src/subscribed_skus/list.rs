//! `GET /subscribedSkus`
//!
//! List subscribedSkus.

use http::{Method, StatusCode};

use super::SubscribedSku;
use crate::endpoint::{DecodeError, Endpoint, Page, PagedEndpoint, decode_json};

/// Reads what the tenant has subscribed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListSubscribedSkus;

impl Endpoint for ListSubscribedSkus {
    type Answer = Page<SubscribedSku>;
    const PERMISSION: &'static str = "Organization.Read.All";

    fn method(&self) -> Method {
        Method::GET
    }

    fn path(&self) -> String {
        "/subscribedSkus".to_owned()
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<Self::Answer, DecodeError> {
        decode_json(body)
    }
}

impl PagedEndpoint for ListSubscribedSkus {
    type Item = SubscribedSku;
}
