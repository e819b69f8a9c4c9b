//! The six streams an event can belong to.

/// A stream of events; one accepted line becomes one event in exactly one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Stream {
    /// Request lines.
    Requests = 1,
    /// Request lines with posted data, or of the back office.
    Audit = 2,
    /// The other records of a failed request.
    Errors = 3,
    /// Application records an `[[event]]` rule always keeps.
    Events = 4,
    /// Sessions of participants.
    Sessions = 5,
    /// greffier's own log: who searched, revealed, exported, and why.
    Access = 6,
}

impl Stream {
    /// Every stream, by number.
    pub const ALL: [Self; 6] =
        [Self::Requests, Self::Audit, Self::Errors, Self::Events, Self::Sessions, Self::Access];

    /// The name in events, archive folders and log groups.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Audit => "audit",
            Self::Errors => "errors",
            Self::Events => "events",
            Self::Sessions => "sessions",
            Self::Access => "access",
        }
    }

    /// The number in spool frames.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The stream of that number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|stream| stream.number() == number)
    }

    /// The stream of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stream| stream.name() == name)
    }
}
