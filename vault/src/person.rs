//! Who a key row belongs to, known to the writer only as keyed hashes.
//!
//! Invariant: identifiers are borrowed and never kept: a person is a keyed hash under a random key of this
//! boot, and so is each identifier that a row's index entry already holds. Neither leaves the process.

use crate::primitives::random;
use serde::Serialize;
use siphasher::sip128::Hasher128 as _;
use siphasher::{sip, sip128};
use std::hash::Hasher as _;
use zeroize::Zeroizing;

/// Longest identifier that is indexed, in bytes (a longer one is a mistake or an attack; it is still sealed
/// with the rest of its record, but nobody can search for it).
const LONGEST: usize = 1024;

/// Whose key seals a value.
#[derive(Clone, Copy)]
pub struct Owner<'a> {
    /// Tenant, `-` when there is none; at most 64 bytes.
    pub tenant: &'a str,
    /// Retention of the stream, days.
    pub retention: u16,
    /// The person, or nobody.
    pub who: Who<'a>,
}

/// The person behind an [`Owner`].
#[derive(Clone, Copy)]
pub enum Who<'a> {
    /// A person. Without any identifier the same as [`Who::Unattributed`].
    Person {
        /// What is known of them.
        ids: &'a Identifiers<'a>,
        /// True when nobody has authenticated it (a failed login): such a row stands apart.
        claimed: bool,
    },
    /// Nobody: the tenant's key of the hour, which the index does not know.
    Unattributed,
}

/// What identifies a person. Empty strings count as absent.
#[derive(Clone, Copy, Default)]
pub struct Identifiers<'a> {
    /// User id.
    pub uid: Option<&'a str>,
    /// E-mail address.
    pub email: Option<&'a str>,
    /// Telephone number.
    pub phone: Option<&'a str>,
    /// Full name.
    pub name: Option<&'a str>,
    /// Front-end id.
    pub fid: Option<&'a str>,
    /// Login.
    pub login: Option<&'a str>,
}

impl<'a> Identifiers<'a> {
    /// All six, in the order of the index entry.
    fn all(&self) -> [Option<&'a str>; 6] {
        let Self { uid, email, phone, name, fid, login } = *self;
        [uid, email, phone, name, fid, login].map(|id| id.filter(|id| !id.is_empty()))
    }

    /// The one that decides who it is, and its place: user id, else e-mail, login, front-end id, name, phone.
    fn leading(&self) -> Option<(u8, &'a str)> {
        let all = self.all();
        [0, 1, 5, 4, 3, 2_u8].into_iter().find_map(|place| Some((place, all[usize::from(place)]?)))
    }

    /// The plaintext of `ix`: `{"uid":[],"email":[],"phone":[],"name":[],"fid":[],"login":[]}`.
    pub(crate) fn index_entry(&self) -> Zeroizing<Vec<u8>> {
        #[derive(Serialize)]
        struct Entry<'a> {
            uid: Slice<'a>,
            email: Slice<'a>,
            phone: Slice<'a>,
            name: Slice<'a>,
            fid: Slice<'a>,
            login: Slice<'a>,
        }
        /// Writes as an array of no or one string.
        type Slice<'a> = &'a [&'a str];

        let six = self.all().map(|id| id.filter(|id| id.len() <= LONGEST));
        let [uid, email, phone, name, fid, login] = six.each_ref().map(Option::as_slice);
        // Room for every byte escaped: growing would leave a copy behind in freed memory.
        let room = 64 + six.iter().flatten().map(|id| id.len() * 6).sum::<usize>();
        let mut json = Zeroizing::new(Vec::with_capacity(room));
        serde_json::to_writer(&mut *json, &Entry { uid, email, phone, name, fid, login })
            .expect("strings become JSON and a Vec takes every write");
        json
    }
}

/// A person with at least one identifier.
#[derive(Clone, Copy)]
pub(crate) struct Person<'a> {
    pub(crate) ids: &'a Identifiers<'a>,
    pub(crate) claimed: bool,
    /// Place of the identifier that decides who it is.
    leading: u8,
}

/// Names the rows of one person (or of nobody): 128 bits of SipHash-2-4 under the key of this boot.
pub(crate) type Tag = [u64; 2];

/// Each identifier of a line in the order of [`Identifiers::all`], 64 bits of SipHash-2-4; 0 is none. The leading
/// one is [`LEADING`]: the tag has it already.
pub(crate) type Known = [u64; 6];

/// Stands for the identifier that decides who a person is, which all lines of that person share.
const LEADING: u64 = 1;

/// Makes the keyed hashes.
///
/// SipHash is a pseudorandom function under a secret key (Aumasson and Bernstein, 2012). That is enough here:
/// the key is random, of this boot, and neither it nor a hash leaves the process, so nobody can look for two
/// inputs with one hash. By chance, two of 65 536 persons share a tag once in 2^97 boots; two identifiers of
/// one person share 64 bits once in 2^64, and then one of them is not in the index.
pub(crate) struct Tagger(Zeroizing<[u8; 16]>);

impl Tagger {
    pub(crate) fn new() -> Self {
        let mut key = Zeroizing::new([0; 16]);
        random(&mut *key);
        Self(key)
    }

    /// The tag of an owner's rows, and the person if there is one: without identifiers it is nobody, whose
    /// rows last an hour.
    pub(crate) fn tag<'a>(&self, owner: &Owner<'a>, hour: i64) -> (Tag, Option<Person<'a>>) {
        let person = match owner.who {
            Who::Person { ids, claimed } => {
                ids.leading().map(|(place, id)| (Person { ids, claimed, leading: place }, id))
            }
            Who::Unattributed => None,
        };
        let hour = hour.to_be_bytes();
        let (kind, claimed, place, id) = match &person {
            Some((person, id)) => (b'p', person.claimed, person.leading, id.as_bytes()),
            None => (b'n', false, 0, &hour[..]),
        };
        let [high, low] = owner.retention.to_be_bytes();
        let mut hash = sip128::SipHasher24::new_with_key(&self.0);
        // What is of fixed length comes first; the tenant's length keeps ("ab","c") and ("a","bc") apart.
        hash.write(&[kind, claimed.into(), place, high, low, 0, 0, 0]);
        hash.write_usize(owner.tenant.len());
        hash.write(owner.tenant.as_bytes());
        hash.write(id);
        let tag = hash.finish128();
        ([tag.h1, tag.h2], person.map(|(person, _)| person))
    }

    /// Each identifier of a person's line.
    pub(crate) fn known(&self, person: &Person<'_>) -> Known {
        let mut known = Known::default();
        for (place, (known, id)) in known.iter_mut().zip(person.ids.all()).enumerate() {
            *known = match id {
                None => 0,
                Some(_) if place == usize::from(person.leading) => LEADING,
                Some(id) => {
                    sip::SipHasher24::new_with_key(&self.0).hash(id.as_bytes()).max(LEADING + 1)
                }
            };
        }
        known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person<'a>(ids: &'a Identifiers<'a>, tenant: &'a str, claimed: bool) -> Owner<'a> {
        Owner { tenant, retention: 90, who: Who::Person { ids, claimed } }
    }

    #[test]
    fn a_person_is_the_user_id_else_the_email() {
        let tagger = Tagger::new();
        let both = Identifiers { uid: Some("7"), email: Some("a@x.fr"), ..Default::default() };
        let id = Identifiers { uid: Some("7"), email: None, name: Some("A"), ..Default::default() };
        let mail = Identifiers { uid: Some(""), email: Some("a@x.fr"), ..Default::default() };
        let slot = |ids, tenant, claimed| tagger.tag(&person(ids, tenant, claimed), 7).0;
        assert_eq!(slot(&both, "acme", false), slot(&id, "acme", false));
        assert_ne!(slot(&both, "acme", false), slot(&mail, "acme", false));
        assert_ne!(slot(&both, "acme", false), slot(&both, "other", false));
        assert_ne!(slot(&both, "acme", false), slot(&both, "acme", true));
        let nobody = Owner { who: Who::Unattributed, ..person(&both, "acme", false) };
        assert_eq!(slot(&Identifiers::default(), "acme", false), tagger.tag(&nobody, 7).0);
        assert_ne!(tagger.tag(&nobody, 7).0, tagger.tag(&nobody, 8).0);
    }

    #[test]
    fn the_key_of_a_boot_is_its_own() {
        let ids = Identifiers { uid: Some("7"), email: Some("a@x.fr"), ..Default::default() };
        let hashes = |tagger: &Tagger| {
            let (tag, somebody) = tagger.tag(&person(&ids, "acme", false), 7);
            (tag, tagger.known(&somebody.unwrap())[1])
        };
        let (first, second) = (hashes(&Tagger::new()), hashes(&Tagger::new()));
        assert!(first.0 != second.0 && first.1 != second.1);
    }

    #[test]
    fn an_index_entry_has_all_six_names() {
        let long = "x".repeat(LONGEST + 1);
        let ids = Identifiers {
            uid: Some("7"),
            name: Some("A \"B\""),
            fid: Some(&long),
            ..Default::default()
        };
        assert_eq!(
            std::str::from_utf8(&ids.index_entry()).unwrap(),
            r#"{"uid":["7"],"email":[],"phone":[],"name":["A \"B\""],"fid":[],"login":[]}"#
        );
    }
}
