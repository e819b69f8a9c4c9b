//! `greffier run`: the sidecar, until a signal or the end of its input.

use super::{layout, plan, prepare, runtime, setup};
use crate::cli::{Common, End};
use crate::log;
use crate::setup as host;
use crate::sidecar::Sidecar;
use crate::sources::Listening;
use anyhow::{Result, anyhow};
use greffier_config::Plan;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// How long what hangs beyond the deadline (a write nobody reads, a disk that does not answer) is waited for.
const GIVE_UP: Duration = Duration::from_secs(1);

/// Starts, waits, drains within `deadline`, and states the account.
pub(super) fn run(common: &Common, deadline: Duration) -> Result<End> {
    host::harden();
    let layout = layout(common);
    let plan = plan(common, &layout)?;
    prepare(common, &layout, &plan)?;
    let runtime = runtime()?;
    let ended = runtime.block_on(sidecar(plan, deadline));
    runtime.shutdown_timeout(GIVE_UP);
    ended
}

/// Nothing acknowledged is lost: it is in the spool.
const AT_ONCE: &str = "a second signal ended it before it had drained; what is in the spool is shipped by the next start";

/// Now and then, while the sidecar runs.
async fn say_what_was_left_out() -> Result<()> {
    loop {
        tokio::time::sleep(log::WINDOW).await;
        log::tell_suppressed();
    }
}

async fn sidecar(plan: Plan, deadline: Duration) -> Result<End> {
    // First: a signal during the start ends it as orderly as a later one.
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let mut sidecar = setup(Sidecar::start(plan).await)?;
    for Listening { address, speaks } in &sidecar.listening {
        tracing::info!(%address, "listening: {speaks}");
    }
    if let Some(admin) = &sidecar.admin {
        tracing::info!(address = %admin.address, "listening: GET /metrics, /livez, /readyz, /tap");
    }
    tracing::info!("ready");
    let ended = tokio::select! {
        ended = sidecar.ended() => ended,
        _ = term.recv() => Ok(()),
        _ = int.recv() => Ok(()),
        never = say_what_was_left_out() => never,
    };
    let books = sidecar.books.clone();
    let drained = tokio::select! {
        drained = sidecar.drain(deadline) => drained,
        _ = term.recv() => Err(anyhow!(AT_ONCE)),
        _ = int.recv() => Err(anyhow!(AT_ONCE)),
    };
    log::tell_suppressed();
    tracing::info!(account = %books.snapshot(), "stopped");
    if let Ok(false) = drained {
        tracing::warn!("events are left in the spool; the next start ships them");
        for (sink, health) in books.accounts.report().sinks {
            if let Some((since_ms, kind)) = health.failing {
                tracing::warn!(sink, kind, since_ms, "this sink has not taken its own");
            }
        }
    }
    // What failed first is why it stopped.
    ended.and(drained).map(|_| End::Ok)
}
