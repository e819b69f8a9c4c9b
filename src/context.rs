//! Fingers crossed, per request: a request's other lines are held until it is known how it ended.
//!
//! Invariant: every line given to [`Context::hold`] leaves exactly once, as a release or as a count of what
//! was forgotten; memory is bounded per request and in total; nothing here is ever written to disk. The
//! lines are copies, zeroed when they leave. Place on the path: between the decoder and the gate.

use greffier_config::ContextPlan;
use greffier_record::{Body, HoldHasher, HoldKey, HotBuf, Level, Origin, Raw, RequestLine};
use greffier_redactor::Stream;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

/// A copy of one raw line, to be decoded again when it is released.
#[derive(Debug)]
pub(crate) struct Line {
    /// Where it came from.
    pub(crate) origin: Arc<Origin>,
    /// Its bytes.
    pub(crate) bytes: HotBuf,
    /// When it was read (ms since 1970).
    pub(crate) observed: i64,
    /// `events` for a line an `[[event]]` rule always keeps, else `errors`.
    pub(crate) stream: Stream,
}

/// Lines of one request that leave together, in arrival order.
#[derive(Debug)]
pub(crate) struct Release<A> {
    /// Whom they belong to; `None` when no request line came.
    pub(crate) of: Option<A>,
    /// The lines.
    pub(crate) lines: Vec<Line>,
    /// Lines of this request that had to go because it held too much.
    pub(crate) overflowed: u64,
}

/// What left without being kept, since the last [`Context::take_counts`].
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Lines of requests that ended well.
    pub(crate) forgotten: u64,
    /// Lines that had to go for want of memory.
    pub(crate) overflowed: u64,
}

#[derive(Debug)]
struct Held<A> {
    lines: VecDeque<(Line, Option<Level>)>,
    bytes: u64,
    of: Option<A>,
    triggered: bool,
    excluded: bool,
    critical: bool,
    concluded: bool,
    overflowed: u64,
    due: i64,
}

/// The held lines of all requests under way.
#[derive(Debug)]
pub(crate) struct Context<A> {
    plan: ContextPlan,
    keys: HoldHasher,
    held: HashMap<HoldKey, Held<A>>,
    due: BTreeSet<(i64, HoldKey)>,
    joined: HashMap<HoldKey, (i64, A)>,
    joined_until: VecDeque<(i64, HoldKey)>,
    evicted: Vec<Release<A>>,
    bytes: u64,
    lines: u64,
    counts: Counts,
}

/// Remembered persons of joined requests at most; beyond it the oldest go.
const JOINED_MAX: usize = 65_536;

/// What a held line costs beside its own bytes, so that many short ones are bounded too.
const OVERHEAD: u64 = 128;

impl Line {
    fn cost(&self) -> u64 {
        self.bytes.len() as u64 + OVERHEAD
    }
}

/// A time span of the plan in milliseconds.
pub(crate) fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX / 4)
}

impl<A: Clone> Context<A> {
    /// An empty context.
    pub(crate) fn new(plan: ContextPlan) -> Self {
        Self {
            plan,
            keys: HoldHasher::default(),
            held: HashMap::new(),
            due: BTreeSet::new(),
            joined: HashMap::new(),
            joined_until: VecDeque::new(),
            evicted: Vec::new(),
            bytes: 0,
            lines: 0,
            counts: Counts::default(),
        }
    }

    /// Holds a line of a request under way. A line that names no request decides for itself at once.
    pub(crate) fn hold(&mut self, raw: &Raw<'_>, line: Line, now: i64) -> Option<Release<A>> {
        let level = match &raw.body {
            Body::Text(text) => text.level,
            Body::Request(_) | Body::Broken(_) => None,
        };
        let exception =
            matches!(&raw.body, Body::Text(text) if self.names_exception(text.exception.as_ref()));
        let triggers = level >= Some(self.plan.level) || exception;
        let keep = line.stream == Stream::Events;
        let Some(key) = self.keys.own(raw) else {
            if triggers || keep {
                return Some(Release { of: None, lines: vec![line], overflowed: 0 });
            }
            self.counts.forgotten += 1;
            return None;
        };
        let held = self.entry(key, now);
        held.triggered |= triggers;
        held.critical |= level >= Some(Level::Critical);
        let size = line.cost();
        held.lines.push_back((line, level));
        held.bytes += size;
        self.bytes += size;
        self.lines += 1;
        self.make_room(key);
        None
    }

    /// The request line came: its request is decided after the grace time.
    pub(crate) fn conclude(&mut self, raw: &Raw<'_>, line: &RequestLine<'_>, of: A, now: i64) {
        if let Some(joined) = self.keys.joined(raw) {
            self.remember(joined, of.clone(), now);
        }
        let Some(key) = self.keys.own(raw) else { return };
        let triggered = self.triggers(line);
        let excluded = line.status.is_some_and(|status| self.plan.exclude_status.contains(&status));
        let grace = millis(self.plan.grace);
        let held = self.entry(key, now);
        held.of = Some(of);
        held.triggered |= triggered;
        held.excluded |= excluded;
        held.concluded = true;
        self.postpone(key, now + grace);
    }

    /// Whom a line of a joined source belongs to, when the application's request line is known.
    pub(crate) fn person(&self, raw: &Raw<'_>) -> Option<&A> {
        self.joined.get(&self.keys.joined(raw)?).map(|(_, of)| of)
    }

    /// What is decided by `now`: released, or forgotten and counted.
    pub(crate) fn decide(&mut self, now: i64) -> Vec<Release<A>> {
        let mut releases = std::mem::take(&mut self.evicted);
        while let Some(&(due, key)) = self.due.first() {
            if due > now {
                break;
            }
            releases.extend(self.settle(key));
        }
        while self.joined_until.front().is_some_and(|(until, _)| *until <= now) {
            self.forget_oldest_joined();
        }
        releases
    }

    /// Decides everything now: the input has ended.
    pub(crate) fn finish(&mut self) -> Vec<Release<A>> {
        self.decide(i64::MAX)
    }

    /// When the next decision is due (ms since 1970).
    pub(crate) fn next_due(&self) -> Option<i64> {
        self.due.first().map(|&(due, _)| due)
    }

    /// Lines held right now: in flight.
    pub(crate) fn held_lines(&self) -> u64 {
        self.lines + self.evicted.iter().map(|release| release.lines.len() as u64).sum::<u64>()
    }

    /// Bytes they cost: at most what the plan allows in total.
    pub(crate) fn held_bytes(&self) -> u64 {
        self.bytes
    }

    /// What was forgotten since the last call.
    pub(crate) fn take_counts(&mut self) -> Counts {
        std::mem::take(&mut self.counts)
    }

    fn triggers(&self, line: &RequestLine<'_>) -> bool {
        line.status.is_some_and(|status| self.plan.status.iter().any(|s| s.matches(status)))
            || line.level >= Some(self.plan.level)
            || self.plan.slower_than.is_some_and(|limit| {
                line.duration_ms.is_some_and(|ms| ms >= limit.as_secs_f64() * 1_000.0)
            })
            || line.end.as_ref().is_some_and(|end| end.is("shutdown"))
            || self.names_exception(line.exception.as_ref())
    }

    fn names_exception(&self, exception: Option<&greffier_record::Hot<'_>>) -> bool {
        exception.is_some_and(|class| self.plan.exception.iter().any(|name| class.is(name)))
    }

    fn entry(&mut self, key: HoldKey, now: i64) -> &mut Held<A> {
        let due = now + millis(self.plan.idle);
        if let Some(held) = self.held.get(&key) {
            if !held.concluded {
                self.postpone(key, due);
            }
        } else {
            self.due.insert((due, key));
        }
        self.held.entry(key).or_insert_with(|| Held {
            lines: VecDeque::new(),
            bytes: 0,
            of: None,
            triggered: false,
            excluded: false,
            critical: false,
            concluded: false,
            overflowed: 0,
            due,
        })
    }

    fn postpone(&mut self, key: HoldKey, due: i64) {
        if let Some(held) = self.held.get_mut(&key) {
            self.due.remove(&(held.due, key));
            held.due = due;
            self.due.insert((due, key));
        }
    }

    fn remember(&mut self, joined: HoldKey, of: A, now: i64) {
        // The proxy's line waits for `grace`, and may have been written before the application's.
        let until = now + 2 * millis(self.plan.grace) + 1_000;
        self.joined_until.push_back((until, joined));
        self.joined.insert(joined, (until, of));
        if self.joined_until.len() > JOINED_MAX {
            self.forget_oldest_joined();
        }
    }

    /// A request id that came twice is remembered as long as its later line says.
    fn forget_oldest_joined(&mut self) {
        if let Some((until, key)) = self.joined_until.pop_front()
            && self.joined.get(&key).is_some_and(|(last, _)| *last <= until)
        {
            self.joined.remove(&key);
        }
    }

    /// Drops the oldest lines of a request that holds too much, then decides the oldest requests early.
    fn make_room(&mut self, key: HoldKey) {
        let trigger = self.plan.level;
        if let Some(held) = self.held.get_mut(&key) {
            while held.bytes > self.plan.per_request && held.lines.len() > 1 {
                let spared = |(line, level): &(Line, Option<Level>)| {
                    line.stream == Stream::Events || *level >= Some(trigger)
                };
                let at = held.lines.iter().position(|line| !spared(line)).unwrap_or(0);
                let Some((line, _)) = held.lines.remove(at) else { break };
                held.bytes -= line.cost();
                held.overflowed += 1;
                self.bytes -= line.cost();
                self.lines -= 1;
                self.counts.overflowed += 1;
            }
        }
        while self.bytes > self.plan.total {
            let Some(&(_, oldest)) = self.due.first() else { break };
            let before = self.counts.forgotten;
            let release = self.settle(oldest);
            // Forgotten early is not forgotten on success: it is an overflow, and says so.
            self.counts.overflowed += self.counts.forgotten - before;
            self.counts.forgotten = before;
            self.evicted.extend(release);
        }
    }

    /// Decides one request: exclusions win over triggers, a critical line wins over both.
    fn settle(&mut self, key: HoldKey) -> Option<Release<A>> {
        let mut held = self.held.remove(&key)?;
        self.due.remove(&(held.due, key));
        self.bytes -= held.bytes;
        self.lines -= held.lines.len() as u64;
        let keep = held.critical || held.triggered && !held.excluded;
        if !keep {
            let before = held.lines.len();
            held.lines.retain(|(line, _)| line.stream == Stream::Events);
            self.counts.forgotten += (before - held.lines.len()) as u64;
        }
        if held.lines.is_empty() {
            return None;
        }
        let lines = held.lines.into_iter().map(|(line, _)| line).collect();
        Some(Release { of: held.of, lines, overflowed: held.overflowed })
    }
}

#[cfg(test)]
#[path = "context_tests.rs"]
mod tests;
