//! Session rows and key rows, as JSON and as the store's columns.
//!
//! Invariant: a row holds wrapped keys and ciphertext only; it is safe in the spool and in the store.
//! `docs/formats/seal.md`, "Rows".

use crate::{Class, Kid, SUITE};
use serde::{Deserialize, Serialize};

mod json;

pub(crate) use json::text;
use json::{commitments, per_class};

const DAY: i64 = 86_400;

/// A row that is not one: damaged, or of a later version.
#[derive(Debug, thiserror::Error)]
pub enum RowError {
    /// Not the JSON of a row.
    #[error("not a row (line {line}, column {column} of its JSON)")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// A suite this version does not know.
    #[error("the row is of suite {0:#04x}, this version knows 0x11")]
    Suite(u8),
    /// A wrap that is not 48 bytes, or an unknown class.
    #[error("a row with a field of the wrong size")]
    Shape,
}

/// One wrap session: a KEM ciphertext that many key rows share (SEAL1 "session row").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionRow {
    /// `SHA-256(enc)[0..12]`.
    #[serde(with = "text")]
    pub ws: [u8; 12],
    /// The writer's boot.
    #[serde(with = "text")]
    pub writer: [u8; 8],
    /// Label of the recipient: a tenant, or `*`.
    pub tenant: String,
    /// Retention, days.
    pub ret: u16,
    /// Data class: 1, 2, 3 or 15.
    pub class: u8,
    /// Epoch: week since 1970.
    pub epoch: u16,
    /// Suite, 0x11.
    pub suite: u8,
    /// Encapsulated key (RFC 9180).
    #[serde(with = "text")]
    pub enc: [u8; 32],
    /// Unix seconds.
    pub created: i64,
    /// Unix seconds; informative, readers recompute it.
    pub expires: i64,
}

/// A wrapped value: which session, which step of it, ciphertext and tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrapped {
    /// The session.
    pub ws: [u8; 12],
    /// Step of the session's ratchet, from 0.
    pub q: u32,
    /// Ciphertext and tag.
    pub bytes: Vec<u8>,
}

/// One key row: the wrapped secrets of one person, day, retention and writer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRow {
    /// Key id.
    #[serde(with = "text")]
    pub kid: Kid,
    /// Tenant, `-` when there is none.
    pub tenant: String,
    /// Retention, days.
    pub ret: u16,
    /// Day of sealing: days since 1970-01-01 UTC.
    pub day: u16,
    /// The writer's boot.
    #[serde(with = "text")]
    pub writer: [u8; 8],
    /// Suite, 0x11.
    pub suite: u8,
    /// Commitments of the classes 1, 2, 3.
    #[serde(with = "commitments")]
    pub com: [[u8; 32]; 3],
    /// Wrapped secrets of the classes 1, 2, 3.
    #[serde(with = "per_class")]
    pub wrapped: [Wrapped; 3],
    /// Sealed identifiers, for the index; gone once indexed, never there for unattributed rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ix: Option<Wrapped>,
    /// True when the identity was only claimed (a failed login), not authenticated.
    pub claimed: bool,
    /// Unix seconds.
    pub created: i64,
    /// Unix seconds; informative, readers recompute it.
    pub expires: i64,
}

impl SessionRow {
    /// The row as one line of compact JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::line(self)
    }

    /// Reads a row back.
    ///
    /// # Errors
    /// When it is damaged or of another suite. Nothing in it is believed before a key has opened it.
    pub fn from_json(text: &str) -> Result<Self, RowError> {
        let row: Self = serde_json::from_str(text).map_err(RowError::from)?;
        row.checked()
    }

    pub(crate) fn checked(self) -> Result<Self, RowError> {
        match (self.suite, Class::from_number(self.class)) {
            (SUITE, Some(_)) => Ok(self),
            (SUITE, None) => Err(RowError::Shape),
            (other, _) => Err(RowError::Suite(other)),
        }
    }

    /// When sessions of this retention and epoch end, Unix seconds.
    #[must_use]
    pub fn expiry(ret: u16, epoch: u16) -> i64 {
        ((i64::from(epoch) + 1) * 7 + i64::from(ret) + 3) * DAY
    }
}

impl KeyRow {
    /// The row as one line of compact JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::line(self)
    }

    /// Reads a row back.
    ///
    /// # Errors
    /// When it is damaged or of another suite. Nothing in it is believed before a key has opened it.
    pub fn from_json(text: &str) -> Result<Self, RowError> {
        let row: Self = serde_json::from_str(text).map_err(RowError::from)?;
        row.checked()
    }

    pub(crate) fn checked(self) -> Result<Self, RowError> {
        if self.suite != SUITE {
            return Err(RowError::Suite(self.suite));
        }
        let sized = self.wrapped.iter().all(|wrapped| wrapped.bytes.len() == 48);
        if sized { Ok(self) } else { Err(RowError::Shape) }
    }

    /// When keys of this retention and day end, Unix seconds.
    #[must_use]
    pub fn expiry(ret: u16, day: u16) -> i64 {
        (i64::from(day) + 1 + i64::from(ret)) * DAY
    }
}

impl From<serde_json::Error> for RowError {
    // The text of a serde error may quote the input.
    fn from(error: serde_json::Error) -> Self {
        Self::Json { line: error.line(), column: error.column() }
    }
}

/// Rows in the order the store must take them: sessions first, then keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    /// New wrap sessions.
    pub sessions: Vec<SessionRow>,
    /// New key rows.
    pub keys: Vec<KeyRow>,
}

impl Rows {
    /// True when there is nothing to store.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sessions.is_empty() && self.keys.is_empty()
    }

    /// Adds later rows.
    pub fn append(&mut self, mut later: Self) {
        self.sessions.append(&mut later.sessions);
        self.keys.append(&mut later.keys);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key_row() -> KeyRow {
        let wrapped = |q| Wrapped { ws: [9; 12], q, bytes: vec![7; 48] };
        KeyRow {
            kid: [1; 16],
            tenant: "acme".into(),
            ret: 90,
            day: 20_779,
            writer: [2; 8],
            suite: SUITE,
            com: [[3; 32], [4; 32], [5; 32]],
            wrapped: [wrapped(0), wrapped(1), wrapped(2)],
            ix: Some(Wrapped { ws: [8; 12], q: 0, bytes: vec![6; 80] }),
            claimed: false,
            created: 1_795_293_161,
            expires: KeyRow::expiry(90, 20_779),
        }
    }

    #[test]
    fn a_row_is_one_line_with_the_names_of_the_format() {
        let json = key_row().to_json();
        assert!(json.starts_with(
            r#"{"kid":"AQEBAQEBAQEBAQEBAQEBAQ","tenant":"acme","ret":90,"day":20779,"#
        ));
        assert!(
            json.contains(r#""com":{"1":"AwMD"#) && json.contains(r#""ix":["CAgICAgICAgICAgI",0,"#)
        );
        assert_eq!(KeyRow::from_json(&json).unwrap(), key_row());
        let unattributed = KeyRow { ix: None, ..key_row() };
        assert!(!unattributed.to_json().contains("ix"));
        assert_eq!(KeyRow::from_json(&unattributed.to_json()).unwrap(), unattributed);
    }

    #[test]
    fn expiry_follows_the_formula() {
        assert_eq!(KeyRow::expiry(90, 20_779), 20_870 * 86_400);
        assert_eq!(SessionRow::expiry(90, 2_968), (2_969 * 7 + 93) * 86_400);
    }

    #[test]
    fn what_is_no_row_is_refused_without_being_quoted() {
        let mut other = key_row();
        other.suite = 0x12;
        assert!(matches!(KeyRow::from_json(&other.to_json()), Err(RowError::Suite(0x12))));
        let mut short = key_row();
        short.wrapped[1].bytes.pop();
        assert!(matches!(KeyRow::from_json(&short.to_json()), Err(RowError::Shape)));
        let error = SessionRow::from_json(r#"{"ws":"secret"}"#).unwrap_err().to_string();
        assert!(!error.contains("secret"), "{error}");
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in "\\PC{0,200}") {
            assert!(KeyRow::from_json(&text).is_err());
            assert!(SessionRow::from_json(&text).is_err());
        }

        #[test]
        fn a_session_row_reads_back(ws: [u8; 12], enc: [u8; 32], ret: u16, epoch: u16, created: i64) {
            let tenant = "*".to_owned();
            let expires = SessionRow::expiry(ret, epoch);
            let writer = [1; 8];
            let row = SessionRow { ws, writer, tenant, ret, class: 15, epoch, suite: SUITE, enc, created, expires };
            prop_assert_eq!(SessionRow::from_json(&row.to_json()).unwrap(), row);
        }
    }
}
