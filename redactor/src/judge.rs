//! What the detector says about short texts that come again and again: routes, roles, names of parameters.
//!
//! Invariant: a remembered verdict is the detector's own, which depends on the text alone. Place on the path:
//! between the rules of the clear part and the detector.

use crate::cache::Cache;
use crate::detect::Scanner;
use crate::secrets;

/// Longer texts are no names; they are looked at each time.
const LONGEST: usize = 128;

/// The detector, and what it said before.
pub(crate) struct Judge {
    pub(crate) scanner: Scanner,
    known: Cache<Verdict>,
}

/// What a short text is.
#[derive(Clone, Copy)]
pub(crate) struct Verdict {
    /// Nothing is found in it.
    pub(crate) clean: bool,
    /// As a name: its value is a secret.
    pub(crate) secret: bool,
    /// As a name: its value is personal.
    pub(crate) personal: bool,
}

impl Judge {
    pub(crate) fn new() -> Self {
        Self { scanner: Scanner::new(), known: Cache::new() }
    }

    /// The verdict on a label or a name.
    pub(crate) fn of(&mut self, text: &str) -> Verdict {
        let scanner = &self.scanner;
        let ask = || Verdict {
            clean: scanner.is_clean(text),
            secret: secrets::is_name(text, scanner),
            personal: scanner.personal_name(text),
        };
        if text.len() > LONGEST { ask() } else { *self.known.of(text, ask) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_is_the_same_the_second_time() {
        let mut judge = Judge::new();
        for (text, expected) in [
            ("page", (true, false, false)),
            ("user[password]", (true, true, false)),
            ("email", (true, false, true)),
            ("ada@example.org", (false, false, false)),
        ] {
            for _ in 0..2 {
                let verdict = judge.of(text);
                let said = (verdict.clean, verdict.secret, verdict.personal);
                assert_eq!(said, expected, "{text}");
            }
        }
    }
}
