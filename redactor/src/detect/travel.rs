//! Passengers in a booking as airlines write it: their names (`1.OTT/UNA MRS`), and the document of `SSR DOCS`.
//!
//! Invariant: a name has a given one in it, a document its kind and its country before it. Place on the path: asked by
//! `examine` for a number with a dot behind it, and a beginning that [`literal`](super::literal) looks for.

use super::given::is_given;
use super::person::word_end;
use super::text::Text;
use std::ops::Range;

/// Bytes of the document's part of a line.
const LONGEST: usize = 160;

/// The name behind the dot at `dot`, which numbers a passenger.
pub(super) fn passenger(text: Text<'_>, dot: usize) -> Option<Range<usize>> {
    let start = dot + 1;
    if !text.at(start).is_ascii_uppercase() && text.at(start) < 0x80 {
        return None;
    }
    let slash = word_end(text, start);
    let end = word_end(text, slash + 1);
    let (family, given) = (text.slice(start..slash), text.slice(slash + 1..end));
    let named = family.chars().count() >= 2 && given.starts_with(char::is_uppercase);
    let ends = matches!(text.at(end), 0 | b' ' | b'\n' | b'\r' | b'(');
    (text.at(slash) == b'/' && named && ends && is_given(given)).then_some(start..end)
}

/// From the number of the document to the end of the line: `DOCS LH HK1/P/DEU/C01X00T47/DEU/12AUG64/F/…/OTT/UNA`.
pub(super) fn document(text: Text<'_>, start: usize) -> Option<Range<usize>> {
    let end = text.floor(
        text.run_within(start, LONGEST, |byte| !matches!(byte, b'\n' | b'\r' | b'"' | b'\\')),
    );
    let line = text.slice(start..end);
    let mut parts = line.splitn(4, '/');
    let (status, kind, country, rest) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let upper = |part: &str| part.bytes().all(|byte| byte.is_ascii_uppercase());
    let fits = status.len() <= 12
        && kind.len() == 1
        && upper(kind)
        && country.len() == 3
        && upper(country);
    let number = rest.split('/').next()?;
    let numbered = number.len() >= 5 && number.bytes().any(|byte| byte.is_ascii_digit());
    (fits && numbered).then(|| end - rest.len()..end)
}

#[cfg(test)]
mod tests {
    use super::super::tests::masked;

    #[test]
    fn a_booking_loses_its_passengers() {
        for (text, clear) in [
            ("1.XYL/SABINE MRS\n2.QWER/WOUTER", "1.<name>\n2.<name>"),
            ("SSR DOCS LH HK1/P/DEU/C01X00T47/DEU/12AUG64/F", "SSR DOCS LH HK1/P/DEU/<id>"),
        ] {
            assert_eq!(masked(text), clear);
        }
        for text in ["1.Input/Output done", "DOCS a/b/c/d", "see DOCS in x/P/DEU/readme"] {
            assert_eq!(masked(text), text);
        }
    }
}
