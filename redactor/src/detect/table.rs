//! Tables with a header line: values whose names stand above them.
//!
//! Invariant: names and values are matched by place, and only where there are as many of one as of the other.
//! Place on the path: once for each view with lines, before its candidates.

use super::examine::{entity, looks_like};
use super::keyed;
use super::names::{Kind, Names};
use super::text::Text;
use super::{Finding, Found, Rule, statement};
use std::ops::Range;

/// Columns looked at.
pub(super) const MOST: usize = 64;
/// Lines among which a header is looked for.
const HEADERS: usize = 16;

/// The name of a column without what stands in brackets: `Name (Person)`.
fn bare(column: &str) -> &str {
    column.split_once(" (").map_or(column, |(name, _)| name)
}

/// What the name of a column says; `uid` is that of a login in a table.
fn kind(column: &str, names: &Names) -> Option<Kind> {
    let is_login = || column.trim_matches(['`', '"', ' ']) == "uid";
    names.kind(column).or_else(|| is_login().then_some(Kind::Login))
}

/// What each name says; `None` if none says anything.
pub(super) fn kinds<'n>(
    columns: impl Iterator<Item = &'n str>,
    names: &Names,
) -> Option<Vec<Option<Kind>>> {
    let kinds: Vec<_> = columns.take(MOST).map(|column| kind(bare(column), names)).collect();
    kinds.iter().any(Option::is_some).then_some(kinds)
}

/// The field at `start`, without its quotes, and where it ends: at `separator`, `close` or the end of the line.
pub(super) fn field(
    text: Text<'_>,
    start: usize,
    separator: u8,
    close: u8,
) -> (Range<usize>, usize) {
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
pub(super) fn add(
    text: Text<'_>,
    columns: &[Option<Kind>],
    values: &[Range<usize>],
    found: &mut Found,
) {
    if columns.len() != values.len() {
        return;
    }
    for (kind, value) in columns.iter().zip(values) {
        let fits = |kind: &Kind| {
            value.start < value.end
                && !statement::is_bound(text.slice(value.clone()))
                && keyed::is_value(text, value, *kind)
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
        at = match header(text.slice(at..end), names) {
            Some((separator, kinds)) => {
                rows(text, end + 1, separator, &kinds, found).min(text.len())
            }
            None => end + 1,
        };
    }
}

/// The separator of a header line, and what its columns are: short names, one of them telling.
fn header(line: &str, names: &Names) -> Option<(u8, Vec<Option<Kind>>)> {
    let is_name = |name: &str| {
        let inside = |char: char| char.is_alphanumeric() || " _-./\"'’°º#*()".contains(char);
        let name = name.trim();
        !name.is_empty()
            && name.len() <= 48
            && name.chars().all(inside)
            && name.contains(char::is_alphabetic)
    };
    if let Some(columns) = line.strip_prefix("#Fields: ") {
        return Some((b' ', kinds(columns.split_ascii_whitespace(), names)?)); // extended log files of the W3C
    }
    let line = line.strip_prefix("#fields\t").unwrap_or(line); // Zeek
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

/// Appends the fields of the lines from `at` on, as long as they have as many as there are columns. Where the next
/// line begins.
pub(super) fn rows(
    text: Text<'_>,
    mut at: usize,
    separator: u8,
    kinds: &[Option<Kind>],
    found: &mut Found,
) -> usize {
    while at < text.len() {
        let mut values = Vec::with_capacity(kinds.len());
        let framed = separator == b'|' && text.at(at) == b'|'; // a table of Markdown
        let ruled = framed && matches!(text.at(at + 1), b'-' | b':');
        if ruled || text.at(at) == b'#' {
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
            break;
        }
        add(text, kinds, &values, found);
        at = line_end(text, end) + 1;
    }
    at
}

fn line_end(text: Text<'_>, at: usize) -> usize {
    memchr::memchr(b'\n', &text.bytes()[at..]).map_or(text.len(), |n| at + n)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(
            found("2 files\nNom (usuel);N° de poste;Zone\nQwert;4;B\n\nid|email\n7|x\n"),
            ["Qwert", "x"]
        );
        assert_eq!(
            found(
                "#Version: 1.0\n#Fields: date cs-username c-ip\n2025-03-18 qwertx 192.0.2.1\n#Date: x\n2025-03-18 - 192.0.2.1\n"
            ),
            ["qwertx"]
        );
        assert_eq!(found("client;tva;total\nACME;20;4\n"), [""; 0]);
        assert_eq!(found("a,b\n1,2"), [""; 0]);
        assert_eq!(found("Caused by: x, y\nname, z"), [""; 0]);
    }
}
