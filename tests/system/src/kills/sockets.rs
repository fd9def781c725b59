//! Whose connection it is (`proc(5)`).

use crate::ministack::{descends, running};

/// A connection to one of our servers, by its two ports on loopback.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Socket {
    /// Of the process that asks.
    pub(crate) client: u16,
    /// Of the server.
    pub(crate) server: u16,
}

/// A function's process.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) id: u32,
    pub(super) function: String,
}

/// The process of a function that holds this connection, among the descendants of the emulator.
pub(super) fn owner(socket: Socket, emulator: u32) -> Option<Process> {
    let link = format!("socket:[{}]", inode(socket)?);
    let functions = running().into_iter().filter_map(|id| Some(Process { id, function: function(id)? }));
    let mut own = functions.filter(|process| descends(process.id, emulator));
    own.find(|process| holds(process.id, &link))
}

/// The client's end in `/proc/net/tcp`: number, local address, remote address (hexadecimal), state, four more, user,
/// time-out, inode.
fn inode(socket: Socket) -> Option<String> {
    let table = std::fs::read_to_string("/proc/net/tcp").ok()?;
    let end = |port: u16| format!(":{port:04X}");
    let (client, server) = (end(socket.client), end(socket.server));
    table.lines().find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let is_it = fields.get(1)?.ends_with(&client) && fields.get(2)?.ends_with(&server);
        is_it.then(|| fields.get(9).map(|inode| (*inode).to_owned()))?
    })
}

fn function(process: u32) -> Option<String> {
    let environment = std::fs::read(format!("/proc/{process}/environ")).ok()?;
    let mut variables = environment.split(|byte| *byte == 0);
    let name = variables.find_map(|variable| variable.strip_prefix(b"AWS_LAMBDA_FUNCTION_NAME="))?;
    String::from_utf8(name.to_vec()).ok()
}

fn holds(process: u32, link: &str) -> bool {
    let files = std::fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten();
    files.filter_map(|file| std::fs::read_link(file.path()).ok()).any(|target| target.as_os_str() == link)
}
