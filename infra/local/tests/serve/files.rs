//! What `--write` leaves, read as the functions would read it.

use std::path::{Path, PathBuf};

use entra_simulator::ApplicationSeed;
use mto_handler::{Directory, NoBackends, ProcessEnvironment};
use mto_local::serve::Served;
use mto_messages::{Scope, Verb};
use uuid::Uuid;

use crate::support::plan;

/// A folder of this test, with a name that a shell would take apart.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("it's $HOME {name}"));
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

#[tokio::test]
async fn the_written_directory_is_the_world_s_and_its_secrets_can_be_read() {
    let folder = folder("directory");
    let mut plan = plan(4);
    let [_, fabrikam, tailspin, northwind] = plan.setup.seed.tenants.as_mut_slice() else {
        panic!("four tenants")
    };
    let own = ApplicationSeed {
        client_id: Uuid::from_u128(7),
        display_name: Some("sync".to_owned()),
        ..fabrikam.applications[0].clone()
    };
    fabrikam.applications.push(own);
    plan.setup.external.push(tailspin.tenant_id);
    plan.setup.unlisted.push(northwind.tenant_id);
    let scope = Scope { everyone: true, ..Scope::default() };
    plan.setup.scopes.insert(fabrikam.tenant_id, scope.clone());
    let fabrikam = fabrikam.tenant_id;
    plan.write = Some(folder.clone());
    let served = Served::start(plan).await.unwrap();

    let text = std::fs::read_to_string(folder.join("directory.json")).unwrap();
    assert!(!text.contains("demo-secret"), "secrets stand in files of their own");
    for verb in Verb::ALL {
        let directory = Directory::parse(&text, "MTO_DIRECTORY_FILE", verb).unwrap();
        directory.credentials(&ProcessEnvironment, &NoBackends).unwrap();
        assert_eq!(directory.ours().count(), 2, "Contoso and Fabrikam");
        let external = directory.find("tailspin").unwrap();
        assert!(directory.is_external(external) && directory.find("northwind").is_none());
        assert_eq!(directory.find("fabrikam"), directory.find("fabrikam.example"));
        assert_eq!(directory.scopes().into_values().collect::<Vec<_>>(), std::slice::from_ref(&scope));
    }
    assert!(
        text.contains(&format!("{fabrikam}.sync")) && text.contains(&Uuid::from_u128(7).to_string()),
        "{text}"
    );

    // A shell takes them as they are.
    let script = ". \"$1\" && printf '%s\\n' \"$MTO_DIRECTORY_FILE\" \"$MTO_GRAPH_ROOT\" \"$MTO_LOGIN_ROOT\" \"$MTO_SERVER\"";
    let environment = served.environment().unwrap();
    let output =
        std::process::Command::new("sh").args(["-c", script, "sh"]).arg(environment).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let expected = [
        folder.join("directory.json").display().to_string(),
        // Functions and `mto` take Graph's root with its version.
        format!("{}/v1.0", served.graph()),
        served.graph().to_owned(),
        served.url(),
    ];
    assert_eq!(printed.lines().collect::<Vec<_>>(), expected);
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_the_secrets_even_where_a_file_was_there() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder("modes");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("environment.sh"), "open").unwrap();
    let mut plan = plan(2);
    plan.write = Some(folder.clone());
    Served::start(plan).await.unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let secrets = folder.join("secrets");
    assert_eq!((mode(&secrets), mode(&folder.join("environment.sh"))), (0o700, 0o600));
    let files: Vec<_> = std::fs::read_dir(secrets).unwrap().map(|file| mode(&file.unwrap().path())).collect();
    assert_eq!(files, [0o600, 0o600]);
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_and_a_port_that_is_taken_are_named() {
    let mut unwritable = plan(2);
    unwritable.write = Some("/dev/null/local".into());
    let error = Served::start(unwritable).await.err().unwrap().to_string();
    assert!(error.contains("/dev/null/local") && error.contains("--write"), "{error}");

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut occupied = plan(2);
    occupied.graph_port = taken.local_addr().unwrap().port();
    let error = Served::start(occupied).await.err().unwrap().to_string();
    assert!(
        error.contains("--graph-port") && error.contains(&taken.local_addr().unwrap().port().to_string()),
        "{error}"
    );
}
