//! The pipeline's end of the channel from the sources.
//!
//! Invariant: a line in the channel is in somebody's account. When the pipeline is given up, what was still in
//! the channel counts as received and held, like what it had in its hands.

use crate::accounts::Accounts;
use greffier_collector::Chunk;
use tokio::sync::mpsc::Receiver;

/// Chunks that arrive.
pub(crate) struct Inbox {
    chunks: Receiver<Chunk>,
    accounts: Accounts,
}

impl Inbox {
    /// The end of `chunks` whose lines `accounts` counts.
    pub(crate) const fn new(chunks: Receiver<Chunk>, accounts: Accounts) -> Self {
        Self { chunks, accounts }
    }

    /// The next chunk; `None` when every source has hung up.
    pub(crate) async fn recv(&mut self) -> Option<Chunk> {
        self.chunks.recv().await
    }

    /// The next chunk, if one is there.
    pub(crate) fn try_recv(&mut self) -> Option<Chunk> {
        self.chunks.try_recv().ok()
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        self.chunks.close();
        while let Some(chunk) = self.try_recv() {
            self.accounts.received(&chunk.origin.name, chunk.frames.len() as u64);
        }
    }
}
