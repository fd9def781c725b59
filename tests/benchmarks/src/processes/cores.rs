//! The processes on one core, this program on another: neither takes the other's time.

use std::io;
use std::process::{Child, Command};
use std::time::Instant;

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

use super::watch::now;

/// Which core is whose.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cores {
    own: usize,
    /// Of what is measured.
    theirs: usize,
    /// What this process might use before.
    allowed: CpuSet,
}

impl Cores {
    /// The first two cores this process may use; with only one, both are that one. Holds this thread, and those it
    /// starts, to its own.
    ///
    /// # Panics
    /// If the system does not let it.
    pub(crate) fn take() -> Self {
        let allowed = sched_getaffinity(Pid::from_raw(0)).expect("the system tells which cores there are");
        let mut cores = (0..CpuSet::count()).filter(|core| allowed.is_set(*core).unwrap_or(false));
        let theirs = cores.next().expect("there is a core");
        let own = cores.next().unwrap_or(theirs);
        hold_to(own).expect("a thread can be held to a core");
        Self { own, theirs, allowed }
    }

    /// Lets this thread, and what it starts from now on, use every core again that it might use before.
    ///
    /// # Panics
    /// If the system does not let it.
    pub(crate) fn give_back(self) {
        sched_setaffinity(Pid::from_raw(0), &self.allowed).expect("a thread can be let go");
    }

    /// Whether there are two.
    pub(crate) fn are_apart(self) -> bool {
        self.own != self.theirs
    }

    /// Starts a process on its core, and says when: nothing but `spawn` lies behind that time. A thread that is held to
    /// the core does it, for what it starts inherits that; a program such as taskset would be measured with it.
    ///
    /// # Errors
    /// The program cannot be started.
    ///
    /// # Panics
    /// If the system does not let the thread be held.
    pub(crate) fn spawn(self, mut command: Command) -> io::Result<(Child, Instant)> {
        let starter = std::thread::spawn(move || {
            hold_to(self.theirs).expect("a thread can be held to a core");
            let started = now();
            command.spawn().map(|child| (child, started))
        });
        starter.join().expect("the thread that starts a process does not panic")
    }
}

fn hold_to(core: usize) -> nix::Result<()> {
    let mut only = CpuSet::new();
    only.set(core)?;
    sched_setaffinity(Pid::from_raw(0), &only)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_is_given_back() {
        let allowed = || sched_getaffinity(Pid::from_raw(0)).unwrap();
        let before = allowed();
        let cores = Cores::take();
        let taken = allowed();
        assert_eq!((0..CpuSet::count()).filter(|core| taken.is_set(*core).unwrap()).count(), 1);
        cores.give_back();
        assert_eq!(allowed(), before);
    }

    #[test]
    fn a_process_is_started_on_a_core_of_its_own() {
        let cores = Cores::take();
        let mut command = Command::new("sh");
        command.args(["-c", "grep Cpus_allowed_list /proc/self/status"]).stdout(std::process::Stdio::piped());
        let (child, _) = cores.spawn(command).unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(said.trim(), format!("Cpus_allowed_list:\t{}", cores.theirs), "{cores:?}");
    }
}
