//! What to look for in the archive: conditions on what an event says in clear, and on the keys it names.
//!
//! Invariant: a query holds key ids, never a person's name or address; those were turned into key ids before,
//! by whoever holds the index. Values reach SQLite as parameters, never as text of a statement.

use crate::{Event, Kid};
use greffier_spool::Stream;
use rusqlite::types::Value;
use std::ops::RangeInclusive;

/// A search over the archive. All conditions must hold.
#[derive(Debug, Clone)]
pub struct Query {
    /// Streams to look into.
    pub streams: Vec<Stream>,
    /// Only events of this moment or later (`ts`, ms since 1970).
    pub since: Option<i64>,
    /// Only events before this moment.
    pub until: Option<i64>,
    /// Conditions.
    pub groups: Vec<Group>,
    /// Stop after having looked at so many events; the answer then says that it is not complete.
    pub max_scanned: u64,
}

/// One condition: any of the tests holds, or with `not` none of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// None of them may hold.
    pub not: bool,
    /// Alternatives, all of the same kind.
    pub any: Vec<Test>,
}

/// A test of one event. Absent fields match nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// HTTP status within.
    Status(RangeInclusive<u16>),
    /// Duration in ms within.
    Took(RangeInclusive<u32>),
    /// Method, exactly.
    Method(String),
    /// Route name; `*` stands for any characters.
    Route(String),
    /// Clear path; `*` stands for any characters.
    Path(String),
    /// Tenant, exactly; `-` is none.
    Tenant(String),
    /// `app` or `proxy`.
    Src(String),
    /// Request id, exactly.
    Req(String),
    /// One of these levels.
    Level(Vec<&'static str>),
    /// `msg`, `exc` or `path` contains this, upper or lower case.
    Text(String),
    /// One of these keys sealed something of it.
    Keys(Vec<Kid>),
}

impl Query {
    /// Everything in these streams.
    #[must_use]
    pub fn new(streams: Vec<Stream>) -> Self {
        Self { streams, since: None, until: None, groups: Vec::new(), max_scanned: u64::MAX }
    }

    /// True when every condition can be checked by SQLite alone.
    pub(super) fn is_sql(&self) -> bool {
        self.groups.iter().flat_map(|group| &group.any).all(Test::is_sql)
    }

    /// The WHERE clause for what columns can tell, and its parameters.
    pub(super) fn sql(&self) -> (String, Vec<Value>) {
        let (mut clause, mut values) = (String::from("TRUE"), Vec::new());
        for (sign, bound) in [(">=", self.since), ("<", self.until)] {
            if let Some(bound) = bound {
                clause += &format!(" AND ts {sign} ?");
                values.push(Value::Integer(bound));
            }
        }
        for group in &self.groups {
            let tests: Vec<_> = group.any.iter().filter_map(Test::sql).collect();
            if tests.len() != group.any.len() {
                continue; // checked on the event, in `keeps`
            }
            let any: Vec<_> = tests.iter().map(|(test, _)| *test).collect();
            let any = if any.is_empty() { "FALSE".to_owned() } else { any.join(" OR ") };
            // `IS NOT TRUE` also keeps absent fields; where an index must serve, plain brackets do.
            clause += &format!(" AND ({any}){}", if group.not { " IS NOT TRUE" } else { "" });
            values.extend(tests.into_iter().flat_map(|(_, values)| values));
        }
        (clause, values)
    }

    /// Checks the conditions that columns cannot tell.
    pub(super) fn keeps(&self, event: &Event<'_>) -> bool {
        self.groups.iter().all(|group| {
            group.any.iter().all(Test::is_sql)
                || group.any.iter().any(|test| test.matches(event)) != group.not
        })
    }
}

impl Test {
    fn is_sql(&self) -> bool {
        !matches!(self, Self::Level(_) | Self::Text(_))
    }

    fn sql(&self) -> Option<(&'static str, Vec<Value>)> {
        let text = |text: &String| vec![Value::Text(text.clone())];
        Some(match self {
            Self::Status(range) => ("status BETWEEN ? AND ?", bounds(range)),
            Self::Took(range) => ("ms BETWEEN ? AND ?", bounds(range)),
            Self::Method(method) => ("method = ?", text(method)),
            Self::Route(glob) => ("route GLOB ?", vec![Value::Text(escape_glob(glob))]),
            Self::Path(glob) => ("path GLOB ?", vec![Value::Text(escape_glob(glob))]),
            Self::Tenant(tenant) => ("tenant = ?", text(tenant)),
            Self::Src(src) => ("src = ?", text(src)),
            Self::Req(req) => ("req = ?", text(req)),
            Self::Keys(kids) => (
                "id IN (SELECT id FROM event_key WHERE kid IN (SELECT unhex(value) FROM json_each(?)))",
                vec![Value::Text(hex_array(kids))],
            ),
            Self::Level(_) | Self::Text(_) => return None,
        })
    }

    fn matches(&self, event: &Event<'_>) -> bool {
        match self {
            Self::Level(levels) => event.lvl.as_deref().is_some_and(|lvl| levels.contains(&lvl)),
            Self::Text(needle) => {
                let needle = needle.to_lowercase();
                [&event.msg, &event.exc, &event.path]
                    .into_iter()
                    .flatten()
                    .any(|text| text.to_lowercase().contains(&needle))
            }
            // Groups hold tests of one field: the others were SQLite's.
            _ => false,
        }
    }
}

fn bounds<N: Copy + Into<i64>>(range: &RangeInclusive<N>) -> Vec<Value> {
    [*range.start(), *range.end()].map(|bound| Value::Integer(bound.into())).to_vec()
}

/// Only `*` is special for us; SQLite's GLOB also knows `?` and `[`.
fn escape_glob(glob: &str) -> String {
    glob.replace('[', "[[]").replace('?', "[?]")
}

/// Key ids as one JSON parameter: a person may have more keys than SQLite has parameters.
pub(super) fn hex_array(kids: &[Kid]) -> String {
    let mut array = String::from("[");
    for (at, kid) in kids.iter().enumerate() {
        array += if at == 0 { "\"" } else { ",\"" };
        array.extend(kid.iter().flat_map(|byte| hex_digits(*byte)));
        array.push('"');
    }
    array + "]"
}

fn hex_digits(byte: u8) -> [char; 2] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    [byte >> 4, byte & 15].map(|digit| char::from(DIGITS[usize::from(digit)]))
}
