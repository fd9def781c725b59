//! What invocations and requests cost. Prices are constants with their source; nothing here is measured.
//!
//! Prices are of us-east-1, without free tiers and discounts, as several public pages of 2026 gave them; AWS's own
//! pages could not be read from here, so they are unverified.

use crate::process_cost::Process;

/// USD for a million invocations of Lambda (unverified; cloudchipr.com "AWS Lambda Pricing", 2024; unchanged in 2026).
pub const MILLION_INVOCATIONS: f64 = 0.20;

/// USD for a GB-second of Lambda on arm64, the template's default (unverified; the same page).
pub const GB_SECOND: f64 = 0.000_013_333_4;

/// USD for a million requests to a standard queue; each 64 KiB of a request counts, and ours are smaller
/// (unverified; cloudburn.io "Amazon SQS Pricing", March 2026).
pub const MILLION_QUEUE_REQUESTS: f64 = 0.40;

/// The memory of the functions, in GB: the template's 128 MB.
pub const MEMORY_GB: f64 = 128.0 / 1_024.0;

/// Lambda gives one whole CPU at 1,769 MB and less in proportion ("Configure Lambda function memory"): at 128 MB
/// computing takes so many times longer.
pub const SLOWER_AT_128_MB: f64 = 1_769.0 / 128.0;

/// Milliseconds of one request to Graph, over a connection that stands. An assumption: nothing here can measure it.
pub const GRAPH_MS: f64 = 150.0;

/// Milliseconds of one request to SQS in the same region, over a connection that stands. An assumption.
pub const QUEUE_MS: f64 = 10.0;

/// Milliseconds of a request for a token. An assumption, as for Graph.
pub const TOKEN_MS: f64 = 150.0;

/// Milliseconds of waiting for new connections, to the token service, Graph and SQS: TCP and TLS 1.3 are two round trips
/// each, of 25 ms twice and 1 ms. An assumption.
pub const CONNECTIONS_MS: f64 = 2.0 * (25.0 + 25.0 + 1.0);

/// Records of a batch that are worked on at the same time: the template's default.
pub const CONCURRENCY: f64 = 4.0;

/// What the event source mapping itself asks of a queue for an invocation: one `ReceiveMessage`, one
/// `DeleteMessageBatch`. An estimate; receives that find nothing come on top, see [`IDLE_RECEIVES_A_DAY`].
pub const MAPPING_REQUESTS: f64 = 2.0;

/// Receives of an idle event source mapping in a day: five long polls of 20 s side by side ("Using Lambda with Amazon
/// SQS", polling). They cost the same whether anybody joins or not.
pub const IDLE_RECEIVES_A_DAY: f64 = 5.0 * 86_400.0 / 20.0;

/// What was done, whatever did it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Work {
    /// Invocations.
    pub invocations: f64,
    /// Messages that were handed to them.
    pub deliveries: f64,
    /// Requests to Graph, a `$batch` as one.
    pub calls: f64,
    /// Requests to SQS that the functions make.
    pub queue_requests: f64,
}

impl Work {
    /// So many times the same.
    #[must_use]
    pub fn times(self, count: f64) -> Self {
        Self {
            invocations: self.invocations * count,
            deliveries: self.deliveries * count,
            calls: self.calls * count,
            queue_requests: self.queue_requests * count,
        }
    }

    /// Milliseconds that are billed, cold starts apart: the requests of a message one after the other, four messages
    /// of a batch side by side, and the computing, which nothing shares. Everything finds its connections and tokens.
    pub fn billed_ms(self, process: Process) -> f64 {
        if self.invocations == 0.0 || self.deliveries == 0.0 {
            return 0.0;
        }
        let waiting = (self.calls * GRAPH_MS + self.queue_requests * QUEUE_MS) / self.deliveries;
        self.invocations * self.rounds() * waiting
            + self.deliveries * process.message_cpu_ms * SLOWER_AT_128_MB
    }

    /// The same if every invocation meets a new process: it starts, connects to the token service, Graph and SQS, and
    /// each message needs one token, four side by side. The start is reckoned at 128 MB too; where Lambda gives it
    /// more, it is less.
    pub fn billed_ms_cold(self, process: Process) -> f64 {
        if self.invocations == 0.0 || self.deliveries == 0.0 {
            return 0.0;
        }
        let more_cpu = (process.cold_cpu_ms - process.message_cpu_ms).max(0.0) * SLOWER_AT_128_MB;
        self.billed_ms(process) + self.invocations * (more_cpu + CONNECTIONS_MS + self.rounds() * TOKEN_MS)
    }

    /// How often the messages of one batch wait one after the other.
    fn rounds(self) -> f64 {
        (self.deliveries / self.invocations / CONCURRENCY).ceil()
    }

    /// USD, for so many milliseconds that are billed.
    pub fn cost(self, billed_ms: f64) -> f64 {
        let queue_requests = self.queue_requests + self.invocations * MAPPING_REQUESTS;
        self.invocations * MILLION_INVOCATIONS / 1e6
            + billed_ms / 1e3 * MEMORY_GB * GB_SECOND
            + queue_requests * MILLION_QUEUE_REQUESTS / 1e6
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(message_cpu_ms: f64) -> Process {
        Process { message_cpu_ms, cold_cpu_ms: 13.0, ..Process::default() }
    }

    fn near(value: f64, wanted: f64) {
        assert!((value - wanted).abs() < wanted.abs() * 1e-9 + 1e-12, "{value}, not {wanted}");
    }

    #[test]
    fn one_message_alone_is_billed_for_its_requests_and_its_computing() {
        let work = Work { invocations: 1.0, deliveries: 1.0, calls: 2.0, queue_requests: 3.0 };
        near(work.billed_ms(process(0.1)), 2.0 * 150.0 + 3.0 * 10.0 + 0.1 * 1_769.0 / 128.0);
    }

    #[test]
    fn four_messages_wait_side_by_side_and_ten_take_three_rounds() {
        let of =
            |deliveries: f64| Work { invocations: 1.0, deliveries, calls: deliveries, queue_requests: 0.0 };
        near(of(4.0).billed_ms(process(0.0)), 150.0);
        near(of(10.0).billed_ms(process(0.0)), 450.0);
        near(Work::default().billed_ms(process(1.0)), 0.0);
        near(Work::default().billed_ms_cold(process(1.0)), 0.0);
    }

    #[test]
    fn a_new_process_starts_connects_and_fetches_its_tokens_in_every_invocation() {
        let of = |deliveries: f64| Work { invocations: 2.0, deliveries, ..Work::default() };
        let more = |deliveries: f64| {
            of(deliveries).billed_ms_cold(process(1.0)) - of(deliveries).billed_ms(process(1.0))
        };
        let start = (13.0 - 1.0) * 1_769.0 / 128.0 + 102.0;
        near(more(2.0), 2.0 * (start + 150.0));
        near(more(20.0), 2.0 * (start + 3.0 * 150.0));
    }

    #[test]
    fn a_million_invocations_of_nothing_cost_their_price_and_two_requests_each() {
        let work = Work { invocations: 1e6, deliveries: 1e6, ..Work::default() };
        near(work.cost(0.0), 0.20 + 2.0 * 0.40);
        near(work.times(2.0).cost(0.0), 2.0);
        near(Work::default().cost(8.0 * 1e3), 0.000_013_333_4);
    }
}
