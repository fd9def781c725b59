//! What other people's clients meet before Graph: TLS, the proxy, the discovery documents, the program's options.

mod discovery;
#[cfg(feature = "assertions")]
mod login;
mod program;
mod proxy;
mod secure;
mod support;
