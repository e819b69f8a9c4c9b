//! greffier's own log: standard error, one line or one JSON object each, never content.
//!
//! Invariant: only greffier's own crates are heard, because what a library says about a request or a
//! credential is not ours to vouch for. A failure that repeats says so ten times in ten seconds, then counts:
//! a log must not be what fills the disk. What is below a warning is never left out: it is asked for.

use std::collections::HashMap;
use std::io::{IsTerminal as _, stderr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tracing::callsite::Identifier;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

/// Lines of one place in the code, in one window.
const LINES: u64 = 10;
/// The window.
pub(crate) const WINDOW: Duration = Duration::from_secs(10);

/// Lines that were left out since the start.
static SUPPRESSED: AtomicU64 = AtomicU64::new(0);

/// How many lines were left out since the start.
pub(crate) fn suppressed() -> u64 {
    SUPPRESSED.load(Ordering::Relaxed)
}

/// Starts the log. `json`: one object a line.
pub(crate) fn start(level: Level, json: bool) {
    let format = tracing_subscriber::fmt::layer()
        .with_writer(stderr)
        .with_ansi(stderr().is_terminal())
        .with_target(false);
    let format = if json { format.json().boxed() } else { format.compact().boxed() };
    tracing_subscriber::registry().with(Filter { level }).with(format).init();
}

/// The places in the code that have warned.
static PLACES: LazyLock<Mutex<HashMap<Identifier, Place>>> = LazyLock::new(Mutex::default);

/// A place in the code that has warned.
#[derive(Debug)]
struct Place {
    at: (&'static str, u32),
    since: Instant,
    lines: u64,
    left_out: u64,
}

impl Place {
    fn new(metadata: &Metadata<'static>, now: Instant) -> Self {
        let at = (metadata.file().unwrap_or("?"), metadata.line().unwrap_or(0));
        Self { at, since: now, lines: 0, left_out: 0 }
    }

    /// Whether one more line is written.
    fn next(&mut self, now: Instant) -> bool {
        if now.saturating_duration_since(self.since) >= WINDOW {
            (self.since, self.lines) = (now, 0);
        }
        self.lines += 1;
        let written = self.lines <= LINES;
        self.left_out += u64::from(!written);
        written
    }
}

/// Says how many lines were left out since the last time, place by place.
pub(crate) fn tell_suppressed() {
    let left_out: Vec<_> = {
        let mut places = PLACES.lock().unwrap_or_else(PoisonError::into_inner);
        let taken =
            places.values_mut().map(|place| (place.at, std::mem::take(&mut place.left_out)));
        taken.filter(|(_, lines)| *lines > 0).collect()
    };
    for ((file, line), lines) in left_out {
        tracing::info!(
            lines,
            at = format!("{file}:{line}"),
            "more lines like one before were left out"
        );
    }
}

/// Decides which lines are written.
struct Filter {
    level: Level,
}

impl<S: Subscriber> Layer<S> for Filter {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        let name = metadata.target().split("::").next().unwrap_or_default();
        let own = name == "greffier" || name.starts_with("greffier_");
        own && *metadata.level() <= self.level
    }

    fn event_enabled(&self, event: &Event<'_>, _: Context<'_, S>) -> bool {
        let (metadata, now) = (event.metadata(), Instant::now());
        if *metadata.level() > Level::WARN {
            return true;
        }
        let mut places = PLACES.lock().unwrap_or_else(PoisonError::into_inner);
        let place = places.entry(metadata.callsite()).or_insert_with(|| Place::new(metadata, now));
        let written = place.next(now);
        if !written {
            SUPPRESSED.fetch_add(1, Ordering::Relaxed);
        }
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use std::sync::Arc;

    #[test]
    fn ten_lines_then_a_count() {
        let start = Instant::now();
        let mut place = Place { at: ("a.rs", 1), since: start, lines: 0, left_out: 0 };
        assert_eq!((0..25).filter(|_| place.next(start)).count(), 10);
        assert_eq!(place.left_out, 15);
        assert!(place.next(start + WINDOW), "a window of its own");
    }

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn warnings_are_limited_and_libraries_are_not_heard() {
        let written = Written::default();
        let writer = written.clone();
        let format = tracing_subscriber::fmt::layer().with_writer(move || writer.clone());
        let log = tracing_subscriber::registry().with(Filter { level: Level::DEBUG }).with(format);
        let before = suppressed();
        tracing::subscriber::with_default(log, || {
            for _ in 0..50 {
                tracing::warn!("again");
                tracing::debug!("detail");
            }
            tracing::error!(target: "hyper::proto", "somebody's header");
        });
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.matches("again").count(), 10);
        assert_eq!(text.matches("detail").count(), 50, "what was asked for is there");
        assert!(!text.contains("header"));
        assert_eq!(suppressed() - before, 40);
    }
}
