//! `greffier search`: a query to the newest events that match.
//!
//! Invariant: a query that names a person is in the access log before anything is looked up; persons become
//! key ids here, and the archive never learns whom they mean.

use crate::access::{self, AccessError, AccessLog as _, Recorded};
use crate::keys::{self, Erasure, Keys, KeysError};
use crate::query::Persons;
use crate::reader::{Reader, ReaderError};
use crate::{Outcome, Search};
use greffier_redactor::AccessEvent;
use greffier_sinks::{Found, Group, Kid, StoreError, Stored, Test};
use greffier_spool::Stream;

/// What a search found.
#[derive(Debug)]
pub struct Answer {
    /// Found or not.
    pub outcome: Outcome,
    /// The newest, newest first.
    pub rows: Vec<Row>,
    /// How many match in all.
    pub matched: u64,
    /// False when not everything was looked at, so that there may be more.
    pub complete: bool,
    /// How many of `rows` are of a request whose error context was kept.
    pub with_context: usize,
    /// What the reader should know: why there is nothing, what could not be read.
    pub notes: Vec<String>,
}

/// A found event.
#[derive(Debug)]
pub struct Row {
    /// The event.
    pub stored: Stored,
    /// The key of its person, if it has one.
    pub person: Option<Kid>,
    /// When it becomes unreadable.
    pub erasure: Erasure,
}

impl Answer {
    fn nothing(notes: Vec<String>) -> Self {
        let rows = Vec::new();
        Self { outcome: Outcome::Nothing, rows, matched: 0, complete: true, with_context: 0, notes }
    }
}

pub(crate) fn run(
    reader: &mut Reader,
    mut search: Search,
    limit: usize,
    now_ms: i64,
) -> Result<Answer, ReaderError> {
    let mut notes = std::mem::take(&mut reader.notes);
    if search.names_person() {
        if let Err(reason) = &reader.keys {
            notes.push(format!("nobody can be looked up: {reason}"));
            return Ok(Answer::nothing(notes));
        }
        let logged = log(reader, "search", &search, now_ms)?;
        let looked_up = look_up(reader, &mut search, &logged);
        if let Err(error) = reader.log.settle() {
            notes.push(error.later());
        }
        if let Some(unknown) = looked_up? {
            notes.push(unknown);
            return Ok(Answer::nothing(notes));
        }
    }
    let found = reader.events.search(&search.query, limit)?;
    notes.extend(found.unread.iter().map(|error| format!("could not be read: {error}")));
    if found.skipped > 0 {
        notes.push(format!("{} lines there are not greffier's, or are damaged", found.skipped));
    }
    let with_context = with_context(reader, &found).unwrap_or_else(|error| {
        notes.push(format!("error context was not looked for everywhere: {error}"));
        0
    });
    let outcome = if found.rows.is_empty() { Outcome::Nothing } else { Outcome::Found };
    let (matched, complete) = (found.matched, found.complete);
    let rows = found.rows.into_iter().map(|stored| row(reader, stored, now_ms)).collect();
    Ok(Answer { outcome, rows, matched, complete, with_context, notes })
}

/// Who looks for somebody, and by what, with nobody named.
pub(crate) fn log(
    reader: &mut Reader,
    action: &'static str,
    search: &Search,
    now_ms: i64,
) -> Result<Recorded, AccessError> {
    let (user, query) = (&*reader.operator.user, Some(&*search.masked));
    let event = AccessEvent { action, user, of: None, query, reason: None, opened: &[] };
    access::record(&mut reader.log, &event, now_ms)
}

/// Turns persons into key ids; says so when one has none.
fn look_up(
    reader: &Reader,
    search: &mut Search,
    logged: &Recorded,
) -> Result<Option<String>, ReaderError> {
    let Ok(keys) = &reader.keys else { return Ok(None) };
    let groups = persons(keys, search, logged)?;
    if groups.iter().any(|group| !group.not && group.any == [Test::Keys(Vec::new())]) {
        let why = "nothing is kept of this person: never seen, or erased, or expired";
        return Ok(Some(why.to_owned()));
    }
    search.query.groups.extend(groups);
    Ok(None)
}

/// Whom a query names, as the keys they have.
pub(crate) fn persons(
    keys: &Keys,
    search: &Search,
    _logged: &Recorded,
) -> Result<Vec<Group>, KeysError> {
    let group = |Persons { not, key, values }: &Persons| {
        let mut kids = Vec::new();
        for value in values {
            kids.append(&mut keys.find(search.tenant.as_deref(), *key, value)?);
        }
        Ok(Group { not: *not, any: vec![Test::Keys(kids)] })
    };
    search.persons.iter().map(group).collect()
}

/// How many of the rows belong to a request whose other records were kept.
fn with_context(reader: &Reader, found: &Found) -> Result<usize, StoreError> {
    let with = reader.events.with_context(&found.rows)?;
    let is_with = |row: &&Stored| {
        row.stream != Stream::Errors && row.event().req.is_some_and(|req| with.contains(&*req))
    };
    Ok(found.rows.iter().filter(is_with).count())
}

pub(crate) fn row(reader: &Reader, stored: Stored, now_ms: i64) -> Row {
    let person = stored.event().person();
    let erasure = erasure(reader, &stored, person.as_ref(), now_ms);
    Row { stored, person, erasure }
}

/// When an event becomes unreadable: its person's key decides, else the stream's retention.
pub(crate) fn erasure(reader: &Reader, stored: &Stored, kid: Option<&Kid>, now_ms: i64) -> Erasure {
    let usual = reader.policy.retention.days(stored.stream);
    keys::erasure(reader.store.as_ref(), kid, stored.id.day(), usual, now_ms)
}
