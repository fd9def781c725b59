//! A scene in which every function has an application of its own, with what the table says and nothing else.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use std::collections::BTreeSet;

use entra_simulator::RequestLine;
use mto_handler::permissions::{self, Call, GRANTS, Grant, Need, Side, covers, least};
use mto_messages::Verb;
use mto_simulation_tests::{Ledger, Scene, Stage};
use uuid::Uuid;

/// A function, a tenant by name, and what that tenant is to the function.
pub(crate) type Part = (Verb, &'static str, Side);

/// Who acts where, and for what.
pub(crate) struct Cast {
    pub(crate) stage: Stage,
    pub(crate) parts: &'static [Part],
    /// What is asked for; grants that are only for something else are not given.
    pub(crate) asks: &'static [&'static str],
}

/// A call of the table, with the grant it stands in.
pub(crate) type Used = (&'static Grant, &'static Call);

impl Cast {
    /// Every application has exactly the least set.
    pub(crate) fn play(self) -> Play {
        self.with(|_, _, grants| least(grants))
    }

    /// The same, but one permission, and all that covers it, is missing in one tenant.
    pub(crate) fn play_without(self, function: Verb, tenant: &str, permission: &'static str) -> Play {
        let id = id_of(&self.stage, tenant);
        self.with(|verb, in_tenant, grants| {
            if (verb, in_tenant) != (function, id) {
                return least(grants);
            }
            let all: BTreeSet<&'static str> = grants.into_iter().map(|grant| grant.permission).collect();
            assert!(all.contains(permission), "{verb} needs no {permission} in {tenant}");
            all.into_iter().filter(|name| *name != permission && !covers(name, permission)).collect()
        })
    }

    fn with(self, set: impl Fn(Verb, Uuid, Vec<&'static Grant>) -> BTreeSet<&'static str>) -> Play {
        let parts: BTreeSet<(Verb, Uuid, Side)> =
            self.parts.iter().map(|(verb, name, side)| (*verb, id_of(&self.stage, name), *side)).collect();
        let asked = |grant: &&Grant| match grant.need {
            Need::For(what) => self.asks.contains(&what),
            Need::Always | Need::Optional(_) => true,
        };
        let grants = |verb: Verb, tenant: Uuid| -> Vec<&'static Grant> {
            let sides = parts.iter().filter(|part| (part.0, part.1) == (verb, tenant));
            sides.flat_map(|(_, _, side)| permissions::of(verb, *side)).filter(asked).collect()
        };
        let (stage, ledger) = self.stage.applications(|verb, tenant| set(verb, tenant, grants(verb, tenant)));
        Play { scene: stage.build(), ledger, parts }
    }
}

/// A scene under way.
pub(crate) struct Play {
    pub(crate) scene: Scene,
    ledger: Ledger,
    parts: BTreeSet<(Verb, Uuid, Side)>,
}

impl Play {
    /// The call of the table that each of the functions' requests is: exactly one, but where users go both ways.
    ///
    /// Nothing was refused for lack of a permission, but look-ups in tenants that are not the one that may.
    pub(crate) fn calls(&self) -> Vec<Used> {
        let graph = self.scene.requests().into_iter().filter(is_call);
        graph
            .map(|line| {
                let used = self.call(&line);
                let denied = line.status == 403 && used.0.side != Side::LookUp;
                assert!(!denied, "refused although the table grants it: {line:?}");
                used
            })
            .collect()
    }

    fn call(&self, line: &RequestLine) -> Used {
        let function = self.ledger.function_of(line).unwrap_or_else(|| panic!("nobody's: {line:?}"));
        let tenant = line.tenant.unwrap();
        let path = line.path.strip_prefix("/v1.0").unwrap();
        let here = |grant: &&'static Grant| {
            grant.function == function
                && (grant.side == Side::LookUp || self.parts.contains(&(function, tenant, grant.side)))
        };
        let found: Vec<Used> = GRANTS
            .iter()
            .filter(here)
            .filter_map(|grant| Some((grant, grant.call(&line.method, path)?)))
            .collect();
        // A tenant can be both source and target, and the same call is then made as either.
        let calls: BTreeSet<_> =
            found.iter().map(|(grant, call)| (grant.permission, call.method, call.path)).collect();
        assert_eq!(calls.len(), 1, "{function} in {tenant}: {} {path}: {found:?}", line.method);
        found[0]
    }

    pub(crate) fn assert_succeeded(&self, commands: &[&str]) {
        for command in commands {
            let end = self.scene.end(command);
            assert_eq!(end.kind(), "succeeded", "{command}: {} {}", end.summary(), end.text());
        }
    }
}

fn is_call(line: &RequestLine) -> bool {
    !line.path.ends_with("/$batch") && !line.path.ends_with("/oauth2/v2.0/token")
}

fn id_of(stage: &Stage, name: &str) -> Uuid {
    let tenants = &stage.setup.seed.tenants;
    tenants.iter().find(|tenant| tenant.display_name.to_lowercase() == name).unwrap().tenant_id
}
