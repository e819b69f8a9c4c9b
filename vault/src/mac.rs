//! HMAC-SHA-256 (RFC 2104, FIPS 180-4) in the one shape that chains, sessions and rows need: a key of 32 bytes,
//! messages of one block, two of them under one key.
//!
//! Invariant: the same bytes as any other HMAC (the vectors hold it), and everything between key and result is
//! overwritten before a function returns. Written here for its order of work: the two blocks of each round do
//! not depend on each other, so the processor hashes them at the same time (`docs/decisions/0008`).

use sha2::block_api::compress256;
use zeroize::optimization_barrier;

/// Longest message that fits in one block with the padding of SHA-256.
const LONGEST: usize = 55;

/// The initial hash value of SHA-256.
const INITIAL: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// `H(k, a)` to `out`, then `k ← H(k, b)`: a step that overwrites what it came from.
pub(crate) fn step(key: &mut [u8; 32], a: &[u8], out: &mut [u8; 32], b: &[u8]) {
    let mut work = Work::new();
    work.take(key);
    work.authenticate([a, b]);
    write(&work.states[0], out);
    write(&work.states[1], key);
}

/// `H(k, a)` and `H(k, b)`, each written where it will live.
pub(crate) fn pair(key: &[u8; 32], a: &[u8], a_out: &mut [u8; 32], b: &[u8], b_out: &mut [u8; 32]) {
    let mut work = Work::new();
    work.take(key);
    work.authenticate([a, b]);
    write(&work.states[0], a_out);
    write(&work.states[1], b_out);
}

/// `k ← H(k, m)`.
pub(crate) fn ratchet_in_place(key: &mut [u8; 32], message: &[u8]) {
    let mut work = Work::new();
    work.take(key);
    work.authenticate([message]);
    write(&work.states[0], key);
}

/// What lies between a key and its results. Overwritten when dropped; never moved while it holds anything.
struct Work {
    /// SHA-256 after the inner and after the outer padding of the key.
    keyed: [[u32; 8]; 2],
    states: [[u32; 8]; 2],
    blocks: [[u8; 64]; 2],
}

impl Work {
    const fn new() -> Self {
        Self { keyed: [INITIAL; 2], states: [[0; 8]; 2], blocks: [[0x36; 64], [0x5c; 64]] }
    }

    fn take(&mut self, key: &[u8; 32]) {
        for block in &mut self.blocks {
            block.iter_mut().zip(key).for_each(|(pad, byte)| *pad ^= byte);
        }
        compress(&mut self.keyed, &self.blocks);
    }

    /// Leaves `H(k, m)` of each message in its state.
    fn authenticate<const N: usize>(&mut self, messages: [&[u8]; N]) {
        let (states, blocks) = (&mut self.states[..N], &mut self.blocks[..N]);
        for (block, message) in blocks.iter_mut().zip(messages) {
            debug_assert!(message.len() <= LONGEST, "a message is one block");
            block[..message.len()].copy_from_slice(message);
            pad(block, message.len());
        }
        states.fill(self.keyed[0]);
        compress(states, blocks);
        for (block, state) in blocks.iter_mut().zip(&*states) {
            write(state, block.first_chunk_mut().expect("32 is less than 64"));
            pad(block, 32);
        }
        states.fill(self.keyed[1]);
        compress(states, blocks);
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        (self.keyed, self.states, self.blocks) = ([[0; 8]; 2], [[0; 8]; 2], [[0; 64]; 2]);
        optimization_barrier(self);
    }
}

/// One block into each state; nothing of one waits for the other.
fn compress(states: &mut [[u32; 8]], blocks: &[[u8; 64]]) {
    for (state, block) in states.iter_mut().zip(blocks) {
        compress256(state, std::slice::from_ref(block));
    }
}

/// Ends a message of `length` bytes at the start of a block: 0x80, zeros, length in bits. The block before it was
/// the key's.
fn pad(block: &mut [u8; 64], length: usize) {
    block[length] = 0x80;
    block[length + 1..56].fill(0);
    block[56..].copy_from_slice(&(8 * (64 + length as u64)).to_be_bytes());
}

fn write(state: &[u32; 8], out: &mut [u8; 32]) {
    for (bytes, word) in out.as_chunks_mut().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::h;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_the_crate_for_any_message_of_one_block(
            key: [u8; 32],
            a in prop::collection::vec(any::<u8>(), 0..=LONGEST),
            b in prop::collection::vec(any::<u8>(), 0..=LONGEST),
        ) {
            let (mut first, mut second) = ([0; 32], [0; 32]);
            pair(&key, &a, &mut first, &b, &mut second);
            prop_assert_eq!((first, second), (*h(&key, &[&a]), *h(&key, &[&b])));
            let (mut stepped, mut alone, mut out) = (key, key, [0; 32]);
            step(&mut stepped, &a, &mut out, &b);
            prop_assert_eq!((out, stepped), (first, second));
            ratchet_in_place(&mut alone, &b);
            prop_assert_eq!(alone, second);
        }
    }
}
