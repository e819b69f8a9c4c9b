//! Sockets: lines over Unix streams, Unix datagrams and TCP, with or without TLS.
//!
//! Invariant: a sender is read at once, whatever the sinks do, until the source's buffer is full; then it is
//! read no further, or what it sends is dropped and counted (`Overflow`). Nobody is told that lines are durable,
//! so none is sent again: what the process holds when it is killed is gone, and so is what the kernel holds.
//! After a stop what the kernel holds is read to its end. Place on the path: first; a task of the runtime.

mod basket;
mod buffer;
mod datagram;
mod stream;

pub use basket::Rest;

use crate::accept::Listener;
use crate::bind::{self, BindError, SocketFile};
use crate::tls::Tls;
use crate::{Chunk, SocketLimits, SourceKind, SourcePlan, Stop, UnixKind};
use greffier_record::Origin;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::net::UnixDatagram;
use tokio::sync::mpsc::Sender;

/// Why lines that were read from a socket are gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// The buffer was full and the plan says to drop.
    Full,
    /// Nobody took them before the end of the process.
    Stopped,
}

/// Who is told of lines that are gone.
pub type Losses = Arc<dyn Fn(Loss, u64) + Send + Sync>;

/// A socket that listens and is not read yet.
#[derive(Debug)]
pub struct Socket {
    door: Door,
    limits: SocketLimits,
    file: Option<SocketFile>,
    address: Option<SocketAddr>,
}

#[derive(Debug)]
enum Door {
    Streams(Listener),
    Datagrams(UnixDatagram),
}

impl Socket {
    /// Begins to listen. Must run inside a runtime.
    ///
    /// # Errors
    /// Where that is not possible; `OtherKind` for a plan of another kind of source.
    pub async fn bind(plan: &SourcePlan) -> Result<Self, BindError> {
        match &plan.kind {
            SourceKind::Unix { path, mode, kind, limits } => {
                let (door, file) = match kind {
                    UnixKind::Stream => {
                        let (listener, file) = bind::unix(path, *mode).await?;
                        (Door::Streams(Listener::Unix(listener)), file)
                    }
                    UnixKind::Datagram => {
                        let (socket, file) = bind::datagram(path, *mode).await?;
                        (Door::Datagrams(socket), file)
                    }
                };
                Ok(Self { door, limits: limits.clone(), file: Some(file), address: None })
            }
            SourceKind::Tcp { listen, tls, limits } => {
                let tls = tls.as_ref().map(Tls::new).transpose()?;
                let (listener, address) = bind::tcp(*listen)?;
                let door = Door::Streams(Listener::Tcp(listener, tls));
                Ok(Self { door, limits: limits.clone(), file: None, address: Some(address) })
            }
            SourceKind::Stdin | SourceKind::File { .. } | SourceKind::Http { .. } => {
                Err(BindError::OtherKind)
            }
        }
    }

    /// Where it listens, if that is a port.
    #[must_use]
    pub const fn address(&self) -> Option<SocketAddr> {
        self.address
    }

    /// Reads for the source at that position of the plan until the stop, and hands on what was read.
    pub async fn serve(
        self,
        plan: &SourcePlan,
        source: u16,
        tx: Sender<Chunk>,
        losses: Losses,
        stop: Stop,
    ) {
        let Self { door, limits, file, address: _ } = self;
        let origin = plan.origin(source, plan.format);
        let (buffer, outflow) = buffer::open(&plan.name, &limits, losses, tx);
        let leave = async {
            // Nobody finds the way in any more, before the last who did are served.
            stop.stopped().await;
            drop(file);
        };
        let read = async {
            let buffer = buffer; // its end is the outflow's
            match &door {
                Door::Datagrams(socket) => {
                    datagram::read(socket, &Arc::new(origin), &buffer, &stop).await;
                }
                Door::Streams(listener) => {
                    let numbers = AtomicU64::new(1); // 0 is for sources without connections
                    let each = |wire| {
                        let connection = numbers.fetch_add(1, Ordering::Relaxed);
                        let origin = Arc::new(Origin { connection, ..origin.clone() });
                        stream::read(wire, origin, &buffer, limits.idle, &stop)
                    };
                    listener.serve(&plan.name, limits.connections, &stop, each).await;
                }
            }
        };
        tokio::join!(biased; leave, read, outflow.run());
    }
}

#[cfg(test)]
mod tests;
