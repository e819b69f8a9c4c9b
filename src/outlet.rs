//! Where sealed batches go: the spool of a running sidecar, or straight out for `pipe`.
//!
//! Invariant: key rows are durable before an event that needs them can be seen. In `run` the spool and sink
//! zero see to it; in `pipe` the rows are committed to the key store before the batch is printed.

use greffier_redactor::SealedBatch;
use greffier_spool::{AppendError, Room, Spool};
use greffier_vault::{KeyStore, StoreError};
use std::io::{self, Write};

/// The two ways out of the pipeline.
pub(crate) enum Outlet {
    /// Into the spool, where every sink reads at its own pace.
    Spool(Spool),
    /// Rows to the key store, then events to a writer, one a line.
    Direct(Box<KeyStore>, Box<dyn Write + Send>),
}

/// Why a batch could not be made durable.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutletError {
    /// The spool said no.
    #[error(transparent)]
    Spool(#[from] AppendError),
    /// The key store said no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The reader of our output is gone, or its disk is full.
    #[error("cannot write events to the output: {0}")]
    Output(#[from] io::Error),
}

impl OutletError {
    /// True when the same batch can be tried again and nothing of it is visible yet.
    pub(crate) fn retryable(&self) -> bool {
        match self {
            Self::Spool(error) => error.is_retryable(),
            Self::Store(_) | Self::Output(_) => false,
        }
    }
}

impl Outlet {
    /// Makes a batch durable together with the positions of its sources; `then` runs in the moment in which
    /// the spool begins to count it.
    pub(crate) fn append(
        &mut self,
        batch: &SealedBatch,
        positions: &[Vec<u8>],
        then: impl FnOnce(),
    ) -> Result<(), OutletError> {
        match self {
            // A full spool takes no positions either; the file's next one says as much, and all sources go on.
            Self::Spool(spool)
                if batch.is_empty() && (positions.is_empty() || !spool.room().audit) =>
            {
                then();
            }
            Self::Spool(spool) => spool.append_then(batch, positions, then)?,
            Self::Direct(store, out) => {
                store.insert(batch.rows())?;
                print(batch, out)?;
                then();
            }
        }
        Ok(())
    }

    /// Who may still enter; only the pipeline appends, so it can only become more until its next append.
    pub(crate) fn room(&self) -> Room {
        match self {
            Self::Spool(spool) => spool.room(),
            Self::Direct(..) => Room { open: true, audit: true },
        }
    }
}

/// Prints a batch, one event a line.
fn print(batch: &SealedBatch, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(batch.lines())?;
    out.flush()
}
