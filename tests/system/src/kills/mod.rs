//! SIGKILL to the functions' processes, at points drawn from a seed.
//!
//! # Flow
//! Everything a function asks of Graph or SQS passes through here: `watch` stands before the simulator, `tap` between
//! the functions and the emulator's SQS. At each request it counts the [`Point`]s that are reached. Where the plan says
//! so, the process at the other end of the connection (`sockets`) gets SIGKILL, while its request is not done yet, or
//! its answer is held back.
//!
//! # Guarantees
//! What is killed is at work: it has a request open, or has just read an answer that nothing was made of yet. It is a
//! process of a function, a descendant of the emulator, and is ended by its own id. No message is killed so often that
//! SQS would move it to its dead-letter queue for that.
//!
//! # Assumptions
//! The test's runtime has one thread: while a process is being killed nobody else is answered.
//!
//! # Caveats
//! The same seed draws the same plan. Which message meets which kill still depends on what the processes do in real
//! time.

mod book;
mod plan;
mod sockets;
mod tap;
mod watch;

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use book::Write;
pub use plan::Point;
pub(crate) use sockets::Socket;
pub(crate) use tap::Tap;
pub(crate) use watch::{Watch, watch};

use crate::Ministack;
use crate::ministack::stored;
use book::Book;
use plan::Plan;
use sockets::{Process, owner};

/// The template has SQS move what was received five times. A kill is left for later where a message of the queue has
/// been received more often than this: so there is one delivery to spare.
const MOST_RECEIVES: u64 = 3;

/// One kill that was carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kill {
    /// Where the process was.
    pub point: Point,
    /// Its id.
    pub process: u32,
    /// Its function, as it is called on the emulator.
    pub function: String,
}

/// Kills processes; clones are the same one.
#[derive(Clone)]
pub struct Killer(Arc<Mutex<State>>);

struct State {
    plan: Plan,
    kills: Vec<Kill>,
    book: Book,
    /// Processes that have asked for something already.
    known: BTreeSet<u32>,
    emulator: Option<Emulator>,
}

#[derive(Clone)]
struct Emulator {
    process: u32,
    endpoint: String,
}

impl Killer {
    /// One that kills nobody yet.
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(State {
            plan: Plan::new(seed),
            kills: Vec::new(),
            book: Book::default(),
            known: BTreeSet::new(),
            emulator: None,
        })))
    }

    /// From now on: so many kills at this point, at occasions drawn from the first `among`.
    ///
    /// # Panics
    /// If there are fewer occasions than kills.
    pub fn plan(&self, point: Point, kills: usize, among: usize) {
        self.state().plan.add(point, kills, among);
    }

    /// What was planned and has not happened.
    pub fn left(&self) -> Vec<(Point, usize)> {
        self.state().plan.left()
    }

    /// How often each point was reached.
    pub fn reached(&self) -> BTreeMap<Point, usize> {
        self.state().plan.reached()
    }

    /// What has happened, in its order.
    pub fn kills(&self) -> Vec<Kill> {
        self.state().kills.clone()
    }

    /// The ids of all commands that functions have sent to functions.
    pub fn commands(&self) -> BTreeSet<String> {
        self.state().book.commands.clone()
    }

    /// All writes to Graph that were accepted, in their order.
    pub fn writes(&self) -> Vec<Write> {
        self.state().book.writes.clone()
    }

    /// Says whose descendants may be killed.
    pub(crate) fn reaches(&self, ministack: &Ministack) {
        let endpoint = ministack.endpoint().to_owned();
        self.state().emulator = ministack.process().map(|process| Emulator { process, endpoint });
    }

    /// The point is reached by the process at the other end. Whether it was killed for that: then nothing is done or
    /// answered any more.
    async fn at(&self, point: Point, socket: Socket) -> bool {
        let Some(occasion) = self.claim(point) else { return false };
        let killer = self.clone();
        // A task of its own: another kill may end the connection meanwhile, and what handles its request with it.
        let strike = tokio::spawn(async move { killer.strike(point, occasion, socket).await });
        strike.await.unwrap_or(false)
    }

    /// The planned occasion that has come.
    fn claim(&self, point: Point) -> Option<usize> {
        self.state().plan.claim(point)
    }

    /// Whether the process was killed; if not, the kill is left for the next occasion.
    async fn strike(&self, point: Point, occasion: usize, socket: Socket) -> bool {
        let process = match self.process(socket) {
            Some(process) if self.may_be_killed(&process.function).await => Some(process),
            Some(_) | None => None,
        };
        let mut state = self.state();
        // Two of its requests may have come here.
        let is_dead = |process: &Process| state.kills.iter().any(|kill| kill.process == process.id);
        let killed = process.filter(|process| !is_dead(process) && kill(process.id));
        let was_killed = killed.is_some();
        match killed {
            Some(Process { id, function }) => state.kills.push(Kill { point, process: id, function }),
            None => state.plan.put_back(point, occasion),
        }
        was_killed
    }

    /// Whether none of the messages the function works on has been received too often already. A function and its queue
    /// have the same name in the template.
    async fn may_be_killed(&self, function: &str) -> bool {
        let Some(emulator) = self.state().emulator.clone() else { return false };
        let messages = stored(&emulator.endpoint, function).await;
        messages.iter().all(|message| message["ReceiveCount"].as_u64().is_some_and(|n| n <= MOST_RECEIVES))
    }

    fn process(&self, socket: Socket) -> Option<Process> {
        let emulator = self.state().emulator.clone()?;
        owner(socket, emulator.process)
    }

    /// Whether the process at the other end asks for the first time.
    fn is_new(&self, socket: Socket) -> bool {
        self.process(socket).is_some_and(|process| self.state().known.insert(process.id))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// SIGKILL, as a machine that goes away would.
fn kill(process: u32) -> bool {
    Command::new("kill").args(["-KILL", &process.to_string()]).status().is_ok_and(|status| status.success())
}
