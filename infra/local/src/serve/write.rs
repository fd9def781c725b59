//! `--write`: what other Graph clients, and the command line `mto`, need to work against this world.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use entra_simulator::{ApplicationSeed, TenantSeed};
use mto_messages::Verb;
use serde_json::{Map, Value, json};

use super::server::ServeError;
use super::view::Known;
use crate::Setup;

/// What was written.
pub(super) struct Written {
    /// To be sourced by a shell.
    pub(super) environment: PathBuf,
}

/// Writes `directory.json`, `secrets/…` and `environment.sh`, over what is there.
pub(super) fn write(folder: &Path, setup: &Setup, graph: &str, server: &str) -> Result<Written, ServeError> {
    let secrets = folder.join("secrets");
    make_folder(&secrets)?;
    // Whoever reads the directory may stand elsewhere.
    let secrets = secrets.canonicalize().map_err(|source| ServeError::Write { path: secrets, source })?;
    let listed = setup.seed.tenants.iter().filter(|tenant| !setup.unlisted.contains(&tenant.tenant_id));
    let known = Known::all(setup);
    let mut tenants = Vec::new();
    for tenant in listed {
        let name = known.iter().find(|known| known.id == tenant.tenant_id).map(|known| known.name.as_str());
        tenants.push(entry(setup, tenant, name.unwrap_or_default(), &secrets)?);
    }
    let document = format!("{:#}\n", json!({"tenants": tenants}));
    let directory = folder.join("directory.json");
    write_file(&directory, &document)?;
    let directory =
        directory.canonicalize().map_err(|source| ServeError::Write { path: directory, source })?;
    let environment = folder.join("environment.sh");
    let variables = [
        ("MTO_DIRECTORY_FILE", directory.display().to_string()),
        ("MTO_GRAPH_ROOT", format!("{graph}/v1.0")),
        ("MTO_LOGIN_ROOT", graph.to_owned()),
        ("MTO_SERVER", server.to_owned()),
    ];
    let lines = variables.iter().map(|(name, value)| format!("export {name}={}\n", quoted(value)));
    write_file(&environment, &lines.collect::<String>())?;
    Ok(Written { environment })
}

/// A tenant as the directory's document has it, with its secrets in files.
fn entry(setup: &Setup, tenant: &TenantSeed, name: &str, secrets: &Path) -> Result<Value, ServeError> {
    let mut entry = Map::new();
    entry.insert("tenantId".to_owned(), json!(tenant.tenant_id));
    entry.insert("name".to_owned(), json!(name));
    entry.insert("displayName".to_owned(), json!(tenant.display_name));
    entry.insert("domains".to_owned(), json!([tenant.default_domain]));
    if let Some(scope) = setup.scopes.get(&tenant.tenant_id) {
        entry.insert("syncScope".to_owned(), json!(scope));
    }
    if let Some(settings) = setup.settings.get(&tenant.tenant_id) {
        entry.insert("settings".to_owned(), settings.clone());
    }
    if setup.external.contains(&tenant.tenant_id) {
        entry.insert("external".to_owned(), json!(true));
        return Ok(Value::Object(entry));
    }
    let write_secret = |one: &ApplicationSeed, suffix: &str| -> Result<Value, ServeError> {
        let file = secrets.join(format!("{}{suffix}", tenant.tenant_id));
        write_file(&file, one.secrets.first().map_or("", |secret| secret.expose()))?;
        let credential = json!({"clientSecret": {"file": file.display().to_string()}});
        Ok(json!({"clientId": one.client_id, "credential": credential}))
    };
    if let Some(first) = tenant.applications.first() {
        entry.insert("application".to_owned(), write_secret(first, "")?);
    }
    let mut own = Map::new();
    for verb in Verb::ALL {
        let is_its = |one: &&ApplicationSeed| one.display_name.as_deref() == Some(verb.as_str());
        if let Some(one) = tenant.applications.iter().find(is_its) {
            own.insert(verb.to_string(), write_secret(one, &format!(".{verb}"))?);
        }
    }
    if !own.is_empty() {
        entry.insert("applications".to_owned(), Value::Object(own));
    }
    Ok(Value::Object(entry))
}

/// For a shell: nothing inside single quotes means anything but the single quote.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn make_folder(folder: &Path) -> Result<(), ServeError> {
    let failed = |source| ServeError::Write { path: folder.to_path_buf(), source };
    fs::create_dir_all(folder).map_err(failed)?;
    only_for_us(folder, 0o700).map_err(failed)
}

/// A file that nobody else may read.
fn write_file(path: &Path, text: &str) -> Result<(), ServeError> {
    let failed = |source| ServeError::Write { path: path.to_path_buf(), source };
    // A new file, and so a new mode: one that was there may be open to others.
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
        Ok(()) | Err(_) => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).and_then(|mut file| file.write_all(text.as_bytes())).map_err(failed)
}

#[cfg(unix)]
fn only_for_us(path: &Path, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn only_for_us(_: &Path, _: u32) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_takes_a_text_as_it_is() {
        assert_eq!(quoted("/tmp/it's $HOME"), r"'/tmp/it'\''s $HOME'");
    }
}
