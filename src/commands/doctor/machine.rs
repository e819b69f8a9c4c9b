//! The clock and the ports.

use super::Findings;
use crate::admin::client;
use greffier_collector::SourceKind;
use greffier_config::Plan;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::UNIX_EPOCH;

/// The first of January 2026: no clock that is right shows less.
const WRITTEN_MS: i64 = 1_767_225_600_000;

/// How far into the future a file may have been written, for clocks that are corrected.
const TOLERANCE_MS: i64 = 60_000;

/// Whether the clock can be right. Keys, retention and the order of records depend on it.
pub(super) fn clock(findings: &mut Findings, data: &Path, now_ms: i64) {
    let advice = "set it, and let NTP keep it";
    if now_ms < WRITTEN_MS {
        return findings.fail("clock", format!("it is before 2026 by the clock; {advice}"));
    }
    let newest = fs::read_dir(data).ok().into_iter().flatten().flatten();
    let newest = newest.filter_map(|entry| entry.metadata().ok()?.modified().ok());
    let newest = newest.filter_map(|time| time.duration_since(UNIX_EPOCH).ok()).max();
    let ahead = newest.and_then(|time| i64::try_from(time.as_millis()).ok()).unwrap_or(0) - now_ms;
    if ahead > TOLERANCE_MS {
        let found = format!(
            "a file was written {} s in the future: the clock went back; {advice}",
            ahead / 1000
        );
        return findings.fail("clock", found);
    }
    findings.ok("clock", "plausible");
}

/// Whether each port is free, or taken by the sidecar that runs.
pub(super) fn ports(findings: &mut Findings, plan: &Plan) {
    let running = plan.metrics.is_some() && answers(plan);
    let sources = plan.sources.iter().filter_map(|source| match source.kind {
        SourceKind::Http { listen, .. } => Some(("source port", listen)),
        _ => None,
    });
    let metrics = plan.metrics.map(|metrics| ("metrics port", metrics.listen));
    for (check, address) in sources.chain(metrics) {
        port(findings, check, address, running);
    }
}

fn port(findings: &mut Findings, check: &'static str, address: SocketAddr, running: bool) {
    match TcpListener::bind(address) {
        Ok(_) => findings.ok(check, format!("{address} is free")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse && running => {
            findings.ok(check, format!("{address} is in use, and a greffier is running here"));
        }
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            findings.warn(
                check,
                format!("{address} is in use: by a running greffier, or by another program?"),
            );
        }
        Err(error) => findings.fail(check, format!("{address}: {error}; write another address")),
    }
}

/// Whether a greffier answers where this one would.
fn answers(plan: &Plan) -> bool {
    let asked = client::address(plan, None).and_then(|address| client::get(address, "/livez"));
    asked.is_ok_and(|answer| matches!(answer.status, 200 | 503))
}
