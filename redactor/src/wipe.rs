//! Overwrites buffers that held plaintext, at the speed of memory.
//!
//! Invariant: of such a buffer only its first `len` bytes ever hold anything, so those are all there is to
//! overwrite, however large it once grew: whoever shortens one does it here, and whoever lengthens one makes room
//! here first, because a buffer that moves leaves a copy behind. Place on the path: around every use of a buffer
//! that is kept from line to line.

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

/// Bytes a buffer has room for once it has any: most events need no more.
const LEAST: usize = 4096;

/// Makes room for `more` bytes behind the `buffer`'s.
#[inline]
pub(crate) fn reserve(buffer: &mut Vec<u8>, more: usize) {
    if buffer.capacity() - buffer.len() < more {
        grow(buffer, more);
    }
}

#[cold]
fn grow(buffer: &mut Vec<u8>, more: usize) {
    let room = (buffer.len() + more).max(2 * buffer.capacity()).max(LEAST);
    let mut larger = Vec::with_capacity(room);
    larger.extend_from_slice(buffer);
    tail(buffer, 0);
    *buffer = larger;
}

/// Appends `text`, whatever room there is.
#[inline]
pub(crate) fn push(buffer: &mut String, text: &str) {
    if buffer.capacity() - buffer.len() < text.len() {
        move_for(buffer, text.len());
    }
    buffer.push_str(text);
}

#[cold]
fn move_for(buffer: &mut String, more: usize) {
    let room = (buffer.len() + more).max(2 * buffer.capacity()).max(LEAST);
    let mut larger = String::with_capacity(room);
    larger.push_str(buffer);
    text(buffer);
    *buffer = larger;
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

    #[test]
    fn what_is_lengthened_keeps_its_bytes() {
        let (mut bytes, mut name) = (b"ada".to_vec(), "ada".to_owned());
        reserve(&mut bytes, LEAST);
        assert!(bytes == b"ada" && bytes.capacity() >= LEAST + 3);
        let before = bytes.as_ptr();
        reserve(&mut bytes, LEAST);
        assert_eq!(bytes.as_ptr(), before);
        (0..9).for_each(|_| push(&mut name, "@example.org"));
        assert_eq!(name, "ada".to_owned() + &"@example.org".repeat(9));
    }
}
