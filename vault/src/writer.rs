//! The writer: finds or starts the key row of a person and day, and seals under its chain.
//!
//! Invariant: it holds public keys, chain states that only lead forward, and keyed hashes: nothing that
//! opens or names what it sealed. A key row is handed out ([`Writer::take_rows`]) no later than the first
//! blob that needs it. Place on the path: inside the redactor.

use crate::blob::{EVENT_VERSION, Place, Scratch, seal};
use crate::manifest::{ClassKey, Manifest};
use crate::person::{Owner, Person, Tag, Tagger};
use crate::primitives::random;
use crate::ratchet::{Ratchet, RowSecrets, commitment, kid};
use crate::rows::{KeyRow, Rows, Wrapped};
use crate::session::{Bound, Session};
use crate::{Class, Kid, Role, SUITE};
use getrandom::SysRng;
use hashlink::LruCache;
use hpke::rand_core::UnwrapErr;
use std::collections::HashMap;

#[cfg(test)]
mod tests;

const DAY_MS: i64 = 86_400_000;
const HOUR_MS: i64 = 3_600_000;

/// Persons whose chains are kept; the least recently seen is forgotten and starts a new row next time.
const PERSONS: usize = 65_536;

/// Rows of one person and day that differ in identifiers.
const ROWS_PER_PERSON: usize = 8;

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

/// The live end of one key row.
#[derive(Default)]
struct Live {
    kid: Kid,
    /// Boxed: a chain that moved would leave a copy of its key behind.
    chains: Box<[Ratchet; 3]>,
    /// Identifiers the row's index entry holds.
    known: Vec<Tag>,
    /// The last line that fitted.
    line: Tag,
}

impl Live {
    fn has_room(&self) -> bool {
        self.chains.iter().all(Ratchet::has_room)
    }
}

/// The rows of one slot in one period: the day, or the hour of unattributed rows.
#[derive(Default)]
struct Slot {
    period: i64,
    rows: Vec<Live>,
}

/// Seals for persons, to the recipients of a manifest.
pub struct Writer {
    manifest: Manifest,
    boot: [u8; 8],
    tagger: Tagger,
    day: u16,
    hour: i64,
    slots: LruCache<Tag, Slot>,
    sessions: HashMap<ClassKey, Session>,
    rows: Rows,
    tenant: String,
    scratch: Scratch,
}

impl Writer {
    /// A writer of a boot of its own.
    #[must_use]
    pub fn new(manifest: Manifest) -> Self {
        let mut boot = [0; 8];
        random(&mut boot);
        Self {
            manifest,
            boot,
            tagger: Tagger::new(),
            day: 0,
            hour: 0,
            slots: LruCache::new(PERSONS),
            sessions: HashMap::new(),
            rows: Rows::default(),
            tenant: String::new(),
            scratch: Scratch::default(),
        }
    }

    /// Seals to another manifest from now on. When a key in use is gone from it, every person gets a new
    /// row.
    pub fn replace(&mut self, manifest: Manifest) {
        let before = self.sessions.len();
        self.sessions.retain(|name, session| manifest.still_has(name, session.public()));
        let relabelled = manifest.labels() != self.manifest.labels();
        if self.sessions.len() < before || relabelled {
            self.slots.clear();
        }
        self.manifest = manifest;
    }

    /// The manifest in use.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Rows made since the last call. They must be durable before an event that names them leaves.
    pub fn take_rows(&mut self) -> Rows {
        std::mem::take(&mut self.rows)
    }

    /// Finds or starts the chain of an owner. Pass the time of the record's id (its sealing day decides the
    /// row's); a clock that goes back is not followed.
    ///
    /// # Errors
    /// When the manifest has expired or names nobody for this tenant, retention and week.
    pub fn chain(&mut self, owner: &Owner<'_>, now_ms: i64) -> Result<Chain<'_>, NoKey> {
        if !self.manifest.valid_at(now_ms) {
            return Err(NoKey::Expired);
        }
        self.advance(now_ms);
        let (slot, person) = self.tagger.slot(owner);
        let position = match self.position(slot, person) {
            Some(position) => position,
            None => self.start_row(slot, owner, person, now_ms)?,
        };
        self.tenant.clear();
        self.tenant.push_str(owner.tenant);
        let rows = &mut self.slots.get_mut(&slot).expect("found or started above").rows;
        Ok(Chain { row: &mut rows[position], tenant: &self.tenant, scratch: &mut self.scratch })
    }

    /// Follows the clock forward. Yesterday's chains and last week's sessions have no use any more.
    fn advance(&mut self, now_ms: i64) {
        self.hour = self.hour.max(now_ms.div_euclid(HOUR_MS));
        let day = u16::try_from(now_ms.div_euclid(DAY_MS)).unwrap_or(self.day);
        if day > self.day {
            self.day = day;
            self.slots.clear();
            self.sessions.retain(|name, _| name.epoch == day / 7);
        }
    }

    /// Which of the slot's rows takes the line: one whose index entry holds all its identifiers. Beyond
    /// [`ROWS_PER_PERSON`] the newest takes everything.
    fn position(&mut self, slot: Tag, person: Option<Person<'_>>) -> Option<usize> {
        let period = if person.is_some() { i64::from(self.day) } else { self.hour };
        let held = self.slots.entry(slot).or_insert_with(Slot::default);
        if held.period != period {
            *held = Slot { period, rows: Vec::new() };
        }
        held.rows.retain(|row| row.has_room());
        let Some(Person { ids, .. }) = person else {
            return held.rows.len().checked_sub(1);
        };
        let line = self.tagger.line(ids);
        if let Some(position) = held.rows.iter().position(|row| row.line == line) {
            return Some(position);
        }
        let tags = self.tagger.each(ids);
        let fits = |row: &Live| tags.iter().all(|tag| row.known.contains(tag));
        if let Some(position) = held.rows.iter().position(fits) {
            held.rows[position].line = line;
            return Some(position);
        }
        (held.rows.len() >= ROWS_PER_PERSON).then(|| held.rows.len() - 1)
    }

    /// Starts a row: secrets, commitments, wraps, chains; then the secrets are gone.
    fn start_row(
        &mut self,
        slot: Tag,
        owner: &Owner<'_>,
        person: Option<Person<'_>>,
        now_ms: i64,
    ) -> Result<usize, NoKey> {
        let mut secrets = RowSecrets::default();
        secrets.iter_mut().for_each(|secret| random(secret));
        let row = self.wrap_row(owner, person, &secrets, now_ms)?;
        let mut live = Live { kid: row.kid, ..Live::default() };
        live.chains.iter_mut().zip(secrets.iter()).for_each(|(chain, secret)| chain.start(secret));
        if let Some(Person { ids, .. }) = person {
            live.known = self.tagger.each(ids);
            live.line = self.tagger.line(ids);
        }
        self.rows.keys.push(row);
        let rows = &mut self.slots.get_mut(&slot).expect("position() has made it").rows;
        rows.push(live);
        Ok(rows.len() - 1)
    }

    /// The key row of `secrets`, with whatever session rows it needs pushed before it.
    fn wrap_row(
        &mut self,
        owner: &Owner<'_>,
        person: Option<Person<'_>>,
        secrets: &RowSecrets,
        now_ms: i64,
    ) -> Result<KeyRow, NoKey> {
        let (tenant, ret, day) = (owner.tenant, owner.retention, self.day);
        let com = [1, 2, 3].map(|class: u8| commitment(&secrets[usize::from(class - 1)], class));
        let kid = kid(tenant, &com);
        let mut wrap = |class, plain: &[u8]| {
            let bound = Bound { kid: &kid, class, day, tenant };
            self.session(tenant, ret, class, now_ms).map(|session| session.wrap(&bound, plain))
        };
        let wrapped: [Wrapped; 3] = [
            wrap(Class::Identity, &secrets[0])?,
            wrap(Class::Network, &secrets[1])?,
            wrap(Class::Content, &secrets[2])?,
        ];
        let ix = person.map(|who| wrap(Class::Index, &who.ids.index_entry())).transpose()?;
        Ok(KeyRow {
            kid,
            tenant: tenant.to_owned(),
            ret,
            day,
            writer: self.boot,
            suite: SUITE,
            com,
            wrapped,
            ix,
            claimed: person.is_some_and(|who| who.claimed),
            created: now_ms.div_euclid(1000),
            expires: KeyRow::expiry(ret, day),
        })
    }

    /// The fresh session to the recipient of a class.
    fn session(
        &mut self,
        tenant: &str,
        ret: u16,
        class: Class,
        now_ms: i64,
    ) -> Result<&mut Session, NoKey> {
        let epoch = self.day / 7;
        let missing = NoKey::Missing { ret, class: class.number(), epoch };
        let (name, public) = self.manifest.recipient(tenant, ret, class, epoch).ok_or(missing)?;
        if !self.sessions.get(&name).is_some_and(|session| session.is_fresh(now_ms)) {
            let rng = &mut UnwrapErr(SysRng);
            let started = Session::start(&name, public, &self.boot, now_ms, rng).ok_or(missing)?;
            self.sessions.insert(name.clone(), started.0);
            self.rows.sessions.push(started.1);
        }
        Ok(self.sessions.get_mut(&name).expect("it is there or was just put there"))
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
