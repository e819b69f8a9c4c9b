//! Hashes of the audit log's Merkle trees (RFC 6962, section 2.1).
//!
//! Invariant: leaves are hashes of an event's exact bytes, which are ciphertext where they are personal, so
//! proofs outlive erasure and expiry.

use crate::primitives::sha256;

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// Hash of a leaf: SHA-256(0x00 ‖ data). For `audit` and `access` the data are an event's bytes, without
/// newline; for other streams [`batch_leaf`].
#[must_use]
pub fn leaf_hash(data: &[u8]) -> Hash {
    sha256(&[&[0x00], data])
}

/// Hash of an inner node: SHA-256(0x01 ‖ left ‖ right).
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    sha256(&[&[0x01], left, right])
}

/// The leaf that stands for a batch of `n` events: `"SEAL1 batch\n" ‖ u32 n ‖ root ‖ first id ‖ last id`,
/// where `root` is the RFC 6962 tree hash of the batch's events.
#[must_use]
pub fn batch_leaf(n: u32, root: &Hash, first: &[u8; 16], last: &[u8; 16]) -> [u8; 80] {
    let mut leaf = [0; 80];
    leaf[..12].copy_from_slice(b"SEAL1 batch\n");
    leaf[12..16].copy_from_slice(&n.to_be_bytes());
    leaf[16..48].copy_from_slice(root);
    leaf[48..64].copy_from_slice(first);
    leaf[64..].copy_from_slice(last);
    leaf
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaf_of_nothing_is_the_known_one() {
        // SHA-256 of a single zero byte: the first leaf of RFC 6962's reference tests.
        assert_eq!(leaf_hash(b"")[..4], [0x6e, 0x34, 0x0b, 0x9c]);
    }

    #[test]
    fn leaves_and_nodes_never_meet() {
        let (left, right) = (leaf_hash(b"a"), leaf_hash(b"b"));
        let joined = [left, right].concat();
        assert_ne!(leaf_hash(&joined), node_hash(&left, &right));
        assert_ne!(node_hash(&left, &right), node_hash(&right, &left));
    }

    #[test]
    fn a_batch_leaf_holds_its_parts_in_order() {
        let leaf = batch_leaf(3, &[7; 32], &[1; 16], &[2; 16]);
        assert_eq!(&leaf[..16], b"SEAL1 batch\n\0\0\0\x03");
        assert_eq!((leaf[16], leaf[48], leaf[79]), (7, 1, 2));
    }
}
