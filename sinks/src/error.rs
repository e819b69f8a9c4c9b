//! Why a sink did not take a batch, and whether trying again can help.
//!
//! Invariant: the message names files and causes, never anything of an event.

use std::time::Duration;

/// A batch was not delivered.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct SinkError {
    what: String,
    retry: Option<Duration>,
    held: bool,
}

impl SinkError {
    /// Trying again after `delay` may help.
    pub fn retry(delay: Duration, what: impl Into<String>) -> Self {
        Self { what: what.into(), retry: Some(delay), held: false }
    }

    /// Somebody must do something first: `what` says what. The events are kept, and tried after `delay`.
    pub fn held(delay: Duration, what: impl Into<String>) -> Self {
        Self { what: what.into(), retry: Some(delay), held: true }
    }

    /// The sink is finished: trying again cannot help.
    pub fn finished(what: impl Into<String>) -> Self {
        Self { what: what.into(), retry: None, held: true }
    }

    /// One word, for metrics: `retry` mends itself, `held` waits for somebody, `finished` is over.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match (self.retry, self.held) {
            (Some(_), false) => "retry",
            (Some(_), true) => "held",
            (None, _) => "finished",
        }
    }

    /// How long to wait before the same events are delivered again; `None` when that cannot help.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry
    }

    /// True when it does not mend itself.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.held
    }
}
