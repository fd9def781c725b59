//! The edge where commands come in: webhooks and chat-ops.
