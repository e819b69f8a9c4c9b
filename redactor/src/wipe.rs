//! Overwrites buffers that held plaintext, at the speed of memory.
//!
//! Invariant: of such a buffer only its first `len` bytes ever hold anything, so those are all there is to
//! overwrite, however large it once grew: whoever shortens one does it here. Place on the path: after every use
//! of a buffer that is kept from line to line.

use zeroize::optimization_barrier;

/// Shortens `buffer` to `to` bytes; what falls away is overwritten with zeros.
pub(crate) fn tail(buffer: &mut Vec<u8>, to: usize) {
    if let Some(old) = buffer.get_mut(to..) {
        old.fill(0);
        optimization_barrier(old);
    }
    buffer.truncate(to);
}

/// Empties `buffer` and keeps its memory.
pub(crate) fn text(buffer: &mut String) {
    let mut bytes = std::mem::take(buffer).into_bytes();
    tail(&mut bytes, 0);
    *buffer = String::from_utf8(bytes).expect("no bytes are UTF-8");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_falls_away_is_zero_and_memory_stays() {
        let mut buffer = b"kept, secret".to_vec();
        tail(&mut buffer, 4);
        assert_eq!(buffer, b"kept");
        buffer.resize(12, b'x');
        let mut name = "ada@example.org".to_owned();
        let room = name.capacity();
        text(&mut name);
        assert!(name.is_empty() && name.capacity() == room);
        tail(&mut buffer, 99);
        assert_eq!(buffer.len(), 12);
    }
}
