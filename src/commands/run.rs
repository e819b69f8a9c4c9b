//! `greffier run`: the sidecar, until a signal or the end of its input.

use super::{layout, plan, prepare, runtime, setup};
use crate::cli::{Common, End};
use crate::health::State;
use crate::setup as host;
use crate::sidecar::Sidecar;
use anyhow::Result;
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

async fn sidecar(plan: Plan, deadline: Duration) -> Result<End> {
    // First: a signal during the start ends it as orderly as a later one.
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let mut sidecar = setup(Sidecar::start(plan).await)?;
    for address in &sidecar.listening {
        tracing::info!(%address, "listening: POST /v1/logs/{{format}}");
    }
    tracing::info!("ready");
    let ended = tokio::select! {
        ended = sidecar.ended() => ended,
        _ = term.recv() => Ok(()),
        _ = int.recv() => Ok(()),
    };
    let (accounts, health) = (sidecar.accounts.clone(), sidecar.health.clone());
    let drained = sidecar.drain(deadline).await;
    tracing::info!(account = %accounts.report(), "stopped");
    if let Ok(false) = drained {
        tracing::warn!("events are left in the spool; the next start ships them");
        for (sink, health) in &health {
            let now = health.read();
            if now.state != State::Ok {
                let (state, since_ms, last_ack_ms) =
                    (now.state.name(), now.since_ms, now.last_ack_ms);
                tracing::warn!(
                    sink,
                    state,
                    since_ms,
                    last_ack_ms,
                    "this sink has not taken its own"
                );
            }
        }
    }
    // What failed first is why it stopped.
    ended.and(drained).map(|_| End::Ok)
}
