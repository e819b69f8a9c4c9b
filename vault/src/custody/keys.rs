//! L0, and what is sealed under it: 32 secret bytes at a time.
//!
//! Invariant: each sealed key is bound to its name, so one moved to another name does not open.

use super::{Cost, CustodyError};
use crate::manifest::ClassKey;
use crate::primitives::{Secret, TAG, gcm_open, gcm_seal, h, lp, random};
use argon2::{Algorithm, Argon2, Params, Version};
use hkdf::Hkdf;
use sha2::Sha256;

/// Argon2id of the passphrase.
pub(crate) fn derive(
    passphrase: &str,
    salt: &[u8; 16],
    cost: Cost,
) -> Result<Secret, CustodyError> {
    let params =
        Params::new(cost.memory_kib, cost.passes, 1, Some(32)).expect("constants in range");
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut master = Secret::default();
    argon
        .hash_password_into(passphrase.as_bytes(), salt, &mut *master)
        .map_err(|_| CustodyError::Plan("the passphrase is too long"))?;
    Ok(master)
}

/// L0 of a class: HKDF-SHA256 (RFC 5869) without salt, info `"SEAL1 L0" ‖ class`.
pub(crate) fn level0(master: &[u8; 32], class: u8) -> Secret {
    let mut key = Secret::default();
    Hkdf::<Sha256>::new(None, master)
        .expand_multi_info(&[b"SEAL1 L0", &[class]], &mut *key)
        .expect("32 bytes are one block");
    key
}

/// `H(K_bi, "SEAL1 bi key" ‖ lp(tenant))`: a hash in the index says nothing across tenants.
pub(crate) fn tenant_index_key(master: &[u8; 32], tenant: &str) -> Secret {
    let mut message = b"SEAL1 bi key".to_vec();
    lp(&mut message, tenant.as_bytes());
    h(master, &[&message])
}

/// `"SEAL1 l1\0" ‖ lp(label) ‖ u16 ret ‖ class ‖ u16 w ‖ suite ‖ public key`
pub(crate) fn key_aad(name: &ClassKey, public: &[u8; 32]) -> Vec<u8> {
    let mut aad = b"SEAL1 l1\0".to_vec();
    lp(&mut aad, name.label.as_bytes());
    aad.extend_from_slice(&name.ret.to_be_bytes());
    aad.push(name.class.number());
    aad.extend_from_slice(&name.epoch.to_be_bytes());
    aad.push(crate::SUITE);
    aad.extend_from_slice(public);
    aad
}

/// `"SEAL1 bi\0" ‖ u16 version`
pub(crate) fn index_aad(version: u16) -> Vec<u8> {
    [&b"SEAL1 bi\0"[..], &version.to_be_bytes()].concat()
}

/// `"SEAL1 root\0" ‖ lp(name) ‖ public key`
pub(crate) fn root_aad(name: &str, public: &[u8; 32]) -> Vec<u8> {
    let mut aad = b"SEAL1 root\0".to_vec();
    lp(&mut aad, name.as_bytes());
    aad.extend_from_slice(public);
    aad
}

/// Random nonce ‖ AES-256-GCM of 32 bytes.
pub(crate) fn seal(key: &[u8; 32], aad: &[u8], secret: &[u8; 32]) -> Vec<u8> {
    let mut nonce = [0; 12];
    random(&mut nonce);
    seal_at(nonce, key, aad, secret)
}

/// [`seal`] with a nonce of the caller's.
pub(crate) fn seal_at(nonce: [u8; 12], key: &[u8; 32], aad: &[u8], secret: &[u8; 32]) -> Vec<u8> {
    let mut sealed = Vec::new();
    sealed.reserve_exact(secret.len() + TAG);
    sealed.extend_from_slice(secret);
    gcm_seal(key, nonce, aad, &mut sealed, 0);
    [&nonce[..], &sealed].concat()
}

/// Undoes [`seal`].
pub(crate) fn open(key: &[u8; 32], aad: &[u8], sealed: &[u8]) -> Option<Secret> {
    let (nonce, sealed) = sealed.split_first_chunk()?;
    let secret = gcm_open(key, *nonce, aad, sealed)?;
    let mut out = Secret::default();
    *out = *secret.first_chunk().filter(|_| secret.len() == 32)?;
    Some(out)
}
