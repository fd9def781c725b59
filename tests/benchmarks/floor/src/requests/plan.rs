//! What is to be requested, as the benchmark recorded it of the function `join`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The requests of each message: the first, the second, and so on; the last stands for all that follow.
pub(crate) type Plan = Vec<Message>;

/// Stages, one after the other; the requests of one stage are made at the same time.
pub(crate) type Message = Vec<Vec<Step>>;

/// One request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum Step {
    /// To the login service: its answer holds the token of this tenant.
    Token {
        /// Whose token it is.
        tenant: String,
        /// The whole address.
        url: String,
        /// The form.
        body: String,
    },
    /// To Graph, with the token of a tenant.
    Graph {
        /// Whose token it carries.
        tenant: String,
        /// GET, PATCH.
        method: String,
        /// The whole address.
        url: String,
        /// JSON, for a write.
        body: Option<String>,
    },
    /// `SendMessage`.
    Send {
        /// The queue.
        queue_url: String,
        /// The message.
        body: String,
        /// `DelaySeconds`, if it was given.
        delay_seconds: Option<i32>,
        /// Message attributes; all are strings.
        attributes: BTreeMap<String, String>,
    },
    /// `DeleteMessage`.
    Delete {
        /// The queue.
        queue_url: String,
        /// The handle.
        receipt_handle: String,
    },
}
