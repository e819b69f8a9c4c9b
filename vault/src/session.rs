//! Wrap sessions: one KEM operation, then many wraps.
//!
//! Invariant: the session's ratchet forgets each wrap key as it makes the next, so a stolen writer opens no
//! row it has already emitted. HPKE (RFC 9180) base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256,
//! export-only; `docs/formats/seal.md`, "Wrapping".

use crate::manifest::ClassKey;
use crate::primitives::{Secret, TAG, first, gcm_seal, h_into, lp, pad_into, sha256, step};
use crate::rows::{SessionRow, Wrapped};
use crate::{Class, Kid, SUITE};
use hpke::aead::ExportOnlyAead;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::CryptoRng;
use hpke::{Deserializable as _, OpModeS, Serializable as _};

/// The KEM of suite 0x11.
pub(crate) type Kem = X25519HkdfSha256;

const LIFETIME_MS: i64 = 86_400_000;
/// Wraps of one session.
pub(crate) const MAX_WRAPS: u32 = 4096;

/// What a wrap is bound to.
#[derive(Clone, Copy)]
pub(crate) struct Bound<'a> {
    pub(crate) kid: &'a Kid,
    pub(crate) class: Class,
    pub(crate) day: u16,
    pub(crate) tenant: &'a str,
}

impl Bound<'_> {
    /// `label ‖ kid ‖ class ‖ ws ‖ u32 q ‖ u16 day ‖ lp(tenant)`, where the label is `"SEAL1 row\0"`, or
    /// `"SEAL1 ix\0"` for class 15.
    pub(crate) fn aad(&self, ws: &[u8; 12], q: u32) -> Vec<u8> {
        let label: &[u8] = if self.class == Class::Index { b"SEAL1 ix\0" } else { b"SEAL1 row\0" };
        let mut aad = Vec::with_capacity(48 + self.tenant.len());
        aad.extend_from_slice(label);
        aad.extend_from_slice(self.kid);
        aad.push(self.class.number());
        aad.extend_from_slice(ws);
        aad.extend_from_slice(&q.to_be_bytes());
        aad.extend_from_slice(&self.day.to_be_bytes());
        lp(&mut aad, self.tenant.as_bytes());
        aad
    }
}

/// `"SEAL1 ws" ‖ lp(label) ‖ u16 ret ‖ class ‖ u16 w ‖ writer`
pub(crate) fn info(name: &ClassKey, writer: &[u8; 8]) -> Vec<u8> {
    let mut info = b"SEAL1 ws".to_vec();
    lp(&mut info, name.label.as_bytes());
    info.extend_from_slice(&name.ret.to_be_bytes());
    info.push(name.class.number());
    info.extend_from_slice(&name.epoch.to_be_bytes());
    info.extend_from_slice(writer);
    info
}

/// `X_0 = H(exported, "SEAL1 ws0")`, made where it stays: a secret that moves leaves a copy behind.
pub(crate) fn first_step(exported: &[u8; 32]) -> Box<Secret> {
    let mut x = Box::<Secret>::default();
    h_into(exported, &[b"SEAL1 ws0"], &mut x);
    x
}

/// The nonce of wrap q: `0^8 ‖ u32 q`.
pub(crate) fn nonce(q: u32) -> [u8; 12] {
    let mut nonce = [0; 12];
    nonce[8..].copy_from_slice(&q.to_be_bytes());
    nonce
}

/// `SHA-256(enc)[0..12]`.
pub(crate) fn session_id(enc: &[u8; 32]) -> [u8; 12] {
    first(&sha256(&[enc]))
}

/// A wrap session, on the writer.
pub(crate) struct Session {
    public: [u8; 32],
    ws: [u8; 12],
    started_ms: i64,
    x: Box<Secret>,
    q: u32,
}

impl Session {
    /// Encapsulates to `public` and returns the session with its row. `None` when the public key is no
    /// usable X25519 point.
    pub(crate) fn start(
        name: &ClassKey,
        public: &[u8; 32],
        writer: &[u8; 8],
        now_ms: i64,
        rng: &mut impl CryptoRng,
    ) -> Option<(Self, SessionRow)> {
        let recipient = <Kem as hpke::Kem>::PublicKey::from_bytes(public).ok()?;
        let info = info(name, writer);
        let (enc, context) = hpke::setup_sender_with_rng::<ExportOnlyAead, HkdfSha256, Kem>(
            &OpModeS::Base,
            &recipient,
            &info,
            rng,
        )
        .ok()?;
        let mut exported = Secret::default();
        context.export(b"SEAL1 wrap", &mut *exported).ok()?;
        let enc: [u8; 32] = enc.to_bytes().into();
        let ws = session_id(&enc);
        let row = SessionRow {
            ws,
            writer: *writer,
            tenant: name.label.clone(),
            ret: name.ret,
            class: name.class.number(),
            epoch: name.epoch,
            suite: SUITE,
            enc,
            created: now_ms.div_euclid(1000),
            expires: SessionRow::expiry(name.ret, name.epoch),
        };
        let x = first_step(&exported);
        Some((Self { public: *public, ws, started_ms: now_ms, x, q: 0 }, row))
    }

    /// The recipient.
    pub(crate) fn public(&self) -> &[u8; 32] {
        &self.public
    }

    /// False after 24 h or 4096 wraps.
    pub(crate) fn is_fresh(&self, now_ms: i64) -> bool {
        self.q < MAX_WRAPS && (0..LIFETIME_MS).contains(&(now_ms - self.started_ms))
    }

    /// AES-256-GCM under `w_q`; the session moves on. The plaintext is padded to `64·n` for class 15.
    pub(crate) fn wrap(&mut self, bound: &Bound<'_>, plain: &[u8]) -> Wrapped {
        let (ws, q) = (self.ws, self.q);
        let mut key = Secret::default();
        step(&mut self.x, &[0x01], &mut key, &[0x02]);
        self.q += 1;
        let mut bytes = Vec::new();
        if bound.class == Class::Index {
            pad_into(&mut bytes, plain, (plain.len() + 1).next_multiple_of(64));
        } else {
            bytes.reserve_exact(plain.len() + TAG);
            bytes.extend_from_slice(plain);
        }
        gcm_seal(&key, nonce(q), &bound.aad(&ws, q), &mut bytes, 0);
        Wrapped { ws, q, bytes }
    }
}
