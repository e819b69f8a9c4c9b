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

    /// The next chunk, received and held from now on; `None` when every source has hung up.
    pub(crate) async fn recv(&mut self) -> Option<Chunk> {
        let chunk = self.chunks.recv().await?;
        self.accounts.received(&chunk.origin.name, chunk.frames.len() as u64);
        Some(chunk)
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

#[cfg(test)]
mod tests {
    use super::*;
    use greffier_collector::Frame;
    use greffier_record::{Format, HotBuf, Origin, Receipt};
    use std::sync::Arc;
    use tokio::sync::mpsc;

    #[tokio::test]
    async fn what_is_left_when_the_pipeline_is_given_up_is_in_the_account() {
        let (tx, rx) = mpsc::channel(2);
        let origin = Origin {
            source: 0,
            name: "test".to_owned(),
            format: Format::Json,
            connection: 0,
            join: None,
        };
        let chunk = || Chunk {
            origin: Arc::new(origin.clone()),
            bytes: HotBuf::new(b"{}".to_vec()),
            frames: vec![Frame::whole(2)],
            observed: 0,
            position: None,
            receipt: Receipt::none(),
        };
        let accounts = Accounts::default();
        let mut inbox = Inbox::new(rx, accounts.clone());
        tx.try_send(chunk()).expect("room");
        tx.try_send(chunk()).expect("room");
        drop(inbox.recv().await.expect("one is there"));
        drop(inbox);
        let report = accounts.report();
        assert_eq!((report.received, report.held), (2, 2));
        assert!(report.balances());
    }
}
