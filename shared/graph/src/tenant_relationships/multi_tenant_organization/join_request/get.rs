//! `GET /tenantRelationships/multiTenantOrganization/joinRequest`
//!
//! Get multiTenantOrganizationJoinRequestRecord.

use http::{Method, StatusCode};

use super::{JoinRequestRecord, PATH};
use crate::endpoint::{DecodeError, Endpoint, decode_json};

/// Reads the join request. Always 200, also before the tenant was added anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GetJoinRequest;

impl Endpoint for GetJoinRequest {
    type Answer = JoinRequestRecord;
    const PERMISSION: &'static str = "MultiTenantOrganization.Read.All";

    fn method(&self) -> Method {
        Method::GET
    }

    fn path(&self) -> String {
        PATH.to_owned()
    }

    fn decode(&self, _status: StatusCode, body: &[u8]) -> Result<JoinRequestRecord, DecodeError> {
        decode_json(body)
    }
}
