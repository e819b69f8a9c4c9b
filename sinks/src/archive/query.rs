//! A query as SQL: the conditions that columns can tell.
//!
//! Invariant: what SQLite chooses is what [`Query::matches`] would (a test compares). Values reach SQLite as
//! parameters, never as text of a statement.

use crate::{Event, Group, Kid, Query, Test};
use rusqlite::types::Value;
use std::ops::RangeInclusive;

impl Query {
    /// True when every condition can be checked by SQLite alone.
    pub(super) fn is_sql(&self) -> bool {
        self.groups.iter().all(Group::is_sql)
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
        self.hold(event, "", |group| !group.is_sql()) // the tenant is a column
    }
}

impl Group {
    fn is_sql(&self) -> bool {
        self.any.iter().all(Test::is_sql)
    }
}

impl Test {
    fn is_sql(&self) -> bool {
        !matches!(self, Self::Level(_) | Self::Text(_))
    }

    fn sql(&self) -> Option<(&'static str, Vec<Value>)> {
        let text = |text: &String| vec![Value::Text(text.clone())];
        Some(match self {
            // Word for word the condition of the index, or it would not be used.
            Self::Status(range) if *range.start() >= 400 => {
                ("(status >= 400 AND status BETWEEN ? AND ?)", bounds(range))
            }
            Self::Status(range) => ("status BETWEEN ? AND ?", bounds(range)),
            Self::Took(range) => ("ms BETWEEN ? AND ?", bounds(range)),
            Self::Method(method) => ("method = ?", text(method)),
            Self::Route(glob) => ("route GLOB ?", vec![Value::Text(escape_glob(glob))]),
            Self::Path(glob) => ("path GLOB ?", vec![Value::Text(escape_glob(glob))]),
            Self::Tenant(tenant) => ("tenant = ?", text(tenant)),
            Self::Src(src) => ("src = ?", text(src)),
            Self::Req(req) => {
                ("(substr(req, -8) = substr(?, -8) AND req = ?)", [text(req), text(req)].concat())
            }
            Self::Keys(kids) => (
                "row IN (SELECT row FROM event_key WHERE kid IN (SELECT unhex(value) FROM json_each(?)))",
                vec![Value::Text(hex_array(kids))],
            ),
            Self::Level(_) | Self::Text(_) => return None,
        })
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
