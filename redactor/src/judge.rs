//! What the detector says about short texts that come again and again: routes, roles, names of parameters.
//!
//! Invariant: a remembered verdict is the detector's own, which depends on the text alone. Place on the path:
//! between the rules of the clear part and the detector.

use crate::cache::Cache;
use crate::detect::{OperatorEntity, Scanner};
use crate::{charset, secrets};

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
    /// It has the form of a label, and nothing is found in it.
    pub(crate) stays_as_label: bool,
    /// It has the form of a name, and nothing is found in it.
    pub(crate) stays_as_name: bool,
    /// As a name: its value is a secret.
    pub(crate) secret: bool,
    /// As a name: its value is personal.
    pub(crate) personal: bool,
}

impl Judge {
    #[cfg(test)]
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    /// A judge who knows what the operator defined, too.
    pub(crate) fn with(operator: &[OperatorEntity]) -> Self {
        Self { scanner: Scanner::with(operator), known: Cache::new() }
    }

    /// The verdict on a label or a name.
    pub(crate) fn of(&mut self, text: &str) -> Verdict {
        let scanner = &self.scanner;
        let ask = || {
            let (label, name) = (charset::label(text), charset::name(text));
            let clean = (label || name) && scanner.is_clean(text);
            Verdict {
                stays_as_label: label && clean,
                stays_as_name: name && clean,
                secret: secrets::is_name(text, scanner),
                personal: scanner.personal_name(text),
            }
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
            ("page", (true, true, false, false)),
            ("content:812", (true, false, false, false)),
            ("user[password]", (false, false, true, false)),
            ("email", (true, true, false, true)),
            ("ada@example.org", (false, false, false, false)),
            ("203.0.113.7", (false, false, false, false)),
        ] {
            for _ in 0..2 {
                let verdict = judge.of(text);
                let stays = (verdict.stays_as_label, verdict.stays_as_name);
                let said = (stays.0, stays.1, verdict.secret, verdict.personal);
                assert_eq!(said, expected, "{text}");
            }
        }
    }
}
