//! Who a key row belongs to, known to the writer only as keyed hashes.
//!
//! Invariant: identifiers are borrowed and never kept: a person is a 128-bit HMAC under a random key of this
//! boot, and so is each identifier that a row's index entry already holds. Neither leaves the process.

use crate::primitives::{first, h, random};
use serde::Serialize;
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
    /// All six with their names, in the order of the index entry.
    fn all(&self) -> [(&'static [u8], Option<&'a str>); 6] {
        let present = |id: Option<&'a str>| id.filter(|id| !id.is_empty());
        [
            (b"uid", present(self.uid)),
            (b"email", present(self.email)),
            (b"phone", present(self.phone)),
            (b"name", present(self.name)),
            (b"fid", present(self.fid)),
            (b"login", present(self.login)),
        ]
    }

    /// The one that decides who it is: user id, else e-mail, login, front-end id, name, phone.
    fn leading(&self) -> Option<(&'static [u8], &'a str)> {
        let [uid, email, phone, name, fid, login] = self.all();
        let order = [uid, email, login, fid, name, phone];
        order.into_iter().find_map(|(kind, id)| Some((kind, id?)))
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

        let six = self.all().map(|(_, id)| id.filter(|id| id.len() <= LONGEST));
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
}

/// 128 bits of HMAC under the key of this boot.
pub(crate) type Tag = [u8; 16];

/// Makes the keyed hashes.
pub(crate) struct Tagger(Zeroizing<[u8; 32]>);

impl Tagger {
    pub(crate) fn new() -> Self {
        let mut key = Zeroizing::new([0; 32]);
        random(&mut *key);
        Self(key)
    }

    /// The slot of an owner's rows, and the person if there is one: without identifiers it is nobody.
    pub(crate) fn slot<'a>(&self, owner: &Owner<'a>) -> (Tag, Option<Person<'a>>) {
        let (tenant, ret) = (owner.tenant.as_bytes(), owner.retention.to_be_bytes());
        if let Who::Person { ids, claimed } = owner.who
            && let Some((kind, id)) = ids.leading()
        {
            let parts = [b"person", tenant, &ret, &[claimed.into()], kind, id.as_bytes()];
            return (self.tag(&parts), Some(Person { ids, claimed }));
        }
        (self.tag(&[b"nobody", tenant, &ret]), None)
    }

    /// All identifiers of a line at once: the quick way to see that a line is like the last one.
    pub(crate) fn line(&self, ids: &Identifiers<'_>) -> Tag {
        let [a, b, c, d, e, f] = ids.all().map(|(_, id)| id.unwrap_or_default().as_bytes());
        self.tag(&[b"line", a, b, c, d, e, f])
    }

    /// Each identifier of a line.
    pub(crate) fn each(&self, ids: &Identifiers<'_>) -> Vec<Tag> {
        let present = ids.all().into_iter().filter_map(|(kind, id)| Some((kind, id?)));
        present.map(|(kind, id)| self.tag(&[b"id", kind, id.as_bytes()])).collect()
    }

    fn tag(&self, parts: &[&[u8]]) -> Tag {
        // Lengths keep ("ab","c") and ("a","bc") apart.
        let lengths = parts.iter().map(|part| part.len() as u64).collect::<Vec<_>>();
        let lengths = lengths.iter().flat_map(|length| length.to_be_bytes()).collect::<Vec<_>>();
        let all = [&[&lengths[..]], parts].concat();
        first(&h(&*self.0, &all))
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
        let slot = |ids, tenant, claimed| tagger.slot(&person(ids, tenant, claimed)).0;
        assert_eq!(slot(&both, "acme", false), slot(&id, "acme", false));
        assert_ne!(slot(&both, "acme", false), slot(&mail, "acme", false));
        assert_ne!(slot(&both, "acme", false), slot(&both, "other", false));
        assert_ne!(slot(&both, "acme", false), slot(&both, "acme", true));
        let nobody = Owner { who: Who::Unattributed, ..person(&both, "acme", false) };
        assert_eq!(slot(&Identifiers::default(), "acme", false), tagger.slot(&nobody).0);
    }

    #[test]
    fn the_key_of_a_boot_is_its_own() {
        let ids = Identifiers { uid: Some("7"), ..Default::default() };
        assert_ne!(Tagger::new().each(&ids), Tagger::new().each(&ids));
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
