//! Days whose retention is over leave the archive, at the start and every hour.
//!
//! Invariant: only whole days go, by the retention of their stream; what cannot be removed is tried again an
//! hour later and stops nothing else. Their keys are the reading side's to delete: a writer only inserts.
//! Place on the path: beside it.

use crate::pump::Draining;
use anyhow::Result;
use greffier_record::clock;
use greffier_redactor::Retention;
use greffier_sinks::Archive;
use std::time::Duration;

/// Time between two looks.
const EVERY: Duration = Duration::from_hours(1);

/// Removes days from the archive until the pipeline has ended.
pub(crate) async fn archive(
    archive: Archive,
    retention: Retention,
    mut draining: Draining,
) -> Result<()> {
    while !*draining.borrow_and_update() {
        let days = |stream| retention.days(stream);
        match tokio::task::block_in_place(|| archive.expire(clock::now_ms(), days)) {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "days have left the archive: retention is over"),
            Err(error) => {
                tracing::error!(%error, "a day whose retention is over cannot be removed")
            }
        }
        drop(tokio::time::timeout(EVERY, draining.changed()).await);
    }
    Ok(())
}
