//! What becomes of each field of a line, without its value.
//!
//! Invariant: a fate is noted where the fate is decided, by the code that writes the event, so an explanation
//! cannot differ from what happens. Notes hold names and rules, never values.

use crate::charset;
use crate::detect::Encoding;
use greffier_vault::{Class, Role};

/// What became of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fate {
    /// The field's name or dotted path in the line; parts that could be personal are `{}`.
    pub field: String,
    /// What became of it.
    pub fate: Treatment,
    /// The rule that decided.
    pub rule: String,
}

/// What can become of a field, or of a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Treatment {
    /// In clear, wholly or in a reduced form.
    Clear {
        /// The event's key.
        as_: String,
    },
    /// Sealed.
    Sealed {
        /// Data class.
        class: Class,
        /// Whose.
        role: Role,
        /// Key inside the sealed object.
        key: String,
    },
    /// A part of it was found, and does not stay in clear.
    Found {
        /// What stands in its place.
        as_: String,
        /// Encodings that were undone to see it, the outermost first.
        through: Vec<&'static str>,
    },
    /// Nowhere.
    Dropped {
        /// Why.
        reason: String,
    },
}

/// Collects fates when somebody asked for them.
#[derive(Debug, Default)]
pub(crate) struct Notes(Option<Vec<Fate>>);

impl Notes {
    pub(crate) fn start(&mut self) {
        self.0 = Some(Vec::new());
    }

    pub(crate) fn finish(&mut self) -> Vec<Fate> {
        self.0.take().unwrap_or_default()
    }

    pub(crate) fn wanted(&self) -> bool {
        self.0.is_some()
    }

    #[inline]
    pub(crate) fn clear(&mut self, field: &str, as_: &str, rule: &str) {
        if self.wanted() {
            self.note(field, rule, || Treatment::Clear { as_: as_.to_owned() });
        }
    }

    pub(crate) fn dropped(&mut self, field: &str, reason: &str, rule: &str) {
        self.note(field, rule, || Treatment::Dropped { reason: reason.to_owned() });
    }

    pub(crate) fn sealed(&mut self, field: &str, place: (Class, Role), key: &str, rule: &str) {
        let (class, role) = place;
        self.note(field, rule, || Treatment::Sealed { class, role, key: key.to_owned() });
    }

    pub(crate) fn found(&mut self, field: &str, as_: &str, through: &[Encoding], rule: &str) {
        self.note(field, rule, || Treatment::Found {
            as_: as_.to_owned(),
            through: through.iter().map(|encoding| encoding.name()).collect(),
        });
    }

    #[cold]
    fn note(&mut self, field: &str, rule: &str, fate: impl FnOnce() -> Treatment) {
        if let Some(fates) = &mut self.0 {
            fates.push(Fate { field: cleaned(field), fate: fate(), rule: rule.to_owned() });
        }
    }
}

/// A dotted path whose parts are names, or `{}`.
fn cleaned(field: &str) -> String {
    let part = |part: &str| {
        let name = part.trim_end_matches("[]");
        let harmless = charset::name(name) || part.is_empty() || name == "(raw)" || name == "{}";
        if harmless { part.to_owned() } else { "{}".to_owned() }
    };
    field.split('.').map(part).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_only() {
        assert_eq!(cleaned("post.contacts[].email"), "post.contacts[].email");
        assert_eq!(cleaned("x.alice@example.org"), "x.{}.org");
    }
}
