//! The only module that reads the system clock.
//!
//! Everything below takes the time as an argument, so a test can be at any hour and no two parts disagree.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970-01-01T00:00:00Z. A clock before 1970 reads as 0.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "this is the one module that may read the clock")]
pub fn now_ms() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_millis()).ok())
        .unwrap_or(0)
}
