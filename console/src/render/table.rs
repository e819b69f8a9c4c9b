//! A search's answer as a table, and rows as they come.

use super::{erased_on, fit, json_line, number, person, subject, verb};
use crate::time::Zone;
use crate::{Answer, Row, Safe};
use greffier_spool::Stream;
use std::fmt::Write as _;

const COLUMNS: usize = 8;
/// Characters of the path (or message) column.
const WIDEST: usize = 56;

/// The table, what is beyond it, and the notes.
#[must_use]
pub fn table(answer: &Answer, zone: Zone) -> String {
    let mut out = String::new();
    if !answer.rows.is_empty() {
        let mut lines = vec![head(answer, zone)];
        lines.extend(answer.rows.iter().map(|row| cells(row, zone, one_day(answer, zone))));
        write_columns(&mut out, &lines);
    }
    out += &summary(answer);
    out.push('\n');
    for note in &answer.notes {
        writeln!(out, "note: {}", Safe(note)).expect("a String takes everything");
    }
    out
}

/// One JSON object a line, newest first.
#[must_use]
pub fn table_json(answer: &Answer) -> String {
    let mut out = String::new();
    answer.rows.iter().for_each(|row| out += &row_json(row));
    out
}

/// Widths of the columns of rows that come one by one.
const WIDTHS: [usize; COLUMNS] = [22, 10, 7, WIDEST, 3, 6, 4, 9];

/// The head above the rows of [`line`].
#[must_use]
pub fn line_head(zone: Zone) -> String {
    let mut out = String::new();
    write_line(&mut out, &names(format!("TIME ({})", zone.name())), WIDTHS);
    out
}

/// One row that came, in columns that do not depend on what comes later.
#[must_use]
pub fn line(row: &Row, zone: Zone) -> String {
    let mut out = String::new();
    write_line(&mut out, &cells(row, zone, None), WIDTHS);
    out
}

/// The same as a JSON object.
#[must_use]
pub fn row_json(row: &Row) -> String {
    let mut out = String::new();
    json_line(&mut out, &row.stored, row.erasure, "");
    out
}

/// The day, when all rows are of one.
fn one_day(answer: &Answer, zone: Zone) -> Option<String> {
    let mut days = answer.rows.iter().map(|row| zone.show(row.stored.ts, "%-d %b %y"));
    let first = days.next()?;
    days.all(|day| day == first).then_some(first)
}

fn head(answer: &Answer, zone: Zone) -> [String; COLUMNS] {
    names(match one_day(answer, zone) {
        Some(day) => format!("TIME ({}, {day})", zone.name()),
        None => format!("TIME ({})", zone.name()),
    })
}

fn names(time: String) -> [String; COLUMNS] {
    let [id, method, path, st, ms, person, erased] =
        ["ID", "METHOD", "PATH", "ST", "MS", "PERSON", "ERASED ON"].map(str::to_owned);
    [time, id, method, path, st, ms, person, erased]
}

fn cells(row: &Row, zone: Zone, one_day: Option<String>) -> [String; COLUMNS] {
    let event = row.stored.event();
    let format = if one_day.is_some() { "%H:%M:%S%.3f" } else { "%d %b %H:%M:%S%.3f" };
    [
        zone.show(row.stored.ts, format),
        row.stored.id.short(),
        verb(&event),
        fit(subject(&event), WIDEST),
        number(event.status),
        number(event.ms),
        person(row.person.as_ref()),
        erased_on(row.erasure),
    ]
}

fn write_columns(out: &mut String, lines: &[[String; COLUMNS]]) {
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max();
    let widths: [usize; COLUMNS] = std::array::from_fn(|column| width(column).unwrap_or(0));
    lines.iter().for_each(|line| write_line(out, line, widths));
}

fn write_line(out: &mut String, line: &[String; COLUMNS], widths: [usize; COLUMNS]) {
    let padded = line.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
    let text = padded.collect::<Vec<_>>().join("  ");
    out.push_str(text.trim_end());
    out.push('\n');
}

/// `3 of 812 requests · 2 with error context · greffier show r-7F3K2QM4`: never silent about what was cut.
fn summary(answer: &Answer) -> String {
    let requests = !answer.rows.is_empty()
        && answer.rows.iter().all(|row| matches!(row.stored.stream, Stream::Requests));
    let what = if requests { "requests" } else { "records" };
    let bound = if answer.complete { "" } else { "at least " };
    let mut text = format!("{} of {bound}{} {what}", answer.rows.len(), answer.matched);
    if !answer.complete {
        text += " · not everything was looked at: narrow it with since: and until:";
    } else if answer.matched > answer.rows.len() as u64 {
        text += " · the newest are shown: raise --limit, or narrow the query";
    }
    if answer.with_context > 0 {
        text += &format!(" · {} with error context", answer.with_context);
    }
    if let Some(row) = answer.rows.first() {
        text += &format!(" · greffier show {}", row.stored.id.short());
    }
    text
}
