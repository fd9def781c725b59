//! The edge where outcomes go out: chat, tickets and webhooks.
