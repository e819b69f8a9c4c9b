//! Metrics, probes and the live view over HTTP, for whoever runs the sidecar.
//!
//! Invariant: only GET, only what is masked or counted, and not for web pages: a request with an `Origin` is
//! refused, and on loopback one whose `Host` is a name that somebody may have pointed here (DNS rebinding).
//! Answers read numbers and wait for nobody but the disk. Place on the path: beside it; it ends last.

pub(crate) mod client;
mod listener;
mod probe;

use crate::books::Books;
use crate::metrics;
use crate::tap::{Viewers, Wanted, skipped};
use crate::tasks::Tasks;
use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::Body;
use axum::extract::{RawQuery, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use greffier_record::clock;
pub(crate) use probe::Phase;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, block_in_place};
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::wrappers::errors::BroadcastStreamRecvError::Lagged;

/// What the answers are made from.
pub(crate) struct Watched {
    /// The numbers.
    pub(crate) books: Books,
    /// Where the sidecar is in its life.
    pub(crate) phase: watch::Receiver<Phase>,
    /// For the live view.
    pub(crate) viewers: Viewers,
    /// How many sources there are.
    pub(crate) sources: usize,
}

/// A listener that answers.
pub(crate) struct Admin {
    /// Where.
    pub(crate) address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Admin {
    /// Listens and answers from now on, until it is dropped.
    pub(crate) async fn start(listen: SocketAddr, watched: Watched) -> Result<Self> {
        let listener = TcpListener::bind(listen).await.with_context(|| {
            format!("[metrics]: cannot listen on {listen}; is the port in use?")
        })?;
        let address = listener.local_addr()?;
        let watched = Arc::new(watched);
        let routers = [false, true].map(|loopback| router(watched.clone(), loopback));
        let router = move |loopback| routers[usize::from(loopback)].clone();
        let serving = Tasks::watched(listener::serve(listener, router));
        Ok(Self { address, serving })
    }
}

impl Drop for Admin {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn router(watched: Arc<Watched>, loopback: bool) -> Router {
    let guard = move |request: Request, next: Next| async move {
        match refused(request.headers(), request.uri(), loopback) {
            Some(why) => (StatusCode::FORBIDDEN, why).into_response(),
            None => next.run(request).await,
        }
    };
    Router::new()
        .route("/metrics", get(metrics))
        .route("/livez", get(livez))
        .route("/readyz", get(readyz))
        .route("/tap", get(tap))
        .fallback(async || (StatusCode::NOT_FOUND, "here are /metrics, /livez, /readyz, /tap\n"))
        .method_not_allowed_fallback(async || (StatusCode::METHOD_NOT_ALLOWED, "only GET\n"))
        .layer(middleware::from_fn(guard))
        .with_state(watched)
}

/// Why a request is not answered.
fn refused(headers: &HeaderMap, uri: &Uri, loopback: bool) -> Option<&'static str> {
    if headers.contains_key(header::ORIGIN) {
        return Some("requests from web pages are not answered\n");
    }
    let host = headers.get(header::HOST).map(|host| host.to_str().unwrap_or("?"));
    let hosts = [host, uri.authority().map(|authority| authority.as_str())];
    let foreign = hosts.into_iter().flatten().any(|host| !is_this_machine(host));
    (loopback && foreign).then_some("ask by IP address, or for localhost\n")
}

/// True for an address or `localhost`, with or without a port: nobody can point those elsewhere.
fn is_this_machine(host: &str) -> bool {
    let name = host.strip_prefix('[').and_then(|rest| rest.split(']').next());
    let name = name.unwrap_or_else(|| host.rsplit_once(':').map_or(host, |(name, _)| name));
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok()
}

async fn metrics(State(watched): State<Arc<Watched>>) -> Response {
    match block_in_place(|| metrics::scrape(&watched.books, clock::now_ms())) {
        Ok(text) => ([(header::CONTENT_TYPE, metrics::CONTENT_TYPE)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn livez(State(watched): State<Arc<Watched>>) -> Response {
    match probe::live(&watched.books.vitals) {
        Ok(()) => "alive\n".into_response(),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")).into_response(),
    }
}

async fn readyz(State(watched): State<Arc<Watched>>, RawQuery(query): RawQuery) -> Response {
    let ready = probe::ready(&watched, clock::now_ms());
    let status = if ready.is_ready() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let verbose = query.is_some_and(|query| query.split('&').any(|word| word == "verbose"));
    let text = if verbose { ready.verbose() } else { ready.short() };
    (status, text).into_response()
}

/// Live views at once: they must leave room for probes.
static VIEWERS: Semaphore = Semaphore::const_new(8);

async fn tap(State(watched): State<Arc<Watched>>, RawQuery(query): RawQuery) -> Response {
    let Ok(wanted) = query.as_deref().unwrap_or_default().parse::<Wanted>() else {
        return (StatusCode::BAD_REQUEST, "only stream=… and status=…\n").into_response();
    };
    let Some(seen) = watched.viewers.look() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    };
    let Ok(seat) = VIEWERS.try_acquire() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "too many viewers\n").into_response();
    };
    let lines = BroadcastStream::new(seen).filter_map(move |seen| match seen {
        Ok(seen) => wanted.line(&seen).map(Ok::<_, Infallible>),
        Err(Lagged(events)) => Some(Ok(skipped(events))),
    });
    let lines = lines.map(move |line| {
        let _held = &seat; // until the stream ends
        line
    });
    let kind = [(header::CONTENT_TYPE, "application/x-ndjson")];
    (kind, Body::from_stream(lines)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_be_pointed_here_are_refused() {
        for host in
            ["127.0.0.1:4381", "127.0.0.1", "localhost", "LOCALHOST:1", "[::1]:4381", "[::1]"]
        {
            assert!(is_this_machine(host), "{host}");
        }
        for host in
            ["evil.example", "evil.example:4381", "127.0.0.1.evil.example", "", "?", "[evil]:1"]
        {
            assert!(!is_this_machine(host), "{host}");
        }
        let uri = Uri::from_static("/metrics");
        let headers =
            |name, value: &'static str| HeaderMap::from_iter([(name, value.parse().unwrap())]);
        assert!(refused(&headers(header::ORIGIN, "null"), &uri, false).is_some());
        assert!(refused(&headers(header::HOST, "evil.example"), &uri, true).is_some());
        assert!(refused(&headers(header::HOST, "greffier.monitoring"), &uri, false).is_none());
        assert!(refused(&HeaderMap::new(), &uri, true).is_none());
    }
}
