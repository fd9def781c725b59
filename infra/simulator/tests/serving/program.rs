//! The program's options about TLS.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tokio::net::TcpStream;

use super::support::{exchange, shake_hands};

fn program(arguments: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_entra-simulator"));
    program.args(arguments);
    program
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn with_https_and_proxy_two_lines_say_where_it_listens_and_the_file_is_what_to_trust() {
    let path = file("program-ca.pem");
    let path_text = path.to_string_lossy();
    let mut child = program(&["--https", "--proxy", "--ca-file", &path_text])
        .stdout(Stdio::piped())
        .spawn()
        .map(Running)
        .expect("the program starts");
    let mut lines = BufReader::new(child.0.stdout.take().expect("its output")).lines();
    let mut line = || lines.next().expect("a line").expect("text");
    let (https, proxy) = (line(), line());
    let https = https.strip_prefix("listening on https://").expect("the ready line");
    let proxy = proxy.strip_prefix("proxy on http://").expect("the proxy's line");

    let stream = TcpStream::connect(https).await.expect("a connection");
    let trusted = std::fs::read_to_string(&path).expect("the certificate");
    let stream = shake_hands(stream, "127.0.0.1", &trusted).await.expect("TLS");
    let answer = exchange(stream, "GET /_control/health HTTP/1.1\r\nHost: any", b"").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");

    let stream = TcpStream::connect(proxy).await.expect("a connection");
    let answer = exchange(stream, "CONNECT example.com:443 HTTP/1.1", b"").await;
    assert!(answer.starts_with("HTTP/1.1 403 Forbidden"), "{answer}");
}

#[test]
fn what_cannot_be_served_is_said() {
    let ca = file("never-ca.pem");
    let ca = ca.to_string_lossy();
    for (arguments, wanted) in [
        (vec!["--https"], "--ca-file"),
        (vec!["--proxy"], "--ca-file"),
        (vec!["--proxy", "0.0.0.0:0", "--ca-file", &ca], "choose a loopback address"),
        (vec!["--https", "--ca-file", "/nowhere/ca.pem"], "give a path that can be written to"),
    ] {
        let output = program(&arguments).output().expect("the program runs");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && text.contains(wanted), "{text}");
    }
}
