//! The spool's side of the account: what came in for each stream, and what became of it at each sink.
//!
//! Invariant, for every sink and stream at every moment:
//! recovered + appended = shipped + set aside + lost + backlog. The numbers move under the lock under which
//! the cursors do, so no reader sees an event in two places or in none. On no path of a record.

use greffier_redactor::Stream;

/// A number for each stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PerStream([u64; Stream::ALL.len()]);

impl PerStream {
    /// How many of each stream.
    pub fn of(streams: impl IntoIterator<Item = Stream>) -> Self {
        let mut counts = Self::default();
        streams.into_iter().for_each(|stream| counts.add(stream, 1));
        counts
    }

    /// The number of a stream.
    #[must_use]
    pub fn get(&self, stream: Stream) -> u64 {
        self.0[usize::from(stream.number()) - 1]
    }

    /// Adds to the number of a stream.
    pub fn add(&mut self, stream: Stream, count: u64) {
        self.0[usize::from(stream.number()) - 1] += count;
    }

    /// The numbers of one stream alone, or all of them.
    #[must_use]
    pub(crate) fn only(&self, stream: Option<Stream>) -> Self {
        let Some(stream) = stream else { return *self };
        let mut one = Self::default();
        one.add(stream, self.get(stream));
        one
    }

    /// All streams together.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Every stream with its number.
    pub fn iter(&self) -> impl Iterator<Item = (Stream, u64)> + use<> {
        Stream::ALL.into_iter().zip(self.0)
    }
}

/// What became of the events at one sink, since the spool was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SinkLedger {
    /// The one stream the sink is lent; `None` is all of them.
    pub only: Option<Stream>,
    /// Events that were in the spool, undelivered, when it was opened.
    pub recovered: PerStream,
    /// Events the sink has taken.
    pub shipped: PerStream,
    /// Events the sink will never take; they are in its quarantine.
    pub set_aside: PerStream,
    /// Events that damage has made unreadable, or that were refused while the quarantine was full.
    pub lost: PerStream,
    /// Events that wait.
    pub backlog: PerStream,
}

impl SinkLedger {
    /// Nothing yet, for a sink that is lent one stream or all.
    pub(crate) fn of(only: Option<Stream>) -> Self {
        Self { only, ..Self::default() }
    }

    /// An event that was there when the spool was opened.
    pub(crate) fn recover(&mut self, stream: Stream) {
        self.recovered.add(stream, 1);
        self.backlog.add(stream, 1);
    }

    /// Events of an append.
    pub(crate) fn append(&mut self, events: &PerStream) {
        events.only(self.only).iter().for_each(|(stream, count)| self.backlog.add(stream, count));
    }

    /// A lease of the sink was acknowledged; `at_tail` when nothing is behind it, readable or not.
    pub(crate) fn pass(&mut self, done: &Done, at_tail: bool) {
        for stream in Stream::ALL {
            let index = usize::from(stream.number()) - 1;
            let events = done.events.0[index];
            let set_aside = done.refused.set_aside.0[index].min(events);
            let unkept = done.refused.unkept.0[index].min(events - set_aside);
            self.set_aside.0[index] += set_aside;
            self.lost.0[index] += unkept;
            self.shipped.0[index] += events - set_aside - unkept;
            let backlog = &mut self.backlog.0[index];
            // An event that recovery could not read and a lease could was there all the same.
            self.recovered.0[index] += done.events.0[index].saturating_sub(*backlog);
            *backlog = backlog.saturating_sub(done.events.0[index]);
            if at_tail {
                self.lost.0[index] += std::mem::take(backlog);
            }
        }
    }

    /// The invariant of this module, given what was appended since the spool was opened.
    #[must_use]
    pub fn balances(&self, appended: &PerStream) -> bool {
        let appended = appended.only(self.only);
        Stream::ALL.into_iter().all(|stream| {
            let out = [&self.shipped, &self.set_aside, &self.lost, &self.backlog];
            let out: u64 = out.into_iter().map(|counts| counts.get(stream)).sum();
            self.recovered.get(stream) + appended.get(stream) == out
        })
    }
}

/// What a sink will never take of a lease.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Refusals {
    /// Copied to the quarantine.
    pub(crate) set_aside: PerStream,
    /// Not kept: the quarantine was full.
    pub(crate) unkept: PerStream,
}

/// What an acknowledged lease held.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Done {
    pub(crate) events: PerStream,
    pub(crate) refused: Refusals,
}

/// The whole of it at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Events appended since the spool was opened.
    pub appended: PerStream,
    /// What became of them, by the sink's name.
    pub sinks: Vec<(String, SinkLedger)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_balances_through_damage_and_set_aside() {
        let (mut ledger, mut appended) = (SinkLedger::default(), PerStream::default());
        ledger.recover(Stream::Audit);
        let events = PerStream::of([Stream::Audit, Stream::Audit, Stream::Requests]);
        events.iter().for_each(|(stream, count)| appended.add(stream, count));
        ledger.append(&events);
        assert!(ledger.balances(&appended));
        let set_aside = PerStream::of([Stream::Audit]);
        let refused = Refusals { set_aside, ..Refusals::default() };
        ledger.pass(&Done { events: PerStream::of([Stream::Audit; 2]), refused }, false);
        assert!(ledger.balances(&appended));
        assert_eq!(ledger.backlog.total(), 2);
        // The last audit event cannot be read any more.
        let events = PerStream::of([Stream::Requests]);
        ledger.pass(&Done { events, ..Done::default() }, true);
        assert!(ledger.balances(&appended));
        assert_eq!((ledger.lost.get(Stream::Audit), ledger.backlog.total()), (1, 0));
        // One that recovery had not counted.
        let events = PerStream::of([Stream::Errors]);
        ledger.pass(&Done { events, ..Done::default() }, true);
        assert!(ledger.balances(&appended));
        appended.add(Stream::Errors, 1);
        assert!(!ledger.balances(&appended), "an event is nowhere");
    }
}
