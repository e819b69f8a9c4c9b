//! The account of every record: received = sealed + dropped(reason) + held, sealed = shipped + in the spool.
//!
//! Invariant: the account balances at every moment. A line is held from its arrival; at the end of each round
//! the pipeline counts afresh what it still holds, so a line that vanished would show. The numbers are the
//! operator's proof that no record did; they hold nothing personal.

use greffier_redactor::{Stream, Tally};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Why a record was not sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reason {
    /// A line of a request that ended well.
    Context,
    /// A line of a request that held too much.
    ContextFull,
    /// The spool was full and the stream's promise is to drop the newest.
    SpoolFull,
    /// The buffer of a socket was full, and nothing read there may wait.
    SocketFull,
    /// Read from a socket, and not stored before the process had to end.
    Stopped,
}

impl Reason {
    /// Every reason.
    pub(crate) const ALL: [Self; 5] =
        [Self::Context, Self::ContextFull, Self::SpoolFull, Self::SocketFull, Self::Stopped];

    /// The word in metrics and messages.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Context => "context",
            Self::ContextFull => "context_full",
            Self::SpoolFull => "spool_full",
            Self::SocketFull => "socket_full",
            Self::Stopped => "stopped",
        }
    }
}

#[derive(Debug, Default, Clone)]
struct Numbers {
    received: BTreeMap<String, u64>,
    held: u64,
    held_bytes: u64,
    sealed: BTreeMap<Stream, u64>,
    dropped: BTreeMap<Reason, u64>,
    sinks: BTreeMap<String, SinkHealth>,
    tally: Tally,
}

impl Numbers {
    fn receive(&mut self, source: &str, lines: u64) {
        if let Some(received) = self.received.get_mut(source) {
            *received += lines;
        } else {
            self.received.insert(source.to_owned(), lines);
        }
    }
}

/// What became of the lines in hand, once what was sealed of them is durable.
#[derive(Debug, Default)]
pub(crate) struct Round {
    /// Events in the spool.
    pub(crate) sealed: BTreeMap<Stream, u64>,
    /// Lines that were dropped.
    pub(crate) dropped: BTreeMap<Reason, u64>,
    /// Lines still in memory, counted where they are.
    pub(crate) held: u64,
    /// Their bytes.
    pub(crate) held_bytes: u64,
    /// What the gate took away since the start.
    pub(crate) tally: Tally,
}

/// How a sink fares, as its pump sees it.
#[derive(Debug, Default, Clone)]
pub(crate) struct SinkHealth {
    /// Events, or key rows, it has acknowledged.
    pub(crate) shipped: u64,
    /// When it last did (ms since 1970).
    pub(crate) acknowledged: Option<i64>,
    /// Since when it has been refusing what it is given (ms since 1970), and how.
    pub(crate) failing: Option<(i64, &'static str)>,
    /// Failures by kind.
    pub(crate) errors: BTreeMap<&'static str, u64>,
}

/// The shared account; cheap to clone.
#[derive(Debug, Default, Clone)]
pub(crate) struct Accounts(Arc<Mutex<Numbers>>);

impl Accounts {
    fn with<T>(&self, change: impl FnOnce(&mut Numbers) -> T) -> T {
        // Counters stay usable after a panic elsewhere: a poisoned number is still a number.
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lines accepted from a source: in hand until the round is settled.
    pub(crate) fn received(&self, source: &str, lines: u64) {
        self.with(|n| {
            n.receive(source, lines);
            n.held += lines;
        });
    }

    /// Lines that were read and have come no further.
    pub(crate) fn turned_away(&self, source: &str, reason: Reason, lines: u64) {
        self.with(|n| {
            n.receive(source, lines);
            *n.dropped.entry(reason).or_default() += lines;
        });
    }

    /// What a round came to, in one step.
    pub(crate) fn settle(&self, round: &Round) {
        self.with(|n| {
            for (stream, events) in &round.sealed {
                *n.sealed.entry(*stream).or_default() += events;
            }
            for (reason, lines) in round.dropped.iter().filter(|(_, lines)| **lines > 0) {
                *n.dropped.entry(*reason).or_default() += lines;
            }
            (n.held, n.held_bytes, n.tally) = (round.held, round.held_bytes, round.tally);
        });
    }

    /// Events, or key rows, a sink has acknowledged at `now` (ms since 1970). How long it had been failing (ms),
    /// if it had.
    pub(crate) fn shipped(&self, sink: &str, count: u64, now: i64) -> Option<i64> {
        self.with(|n| {
            let sink = n.sinks.entry(sink.to_owned()).or_default();
            sink.shipped += count;
            sink.acknowledged = Some(now);
            sink.failing.take().map(|(since, _)| now - since)
        })
    }

    /// A sink has refused what it was given at `now` (ms since 1970); `kind` is one of a few words.
    pub(crate) fn failed(&self, sink: &str, kind: &'static str, now: i64) {
        self.with(|n| {
            let sink = n.sinks.entry(sink.to_owned()).or_default();
            *sink.errors.entry(kind).or_default() += 1;
            let since = sink.failing.map_or(now, |(since, _)| since);
            sink.failing = Some((since, kind));
        });
    }

    /// The numbers of this moment.
    pub(crate) fn report(&self) -> Report {
        let n = self.with(|n| n.clone());
        let mut shipped = BTreeMap::new();
        for (cursor, sink) in
            n.sinks.iter().filter(|(name, sink)| *name != KEY_STORE && sink.shipped > 0)
        {
            *shipped.entry(sink_of(cursor).to_owned()).or_default() += sink.shipped;
        }
        Report {
            received: n.received.values().sum(),
            held: n.held,
            sealed: n.sealed.iter().map(|(s, count)| (s.name(), *count)).collect(),
            dropped: n.dropped.iter().map(|(r, count)| (r.name(), *count)).collect(),
            shipped,
            sources: n.received,
            held_bytes: n.held_bytes,
            sinks: n.sinks,
            tally: n.tally,
        }
    }
}

/// The sink a cursor belongs to: `NAME`, or `NAME:STREAM` when it has one for each stream.
pub(crate) fn sink_of(cursor: &str) -> &str {
    cursor.split_once(':').map_or(cursor, |(sink, _)| sink)
}

/// What sink zero is called.
pub(crate) const KEY_STORE: &str = "key_store";

/// The account at one moment.
#[derive(Debug, Clone)]
pub(crate) struct Report {
    /// Lines accepted.
    pub(crate) received: u64,
    /// The same by source.
    pub(crate) sources: BTreeMap<String, u64>,
    /// Lines in hand: in a request's context, waiting for their person, or not durable yet.
    pub(crate) held: u64,
    /// The bytes of those that wait.
    pub(crate) held_bytes: u64,
    /// Events by stream.
    pub(crate) sealed: Vec<(&'static str, u64)>,
    /// Dropped lines by reason.
    pub(crate) dropped: Vec<(&'static str, u64)>,
    /// Acknowledged events by sink.
    pub(crate) shipped: BTreeMap<String, u64>,
    /// Every sink that was given something, by its cursor, and the key store.
    pub(crate) sinks: BTreeMap<String, SinkHealth>,
    /// What the gate took away.
    pub(crate) tally: Tally,
}

impl Report {
    /// Events made from the received lines.
    pub(crate) fn events(&self) -> u64 {
        self.sealed.iter().map(|(_, count)| count).sum()
    }

    /// Events of one stream.
    pub(crate) fn sealed(&self, stream: Stream) -> u64 {
        self.sealed.iter().filter(|(name, _)| *name == stream.name()).map(|(_, count)| count).sum()
    }

    /// received = sealed + dropped + held.
    pub(crate) fn balances(&self) -> bool {
        let dropped: u64 = self.dropped.iter().map(|(_, count)| count).sum();
        self.received == self.events() + dropped + self.held
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "received {} = sealed {}", self.received, self.events())?;
        for (stream, count) in &self.sealed {
            write!(f, " ({stream} {count})")?;
        }
        for (reason, count) in &self.dropped {
            write!(f, " + dropped({reason}) {count}")?;
        }
        write!(f, " + held {}", self.held)?;
        for (sink, count) in &self.shipped {
            write!(f, "; shipped to {sink} {count}")?;
        }
        if self.balances() { Ok(()) } else { f.write_str(" (DOES NOT BALANCE)") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_balances_before_during_and_after_a_round() {
        let accounts = Accounts::default();
        accounts.received("php", 2);
        accounts.received("nginx", 1);
        accounts.received("php", 2);
        assert!(accounts.report().balances(), "what is being retried is held");
        let mut round = Round { held: 2, ..Round::default() };
        round.sealed.insert(Stream::Audit, 2);
        round.dropped.insert(Reason::SpoolFull, 1);
        accounts.settle(&round);
        let report = accounts.report();
        assert!(report.balances());
        assert_eq!(
            report.to_string(),
            "received 5 = sealed 2 (audit 2) + dropped(spool_full) 1 + held 2"
        );

        accounts.turned_away("socket", Reason::SocketFull, 3);
        assert!(accounts.report().to_string().contains("+ dropped(socket_full) 3"));
        assert!(accounts.report().balances());

        accounts.settle(&Round { held: 1, ..Round::default() });
        assert!(accounts.report().to_string().ends_with("(DOES NOT BALANCE)"), "a line vanished");
    }

    #[test]
    fn a_sink_fails_since_its_first_failure_and_until_it_takes_something() {
        let accounts = Accounts::default();
        accounts.failed("archive", "retry", 10);
        accounts.failed("archive", "retry", 20);
        let sink = |accounts: &Accounts| accounts.report().sinks["archive"].clone();
        assert_eq!(sink(&accounts).failing, Some((10, "retry")));
        accounts.shipped("archive", 3, 30);
        let sink = sink(&accounts);
        assert_eq!((sink.failing, sink.acknowledged, sink.errors["retry"]), (None, Some(30), 2));
    }
}
