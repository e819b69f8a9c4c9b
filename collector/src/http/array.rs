//! The elements of a JSON array, each as a line of its own.
//!
//! Invariant: only brackets, commas and strings are looked at; what stands between two commas is for the
//! decoder to judge, so that one bad element does not spoil the others.

use crate::Frame;
use crate::framing::frame;
use std::ops::Range;

/// The elements; `None` when the text is not one array with something between any two commas.
pub(crate) fn elements(bytes: &[u8]) -> Option<Vec<Frame>> {
    let open = bytes.iter().position(|byte| !byte.is_ascii_whitespace())?;
    let (mut at, mut start, mut depth) = (open + 1, open + 1, 0_usize);
    let mut frames = Vec::new();
    if bytes[open] != b'[' {
        return None;
    }
    loop {
        match bytes.get(at)? {
            b'"' => at = closing_quote(bytes, at + 1)?,
            b'{' | b'[' => depth += 1,
            b',' if depth == 0 => {
                frames.push(element(bytes, start..at)?);
                start = at + 1;
            }
            b']' if depth == 0 => break,
            b'}' | b']' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        at += 1;
    }
    match element(bytes, start..at) {
        Some(last) => frames.push(last),
        None if frames.is_empty() => {}
        None => return None,
    }
    bytes[at + 1..].trim_ascii().is_empty().then_some(frames)
}

fn closing_quote(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// The frame of an element without the white space around it.
fn element(bytes: &[u8], range: Range<usize>) -> Option<Frame> {
    let start = range.end - bytes[range.clone()].trim_ascii_start().len();
    let end = range.start + bytes[range.clone()].trim_ascii_end().len();
    frame(bytes, start..end.max(start), None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(text: &str) -> Option<Vec<&str>> {
        Some(elements(text.as_bytes())?.into_iter().map(|frame| &text[frame.range]).collect())
    }

    #[test]
    fn elements_stand_between_top_level_commas() {
        let text = " [ {\"a\":[1,2],\"s\":\"],\\\"{\"} ,\n 2,[ ] ,\"x\" ]\n";
        let expected = ["{\"a\":[1,2],\"s\":\"],\\\"{\"}", "2", "[ ]", "\"x\""];
        assert_eq!(split(text).expect("an array"), expected);
        assert_eq!(split("[]"), Some(vec![]));
        assert_eq!(split(" [ \n] "), Some(vec![]));
        assert_eq!(split("[{bad},{\"a\":1}]"), Some(vec!["{bad}", "{\"a\":1}"]));
    }

    #[test]
    fn what_is_no_whole_array() {
        for text in ["", "{}", "[", "[1", "[1,]", "[,1]", "[1]]", "[1] 2", "[}", "[\"]", "[\"\\"] {
            assert_eq!(split(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_array_of_anything_falls_into_its_elements(texts: Vec<String>, numbers: Vec<i32>) {
            let item = |text: &String| serde_json::json!({ "t": text, "n": [numbers, text] }).to_string();
            let items: Vec<_> = texts.iter().map(item).collect();
            let body = format!("[{}]", items.join(" ,"));
            prop_assert_eq!(split(&body).expect("an array"), items);
        }

        #[test]
        fn never_panics(text in "[\\[\\]{},\"\\\\a ]{0,20}", bytes: Vec<u8>) {
            drop((elements(text.as_bytes()), elements(&bytes)));
        }
    }
}
