//! `greffier doctor`: examines an installation and says what to do about what it finds.
//!
//! Invariant: it changes nothing and starts nothing; every finding has a remedy; it never shows a value of the
//! configuration or of a record. A sidecar may be running meanwhile. Exit code 1 when something must be done.

mod machine;
mod remote;
mod storage;

use super::{layout, plan};
use crate::cli::{Common, End};
use crate::setup::{Recipients, refuse_readable_by_others};
use anyhow::{Result, bail};
use greffier_config::{Plan, Problems};
use greffier_record::clock;
use greffier_vault::KeyStore;
use serde_json::json;
use std::io::{Write as _, stdout};

/// Days before the end of the recipients from which they are warned of.
const SOON_DAYS: u32 = 14;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Ok,
    Warn,
    Fail,
}

impl State {
    const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "FAIL",
        }
    }
}

/// What was found, check by check.
#[derive(Debug, Default)]
struct Findings(Vec<(State, &'static str, String)>);

impl Findings {
    fn ok(&mut self, check: &'static str, found: impl Into<String>) {
        self.0.push((State::Ok, check, found.into()));
    }

    fn warn(&mut self, check: &'static str, found: impl Into<String>) {
        self.0.push((State::Warn, check, found.into()));
    }

    fn fail(&mut self, check: &'static str, found: impl Into<String>) {
        self.0.push((State::Fail, check, found.into()));
    }

    fn failed(&self) -> usize {
        self.0.iter().filter(|(state, ..)| *state == State::Fail).count()
    }
}

/// Examines everything there is to examine.
pub(super) fn doctor(common: &Common) -> Result<End> {
    let layout = layout(common);
    let mut findings = Findings::default();
    match plan(common, &layout) {
        Ok(plan) => {
            let (sources, sinks) = (plan.sources.len(), plan.sinks.len());
            let found = format!("{sources} source(s), {sinks} sink(s)");
            findings.ok("configuration", found);
            storage::folders(&mut findings, layout.data(), &plan);
            machine::clock(&mut findings, layout.data(), clock::now_ms());
            keys(&mut findings, &plan);
            storage::spool(&mut findings, &plan);
            machine::ports(&mut findings, &plan);
        }
        Err(error) => match error.downcast_ref::<Problems>() {
            Some(problems) => {
                problems
                    .iter()
                    .for_each(|problem| findings.fail("configuration", problem.to_string()));
            }
            None => findings.fail("configuration", format!("{error:#}")),
        },
    }
    tell(common, &findings)?;
    match findings.failed() {
        0 => Ok(End::Ok),
        failed => bail!("{failed} finding(s) must be seen to"),
    }
}

fn tell(common: &Common, findings: &Findings) -> Result<()> {
    let mut out = stdout().lock();
    for (state, check, found) in &findings.0 {
        let state = state.name();
        if common.json {
            let state = state.to_lowercase();
            writeln!(out, "{}", json!({ "check": check, "state": state, "found": found }))?;
        } else {
            writeln!(out, "{state:<5} {check:<14} {found}")?;
        }
    }
    Ok(())
}

/// Recipients, the key of file positions, the key store.
fn keys(findings: &mut Findings, plan: &Plan) {
    match Recipients::of(plan).and_then(|recipients| recipients.verify()) {
        Ok((manifest, _)) => {
            let now = clock::now_ms();
            match manifest.days_left(now) {
                _ if !manifest.valid_at(now) => findings.fail(
                    "recipients",
                    "expired: audit records wait, the others lose their personal part; publish new ones",
                ),
                left @ 0..=SOON_DAYS => {
                    findings.warn("recipients", format!("keys for {left} more day(s) only; publish new ones"));
                }
                left => findings.ok("recipients", format!("keys for {left} more days")),
            }
        }
        Err(error) => findings.fail("recipients", format!("{error:#}")),
    }
    let position = &plan.keys.position;
    match position.exists().then(|| refuse_readable_by_others(position)) {
        None => findings.ok("position key", "made at the first start"),
        Some(Ok(())) => findings.ok("position key", "readable by its owner only"),
        Some(Err(error)) => findings.fail("position key", format!("{error:#}")),
    }
    let store = &plan.keys.store;
    // Opening makes a store where there is none, and that would be a change.
    match store.exists().then(|| KeyStore::open(store).and_then(|store| store.counts())) {
        None => findings.ok("key store", "made at the first start"),
        Some(Ok(counts)) => findings.ok("key store", format!("opens; {} key rows", counts.keys)),
        Some(Err(error)) => findings.fail(
            "key store",
            format!("{}: {error}; is it a key store, and yours?", store.display()),
        ),
    }
}
