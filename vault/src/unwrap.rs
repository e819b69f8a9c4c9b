//! Unwrapping rows on the reading side: private key → session → row secret.
//!
//! Invariant: what a row says of itself is believed only as far as a key confirms it. Retention, class, week
//! and writer are bound into the session's KEM context, key id, day and tenant into the wrap; the session
//! must agree with the row it serves. `docs/formats/seal.md`, "Wrapping".

use crate::custody::Custody;
use crate::manifest::ClassKey;
use crate::opener::OpenError;
use crate::primitives::{Secret, gcm_open, h, ratchet_in_place};
use crate::rows::{KeyRow, SessionRow, Wrapped};
use crate::session::{Bound, Kem, MAX_WRAPS, first_step, info, nonce, session_id};
use crate::store::KeyStore;
use crate::{Class, ratchet};
use hpke::aead::ExportOnlyAead;
use hpke::kdf::HkdfSha256;
use hpke::{Deserializable as _, OpModeR};
use std::cell::RefCell;
use std::collections::HashMap;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Sessions whose secret is kept at hand: indexing walks them row by row.
const KEPT: usize = 64;

/// A private key of the KEM.
pub(crate) type PrivateKey = <Kem as hpke::Kem>::PrivateKey;

/// A session's ratchet, which readers can walk from its start.
pub(crate) struct Steps {
    first: Box<Secret>,
    x: Box<Secret>,
    q: u32,
}

impl Steps {
    /// Decapsulates; `None` when the key does not fit or the row is not what it says.
    pub(crate) fn open(session: &SessionRow, private: &PrivateKey) -> Option<Self> {
        if session.ws != session_id(&session.enc) {
            return None;
        }
        let enc = <Kem as hpke::Kem>::EncappedKey::from_bytes(&session.enc).ok()?;
        let info = info(&class_key(session)?, &session.writer);
        let context = hpke::setup_receiver::<ExportOnlyAead, HkdfSha256, Kem>(
            &OpModeR::Base,
            private,
            &enc,
            &info,
        )
        .ok()?;
        let mut exported = Secret::default();
        context.export(b"SEAL1 wrap", &mut *exported).ok()?;
        let first = first_step(&exported);
        Some(Self { x: first.clone(), first, q: 0 })
    }

    /// `w_q`.
    pub(crate) fn key(&mut self, q: u32) -> Option<Secret> {
        if q >= MAX_WRAPS {
            return None;
        }
        if q < self.q {
            (self.x, self.q) = (self.first.clone(), 0);
        }
        (self.q..q).for_each(|_| ratchet_in_place(&mut self.x, &[0x02]));
        self.q = q;
        Some(h(&**self.x, &[&[0x01]]))
    }

    /// Undoes a wrap.
    pub(crate) fn unwrap(
        &mut self,
        bound: &Bound<'_>,
        wrapped: &Wrapped,
    ) -> Option<Zeroizing<Vec<u8>>> {
        let key = self.key(wrapped.q)?;
        gcm_open(&key, nonce(wrapped.q), &bound.aad(&wrapped.ws, wrapped.q), &wrapped.bytes)
    }
}

fn class_key(session: &SessionRow) -> Option<ClassKey> {
    let SessionRow { tenant, ret, class, epoch, .. } = session;
    let class = Class::from_number(*class)?;
    Some(ClassKey { label: tenant.clone(), ret: *ret, class, epoch: *epoch })
}

/// True when the session may serve the row: same writer, retention and week, and the row's tenant.
fn serves(session: &SessionRow, row: &KeyRow, class: Class) -> bool {
    session.class == class.number()
        && session.writer == row.writer
        && session.ret == row.ret
        && session.epoch == row.day / 7
        && (session.tenant == row.tenant || session.tenant == "*")
}

/// True when `secret` is the one that the row of `class` commits to.
pub(crate) fn committed(row: &KeyRow, class: Class, secret: &[u8; 32]) -> bool {
    let Some(place) = class.place() else { return false };
    ratchet::commitment(secret, class.number()).ct_eq(&row.com[place]).into()
}

/// Unwraps rows of a store with the keys of a custody.
pub(crate) struct Unwrapper<'a> {
    custody: &'a Custody,
    store: &'a KeyStore,
    kept: RefCell<HashMap<[u8; 12], (SessionRow, Steps)>>,
}

impl<'a> Unwrapper<'a> {
    pub(crate) fn new(custody: &'a Custody, store: &'a KeyStore) -> Self {
        Self { custody, store, kept: RefCell::default() }
    }

    /// The plaintext of one of the row's wraps.
    pub(crate) fn unwrap(
        &self,
        row: &KeyRow,
        class: Class,
        wrapped: &Wrapped,
    ) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let mut kept = self.kept.borrow_mut();
        if !kept.contains_key(&wrapped.ws) {
            let session = self.store.session(&wrapped.ws)?.ok_or(OpenError::NoRow)?;
            let name = class_key(&session).ok_or(OpenError::WrongKey)?;
            let private = self.custody.private(&name).ok_or(OpenError::NoPrivateKey)?;
            let steps = Steps::open(&session, &private).ok_or(OpenError::WrongKey)?;
            if kept.len() >= KEPT {
                kept.clear();
            }
            kept.insert(wrapped.ws, (session, steps));
        }
        let (session, steps) =
            kept.get_mut(&wrapped.ws).expect("it is there or was just put there");
        let bound = Bound { kid: &row.kid, class, day: row.day, tenant: &row.tenant };
        Some(steps)
            .filter(|_| serves(session, row, class))
            .and_then(|steps| steps.unwrap(&bound, wrapped))
            .ok_or(OpenError::WrongKey)
    }
}
