//! The account of every record: received = sealed + dropped(reason) + held, sealed = shipped + in the spool.
//!
//! Invariant: the account balances at every moment. A line is held from its arrival; at the end of each round
//! the pipeline counts afresh what it still holds, so a line that vanished would show. The numbers are the
//! operator's proof that no record did; they hold nothing personal.

use greffier_redactor::Stream;
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
}

impl Reason {
    /// The word in metrics and messages.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Context => "context",
            Self::ContextFull => "context_full",
            Self::SpoolFull => "spool_full",
        }
    }
}

#[derive(Debug, Default, Clone)]
struct Numbers {
    received: u64,
    held: u64,
    sealed: BTreeMap<Stream, u64>,
    dropped: BTreeMap<Reason, u64>,
    shipped: BTreeMap<String, u64>,
    set_aside: BTreeMap<String, u64>,
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
    pub(crate) fn received(&self, lines: u64) {
        self.with(|n| {
            n.received += lines;
            n.held += lines;
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
            n.held = round.held;
        });
    }

    /// Events a sink has acknowledged.
    pub(crate) fn shipped(&self, sink: &str, events: u64) {
        self.with(|n| *n.shipped.entry(sink.to_owned()).or_default() += events);
    }

    /// Events a sink will never take: in its quarantine.
    pub(crate) fn set_aside(&self, sink: &str, events: u64) {
        self.with(|n| *n.set_aside.entry(sink.to_owned()).or_default() += events);
    }

    /// The numbers of this moment.
    pub(crate) fn report(&self) -> Report {
        let n = self.with(|n| n.clone());
        Report {
            received: n.received,
            held: n.held,
            sealed: n.sealed.iter().map(|(s, count)| (s.name(), *count)).collect(),
            dropped: n.dropped.iter().map(|(r, count)| (r.name(), *count)).collect(),
            shipped: n.shipped.into_iter().collect(),
            set_aside: n.set_aside.into_iter().collect(),
        }
    }
}

/// The account at one moment.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Report {
    /// Lines accepted.
    pub(crate) received: u64,
    /// Lines in hand: in a request's context, waiting for their person, or not durable yet.
    pub(crate) held: u64,
    /// Events by stream.
    pub(crate) sealed: Vec<(&'static str, u64)>,
    /// Dropped lines by reason.
    pub(crate) dropped: Vec<(&'static str, u64)>,
    /// Acknowledged events by sink.
    pub(crate) shipped: Vec<(String, u64)>,
    /// Events in quarantine, by sink.
    pub(crate) set_aside: Vec<(String, u64)>,
}

impl Report {
    /// Events made from the received lines.
    pub(crate) fn events(&self) -> u64 {
        self.sealed.iter().map(|(_, count)| count).sum()
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
        for (sink, count) in &self.set_aside {
            write!(f, "; set aside for {sink} {count}")?;
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
        accounts.received(5);
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

        accounts.settle(&Round { held: 1, ..Round::default() });
        assert!(accounts.report().to_string().ends_with("(DOES NOT BALANCE)"), "a line vanished");
    }
}
