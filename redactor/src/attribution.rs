//! What the request line decided about a person, kept for the other lines of the request.
//!
//! Invariant: it shows nothing and forgets its names with zeros; its size is bounded, whatever the line
//! named: a name too long to keep whole is kept as far as texts are searched for it, and the other lines
//! belong to nobody then, never to another person. Place on the path: from the request line into `context`
//! and back.

use crate::owner::{Names, Person};
use crate::wipe;
use std::fmt;
use std::sync::Arc;

/// Bytes of one name that are kept. (The vault's index takes 1024, no text of an account is that long.)
const LONGEST: usize = 1024;

/// What the request line decided about a person, for the other lines of the request.
///
/// Cheap to clone; shows nothing when printed; at most some kilobytes.
#[derive(Clone)]
pub struct Attribution(Arc<Settled>);

struct Settled {
    /// Tenant, request id and the six names, one after the other.
    text: String,
    /// Where each of them ends.
    ends: [u16; 8],
    /// Which of the last seven are there.
    there: [bool; 7],
    dropped: bool,
    claimed: bool,
    keyed: bool,
    counts: bool,
}

impl Attribution {
    pub(crate) fn new(tenant: &str, req: Option<&str>, person: Person<'_>, dropped: bool) -> Self {
        let Names { email, fid, login, name, phone, uid } = person.names;
        // Kept without a key too: the texts of the request must not show them.
        let names = [email, fid, login, name, phone, uid];
        let whole = names.iter().flatten().all(|name| name.len() <= LONGEST);
        let parts = [Some(tenant), req, email, fid, login, name, phone, uid];
        let room = parts.iter().flatten().map(|part| part.len().min(LONGEST)).sum();
        let (mut text, mut ends) = (String::with_capacity(room), [0; 8]);
        for (part, end) in parts.iter().zip(&mut ends) {
            text.push_str(shortened(part.unwrap_or_default()));
            *end = u16::try_from(text.len()).expect("eight parts are shorter than 2^16");
        }
        let [_, there @ ..] = parts.map(|part| part.is_some());
        let (claimed, keyed) = (person.claimed, person.keyed && whole && !dropped);
        Self(Arc::new(Settled { text, ends, there, dropped, claimed, keyed, counts: true }))
    }

    pub(crate) fn tenant(&self) -> &str {
        self.part(0)
    }

    /// The request id as it stands in clear.
    pub(crate) fn req(&self) -> Option<&str> {
        self.optional(1)
    }

    /// A rule says that this request knows no person.
    pub(crate) fn dropped(&self) -> bool {
        self.0.dropped
    }

    /// The person does not count for what is learned from messages.
    pub(crate) fn do_not_count(&mut self) {
        if let Some(settled) = Arc::get_mut(&mut self.0) {
            settled.counts = false;
        }
    }

    /// Does the person count for what is learned from messages?
    pub(crate) fn counts(&self) -> bool {
        self.0.counts
    }

    pub(crate) fn person(&self) -> Person<'_> {
        let [email, fid, login, name, phone, uid] = [2, 3, 4, 5, 6, 7].map(|n| self.optional(n));
        let names = Names { email, fid, login, name, phone, uid };
        Person { names, claimed: self.0.claimed, keyed: self.0.keyed }
    }

    fn optional(&self, n: usize) -> Option<&str> {
        self.0.there[n - 1].then(|| self.part(n))
    }

    fn part(&self, n: usize) -> &str {
        let from = n.checked_sub(1).map_or(0, |before| self.0.ends[before]);
        &self.0.text[usize::from(from)..usize::from(self.0.ends[n])]
    }
}

fn shortened(name: &str) -> &str {
    if name.len() <= LONGEST { name } else { &name[..name.floor_char_boundary(LONGEST)] }
}

impl Drop for Settled {
    fn drop(&mut self) {
        wipe::text(&mut self.text);
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
        let attribution = Attribution::new("acme", Some("r"), ada(), false);
        assert_eq!(format!("{attribution:?}"), "Attribution");
        assert_eq!((attribution.tenant(), attribution.req()), ("acme", Some("r")));
        let Person { names, claimed, keyed } = attribution.person();
        assert!(names == ada().names && keyed && !claimed && !attribution.dropped());
        let dropped = Attribution::new("acme", None, ada(), true);
        let mut impersonated = Attribution::new("acme", None, ada(), false);
        impersonated.do_not_count();
        assert!(dropped.counts() && !impersonated.counts());
        assert!(!dropped.person().keyed && dropped.dropped() && dropped.req().is_none());
    }

    #[test]
    fn whoever_has_too_long_a_name_is_nobody_and_stays_short() {
        let long = "é".repeat(LONGEST);
        let names = Names { login: Some(&long), ..ada().names };
        let attribution = Attribution::new("acme", None, Person { names, ..ada() }, false);
        let person = attribution.person();
        assert!(!person.keyed && person.names.uid == Some("7"));
        assert_eq!(person.names.login.map(str::len), Some(LONGEST));
    }
}
