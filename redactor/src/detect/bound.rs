//! Parameters that stand before their statement, as Entity Framework Core logs them: `[Parameters=[@p0='…' (Size = 100)],
//! …] INSERT INTO [Guests] ([LastName]) VALUES (@p0)`.
//!
//! Invariant: a parameter is what the column is that it is assigned to, compared with, or listed for. Place on the
//! path: a beginning that [`literal`](super::literal) looks for.

use super::Found;
use super::names::Names;
use super::statement::{column, columns};
use super::table::{MOST, add};
use super::text::{Text, Work, is_word};
use super::value::quoted;

/// Bytes of a statement that are read.
const LONGEST: usize = 2048;

/// Appends the values of the list of parameters that begins at `start`.
pub(super) fn before_statement(
    text: Text<'_>,
    start: usize,
    names: &Names,
    work: &mut Work,
    found: &mut Found,
) {
    let (mut parameters, mut values, mut at) = (Vec::new(), Vec::new(), start);
    while text.at(at) == b'@' && values.len() < MOST {
        let end = text.run_within(at + 1, 64, is_word);
        if text.at(end) != b'=' || text.at(end + 1) != b'\'' {
            return;
        }
        let value = quoted(text, end + 2, b'\'', 0);
        parameters.push(text.slice(at..end));
        at = text.run_within(value.end, 128, |byte| !matches!(byte, b',' | b']'));
        values.push(value);
        at += if text.at(at) == b',' { 2 } else { 0 };
    }
    let stop = text.floor(text.len().min(at + LONGEST));
    work.spend(stop.saturating_sub(start));
    let mut kinds = vec![None; values.len()];
    let listed = text.slice(at.min(stop)..stop).find("VALUES (").map(|keyword| at + keyword);
    let listing = listed.and_then(|keyword| columns(text, keyword, names)).unwrap_or_default();
    let mut place = 0;
    for mark in memchr::memchr_iter(b'@', &text.bytes()[at.min(stop)..stop]) {
        let mark = at + mark;
        let name = text.slice(mark..text.run_within(mark + 1, 64, is_word));
        let kind = if listed.is_some_and(|keyword| mark > keyword) && !listing.is_empty() {
            place += 1;
            listing[(place - 1) % listing.len()]
        } else {
            names.kind(column(text, mark))
        };
        if let Some(n) = parameters.iter().position(|parameter| *parameter == name) {
            kinds[n] = kinds[n].or(kind);
        }
    }
    add(text, &kinds, &values, found);
}

#[cfg(test)]
mod tests {
    use super::super::tests::masked;

    #[test]
    fn the_columns_behind_name_the_parameters() {
        for (text, clear) in [
            (
                "[Parameters=[@p0='Xyl' (Size = 9), @p1='4', @p2='Qwer' (Size = 9)], CommandType='Text']\n\
                 INSERT INTO [G] ([LastName], [Zone], [FirstName]) VALUES (@p0, @p1, @p2);",
                "[Parameters=[@p0='<name>' (Size = 9), @p1='4', @p2='<name>' (Size = 9)], CommandType='Text']\n\
                 INSERT INTO [G] ([LastName], [Zone], [FirstName]) VALUES (@p0, @p1, @p2);",
            ),
            (
                "[Parameters=[@p1='7', @p0='Xyl' (Size = 9)]] UPDATE [G] SET [LastName] = @p0 WHERE [Id] = @p1;",
                "[Parameters=[@p1='7', @p0='<name>' (Size = 9)]] UPDATE [G] SET [LastName] = @p0 WHERE [Id] = @p1;",
            ),
        ] {
            assert_eq!(masked(text), clear);
        }
        let other = "[Parameters=[@p0='Open' (Size = 9)]] UPDATE [G] SET [Status] = @p0;";
        assert_eq!(masked(other), other);
    }
}
