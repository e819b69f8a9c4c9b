//! The sources' end of the pipeline: chunks become groups, and a group shares one append.
//!
//! Invariant: a line counts as received and held when the pipeline opens its group, which settles what is held; or when
//! the pipeline is given up, wherever the line is by then. Place on the path: between the sources
//! and the pipeline, on the sources' thread, so that a single line wakes no other.

use crate::accounts::Accounts;
use greffier_collector::{Chunk, SourceKind, SourcePlan};
use greffier_record::Receipt;
use std::pin::pin;
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until};

/// Bytes of input that share one append (and one fsync) at most. Larger groups cost memory, in and out, and
/// save little: at a hundred megabytes a second this is fifty fsyncs a second.
const GROUP_BYTES: usize = 2 << 20;

/// Groups begin at least so far apart, unless one is full or a sender waits for its answer. The first line after a
/// pause is handed over at once; in a busy stream all that comes within this time shares its wake-ups and the
/// fsyncs, which are most of what a small append costs. It is also what a crash may cost a sender that cannot know.
const PACE: Duration = Duration::from_millis(250);

/// Where senders wait for their answers, a group begins so long after the last one's: those who were just answered have
/// this time to ask again, and so share one fsync instead of taking turns.
const ANSWER: Duration = Duration::from_millis(2);

/// Chunks that share one append, in the order in which they came; never empty.
pub(crate) struct Group {
    chunks: Vec<Chunk>,
    accounts: Accounts,
    turn: Option<Turn>,
}

/// The pipeline's, until it has done with a group: before that no other is handed over, and more may join the next.
pub(crate) struct Turn(oneshot::Sender<Vec<Receipt>>);

impl Turn {
    /// Ends it. The group is durable: its senders are answered on the sources' thread, which wakes once for all of them.
    pub(crate) fn end(self, receipts: Vec<Receipt>) {
        if let Err(receipts) = self.0.send(receipts) {
            receipts.into_iter().for_each(Receipt::commit);
        }
    }
}

impl Group {
    /// The chunks and what has come after them by now, received and held from now on, and what to end when they are
    /// durable. Not earlier: whoever opens it settles the account of everything that is held.
    pub(crate) fn open(mut self) -> (Vec<Chunk>, Option<Turn>) {
        let rest = self.chunks.iter_mut().flat_map(|chunk| std::mem::take(&mut chunk.rest).open());
        let rest: Vec<_> = rest.collect();
        self.chunks.extend(rest);
        receive(&self.accounts, &self.chunks);
        (std::mem::take(&mut self.chunks), self.turn.take())
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        receive(&self.accounts, &self.chunks);
    }
}

fn receive(accounts: &Accounts, chunks: &[Chunk]) {
    for chunk in chunks {
        accounts.received(&chunk.origin.name, chunk.frames.len() as u64);
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
    /// Whether a sender waits for the group in hand.
    awaited: bool,
    /// When the last group left.
    left: Instant,
}

impl Inbox {
    /// The end of `chunks`, which come from these sources, and whose lines `accounts` counts.
    pub(crate) fn new(sources: &[SourcePlan], chunks: Receiver<Chunk>, accounts: Accounts) -> Self {
        let answers = |source: &SourcePlan| matches!(source.kind, SourceKind::Http { .. });
        let answers = sources.iter().map(answers).collect();
        let (group, left) = (Vec::new(), Instant::now());
        Self { chunks, accounts, answers, group, bytes: 0, awaited: false, left }
    }

    /// Hands groups over, one at a time, until every source has hung up or nobody takes them any more.
    pub(crate) async fn run(mut self, groups: Sender<Group>) {
        let (mut turn, mut more) = (None, true);
        loop {
            if let Some(turn) = turn.take() {
                self.wait(turn, &mut more).await;
            }
            if !more && self.group.is_empty() {
                return;
            }
            let free = Instant::now();
            while self.group.is_empty() {
                tokio::select! {
                    more = self.take() => if !more { return },
                    () = groups.closed() => return,
                }
            }
            self.fill(free, &mut more).await;
            self.left = Instant::now();
            (self.bytes, self.awaited) = (0, false);
            let (chunks, accounts) = (std::mem::take(&mut self.group), self.accounts.clone());
            let (end, ended) = oneshot::channel();
            turn = Some(ended);
            let group = Group { chunks, accounts, turn: Some(Turn(end)) };
            if groups.send(group).await.is_err() {
                return;
            }
        }
    }

    /// Takes in what comes until the pipeline has done with the last group, and answers the senders of that.
    async fn wait(&mut self, mut turn: oneshot::Receiver<Vec<Receipt>>, more: &mut bool) {
        loop {
            tokio::select! {
                biased;
                taken = self.take(), if *more && self.bytes < GROUP_BYTES => *more = taken,
                // Without receipts: it has answered them itself, or was given up.
                done = &mut turn => {
                    return done.into_iter().flatten().for_each(Receipt::commit);
                }
            }
        }
    }

    /// Takes in what comes until the group may leave; the pipeline has been `free` since then.
    async fn fill(&mut self, free: Instant, more: &mut bool) {
        let mut due = pin!(sleep_until(self.due(free)));
        while *more && self.bytes < GROUP_BYTES {
            tokio::select! {
                biased;
                taken = self.take() => *more = taken,
                () = &mut due => return,
            }
            let earlier = self.due(free);
            if earlier < due.deadline() {
                due.as_mut().reset(earlier);
            }
        }
    }

    fn due(&self, free: Instant) -> Instant {
        if self.awaited { free + ANSWER } else { self.left + PACE }
    }

    /// The next chunk, into the group in hand; false when every source has hung up.
    async fn take(&mut self) -> bool {
        let Some(chunk) = self.chunks.recv().await else { return false };
        self.awaited |= self.answers[usize::from(chunk.origin.source)];
        self.bytes += chunk.bytes.len();
        self.group.push(chunk);
        true
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        self.chunks.close();
        self.group.extend(std::iter::from_fn(|| self.chunks.try_recv().ok()));
        receive(&self.accounts, &self.group);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::{Reason, Round};
    use greffier_collector::{FieldMap, Frame};
    use greffier_record::{Format, HotBuf, Receipt};
    use std::sync::Arc;
    use tokio::sync::mpsc;

    fn http() -> SourcePlan {
        let listen = ([127, 0, 0, 1], 0).into();
        let kind = SourceKind::Http { listen, max_body: 1, tls: None };
        let fields = FieldMap::default();
        SourcePlan { name: "test".to_owned(), kind, format: Format::Json, fields, join: None }
    }

    fn chunk() -> Chunk {
        let origin = Arc::new(http().origin(0, Format::Json));
        let bytes = HotBuf::new(b"{}".to_vec());
        Chunk::new(origin, bytes, vec![Frame::whole(2)], 0, Receipt::none())
    }

    #[tokio::test]
    async fn what_is_left_when_the_pipeline_is_given_up_is_in_the_account() {
        let (tx, rx) = mpsc::channel(2);
        let accounts = Accounts::default();
        let mut inbox = Inbox::new(&[http()], rx, accounts.clone());
        tx.try_send(chunk()).expect("room");
        tx.try_send(chunk()).expect("room");
        assert!(inbox.take().await, "one is there");
        drop(inbox);
        let report = accounts.report();
        assert_eq!((report.received, report.held), (2, 2));
        assert!(report.balances());
    }

    #[tokio::test]
    async fn what_comes_while_a_group_is_out_is_the_next_group() {
        let (tx, rx) = mpsc::channel(3);
        let (groups, mut taken) = mpsc::channel::<Group>(1);
        let accounts = Accounts::default();
        let inbox = Inbox::new(&[http()], rx, accounts.clone());
        let pipeline = async move {
            tx.send(chunk()).await.expect("it receives");
            let (chunks, turn) = taken.recv().await.expect("a group").open();
            assert_eq!((chunks.len(), accounts.report().held), (1, 1));
            for _ in 0..3 {
                tx.send(chunk()).await.expect("it receives");
                tokio::task::yield_now().await;
            }
            assert!(taken.try_recv().is_err(), "the first is not done with");
            accounts.settle(&Round { dropped: [(Reason::Context, 1)].into(), ..Round::default() });
            assert!(accounts.report().balances(), "what is gathered meanwhile is not in it yet");
            turn.expect("whoever opens a group has the turn").end(Vec::new());
            drop(tx);
            let (chunks, turn) = taken.recv().await.expect("a group").open();
            assert_eq!(chunks.len(), 3);
            drop(turn);
            assert!(taken.recv().await.is_none(), "every source has hung up");
        };
        tokio::join!(inbox.run(groups), pipeline);
    }

    #[tokio::test]
    async fn it_ends_when_nobody_takes_groups_any_more() {
        let (tx, rx) = mpsc::channel(1);
        let (groups, taken) = mpsc::channel(1);
        drop(taken);
        Inbox::new(&[http()], rx, Accounts::default()).run(groups).await;
        assert!(tx.is_closed());
    }
}
