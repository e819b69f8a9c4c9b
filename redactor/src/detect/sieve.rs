//! One pass that tells which of the others a text needs: most short texts need none.
//!
//! Invariant: a class is reported whenever a byte of it is there; the loops are plain enough for the compiler
//! to look at sixteen or more bytes at a time.

/// What bytes a text has.
#[derive(Clone, Copy, Default)]
pub(super) struct Classes {
    /// Something at which a candidate may begin: a digit, `@ : = > ; + " '`.
    pub(super) trigger: bool,
    /// `%`, `\`, `&`, or bytes of characters beyond ASCII: something may be encoded.
    pub(super) encoded: bool,
    /// `=`: quoted-printable.
    pub(super) equals: bool,
}

impl Classes {
    /// The classes in `bytes`.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let (mut trigger, mut encoded, mut equals) = (false, false, false);
        for part in bytes.chunks(64) {
            let (mut t, mut e, mut q) = (0, 0, 0);
            for byte in part {
                t |= u8::from(byte.wrapping_sub(b'0') < 0x11) // digits to `@`
                    | u8::from(*byte == b'+')
                    | u8::from(*byte == b'"')
                    | u8::from(*byte == b'\'');
                e |= u8::from(*byte == b'%')
                    | u8::from(*byte == b'\\')
                    | u8::from(*byte == b'&')
                    | (*byte >> 7);
                q |= u8::from(*byte == b'=');
            }
            trigger |= t != 0;
            encoded |= e != 0;
            equals |= q != 0;
        }
        Self { trigger, encoded, equals }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_counts_wherever_it_stands() {
        for at in [0, 15, 63, 64, 99] {
            let mut text = [b'x'; 100];
            for byte in *b"0123456789@:=>;+\"'" {
                text[at] = byte;
                assert!(Classes::of(&text).trigger);
            }
            for byte in *b"%\\&\xc3" {
                text[at] = byte;
                assert!(Classes::of(&text).encoded && !Classes::of(&text).trigger);
            }
            text[at] = b'=';
            assert!(Classes::of(&text).equals);
        }
        let none = Classes::of(b"plain words, no more (at all)");
        assert!(!none.trigger && !none.encoded && !none.equals);
    }
}
