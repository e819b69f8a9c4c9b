//! `POST /v1/logs/{format}`: lines over HTTP.
//!
//! Invariant: 202 means durable. A body is one chunk, taken whole or not at all; whatever else is answered, the
//! sender still has it. A web page must not reach a port on loopback: a request with an `Origin`, or without a
//! content type that a page would need a preflight for, is refused. Errors say what is wrong and never repeat
//! what was sent. Place on the path: first; a task of the runtime.

mod array;
mod refusal;

use crate::accept::Listener;
use crate::bind::{self, BindError};
use crate::framing::{self, Buffer};
use crate::tls::Tls;
use crate::wire::Wire;
use crate::{Chunk, Frame, SourceKind, SourcePlan, Stop, json};
use array::elements;
use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use greffier_record::{Format, HotBuf, Origin, Outcome, Receipt, clock};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use refusal::Refusal;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{Sender, WeakSender};
use tokio::sync::{Semaphore, SemaphorePermit, oneshot};
use tokio::time::{sleep, timeout};

/// Lines of one body at most: each costs more than its bytes.
const LINES: usize = 65_536;

/// How long a request waits for its turn.
const FULL: Duration = Duration::from_secs(5);
/// How long a body may take to arrive.
const SLOW: Duration = Duration::from_secs(30);
/// How long requests under way may take after a stop.
const GRACE: Duration = Duration::from_secs(5);
/// How long the head of a request may take to arrive, from the end of the last one.
const HEAD: Duration = Duration::from_secs(30);
/// Largest head, and what a connection may hold of it.
const HEAD_BYTES: usize = 64 << 10;
/// Connections at once; the next ones wait in the kernel.
const CONNECTIONS: usize = 1024;
/// Bytes of bodies held at once, until they are durable.
const BODIES: usize = 64 << 20;

/// A port that listens and is not served yet.
#[derive(Debug)]
pub struct Port {
    listener: Listener,
    address: SocketAddr,
    max_body: usize,
}

impl Port {
    /// Begins to listen. Must run inside a runtime.
    ///
    /// # Errors
    /// Where that is not possible; `OtherKind` for a plan that is not of an HTTP source.
    pub fn bind(plan: &SourcePlan) -> Result<Self, BindError> {
        let SourceKind::Http { listen, max_body, tls } = &plan.kind else {
            return Err(BindError::OtherKind);
        };
        let tls = tls.as_ref().map(Tls::new).transpose()?;
        let (listener, address) = bind::tcp(*listen)?;
        Ok(Self { listener: Listener::Tcp(listener, tls), address, max_body: *max_body })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves the source at that position of the plan until the stop; requests under way are answered first,
    /// for five seconds at most.
    pub async fn serve(self, plan: &SourcePlan, source: u16, tx: Sender<Chunk>, stop: Stop) {
        // Weak: a connection that stays open must not keep the channel open.
        let intake = Intake::new(plan, source, self.max_body, tx.downgrade(), stop.clone());
        let router = router(Arc::new(intake));
        let each = |wire| connection(wire, router.clone(), &stop);
        let late = async {
            stop.stopped().await;
            sleep(GRACE).await;
        };
        tokio::select! {
            () = self.listener.serve(&plan.name, CONNECTIONS, &stop, each) => {}
            () = late => {}
        }
        drop(tx);
    }
}

/// Answers the requests of one connection. A head that does not arrive in time ends it.
async fn connection(wire: Box<dyn Wire>, router: Router, stop: &Stop) {
    let mut http = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD)
            .max_buf_size(HEAD_BYTES)
            .serve_connection(TokioIo::new(wire), TowerToHyperService::new(router))
    );
    let ended = tokio::select! {
        ended = http.as_mut() => ended,
        () = stop.stopped() => {
            http.as_mut().graceful_shutdown();
            http.await
        }
    };
    if ended.is_err() {
        tracing::debug!("an HTTP connection has ended early");
    }
}

fn router(intake: Arc<Intake>) -> Router {
    Router::new()
        .route("/v1/logs/{format}", post(receive))
        .fallback(async || Refusal::Path)
        .method_not_allowed_fallback(async || Refusal::Method)
        .with_state(intake)
}

async fn receive(
    State(intake): State<Arc<Intake>>,
    Path(format): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match intake.receive(&format, &headers, body).await {
        Ok(lines) => {
            let answer = format!("{{\"lines\":{lines}}}\n");
            let json = [(header::CONTENT_TYPE, "application/json")];
            (StatusCode::ACCEPTED, json, answer).into_response()
        }
        Err(refusal) => refusal.into_response(),
    }
}

/// What the requests of one source share.
struct Intake {
    origins: [Arc<Origin>; Format::ALL.len()],
    max_body: usize,
    bodies: Semaphore,
    tx: WeakSender<Chunk>,
    stop: Stop,
}

impl Intake {
    fn new(
        plan: &SourcePlan,
        source: u16,
        max_body: usize,
        tx: WeakSender<Chunk>,
        stop: Stop,
    ) -> Self {
        let origins = Format::ALL.map(|format| Arc::new(plan.origin(source, format)));
        Self { origins, max_body, bodies: Semaphore::new(BODIES.max(max_body)), tx, stop }
    }

    /// Takes a body in and answers how many lines are durable.
    async fn receive(
        &self,
        format: &str,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<usize, Refusal> {
        let format = Format::from_name(format).ok_or(Refusal::Path)?;
        let kind = admit(format, headers)?;
        if body.size_hint().lower() > self.max_body as u64 {
            return Err(Refusal::Large);
        }
        let body = collect(body, self.max_body, &self.bodies);
        let (bytes, _room) = tokio::select! {
            body = timeout(SLOW, body) => body.map_err(|_| Refusal::Slow)??,
            () = self.stop.stopped() => return Err(Refusal::Stopping),
        };
        // Before anything is allocated for each of them.
        if memchr::memchr_iter(b'\n', &bytes).count() > LINES {
            return Err(Refusal::Large);
        }
        let frames = frames(kind, &bytes)?;
        let lines = frames.len();
        if lines > LINES {
            return Err(Refusal::Large);
        }
        if lines > 0 {
            self.hand_on(format, bytes.into_hot(), frames).await?;
        }
        Ok(lines)
    }

    /// Sends the chunk and waits until it is durable.
    async fn hand_on(
        &self,
        format: Format,
        bytes: HotBuf,
        frames: Vec<Frame>,
    ) -> Result<(), Refusal> {
        let origin = self.origins.iter().find(|origin| origin.format == format);
        let origin = Arc::clone(origin.expect("there is one for every format"));
        let tx = self.tx.upgrade().ok_or(Refusal::Stopping)?;
        let room = timeout(FULL, tx.reserve()).await;
        let room = room.map_err(|_| Refusal::Full)?.map_err(|_| Refusal::Stopping)?;
        let (answer, outcome) = oneshot::channel();
        // A sender that has gone away does not want to know.
        let receipt = Receipt::new(move |outcome| answer.send(outcome).unwrap_or_default());
        room.send(Chunk::new(origin, bytes, frames, clock::now_ms(), receipt));
        drop(tx);
        match outcome.await {
            Ok(Outcome::Committed) => Ok(()),
            Ok(Outcome::Redeliver) | Err(_) => Err(Refusal::Again),
        }
    }
}

/// What a content type says about the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Lines,
    /// An array, one value, or lines all the same.
    Json,
}

/// Looks at the head of a request, before anything of its body is read.
fn admit(format: Format, headers: &HeaderMap) -> Result<Kind, Refusal> {
    if headers.contains_key(header::ORIGIN) {
        return Err(Refusal::Origin);
    }
    let plain = |name| headers.get(name).map_or("", |value| value.to_str().unwrap_or("?"));
    let essence = plain(header::CONTENT_TYPE).split(';').next().unwrap_or_default();
    let kind = match (format, essence.trim().to_ascii_lowercase().as_str()) {
        (Format::Combined, "text/plain") => Kind::Lines,
        (Format::Combined, _) => return Err(Refusal::ContentType),
        (_, "application/x-ndjson") => Kind::Lines,
        (_, "application/json") => Kind::Json,
        _ => return Err(Refusal::ContentType),
    };
    match plain(header::CONTENT_ENCODING) {
        "" | "identity" => Ok(kind),
        _ => Err(Refusal::Encoding),
    }
}

/// Reads a body, no more of it than may be, and no faster than there is room for it beside the others.
async fn collect(
    mut body: Body,
    limit: usize,
    room: &Semaphore,
) -> Result<(Buffer, Option<SemaphorePermit<'_>>), Refusal> {
    let mut bytes = Buffer::default();
    let mut held: Option<SemaphorePermit<'_>> = None;
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let Ok(data) = frame.map_err(|_| Refusal::Cut)?.into_data() else { continue };
        if bytes.len() + data.len() > limit {
            return Err(Refusal::Large);
        }
        let needed = u32::try_from(data.len()).map_err(|_| Refusal::Large)?;
        // Not for ever: the others may be waiting for the same.
        let more = timeout(FULL, room.acquire_many(needed)).await;
        let more = more.map_err(|_| Refusal::Full)?.map_err(|_| Refusal::Stopping)?;
        match &mut held {
            Some(held) => held.merge(more),
            None => held = Some(more),
        }
        bytes.append(&data);
    }
    if bytes.is_empty() { Err(Refusal::Empty) } else { Ok((bytes, held)) }
}

fn frames(kind: Kind, bytes: &[u8]) -> Result<Vec<Frame>, Refusal> {
    if kind == Kind::Lines {
        return Ok(framing::lines(bytes));
    }
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return elements(bytes).ok_or(Refusal::Array);
    }
    // One value may be written over several lines.
    let one = std::str::from_utf8(bytes).is_ok_and(|text| json::read(text).is_ok());
    if one {
        return Ok(Vec::from_iter(framing::frame(bytes, 0..bytes.len(), None)));
    }
    Ok(framing::lines(bytes))
}

#[cfg(test)]
mod tests;
