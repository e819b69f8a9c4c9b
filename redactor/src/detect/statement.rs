//! SQL: values whose columns are named elsewhere in the statement, in the statement or beside it as its parameters.
//!
//! Invariant: columns and values are matched by place, and only where there are as many of one as of the other.
//! Place on the path: beginnings that [`literal`](super::literal) looks for.

use super::entity::is_ours;
use super::names::{Kind, Names};
use super::table::{MOST, add, field, kinds, rows};
use super::text::{Text, Work, is_word};
use super::{Entity, Finding, Found, called};
use std::ops::Range;

/// Bytes of a statement that are read.
const LONGEST: usize = 2048;
/// Bytes between a statement and its parameters, and between one parameter's line and the next.
const GAP: usize = 160;
/// Brackets behind a statement that are tried.
const TRIES: usize = 6;

/// Appends the values of the `VALUES` at `keyword`, in every row or in the parameters bound to them.
pub(super) fn insert(
    text: Text<'_>,
    keyword: Range<usize>,
    names: &Names,
    work: &mut Work,
    found: &mut Found,
) {
    let Some(columns) = columns(text, keyword.start, names) else { return };
    let blank = |byte: u8| byte.is_ascii_whitespace() || byte == b',';
    let mut at = text.run(keyword.end, blank);
    let mut bound = false;
    let fits = |(values, _): &(Vec<Range<usize>>, usize)| values.len() == columns.len();
    while let Some((values, end)) = list(text, at, work).filter(fits) {
        bound |= values.iter().any(|value| is_bound(text.slice(value.clone())));
        add(text, &columns, &values, found);
        at = text.run(end, blank);
    }
    if bound {
        parameters(text, at, &columns, work, found);
    }
}

/// Appends the parameters of the conditions or assignments from `start` on: `SET a = ?, b = ? WHERE c = $3`.
pub(super) fn assigned(
    text: Text<'_>,
    start: usize,
    names: &Names,
    work: &mut Work,
    found: &mut Found,
) {
    if let Some(value) = stored(text, start, names) {
        found.push(Finding::new(Entity::Secret, value));
        return;
    }
    let part = |byte: u8| is_word(byte) || matches!(byte, b'.' | b'`' | b'"' | b'\\' | b'[' | b']');
    let name = text.run_within(start, 96, part);
    let operator = text.run_within(name, 2, |byte| byte == b' ');
    let compares = matches!(text.at(operator), b'=' | b'<' | b'>' | b'!' | b'~')
        || [&b"LIKE "[..], b"like ", b"ILIKE", b"IN (", b"in ("]
            .iter()
            .any(|word| text.bytes()[operator.min(text.len())..].starts_with(word));
    if name == start || !compares {
        return;
    }
    let (mut at, mut columns) = (name, Vec::new());
    let limit = text.len().min(start + LONGEST);
    while at < limit && columns.len() < MOST && !ends(text, at) {
        let mark = mark(text, at);
        if mark > at {
            let again = text.before(text.run_back(at, 2, |byte| byte == b' '), 1) == b',';
            let same = columns.last().copied().filter(|_| again);
            columns.push(same.unwrap_or_else(|| names.kind(column(text, at))));
        }
        at = mark.max(at + 1);
    }
    if columns.iter().any(Option::is_some) {
        parameters(text, at, &columns, work, found);
    }
}

/// The value of Redis' `SET otp:4417 790365 EX 300`, if the first part of its key says that it is a secret.
fn stored(text: Text<'_>, start: usize, names: &Names) -> Option<Range<usize>> {
    let first = text.run_within(start, 32, |byte| is_word(byte) || byte == b'-');
    if text.at(first) != b':' || !names.kind(text.slice(start..first))?.is_secret() {
        return None;
    }
    let key = text.run_within(first, 96, |byte| byte > b' ');
    let quote = usize::from(matches!(text.at(key + 1), b'"' | b'\''));
    let value = key + 1 + quote;
    let end = text.floor(
        text.run_within(value, LONGEST, |byte| byte > b' ' && byte != b'"' && byte != b'\''),
    );
    let range = value..end;
    (text.at(key) == b' ' && end > value && !is_ours(text, &range)).then_some(range)
}

/// Does the statement end at `at`: its string does, or its parameters begin?
fn ends(text: Text<'_>, at: usize) -> bool {
    match text.at(at) {
        b'{' | b';' => true,
        b'[' => matches!(text.at(at + 1), b'[' | b'"' | b'\'') || text.at(at + 1).is_ascii_digit(),
        b'(' => text.bytes()[at + 1..].starts_with(b"param"),
        b'"' => matches!(text.at(at + 1), b',' | b'}' | b'\n' | 0),
        b'\n' => !text.at(at + 1).is_ascii_whitespace() && text.bytes()[at..].starts_with(b"\n20"),
        _ => false,
    }
}

/// Where the mark of a parameter at `at` ends: `?`, `$1`, `:name`, `%s`; `at` if there is none.
fn mark(text: Text<'_>, at: usize) -> usize {
    let free = matches!(text.before(at, 1), b' ' | b'=' | b'(' | b',' | b'>' | b'<');
    match text.at(at) {
        _ if !free => at,
        b'?' => text.digits(at + 1),
        b'$' if text.at(at + 1).is_ascii_digit() => text.digits(at + 1),
        b':' if is_word(text.at(at + 1)) => text.run_within(at + 1, 32, is_word),
        b'%' if text.at(at + 1) == b's' => at + 2,
        _ => at,
    }
}

/// The column that the mark at `at` is compared with or assigned to.
pub(super) fn column(text: Text<'_>, at: usize) -> &str {
    let sign = |byte: u8| matches!(byte, b' ' | b'=' | b'<' | b'>' | b'!' | b'~' | b'(' | b')');
    let quote = |byte: u8| matches!(byte, b'`' | b'"' | b'\\' | b']');
    let word = |end: usize| text.run_back(end, 48, is_word)..end;
    let mut last = word(text.run_back(at, 8, |byte| sign(byte) || quote(byte)));
    for _ in 0..2 {
        let operators = ["LIKE", "like", "ILIKE", "ilike", "IN", "in", "NOT", "not"];
        if operators.contains(&text.slice(last.clone())) {
            last = word(text.run_back(last.start, 4, |byte| sign(byte) || quote(byte)));
        }
    }
    text.slice(last)
}

/// Appends the parameters of `columns` that stand behind a statement that ends at `end`: as a list, by their numbers,
/// or each in a line of its own.
fn parameters(
    text: Text<'_>,
    end: usize,
    columns: &[Option<Kind>],
    work: &mut Work,
    found: &mut Found,
) {
    let stop = text.len().min(end + GAP);
    let opens = |at: &usize| matches!(text.at(*at), b'[' | b'{' | b'(') && text.at(at + 1) != b'[';
    let mut next = end;
    for _ in 0..TRIES {
        let Some(open) = (next..stop).find(opens) else { break };
        match list(text, open, work).filter(|(values, _)| values.len() == columns.len()) {
            Some((values, _)) => return add(text, columns, &values, found),
            None => next = open + 1,
        }
    }
    // PostgreSQL: `parameters: $1 = 'Ann', $2 = '4'`
    let rest = text.slice(text.floor(end)..text.floor(stop));
    if let Some(at) = rest.find("$1 = ") {
        let mut at = text.floor(end) + at;
        let mut values = Vec::new();
        while values.len() < columns.len() && text.at(at) == b'$' {
            let (value, after) = field(text, numbered(text, at), b',', b'\n');
            values.push(value);
            at = text.run_within(after, 2, |byte| matches!(byte, b',' | b' '));
        }
        return add(text, columns, &values, found);
    }
    lines(text, end, columns, work, found);
}

/// As [`parameters`], in lines as Hibernate writes them: `binding parameter [1] as [VARCHAR] - [Ann]`,
/// `binding parameter (1:VARCHAR) <- [Ann]`.
fn lines(text: Text<'_>, end: usize, columns: &[Option<Kind>], work: &mut Work, found: &mut Found) {
    const LINE: &str = "binding parameter ";
    let (mut at, mut values) = (end, Vec::new());
    while values.len() < columns.len() {
        let rest = text.slice(text.floor(at)..text.floor(text.len().min(at + GAP)));
        let Some(line) = rest.find(LINE) else { return };
        let start = text.floor(at) + line + LINE.len();
        let stop = text.run_within(start, LONGEST, |byte| !matches!(byte, b'\n' | b'\r'));
        work.spend(stop - start);
        let line = text.slice(start..text.floor(stop));
        let Some(open) = line.find("- [").or_else(|| line.find("-[")) else { return };
        let open = start + open + 1 + usize::from(text.at(start + open + 1) == b' ') + 1;
        let close = line.rfind(']').map_or(stop, |close| start + close);
        values.push(open..close.max(open));
        at = stop;
    }
    add(text, columns, &values, found);
}

/// What the columns before `end` are; `None` if nothing is to be hidden.
pub(super) fn columns(text: Text<'_>, end: usize, names: &Names) -> Option<Vec<Option<Kind>>> {
    let close = text.run_back(end, 8, |byte| byte.is_ascii_whitespace());
    if text.before(close, 1) != b')' {
        return None;
    }
    let open = text.run_back(close - 1, LONGEST, |byte| !matches!(byte, b'(' | b')'));
    if text.before(open, 1) != b'(' {
        return None;
    }
    let listed = || text.slice(open..close - 1).split(',');
    let mut kinds = kinds(listed(), names)?;
    if called::is_table_of_things(table(text, open - 1), listed(), names) {
        let bare = |column: &str| called::BARE.has_any_case(column.trim().trim_matches(['"', '`']));
        for (kind, column) in kinds.iter_mut().zip(listed()) {
            *kind = kind.filter(|_| !bare(column));
        }
    }
    Some(kinds)
}

/// The name of the table before the bracket at `open`.
fn table(text: Text<'_>, open: usize) -> &str {
    let mark = |byte: u8| matches!(byte, b' ' | b'"' | b'`' | b'\\' | b']');
    let end = text.run_back(open, 4, mark);
    text.slice(text.run_back(end, 64, is_word)..end)
}

/// `?`, `:name`, `$1`, `@p0`, `%s`: the value is bound to it elsewhere.
pub(super) fn is_bound(value: &str) -> bool {
    let name = value.strip_prefix(':').unwrap_or("");
    let named = name.starts_with(|char: char| char.is_ascii_alphabetic())
        && name.len() <= 32
        && name.bytes().all(is_word);
    matches!(value, "?" | "%s") || named || is_numbered(value)
}

/// `$1`, `@p0`: a number that a parameter has.
pub(super) fn is_numbered(value: &str) -> bool {
    let number = value.strip_prefix('$').or_else(|| value.strip_prefix("@p")).unwrap_or("");
    (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// The values between the brackets that open at `open`, without their quotes and numbers, and where the list ends.
fn list(text: Text<'_>, open: usize, work: &mut Work) -> Option<(Vec<Range<usize>>, usize)> {
    let close = match text.at(open) {
        b'(' => b')',
        b'[' => b']',
        b'{' => b'}',
        _ => return None,
    };
    if work.is_over() {
        return None; // all of the text counts as found
    }
    let (mut values, mut at) = (Vec::new(), open + 1);
    while values.len() < MOST {
        let (value, end) = field(text, numbered(text, at), b',', close);
        values.push(value);
        // A bracket that nothing closes costs the rest of the text.
        work.spend(end - at);
        match text.at(end) {
            b',' => at = end + 1,
            byte if byte == close => return Some((values, end + 1)),
            _ => break,
        }
    }
    None
}

/// Where the value at `at` begins behind its number: `"1":`, `1 =>`, `$1 = `; `at` if it has none.
fn numbered(text: Text<'_>, at: usize) -> usize {
    let mark = |byte: u8| matches!(byte, b' ' | b'"' | b'\'' | b'\\' | b'$' | b':');
    let digits = text.run_within(at, 4, mark);
    let last = text.run_within(digits, 3, |byte| byte.is_ascii_digit());
    let sign = text.run_within(last, 4, |byte| matches!(byte, b'"' | b'\'' | b'\\' | b' '));
    match text.at(sign) {
        _ if last == digits => at,
        b':' => sign + 1,
        b'=' => sign + 1 + usize::from(text.at(sign + 1) == b'>'),
        _ => at,
    }
}

/// Appends what the key behind `Key (` holds in PostgreSQL's messages: `Key (email, birth_date)=(a@x.fr, 1980-03-12)`.
pub(super) fn key(text: Text<'_>, start: usize, names: &Names, work: &mut Work, found: &mut Found) {
    let close = text.run_within(start, LONGEST / 4, |byte| !matches!(byte, b')' | b'\n'));
    if !text.bytes()[close..].starts_with(b")=(") {
        return;
    }
    let Some(columns) = kinds(text.slice(start..close).split(','), names) else { return };
    if let Some((values, _)) = list(text, close + 2, work) {
        add(text, &columns, &values, found);
    }
}

/// Appends the row that PostgreSQL shows where `COPY` failed (`COPY members, line 7: "4\tAnn\tx"`), its columns unnamed:
/// from the first field that is no number.
pub(super) fn copied(text: Text<'_>, start: usize, names: &Names, found: &mut Found) {
    let table = text.run_within(start, 64, |byte| is_word(byte) || matches!(byte, b'.' | b'"'));
    let open = table + " (".len();
    if text.bytes()[table..].starts_with(b" (") {
        let close = text.run_within(open, LONGEST, |byte| !matches!(byte, b')' | b'\n'));
        if text.bytes()[close..].starts_with(b") FROM stdin;\n")
            && let Some(columns) = kinds(text.slice(open..close).split(','), names)
        {
            rows(text, close + ") FROM stdin;\n".len(), b'\t', &columns, found); // a dump
        }
        return;
    }
    let line = table + ", line ".len();
    if table == start || !text.bytes()[table..].starts_with(b", line ") {
        return;
    }
    let stop = text.run_within(text.digits(line), 96, |byte| !matches!(byte, b'"' | b'\n'));
    let open = stop + 1;
    if text.at(stop) != b'"' || text.before(stop, 2) != b':' {
        return;
    }
    let close = text.floor(text.run(open, |byte| !matches!(byte, b'"' | b'\n')));
    let number = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'\t' | b'\\' | b',' | b';');
    let first = text.run(open, number);
    let first = if text.before(first, 1) == b'\\' { first - 1 } else { first };
    if first < close && !is_ours(text, &(first..close)) {
        found.push(Finding::new(Entity::Unnamed, first..close));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::masked;
    use super::*;

    fn inserted(text: &str) -> Vec<&str> {
        let at = text.find("VALUES").unwrap();
        let mut found = Vec::new();
        let mut work = Work::for_text(text);
        insert(Text::new(text), at..at + 6, &Names::new(), &mut work, &mut found);
        found.into_iter().map(|finding| &text[finding.range]).collect()
    }

    #[test]
    fn columns_name_their_values() {
        for (text, values) in [
            (
                "INSERT INTO u (id, `first_name`, password) VALUES (1, 'Jean', 'hunter2'), (2, 'O''Neil', 'x')",
                &["Jean", "hunter2", "O''Neil", "x"][..],
            ),
            ("(id, nom) VALUES (?, ?) with params [4, \"Dupont\"]", &["Dupont"]),
            (
                "(nom, age) VALUES (?, ?) (parameters: array{\"1\":\"Dupont\",\"2\":4}, types: array{\"1\":2,\"2\":1})",
                &["Dupont"],
            ),
            ("(nom, age) VALUES ($1, $2)\nparameters: $1 = 'Dupont', $2 = '4'", &["Dupont"]),
            ("(nom, age) VALUES (?, ?) -- PARAMETERS: [\"Dupont\",4]", &["Dupont"]),
            ("(nom, age) VALUES (%s, %s)\n[generated in 0.00012s] ('Dupont', 4)", &["Dupont"]),
            (
                "(age, nom) VALUES (?, ?)\nTRACE binding parameter [1] as [INTEGER] - [4]\n\
                TRACE binding parameter [2] as [VARCHAR] - [Dupont]",
                &["Dupont"],
            ),
            (
                "(age, nom) VALUES (?, ?)\nbinding parameter (1:INTEGER) <- [4]\nbinding parameter (2:VARCHAR) <- [Dupont]\n",
                &["Dupont"],
            ),
            ("(id, password) VALUES (1, '$ecret42'), (2, $2)", &["$ecret42"]),
            ("(id, count) VALUES (1, 'many')", &[]),
            ("(nom, id) VALUES ('a')", &[]),
            ("(nom, id) VALUES (?, ?) took [4]", &[]),
            ("VALUES ('a')", &[]),
        ] {
            assert_eq!(inserted(text), values, "{text}");
        }
    }

    #[test]
    fn brackets_that_nothing_closes_fail_closed() {
        let text = "(nom)VALUES(?)[x".repeat(4096) + " (nom)VALUES('Dupont')";
        assert_eq!(masked(&text), "<sealed>");
    }

    #[test]
    fn assignments_and_conditions_name_their_parameters() {
        for (text, clear) in [
            (
                "UPDATE t SET prenom = ?, age = ? WHERE nom = ? (parameters: array{\"1\":\"Xyl\",\"2\":4,\"3\":\"van Qw\"}, types: x)",
                "UPDATE t SET prenom = ?, age = ? WHERE nom = ? (parameters: array{\"1\":\"<name>\",\"2\":4,\"3\":\"<name>\"}, types: x)",
            ),
            (
                "{\"sql\":\"SELECT * FROM t WHERE t0.surname = ? AND t0.zone IN (?, ?) LIMIT 1\",\"params\":[\"Xyl\",\"B\",\"C\"]}",
                "{\"sql\":\"SELECT * FROM t WHERE t0.surname = ? AND t0.zone IN (?, ?) LIMIT 1\",\"params\":[\"<name>\",\"B\",\"C\"]}",
            ),
            (
                "select 1 from t where \"t\".\"first_name\" = $1 limit $2 -- PARAMETERS: [\"Xyl\",5]",
                "select 1 from t where \"t\".\"first_name\" = $1 limit $2 -- PARAMETERS: [\"<name>\",5]",
            ),
            (
                "DETAIL:  Key (zone, birth_date)=(B, 1980-03-12) already exists.",
                "DETAIL:  Key (zone, birth_date)=(B, <birthdate>) already exists.",
            ),
            (
                "CONTEXT:  COPY members, line 7: \"4\tXyl\tZone B\"",
                "CONTEXT:  COPY members, line 7: \"4\t<value>\"",
            ),
        ] {
            assert_eq!(masked(text), clear);
        }
    }

    #[test]
    fn other_parameters_stay() {
        for text in [
            "UPDATE t SET zone = ?, age = ? WHERE id = ? (parameters: array{\"1\":\"B\",\"2\":4,\"3\":7})",
            "SELECT 1 FROM t WHERE surname = ? took [\"a\",\"b\"]",
            "set the zone = value, then [\"restart\"]",
            "where is it? [\"here\"]",
            "Key (zone)=(B) already exists.",
            "Key (id)=(4) is not present",
            "COPY members, line 7, column age: \"4\"",
            "COPY --from=build /app, line 7",
        ] {
            assert_eq!(masked(text), text);
        }
    }
}
