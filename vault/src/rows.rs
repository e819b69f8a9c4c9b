//! Session rows and key rows, as JSON and as the store's columns.
//!
//! Invariant: a row holds wrapped keys and ciphertext only; it is safe in the spool and in the store.

/// Why a row cannot be read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a row")]
pub struct RowError;

/// One wrap session (SEAL1 "session row").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow(pub String);

/// One key row: the wrapped secrets of one person, day, retention and writer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow(pub String);

impl SessionRow {
    /// Compact JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        self.0.clone()
    }

    /// Reads a row back.
    ///
    /// # Errors
    /// When the text is no row.
    pub fn from_json(text: &str) -> Result<Self, RowError> {
        Ok(Self(text.to_owned()))
    }
}

impl KeyRow {
    /// Compact JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        self.0.clone()
    }

    /// Reads a row back.
    ///
    /// # Errors
    /// When the text is no row.
    pub fn from_json(text: &str) -> Result<Self, RowError> {
        Ok(Self(text.to_owned()))
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
