//! Whether every application gets a token, carries its permissions, and is let in.

use std::collections::BTreeMap;
use std::sync::Arc;

use mto_graph::prelude::{GetMultiTenantOrganization, ListPartners};
use mto_graph::{Call, GraphClient, GraphError, ReqwestTransport, TokenProvider};
use mto_handler::{Config, TenantEntry};
use mto_messages::Verb;
use time::Duration;
use uuid::Uuid;

use super::{Check, roles};
use crate::answer::CliError;
use crate::context::Context;
use crate::in_process;
use crate::tenants::Tenants;

/// For one tenant.
const PATIENCE: Duration = Duration::seconds(20);

/// An application of a tenant, and the functions that use it.
struct Identity {
    client_id: String,
    functions: Vec<Verb>,
}

/// One token for each application of each tenant, and one look with it.
///
/// # Errors
/// Only where the HTTP client cannot be made.
pub(super) async fn check(tenants: &Tenants, context: &Context) -> Result<Vec<Check>, CliError> {
    let mut checks = Vec::new();
    let transport = Arc::new(ReqwestTransport::new()?);
    let mut clients = BTreeMap::new();
    for verb in Verb::ALL {
        match client(context, verb, &transport) {
            Ok(client) => drop(clients.insert(verb, client)),
            Err(error) => {
                let remedy = "set what is missing; docs/operations.md lists all variables";
                checks.push(Check::failed(format!("configuration of {verb}"), error.to_string(), remedy));
            }
        }
    }
    for entry in &tenants.entries {
        if entry.external {
            checks.push(Check::ok(&entry.name, "external: known, and not ours to act for"));
        }
        for identity in identities(entry) {
            let client = identity.functions.iter().find_map(|verb| clients.get(verb));
            let Some(client) = client else { continue };
            checks.extend(client.check(entry, &identity, context).await);
        }
    }
    Ok(checks)
}

struct Client {
    config: Config,
    tokens: Arc<dyn TokenProvider>,
    graph: GraphClient,
}

fn client(context: &Context, verb: Verb, transport: &Arc<ReqwestTransport>) -> Result<Client, CliError> {
    let config = in_process::config(context, verb)?;
    let tokens: Arc<dyn TokenProvider> = Arc::new(in_process::tokens(context, &config, transport.clone())?);
    let graph =
        GraphClient::new(config.cloud.clone(), transport.clone(), tokens.clone(), context.clock.clone());
    Ok(Client { config, tokens, graph })
}

/// The functions of one application together: they get the same token.
fn identities(entry: &TenantEntry) -> Vec<Identity> {
    let mut identities: Vec<Identity> = Vec::new();
    for verb in Verb::ALL {
        let application = entry.applications.get(verb.as_str()).or(entry.application.as_ref());
        let Some(application) = application else { continue };
        match identities.iter_mut().find(|one| one.client_id == application.client_id) {
            Some(identity) => identity.functions.push(verb),
            None => {
                identities.push(Identity { client_id: application.client_id.clone(), functions: vec![verb] });
            }
        }
    }
    identities
}

impl Client {
    async fn check(&self, entry: &TenantEntry, identity: &Identity, context: &Context) -> Vec<Check> {
        let functions: Vec<&str> = identity.functions.iter().map(|verb| verb.as_str()).collect();
        let functions = functions.join(", ");
        let named = |what: &str| format!("{} {what} ({functions})", entry.name);
        let deadline = context.clock.now() + PATIENCE;
        let token = match self.tokens.token(entry.tenant_id, deadline).await {
            Ok(token) => token,
            Err(error) => {
                let remedy = format!(
                    "check clientId and credential of the tenant in the directory, and that {} answers",
                    self.config.cloud.login_root()
                );
                return vec![Check::failed(named("credential"), error.to_string(), remedy)];
            }
        };
        let mut checks = vec![Check::ok(named("credential"), "the login service gives a token")];
        checks.push(permissions(&named("permissions"), identity, roles::of(token.expose())));
        checks.extend(self.look(entry, identity, &named, context).await);
        checks
    }

    /// What cannot be read off a token: whether Graph lets us in.
    async fn look(
        &self,
        entry: &TenantEntry,
        identity: &Identity,
        named: &dyn Fn(&str) -> String,
        context: &Context,
    ) -> Vec<Check> {
        let call = Call::new(entry.tenant_id, Uuid::nil(), context.clock.now() + PATIENCE);
        let organization = self.graph.send(&call, &GetMultiTenantOrganization).await;
        let mut checks = vec![seen(named("organization"), organization.map(drop))];
        if identity.functions.contains(&Verb::Sync) {
            let partners = self.graph.send(&call, &ListPartners::default()).await;
            checks.push(seen(named("partner configurations"), partners.map(drop)));
        }
        checks
    }
}

/// A tenant that is in no organization answers, too: inactive. Not found is a path that this Graph does not have.
fn seen(check: String, answer: Result<(), GraphError>) -> Check {
    match answer {
        Ok(()) => Check::ok(check, "can be read"),
        Err(error) => {
            let remedy = if error.is_not_found() {
                "check MTO_GRAPH_ROOT: it ends in /v1.0"
            } else {
                "give the application the permissions of docs/operations.md, with admin consent"
            };
            Check::failed(check, mto_handler::text_of(&error), remedy)
        }
    }
}

fn permissions(check: &str, identity: &Identity, roles: Option<std::collections::BTreeSet<String>>) -> Check {
    let Some(roles) = roles else {
        return Check::ok(check, "the token does not show them; only what is read below was tried");
    };
    let missing = roles::missing(&identity.functions, &roles);
    let names = |optional: bool| {
        let names = missing.iter().filter(|one| one.optional == optional).map(|one| one.permission);
        names.collect::<Vec<_>>().join(", ")
    };
    let remedy = "add them to the application, and let an administrator consent";
    if missing.iter().any(|one| !one.optional) {
        Check::failed(check, format!("missing: {}", names(false)), remedy)
    } else if missing.is_empty() {
        Check::ok(check, "everything that these functions can use")
    } else {
        let found = format!("missing for some of what these functions can do: {}", names(true));
        Check::warning(check, found, remedy)
    }
}
