//! Stand-in for the spool while it is written: the interface, in memory.
#![allow(missing_docs, clippy::missing_errors_doc, reason = "stand-in")]

use greffier_redactor::SealedBatch;
pub use greffier_redactor::{RecordId, Stream};
use greffier_vault::Rows;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Debug, Clone)]
pub struct SpooledEvent {
    pub id: RecordId,
    pub stream: Stream,
    pub time: i64,
    pub tenant: String,
    pub bytes: bytes::Bytes,
}

#[derive(Debug, thiserror::Error)]
#[error("spool: {0}")]
pub struct SpoolError(std::io::Error);

pub struct Options {
    pub dir: PathBuf,
    pub max_bytes: u64,
    pub segment_bytes: u64,
}

pub struct RealDisk;

#[derive(Default)]
pub struct Recovered {
    pub last: Option<RecordId>,
}

#[derive(Clone)]
pub struct Spool(Arc<Mutex<(Rows, Vec<SpooledEvent>)>>);

impl Spool {
    pub fn open(
        options: Options,
        _disk: RealDisk,
        _sinks: &[&str],
    ) -> Result<(Self, Recovered), SpoolError> {
        std::fs::create_dir_all(&options.dir).map_err(SpoolError)?;
        Ok((Self(Arc::default()), Recovered::default()))
    }

    pub fn append(&self, batch: &SealedBatch, _positions: &[Vec<u8>]) -> Result<(), SpoolError> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.0.append(batch.rows().clone());
        inner.1.extend(batch.events().map(|event| SpooledEvent {
            id: event.id,
            stream: event.stream,
            time: event.time,
            tenant: event.tenant.to_owned(),
            bytes: bytes::Bytes::copy_from_slice(event.bytes),
        }));
        Ok(())
    }

    pub fn lease_rows(&self) -> Result<Option<Lease<Rows>>, SpoolError> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let rows = std::mem::take(&mut inner.0);
        Ok((!rows.is_empty()).then_some(Lease(rows)))
    }

    pub fn lease(
        &self,
        _sink: &str,
        _max: usize,
    ) -> Result<Option<Lease<Vec<SpooledEvent>>>, SpoolError> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let events = std::mem::take(&mut inner.1);
        Ok((!events.is_empty()).then_some(Lease(events)))
    }
}

pub struct Lease<T>(T);

impl<T> Lease<T> {
    pub fn ack(self) -> Result<(), SpoolError> {
        Ok(())
    }
}

impl Lease<Rows> {
    #[must_use]
    pub fn rows(&self) -> &Rows {
        &self.0
    }
}

impl Lease<Vec<SpooledEvent>> {
    #[must_use]
    pub fn events(&self) -> &[SpooledEvent] {
        &self.0
    }
}
