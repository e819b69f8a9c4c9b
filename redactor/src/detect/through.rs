//! Finds words of somebody else's choosing in a text and in all that is encoded in it.
//!
//! Invariant: the same views as the scanner's own, plus one without accents; what is found in a view is mapped
//! to the whole encoded run. Place on the path: asked by `known`, after the scanner has masked the text.

use super::shape::Shape;
use super::view::{Builder, View};
use super::{DEEPEST, packed, unescape};
use std::ops::Range;
use unicode_normalization::char::decompose_canonical;

/// A range on character borders, and what was found there.
pub(crate) type Hit<T> = (Range<usize>, T);

/// True if `text` has no other views: nothing in it can be encoded.
pub(crate) fn is_plain(text: &str) -> bool {
    let shape = Shape::of(text);
    let mut plain = !shape.encoded() && !shape.equals();
    if plain && shape.packed(packed::SHORTEST_KNOWN) {
        packed::each_text(text, &shape, packed::SHORTEST_KNOWN, |_| false, |_, _| plain = false);
    }
    plain
}

/// What `find` finds in `text` and its views, in no order, overlapping.
pub(crate) fn through_views<T: Copy>(
    text: &str,
    find: &impl Fn(&str, &mut Vec<Hit<T>>),
) -> Vec<Hit<T>> {
    let mut found = Vec::new();
    look(text, DEEPEST, find, &mut found);
    found
}

fn look<T: Copy>(
    text: &str,
    deeper: u8,
    find: &impl Fn(&str, &mut Vec<Hit<T>>),
    found: &mut Vec<Hit<T>>,
) {
    find(text, found);
    if !text.is_ascii()
        && let Some(view) = without_accents(text)
    {
        mapped(&view, found, |text, found| find(text, found));
    }
    let Some(deeper) = deeper.checked_sub(1) else { return };
    let shape = Shape::of(text);
    packed::each_text(
        text,
        &shape,
        packed::SHORTEST_KNOWN,
        |_| false,
        |token, inside| {
            let mut within = Vec::new();
            look(inside, deeper, find, &mut within);
            found.extend(within.first().map(|(_, what)| (token, *what)));
        },
    );
    let unescaped = shape.encoded().then(|| unescape::unescape(text)).flatten();
    let quoted = shape.equals().then(|| unescape::quoted_printable(text)).flatten();
    for view in [unescaped, quoted].into_iter().flatten() {
        mapped(&view, found, |text, found| look(text, deeper, find, found));
    }
}

/// What `look` finds in `view`, mapped to its source.
fn mapped<T>(view: &View, found: &mut Vec<Hit<T>>, look: impl FnOnce(&str, &mut Vec<Hit<T>>)) {
    let first = found.len();
    look(view.text(), found);
    for (range, _) in &mut found[first..] {
        *range = view.source(range.clone());
    }
}

/// `text` with Latin letters as they are without their marks, `ß` as `s`.
fn without_accents(text: &str) -> Option<View> {
    let mut builder = Builder::new(text);
    for (at, char) in text.char_indices().filter(|(_, char)| !char.is_ascii()) {
        let plain = without_accent(char);
        if plain != Some(char) {
            builder.replace(at..at + char.len_utf8(), plain);
        }
    }
    builder.finish()
}

/// The letter without its mark; none for a mark that stands alone.
pub(crate) fn without_accent(char: char) -> Option<char> {
    match char {
        'ß' | 'ẞ' => return Some('s'),
        'ø' => return Some('o'),
        'Ø' => return Some('O'),
        'ł' => return Some('l'),
        'Ł' => return Some('L'),
        'đ' => return Some('d'),
        'ı' => return Some('i'),
        'ʼ' | '’' => return Some('\''),
        '\u{300}'..='\u{36f}' => return None,
        _ => {}
    }
    let mut base = None;
    decompose_canonical(char, |part| base = base.or(Some(part)));
    base.or(Some(char))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_whatever_it_is_wrapped_in() {
        let find = |text: &str, found: &mut Vec<Hit<()>>| {
            let hits = text.match_indices("helene");
            found.extend(hits.map(|(at, hit)| (at..at + hit.len(), ())));
        };
        for (text, what) in [
            ("x helene y", "helene"),
            ("x hélène y", "hélène"),
            ("x he\u{301}le\u{300}ne y", "he\u{301}le\u{300}ne"),
            ("q=h%C3%A9l%C3%A8ne&x", "h%C3%A9l%C3%A8ne"),
            (r"h\u00e9l\u00e8ne", r"h\u00e9l\u00e8ne"),
            ("h&#233;l&#232;ne", "h&#233;l&#232;ne"),
            ("state=cT1ow6lsw6huZSBvaw==", "cT1ow6lsw6huZSBvaw=="),
            ("he\u{200b}lene", "he\u{200b}lene"),
        ] {
            let found = through_views(text, &find);
            assert!(
                found.iter().any(|(range, ())| &text[range.clone()] == what),
                "{text}: {found:?}"
            );
        }
    }
}
