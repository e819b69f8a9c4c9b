//! Alive, and ready: two questions with different consequences.
//!
//! Invariant: not alive means that only a restart helps: the pipeline is stuck. Not ready means that lines
//! would wait or be dropped now. A sink that is away is neither: the spool takes its events, and says so.

use super::Watched;
use crate::accounts::{KEY_STORE, SinkHealth};
use crate::books::Snapshot;
use crate::vitals::Vitals;
use std::time::Duration;

/// A pipeline that has not turned for this long is stuck: idle it turns every five seconds.
const STUCK: Duration = Duration::from_secs(60);

/// From here on, recipients that are about to expire are warned of.
const SOON_MS: i64 = 14 * 86_400_000;

/// Where the sidecar is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Not everything is listening yet.
    Starting,
    /// Sources are read.
    Ready,
    /// Sources are stopped; what is held and spooled leaves.
    Draining,
}

/// Whether the pipeline turns.
pub(super) fn live(vitals: &Vitals) -> Result<(), String> {
    match vitals.still_for() {
        still if still < STUCK => Ok(()),
        still => Err(format!("the pipeline has not turned for {} s", still.as_secs())),
    }
}

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Ok,
    Warn,
    Fail,
}

/// One check.
#[derive(Debug)]
struct Check {
    name: String,
    state: State,
    says: String,
}

/// All checks of one moment.
#[derive(Debug)]
pub(super) struct Readiness(Vec<Check>);

impl Readiness {
    pub(super) fn is_ready(&self) -> bool {
        self.0.iter().all(|check| check.state != State::Fail)
    }

    /// One line.
    pub(super) fn short(&self) -> String {
        let failed: Vec<_> = self.0.iter().filter(|check| check.state == State::Fail).collect();
        if failed.is_empty() {
            return "ready\n".to_owned();
        }
        let reasons: Vec<_> =
            failed.iter().map(|check| format!("{}: {}", check.name, check.says)).collect();
        format!("not ready: {}\n", reasons.join("; "))
    }

    /// A line a check, then the one.
    pub(super) fn verbose(&self) -> String {
        let line = |check: &Check| {
            let state = match check.state {
                State::Ok => "ok",
                State::Warn => "warn",
                State::Fail => "fail",
            };
            format!("{state:<5} {:<16} {}\n", check.name, check.says)
        };
        self.0.iter().map(line).chain([self.short()]).collect()
    }

    fn add(&mut self, name: &str, state: State, says: impl Into<String>) {
        self.0.push(Check { name: name.to_owned(), state, says: says.into() });
    }
}

/// Looks at everything, at `now` (ms since 1970).
pub(super) fn ready(watched: &Watched, now: i64) -> Readiness {
    let snapshot = watched.books.snapshot();
    let mut ready = Readiness(Vec::new());
    let sources = format!("{} read", watched.sources);
    match *watched.phase.borrow() {
        Phase::Starting => ready.add("sources", State::Fail, "starting"),
        Phase::Ready => ready.add("sources", State::Ok, sources),
        Phase::Draining => ready.add("sources", State::Fail, "draining: no lines are accepted"),
    }
    let vitals = &watched.books.vitals;
    match live(vitals) {
        Ok(()) => ready.add("pipeline", State::Ok, "turns"),
        Err(why) => ready.add("pipeline", State::Fail, why),
    }
    spool(&mut ready, &snapshot, vitals);
    recipients(&mut ready, vitals, now);
    sinks(&mut ready, &snapshot, now);
    ready
}

fn spool(ready: &mut Readiness, snapshot: &Snapshot, vitals: &Vitals) {
    let usage = &snapshot.usage;
    let used = format!("{} of {} bytes", usage.bytes, usage.max_bytes);
    if vitals.no_disk() {
        ready.add("spool", State::Fail, format!("cannot be written, sources wait; {used}"));
    } else if !snapshot.room.open {
        ready.add("spool", State::Fail, format!("full, only audit records enter; {used}"));
    } else {
        ready.add("spool", State::Ok, used);
    }
}

fn recipients(ready: &mut Readiness, vitals: &Vitals, now: i64) {
    let left = vitals.recipients_until() - now;
    let days = left / 86_400_000;
    match left {
        _ if vitals.no_key() => {
            ready.add("recipients", State::Fail, "no valid key for a record: sealing waits");
        }
        ..=0 => ready.add("recipients", State::Fail, "expired: audit records wait"),
        1..=SOON_MS => ready.add("recipients", State::Warn, format!("valid for {days} days only")),
        _ => ready.add("recipients", State::Ok, format!("valid for {days} days")),
    }
}

/// The key store and every sink: none of them makes the sidecar unready.
fn sinks(ready: &mut Readiness, snapshot: &Snapshot, now: i64) {
    let rows = (KEY_STORE.to_owned(), snapshot.usage.rows_waiting, "key rows");
    let events = snapshot.ledger.sinks.iter();
    let events = events.map(|(name, sink)| (name.clone(), sink.backlog.total(), "events"));
    for (name, waiting, noun) in std::iter::once(rows).chain(events) {
        let health = snapshot.report.sinks.get(name.as_str());
        let (state, says) =
            health.map_or((State::Ok, "nothing delivered yet".into()), |health| sink(health, now));
        ready.add(&name, state, format!("{says}; {waiting} {noun} wait"));
    }
}

fn sink(health: &SinkHealth, now: i64) -> (State, String) {
    let seconds = |then: i64| (now - then).max(0) / 1000;
    let last = health.acknowledged.map_or_else(
        || "nothing delivered yet".to_owned(),
        |then| format!("last acknowledged {} s ago", seconds(then)),
    );
    match health.failing {
        Some((since, kind)) => {
            (State::Warn, format!("failing for {} s ({kind}), {last}", seconds(since)))
        }
        None => (State::Ok, last),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sink_that_is_away_is_a_warning_and_expired_recipients_are_not() {
        let mut ready = Readiness(Vec::new());
        let failing = SinkHealth { failing: Some((1_000, "retry")), ..SinkHealth::default() };
        let (state, says) = sink(&failing, 61_000);
        assert_eq!(says, "failing for 60 s (retry), nothing delivered yet");
        ready.add("cloudwatch", state, says);
        assert!(ready.is_ready());
        assert!(ready.verbose().starts_with("warn  cloudwatch       failing"));
        let vitals = Vitals::default();
        vitals.set_recipients_until(5);
        recipients(&mut ready, &vitals, 5);
        assert!(!ready.is_ready());
        assert_eq!(ready.short(), "not ready: recipients: expired: audit records wait\n");
    }
}
