//! One pass that tells which of the others a text needs: most short texts need none.
//!
//! Invariant: a class is reported whenever a byte of it is there.

/// Something at which a candidate may begin: a digit, `@ : = > ; + " '`.
const TRIGGER: u8 = 1;
/// `%`, `\`, `&`, or bytes of characters beyond ASCII: something may be encoded.
const ENCODED: u8 = 2;
const EQUALS: u8 = 4;
const UPPER: u8 = 8;
const DIGIT: u8 = 16;
const LINE: u8 = 32;

/// The classes of each byte.
static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut n = 0;
    while n < 256 {
        classes[n] = match n as u8 {
            b'=' => TRIGGER | EQUALS,
            b'0'..=b'9' => TRIGGER | DIGIT,
            b'@' | b':' | b'>' | b';' | b'+' | b'"' | b'\'' => TRIGGER,
            b'%' | b'\\' | b'&' | 0x80.. => ENCODED,
            b'A'..=b'Z' => UPPER,
            b'\n' => LINE,
            _ => 0,
        };
        n += 1;
    }
    classes
};

/// Is `byte` one at which a candidate may begin?
pub(super) fn is_trigger(byte: u8) -> bool {
    CLASSES[usize::from(byte)] & TRIGGER != 0
}

/// What bytes a text has.
#[derive(Clone, Copy, Default)]
pub(super) struct Classes(u8);

impl Classes {
    /// The classes in `bytes`.
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self(bytes.iter().fold(0, |all, byte| all | CLASSES[usize::from(*byte)]))
    }

    /// May a candidate begin somewhere?
    pub(super) const fn trigger(self) -> bool {
        self.0 & TRIGGER != 0
    }

    /// May something be encoded, but for quoted-printable and base64?
    pub(super) const fn encoded(self) -> bool {
        self.0 & ENCODED != 0
    }

    /// May there be quoted-printable?
    pub(super) const fn equals(self) -> bool {
        self.0 & EQUALS != 0
    }

    /// May there be text in base64? It has capitals or digits, if it holds anything at all.
    pub(super) const fn packed(self) -> bool {
        self.0 & (UPPER | DIGIT) != 0
    }

    /// May there be a capitalised word?
    pub(super) const fn upper(self) -> bool {
        self.0 & (UPPER | ENCODED) != 0
    }

    /// Is there more than one line?
    pub(super) const fn lines(self) -> bool {
        self.0 & LINE != 0
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
                assert!(Classes::of(&text).trigger() && is_trigger(byte));
            }
            for byte in *b"%\\&\xc3" {
                text[at] = byte;
                assert!(Classes::of(&text).encoded() && !Classes::of(&text).trigger());
            }
            text[at] = b'=';
            assert!(Classes::of(&text).equals());
            text[at] = b'Q';
            assert!(Classes::of(&text).packed() && !Classes::of(&text).lines());
            text[at] = b'\n';
            assert!(Classes::of(&text).lines() && !Classes::of(&text).packed());
        }
        let none = Classes::of(b"plain words, no more (at all)");
        assert!(!none.trigger() && !none.encoded() && !none.equals());
    }
}
