//! What the TOML parser says, in our words and without the file's.
//!
//! Invariant: only names of keys that [`schema::shown`] shows are repeated.

use crate::report::Report;
use crate::{Problem, schema};
use toml_span::ErrorKind;

const PLACE: &str = "syntax";

/// The problem of a syntax error. The parser stops at the first one.
pub(crate) fn problem(report: &Report<'_>, error: &toml_span::Error) -> Problem {
    let (what, advice) = words(report, &error.kind);
    report.problem(error.span.start, PLACE, what, advice)
}

/// The problem of a file that is no text, after so many valid bytes.
pub(crate) fn not_utf8(report: &Report<'_>, valid: usize) -> Problem {
    report.problem(valid, PLACE, "not UTF-8", "save the file as UTF-8")
}

fn words(report: &Report<'_>, kind: &ErrorKind) -> (String, &'static str) {
    let twice = |noun: &str, name: &str, first: usize| {
        let line = report.line(first);
        format!("{noun}{} is written twice, first on line {line}", schema::shown(name))
    };
    match kind {
        ErrorKind::DuplicateKey { key, first } => {
            (twice("key", key, first.start), "remove one of the two")
        }
        ErrorKind::DuplicateTable { name, first } => {
            (twice("table", name, first.start), "put its keys under one heading")
        }
        ErrorKind::DottedKeyInvalidType { .. } | ErrorKind::RedefineAsArray => {
            ("a name is used for a table and for something else".into(), "use it for one of them")
        }
        ErrorKind::UnterminatedString | ErrorKind::InvalidCharInString('\n' | '\r') => {
            ("a string does not end".into(), "close it with the quote it began with")
        }
        ErrorKind::UnquotedString => {
            ("a value that is not TOML".into(), "put text, dates and times in quotes")
        }
        ErrorKind::InvalidNumber | ErrorKind::OutOfRange(_) => {
            ("not a number".into(), "put numbers with a unit in quotes, as in \"90d\"")
        }
        ErrorKind::InvalidCharInString(_)
        | ErrorKind::InvalidEscape(_)
        | ErrorKind::InvalidHexEscape(_)
        | ErrorKind::InvalidEscapeValue(_)
        | ErrorKind::MultilineStringKey => (
            "a character or escape that a string cannot have".into(),
            "write backslashes in 'single quotes'",
        ),
        ErrorKind::ExceededDepthLimit => ("nested too deep".into(), "write it flatter"),
        ErrorKind::UnexpectedEof => ("the file ends too early".into(), "complete the last line"),
        _ => ("not TOML".into(), "write key = value, [table] or [[table]] on a line of its own"),
    }
}
