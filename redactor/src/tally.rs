//! What the gate took away, by kind: no drop without a name and a count.

/// Something the gate counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Count {
    /// Values under a secret's name, path segments that are keys: gone, sealed nowhere.
    Secret,
    /// Texts in which the detector replaced something.
    Masked,
    /// Texts that could not be examined within the budget: gone, as they may hold a password.
    Unscanned,
    /// Fields not sealed because a rule drops the person.
    PersonDropped,
    /// Fields of proxy lines not sealed because no person is known.
    NoPerson,
    /// Posted field paths and texts beyond what the clear part holds.
    OverLimit,
    /// Bytes cut from values so that the event fits.
    BytesCut,
    /// Events that left without their personal part because no key could be published.
    NoKey,
    /// Tenants that are not on the list.
    Tenant,
    /// Client addresses that are none.
    Address,
    /// Request ids replaced.
    RequestId,
    /// Claimed identities over the hourly limit.
    Claimed,
    /// Records that made the gate fail: nothing of them is kept.
    Panic,
}

impl Count {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::Secret,
        Self::Masked,
        Self::Unscanned,
        Self::PersonDropped,
        Self::NoPerson,
        Self::OverLimit,
        Self::BytesCut,
        Self::NoKey,
        Self::Tenant,
        Self::Address,
        Self::RequestId,
        Self::Claimed,
        Self::Panic,
    ];

    /// The label in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Masked => "masked",
            Self::Unscanned => "unscanned",
            Self::PersonDropped => "person_dropped",
            Self::NoPerson => "no_person",
            Self::OverLimit => "over_limit",
            Self::BytesCut => "bytes_cut",
            Self::NoKey => "no_key",
            Self::Tenant => "tenant",
            Self::Address => "address",
            Self::RequestId => "request_id",
            Self::Claimed => "claimed",
            Self::Panic => "panic",
        }
    }
}

/// Counts since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally([u64; Count::ALL.len()]);

impl Tally {
    /// How many of one kind.
    #[must_use]
    pub fn get(&self, count: Count) -> u64 {
        self.0[count as usize]
    }

    /// Every kind with its number.
    pub fn iter(&self) -> impl Iterator<Item = (Count, u64)> {
        Count::ALL.into_iter().zip(self.0)
    }

    pub(crate) fn add(&mut self, count: Count, n: u64) {
        self.0[count as usize] = self.0[count as usize].saturating_add(n);
    }
}
