//! What one process of join takes, for the arithmetic of `model`.

/// Where the numbers of a [`Process`] are from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// `processes` measured them in this run.
    ThisRun,
    /// They are constants: what was measured on 2026-11-21.
    Constants,
}

impl Source {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::ThisRun => "measured in this run",
            Self::Constants => "constants of 2026-11-21: no process was measured in this run",
        }
    }
}

/// What the real binary takes, with TLS, signing and the runtime, at one whole core of this machine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Process {
    /// Milliseconds of CPU for a message, in a process that has its connections and tokens.
    pub message_cpu_ms: f64,
    /// Milliseconds of CPU from the start of the process to the end of its first message.
    pub cold_cpu_ms: f64,
    /// Milliseconds from handing over a further message to its answer, with services that answer at once.
    pub message_ms: f64,
    /// Where they are from.
    pub source: Source,
}

impl Default for Process {
    /// Measured on 2026-11-21: 74.8 ms of CPU for 50 messages, the start among them, so a message is rather less, and
    /// 1.84 ms for a further message (docs/performance.md, a run of 2026-11-21); 12.03 ms of CPU up to the first
    /// answer (docs/adr/0013).
    fn default() -> Self {
        Self { message_cpu_ms: 74.8 / 50.0, cold_cpu_ms: 12.03, message_ms: 1.84, source: Source::Constants }
    }
}

impl Process {
    /// In words, for below a table.
    pub fn words(self) -> String {
        format!(
            "CPU of one process of join at a whole core ({}): {:.2} ms a message, {:.1} ms from the start to the \
             end of the first message.",
            self.source.words(),
            self.message_cpu_ms,
            self.cold_cpu_ms
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_measured_now_says_so() {
        assert!(Process::default().words().contains("constants of 2026-11-21"));
        let measured = Process { source: Source::ThisRun, ..Process::default() };
        let words = measured.words();
        assert!(words.contains("(measured in this run)") && !words.contains("constants"), "{words}");
    }
}
