//! The redactor with its recipients kept fresh, and what happens when there are none.
//!
//! Invariant: without a valid recipient a record waits (audit) or leaves without its personal part
//! (requests); it is never let out in the clear. New recipients are picked up within a minute.

use crate::setup::Recipients;
use crate::vitals::Vitals;
use anyhow::Result;
use greffier_record::clock;
use greffier_redactor::{Policy, RecordId, Redactor};
use greffier_vault::{NoKey, Writer};
use std::time::Duration;

/// How often the recipients file is read again (ms).
const REREAD_MS: i64 = 60_000;

/// How long a record that must not leave unsealed waits before it is tried again.
const RETRY: Duration = Duration::from_millis(500);

/// The only way from `Raw` to `Sealed`.
pub(crate) struct Gate {
    /// The redactor itself.
    pub(crate) redactor: Redactor,
    /// Signs of life, for whoever watches.
    pub(crate) vitals: Vitals,
    recipients: Recipients,
    read_at: i64,
    now: i64,
}

impl Gate {
    /// Reads the recipients and builds the redactor; ids go on after `last`.
    pub(crate) fn new(
        policy: Policy,
        recipients: Recipients,
        last: Option<RecordId>,
    ) -> Result<Self> {
        let manifest = recipients.read()?;
        let vitals = Vitals::default();
        vitals.set_recipients_until(manifest.expires());
        let redactor = Redactor::new(policy, Writer::new(manifest), last);
        let now = clock::now_ms();
        Ok(Self { redactor, vitals, recipients, read_at: now, now })
    }

    /// Looks at the clock, and answers what it says. Records are sealed as of the last look: once for a
    /// chunk is enough, reading a clock for each record is not free.
    pub(crate) fn look_at_clock(&mut self) -> i64 {
        self.now = clock::now_ms();
        self.now
    }

    /// Seals one record, waiting for recipients when it must.
    pub(crate) async fn seal<T>(
        &mut self,
        seal: impl Fn(&mut Redactor, i64) -> Result<T, NoKey>,
    ) -> T {
        let mut said = false;
        loop {
            match seal(&mut self.redactor, self.now) {
                Ok(done) => {
                    if said {
                        self.vitals.set_no_key(false);
                    }
                    return done;
                }
                Err(reason) => {
                    if !said {
                        tracing::error!(%reason, "sealing waits: the recipients file publishes no valid key for this record; put a newer one in its place");
                        self.vitals.set_no_key(true);
                        said = true;
                    }
                    self.vitals.beat();
                    tokio::time::sleep(RETRY).await;
                    let now = self.look_at_clock();
                    self.reread(now);
                }
            }
        }
    }

    /// Follows the recipients file, at most once a minute. A bad file keeps the recipients there are.
    pub(crate) fn follow(&mut self, now: i64) {
        if now - self.read_at >= REREAD_MS {
            self.reread(now);
        }
    }

    fn reread(&mut self, now: i64) {
        self.read_at = now;
        match self.recipients.read() {
            Ok(manifest) => {
                self.vitals.set_recipients_until(manifest.expires());
                self.redactor.replace(manifest);
            }
            Err(error) => tracing::error!(error = format!("{error:#}"), "recipients not taken"),
        }
    }
}
