//! The few primitives everything else is built from, named as in `docs/formats/seal.md`.
//!
//! Invariant: secrets made here are overwritten when dropped. Integers are big-endian.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::digest::FixedOutput as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// 32 secret bytes.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// Bytes of an AES-GCM tag.
pub(crate) const TAG: usize = 16;

/// `H(k, m)` = HMAC-SHA-256, `m` in parts.
#[cfg(any(test, feature = "open"))]
pub(crate) fn h(key: &[u8], parts: &[&[u8]]) -> Secret {
    let mut out = Secret::default();
    h_into(key, parts, &mut out);
    out
}

/// [`h`], written where the result will live.
pub(crate) fn h_into(key: &[u8], parts: &[&[u8]], out: &mut [u8; 32]) {
    Keyed::new(key).finish(parts, out);
}

/// `H(k, a)` to `out`, then `k ← H(k, b)`: a step that overwrites what it came from.
pub(crate) fn step(key: &mut [u8; 32], a: &[u8], out: &mut [u8; 32], b: &[u8]) {
    let keyed = Keyed::new(key);
    keyed.write(&[a], out);
    keyed.finish(&[b], key);
}

/// `k ← H(k, m)`.
pub(crate) fn ratchet_in_place(key: &mut [u8; 32], message: &[u8]) {
    Keyed::new(key).finish(&[message], key);
}

/// A key of `H`, taken in once for several messages: of a short message that is half the work.
pub(crate) struct Keyed(Hmac<Sha256>);

impl Keyed {
    pub(crate) fn new(key: &[u8]) -> Self {
        Self(Hmac::new_from_slice(key).expect("HMAC takes a key of any length"))
    }

    /// `H(k, m)`, `m` in parts.
    pub(crate) fn write(&self, parts: &[&[u8]], out: &mut [u8; 32]) {
        Self(self.0.clone()).finish(parts, out);
    }

    /// [`Self::write`] of the last message.
    pub(crate) fn finish(mut self, parts: &[&[u8]], out: &mut [u8; 32]) {
        parts.iter().for_each(|part| self.0.update(part));
        self.0.finalize_into(out.into());
    }
}

/// SHA-256 of the parts.
pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}

/// The first `N` bytes of a hash or MAC.
pub(crate) fn first<const N: usize>(of: &[u8; 32]) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&of[..N]);
    out
}

/// Appends `lp(x)` = u16 length ‖ x. What is longer than a u16 can say is cut: tenants, labels and streams
/// are at most 64 bytes.
pub(crate) fn lp(out: &mut Vec<u8>, x: &[u8]) {
    let length = u16::try_from(x.len()).unwrap_or(u16::MAX);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(&x[..usize::from(length)]);
}

/// Fresh bytes from the operating system.
pub(crate) fn random(out: &mut [u8]) {
    getrandom::fill(out).expect("the kernel's random source works once the machine has booted");
}

fn gcm(key: &[u8; 32]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).expect("32 bytes are a key of AES-256"))
}

/// AES-256-GCM over `buffer` from `start` on, in place; the tag goes to the end of it.
pub(crate) fn gcm_seal(
    key: &[u8; 32],
    nonce: [u8; 12],
    aad: &[u8],
    buffer: &mut Vec<u8>,
    start: usize,
) {
    let nonce = Nonce::assume_unique_for_key(nonce);
    let tag = gcm(key)
        .seal_in_place_separate_tag(nonce, Aad::from(aad), &mut buffer[start..])
        .expect("AES-GCM takes up to 64 GiB");
    buffer.extend_from_slice(tag.as_ref());
}

/// Undoes [`gcm_seal`]; `None` when any byte of ciphertext, tag, AAD, nonce or key differs.
#[cfg(any(test, feature = "open"))]
pub(crate) fn gcm_open(
    key: &[u8; 32],
    nonce: [u8; 12],
    aad: &[u8],
    sealed: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let length = sealed.len().checked_sub(TAG)?;
    let mut plain = Zeroizing::new(sealed.to_vec());
    let nonce = Nonce::assume_unique_for_key(nonce);
    gcm(key).open_in_place(nonce, Aad::from(aad), &mut plain).ok()?;
    plain.truncate(length);
    Some(plain)
}

/// Appends `plain ‖ 0x80 ‖ zeros`, `total` bytes, leaving room for a tag: growing later would leave a copy
/// of the plaintext behind in freed memory.
pub(crate) fn pad_into(out: &mut Vec<u8>, plain: &[u8], total: usize) {
    out.reserve_exact(total + TAG);
    out.extend_from_slice(plain);
    out.push(0x80);
    out.resize(out.len() + total - plain.len() - 1, 0);
}

/// Removes the padding of [`pad_into`]: zeros back to the last 0x80; `None` for anything else.
#[cfg(any(test, feature = "open"))]
pub(crate) fn unpad(padded: &[u8]) -> Option<&[u8]> {
    let end = padded.iter().rposition(|byte| *byte != 0)?;
    (padded[end] == 0x80).then(|| &padded[..end])
}

/// base64url without padding.
pub(crate) fn b64(bytes: impl AsRef<[u8]>) -> String {
    base64_simd::URL_SAFE_NO_PAD.encode_to_string(bytes)
}

/// Appends base64url without padding.
pub(crate) fn b64_into(out: &mut Vec<u8>, bytes: &[u8]) {
    base64_simd::URL_SAFE_NO_PAD.encode_append(bytes, out);
}

/// base64url without padding at the beginning of `buffer`, which must have room for it.
pub(crate) fn text_in<'b>(bytes: &[u8], buffer: &'b mut [u8]) -> &'b str {
    base64_simd::URL_SAFE_NO_PAD.encode_as_str(bytes, base64_simd::Out::from_slice(buffer))
}

/// Reads base64url without padding.
pub(crate) fn unb64(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hmac_agrees_with_rfc_4231_case_2() {
        let mac = h(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
        assert_eq!(mac[..4], [0x5b, 0xdc, 0xc1, 0x46]);
        let mut key = *h(b"any", &[b"secret"]);
        let expected = h(&key, &[&[2]]);
        ratchet_in_place(&mut key, &[2]);
        assert_eq!(key, *expected);
    }

    #[test]
    fn padding_that_ends_otherwise_is_refused() {
        assert_eq!(unpad(b"a\x80\0\0"), Some(&b"a"[..]));
        assert_eq!(unpad(b"a\x80\x80"), Some(&b"a\x80"[..]));
        for wrong in [&b""[..], b"\0\0", b"a\0\0", b"a\x81"] {
            assert_eq!(unpad(wrong), None);
        }
    }

    proptest! {
        #[test]
        fn gcm_opens_what_it_sealed_and_nothing_else(
            plain: Vec<u8>, aad: Vec<u8>, flip: proptest::sample::Index,
        ) {
            let mut sealed = plain.clone();
            gcm_seal(&[1; 32], [2; 12], &aad, &mut sealed, 0);
            prop_assert_eq!(gcm_open(&[1; 32], [2; 12], &aad, &sealed).unwrap().to_vec(), plain);
            let at = flip.index(sealed.len());
            sealed[at] ^= 1;
            prop_assert!(gcm_open(&[1; 32], [2; 12], &aad, &sealed).is_none());
        }

        #[test]
        fn base64_appends_and_reads_back(bytes: Vec<u8>) {
            let mut out = b"x".to_vec();
            b64_into(&mut out, &bytes);
            prop_assert_eq!(unb64(std::str::from_utf8(&out[1..]).unwrap()), Some(bytes));
        }
    }
}
