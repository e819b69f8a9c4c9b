//! The fields of a query and how the value of each is read.
//!
//! Invariant: a message says what a good value looks like, never what the bad one was.

use super::lex::Term;
use super::{PersonKey, QueryError};
use crate::time::{parse_duration, parse_moment};
use greffier_sinks::Test;
use greffier_spool::Stream;
use std::ops::RangeInclusive;

/// PSR-3 levels, worst last.
const LEVELS: [&str; 8] =
    ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];

/// A field, by its name; [`Field::Text`] is a term without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Status,
    Route,
    Path,
    Method,
    Tenant,
    Stream,
    Level,
    Req,
    Src,
    Dur,
    Since,
    Until,
    Person(PersonKey),
    Text,
}

const FIELDS: [(&str, Field); 18] = [
    ("status", Field::Status),
    ("route", Field::Route),
    ("path", Field::Path),
    ("method", Field::Method),
    ("tenant", Field::Tenant),
    ("stream", Field::Stream),
    ("level", Field::Level),
    ("req", Field::Req),
    ("src", Field::Src),
    ("dur", Field::Dur),
    ("since", Field::Since),
    ("until", Field::Until),
    ("user", Field::Person(PersonKey::User)),
    ("email", Field::Person(PersonKey::Email)),
    ("phone", Field::Person(PersonKey::Phone)),
    ("name", Field::Person(PersonKey::Name)),
    ("fid", Field::Person(PersonKey::FrontEnd)),
    ("login", Field::Person(PersonKey::Login)),
];

/// What a term asks for.
pub(super) enum Meaning {
    Test(Test),
    Person(PersonKey, String),
    Stream(Stream),
    Since(i64),
    Until(i64),
}

impl Field {
    /// The field a term names.
    pub(super) fn of(term: &Term) -> Result<Self, QueryError> {
        let Some(name) = &term.field else {
            if term.value.contains('@') {
                return Err(term.error("nothing clear holds an e-mail address: use email:"));
            }
            return Ok(Self::Text);
        };
        if let Some((_, field)) = FIELDS.iter().find(|(known, _)| known == name) {
            return Ok(*field);
        }
        let near =
            FIELDS.iter().map(|(known, _)| (strsim::damerau_levenshtein(known, name), known));
        Err(term.error(match near.min() {
            Some((distance, known)) if distance <= 2 => {
                format!("no such field; did you mean {known}:?")
            }
            _ => "no such field; to search for text with a colon, put it in quotes".to_owned(),
        }))
    }

    /// Its name; free text has none.
    pub(super) fn name(self) -> Option<&'static str> {
        FIELDS.iter().find(|(_, field)| *field == self).map(|(name, _)| *name)
    }

    /// True when its values can name nobody, so that the access log may show them.
    pub(super) fn is_technical(self) -> bool {
        !matches!(self, Self::Person(_) | Self::Text | Self::Path | Self::Req)
    }

    /// Reads the term's value; the error says what it should look like.
    pub(super) fn read(self, term: &Term, now_ms: i64) -> Result<Meaning, &'static str> {
        let value = &term.value;
        let owned = || value.clone();
        let moment = || {
            parse_moment(value, now_ms)
                .ok_or("a time is 1h30m (ago), 2026-11-21, or 2026-11-21T14:02:00+01:00")
        };
        Ok(Meaning::Test(match self {
            Self::Status => Test::Status(
                status(value).ok_or("a status is 404, 5xx, or >=400")?,
            ),
            Self::Dur => Test::Took(took(value).ok_or("a duration is >500ms, >=2s, or <1m")?),
            Self::Level => Test::Level(levels(value).ok_or(
                "a level is debug, info, notice, warning, error, critical, alert, emergency, or >=warning",
            )?),
            Self::Src if matches!(&**value, "app" | "proxy") => Test::Src(owned()),
            Self::Src => return Err("src is app or proxy"),
            Self::Route => Test::Route(owned()),
            Self::Path => Test::Path(owned()),
            Self::Method => Test::Method(value.to_ascii_uppercase()),
            Self::Tenant => Test::Tenant(owned()),
            Self::Req => Test::Req(owned()),
            Self::Text => Test::Text(owned()),
            Self::Stream => {
                return Stream::from_name(value)
                    .map(Meaning::Stream)
                    .ok_or("a stream is requests, audit, errors, events, sessions, or access");
            }
            Self::Since => return moment().map(Meaning::Since),
            Self::Until => return moment().map(Meaning::Until),
            Self::Person(key) => return Ok(Meaning::Person(key, owned())),
        }))
    }
}

/// `404`, `5xx`, `50x`, `>=400`.
fn status(text: &str) -> Option<RangeInclusive<u16>> {
    let digits = text.trim_end_matches('x');
    let wild = text.len() - digits.len();
    if (1..=2).contains(&wild) && text.len() == 3 {
        let width = 10u16.pow(u32::try_from(wild).ok()?);
        let low = digits.parse::<u16>().ok()? * width;
        return Some(low..=low + width - 1);
    }
    let number = |text: &str| -> Option<u32> {
        let three = text.len() == 3 && text.bytes().all(|b| b.is_ascii_digit());
        three.then(|| text.parse().ok()).flatten()
    };
    let range = match compared(text, number) {
        Some(range) => range,
        None => number(text).map(|one| one..=one)?,
    };
    let narrow = |bound: u32| u16::try_from(bound).unwrap_or(u16::MAX);
    Some(narrow(*range.start())..=narrow(*range.end()))
}

/// `>500ms`, `<=2s`.
fn took(text: &str) -> Option<RangeInclusive<u32>> {
    compared(text, |text| u32::try_from(parse_duration(text)?).ok())
}

/// `error`, `>=warning`.
fn levels(text: &str) -> Option<Vec<&'static str>> {
    let (name, and_worse) = match text.strip_prefix(">=") {
        Some(name) => (name, true),
        None => (text, false),
    };
    let at = LEVELS.iter().position(|level| level.eq_ignore_ascii_case(name))?;
    Some(if and_worse { LEVELS[at..].to_vec() } else { vec![LEVELS[at]] })
}

/// A comparison as a range; `None` when there is no sign or the number is wrong.
fn compared(text: &str, number: impl Fn(&str) -> Option<u32>) -> Option<RangeInclusive<u32>> {
    let after = |sign: &str| text.strip_prefix(sign).map(&number);
    // The longer signs first: `>` would take `>=400` apart wrongly.
    if let Some(bound) = after(">=") {
        return Some(bound?..=u32::MAX);
    }
    if let Some(bound) = after("<=") {
        return Some(0..=bound?);
    }
    if let Some(bound) = after(">") {
        return Some(bound?.checked_add(1)?..=u32::MAX);
    }
    Some(0..=after("<")??.checked_sub(1)?)
}
