//! Notify against servers that record what they are asked, in virtual time.

mod batches;
mod bounds;
mod configuration;
mod credentials;
mod jira;
mod malicious;
mod moved_back;
mod notes;
mod outcomes;
mod servicenow;
mod slack;
mod stage;
mod teams;
mod webhook;
