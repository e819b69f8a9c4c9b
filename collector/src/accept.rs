//! Listening: connections are taken in, served side by side in one task, and seen to their end.
//!
//! Invariant: never more connections at once than the limit; the next ones wait in the kernel, with what they
//! have sent. After a stop those that the kernel has completed are still served. A connection that fails, in
//! its handshake or later, takes no other with it. Place on the path: before every source that listens.

use crate::Stop;
use crate::tls::Tls;
use crate::wire::{Wire, has_news};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use std::future::Future;
use std::io;
use std::os::fd::AsFd;
use std::pin::pin;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream, UnixListener};
use tokio::time::{Instant, sleep_until, timeout};

/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long accepting rests after a failure: most often no descriptor is free.
const REST: Duration = Duration::from_millis(100);
/// How long connections are still taken in after a stop.
const LAST_CALL: Duration = Duration::from_secs(1);

/// What connections come in by.
#[derive(Debug)]
pub(crate) enum Listener {
    Unix(UnixListener),
    Tcp(TcpListener, Option<Tls>),
}

/// A connection before its handshake.
enum Caller<'l> {
    Whole(Box<dyn Wire>),
    Tls(TcpStream, &'l Tls),
}

impl Listener {
    async fn accept(&self) -> io::Result<Caller<'_>> {
        Ok(match self {
            Self::Unix(listener) => Caller::Whole(Box::new(listener.accept().await?.0)),
            Self::Tcp(listener, None) => Caller::Whole(Box::new(listener.accept().await?.0)),
            Self::Tcp(listener, Some(tls)) => Caller::Tls(listener.accept().await?.0, tls),
        })
    }

    fn has_news(&self) -> bool {
        has_news(match self {
            Self::Unix(listener) => listener.as_fd(),
            Self::Tcp(listener, _) => listener.as_fd(),
        })
    }

    /// Serves every connection, `most` at a time, until the stop; then those that are there to their end.
    pub(crate) async fn serve<F: Future<Output = ()>>(
        &self,
        source: &str,
        most: usize,
        stop: &Stop,
        each: impl Fn(Box<dyn Wire>) -> F,
    ) {
        let serve = |caller| async {
            if let Some(wire) = introduced(caller, source).await {
                each(wire).await;
            }
        };
        let mut open = FuturesUnordered::new();
        let mut stopped = pin!(stop.stopped());
        let mut failures = Failures::default();
        let mut crowded = false;
        loop {
            if open.len() < most {
                crowded = false;
            } else if !std::mem::replace(&mut crowded, true) {
                tracing::warn!(source, most, "as many connections as may be; the next ones wait");
            }
            let accepted = async {
                sleep_until(failures.rest).await;
                self.accept().await
            };
            tokio::select! {
                biased;
                () = &mut stopped => break,
                Some(()) = open.next() => {}
                accepted = accepted, if !crowded => match accepted {
                    Ok(caller) => {
                        failures.said = false;
                        open.push(serve(caller));
                    }
                    Err(error) => failures.note(&error, source),
                },
            }
        }
        let last_call = Instant::now() + LAST_CALL;
        while self.has_news() && Instant::now() < last_call {
            // A caller may have gone in between: then nobody comes.
            match timeout(REST, self.accept()).await {
                Ok(Ok(caller)) => open.push(serve(caller)),
                Ok(Err(_)) | Err(_) => break,
            }
        }
        while open.next().await.is_some() {}
    }
}

/// Failures to accept: said once in a row.
struct Failures {
    rest: Instant,
    said: bool,
}

impl Default for Failures {
    fn default() -> Self {
        Self { rest: Instant::now(), said: false }
    }
}

impl Failures {
    fn note(&mut self, error: &io::Error, source: &str) {
        self.rest = Instant::now() + REST;
        if !std::mem::replace(&mut self.said, true) {
            tracing::error!(source, %error, "cannot accept connections; tried again");
        }
    }
}

/// The connection once both sides know each other.
async fn introduced(caller: Caller<'_>, source: &str) -> Option<Box<dyn Wire>> {
    let (stream, tls) = match caller {
        Caller::Whole(wire) => return Some(wire),
        Caller::Tls(stream, tls) => (stream, tls),
    };
    match timeout(HANDSHAKE, tls.acceptor(source).accept(stream)).await {
        Ok(Ok(wire)) => Some(Box::new(wire)),
        Ok(Err(error)) => {
            tls.failed(source, &error);
            None
        }
        Err(_elapsed) => {
            tls.failed(source, &io::ErrorKind::TimedOut.into());
            None
        }
    }
}
