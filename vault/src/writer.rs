//! The writer: finds or starts the key row of a person and day, and seals under its chain.
//!
//! Invariant: it holds public keys, chain states that only lead forward, and keyed hashes: nothing that
//! opens or names what it sealed. A key row is handed out ([`Writer::take_rows`]) no later than the first
//! blob that needs it. Place on the path: inside the redactor.

use crate::blob::{EVENT_VERSION, Place, Scratch, seal};
use crate::manifest::Manifest;
use crate::person::{Owner, Tagger};
use crate::primitives::b64_into;
use crate::rows::Rows;
use crate::{Class, Kid, Role};
use issuer::Issuer;
use live::{Live, LiveRows, ROWS};

mod issuer;
mod live;
#[cfg(test)]
mod tests;

const DAY_MS: i64 = 86_400_000;
const HOUR_MS: i64 = 3_600_000;

/// There is nobody to seal to. The record waits, or leaves without its personal part; never in the clear.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
pub enum NoKey {
    /// The manifest has expired.
    #[error("the recipients manifest has expired")]
    Expired,
    /// The manifest has no usable key for this.
    #[error("the recipients manifest has no key for {ret} days, class {class}, week {epoch}")]
    Missing {
        /// Retention, days.
        ret: u16,
        /// Data class number.
        class: u8,
        /// Week since 1970.
        epoch: u16,
    },
}

/// Seals for persons, to the recipients of a manifest.
///
/// Memory: at most 65 536 rows of the day, most persons have one, 200 bytes each (192 for the row, 5 to 10 for its
/// place in the table): 10 MB for 50 000. Room for all of them is asked for at the start and used as they come.
pub struct Writer {
    issuer: Issuer,
    tagger: Tagger,
    hour: i64,
    rows: LiveRows,
    tenant: String,
    scratch: Scratch,
}

impl Writer {
    /// A writer of a boot of its own.
    #[must_use]
    pub fn new(manifest: Manifest) -> Self {
        Self {
            issuer: Issuer::new(manifest),
            tagger: Tagger::new(),
            hour: 0,
            rows: LiveRows::new(ROWS),
            tenant: String::new(),
            scratch: Scratch::default(),
        }
    }

    /// Seals to another manifest from now on. When a key in use is gone from it, every person gets a new
    /// row.
    pub fn replace(&mut self, manifest: Manifest) {
        if self.issuer.replace(manifest) {
            self.rows.clear();
        }
    }

    /// The manifest in use.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        self.issuer.manifest()
    }

    /// Rows made since the last call. They must be durable before an event that names them leaves.
    pub fn take_rows(&mut self) -> Rows {
        self.issuer.take_rows()
    }

    /// Finds or starts the chain of an owner. Pass the time of the record's id (its sealing day decides the
    /// row's); a clock that goes back is not followed.
    ///
    /// # Errors
    /// When the manifest has expired or names nobody for this tenant, retention and week.
    pub fn chain(&mut self, owner: &Owner<'_>, now_ms: i64) -> Result<Chain<'_>, NoKey> {
        if !self.issuer.manifest().valid_at(now_ms) {
            return Err(NoKey::Expired);
        }
        self.advance(now_ms);
        let (tag, person) = self.tagger.tag(owner, self.hour);
        let line = person.as_ref().map(|person| self.tagger.known(person)).unwrap_or_default();
        let at = match self.rows.find(&tag, &line) {
            Some(at) => at,
            None => {
                let row = self.issuer.open(owner, person, now_ms)?;
                let at = self.rows.place(&tag);
                row.fill(self.rows.row(at), line);
                at
            }
        };
        self.tenant.clear();
        self.tenant.push_str(owner.tenant);
        Ok(Chain { row: self.rows.row(at), tenant: &self.tenant, scratch: &mut self.scratch })
    }

    /// Follows the clock forward. Yesterday's chains have no use any more.
    fn advance(&mut self, now_ms: i64) {
        self.hour = self.hour.max(now_ms.div_euclid(HOUR_MS));
        if let Ok(day) = u16::try_from(now_ms.div_euclid(DAY_MS))
            && self.issuer.advance(day)
        {
            self.rows.clear();
        }
    }
}

/// The chain of one key row. Ask the writer again for the next record.
pub struct Chain<'w> {
    row: &'w mut Live,
    tenant: &'w str,
    scratch: &'w mut Scratch,
}

impl Chain<'_> {
    /// The row's key id.
    #[must_use]
    pub fn kid(&self) -> Kid {
        self.row.kid
    }

    /// The row's key id as it stands in an event: 22 characters of base64url.
    #[must_use]
    pub fn kid_text(&self) -> String {
        crate::kid_text(&self.row.kid)
    }

    /// Appends [`Self::kid_text`].
    pub fn kid_text_into(&self, out: &mut Vec<u8>) {
        b64_into(out, &self.row.kid);
    }

    /// Seals `plain` (compact JSON) for the record and stream it stands in, and appends base64url of the
    /// blob to `out`. Once per class and role of a record. The index class seals nothing.
    pub fn seal(
        &mut self,
        class: Class,
        role: Role,
        record: &[u8; 16],
        stream: &str,
        plain: &[u8],
        out: &mut Vec<u8>,
    ) {
        let Some(place) = class.place() else {
            debug_assert!(false, "the index class is for rows, not for blobs");
            return;
        };
        let Live { kid, chains, .. } = &mut *self.row;
        let at = Place { kid, record, tenant: self.tenant, stream, v: EVENT_VERSION };
        seal(&mut chains[place], (class, role), &at, plain, self.scratch, out);
    }
}
