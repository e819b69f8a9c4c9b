//! Signs of life of the pipeline: when it last turned, and what it waits for.
//!
//! Invariant: written by the pipeline alone, read by anybody without waiting for it, so that a pipeline which
//! hangs can be told from one that has nothing to do. Holds no content. Place on the path: beside it.

use prometheus_client::metrics::histogram::Histogram;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Upper bounds of the append times, seconds: a fast disk's fsync to one that is about to fail.
const BOUNDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Shared; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Vitals(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    start: Instant,
    /// Milliseconds after `start`.
    beat: AtomicU64,
    no_key: AtomicBool,
    no_disk: AtomicBool,
    recipients_until: AtomicI64,
    appends: Histogram,
    failures: AtomicU64,
}

impl Default for Vitals {
    fn default() -> Self {
        Self(Arc::new(Inner {
            start: Instant::now(),
            beat: AtomicU64::new(0),
            no_key: AtomicBool::new(false),
            no_disk: AtomicBool::new(false),
            recipients_until: AtomicI64::new(0),
            appends: Histogram::new(BOUNDS),
            failures: AtomicU64::new(0),
        }))
    }
}

impl Vitals {
    /// The pipeline turns: idle or busy, but not stuck.
    pub(crate) fn beat(&self) {
        let now = u64::try_from(self.0.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.0.beat.store(now, Ordering::Relaxed);
    }

    /// How long ago it last turned.
    pub(crate) fn still_for(&self) -> Duration {
        let beat = Duration::from_millis(self.0.beat.load(Ordering::Relaxed));
        self.0.start.elapsed().saturating_sub(beat)
    }

    /// Sealing waits for a valid recipient, or no more.
    pub(crate) fn set_no_key(&self, waits: bool) {
        self.0.no_key.store(waits, Ordering::Relaxed);
    }

    /// Whether sealing waits for a valid recipient.
    pub(crate) fn no_key(&self) -> bool {
        self.0.no_key.load(Ordering::Relaxed)
    }

    /// The recipients in use are valid until then (ms since 1970).
    pub(crate) fn set_recipients_until(&self, until: i64) {
        self.0.recipients_until.store(until, Ordering::Relaxed);
    }

    /// Until when the recipients in use are valid (ms since 1970).
    pub(crate) fn recipients_until(&self) -> i64 {
        self.0.recipients_until.load(Ordering::Relaxed)
    }

    /// An append to the spool took that long, and succeeded or not.
    pub(crate) fn appended(&self, took: Duration, done: bool) {
        self.0.no_disk.store(!done, Ordering::Relaxed);
        if done {
            self.0.appends.observe(took.as_secs_f64());
        } else {
            self.0.failures.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Whether the last append failed: the sources wait.
    pub(crate) fn no_disk(&self) -> bool {
        self.0.no_disk.load(Ordering::Relaxed)
    }

    /// Times of the appends that succeeded, seconds.
    pub(crate) fn appends(&self) -> &Histogram {
        &self.0.appends
    }

    /// Appends that failed.
    pub(crate) fn failures(&self) -> u64 {
        self.0.failures.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_append_is_waited_for_until_one_succeeds() {
        let vitals = Vitals::default();
        vitals.appended(Duration::from_secs(1), false);
        assert!(vitals.no_disk());
        vitals.appended(Duration::from_millis(3), true);
        assert_eq!((vitals.no_disk(), vitals.failures()), (false, 1));
    }
}
