//! How a sink is doing: for health pages, metrics, and the last words of a sidecar.
//!
//! Invariant: written by the sink's pump alone, read by anybody, and never waited for. Place on the path:
//! beside the pump.

use greffier_record::clock;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What a sink's pump is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It delivers, or has nothing to deliver.
    Ok,
    /// The last delivery failed; it is tried again.
    Retrying,
    /// The same, and somebody must do something first: the log says what.
    Held,
}

impl State {
    /// The word in metrics and messages.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Retrying => "retrying",
            Self::Held => "held",
        }
    }
}

/// A sink at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Health {
    /// Its last acknowledgement, ms since 1970, if there was one since the start.
    pub(crate) last_ack_ms: Option<i64>,
    /// What it is doing.
    pub(crate) state: State,
    /// Since when, ms since 1970.
    pub(crate) since_ms: i64,
}

/// The shared health of one sink; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct SinkHealth(Arc<Mutex<Health>>);

impl SinkHealth {
    /// Of a sink that has not been given anything yet.
    pub(crate) fn new() -> Self {
        let now = clock::now_ms();
        Self(Arc::new(Mutex::new(Health { last_ack_ms: None, state: State::Ok, since_ms: now })))
    }

    /// How it is now.
    pub(crate) fn read(&self) -> Health {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A delivery was acknowledged. The time without one, if the last had failed.
    pub(crate) fn acknowledged(&self, now_ms: i64) -> Option<Duration> {
        let mut health = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = *health;
        health.last_ack_ms = Some(now_ms);
        health.turn(State::Ok, now_ms);
        let gap = u64::try_from(now_ms - before.since_ms).unwrap_or(0);
        (before.state != State::Ok).then(|| Duration::from_millis(gap))
    }

    /// A delivery failed.
    pub(crate) fn failed(&self, held: bool, now_ms: i64) {
        let state = if held { State::Held } else { State::Retrying };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).turn(state, now_ms);
    }
}

impl Health {
    /// An outage is one, whether it is retried or held: it began with its first failure.
    fn turn(&mut self, state: State, now_ms: i64) {
        if (self.state == State::Ok) != (state == State::Ok) {
            self.since_ms = now_ms;
        }
        self.state = state;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_lasts_from_its_first_failure_to_the_next_acknowledgement() {
        let health = SinkHealth::new();
        let start = health.read().since_ms;
        assert_eq!(health.acknowledged(start + 10), None);
        assert_eq!(health.read().since_ms, start, "it was well all the time");
        health.failed(false, start + 1_000);
        health.failed(true, start + 2_000);
        let held =
            Health { last_ack_ms: Some(start + 10), state: State::Held, since_ms: start + 1_000 };
        assert_eq!(health.read(), held);
        assert_eq!(health.acknowledged(start + 5_000), Some(Duration::from_secs(4)));
        assert_eq!(health.read().state.name(), "ok");
        assert_eq!(health.acknowledged(start + 6_000), None);
    }
}
