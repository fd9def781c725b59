//! `$expand` of users: their manager (7.2), and nothing else.

use serde_json::{Value, json};

use super::super::Call;
use super::users::{manager_of, selected};
use crate::world::Refusal;
use crate::world::directory::Directory;

/// What is shown beside a user.
pub(super) enum Expanded {
    Nothing,
    /// With these properties; none: the default ones.
    Manager(Option<String>),
}

/// What a call asks for. Other relations of the service are not served here; text and code are (unverified).
pub(super) fn of(call: &Call) -> Result<Expanded, Refusal> {
    let Some(text) = call.option("$expand").map(str::trim) else { return Ok(Expanded::Nothing) };
    let refused = || {
        Refusal::Bad(format!("Parsing OData Select and Expand failed: '{text}' is not supported for users."))
    };
    let (name, options) = match text.split_once('(') {
        None => (text, None),
        Some((name, rest)) => (name, Some(rest.strip_suffix(')').ok_or_else(refused)?)),
    };
    if !name.eq_ignore_ascii_case("manager") {
        return Err(refused());
    }
    let Some(options) = options else { return Ok(Expanded::Manager(None)) };
    match options.split_once('=') {
        Some(("$select", names)) => Ok(Expanded::Manager(Some(names.to_owned()))),
        Some(_) | None => Err(refused()),
    }
}

impl Expanded {
    /// Puts it into what is shown of a user; who has no manager is shown without.
    pub(super) fn put(&self, directory: &Directory, number: u32, shown: &mut Value) {
        let Self::Manager(names) = self else { return };
        let Some(manager) = manager_of(directory, number) else { return };
        let mut one = selected(directory, manager, names.as_deref());
        one["@odata.type"] = json!("#microsoft.graph.user");
        shown["manager"] = one;
    }
}
