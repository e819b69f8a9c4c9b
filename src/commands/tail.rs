//! `greffier tail`: a search that goes on, until Ctrl-C.
//!
//! Nothing is held open that an interrupt could hurt: the access log is settled before the first row.

use super::read;
use crate::cli::{Common, End, Tail};
use anyhow::{Context as _, Result};
use greffier_console::{ReaderError, Row, Zone, render};
use greffier_record::clock;
use std::io::{ErrorKind, Write as _, stdout};

/// Shows rows as they come.
pub(super) fn tail(common: &Common, asked: &Tail) -> Result<End> {
    let query = read::query(&asked.query)?;
    let reader = read::open(common, &asked.reading)?;
    let (mut tail, first) = match reader.tail(&query, clock::now_ms()) {
        Err(ReaderError::NoKeys(reason)) => {
            tracing::warn!("nobody can be looked up: {reason}");
            return Ok(End::Denied);
        }
        started => started?,
    };
    read::say(&tail.notes());
    let head = if common.json { String::new() } else { render::line_head(Zone::Local) };
    let mut left = asked.limit.unwrap_or(usize::MAX);
    let mut going = write(&head)? && show(&first, common.json, &mut left)?;
    let mut failing = false;
    while going {
        std::thread::sleep(tail.pace());
        match tail.next(clock::now_ms()) {
            Ok(rows) => {
                failing = false;
                going = show(&rows, common.json, &mut left)?;
            }
            Err(error) if failing => tracing::debug!("{error}"),
            Err(error) => {
                failing = true;
                tracing::warn!("{error}; nothing is lost, still trying");
            }
        }
    }
    Ok(End::Ok)
}

/// Prints rows; false when there were enough, or nobody reads them any more.
fn show(rows: &[Row], json: bool, left: &mut usize) -> Result<bool> {
    let text = |row| if json { render::row_json(row) } else { render::line(row, Zone::Local) };
    let rows = &rows[..rows.len().min(*left)];
    *left -= rows.len();
    Ok(write(&rows.iter().map(text).collect::<String>())? && *left > 0)
}

fn write(text: &str) -> Result<bool> {
    let mut out = stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        written => written.map(|()| true).context("standard output"),
    }
}
