//! `greffier run`: the sidecar, until a signal or the end of its input.

use super::{layout, plan, prepare, runtime, setup};
use crate::cli::{Common, End};
use crate::setup as host;
use crate::sidecar::Sidecar;
use anyhow::Result;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// How long the sinks may ship after the sources have stopped.
const DEADLINE: Duration = Duration::from_secs(20);

/// Starts, waits, drains, and states the account.
pub(super) fn run(common: &Common) -> Result<End> {
    host::harden();
    let layout = layout(common);
    let plan = plan(common, &layout)?;
    prepare(common, &layout, &plan)?;
    runtime()?.block_on(async {
        let mut sidecar = setup(Sidecar::start(plan).await)?;
        for address in &sidecar.listening {
            tracing::info!(%address, "listening: POST /v1/logs/{{format}}");
        }
        tracing::info!("ready");
        let (mut term, mut int) =
            (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let ended = tokio::select! {
            ended = sidecar.ended() => ended,
            _ = term.recv() => Ok(()),
            _ = int.recv() => Ok(()),
        };
        let accounts = sidecar.accounts.clone();
        let empty = sidecar.drain(DEADLINE).await?;
        tracing::info!(account = %accounts.report(), "stopped");
        if !empty {
            tracing::warn!("events are left in the spool; the next start ships them");
        }
        ended.map(|()| End::Ok)
    })
}
