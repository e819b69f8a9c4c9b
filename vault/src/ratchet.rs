//! From a row's secret to one key per blob: commitment, key id and the ratchet.
//!
//! Invariant: a step overwrites what it came from, so memory at time t holds nothing that opens a blob
//! sealed before t, and a key is never used twice. `docs/formats/seal.md`, "Derivations"; j is 0.

use crate::Kid;
#[cfg(any(test, feature = "open"))]
use crate::primitives::h;
use crate::primitives::{Keyed, Secret, first, lp, ratchet_in_place, sha256, step};
use zeroize::Zeroizing;

/// The secrets `s_c` of one row, for the classes 1, 2, 3 in this order.
pub(crate) type RowSecrets = Zeroizing<[[u8; 32]; 3]>;

/// `com_c = H(s_c, "SEAL1 commit" ‖ c)`: binds a row to its secret, which GCM alone does not.
#[cfg(any(test, feature = "open"))]
pub(crate) fn commitment(secret: &[u8; 32], class: u8) -> [u8; 32] {
    *h(secret, &[b"SEAL1 commit", &[class]])
}

/// `kid = SHA-256("SEAL1 kid" ‖ lp(tenant) ‖ for c in {1,2,3}: c ‖ com_c)[0..16]`.
pub(crate) fn kid(tenant: &str, com: &[[u8; 32]; 3]) -> Kid {
    let mut name = Vec::with_capacity(11 + tenant.len());
    name.extend_from_slice(b"SEAL1 kid");
    lp(&mut name, tenant.as_bytes());
    first(&sha256(&[&name, &[1], &com[0], &[2], &com[1], &[3], &com[2]]))
}

/// The chain of blob keys of one class: `ck_i` and i, or `R_0` until the first blob: most rows seal values of
/// one class only, and the way from `R_0` to `ck_0` is half of a chain's start.
#[derive(Default)]
pub(crate) struct Ratchet {
    ck: Secret,
    i: u16,
}

/// In place of i: the chain is at `R_0`.
const NOT_BEGUN: u16 = u16::MAX;

impl Ratchet {
    /// Blobs that one `Chain` may seal per class before the writer is asked again: a row whose counter
    /// comes within this distance of its end is given up.
    const ROOM: u16 = 16;

    /// Starts at `R_0` of `secret`, in place: a secret that moves leaves a copy behind. Returns the
    /// [`commitment`], which is made under the same key.
    pub(crate) fn start(&mut self, secret: &[u8; 32], class: u8) -> [u8; 32] {
        let mut com = [0; 32];
        let secret = Keyed::new(secret);
        secret.write(&[b"SEAL1 commit", &[class]], &mut com);
        secret.finish(&[b"SEAL1 outer"], &mut self.ck);
        self.i = NOT_BEGUN;
        com
    }

    /// From `R_0` to `ck_0`.
    fn begin(&mut self) {
        if self.i == NOT_BEGUN {
            ratchet_in_place(&mut self.ck, &[0x01]);
            ratchet_in_place(&mut self.ck, b"SEAL1 inner");
            self.i = 0;
        }
    }

    /// True while the counter is far enough from its end.
    pub(crate) fn has_room(&self) -> bool {
        self.i <= u16::MAX - Self::ROOM || self.i == NOT_BEGUN
    }

    /// Writes `mk_i` to `key`, returns i; the chain moves on. Past the end of the counter the keys stay
    /// fresh but no reader can name them: such a blob is lost, not exposed. [`Self::has_room`] keeps
    /// writers away from there.
    pub(crate) fn next(&mut self, key: &mut Secret) -> u16 {
        self.begin();
        step(&mut self.ck, &[0x01], key, &[0x02]);
        let i = self.i;
        self.i = (i + 1).min(NOT_BEGUN - 1);
        i
    }

    /// `mk_i` straight from a row's secret, for readers.
    #[cfg(any(test, feature = "open"))]
    pub(crate) fn key(secret: &[u8; 32], i: u16) -> Secret {
        let mut chain = Self::default();
        chain.start(secret, 0);
        chain.begin();
        (0..i).for_each(|_| ratchet_in_place(&mut chain.ck, &[0x02]));
        let mut key = Secret::default();
        chain.next(&mut key);
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn key_id_and_keys_match_the_published_vector() {
        let com = [1, 2, 3].map(|class| commitment(&[0x40 + class; 32], class));
        assert_eq!(hex(&kid("acme", &com)), KID);
        let mut chain = Ratchet::default();
        let com = chain.start(&[0x41; 32], 1);
        assert_eq!(com, commitment(&[0x41; 32], 1));
        let mut key = Secret::default();
        assert_eq!((chain.next(&mut key), hex(&*key).as_str()), (0, MK_0));
        assert_eq!(chain.next(&mut key), 1);
        assert_eq!((chain.next(&mut key), hex(&*key).as_str()), (2, MK_2));
        assert_eq!(*Ratchet::key(&[0x41; 32], 2), *key);
    }

    #[test]
    fn a_chain_near_its_end_has_no_room_and_never_repeats_a_key() {
        let mut chain = Ratchet { ck: Secret::default(), i: u16::MAX - 17 };
        assert!(chain.has_room());
        let mut seen = std::collections::HashSet::new();
        let mut key = Secret::default();
        for _ in 0..20 {
            chain.next(&mut key);
            assert!(seen.insert(*key));
        }
        assert!(!chain.has_room());
        assert_eq!(chain.i, u16::MAX - 1);
    }

    const KID: &str = "3f5569c22ca5b4f9e24c37d5a0a2d84a";
    const MK_0: &str = "b0a5c188c18e9ae9cf758541c506b19b3ba4686a7898f2304d12a90555b904d1";
    const MK_2: &str = "7c99ef9fa092122b692aff3be081e5d6a7abcd9fd4a6448fc90ed66dc418f976";
}
