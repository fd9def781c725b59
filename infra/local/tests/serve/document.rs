//! The commands of docs/local.md, run as they stand.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use std::process::Command;

use crate::program::{address, start};
use crate::support::Listener;

const DOCUMENT: &str = include_str!("../../../../docs/local.md");
const PORT: &str = "127.0.0.1:8620";

/// The shell blocks under a heading.
fn blocks(heading: &str) -> Vec<&'static str> {
    let section = DOCUMENT.split("\n## ").find(|section| section.starts_with(heading)).unwrap();
    section.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

#[tokio::test]
async fn the_commands_of_the_document_do_what_it_says() {
    let (_program, lines) = start(&["--speed", "max"], 4);
    let address = address(&lines).to_owned();
    let run = |block: &'static str| {
        let script = block.replace(PORT, &address);
        assert!(script.contains(&address), "{block}");
        async move {
            let output = tokio::task::spawn_blocking(move || {
                Command::new("bash").args(["-euo", "pipefail", "-c", &script]).output().unwrap()
            });
            let output = output.await.unwrap();
            assert!(output.status.success(), "{block}: {}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap()
        }
    };
    let [post, look, listen] = blocks("The API")[..] else { panic!("three blocks") };
    let mut listener = Listener::open(&address, None).await;
    assert_eq!(run(post).await, r#"{"id":"INC0012345","type":"mto.create.v1"}"#);
    assert_eq!(listener.end_of("INC0012345").await, "mto.create.succeeded.v1");
    let seen = run(look).await;
    for text in [r#""settings":"open""#, "mto.create.succeeded.v1", r#"[]{"status":"ok"}"#] {
        assert!(seen.contains(text), "{text} is not in {seen}");
    }
    assert!(run(listen).await.starts_with("event: hello\ndata: {\"resumed\":false,"));
}
