//! The sources' end of the pipeline: chunks become groups, and a group shares one append.
//!
//! Invariant: a line in the channel is in somebody's account. When the pipeline is given up, what was still in
//! the channel counts as received and held, like what it had in its hands. Place on the path: between the sources
//! and the pipeline, on the sources' thread, so that a single line wakes no other.

use crate::accounts::Accounts;
use greffier_collector::{Chunk, SourceKind, SourcePlan};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

/// Bytes of input that share one append (and one fsync) at most. Larger groups cost memory, in and out, and
/// save little: at a hundred megabytes a second this is fifty fsyncs a second.
const GROUP_BYTES: usize = 2 << 20;

/// Groups begin at least so far apart, unless one is full or a sender waits for its answer. The first line after a
/// pause is handed over at once; in a busy stream all that comes within this time shares its wake-ups and the
/// fsyncs, which are most of what a small append costs. It is also what a crash may cost a sender that cannot know.
const PACE: Duration = Duration::from_millis(250);

/// The same where a sender waits for its answer: the others' requests have this time to join.
const ANSWER: Duration = Duration::from_millis(5);

/// Chunks that share one append, in the order in which they came; never empty.
pub(crate) struct Group(Vec<Chunk>, Turn);

/// While it is there, no other group is handed over: until then more may join it.
pub(crate) type Turn = OwnedSemaphorePermit;

impl Group {
    /// The chunks, and what to drop when they are done with.
    pub(crate) fn open(self) -> (Vec<Chunk>, Turn) {
        (self.0, self.1)
    }
}

/// Chunks that arrive.
pub(crate) struct Inbox {
    chunks: Receiver<Chunk>,
    accounts: Accounts,
    /// Which sources answer a sender that waits.
    answers: Vec<bool>,
    group: Vec<Chunk>,
    bytes: usize,
    /// When the group in hand may leave.
    due: Instant,
    /// When the last one left.
    last: Instant,
}

impl Inbox {
    /// The end of `chunks`, which come from these sources, and whose lines `accounts` counts.
    pub(crate) fn new(sources: &[SourcePlan], chunks: Receiver<Chunk>, accounts: Accounts) -> Self {
        let now = Instant::now();
        let answers = |source: &SourcePlan| matches!(source.kind, SourceKind::Http { .. });
        let answers = sources.iter().map(answers).collect();
        Self { chunks, accounts, answers, group: Vec::new(), bytes: 0, due: now, last: now }
    }

    /// Hands groups over, one at a time, until every source has hung up or nobody takes them any more.
    pub(crate) async fn run(mut self, groups: Sender<Group>) {
        let turns = Arc::new(Semaphore::new(1));
        loop {
            self.due = self.last + PACE;
            tokio::select! {
                more = self.take() => if !more { return },
                () = groups.closed() => return,
            }
            let turn = self.fill(Arc::clone(&turns)).await;
            self.last = Instant::now();
            self.bytes = 0;
            let group = Group(std::mem::take(&mut self.group), turn);
            if groups.send(group).await.is_err() {
                return;
            }
        }
    }

    /// Takes in what comes until the group may leave and the pipeline has done with the last one.
    async fn fill(&mut self, turns: Arc<Semaphore>) -> Turn {
        let mut due = pin!(sleep_until(self.due));
        let mut more = true;
        while more && self.bytes < GROUP_BYTES {
            if self.due < due.deadline() {
                due.as_mut().reset(self.due);
            }
            tokio::select! {
                biased;
                taken = self.take() => more = taken,
                () = &mut due => break,
            }
        }
        let mut turn = pin!(turns.acquire_owned());
        loop {
            tokio::select! {
                biased;
                taken = self.take(), if more && self.bytes < GROUP_BYTES => more = taken,
                turn = &mut turn => return turn.expect("the semaphore is never closed"),
            }
        }
    }

    /// The next chunk, received and held from now on; false when every source has hung up.
    async fn take(&mut self) -> bool {
        let Some(chunk) = self.chunks.recv().await else { return false };
        self.accounts.received(&chunk.origin.name, chunk.frames.len() as u64);
        if self.answers[usize::from(chunk.origin.source)] {
            self.due = self.last + ANSWER;
        }
        self.bytes += chunk.bytes.len();
        self.group.push(chunk);
        true
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        self.chunks.close();
        while let Ok(chunk) = self.chunks.try_recv() {
            self.accounts.received(&chunk.origin.name, chunk.frames.len() as u64);
        }
    }
}
