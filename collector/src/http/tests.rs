//! What `http` promises, by example.

use super::*;
use crate::testing::{plan, texts};
use axum::http::HeaderName;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{self, Receiver};

const NDJSON: &str = "application/x-ndjson";

struct Setup {
    intake: Intake,
    // Strong: the intake itself keeps the channel only weakly.
    _tx: Sender<Chunk>,
    rx: Receiver<Chunk>,
    stop: Stop,
}

fn setup() -> Setup {
    let (tx, rx) = mpsc::channel(1);
    let stop = Stop::new();
    let plan = plan(Format::Json, &[]);
    let intake = Intake::new(&plan, 3, 1000, tx.downgrade(), stop.clone());
    Setup { intake, _tx: tx, rx, stop }
}

fn headers(headers: &[(HeaderName, &str)]) -> HeaderMap {
    headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
}

impl Setup {
    async fn post(&self, format: &str, kind: &str, body: &str) -> Result<usize, Refusal> {
        let headers = headers(&[(header::CONTENT_TYPE, kind)]);
        self.intake.receive(format, &headers, Body::from(body.to_owned())).await
    }

    /// Posts, and stores what arrives.
    async fn stored(&mut self, kind: &str, body: &str) -> (Result<usize, Refusal>, Vec<String>) {
        let headers = headers(&[(header::CONTENT_TYPE, kind)]);
        let posted = self.intake.receive("json", &headers, Body::from(body.to_owned()));
        let stored = async {
            let chunk = self.rx.recv().await.expect("a chunk");
            assert_eq!((chunk.origin.source, chunk.origin.format), (3, Format::Json));
            let lines = texts(&chunk);
            chunk.receipt.commit();
            lines
        };
        tokio::join!(posted, stored)
    }
}

#[tokio::test]
async fn lines_arrays_and_single_values() {
    let mut setup = setup();
    let two = (Ok(2), vec!["{\"a\":1}".to_owned(), "{\"b\":2}".to_owned()]);
    let json = "application/json; charset=utf-8";
    for (kind, body) in [
        (NDJSON, "{\"a\":1}\n\n{\"b\":2}"),
        (NDJSON, "{\"a\":1}\r\n{\"b\":2}\r\n"),
        (json, "{\"a\":1}\n{\"b\":2}\n"),
        (json, " [{\"a\":1},\n {\"b\":2}]"),
    ] {
        assert_eq!(setup.stored(kind, body).await, two);
    }
    let one = (Ok(1), vec!["{\n\"a\": 1\n}\n".to_owned()]);
    assert_eq!(setup.stored("Application/JSON", "{\n\"a\": 1\n}\n").await, one);
}

#[tokio::test]
async fn nothing_to_store_waits_for_nobody() {
    let setup = setup();
    assert_eq!(setup.post("json", "application/json", "[]").await, Ok(0));
    assert_eq!(setup.post("json", NDJSON, "\n \n").await, Ok(0));
}

#[tokio::test]
async fn what_is_refused_and_why() {
    let setup = setup();
    for (format, kind, body, refusal) in [
        ("xml", NDJSON, "{}", Refusal::Path),
        ("json", "text/plain", "{}", Refusal::ContentType),
        ("json", "", "{}", Refusal::ContentType),
        ("json", "application/x-www-form-urlencoded", "{}", Refusal::ContentType),
        ("combined", NDJSON, "x", Refusal::ContentType),
        ("json", NDJSON, "", Refusal::Empty),
        ("json", "application/json", "[{},", Refusal::Array),
        ("json", NDJSON, &"x".repeat(1001), Refusal::Large),
    ] {
        assert_eq!(setup.post(format, kind, body).await, Err(refusal));
    }
    let kind = (header::CONTENT_TYPE, NDJSON);
    for (extra, refusal) in [
        ((header::ORIGIN, "null"), Refusal::Origin),
        ((header::CONTENT_ENCODING, "gzip"), Refusal::Encoding),
    ] {
        let headers = headers(&[kind.clone(), extra]);
        let answer = setup.intake.receive("json", &headers, Body::from("{}")).await;
        assert_eq!(answer, Err(refusal));
    }
    assert!(setup.rx.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_full_channel_and_a_lost_chunk_say_come_again() {
    let mut setup = setup();
    let lost = async |setup: &mut Setup| {
        let headers = headers(&[(header::CONTENT_TYPE, NDJSON)]);
        let posted = setup.intake.receive("json", &headers, Body::from("{}"));
        tokio::join!(posted, async { drop(setup.rx.recv().await) }).0
    };
    assert_eq!(lost(&mut setup).await, Err(Refusal::Again));

    let waiting = setup.post("json", NDJSON, "{}");
    let second = async {
        tokio::task::yield_now().await; // the first has filled the channel
        setup.post("json", NDJSON, "{}").await
    };
    tokio::select! {
        biased;
        _ = waiting => panic!("nobody has stored it"),
        refused = second => assert_eq!(refused, Err(Refusal::Full)),
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_bodies_that_do_not_arrive() {
    let setup = setup();
    setup.stop.stop();
    let headers = headers(&[(header::CONTENT_TYPE, NDJSON)]);
    // A body that never comes.
    let body = Body::new(Never);
    assert_eq!(setup.intake.receive("json", &headers, body).await, Err(Refusal::Stopping));
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_arrive_times_out() {
    let setup = setup();
    let headers = headers(&[(header::CONTENT_TYPE, NDJSON)]);
    let answer = setup.intake.receive("json", &headers, Body::new(Never)).await;
    assert_eq!(answer, Err(Refusal::Slow));
}

struct Never;

impl HttpBody for Never {
    type Data = bytes::Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Self::Data>, Self::Error>>> {
        std::task::Poll::Pending
    }
}

/// One request on a connection of its own; the whole answer as text.
async fn ask(address: SocketAddr, head: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let length = body.len();
    let request = format!(
        "{head} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: {NDJSON}\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn over_a_real_socket_until_the_stop() {
    let mut plan = plan(Format::Json, &[]);
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    plan.kind = SourceKind::Http { listen, max_body: 1000, tls: None };
    let port = Port::bind(&plan).unwrap();
    let address = port.address();
    let (tx, mut rx) = mpsc::channel(1);
    let stop = Stop::new();
    let served = port.serve(&plan, 0, tx, stop.clone());
    let store = async {
        let mut lines = 0;
        while let Some(chunk) = rx.recv().await {
            lines += chunk.frames.len();
            chunk.receipt.commit();
        }
        lines
    };
    let sender = async {
        let idle = TcpStream::connect(address).await.unwrap();
        let stored = ask(address, "POST /v1/logs/json", "{}\n{}\n").await;
        assert!(stored.starts_with("HTTP/1.1 202 ") && stored.ends_with("{\"lines\":2}\n"));
        let method = ask(address, "GET /v1/logs/json", "").await;
        assert!(method.starts_with("HTTP/1.1 405 ") && method.contains("allow: POST"), "{method}");
        assert!(ask(address, "POST /", "").await.starts_with("HTTP/1.1 404 "));
        let large = ask(address, "POST /v1/logs/json", &"x".repeat(1001)).await;
        assert!(large.starts_with("HTTP/1.1 413 ") && large.contains("{\"error\":\""), "{large}");
        stop.stop();
        drop(idle);
    };
    let ((), lines, ()) = tokio::join!(served, store, sender);
    assert_eq!(lines, 2);
}

#[tokio::test(start_paused = true)]
async fn a_head_that_does_not_arrive_ends_its_connection() {
    let mut plan = plan(Format::Json, &[]);
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    plan.kind = SourceKind::Http { listen, max_body: 1000, tls: None };
    let port = Port::bind(&plan).unwrap();
    let (address, stop) = (port.address(), Stop::new());
    let (tx, _rx) = mpsc::channel(1);
    let served = port.serve(&plan, 0, tx, stop.clone());
    let sender = async {
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(b"POST /v1/logs/json HTTP/1.1\r\nHost:").await.unwrap();
        let mut answer = Vec::new();
        slow.read_to_end(&mut answer).await.unwrap_or_default();
        stop.stop();
    };
    tokio::join!(served, sender);
}

#[tokio::test(start_paused = true)]
async fn bodies_share_a_bound_and_the_one_too_many_is_told() {
    let mut setup = setup();
    setup.intake.bodies = Semaphore::new(10);
    setup.intake.max_body = 8;
    let first = setup.post("json", NDJSON, "{\"a\":1}\n"); // never stored
    let second = async {
        tokio::task::yield_now().await;
        setup.post("json", NDJSON, "{\"b\":2}\n").await
    };
    tokio::select! {
        biased;
        _ = first => panic!("nobody has stored it"),
        refused = second => assert_eq!(refused, Err(Refusal::Full)),
    }
}
