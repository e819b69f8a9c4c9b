//! Session rows and key rows, as JSON and as the store's columns.
//!
//! Invariant: a row holds wrapped keys and ciphertext only; it is safe in the spool and in the store.

/// One wrap session (SEAL1 "session row").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {}

/// One key row: the wrapped secrets of one person, day, retention and writer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Stand-in.
    pub kid: [u8; 16],
    /// Retention, days.
    pub ret: u16,
    /// Day of sealing.
    pub day: u16,
    /// Stand-in for the index entry.
    pub ids: String,
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
