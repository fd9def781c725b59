//! What somebody has at hand who follows the document: tenants, a folder, zips.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use entra_simulator::{Seed, TenantSeed};
use mto_messages::Verb;
use serde_json::{Value, json};
use tokio::process::Command;
use uuid::Uuid;

use crate::program::run;
use crate::tools::{profile_folder, repository};

const CERTIFICATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../golden/certificates/test-client.crt.pem");
const PRIVATE_KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../golden/certificates/test-client.key.pem");
/// The ids of the groups to share begin here.
const GROUPS: u128 = 0x6d74_6f00_0000_4000_8000_0000_0000_0000;

/// Contoso signs in with a certificate; Fabrikam with a secret in Secrets Manager, which the document has put there;
/// Tailspin with a secret in a file. The groups of those to share have ids that the tenant directory can name.
pub(crate) fn seed() -> Seed {
    let mut seed = Seed::demo(4);
    let contoso = &mut seed.tenants[0].applications[0];
    contoso.secrets.clear();
    contoso.certificates = vec![std::fs::read_to_string(CERTIFICATE).expect("the certificate can be read")];
    for (tenant, number) in seed.tenants.iter_mut().zip(1_u128..) {
        tenant.groups[0].id = Some(Uuid::from_u128(GROUPS + number));
    }
    seed
}

/// A folder of its own that looks like the repository to the commands of the document.
pub(crate) fn workplace(seed: &Seed) -> PathBuf {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let folder = profile_folder().join("deployments").join(format!("{}-{number}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("target/ can be written to");
    std::os::unix::fs::symlink(repository().join("infra"), folder.join("infra")).expect("a link can be made");
    let tenants: Vec<Value> = seed.tenants.iter().take(3).map(|tenant| entry(tenant, &folder)).collect();
    let directory = format!("{:#}", json!({"tenants": tenants}));
    std::fs::write(folder.join("tenants.json"), directory).expect("target/ can be written to");
    folder
}

fn entry(tenant: &TenantSeed, folder: &Path) -> Value {
    let name = tenant.display_name.to_lowercase();
    let application = &tenant.applications[0];
    let file = folder.join(format!("{name}.secret"));
    if let Some(secret) = application.secrets.first() {
        std::fs::write(&file, secret.expose()).expect("target/ can be written to");
    }
    let credential = match name.as_str() {
        "contoso" => {
            json!({"certificate": {"certificate": {"file": CERTIFICATE}, "privateKey": {"file": PRIVATE_KEY}}})
        }
        "fabrikam" => json!({"clientSecret": {"secretsManager": "mto/fabrikam"}}),
        _ => json!({"clientSecret": {"file": file}}),
    };
    let application = json!({"clientId": application.client_id, "credential": credential});
    let scope = json!({"groups": [tenant.groups[0].id]});
    json!({"tenantId": tenant.tenant_id, "name": name, "application": application, "syncScope": scope})
}

/// The zips of the binaries cargo has built beside this test.
pub(crate) async fn build(folder: &Path) {
    for function in Verb::ALL.map(Verb::as_str).into_iter().chain(["intake", "notify"]) {
        crate::assert_current(&profile_folder().join(format!("mto-{function}")));
    }
    let mut command = Command::new(repository().join("infra/aws/build"));
    command.args(["--arch", architecture(), "--from"]).arg(profile_folder());
    command.arg("--output").arg(folder.join("target/lambda"));
    run(&mut command, "").await;
}

/// As the template writes it.
pub(crate) fn architecture() -> &'static str {
    if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" }
}
