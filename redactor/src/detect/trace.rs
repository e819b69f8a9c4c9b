//! How a finding was made: by which rule, and through which encodings.
//!
//! Invariant: it holds no value and no key, only kinds; noted where the finding is made, so that an explanation
//! cannot differ from what happens. Place on the path: a few bytes beside each finding, read by `explain` only.

use super::packed;
use super::shape::Shape;
use super::{DEEPEST, Entity};
use std::ops::Range;

/// What made a finding one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// Its form alone.
    Form,
    /// Its form and its check digits.
    Check,
    /// How it begins, or what stands before it by a standard (`Bearer `, `/home/`).
    Prefix,
    /// The name of its field.
    Key,
    /// A word before it in a sentence.
    Cue,
    /// Its column, its card, the address beside it.
    Structure,
    /// The record says of its own person that it is theirs.
    Known,
    /// The operator's pattern.
    Operator,
    /// The budget was used up, or the encodings are too deep.
    Budget,
}

impl Rule {
    /// The rule in a few words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Check => "form and check digits",
            Self::Prefix => "prefix",
            Self::Key => "name of the field",
            Self::Cue => "word before it",
            Self::Structure => "structure",
            Self::Known => "the record's own person",
            Self::Operator => "[[privacy.entity]]",
            Self::Budget => "not examined",
        }
    }

    /// The usual rule for an entity: detectors that go by another one say so.
    const fn of(entity: Entity) -> Self {
        match entity {
            Entity::Unscanned => Self::Budget,
            Entity::Authorization | Entity::Jwt | Entity::Secret | Entity::HomePath => Self::Prefix,
            Entity::Card | Entity::Iban | Entity::Identity => Self::Check,
            Entity::Operator(_) => Self::Operator,
            Entity::UserInfo
            | Entity::Email
            | Entity::Ip
            | Entity::Phone
            | Entity::Position
            | Entity::Hardware => Self::Form,
            Entity::Birth | Entity::Plate => Self::Cue,
            Entity::Address | Entity::Name | Entity::Unnamed => Self::Structure,
        }
    }
}

/// An encoding that was undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Encoding {
    /// `%40`, `%u0040`.
    Percent,
    /// `\u0040`, `\x40`, `\"`.
    Escape,
    /// `&#64;`.
    Html,
    /// `=40`.
    QuotedPrintable,
    /// RFC 4648.
    Base64,
    /// Full-width forms, invisible characters, odd spaces, letters with accents.
    Unicode,
}

impl Encoding {
    /// The encoding in one word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Percent => "percent",
            Self::Escape => "escape",
            Self::Html => "html",
            Self::QuotedPrintable => "quoted-printable",
            Self::Base64 => "base64",
            Self::Unicode => "unicode",
        }
    }

    /// The encoding of which something stands in `text`, the first if there are several.
    pub(crate) fn in_text(text: &str) -> Option<Self> {
        let packed = || {
            let (shape, mut packed) = (Shape::of(text), None);
            let shortest = packed::SHORTEST_KNOWN;
            packed::each_text(
                text,
                &shape,
                shortest,
                |_| false,
                |_, _| packed = Some(Self::Base64),
            );
            packed
        };
        Self::in_escapes(text).or_else(packed)
    }

    /// As [`in_text`](Self::in_text), without a look into base64.
    fn in_escapes(text: &str) -> Option<Self> {
        let hex = |n: usize| text.as_bytes().get(n).is_some_and(u8::is_ascii_hexdigit);
        text.bytes().enumerate().find_map(|(n, byte)| match byte {
            b'%' if hex(n + 1) || text[n + 1..].starts_with('u') => Some(Self::Percent),
            b'\\' => Some(Self::Escape),
            b'&' if text[n..].contains(';') || text[n + 1..].starts_with('#') => Some(Self::Html),
            b'=' if hex(n + 1) && hex(n + 2) => Some(Self::QuotedPrintable),
            0x80.. => Some(Self::Unicode),
            _ => None,
        })
    }
}

/// How a finding was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trace {
    /// What made it one.
    pub rule: Rule,
    through: [Option<Encoding>; DEEPEST as usize + 1],
}

impl Trace {
    pub(super) const fn of(entity: Entity) -> Self {
        Self { rule: Rule::of(entity), through: [None; DEEPEST as usize + 1] }
    }

    /// What was undone to see it, the outermost first. None: it stands there as it is.
    pub fn through(&self) -> impl Iterator<Item = Encoding> {
        self.through.into_iter().rev().flatten()
    }

    /// How little it took: views it was found through, and the rule.
    pub(super) fn plainness(&self) -> (usize, Rule) {
        (self.through.iter().flatten().count(), self.rule)
    }

    /// It was found in what `encoding` hides.
    pub(super) fn inside(mut self, encoding: Encoding) -> Self {
        if let Some(free) = self.through.iter_mut().find(|encoding| encoding.is_none()) {
            *free = Some(encoding);
        }
        self
    }

    /// It was found at `range` of `text` when one level of its escapes was undone. What was undone may be the key
    /// before it.
    pub(super) fn unescaped(self, text: &str, range: &Range<usize>) -> Self {
        let near = text.floor_char_boundary(range.start.saturating_sub(NEAR));
        let own = Encoding::in_escapes(&text[range.clone()]);
        let key = || Encoding::in_escapes(&text[near..range.start]);
        self.inside(own.or_else(key).unwrap_or(Encoding::Escape))
    }
}

/// Bytes before a value in which its encoded key stands.
const NEAR: usize = 48;
