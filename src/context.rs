//! Fingers crossed, per request: a request's other lines are held until it is known how it ended.
//!
//! Invariant: every line given to [`Context::hold`] leaves exactly once, as a release or as a count of what
//! was forgotten; memory is bounded per request and in total; nothing here is ever written to disk. The
//! lines are copies, zeroed when they leave. Place on the path: between the decoder and the gate.
//!
//! Each wait has one length, so each table is in the order of its deadlines by itself: the newest is at the back.
//! A request that holds nothing when it ends (nearly every one) costs some remembered bytes and no more (`remembered`).

use crate::remembered::Remembered;
use greffier_config::ContextPlan;
use greffier_record::{
    Body, BuildHoldKeyHasher, HoldHasher, HoldKey, HotBuf, Level, Origin, Raw, RequestLine,
};
use greffier_redactor::Stream;
use hashlink::LinkedHashMap;
use std::collections::VecDeque;
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

/// What a request's own line says about its end.
#[derive(Debug, Clone, Copy)]
struct End {
    triggered: bool,
    excluded: bool,
}

/// The lines of one request.
#[derive(Debug)]
struct Held<A> {
    lines: VecDeque<(Line, Option<Level>)>,
    bytes: u64,
    triggered: bool,
    critical: bool,
    overflowed: u64,
    ended: Option<(A, End)>,
}

/// Values with the time until which they stay (ms since 1970), the newest at the back.
type Table<T> = LinkedHashMap<HoldKey, (i64, T), BuildHoldKeyHasher>;

/// The held lines of all requests under way.
#[derive(Debug)]
pub(crate) struct Context<A> {
    plan: ContextPlan,
    keys: HoldHasher,
    /// Requests that hold lines and have not ended: each line postpones the decision by `idle`.
    open: Table<Held<A>>,
    /// Requests that hold lines and have ended: decided `grace` later.
    ended: Table<Held<A>>,
    /// Requests that held nothing when they ended, for lines that come late.
    concluded: Remembered<End>,
    /// Persons of joined requests, for the proxy's lines.
    joined: Remembered<()>,
    evicted: Vec<Release<A>>,
    bytes: u64,
    lines: u64,
    counts: Counts,
}

/// Joined requests whose persons are remembered in any case; of more, the oldest go. (Seven eighths of a power of two
/// is what a table has room for.)
const JOINED: usize = 57_344;

/// Conclusions that are remembered in any case; of more, the oldest go. With 2 s of grace that is 7 168 requests a
/// second; a line that comes later than this many requests is then treated as one whose request never ended.
const CONCLUDED: usize = 14_336;

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

impl<A> Held<A> {
    fn new(ended: Option<(A, End)>) -> Self {
        let lines = VecDeque::new();
        Self { lines, bytes: 0, triggered: false, critical: false, overflowed: 0, ended }
    }

    /// Drops the oldest lines while there are more than `limit` bytes, those of an event rule or of at least
    /// the level `spared` last. Returns how many lines and bytes went.
    fn trim(&mut self, limit: u64, spared: Level) -> (u64, u64) {
        let (before, overflowed) = (self.bytes, self.overflowed);
        while self.bytes > limit && self.lines.len() > 1 {
            let spares = |(line, level): &(Line, Option<Level>)| {
                line.stream == Stream::Events || *level >= Some(spared)
            };
            let at = self.lines.iter().position(|line| !spares(line)).unwrap_or(0);
            let Some((line, _)) = self.lines.remove(at) else { break };
            self.bytes -= line.cost();
            self.overflowed += 1;
        }
        (self.overflowed - overflowed, before - self.bytes)
    }
}

impl End {
    /// This end of a request whose id has come before: the triggers of both.
    fn after(self, earlier: Option<Self>) -> Self {
        let Some(earlier) = earlier else { return self };
        Self {
            triggered: self.triggered | earlier.triggered,
            excluded: self.excluded | earlier.excluded,
        }
    }
}

/// The oldest entry, if its time is over. One that lies further ahead than it ever was put comes from before
/// the clock was set back: its time is over too.
fn pop_over<T>(table: &mut Table<T>, wait: i64, now: i64) -> Option<T> {
    let due = oldest(table)?;
    if now < due && due <= now.saturating_add(wait) {
        return None;
    }
    table.pop_front().map(|(_, (_, value))| value)
}

fn oldest<T>(table: &Table<T>) -> Option<i64> {
    table.front().map(|(_, (due, _))| *due)
}

impl<A: AsRef<HotBuf> + From<HotBuf>> Context<A> {
    /// An empty context.
    pub(crate) fn new(plan: ContextPlan) -> Self {
        Self {
            plan,
            keys: HoldHasher::default(),
            open: Table::default(),
            ended: Table::default(),
            concluded: Remembered::new(CONCLUDED),
            joined: Remembered::new(JOINED),
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
        let (limit, spared) = (self.plan.per_request, self.plan.level);
        let size = line.cost();
        let held = self.held_of(key, now);
        held.triggered |= triggers;
        held.critical |= level >= Some(Level::Critical);
        held.lines.push_back((line, level));
        held.bytes += size;
        let (lines, bytes) = held.trim(limit, spared);
        self.bytes = self.bytes + size - bytes;
        self.lines = self.lines + 1 - lines;
        self.counts.overflowed += lines;
        self.make_room();
        None
    }

    /// The request line came: its request is decided after the grace time.
    pub(crate) fn conclude(&mut self, raw: &Raw<'_>, line: &RequestLine<'_>, of: A, now: i64) {
        let grace = millis(self.plan.grace);
        if let Some(joined) = self.keys.joined(raw) {
            self.joined.insert(joined, now + self.joined_ms(), of.as_ref(), |_| ());
        }
        let Some(key) = self.keys.own(raw) else { return };
        let triggered = self.triggers(line);
        let excluded = line.status.is_some_and(|status| self.plan.exclude_status.contains(&status));
        let end = End { triggered, excluded };
        let held = self.open.remove(&key).or_else(|| self.ended.remove(&key));
        match held {
            None => {
                let end = |earlier| end.after(earlier);
                self.concluded.insert(key, now + grace, of.as_ref(), end);
            }
            Some((_, mut held)) => {
                let earlier = held.ended.take().map(|(_, earlier)| earlier);
                held.ended = Some((of, end.after(earlier)));
                self.ended.insert(key, (now + grace, held));
            }
        }
    }

    /// Whom a line of a joined source belongs to, when the application's request line is known.
    pub(crate) fn person(&self, raw: &Raw<'_>) -> Option<A> {
        self.joined.get(&self.keys.joined(raw)?).map(A::from)
    }

    /// What is decided by `now`: released, or forgotten and counted.
    pub(crate) fn decide(&mut self, now: i64) -> Vec<Release<A>> {
        let mut releases = std::mem::take(&mut self.evicted);
        let (grace, idle) = (millis(self.plan.grace), millis(self.plan.idle));
        while let Some(held) =
            pop_over(&mut self.ended, grace, now).or_else(|| pop_over(&mut self.open, idle, now))
        {
            releases.extend(self.settle(held));
        }
        self.concluded.follow(grace, now);
        let joined = self.joined_ms();
        self.joined.follow(joined, now);
        releases
    }

    /// Decides everything now: the input has ended.
    pub(crate) fn finish(&mut self) -> Vec<Release<A>> {
        self.decide(i64::MAX)
    }

    /// When [`decide`](Self::decide) is due (ms since 1970): at the next decision, or when everything
    /// remembered may be forgotten.
    pub(crate) fn next_due(&self) -> Option<i64> {
        let remembered = self.concluded.newest().max(self.joined.newest());
        [oldest(&self.ended), oldest(&self.open), remembered].into_iter().flatten().min()
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

    /// How long a joined person is remembered (ms): the proxy's line waits for `grace`, and may have been
    /// written before the application's.
    fn joined_ms(&self) -> i64 {
        2 * millis(self.plan.grace) + 1_000
    }

    /// The held lines of a request, filed under its next deadline. A request that has ended is decided when
    /// `grace` is over, however many lines still come.
    fn held_of(&mut self, key: HoldKey, now: i64) -> &mut Held<A> {
        let (grace, idle) = (now + millis(self.plan.grace), now + millis(self.plan.idle));
        if let Some((of, end)) = self.concluded.remove(&key) {
            self.ended.insert(key, (grace, Held::new(Some((of.into(), end)))));
        }
        let table = if self.ended.contains_key(&key) {
            &mut self.ended
        } else {
            self.open.to_back(&key);
            &mut self.open
        };
        let (due, held) = table.entry(key).or_insert_with(|| (idle, Held::new(None)));
        if held.ended.is_none() {
            *due = idle;
        }
        held
    }

    /// Decides the requests whose deadline is next, early, until the total fits.
    fn make_room(&mut self) {
        while self.bytes > self.plan.total {
            let due = |table| oldest(table).unwrap_or(i64::MAX);
            let ended_first = due(&self.ended) <= due(&self.open);
            let table = if ended_first { &mut self.ended } else { &mut self.open };
            let Some((_, (_, held))) = table.pop_front() else { break };
            let before = self.counts.forgotten;
            let release = self.settle(held);
            // Forgotten early is not forgotten on success: it is an overflow, and says so.
            self.counts.overflowed += self.counts.forgotten - before;
            self.counts.forgotten = before;
            self.evicted.extend(release);
        }
    }

    /// Decides one request: exclusions win over triggers, a critical line wins over both.
    fn settle(&mut self, mut held: Held<A>) -> Option<Release<A>> {
        self.bytes -= held.bytes;
        self.lines -= held.lines.len() as u64;
        let end = held.ended.as_ref().map(|(_, end)| end);
        let triggered = held.triggered || end.is_some_and(|end| end.triggered);
        let excluded = end.is_some_and(|end| end.excluded);
        if !held.critical && (!triggered || excluded) {
            let before = held.lines.len();
            held.lines.retain(|(line, _)| line.stream == Stream::Events);
            self.counts.forgotten += (before - held.lines.len()) as u64;
        }
        if held.lines.is_empty() {
            return None;
        }
        let lines = held.lines.into_iter().map(|(line, _)| line).collect();
        let of = held.ended.map(|(of, _)| of);
        Some(Release { of, lines, overflowed: held.overflowed })
    }
}

#[cfg(test)]
#[path = "context_tests.rs"]
mod tests;
