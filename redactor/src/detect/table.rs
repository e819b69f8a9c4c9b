//! Values whose names stand elsewhere: `INSERT INTO … (columns) VALUES (…)`, its bound parameters, and tables with
//! a header line.
//!
//! Invariant: names and values are matched by place, and only where there are as many of one as of the other.

use super::examine::{entity, looks_like};
use super::keyed;
use super::names::{Kind, Names};
use super::text::Text;
use super::{Finding, Found, Rule};
use std::ops::Range;

/// Bytes of a list of columns, and of what may stand between a statement and its parameters.
const LONGEST: usize = 2048;
const GAP: usize = 48;
/// Columns looked at.
const MOST: usize = 64;
/// Lines among which a header is looked for.
const HEADERS: usize = 8;

/// Appends the values of the `VALUES` at `keyword`, in every row or in the parameters bound to them.
pub(super) fn insert(text: Text<'_>, keyword: Range<usize>, names: &Names, found: &mut Found) {
    let Some(columns) = columns(text, keyword.start, names) else { return };
    let blank = |byte: u8| byte.is_ascii_whitespace() || byte == b',';
    let mut at = text.run(keyword.end, blank);
    let mut bound = false;
    while let Some((values, end)) = list(text, at) {
        bound |= values.iter().any(|value| is_bound(text.slice(value.clone())));
        add(text, &columns, &values, found);
        at = text.run(end, blank);
    }
    if bound {
        let open = text.run_within(at, GAP, |byte| byte != b'[');
        if let Some((values, _)) = list(text, open) {
            add(text, &columns, &values, found);
        }
    }
}

/// What the columns before `end` are; `None` if nothing is to be hidden.
fn columns(text: Text<'_>, end: usize, names: &Names) -> Option<Vec<Option<Kind>>> {
    let close = text.run_back(end, 8, |byte| byte.is_ascii_whitespace());
    if text.before(close, 1) != b')' {
        return None;
    }
    let open = text.run_back(close - 1, LONGEST, |byte| !matches!(byte, b'(' | b')'));
    if text.before(open, 1) != b'(' {
        return None;
    }
    kinds(text.slice(open..close - 1).split(','), names)
}

/// What each name says; `None` if none says anything.
fn kinds<'n>(columns: impl Iterator<Item = &'n str>, names: &Names) -> Option<Vec<Option<Kind>>> {
    let kinds: Vec<_> = columns.take(MOST).map(|column| names.kind(column)).collect();
    kinds.iter().any(Option::is_some).then_some(kinds)
}

/// `?`, `:name`, `$1`, `@p0`: the value is bound to it elsewhere.
fn is_bound(value: &str) -> bool {
    let numbered = value.strip_prefix("@p").unwrap_or("");
    value == "?"
        || value.starts_with([':', '$']) && value.len() <= 32
        || !numbered.is_empty() && numbered.bytes().all(|byte| byte.is_ascii_digit())
}

/// The values between the brackets that open at `open`, without their quotes, and where the list ends.
fn list(text: Text<'_>, open: usize) -> Option<(Vec<Range<usize>>, usize)> {
    let close = match text.at(open) {
        b'(' => b')',
        b'[' => b']',
        _ => return None,
    };
    let (mut values, mut at) = (Vec::new(), open + 1);
    while values.len() < MOST {
        let (value, end) = field(text, at, b',', close);
        values.push(value);
        match text.at(end) {
            b',' => at = end + 1,
            byte if byte == close => return Some((values, end + 1)),
            _ => break,
        }
    }
    None
}

/// The field at `start`, without its quotes, and where it ends: at `separator`, `close` or the end of the line.
fn field(text: Text<'_>, start: usize, separator: u8, close: u8) -> (Range<usize>, usize) {
    let start = text.run(start, |byte| byte == b' ');
    let ends = |byte: u8| byte == separator || byte == close || matches!(byte, b'\n' | b'\r');
    let slashes = text.run(start, |byte| byte == b'\\');
    let quote = text.at(slashes);
    let opens = quote == b'"' || quote == b'\'' && !is_elided(text, slashes, separator, close);
    if !opens {
        let end = text.run(start, |byte| !ends(byte));
        return (start..start + text.slice(start..end).trim_end().len(), end);
    }
    let first = slashes + 1;
    let mut at = first;
    loop {
        at = text.run(at, |byte| byte != quote && byte != b'\\');
        match text.at(at) {
            b'\\' if slashes == start => at += 2, // escaped
            byte if byte == quote && text.at(at + 1) == quote => at += 2, // doubled
            b'\\' => at += 1,
            _ => break,
        }
    }
    let last = at.min(text.len());
    let end = text.run(last, |byte| !ends(byte));
    (first..text.floor(last), end)
}

/// Is the apostrophe at `at` part of a name (`'t Hart`) and no quote?
fn is_elided(text: Text<'_>, at: usize, separator: u8, close: u8) -> bool {
    let next = text.run(at + 1, |byte| !matches!(byte, b'\'' | b'\n'));
    text.at(next) != b'\'' || {
        let after = text.run(next + 1, |byte| byte == b' ');
        ![separator, close, b'\r', b'\n', b'\'', b'\\', 0].contains(&text.at(after))
            && text.slice(at..next).contains(char::from(separator))
    }
}

/// Appends the values that the columns say are to be hidden.
fn add(text: Text<'_>, columns: &[Option<Kind>], values: &[Range<usize>], found: &mut Found) {
    if columns.len() != values.len() {
        return;
    }
    for (kind, value) in columns.iter().zip(values) {
        let fits = |kind: &Kind| {
            value.start < value.end
                && !is_bound(text.slice(value.clone()))
                && keyed::is_value(text, value)
                && looks_like(text, value, *kind)
        };
        let hidden = kind.filter(fits).and_then(entity);
        found.extend(hidden.map(|entity| Finding::new(entity, value.clone()).by(Rule::Structure)));
    }
}

/// Appends the fields of a table whose header is among the first lines.
pub(super) fn with_header(text: Text<'_>, names: &Names, found: &mut Found) {
    let mut at = 0;
    for _ in 0..HEADERS {
        let end = line_end(text, at);
        if end >= text.len() {
            return;
        }
        let line = text.slice(at..end);
        if let Some((separator, kinds)) = header(line, names) {
            return rows(text, end + 1, separator, &kinds, found);
        }
        at = end + 1;
    }
}

/// The separator of a header line, and what its columns are: short names, one of them telling.
fn header(line: &str, names: &Names) -> Option<(u8, Vec<Option<Kind>>)> {
    let is_name = |name: &str| {
        let inside = |char: char| char.is_alphanumeric() || " _-./\"'".contains(char);
        let name = name.trim();
        !name.is_empty()
            && name.len() <= 40
            && name.chars().all(inside)
            && name.contains(char::is_alphabetic)
    };
    // `Export: RVNR;NAME;BETRAG`
    let line = line.rsplit_once(": ").map_or(line, |(_, columns)| columns);
    let line =
        line.strip_prefix('|').and_then(|line| line.trim_end().strip_suffix('|')).unwrap_or(line);
    let separator = [b',', b';', b'\t', b'|'].into_iter().find(|separator| {
        let mut columns = line.split(char::from(*separator));
        line.contains(char::from(*separator))
            && columns.by_ref().take(MOST).all(is_name)
            && columns.next().is_none()
    })?;
    Some((separator, kinds(line.split(char::from(separator)), names)?))
}

/// Appends the fields of the lines from `at` on, as long as they have as many as there are columns.
fn rows(text: Text<'_>, mut at: usize, separator: u8, kinds: &[Option<Kind>], found: &mut Found) {
    while at < text.len() {
        let mut values = Vec::with_capacity(kinds.len());
        let framed = separator == b'|' && text.at(at) == b'|'; // a table of Markdown
        if framed && matches!(text.at(at + 1), b'-' | b':') {
            at = line_end(text, at) + 1;
            continue;
        }
        let mut end = at + usize::from(framed);
        while values.len() <= kinds.len() {
            let (value, after) = field(text, end, separator, b'\n');
            values.push(value);
            end = after;
            if text.at(end) != separator {
                break;
            }
            end += 1;
            if framed && matches!(text.at(end), b'\n' | b'\r' | 0) {
                break;
            }
        }
        if values.len() != kinds.len() {
            return;
        }
        add(text, kinds, &values, found);
        at = line_end(text, end) + 1;
    }
}

fn line_end(text: Text<'_>, at: usize) -> usize {
    memchr::memchr(b'\n', &text.bytes()[at..]).map_or(text.len(), |n| at + n)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inserted(text: &str) -> Vec<&str> {
        let at = text.find("VALUES").unwrap();
        let mut found = Vec::new();
        insert(Text::new(text), at..at + 6, &Names::new(), &mut found);
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
            ("(id, count) VALUES (1, 'many')", &[]),
            ("(nom, id) VALUES ('a')", &[]),
            ("VALUES ('a')", &[]),
        ] {
            assert_eq!(inserted(text), values, "{text}");
        }
    }

    #[test]
    fn a_header_names_its_columns() {
        let found = |text: &'static str| -> Vec<&str> {
            let mut found = Vec::new();
            with_header(Text::new(text), &Names::new(), &mut found);
            found.into_iter().map(|finding| &text[finding.range]).collect()
        };
        assert_eq!(found("id;nom;ville\n1;Dupont;Lyon\n2;\"Du;val\";Pau\n"), ["Dupont", "Du;val"]);
        assert_eq!(found("import:\nemail,Geburtsdatum\nx,1.2.1980\nend"), ["x", "1.2.1980"]);
        assert_eq!(
            found("| Nom | Zone |\n|---|---|\n| Dupont | B |\n| Petit | C |\n"),
            ["Dupont", "Petit"]
        );
        assert_eq!(found("client;tva;total\nACME;20;4\n"), [""; 0]);
        assert_eq!(found("a,b\n1,2"), [""; 0]);
        assert_eq!(found("Caused by: x, y\nname, z"), [""; 0]);
    }
}
