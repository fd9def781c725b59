//! A server in this process, and a client that sends what it is told.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use std::time::Duration;

use entra_simulator::{Options, Seed};
use mto_local::serve::{Desk, Plan, Served, no_edges};
use mto_local::{Setup, Speed};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

/// No event is longer in coming; keep-alives come every quarter of a minute.
const PATIENCE: Duration = Duration::from_mins(1);

/// The demo's tenants, nothing formed, time that jumps.
pub(crate) fn plan(tenants: usize) -> Plan {
    Plan {
        setup: Setup::new(Seed::demo(tenants), Options::realistic()),
        changes: Vec::new(),
        acts: Vec::new(),
        speed: Speed::Max,
        run: "test".to_owned(),
        port: 0,
        graph_port: 0,
        write: None,
        edges: no_edges(),
    }
}

/// A server; ended when dropped.
pub(crate) struct Server {
    pub(crate) address: String,
    pub(crate) desk: Desk,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(crate) async fn start(plan: Plan) -> Server {
    let served = Served::start(plan).await.unwrap();
    let address = served.url().trim_start_matches("http://").to_owned();
    let desk = served.desk();
    let task = tokio::spawn(async move { served.run().await.unwrap() });
    Server { address, desk, task }
}

/// Forms the organization of all of them, and has their users synchronized where they share some.
pub(crate) fn create(id: &str, more: &Value) -> Value {
    let mut data = json!({
        "owner": "contoso.example", "displayName": "Contoso", "templates": "admin-center",
        "tenants": [{"tenant": "fabrikam", "displayName": "Fabrikam"}, {"tenant": "tailspin", "displayName": "Tailspin"}],
        "then": {"join": {"templates": "admin-center"}},
    });
    for (name, value) in more.as_object().unwrap() {
        data[name] = value.clone();
    }
    json!({"type": "mto.create.v1", "id": id, "source": "/test", "data": data})
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub(crate) fn error(&self) -> String {
        self.json()["error"].as_str().unwrap().to_owned()
    }
}

/// HTTP/1.0, so that nothing is cut into chunks and the end is the end.
pub(crate) async fn send(address: &str, request: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut lines = vec![format!("{request} HTTP/1.0"), format!("Content-Length: {}", body.len())];
    lines.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
    let head = lines.join("\r\n");
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_lowercase(), body: body.to_owned() }
}

impl Server {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        send(&self.address, &format!("GET {path}"), &[("Host", &self.address)], "").await
    }

    pub(crate) async fn post(&self, body: &str) -> Answer {
        let headers = [("Host", self.address.as_str()), ("Content-Type", "application/json")];
        send(&self.address, "POST /commands", &headers, body).await
    }

    /// Posts one that is a command.
    pub(crate) async fn command(&self, command: &Value) {
        let answer = self.post(&command.to_string()).await;
        assert_eq!(answer.status, 202, "{}", answer.body);
    }

    pub(crate) async fn state(&self) -> Value {
        self.get("/state").await.json()
    }

    pub(crate) async fn listen(&self, last: Option<&str>) -> Listener {
        let listener = Listener::open(&self.address, last).await;
        assert_eq!(listener.status, 200);
        listener
    }
}

/// One server-sent event.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) id: Option<String>,
    pub(crate) data: Value,
}

pub(crate) struct Listener {
    pub(crate) status: u16,
    stream: BufReader<TcpStream>,
}

impl Listener {
    pub(crate) async fn open(address: &str, last: Option<&str>) -> Self {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let last = last.map(|id| format!("Last-Event-ID: {id}\r\n")).unwrap_or_default();
        stream
            .write_all(format!("GET /events HTTP/1.0\r\nHost: localhost\r\n{last}\r\n").as_bytes())
            .await
            .unwrap();
        let mut listener = Self { status: 0, stream: BufReader::new(stream) };
        let head = listener.line().await;
        listener.status = head.split(' ').nth(1).unwrap().parse().unwrap();
        while !listener.line().await.is_empty() {}
        listener
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        let read = tokio::time::timeout(PATIENCE, self.stream.read_line(&mut line));
        read.await.expect("an event comes").unwrap();
        assert!(line.ends_with('\n'), "the stream has ended");
        line.trim_end().to_owned()
    }

    pub(crate) async fn next(&mut self) -> Event {
        let (mut name, mut id, mut data) = (None, None, None);
        loop {
            let line = self.line().await;
            match line.split_once(": ") {
                Some(("event", value)) => name = Some(value.to_owned()),
                Some(("id", value)) => id = Some(value.to_owned()),
                Some(("data", value)) => data = Some(serde_json::from_str(value).unwrap()),
                _ if line.is_empty() && data.is_some() => break,
                _ => assert!(line.is_empty() || line.starts_with(':'), "{line}"),
            }
        }
        Event { name: name.unwrap(), id, data: data.unwrap() }
    }

    /// The next one of this name.
    pub(crate) async fn next_of(&mut self, name: &str) -> Event {
        loop {
            let event = self.next().await;
            if event.name == name {
                return event;
            }
        }
    }

    /// Until the command has ended; the type of its last outcome.
    pub(crate) async fn end_of(&mut self, command: &str) -> String {
        let mut heard = Vec::new();
        loop {
            let listening = tokio::time::timeout(PATIENCE, self.next_of("outcome"));
            let event = listening.await.unwrap_or_else(|_| panic!("{command} does not end: {heard:#?}"));
            let outcome = &event.data["outcome"];
            let kind = outcome["type"].as_str().unwrap();
            heard
                .push(format!("{kind} {}: {}", outcome["data"]["command"]["id"], outcome["data"]["summary"]));
            let is_last = !kind.contains(".accepted.") && !kind.contains(".waiting.");
            if is_last && outcome["data"]["command"]["id"] == command {
                return kind.to_owned();
            }
        }
    }
}
