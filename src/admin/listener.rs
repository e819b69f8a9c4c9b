//! A listener with a limit on its connections, and on how long each may take to ask.
//!
//! Invariant: whoever holds connections open costs at most so many, and one that asks for nothing is closed; the
//! others wait in the kernel's queue. On no path of a record.

use axum::Router;
use axum::serve::Listener;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};

/// Connections at once: monitoring, probes, a few viewers.
const CONNECTIONS: usize = 32;
/// How long the head of a request may take, and how long a connection may rest before the next.
const HEAD: Duration = Duration::from_secs(10);
/// Bytes of a request's head.
const HEAD_BYTES: usize = 16 << 10;

/// Answers at most [`CONNECTIONS`] at once, until it is dropped; `router` is told whether the connection came to
/// the loopback interface.
pub(super) async fn serve(mut listener: TcpListener, router: impl Fn(bool) -> Router) {
    let mut open = FuturesUnordered::new();
    loop {
        tokio::select! {
            Some(()) = open.next() => {}
            (stream, _) = Listener::accept(&mut listener), if open.len() < CONNECTIONS => {
                let loopback = stream.local_addr().is_ok_and(|to| to.ip().to_canonical().is_loopback());
                open.push(connection(stream, router(loopback)));
            }
        }
    }
}

async fn connection(stream: TcpStream, router: Router) {
    let ended = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
        .await;
    if ended.is_err() {
        tracing::debug!("a connection to the metrics port has ended early");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    /// With the clock stopped, ten seconds are over when nothing else can happen.
    #[tokio::test(start_paused = true)]
    async fn whoever_asks_for_nothing_makes_room() {
        let router = Router::new().route("/", get(async || "here\n"));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound");
        let ask = async {
            let mut silent = Vec::new();
            for _ in 0..CONNECTIONS {
                let mut stream = TcpStream::connect(address).await.expect("it listens");
                stream.write_all(b"GET / HT").await.expect("it takes it");
                silent.push(stream);
            }
            let mut stream = TcpStream::connect(address).await.expect("it waits in the kernel");
            stream.write_all(b"GET / HTTP/1.0\r\n\r\n").await.expect("it waits in the kernel");
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.expect("an answer");
            answer
        };
        tokio::select! {
            () = serve(listener, |_loopback| router.clone()) => unreachable!("it serves for ever"),
            answer = ask => assert!(answer.ends_with("here\n")),
        }
    }
}
