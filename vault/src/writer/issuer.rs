//! The issuer: makes key rows, and the wrap sessions they need.
//!
//! Invariant: a row's secrets live only as long as it takes to make it; what stays are chains that only lead
//! forward and sessions that forget each wrap key. Place on the path: behind the writer, once per person and
//! day.

use super::{Live, NoKey};
use crate::manifest::{ClassKey, Manifest};
use crate::person::{Known, Owner, Person};
use crate::primitives::random;
use crate::ratchet::{RowSecrets, kid};
use crate::rows::{KeyRow, Rows};
use crate::session::{Bound, Session};
use crate::{Class, SUITE};
use getrandom::SysRng;
use hpke::rand_core::UnwrapErr;
use std::collections::HashMap;

/// The sessions of one label and retention, in the order of [`Class::ALL`].
struct Sessions {
    ret: u16,
    by_class: [Option<Session>; 4],
}

/// Makes rows for the recipients of a manifest.
pub(super) struct Issuer {
    manifest: Manifest,
    boot: [u8; 8],
    day: u16,
    /// By label; a label has few retentions.
    sessions: HashMap<String, Vec<Sessions>>,
    rows: Rows,
}

impl Issuer {
    pub(super) fn new(manifest: Manifest) -> Self {
        let mut boot = [0; 8];
        random(&mut boot);
        Self { manifest, boot, day: 0, sessions: HashMap::new(), rows: Rows::default() }
    }

    pub(super) fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    pub(super) fn take_rows(&mut self) -> Rows {
        std::mem::take(&mut self.rows)
    }

    /// Seals to another manifest. True when a key in use is gone from it, or another has taken its place:
    /// then every person needs a new row.
    pub(super) fn replace(&mut self, manifest: Manifest) -> bool {
        let mut others = manifest.labels() != self.manifest.labels();
        let epoch = self.day / 7;
        for (label, of_label) in &mut self.sessions {
            for Sessions { ret, by_class } in of_label {
                for (class, session) in Class::ALL.into_iter().zip(by_class) {
                    let name = ClassKey { label: label.clone(), ret: *ret, class, epoch };
                    let stays = |session: &Session| manifest.still_has(&name, session.public());
                    if session.take_if(|session| !stays(session)).is_some() {
                        others = true;
                    }
                }
            }
        }
        self.manifest = manifest;
        others
    }

    /// Follows the clock forward. True on a new day, of which every row must be new; the sessions end with
    /// the week.
    pub(super) fn advance(&mut self, day: u16) -> bool {
        if day <= self.day {
            return false;
        }
        if day / 7 > self.day / 7 {
            self.sessions.clear();
        }
        self.day = day;
        true
    }

    /// All that a new row needs: a key that is missing is found missing here.
    pub(super) fn open<'a>(
        &'a mut self,
        owner: &Owner<'a>,
        person: Option<Person<'a>>,
        now_ms: i64,
    ) -> Result<Opening<'a>, NoKey> {
        let classes = if person.is_some() { &Class::ALL[..] } else { &Class::ALL[..3] };
        let (tenant, ret, day, writer) = (owner.tenant, owner.retention, self.day, self.boot);
        let label = self.manifest.label(tenant);
        if !self.sessions.contains_key(label) {
            self.sessions.insert(label.to_owned(), Vec::new());
        }
        let of_label = self.sessions.get_mut(label).expect("it is there or was just put there");
        let at = of_label.iter().position(|sessions| sessions.ret == ret);
        let at = at.unwrap_or_else(|| {
            of_label.push(Sessions { ret, by_class: Default::default() });
            of_label.len() - 1
        });
        let sessions = &mut of_label[at].by_class;
        for (session, class) in sessions.iter_mut().zip(classes) {
            if session.as_ref().is_some_and(|session| session.is_fresh(now_ms)) {
                continue;
            }
            let epoch = day / 7;
            let missing = NoKey::Missing { ret, class: class.number(), epoch };
            let name = ClassKey { label: label.to_owned(), ret, class: *class, epoch };
            let public = self.manifest.key(&name).ok_or(missing)?;
            let rng = &mut UnwrapErr(SysRng);
            let (started, row) =
                Session::start(&name, public, &writer, now_ms, rng).ok_or(missing)?;
            *session = Some(started);
            self.rows.sessions.push(row);
        }
        let keys = &mut self.rows.keys;
        Ok(Opening { sessions, keys, tenant, ret, day, writer, person, now_ms })
    }
}

/// A new row before it is made.
pub(super) struct Opening<'a> {
    sessions: &'a mut [Option<Session>; 4],
    keys: &'a mut Vec<KeyRow>,
    tenant: &'a str,
    ret: u16,
    day: u16,
    writer: [u8; 8],
    person: Option<Person<'a>>,
    now_ms: i64,
}

impl Opening<'_> {
    /// Makes the row: secrets, chains with their commitments, wraps; then the secrets are gone.
    pub(super) fn fill(self, live: &mut Live, known: Known) {
        let Self { sessions, keys, tenant, ret, day, writer, person, now_ms } = self;
        let mut secrets = RowSecrets::default();
        random(secrets.as_flattened_mut());
        let mut com = [[0; 32]; 3];
        for (((chain, secret), com), class) in
            live.chains.iter_mut().zip(&*secrets).zip(&mut com).zip(Class::ALL)
        {
            *com = chain.start(secret, class.number());
        }
        live.kid = kid(tenant, &com);
        live.known = known;
        let [identity, network, content, index] = sessions.each_mut().map(Option::as_mut);
        let wrap = |session: Option<&mut Session>, class, plain: &[u8]| {
            let bound = Bound { kid: &live.kid, class, day, tenant };
            session.expect("`open` has started it").wrap(&bound, plain)
        };
        let wrapped = [
            wrap(identity, Class::Identity, &secrets[0]),
            wrap(network, Class::Network, &secrets[1]),
            wrap(content, Class::Content, &secrets[2]),
        ];
        keys.push(KeyRow {
            kid: live.kid,
            tenant: tenant.to_owned(),
            ret,
            day,
            writer,
            suite: SUITE,
            com,
            wrapped,
            ix: person.map(|who| wrap(index, Class::Index, &who.ids.index_entry())),
            claimed: person.is_some_and(|who| who.claimed),
            created: now_ms.div_euclid(1000),
            expires: KeyRow::expiry(ret, day),
        });
    }
}
