//! JSON as bytes: strings with the fewest escapes (RFC 8259), and the check of a number's form.
//!
//! Invariant: whatever text comes in, what is written is one valid JSON token. Place on the path: the lowest
//! layer of the event writer.

/// Appends `text` as a JSON string.
pub(crate) fn text(text: &str, out: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    out.reserve(rest.len() + 2);
    out.push(b'"');
    loop {
        let (clean, after) = rest.split_at(clean_len(rest));
        out.extend_from_slice(clean);
        let [byte, after @ ..] = after else { break };
        escape(*byte, out);
        rest = after;
    }
    out.push(b'"');
}

/// Bytes before the first that is escaped; blocks without one are passed over whole.
fn clean_len(bytes: &[u8]) -> usize {
    let mut at = 0;
    for block in bytes.as_chunks::<BLOCK>().0 {
        if !is_clean(block) {
            break;
        }
        at += block.len();
    }
    let rest = &bytes[at..];
    // What is left is the end of one more block, or of two small ones: their bytes may overlap.
    let half = |rest: &[u8]| {
        let ends = rest.first_chunk::<8>().zip(rest.last_chunk::<8>());
        ends.is_some_and(|(first, last)| is_clean(first) && is_clean(last))
    };
    let clean = match at {
        0 => rest.len() < BLOCK && half(rest),
        _ => rest.len() < BLOCK && bytes.last_chunk::<BLOCK>().is_some_and(is_clean),
    };
    if clean {
        return bytes.len();
    }
    at + rest.iter().position(|byte| WIDTH[usize::from(*byte)] != 1).unwrap_or(rest.len())
}

/// Bytes the processor looks at in one go.
const BLOCK: usize = 16;

fn is_clean<const N: usize>(block: &[u8; N]) -> bool {
    let escaped = |byte: u8| u8::from(byte < 0x20 || byte == b'"' || byte == b'\\');
    block.iter().fold(0, |any, byte| any | escaped(*byte)) == 0
}

/// [`width`] of every byte.
static WIDTH: [u8; 256] = {
    let mut all = [1; 256];
    let mut byte = 0;
    while byte < 0x80 {
        all[byte as usize] = width(byte);
        byte += 1;
    }
    all
};

fn escape(byte: u8, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let short = match byte {
        b'"' | b'\\' => byte,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0c => b'f',
        _ => {
            out.extend_from_slice(b"\\u00");
            out.extend([byte >> 4, byte & 15].map(|nibble| HEX[usize::from(nibble)]));
            return;
        }
    };
    out.extend([b'\\', short]);
}

/// Bytes one byte of text takes inside a JSON string.
const fn width(byte: u8) -> u8 {
    match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 2,
        0..0x20 => 6,
        _ => 1,
    }
}

/// Bytes `text` takes as a JSON string at most.
pub(crate) const fn most(text: &str) -> usize {
    6 * text.len() + 2
}

/// Bytes `text` takes inside a JSON string, without the quotes.
pub(crate) fn escaped_len(text: &str) -> usize {
    text.bytes().map(|byte| usize::from(width(byte))).sum()
}

/// The longest prefix of `text` that takes at most `max` bytes inside a JSON string.
pub(crate) fn prefix(text: &str, max: usize) -> &str {
    let mut room = max;
    for (at, byte) in text.bytes().enumerate() {
        match room.checked_sub(width(byte).into()) {
            Some(left) => room = left,
            None => return &text[..text.floor_char_boundary(at)],
        }
    }
    text
}

/// True when `token` is a JSON number.
pub(crate) fn is_number(token: &str) -> bool {
    fn digits(text: &[u8]) -> Option<&[u8]> {
        let n = text.iter().take_while(|b| b.is_ascii_digit()).count();
        (n > 0).then(|| &text[n..])
    }
    fn whole(token: &[u8]) -> Option<bool> {
        let token = token.strip_prefix(b"-").unwrap_or(token);
        let mut rest = match token.strip_prefix(b"0") {
            Some(rest) => rest,
            None => digits(token)?,
        };
        if let Some(fraction) = rest.strip_prefix(b".") {
            rest = digits(fraction)?;
        }
        if let [b'e' | b'E', exponent @ ..] = rest {
            rest = digits(match exponent {
                [b'+' | b'-', power @ ..] => power,
                power => power,
            })?;
        }
        Some(rest.is_empty())
    }
    whole(token.as_bytes()) == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_reads_back(original: String) {
            let mut out = Vec::new();
            text(&original, &mut out);
            prop_assert_eq!(out.len(), escaped_len(&original) + 2);
            prop_assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), original);
        }

        #[test]
        fn a_prefix_fits_and_is_the_longest(original: String, max in 0usize..64) {
            let cut = prefix(&original, max);
            prop_assert!(original.starts_with(cut) && escaped_len(cut) <= max);
            if let Some(next) = original[cut.len()..].chars().next() {
                let longer = [cut, &next.to_string()].concat();
                prop_assert!(escaped_len(&longer) > max);
            }
        }

        #[test]
        fn numbers_are_what_a_parser_takes(token in "-?[0-9]{0,3}(\\.[0-9]{0,2})?([eE][+-]?[0-9]{0,1})?") {
            let parsed = serde_json::from_str::<&serde_json::value::RawValue>(&token);
            prop_assert_eq!(is_number(&token), parsed.is_ok());
        }
    }

    #[test]
    fn every_control_character_is_escaped() {
        let all: String = (0..0x80u8).map(char::from).collect();
        let mut out = Vec::new();
        text(&all, &mut out);
        assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), all);
        assert!(out.iter().all(|byte| *byte >= 0x20));
    }
}
