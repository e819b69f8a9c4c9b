//! `greffier search`, `show` and `reveal`: the reading side, on standard output.
//!
//! What was found goes to standard output; why nothing was, to standard error.

use super::{keys, layout, origin, plan, setup};
use crate::cli::{Common, End, Reading, Reveal, Role, Search};
use anyhow::{Context as _, Result};
use greffier_config::Plan;
use greffier_console::{
    Ask, Clearance, Operator, Outcome, Reader, ReaderPaths, ReaderSetup, Zone, render,
};
use greffier_record::clock;
use greffier_redactor::Policy;
use std::io::{Read as _, Write as _, stdin, stdout};
use std::path::Path;
use zeroize::Zeroizing;

/// Finds requests.
pub(super) fn search(common: &Common, search: &Search) -> Result<End> {
    let query = query(&search.query)?;
    let mut reader = open(common, &search.reading)?;
    let answer = reader.search(&query, search.limit, clock::now_ms())?;
    let text =
        if common.json { render::table_json(&answer) } else { render::table(&answer, Zone::Local) };
    if answer.outcome == Outcome::Found {
        print(&text)?;
        if common.json {
            say(&answer.notes);
        }
    } else {
        say(&answer.notes);
        if answer.notes.is_empty() {
            tracing::warn!("nothing found");
        }
    }
    Ok(end(answer.outcome))
}

/// Shows one request with everything that belongs to it, masked.
pub(super) fn show(common: &Common, id: &str, reading: &Reading) -> Result<End> {
    let reader = open(common, reading)?;
    let (outcome, timeline) = reader.show(id, clock::now_ms())?;
    let text = if common.json {
        render::timeline_json(&timeline)
    } else {
        render::timeline(&timeline, Zone::Local)
    };
    if outcome == Outcome::Found {
        print(&text)?;
    } else {
        tracing::warn!("{NOTHING}");
    }
    Ok(end(outcome))
}

/// Opens the personal part of one record, once the access log has who and why.
pub(super) fn reveal(common: &Common, asked: &Reveal) -> Result<End> {
    let mut reader = open(common, &asked.reading)?;
    let ask = Ask { reason: &asked.reason, classes: &asked.class };
    let (outcome, revealed) = reader.reveal(&asked.id, &ask, clock::now_ms())?;
    let text =
        if common.json { render::revealed_json(&revealed) } else { render::revealed(&revealed) };
    if outcome == Outcome::Found {
        print(&text)?;
    }
    if outcome != Outcome::Found || common.json {
        say(&revealed.notes);
    }
    if revealed.event.is_none() {
        tracing::warn!("{NOTHING}");
    }
    Ok(end(outcome))
}

/// The reading side of the plan.
pub(super) fn open(common: &Common, reading: &Reading) -> Result<Reader> {
    let layout = layout(common);
    let plan = plan(common, &layout)?;
    let reader = setup(reader_setup(&plan))?;
    let now_ms = clock::now_ms();
    let elsewhere = setup(origin::elsewhere(&plan, reading.from, now_ms))?;
    Ok(Reader::open(reader, elsewhere, operator(&plan, reading)?, now_ms)?)
}

/// Where the reader finds everything, and who it is in its own log.
fn reader_setup(plan: &Plan) -> Result<ReaderSetup> {
    let root = crate::setup::root_key(plan)?;
    // Where there is no archive the access log gets one of its own: the reader does not ship.
    let archive = plan.archive().map_or_else(|| plan.reader.dir.join("archive"), Path::to_owned);
    let mut instance = plan.policy.instance.clone();
    instance.truncate(64 - "-reader".len());
    instance.push_str("-reader");
    Ok(ReaderSetup {
        paths: ReaderPaths {
            archive,
            store: plan.keys.store.clone(),
            recipients: plan.keys.recipients.clone(),
            custody: plan.reader.custody.clone(),
            index: plan.reader.index.clone(),
            access: plan.reader.access.clone(),
        },
        root,
        policy: Policy { instance, ..plan.policy.clone() },
    })
}

fn operator(plan: &Plan, reading: &Reading) -> Result<Operator> {
    let passphrase = match &reading.passphrase_file {
        Some(file) => Some(keys::passphrase(file, false)?),
        None if plan.reader.custody.exists() => Some(configured_passphrase(plan)?),
        None => None,
    };
    let clearance = match reading.role {
        Role::Support => Clearance::Support,
        Role::Auditor => Clearance::Auditor,
        Role::Dpo => Clearance::Dpo,
        Role::Ops => Clearance::Ops,
    };
    Ok(Operator { user: login(), clearance, passphrase })
}

fn configured_passphrase(plan: &Plan) -> Result<Zeroizing<String>> {
    let text = plan.reader.passphrase.read(&|name| std::env::var(name).ok());
    let text = text.context("the passphrase of the reading keys")?;
    Ok(Zeroizing::new(text.trim_end_matches(['\n', '\r']).to_owned()))
}

/// Who asks, as the system knows them.
fn login() -> String {
    let id = rustix::process::getuid().as_raw();
    match std::env::var("USER") {
        Ok(name) if !name.trim().is_empty() => format!("{} (uid {id})", name.trim()),
        _ => format!("uid {id}"),
    }
}

/// The words of the query; `-` alone reads it from standard input.
pub(super) fn query(words: &[String]) -> Result<String> {
    if words == ["-"] {
        let mut text = String::new();
        stdin().lock().take(64 << 10).read_to_string(&mut text).context("the query")?;
        return Ok(text.trim().to_owned());
    }
    Ok(words.join(" "))
}

/// Told when an id finds no record.
const NOTHING: &str = "nothing is kept under this id";

/// Why, on standard error.
pub(super) fn say(notes: &[String]) {
    notes.iter().for_each(|note| tracing::warn!("{note}"));
}

fn print(text: &str) -> Result<()> {
    let mut out = stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).context("standard output")
}

fn end(outcome: Outcome) -> End {
    match outcome {
        Outcome::Found => End::Ok,
        Outcome::Nothing => End::Nothing,
        Outcome::Denied => End::Denied,
    }
}
