//! Nothing an event says may act on the terminal of the person who reads it.
//!
//! Invariant: what leaves these functions holds no control character, no escape sequence, nothing that
//! reorders or hides text ("Trojan Source", CVE-2021-42574) and no line break; each such character is shown
//! as a visible escape instead. All that is printed of an event passes here, revealed values too. Place on the
//! path: the very end, between `render` and the screen.

use std::fmt::{self, Write as _};

/// Text of an event, written with visible escapes (`\n`, `\u{202e}`).
#[derive(Clone, Copy)]
pub struct Safe<'a>(pub &'a str);

impl fmt::Display for Safe<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                c if is_active(c) => write!(f, "\\u{{{:x}}}", u32::from(c))?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// JSON, with the characters JSON lets through but a terminal should not see as `\uXXXX`: the same value.
#[derive(Clone, Copy)]
pub struct SafeJson<'a>(pub &'a str);

impl fmt::Display for SafeJson<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                // Between tokens, where an escape would not be JSON.
                '\n' | '\r' | '\t' => f.write_char(' ')?,
                c if is_active(c) => {
                    c.encode_utf16(&mut [0; 2])
                        .iter()
                        .try_for_each(|unit| write!(f, "\\u{unit:04x}"))?;
                }
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// Characters that act on a terminal, reorder text, or are there without being seen.
fn is_active(c: char) -> bool {
    c.is_control() // C0, DEL, C1: among them ESC, CSI, OSC
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}'   // zero width, directional marks
            | '\u{2028}'..='\u{202e}'   // line and paragraph separator, embeddings and overrides
            | '\u{2060}'..='\u{206f}'   // invisible operators, isolates
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}') // tags, variation selectors
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_would_act_is_shown() {
        let hostile = "a\x1b[2J\u{9b}31m\u{202e}drow\u{2066}\r\nß漢\u{7f}";
        let shown = Safe(hostile).to_string();
        assert_eq!(shown, "a\\u{1b}[2J\\u{9b}31m\\u{202e}drow\\u{2066}\\r\\nß漢\\u{7f}");
    }

    #[test]
    fn json_keeps_its_value() {
        let json = "{\"a\":\"\u{202e}x\u{e0041}\u{9b}\"}";
        let shown = SafeJson(json).to_string();
        assert_eq!(shown, "{\"a\":\"\\u202ex\\udb40\\udc41\\u009b\"}");
        let values = [json, &shown].map(|j| serde_json::from_str::<serde_json::Value>(j).unwrap());
        assert_eq!(values[0], values[1]);
    }

    proptest! {
        #[test]
        fn nothing_active_ever_leaves(text in any::<String>()) {
            prop_assert!(!Safe(&text).to_string().chars().any(is_active));
            prop_assert!(!SafeJson(&text).to_string().chars().any(is_active));
        }
    }
}
