//! The handle everybody holds.
//!
//! Invariant: three locks, always taken in this order and never more than needed: `cursors` (one
//! acknowledgement at a time, over its fsyncs), `writer` (one append at a time, over its fsyncs), `state`
//! (never over the disk). Leases read without any. Place on the path: `append` is called by the
//! pipeline, `lease` by the pump of each sink.

use crate::budget::{Options, Room, Usage};
use crate::cursors::{Cursors, Loaded, Place};
use crate::disk::{Disk, RealDisk};
use crate::error::{AppendError, At as _, SpoolError};
use crate::frame::Kind;
use crate::layout::{Layout, Log};
use crate::lease::{Claim, Holder, Lease, RowLease};
use crate::ledger::{Done, Ledger};
use crate::read::{self, Batch, RawRows, RowBatch};
use crate::recover::{self, Recovered};
use crate::state::State;
use crate::writer::{EventParts, Parts, Writer, found};
use greffier_redactor::{RecordId, SealedBatch};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

pub(crate) type Now = Box<dyn Fn() -> Instant + Send + Sync>;

/// A durable log of sealed batches. Cloning it gives another handle on the same log.
#[derive(Clone)]
pub struct Spool {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) layout: Layout,
    cursors: Mutex<()>,
    writer: Mutex<Writer>,
    pub(crate) state: Mutex<State>,
    changes: watch::Sender<u64>,
    pub(crate) now: Now,
    /// Held until the last handle is gone.
    _lock: Box<dyn Send + Sync>,
}

/// A panic elsewhere leaves these locks usable: the writer notes how to undo before it writes, and the
/// state is changed only by code that cannot panic half-way.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Spool {
    /// Opens or creates the spool, and repairs what a crash left. `sinks` are the names of all sinks but
    /// the key store; one that is new starts at the oldest event there is. A name `NAME:STREAM` is lent the
    /// events of that stream only.
    ///
    /// # Errors
    /// When another process has it open, a file is of a newer format, a sink with a cursor is not in
    /// `sinks`, or the disk fails. Never for damage.
    pub fn open(
        options: Options,
        disk: impl Disk,
        sinks: &[&str],
    ) -> Result<(Self, Recovered), SpoolError> {
        Self::open_with(&options, Arc::new(disk), sinks, Box::new(Instant::now))
    }

    /// [`Spool::open`] with a clock.
    pub(crate) fn open_with(
        options: &Options,
        disk: Arc<dyn Disk>,
        sinks: &[&str],
        now: Now,
    ) -> Result<(Self, Recovered), SpoolError> {
        let layout = Layout::new(&options.dir);
        recover::prepare(disk.as_ref(), &layout)?;
        let guard = take_lock(disk.as_ref(), &layout)?;
        let opened = recover::recover(&disk, &layout, options.limits(), sinks)?;
        let inner = Inner {
            disk,
            layout,
            cursors: Mutex::new(()),
            writer: Mutex::new(opened.writer),
            state: Mutex::new(opened.state),
            changes: watch::Sender::new(0),
            now,
            _lock: guard,
        };
        if opened.new_sinks {
            // A sink that has not acknowledged anything yet must be missed, too, when it is removed.
            inner.save()?;
        }
        inner.retire_rows()?;
        inner.free();
        Ok((Self { inner: Arc::new(inner) }, opened.report))
    }

    /// Appends a batch and the positions of its sources; durable when it returns. Blocks for two fsyncs
    /// if there are new rows, else one, and one more for each segment begun.
    ///
    /// # Errors
    /// When the batch may not enter or the disk fails. Nothing of it is in the spool then.
    pub fn append(&self, batch: &SealedBatch, positions: &[Vec<u8>]) -> Result<(), AppendError> {
        self.append_then(batch, positions, || ())
    }

    /// [`append`](Self::append), and `then` in the moment in which [`ledger`](Self::ledger) begins to count
    /// the batch: whoever keeps an account of its own can keep it in step. `then` must not call the spool.
    ///
    /// # Errors
    /// As [`append`](Self::append); `then` has not run.
    pub fn append_then(
        &self,
        batch: &SealedBatch,
        positions: &[Vec<u8>],
        then: impl FnOnce(),
    ) -> Result<(), AppendError> {
        let sessions = batch.rows().sessions.iter().map(|row| (Kind::SessionRow, row.to_json()));
        let keys = batch.rows().keys.iter().map(|row| (Kind::KeyRow, row.to_json()));
        let rows: RawRows = sessions.chain(keys).collect();
        let events: Vec<EventParts<'_>> = batch
            .events()
            .map(|event| EventParts {
                id: event.id,
                stream: event.stream,
                time: event.time,
                tenant: event.tenant,
                bytes: event.bytes,
            })
            .collect();
        self.append_parts_then(&Parts { rows: &rows, events: &events, positions }, then)
    }

    /// The way in for tests; outside, only the redactor's batches can be appended.
    #[cfg(test)]
    pub(crate) fn append_parts(&self, parts: &Parts<'_>) -> Result<(), AppendError> {
        self.append_parts_then(parts, || ())
    }

    fn append_parts_then(&self, parts: &Parts<'_>, then: impl FnOnce()) -> Result<(), AppendError> {
        if parts.rows.is_empty() && parts.events.is_empty() && parts.positions.is_empty() {
            then();
            return Ok(());
        }
        let mut writer = lock(&self.inner.writer);
        let room = self.room();
        if !room.audit || parts.events.iter().any(|event| !room.admits(event.stream)) {
            return Err(AppendError::Full { room });
        }
        let written = writer.append(parts)?;
        let mut state = lock(&self.inner.state);
        state.apply(&written);
        then();
        drop(state);
        drop(writer);
        self.inner.tick();
        Ok(())
    }

    /// Lends the next events to a sink: at most `max_bytes`, but one event at least. `None` when there are
    /// none whose rows are stored, another lease is out, or the sink deferred.
    ///
    /// # Errors
    /// When the sink is unknown or the disk fails; trying again is right.
    pub fn lease(&self, sink: &str, max_bytes: usize) -> Result<Option<Lease>, SpoolError> {
        let mut state = lock(&self.inner.state);
        let index = state.index(sink)?;
        let Some((from, to)) = state.claim(index, (self.inner.now)()) else { return Ok(None) };
        let only = state.sinks[index].only;
        let within = from.segment..=to.segment;
        let segments: Vec<_> =
            state.segments.iter().filter(|s| within.contains(&s.number)).copied().collect();
        drop(state);
        let claim = Claim { inner: self.inner.clone(), holder: Holder::Sink(index) };
        let (disk, layout) = (self.inner.disk.as_ref(), &self.inner.layout);
        let Batch { items, end, damaged } =
            read::events(disk, layout, &segments, (from, to), only, max_bytes)?;
        self.inner.count_damage(damaged);
        if items.is_empty() {
            // Positions, other streams, or damage: nothing to deliver and nothing to wait for.
            lock(&self.inner.state).pass(index, end, None, &Done::default());
            drop(claim);
            self.inner.free();
            return Ok(None);
        }
        let refused = Mutex::default();
        Ok(Some(Lease { claim, sink: index, events: items, end, refused }))
    }

    /// Lends the next rows to the key store. `None` when there are none, another lease is out, or the
    /// store deferred.
    ///
    /// # Errors
    /// When the disk fails; trying again is right.
    pub fn lease_rows(&self) -> Result<Option<RowLease>, SpoolError> {
        let Some((claim, Batch { items: (raw, through), end, damaged })) = self.raw_rows()? else {
            return Ok(None);
        };
        let (rows, unread) = read::parse(&raw);
        self.inner.count_damage(damaged + unread);
        Ok(Some(RowLease { claim, rows, through, end }))
    }

    /// The next rows as they are in the frames.
    pub(crate) fn raw_rows(&self) -> Result<Option<(Claim, RowBatch)>, SpoolError> {
        let mut state = lock(&self.inner.state);
        let Some(from) = state.claim_rows((self.inner.now)()) else { return Ok(None) };
        let ahead = state.row_segments.iter().filter(|s| s.at.number >= from.segment);
        let segments: Vec<_> = ahead.copied().collect();
        drop(state);
        let claim = Claim { inner: self.inner.clone(), holder: Holder::Store };
        let batch = read::rows(self.inner.disk.as_ref(), &self.inner.layout, &segments, from)?;
        Ok(Some((claim, batch)))
    }

    /// Changes after every append, every acknowledgement of rows, and whenever segments are freed.
    #[must_use]
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.inner.changes.subscribe()
    }

    /// What is in it.
    #[must_use]
    pub fn usage(&self) -> Usage {
        lock(&self.inner.state).usage()
    }

    /// Who may still enter: the next append is refused exactly if this says so.
    #[must_use]
    pub fn room(&self) -> Room {
        lock(&self.inner.state).room()
    }

    /// Events a sink has not acknowledged; 0 for an unknown sink.
    #[must_use]
    pub fn backlog(&self, sink: &str) -> u64 {
        let state = lock(&self.inner.state);
        state.index(sink).map_or(0, |index| state.sinks[index].ledger.backlog.total())
    }

    /// The account of this moment, and what `beside` says in the same moment, in which nothing of
    /// [`append_then`](Self::append_then) is half done. `beside` must not call the spool.
    pub fn ledger<T>(&self, beside: impl FnOnce() -> T) -> (Ledger, T) {
        let state = lock(&self.inner.state);
        (state.ledger(), beside())
    }

    /// The oldest event a sink has not acknowledged; its id says when it was sealed. Reads the disk when
    /// there is a backlog.
    ///
    /// # Errors
    /// When the sink is unknown or the disk fails.
    pub fn oldest(&self, sink: &str) -> Result<Option<RecordId>, SpoolError> {
        let state = lock(&self.inner.state);
        let sink = &state.sinks[state.index(sink)?];
        let from = sink.cursor.place;
        if sink.ledger.backlog.total() == 0 {
            return Ok(None);
        }
        let ahead = state.segments.iter().filter(|s| s.number >= from.segment);
        let segments: Vec<_> = ahead.copied().collect();
        drop(state);
        read::first(self.inner.disk.as_ref(), &self.inner.layout, &segments, from)
    }

    /// How long a sink's lease is still deferred; `None` when it is not.
    #[must_use]
    pub fn deferred(&self, sink: &str) -> Option<Duration> {
        let state = lock(&self.inner.state);
        let until = state.sinks[state.index(sink).ok()?].until;
        until?.checked_duration_since((self.inner.now)()).filter(|left| !left.is_zero())
    }
}

impl Inner {
    fn tick(&self) {
        self.changes.send_modify(|n| *n = n.wrapping_add(1));
    }

    fn count_damage(&self, bytes: u64) {
        if bytes > 0 {
            tracing::error!(bytes, "damage in the spool was passed over");
            lock(&self.state).skipped_bytes += bytes;
        }
    }

    /// A sink is done with the events up to `end`.
    pub(crate) fn acknowledge(
        &self,
        sink: usize,
        end: Place,
        last: Option<RecordId>,
        done: &Done,
    ) -> Result<(), SpoolError> {
        lock(&self.state).pass(sink, end, last, done);
        let saved = self.save();
        self.free();
        // A full disk may have room for the cursors now.
        saved.or_else(|_| self.save())
    }

    /// The key store has the rows up to `through`, which end at `end`.
    pub(crate) fn acknowledge_rows(&self, through: u64, end: Place) -> Result<(), SpoolError> {
        lock(&self.state).pass_rows(through, end);
        self.tick();
        let saved = self.save();
        self.retire_rows()?;
        saved.or_else(|_| self.save())
    }

    /// Writes the cursors as they are now.
    fn save(&self) -> Result<(), SpoolError> {
        let _one_at_a_time = lock(&self.cursors);
        let cursors = lock(&self.state).cursors();
        cursors.store(self.disk.as_ref(), &self.layout)
    }

    /// Removes the event segments every sink has passed. What fails is tried again the next time.
    fn free(&self) {
        let _one_at_a_time = lock(&self.cursors);
        let passed = lock(&self.state).passed();
        if passed.is_empty() {
            return;
        }
        for number in passed {
            let path = self.layout.segment(Log::Events, number);
            if let Err(error) = found(self.disk.remove(&path)) {
                tracing::warn!(path = %path.display(), %error, "a segment cannot be removed yet");
                break;
            }
            lock(&self.state).segments.pop_front();
        }
        // Not synced: a segment that comes back after a power cut is behind every cursor.
        self.tick();
    }

    /// Removes the row segments the key store has all of, durably; also the one being written.
    fn retire_rows(&self) -> Result<(), SpoolError> {
        let mut writer = lock(&self.writer);
        let mut removed = false;
        loop {
            let stored = lock(&self.state).stored();
            let Some(number) = stored else { break };
            writer.close_rows(number);
            let path = self.layout.segment(Log::Rows, number);
            found(self.disk.remove(&path)).at("remove", &path)?;
            lock(&self.state).row_segments.pop_front();
            removed = true;
        }
        if removed {
            let dir = self.layout.log(Log::Rows);
            self.disk.sync_dir(&dir).at("sync", &dir)?;
        }
        Ok(())
    }
}

fn take_lock(disk: &dyn Disk, layout: &Layout) -> Result<Box<dyn Send + Sync>, SpoolError> {
    let path = layout.lock();
    match disk.lock(&path) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Err(SpoolError::Locked { path }),
        guard => guard.at("lock", &path),
    }
}

/// Gives up a sink that was removed from the configuration, with all its parts (`NAME:STREAM`): what only
/// it had not delivered is freed at the next start. Returns false when the spool has no such sink.
///
/// # Errors
/// When the spool is open elsewhere, or the disk fails.
pub fn forget_sink(dir: &Path, name: &str) -> Result<bool, SpoolError> {
    forget_sink_on(&RealDisk, dir, name)
}

pub(crate) fn forget_sink_on(disk: &dyn Disk, dir: &Path, name: &str) -> Result<bool, SpoolError> {
    let layout = Layout::new(dir);
    let _guard = take_lock(disk, &layout)?;
    let Loaded::Whole(mut cursors) = Cursors::load(disk, &layout)? else {
        return Ok(false);
    };
    let before = cursors.sinks.len();
    let is_part = |sink: &str| sink.strip_prefix(name).is_some_and(|rest| rest.starts_with(':'));
    cursors.sinks.retain(|cursor| cursor.sink != name && !is_part(&cursor.sink));
    if cursors.sinks.len() == before {
        return Ok(false);
    }
    cursors.store(disk, &layout)?;
    Ok(true)
}
