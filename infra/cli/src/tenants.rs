//! The tenants of the directory, for texts and for what a file names.

use std::collections::BTreeMap;
use std::sync::Arc;

use mto_handler::{ConfigError, Directory, DirectoryDocument, Environment, TenantEntry};
use mto_messages::{TenantId, Verb};

use crate::context::variable;

/// The directory with its entries.
pub struct Tenants {
    /// Checked, as the functions see it.
    pub directory: Directory,
    /// The entries, in the order of the document.
    pub entries: Vec<TenantEntry>,
    names: BTreeMap<TenantId, String>,
}

impl Tenants {
    /// Reads `MTO_DIRECTORY`, or the file that `MTO_DIRECTORY_FILE` names.
    ///
    /// # Errors
    /// A [`ConfigError`] that names the variable and the field; never what stands where a credential belongs.
    pub fn read(environment: &Arc<dyn Environment>) -> Result<Self, ConfigError> {
        let (source, text) = document(environment.as_ref())?;
        let directory = Directory::parse(&text, source, Verb::Sync)?;
        // `parse` has just read the same text.
        let document: DirectoryDocument = serde_json::from_str(&text)
            .map_err(|_| missing(source, "cannot be read twice; give a file that is not being written"))?;
        let names = document.tenants.iter().map(|entry| {
            let name = entry.display_name.clone().unwrap_or_else(|| entry.name.clone());
            (TenantId::new(entry.tenant_id), name)
        });
        Ok(Self { directory, names: names.collect(), entries: document.tenants })
    }

    /// The tenant's name in texts; its id where the directory does not list it.
    pub fn name(&self, tenant: TenantId) -> String {
        self.names.get(&tenant).cloned().unwrap_or_else(|| tenant.to_string())
    }

    /// A text of the functions without the ids behind the names: they are in the JSON.
    pub fn shorten(&self, text: &str) -> String {
        self.names.keys().fold(text.to_owned(), |text, tenant| text.replace(&format!(" ({tenant})"), ""))
    }
}

/// The text, and the variable that led to it.
fn document(environment: &dyn Environment) -> Result<(&'static str, String), ConfigError> {
    let inline = variable(environment, "MTO_DIRECTORY");
    let path = variable(environment, "MTO_DIRECTORY_FILE");
    match (inline, path) {
        (Some(text), None) => Ok(("MTO_DIRECTORY", text)),
        (None, Some(path)) if path.starts_with('{') => Err(missing(
            "MTO_DIRECTORY_FILE",
            "holds JSON; give the path of a file, or the JSON in MTO_DIRECTORY",
        )),
        (None, Some(path)) => match environment.read_file(&path) {
            Some(text) => Ok(("MTO_DIRECTORY_FILE", text)),
            None => Err(missing("MTO_DIRECTORY_FILE", &format!("{path} cannot be read"))),
        },
        (Some(_), Some(_)) => Err(missing("MTO_DIRECTORY", "drop either it or MTO_DIRECTORY_FILE")),
        (None, None) => Err(missing(
            "MTO_DIRECTORY",
            "give the tenant directory as JSON, or the path of a file with it in MTO_DIRECTORY_FILE",
        )),
    }
}

fn missing(variable: &str, problem: &str) -> ConfigError {
    ConfigError { variable: variable.to_owned(), problem: problem.to_owned() }
}
