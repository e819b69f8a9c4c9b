//! What the request line decided about a person, kept for the other lines of the request.
//!
//! Invariant: it shows nothing and forgets its names with zeros; its size is bounded, whatever the line
//! named: a name too long to keep whole is kept as far as texts are searched for it, and the other lines
//! belong to nobody then, never to another person. Place on the path: from the request line into `context`
//! and back.

use crate::owner::{Names, Person};
use greffier_record::HotBuf;
use std::fmt;

/// Bytes of one name that are kept. (The vault's index takes 1024, no text of an account is that long.)
const LONGEST: usize = 1024;

/// What the request line decided about a person, for the other lines of the request.
///
/// One piece of memory, so that it can be kept as bytes among others'; shows nothing when printed; at most some
/// kilobytes.
#[derive(Clone)]
pub struct Attribution(HotBuf);

/// Tenant, request id and the six names.
const PARTS: usize = 8;

/// Where each part ends (two bytes each), which parts are there (a bit each), and what else was decided; then the
/// parts, one after the other.
const HEAD: usize = 2 * PARTS + 2;

/// The last byte of the head.
const DROPPED: u8 = 1;
const CLAIMED: u8 = 2;
const KEYED: u8 = 4;
const COUNTS: u8 = 8;

/// What a request line decides beside its person.
#[derive(Clone, Copy, Default)]
pub(crate) struct Settled {
    /// A rule says that this request knows no person.
    pub(crate) dropped: bool,
    /// The person counts for what is learned from messages.
    pub(crate) counts: bool,
}

impl Attribution {
    pub(crate) fn new(
        tenant: &str,
        req: Option<&str>,
        person: Person<'_>,
        settled: Settled,
    ) -> Self {
        let Names { email, fid, login, name, phone, uid } = person.names;
        // Kept without a key too: the texts of the request must not show them.
        let names = [email, fid, login, name, phone, uid];
        let whole = names.iter().flatten().all(|name| name.len() <= LONGEST);
        let keyed = person.keyed && whole && !settled.dropped;
        let parts = [Some(tenant), req, email, fid, login, name, phone, uid]
            .map(|part| part.map(shortened));
        let room = parts.iter().flatten().map(|part| part.len()).sum::<usize>();
        // All at once: growing would leave a copy behind.
        let mut bytes = Vec::with_capacity(HEAD + room);
        let (mut end, mut there) = (0, 0);
        for (n, part) in parts.iter().enumerate() {
            end += part.map_or(0, str::len);
            there |= u8::from(part.is_some()) << n;
            let end = u16::try_from(end).expect("eight parts are shorter than 2^16");
            bytes.extend_from_slice(&end.to_le_bytes());
        }
        let flag = |set, flag| if set { flag } else { 0 };
        let flags = flag(settled.dropped, DROPPED)
            | flag(person.claimed, CLAIMED)
            | flag(keyed, KEYED)
            | flag(settled.counts, COUNTS);
        bytes.extend([there, flags]);
        parts.iter().flatten().for_each(|part| bytes.extend_from_slice(part.as_bytes()));
        Self(HotBuf::new(bytes))
    }

    pub(crate) fn tenant(&self) -> &str {
        self.part(0).unwrap_or_default()
    }

    /// The request id as it stands in clear.
    pub(crate) fn req(&self) -> Option<&str> {
        self.part(1)
    }

    /// A rule says that this request knows no person.
    pub(crate) fn dropped(&self) -> bool {
        self.says(DROPPED)
    }

    /// Does the person count for what is learned from messages?
    pub(crate) fn counts(&self) -> bool {
        self.says(COUNTS)
    }

    pub(crate) fn person(&self) -> Person<'_> {
        let [email, fid, login, name, phone, uid] = [2, 3, 4, 5, 6, 7].map(|n| self.part(n));
        let names = Names { email, fid, login, name, phone, uid };
        Person { names, claimed: self.says(CLAIMED), keyed: self.says(KEYED) }
    }

    fn says(&self, flag: u8) -> bool {
        self.head().is_some_and(|[.., flags]| flags & flag != 0)
    }

    fn head(&self) -> Option<&[u8; HEAD]> {
        self.0.expose_to_decoder().first_chunk()
    }

    /// The part of that number, if it is there.
    fn part(&self, n: usize) -> Option<&str> {
        let head @ [.., there, _] = self.head()?;
        let end = |n: usize| usize::from(u16::from_le_bytes([head[2 * n], head[2 * n + 1]]));
        let range = n.checked_sub(1).map_or(0, end)..end(n);
        let text = self.0.expose_to_decoder().get(HEAD..)?.get(range)?;
        std::str::from_utf8(text).ok().filter(|_| there & 1 << n != 0)
    }
}

fn shortened(name: &str) -> &str {
    if name.len() <= LONGEST { name } else { &name[..name.floor_char_boundary(LONGEST)] }
}

/// As it is kept.
impl AsRef<HotBuf> for Attribution {
    fn as_ref(&self) -> &HotBuf {
        &self.0
    }
}

/// From the bytes of one; any others belong to nobody.
impl From<HotBuf> for Attribution {
    fn from(bytes: HotBuf) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Attribution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Attribution")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ada<'a>() -> Person<'a> {
        let (email, uid) = (Some("ada@example.org"), Some("7"));
        Person { names: Names { email, uid, ..Names::default() }, claimed: false, keyed: true }
    }

    #[test]
    fn an_attribution_shows_nothing_and_keeps_everything() {
        let counts = Settled { counts: true, dropped: false };
        let attribution = Attribution::new("acme", Some("r"), ada(), counts);
        let attribution = Attribution::from(attribution.as_ref().clone());
        assert_eq!(format!("{attribution:?}"), "Attribution");
        assert_eq!((attribution.tenant(), attribution.req()), ("acme", Some("r")));
        let Person { names, claimed, keyed } = attribution.person();
        assert!(names == ada().names && keyed && !claimed && !attribution.dropped());
        let dropped = Attribution::new("acme", None, ada(), Settled { dropped: true, ..counts });
        let impersonated = Attribution::new("acme", None, ada(), Settled::default());
        assert!(dropped.counts() && !impersonated.counts());
        assert!(!dropped.person().keyed && dropped.dropped() && dropped.req().is_none());
    }

    #[test]
    fn whoever_has_too_long_a_name_is_nobody_and_stays_short() {
        let long = "é".repeat(LONGEST);
        let names = Names { login: Some(&long), ..ada().names };
        let attribution =
            Attribution::new("acme", None, Person { names, ..ada() }, Settled::default());
        let person = attribution.person();
        assert!(!person.keyed && person.names.uid == Some("7"));
        assert_eq!(person.names.login.map(str::len), Some(LONGEST));
    }

    #[test]
    fn other_bytes_belong_to_nobody() {
        for bytes in [&[][..], &[0xff; HEAD], &[0xff; 99], &[0; 99]] {
            let attribution = Attribution::from(HotBuf::new(bytes.to_vec()));
            let Person { names, .. } = attribution.person();
            assert!(names.is_empty() && attribution.tenant().is_empty());
        }
    }
}
