//! What goes wrong, and where: drawn from the seed at each point, kept in a list, and played again from a list.

use std::collections::BTreeMap;
use std::fmt;

use super::dice::{Dice, hash};
use super::parts::PartFault;

/// A point between two effects: the so-manieth of a delivery of a command. It means the same when other faults are
/// left out, as far as the delivery goes the same way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// The id of the command.
    pub command: String,
    /// Its so-manieth delivery, from 1.
    pub delivery: u32,
    /// The so-manieth point of that delivery; 0 is the delivery itself.
    pub number: u32,
}

impl fmt::Display for Point {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}#{}.{}", self.command, self.delivery, self.number)
    }
}

/// What is about to happen at a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Site {
    Delivery,
    Send,
    Delete,
    Token,
    Read,
    Write,
    /// A `$batch`; with a write among its parts or without.
    Batch {
        writes: bool,
    },
}

/// What goes wrong there. Times are in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The queue delivers the message twice.
    DeliveredTwice,
    /// Its visibility time-out is over so soon: another delivery begins while this one is at work.
    VisibleAgain(u32),
    /// The invocation begins so late; what was sent later overtakes it.
    Late(u32),
    /// The event source mapping's own delete, after the invocation, does not arrive.
    NotAcknowledged,
    /// The process ends before the effect: its future is dropped there.
    CrashBefore,
    /// The process ends after the effect.
    CrashAfter,
    /// The queue refuses.
    QueueRefuses,
    /// The queue took it, or half of it where it is several messages, and does not confirm it.
    QueueDoesNotConfirm,
    /// 429, with `Retry-After` or without.
    Throttled(Option<u32>),
    /// This status, before the write takes effect.
    ErrorBefore(u16),
    /// This status, after it took effect.
    ErrorAfter(u16),
    /// The request does not leave.
    NotSent,
    /// The answer is lost.
    AnswerLost,
    /// Half of the answer arrives.
    AnswerTruncated,
    /// The service answers 200 with what is no JSON.
    AnswerMalformed,
    /// An earlier answer to the same GET.
    Stale,
    /// The token is not accepted, though it was a moment ago.
    TokenRefused,
    /// The token expired, sooner than was said.
    TokenExpired,
    /// The answer takes so long; the client gives up when its time is over.
    Slow(u32),
    /// No answer, and nobody gives up: the invocation ends at the end of its time.
    Hangs,
    /// One part of a batch goes wrong.
    Part(PartFault),
}

use Fault::{
    AnswerLost, AnswerMalformed, AnswerTruncated, CrashAfter, CrashBefore, DeliveredTwice, ErrorAfter,
    ErrorBefore, Hangs, Late, NotAcknowledged, NotSent, Part, QueueDoesNotConfirm, QueueRefuses, Slow, Stale,
    Throttled, TokenExpired, TokenRefused, VisibleAgain,
};

const DELIVERY: [Fault; 5] = [DeliveredTwice, VisibleAgain(0), VisibleAgain(7), Late(90), NotAcknowledged];
const QUEUE: [Fault; 4] = [CrashBefore, CrashAfter, QueueRefuses, QueueDoesNotConfirm];
const TOKEN: [Fault; 9] = [
    CrashBefore,
    CrashAfter,
    Throttled(Some(3)),
    ErrorBefore(503),
    NotSent,
    AnswerLost,
    AnswerTruncated,
    AnswerMalformed,
    Slow(20),
];
const READ: [Fault; 15] = [
    CrashBefore,
    CrashAfter,
    Throttled(Some(5)),
    Throttled(Some(400)),
    Throttled(None),
    ErrorBefore(500),
    ErrorBefore(503),
    NotSent,
    AnswerLost,
    AnswerTruncated,
    AnswerMalformed,
    Stale,
    TokenRefused,
    Slow(25),
    Hangs,
];
const WRITE: [Fault; 18] = [
    CrashBefore,
    CrashAfter,
    Throttled(Some(5)),
    Throttled(Some(400)),
    Throttled(None),
    ErrorBefore(400),
    ErrorBefore(500),
    ErrorBefore(503),
    ErrorAfter(500),
    ErrorAfter(503),
    ErrorAfter(504),
    NotSent,
    AnswerLost,
    AnswerTruncated,
    AnswerMalformed,
    TokenRefused,
    Slow(70),
    Hangs,
];
/// What a queue and a request for a token meet besides: drawn with what [`READ`] holds, so that all other faults of a seed
/// stay as they are.
const SILENCE: [Fault; 1] = [Hangs];
/// What any request to Graph meets besides.
const ANY: [Fault; 1] = [TokenExpired];
/// What a batch meets besides.
const BATCH: [Fault; 10] = [
    TokenExpired,
    Part(PartFault::Throttled(Some(5))),
    Part(PartFault::Throttled(Some(400))),
    Part(PartFault::Throttled(None)),
    Part(PartFault::ErrorBefore(500)),
    Part(PartFault::ErrorBefore(503)),
    Part(PartFault::ErrorAfter(500)),
    Part(PartFault::ErrorAfter(503)),
    Part(PartFault::Missing),
    Part(PartFault::LeftOut),
];
const ALL: [&[Fault]; 6] = [&DELIVERY, &QUEUE, &TOKEN, &READ, &WRITE, &BATCH];

impl Site {
    pub(crate) const ALL: [Self; 8] = [
        Self::Delivery,
        Self::Send,
        Self::Delete,
        Self::Token,
        Self::Read,
        Self::Write,
        Self::Batch { writes: false },
        Self::Batch { writes: true },
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Delivery => "delivery",
            Self::Send => "send",
            Self::Delete => "delete",
            Self::Token => "token",
            Self::Read => "read",
            Self::Write => "write",
            Self::Batch { writes: false } => "batch of reads",
            Self::Batch { writes: true } => "batch of writes",
        }
    }

    /// Some are rare: at the same rate next to nothing would ever go wrong there.
    fn weight(self) -> u64 {
        match self {
            Self::Delivery | Self::Send | Self::Delete | Self::Read | Self::Batch { writes: false } => 1,
            Self::Token => 4,
            Self::Write => 5,
            Self::Batch { writes: true } => 10,
        }
    }

    /// What can go wrong there.
    pub(crate) fn faults(self) -> impl Iterator<Item = Fault> {
        let (some, more): (&[Fault], &[Fault]) = match self {
            Self::Delivery => (&DELIVERY, &[]),
            Self::Send | Self::Delete => (&QUEUE, &SILENCE),
            Self::Token => (&TOKEN, &SILENCE),
            Self::Read => (&READ, &ANY),
            Self::Write => (&WRITE, &ANY),
            Self::Batch { writes: false } => (&READ, &BATCH),
            Self::Batch { writes: true } => (&WRITE, &BATCH),
        };
        some.iter().chain(more).copied()
    }
}

/// The rate of each fault, per mille, where nothing is rare.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rates(BTreeMap<Fault, u64>);

impl Rates {
    /// Most faults never happen in one run, and a few often: what goes wrong together is found sooner that way.
    pub(crate) fn of(seed: u64) -> Self {
        let mut dice = Dice::new(seed, "rates");
        let calm = dice.once_in(8);
        let mut rates = BTreeMap::new();
        for fault in ALL.into_iter().flatten() {
            let rate = if dice.once_in(3) { dice.pick(&[2, 5, 12, 30]) } else { 0 };
            rates.insert(*fault, if calm { 0 } else { rate });
        }
        Self(rates)
    }
}

/// Where faults come from.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// From the seed.
    Drawn(u64, Rates),
    /// These and no others.
    Listed(BTreeMap<Point, Fault>),
}

/// The faults of one run.
#[derive(Debug)]
pub(crate) struct Faults {
    pub(crate) source: Source,
    /// Nothing goes wrong any more.
    pub(crate) over: bool,
    /// What went wrong so far.
    pub(crate) happened: Vec<(Point, Fault)>,
}

impl Faults {
    pub(crate) fn new(source: Source) -> Self {
        Self { source, over: false, happened: Vec::new() }
    }

    /// What goes wrong here, if anything does.
    pub(crate) fn at(&mut self, site: Site, point: Point) -> Option<Fault> {
        if self.over {
            return None;
        }
        let mut fits = site.faults();
        let fault = match &self.source {
            Source::Listed(list) => list.get(&point).copied().filter(|fault| fits.any(|one| one == *fault)),
            Source::Drawn(seed, rates) => fits.find(|fault| {
                let rate = site.weight() * rates.0.get(fault).copied().unwrap_or(0);
                rate > 0 && hash(*seed, &format!("{point} {fault:?}")) % 1000 < rate
            }),
        }?;
        self.happened.push((point, fault));
        Some(fault)
    }
}
