//! Which bytes of a text are of which kind: a bit for each, found 64 at a time, before any detector looks.
//!
//! Invariant: says what a look at each byte would say. As in Langdale and Lemire, "Parsing gigabytes of JSON per
//! second" (2019), section 3.1. Place on the path: first of all for each view; the passes over it go from bit to bit.

use std::ops::Range;
use wide::u8x16;

/// Bytes of a block.
const BLOCK: usize = 64;
/// Blocks of a text that need no memory of their own.
const FEW: usize = 4;

/// Bytes of base64 that stand together in words too, but seldom.
const LONG: u32 = 12;

/// The kinds of 64 bytes; the first byte is the lowest bit.
#[derive(Clone, Copy, Default)]
struct Block {
    trigger: u64,
    capital: u64,
    base64: u64,
    begins: u64,
    ends: u64,
}

/// What a pass looks for.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// A byte at which a candidate may begin: a digit, `@ : = > ; + " '`.
    Trigger,
    /// The first byte of a capital letter of Latin, Greek or Cyrillic.
    Capital,
    /// A character of either alphabet of base64 (RFC 4648).
    Base64,
    /// Where a word or a known beginning may begin: a letter but for a small one behind another, a byte of a letter
    /// beyond ASCII, a slash.
    Begin,
    /// The place behind a word: behind its last letter, or before the capital that begins the next (`camelCase`).
    End,
}

/// What of a text is where.
pub(super) struct Shape {
    few: [Block; FEW],
    many: Vec<Block>,
    len: usize,
    all: Block,
    /// Bytes of base64 right before the next block, and whether [`LONG`] have stood together.
    run: u32,
    long: bool,
    /// What of the rare ones is there?
    encoded: bool,
    equals: bool,
    lines: bool,
}

impl Shape {
    pub(super) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut shape = Self {
            few: [Block::default(); FEW],
            many: Vec::new(),
            len: bytes.len(),
            all: Block::default(),
            run: 0,
            long: false,
            encoded: false,
            equals: false,
            lines: false,
        };
        // One more than whole blocks: the end of a word may be the end of the text.
        let count = bytes.len() / BLOCK + 1;
        if count > FEW {
            shape.many.reserve_exact(count);
        }
        let mut before = Before::default();
        for n in 0..count {
            let block = shape.block(&block(bytes, n * BLOCK), &mut before);
            shape.all = shape.all.with(&block);
            if count > FEW {
                shape.many.push(block);
            } else {
                shape.few[n] = block;
            }
        }
        shape
    }

    /// The kinds of the bytes in `block`, with `before` of the last one.
    fn block(&mut self, block: &[u8; BLOCK], before: &mut Before) -> Block {
        let upper = bits(block, |bytes| within(bytes, b'A', b'Z'));
        let lower = bits(block, |bytes| within(bytes, b'a', b'z'));
        let high = bits(block, |bytes| bytes);
        let trigger = bits(block, |bytes| {
            within(bytes, b'0', b'>') & !one_of(bytes, b"<") | one_of(bytes, b"@+\"'")
        });
        let other = bits(block, |bytes| within(bytes, b'/', b'9') | one_of(bytes, b"+-_"));
        let slash = bits(block, |bytes| one_of(bytes, b"/\\"));
        let rare = bits(block, |bytes| one_of(bytes, b"%&\\=\n"));
        let mut capital = upper;
        if high != 0 {
            self.encoded = true;
            capital |= bits(block, |bytes| within(bytes, 0xc3, 0xcf) | one_of(bytes, b"\xe1"));
        }
        self.rare(block, rare);
        let alpha = upper | lower;
        let letter = alpha | high;
        let behind = |bits: u64, before: u64| bits << 1 | before;
        let first = !(behind(alpha, before.alpha) & lower);
        let found = Block {
            trigger,
            capital,
            base64: alpha | other,
            begins: first & (letter | slash),
            ends: behind(letter, before.letter) & !letter | behind(lower, before.lower) & upper,
        };
        let last = |bits: u64| bits >> (BLOCK - 1);
        self.count_run(found.base64);
        *before = Before { alpha: last(alpha), letter: last(letter), lower: last(lower) };
        found
    }

    /// Goes on counting what of base64 stands together, through a block where it stands at the bits of `base64`.
    fn count_run(&mut self, base64: u64) {
        let two = base64 & base64 >> 1;
        let four = two & two >> 2;
        let twelve = four & four >> 4 & four >> 8;
        self.long |= twelve != 0 || self.run + base64.trailing_ones() >= LONG;
        self.run = if base64 == u64::MAX { LONG } else { base64.leading_ones() };
    }

    /// Notes what the bytes at the bits of `rare` are.
    fn rare(&mut self, block: &[u8; BLOCK], mut rare: u64) {
        while rare != 0 {
            match block[rare.trailing_zeros() as usize] {
                b'=' => self.equals = true,
                b'\n' => self.lines = true,
                _ => self.encoded = true,
            }
            rare &= rare - 1;
        }
    }

    /// Is there a byte of `kind`?
    pub(super) fn has(&self, kind: Kind) -> bool {
        self.all.of(kind) != 0
    }

    /// May something be encoded, but for quoted-printable and base64: is there `%`, `\`, `&`, or a byte beyond ASCII?
    pub(super) const fn encoded(&self) -> bool {
        self.encoded
    }

    /// May there be quoted-printable?
    pub(super) const fn equals(&self) -> bool {
        self.equals
    }

    /// May there be text in base64, of at least `shortest` characters? It has capitals.
    pub(super) const fn packed(&self, shortest: usize) -> bool {
        self.all.capital != 0 && (self.long || shortest < LONG as usize)
    }

    /// Is there more than one line?
    pub(super) const fn lines(&self) -> bool {
        self.lines
    }

    /// Calls `each` with every place in `range` that is of `kind`.
    #[inline]
    pub(super) fn each(&self, kind: Kind, range: Range<usize>, mut each: impl FnMut(usize)) {
        let first = range.start / BLOCK;
        for (n, block) in self.blocks().iter().enumerate().skip(first) {
            let start = n * BLOCK;
            if start >= range.end {
                break;
            }
            let mut bits = block.of(kind);
            if n == first {
                bits &= u64::MAX << (range.start % BLOCK);
            }
            if range.end - start < BLOCK {
                bits &= (1 << (range.end - start)) - 1;
            }
            while bits != 0 {
                each(start + bits.trailing_zeros() as usize);
                bits &= bits - 1;
            }
        }
    }

    fn blocks(&self) -> &[Block] {
        if self.many.is_empty() { &self.few[..=self.len / BLOCK] } else { &self.many }
    }

    /// The first place from `range.start` on, and before its end, that is of `kind`.
    pub(super) fn next(&self, kind: Kind, range: Range<usize>) -> Option<usize> {
        self.find(kind, range.start, 0).filter(|at| *at < range.end)
    }

    /// The first place from `at` on that is not of `kind`: the end of the text at the latest.
    pub(super) fn end(&self, kind: Kind, at: usize) -> usize {
        self.find(kind, at, u64::MAX).unwrap_or(self.len).min(self.len)
    }

    fn find(&self, kind: Kind, at: usize, flip: u64) -> Option<usize> {
        let blocks = self.blocks();
        let first = at / BLOCK;
        let mut rest = (blocks.get(first)?.of(kind) ^ flip) >> (at % BLOCK) << (at % BLOCK);
        for n in first.. {
            if rest != 0 {
                return Some(n * BLOCK + rest.trailing_zeros() as usize);
            }
            rest = blocks.get(n + 1)?.of(kind) ^ flip;
        }
        None
    }
}

impl Block {
    const fn of(&self, kind: Kind) -> u64 {
        match kind {
            Kind::Trigger => self.trigger,
            Kind::Capital => self.capital,
            Kind::Base64 => self.base64,
            Kind::Begin => self.begins,
            Kind::End => self.ends,
        }
    }

    const fn with(self, other: &Self) -> Self {
        Self {
            trigger: self.trigger | other.trigger,
            capital: self.capital | other.capital,
            base64: self.base64 | other.base64,
            begins: self.begins | other.begins,
            ends: self.ends | other.ends,
        }
    }
}

/// What the last byte of the block before was, as the lowest bit.
#[derive(Default)]
struct Before {
    alpha: u64,
    letter: u64,
    lower: u64,
}

/// A bit for each byte of `block` whose highest bit is set in what `is` makes of sixteen.
#[inline(always)]
fn bits(block: &[u8; BLOCK], is: impl Fn(u8x16) -> u8x16) -> u64 {
    let (parts, _) = block.as_chunks::<16>();
    let parts = parts.iter().rev();
    parts.fold(0, |bits, part| bits << 16 | u64::from(is(u8x16::from(*part)).to_bitmask()))
}

#[inline(always)]
fn within(bytes: u8x16, first: u8, last: u8) -> u8x16 {
    (bytes - u8x16::splat(first)).simd_le(u8x16::splat(last - first))
}

#[inline(always)]
fn one_of<const N: usize>(bytes: u8x16, these: &[u8; N]) -> u8x16 {
    these.iter().fold(u8x16::ZERO, |hits, byte| hits | bytes.simd_eq(u8x16::splat(*byte)))
}

/// The block of `bytes` that begins at `start`; NUL behind their end.
#[inline(always)]
fn block(bytes: &[u8], start: usize) -> [u8; BLOCK] {
    let rest = bytes.get(start..).unwrap_or_default();
    if let Some(whole) = rest.first_chunk() {
        return *whole;
    }
    let mut block = [0; BLOCK];
    block[..rest.len()].copy_from_slice(rest);
    block
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Is the place `at` of `bytes` of `kind`, by a look at it and its neighbours?
    fn is(bytes: &[u8], at: usize, kind: Kind) -> bool {
        let byte = bytes.get(at).copied().unwrap_or(0);
        let before = at.checked_sub(1).map_or(0, |at| bytes[at]);
        let letter = |byte: u8| byte.is_ascii_alphabetic() || byte >= 0x80;
        match kind {
            Kind::Trigger => byte.is_ascii_digit() || b"@:=>;+\"'".contains(&byte),
            Kind::Capital => byte.is_ascii_uppercase() || matches!(byte, 0xc3..=0xcf | 0xe1),
            Kind::Base64 => byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte),
            Kind::Begin => {
                let inside = before.is_ascii_alphabetic() && byte.is_ascii_lowercase();
                !inside && (letter(byte) || matches!(byte, b'/' | b'\\'))
            }
            Kind::End => {
                letter(before) && !letter(byte)
                    || before.is_ascii_lowercase() && byte.is_ascii_uppercase()
            }
        }
    }

    const KINDS: [Kind; 5] = [Kind::Trigger, Kind::Capital, Kind::Base64, Kind::Begin, Kind::End];

    fn any_text() -> impl Strategy<Value = String> {
        let few = prop::sample::select(vec![
            'a', 'B', '1', ' ', 'é', 'É', '-', '/', '\\', '=', '日', '<', '~',
        ]);
        let any = prop_oneof![4 => few, 1 => any::<char>()];
        prop::collection::vec(any, 0..300).prop_map(|chars| chars.into_iter().collect())
    }

    proptest! {
        #[test]
        fn a_bit_says_what_a_look_says(text in any_text()) {
            let (shape, bytes) = (Shape::of(&text), text.as_bytes());
            for kind in KINDS {
                let places = (0..=bytes.len()).filter(|at| is(bytes, *at, kind));
                let (mut next, mut found) = (0, Vec::new());
                while let Some(at) = shape.next(kind, next..bytes.len() + 1) {
                    next = at + 1;
                    found.push(at);
                }
                prop_assert_eq!(places.collect::<Vec<_>>(), found);
                let any = (0..bytes.len()).any(|at| is(bytes, at, kind));
                prop_assert!(!any || shape.has(kind));
            }
            for at in 0..bytes.len() {
                let run = (at..bytes.len()).find(|at| !is(bytes, *at, Kind::Base64));
                prop_assert_eq!(shape.end(Kind::Base64, at), run.unwrap_or(bytes.len()));
            }
            let has = |bytes: &[u8], these: &[u8]| bytes.iter().any(|byte| these.contains(byte));
            prop_assert_eq!(shape.encoded(), has(bytes, b"%&\\") || !text.is_ascii());
            prop_assert_eq!((shape.equals(), shape.lines()), (has(bytes, b"="), has(bytes, b"\n")));
            prop_assert!(shape.packed(0) || !bytes.iter().any(u8::is_ascii_uppercase));
            let mut runs = bytes.split(|byte| !(byte.is_ascii_alphanumeric() || b"+/-_".contains(byte)));
            let long = runs.any(|run| run.len() >= LONG as usize);
            prop_assert!(shape.packed(LONG as usize) == (shape.packed(0) && long));
        }
    }
}
