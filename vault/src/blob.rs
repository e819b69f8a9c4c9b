//! One sealed value of an event: header, padding, AES-256-GCM.
//!
//! Invariant: everything that says where a blob belongs (class, role, key id, record, tenant, stream,
//! version) is authenticated, so a blob moved elsewhere does not open. `docs/formats/seal.md`, "Blob".

use crate::primitives::{Secret, b64_into, gcm_seal, lp, pad_into};
use crate::ratchet::Ratchet;
use crate::{Kid, SUITE};

/// Version of the events this crate seals (`v`).
pub(crate) const EVENT_VERSION: u16 = 1;

/// Bytes before the ciphertext.
pub(crate) const HEADER: usize = 6;

/// What kind of data a key opens. Who may reveal what is decided by class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Class {
    /// Who: user id, e-mail, login, name, user agent.
    Identity = 1,
    /// From where: full address, user agent of a session.
    Network = 2,
    /// What was said: URL, message, posted values.
    Content = 3,
    /// The identifiers of a key row, for the reading side's index. Never the class of a blob.
    Index = 15,
}

impl Class {
    /// All four, in the order of their numbers.
    pub const ALL: [Self; 4] = [Self::Identity, Self::Network, Self::Content, Self::Index];

    /// The number in headers, rows and manifests.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The class with this number.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Identity),
            2 => Some(Self::Network),
            3 => Some(Self::Content),
            15 => Some(Self::Index),
            _ => None,
        }
    }

    /// Place among the three classes of a row; `None` for the index.
    pub(crate) const fn place(self) -> Option<usize> {
        match self {
            Self::Identity => Some(0),
            Self::Network => Some(1),
            Self::Content => Some(2),
            Self::Index => None,
        }
    }
}

/// Whose data a blob holds, seen from the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Role {
    /// The person the request is about (`k`, `p`).
    Subject = 0,
    /// Who acted (`ka`, `pa`).
    Actor = 1,
    /// Whom the action concerns (`kt`, `pt`).
    Target = 2,
    /// Nobody in particular: the tenant's hourly key (`ku`, `pu`).
    Unattributed = 3,
}

impl Role {
    /// The number in the header.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The role with this number.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Subject),
            1 => Some(Self::Actor),
            2 => Some(Self::Target),
            3 => Some(Self::Unattributed),
            _ => None,
        }
    }
}

/// The first six bytes of a blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) class: Class,
    pub(crate) role: Role,
    pub(crate) i: u16,
}

impl Header {
    pub(crate) fn bytes(self) -> [u8; HEADER] {
        let [i_high, i_low] = self.i.to_be_bytes();
        [SUITE, self.class.number() << 4 | self.role.number(), 0, 0, i_high, i_low]
    }

    /// `None` for another suite, another j than 0, the index class or an unknown role.
    #[cfg(any(test, feature = "open"))]
    pub(crate) fn read(blob: &[u8]) -> Option<Self> {
        let [SUITE, kind, 0, 0, i_high, i_low] = *blob.first_chunk::<HEADER>()? else {
            return None;
        };
        let class = Class::from_number(kind >> 4).filter(|class| class.place().is_some())?;
        let role = Role::from_number(kind & 15)?;
        Some(Self { class, role, i: u16::from_be_bytes([i_high, i_low]) })
    }
}

/// Where a blob stands: all of it is authenticated.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) kid: &'a Kid,
    pub(crate) record: &'a [u8; 16],
    pub(crate) tenant: &'a str,
    pub(crate) stream: &'a str,
    pub(crate) v: u16,
}

impl Place<'_> {
    /// `"SEAL1\0" ‖ suite ‖ class ‖ role ‖ kid ‖ u16 j ‖ u16 i ‖ record id ‖ lp(tenant) ‖ lp(stream) ‖ u16 v`
    pub(crate) fn aad(&self, header: Header, out: &mut Vec<u8>) {
        out.clear();
        out.extend_from_slice(b"SEAL1\0");
        out.extend_from_slice(&[SUITE, header.class.number(), header.role.number()]);
        out.extend_from_slice(self.kid);
        out.extend_from_slice(&[0, 0]);
        out.extend_from_slice(&header.i.to_be_bytes());
        out.extend_from_slice(self.record);
        lp(out, self.tenant.as_bytes());
        lp(out, self.stream.as_bytes());
        out.extend_from_slice(&self.v.to_be_bytes());
    }

    /// Bytes 4..16 of the record id: its fresh random part.
    pub(crate) fn nonce(&self) -> [u8; 12] {
        *self.record.last_chunk().expect("12 is less than 16")
    }
}

/// Buffers that keep their memory from blob to blob. `blob` only ever keeps ciphertext.
#[derive(Default)]
pub(crate) struct Scratch {
    aad: Vec<u8>,
    blob: Vec<u8>,
}

/// Seals `plain` under the next key of `ratchet` and appends the blob's base64url to `out`.
pub(crate) fn seal(
    ratchet: &mut Ratchet,
    (class, role): (Class, Role),
    place: &Place<'_>,
    plain: &[u8],
    scratch: &mut Scratch,
    out: &mut Vec<u8>,
) {
    let mut key = Secret::default();
    let header = Header { class, role, i: ratchet.next(&mut key) };
    place.aad(header, &mut scratch.aad);
    let Scratch { aad, blob } = scratch;
    blob.clear();
    blob.extend_from_slice(&header.bytes());
    pad_into(blob, plain, padded_len(plain.len()));
    gcm_seal(&key, place.nonce(), aad, blob, HEADER);
    b64_into(out, blob);
}

/// Length after padding: at least one byte more, over 256 first by Padmé (Nikitin et al., "Reducing
/// Metadata Leakage from Encrypted Files", 2019), then to a multiple of 32.
pub(crate) fn padded_len(plain: usize) -> usize {
    let n = plain + 1;
    let n = if n > 256 {
        let e = n.ilog2();
        let mask = (1 << (e - e.ilog2() - 1)) - 1;
        (n + mask) & !mask
    } else {
        n
    };
    n.next_multiple_of(32)
}

/// A blob as it stands in an event, decoded from base64url, with all that says where it stood.
#[cfg(feature = "open")]
#[derive(Clone, Copy)]
pub struct Blob<'a> {
    /// The key id beside it (`k`, `ka`, `kt` or `ku`).
    pub kid: Kid,
    /// The event's id.
    pub record_id: [u8; 16],
    /// The event's tenant, `-` when it names none.
    pub tenant: &'a str,
    /// The event's stream (`s`).
    pub stream: &'a str,
    /// The event's version (`v`).
    pub v: u16,
    /// The blob.
    pub bytes: &'a [u8],
}

#[cfg(feature = "open")]
impl Blob<'_> {
    /// Class and role the header claims (true only once the blob has opened); `None` when it is no SEAL1
    /// blob. Check them against the blob's place in the event and against what the reader may see.
    #[must_use]
    pub fn kind(&self) -> Option<(Class, Role)> {
        Header::read(self.bytes).map(|header| (header.class, header.role))
    }

    /// Opens with a row's secret `s_c` of the header's class.
    pub(crate) fn open_with(
        &self,
        header: Header,
        secret: &[u8; 32],
    ) -> Option<zeroize::Zeroizing<Vec<u8>>> {
        let (record, tenant, stream) = (&self.record_id, self.tenant, self.stream);
        let place = Place { kid: &self.kid, record, tenant, stream, v: self.v };
        let mut aad = Vec::new();
        place.aad(header, &mut aad);
        let key = Ratchet::key(secret, header.i);
        crate::primitives::gcm_open(&key, place.nonce(), &aad, self.bytes.get(HEADER..)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::{gcm_open, unb64, unpad};
    use proptest::prelude::*;

    const RECORD: [u8; 16] = *b"\0\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f";

    fn place(kid: &Kid) -> Place<'_> {
        Place { kid, record: &RECORD, tenant: "acme", stream: "requests", v: 1 }
    }

    #[test]
    fn seals_the_published_vector() {
        let kid = crate::parse_kid("P1VpwiyltPniTDfVoKLYSg").unwrap();
        let mut chain = Ratchet::default();
        chain.start(&[0x41; 32], 1);
        let plain = br#"{"email":"ada@example.org","uid":"u-1815"}"#;
        let mut out = Vec::new();
        let mut scratch = Scratch::default();
        for _ in 0..3 {
            out.clear();
            let kind = (Class::Identity, Role::Subject);
            seal(&mut chain, kind, &place(&kid), plain, &mut scratch, &mut out);
        }
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "ERAAAAACQ7_Se2iX2Wa_NVtzZZqPuEgPqLWwUmI_sLF6Ge3bMgCHbHuu9MHeCN_qLSmqjAEcrWViV4bUfreBoyMk\
             HjUXOA-Alls2AUJLcY0iaZHYHz4"
        );
    }

    #[test]
    fn lengths_after_padding() {
        for (plain, padded) in [
            (0, 32),
            (31, 32),
            (32, 64),
            (255, 256),
            (256, 288),
            (300, 320),
            (1000, 1024),
            (5000, 5120),
            (100_000, 100_352),
        ] {
            assert_eq!(padded_len(plain), padded, "{plain}");
        }
    }

    #[test]
    fn a_header_of_another_kind_is_no_header() {
        assert!(Header::read(&[SUITE, 0x10, 0, 0, 0, 7]).is_some());
        for wrong in [
            &[0x12, 0x10, 0, 0, 0, 7][..],
            &[SUITE, 0xf0, 0, 0, 0, 7],
            &[SUITE, 0x14, 0, 0, 0, 7],
            &[SUITE, 0x10, 0, 1, 0, 7],
            &[SUITE, 0x10, 0, 0, 0],
            &[SUITE, 0x00, 0, 0, 0, 7],
        ] {
            assert_eq!(Header::read(wrong), None);
        }
    }

    proptest! {
        #[test]
        fn opens_to_what_was_sealed(plain in "\\PC{0,600}", secret: [u8; 32], kid: Kid) {
            let mut chain = Ratchet::default();
            chain.start(&secret, 3);
            let mut out = Vec::new();
            let kind = (Class::Content, Role::Target);
            seal(&mut chain, kind, &place(&kid), plain.as_bytes(), &mut Scratch::default(), &mut out);
            let blob = unb64(std::str::from_utf8(&out).unwrap()).unwrap();
            prop_assert_eq!(blob.len(), 22 + padded_len(plain.len()));
            let header = Header::read(&blob).unwrap();
            prop_assert_eq!(header, Header { class: kind.0, role: kind.1, i: 0 });
            let mut aad = Vec::new();
            place(&kid).aad(header, &mut aad);
            let key = Ratchet::key(&secret, 0);
            let padded = gcm_open(&key, place(&kid).nonce(), &aad, &blob[6..]).unwrap();
            prop_assert_eq!(unpad(&padded), Some(plain.as_bytes()));
        }
    }
}
