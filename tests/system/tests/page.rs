//! The page of `mto-local serve`, in Chromium.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use entra_simulator::{Options, Seed};
use mto_local::serve::{Plan, Served, no_edges};
use mto_local::{Setup, Speed};
use mto_messages::Scope;
use mto_system_tests::{Client, profile_folder};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;
use tokio::task::JoinHandle;
use uuid::Uuid;

/// A formation takes some seconds here, a browser's start as well.
const PATIENCE: Duration = Duration::from_mins(3);

/// The formation takes three hours; so it takes ten seconds.
const SPEED: &str = "1200";

const HOSTILE: &str = r#"<img src=x onerror="window.hacked=1">"#;

/// Ended when dropped.
struct Page {
    url: String,
    port: u16,
    task: JoinHandle<()>,
}

impl Drop for Page {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Page {
    async fn serve(tenants: Seed, speed: &str, run: &str, port: u16) -> Self {
        let mut setup = Setup::new(tenants, Options::realistic());
        for (tenant, number) in setup.seed.tenants.iter_mut().zip(1_u128..) {
            let group = Uuid::from_u128(number);
            tenant.groups[0].id = Some(group);
            setup.scopes.insert(tenant.tenant_id, Scope { groups: vec![group], ..Scope::default() });
        }
        let speed: Speed = speed.parse().unwrap();
        let plan = Plan {
            setup,
            changes: Vec::new(),
            acts: Vec::new(),
            speed,
            run: run.to_owned(),
            port,
            graph_port: 0,
            write: None,
            edges: no_edges(),
        };
        let served = Served::start(plan).await.unwrap();
        let url = served.url();
        let port = url.rsplit(':').next().unwrap().parse().unwrap();
        Self { url, port, task: tokio::spawn(async move { served.run().await.unwrap() }) }
    }
}

/// Debian's Chromium; installed if it is missing and we may.
async fn chromium() -> PathBuf {
    let lock = std::fs::File::create(profile_folder().join("chromium.lock")).unwrap();
    // The tests of this file get here at the same time; the lock ends with the file.
    lock.lock().unwrap();
    if let Some(found) = installed_chromium() {
        return found;
    }
    let script = "[ \"$(id -u)\" = 0 ] && apt-get update -qq && \
                  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium";
    let status = Command::new("sh").args(["-c", script]).stdin(Stdio::null()).status().await;
    installed_chromium().unwrap_or_else(|| {
        panic!("{status:?}: the page is looked at in Chromium; install Debian's package chromium")
    })
}

fn installed_chromium() -> Option<PathBuf> {
    ["/usr/bin/chromium", "/usr/bin/chromium-browser"]
        .map(Path::new)
        .into_iter()
        .find(|path| path.is_file())
        .map(Into::into)
}

/// The script `page.mjs`, with what it needs.
async fn look(what: &str, page: &Page) -> Command {
    let (client, chromium) = (Client::install("page").await, chromium().await);
    let pictures = profile_folder().parent().unwrap().join("page");
    std::fs::create_dir_all(&pictures).unwrap();
    let mut command = client.command("node");
    command.args(["page.mjs", what]).env("URL", &page.url).env("HOSTILE", HOSTILE);
    command.env("CHROMIUM", chromium).env("OUT", pictures);
    command
}

async fn passes(mut command: Command) {
    let output = tokio::time::timeout(PATIENCE, command.output()).await.expect("the browser ends").unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(printed.ends_with("done\n"), "{printed}{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_formation_is_posted_and_followed_to_the_last_user_on_desktop_and_phone() {
    let page = Page::serve(Seed::demo(3), SPEED, "page", 0).await;
    passes(look("formation", &page).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_is_markup_is_shown_as_it_is() {
    let mut seed = Seed::demo(3);
    HOSTILE.clone_into(&mut seed.tenants[2].display_name);
    let page = Page::serve(seed, "1800", "names", 0).await;
    passes(look("names", &page).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_comes_back_by_itself_when_the_server_does() {
    let page = Page::serve(Seed::demo(2), "60", "first", 0).await;
    let port = page.port;
    let mut browser = look("reconnect", &page).await.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(browser.stdout.take().unwrap()).lines();
    let follow = async {
        assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("connected"));
        page.task.abort();
        assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("lost"));
        // The old server lets go of its port.
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {}
        let _again = Page::serve(Seed::demo(2), "60", "second", port).await;
        assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("done"));
    };
    tokio::time::timeout(PATIENCE, follow).await.expect("the page comes back");
}
