//! A record that makes the gate panic costs itself, not the process.
//!
//! Invariant: of such a record nothing is kept, in clear or sealed, and no message repeats it; one event says that
//! there was one (`"err":"gate"`), and it is counted. The gate goes on as if it had not come: what was written of it
//! is taken back, buffers are wiped, and a writer that was interrupted while it sealed is replaced, so that no
//! chain goes on from the middle of a step. (Its caches take an answer only when it is complete.) Place on the
//! path: around every record.

use crate::compose::Composer;
use crate::desk::{Ending, Keep};
use crate::owner::Parts;
use crate::tally::Count;
use crate::time::Stamps;
use crate::{Redactor, Stream, wipe};
use greffier_record::Raw;
use greffier_vault::{NoKey, Writer};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

impl Redactor {
    /// Does `work`; if it panics, files an event of `stream` that says so, and answers what `instead` says.
    pub(crate) fn guarded<T>(
        &mut self,
        (raw, stream, now_ms): (&Raw<'_>, Stream, i64),
        work: impl FnOnce(&mut Self) -> Result<T, NoKey>,
        instead: impl FnOnce() -> T,
    ) -> Result<T, NoKey> {
        let (before, place) = (self.tally, self.batch.place());
        match catch_unwind(AssertUnwindSafe(|| work(self))) {
            Ok(done) => done,
            Err(message) => {
                forget(message);
                self.batch.back_to(place);
                self.tally = before;
                self.recover();
                let stream = if self.belongs_in_audit(raw) { Stream::Audit } else { stream };
                self.say_so(raw, stream, now_ms)?;
                Ok(instead())
            }
        }
    }

    /// Brings everything that a record may have left half done into a state that is known to be good.
    fn recover(&mut self) {
        self.texts.clear();
        wipe::tail(&mut self.scratch, 0);
        self.stamps = Stamps::new();
        if std::mem::take(&mut self.sealing) {
            self.batch.add_rows(self.writer.take_rows());
            self.writer = Writer::new(self.writer.manifest().clone());
        }
    }

    /// Whether the record belongs in `audit`; rather there, if even that cannot be told.
    fn belongs_in_audit(&self, raw: &Raw<'_>) -> bool {
        catch_unwind(AssertUnwindSafe(|| self.is_audit(raw))).unwrap_or(true)
    }

    /// The event in place of the record's own.
    fn say_so(&mut self, raw: &Raw<'_>, stream: Stream, now_ms: i64) -> Result<(), NoKey> {
        let id = self.next_id(now_ms);
        let (mut c, desk): (Composer<'_, '_>, _) = self.desk();
        c.tally.add(Count::Panic, 1);
        let tenant = crate::lines::found(&mut c, None, || None, None);
        let at = raw.observed;
        c.head(stream, id, at);
        c.origin(None, tenant, raw.origin.format.side());
        c.error(Some("gate"));
        let ending = Ending { stream, id, at, tenant, cut: 0, keep: Keep::Seal };
        desk.finish(c, &Parts::default(), &ending)
    }
}

/// Overwrites the message of a panic: it may quote the text that was too much.
fn forget(message: Box<dyn Any + Send>) {
    if let Ok(mut message) = message.downcast::<String>() {
        wipe::text(&mut message);
    }
}
