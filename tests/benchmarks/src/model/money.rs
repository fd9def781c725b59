//! What invocations and requests cost. Prices are constants with their source; nothing here is measured.
//!
//! Prices are of us-east-1, without free tiers and discounts, as several public pages of 2026 gave them; AWS's own
//! pages could not be read from here, so they are unverified.

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

/// Milliseconds of one request to SQS in the same region. An assumption.
pub const QUEUE_MS: f64 = 10.0;

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
    /// of a batch side by side, and the computing, which nothing shares. `compute_ms` is what one message takes on
    /// this machine.
    pub fn billed_ms(self, compute_ms: f64) -> f64 {
        if self.invocations == 0.0 || self.deliveries == 0.0 {
            return 0.0;
        }
        let waiting = (self.calls * GRAPH_MS + self.queue_requests * QUEUE_MS) / self.deliveries;
        let rounds = (self.deliveries / self.invocations / CONCURRENCY).ceil();
        self.invocations * rounds * waiting + self.deliveries * compute_ms * SLOWER_AT_128_MB
    }

    /// USD.
    pub fn cost(self, compute_ms: f64) -> f64 {
        let queue_requests = self.queue_requests + self.invocations * MAPPING_REQUESTS;
        self.invocations * MILLION_INVOCATIONS / 1e6
            + self.billed_ms(compute_ms) / 1e3 * MEMORY_GB * GB_SECOND
            + queue_requests * MILLION_QUEUE_REQUESTS / 1e6
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: f64, wanted: f64) {
        assert!((value - wanted).abs() < wanted.abs() * 1e-9 + 1e-12, "{value}, not {wanted}");
    }

    #[test]
    fn one_message_alone_is_billed_for_its_requests_and_its_computing() {
        let work = Work { invocations: 1.0, deliveries: 1.0, calls: 2.0, queue_requests: 3.0 };
        near(work.billed_ms(0.1), 2.0 * 150.0 + 3.0 * 10.0 + 0.1 * 1_769.0 / 128.0);
    }

    #[test]
    fn four_messages_wait_side_by_side_and_ten_take_three_rounds() {
        let of =
            |deliveries: f64| Work { invocations: 1.0, deliveries, calls: deliveries, queue_requests: 0.0 };
        near(of(4.0).billed_ms(0.0), 150.0);
        near(of(10.0).billed_ms(0.0), 450.0);
        near(Work::default().billed_ms(1.0), 0.0);
    }

    #[test]
    fn a_million_invocations_of_nothing_cost_their_price_and_two_requests_each() {
        let work = Work { invocations: 1e6, deliveries: 1e6, ..Work::default() };
        near(work.cost(0.0), 0.20 + 2.0 * 0.40);
        near(work.times(2.0).cost(0.0), 2.0);
    }
}
