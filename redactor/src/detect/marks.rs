//! Where a word of the vocabulary or a known beginning may stand: one pass over the bytes, three at a time.
//!
//! Invariant: wherever the names of fields, the words of a sentence or a beginning could say something there is a
//! mark, so a detector that finds no mark in its reach need not look. A mark alone says nothing. Place on the path:
//! before the candidates of each view.

use super::text::Text;
use std::ops::Range;

/// What a byte is to a gram: a letter without its case, a byte of another letter, a slash, or a border.
const LETTERS: [u8; 256] = {
    let mut letters = [0; 256];
    let mut n = 0;
    while n < 256 {
        letters[n] = match n {
            0x41..=0x5a | 0x61..=0x7a => (n & 31) as u8,
            0x80.. => OTHER,
            0x2f => 28,
            0x5c => 29,
            _ => 0,
        };
        n += 1;
    }
    letters
};
const OTHER: u8 = 27;

/// Three letters, five bits each.
const GRAM: usize = 0x7fff;
/// Bytes before and behind a window that are marked too: what a candidate in it may ask for.
const BEFORE: usize = 256;
const BEHIND: usize = 128;
/// Bytes between the letters of a word that are skipped: `e - mail`.
const GAP: usize = 4;

/// The gram that `word` begins with: its first letter in the lowest bits, so the oldest falls off by itself.
fn gram(word: &[u8]) -> usize {
    word.iter().chain(&[0, 0]).take(3).fold(0, |gram, byte| follow(gram, *byte))
}

/// The gram of the next three letters when `byte` follows.
fn follow(gram: usize, byte: u8) -> usize {
    gram >> 5 | letter(byte) << 10
}

fn letter(byte: u8) -> usize {
    usize::from(LETTERS[usize::from(byte)])
}

/// What may begin with three letters, as bits.
const LITERAL: u8 = 1;
const NAME: u8 = 2;
const NUMBER: u8 = 4;
/// A word of birth.
const BIRTH: u8 = 32;
/// A word for a street, and the end of one.
const STREET: u8 = 64;
const ENDING: u8 = 128;
/// A word with a border behind its first or second letter: `e-mail`, `ID-Karte`.
const SPLIT: u8 = 8;
/// A word that counts in the middle of another: `userpassword`.
const GLUED: u8 = 16;

/// How all words and beginnings begin.
pub(super) struct Beginnings {
    grams: Box<[u8; GRAM + 1]>,
    glues: Vec<&'static [u8]>,
    endings: &'static [&'static str],
}

impl Beginnings {
    /// `literals` begin as they stand; `names` are joined words and whether a number may follow; `born` and `phoning`
    /// are words of a sentence about a date and a number; `glues` count at the end of other words.
    pub(super) fn new(
        literals: impl Iterator<Item = &'static str>,
        names: impl Iterator<Item = (&'static str, bool)>,
        born: impl Iterator<Item = &'static str>,
        phoning: impl Iterator<Item = &'static str>,
        streets: impl Iterator<Item = &'static str>,
        endings: &'static [&'static str],
        glues: impl Iterator<Item = &'static str>,
    ) -> Self {
        let mut all = Self {
            grams: Box::new([0; GRAM + 1]),
            glues: glues.map(str::as_bytes).collect(),
            endings,
        };
        for literal in literals {
            let first = gram(literal.as_bytes());
            let any = if literal.len() < 3 { 0..32 } else { 0..1 };
            any.for_each(|third| all.add(first | third << 10, LITERAL));
        }
        for (name, number) in names {
            let what = if number { NAME | NUMBER } else { NAME };
            each_writing(name.as_bytes(), |gram| all.add(gram, what));
            all.add_split(name.as_bytes());
        }
        born.for_each(|word| all.add_told(word, BIRTH));
        phoning.for_each(|word| all.add_told(word, NUMBER));
        streets.for_each(|word| all.add_told(&word.to_lowercase(), STREET));
        endings.iter().for_each(|ending| all.add(gram(ending.as_bytes()), ENDING));
        for n in 0..all.glues.len() {
            all.add(gram(all.glues[n]), GLUED);
        }
        all
    }

    fn add(&mut self, gram: usize, what: u8) {
        self.grams[gram] |= what;
    }

    /// Adds a word of a sentence.
    fn add_told(&mut self, word: &str, what: u8) {
        let short = word.len() == 2;
        each_writing(word.as_bytes(), |gram| {
            // So short a word counts alone only.
            if !short || gram >> 10 == 0 {
                self.add(gram, what);
            }
        });
        self.add_split(word.as_bytes());
    }

    fn add_split(&mut self, name: &[u8]) {
        if let [first, second, _, ..] = *name {
            self.add(gram(&[first, second]), SPLIT);
            if name.len() <= 4 || name.starts_with(b"email") {
                self.add(gram(&[first, 0, second]), SPLIT);
            }
        }
    }

    /// Marks what may stand in or near `window`, and calls `literal` with every place in it at which one may begin.
    /// Without `escapes` there is no `%` in the text.
    pub(super) fn mark(
        &self,
        text: Text<'_>,
        window: &Range<usize>,
        escapes: bool,
        marks: &mut Marks,
        mut literal: impl FnMut(usize),
    ) {
        let first = window.start.saturating_sub(BEFORE);
        let last = text.len().min(window.end + BEHIND);
        let bytes = &text.bytes()[first..last];
        text.count(bytes.len());
        let mut gram = 0;
        let mut next = 0;
        while let Some(n) = self.next(bytes, next, &mut gram) {
            next = n + 1;
            let Some(at) = (first + n).checked_sub(2) else { continue };
            let what = self.grams[gram & GRAM];
            if !is_inside(bytes, n) {
                if what & LITERAL != 0 && window.contains(&at) {
                    literal(at);
                }
                self.word(text, at, what, marks);
            } else if what & GLUED != 0 && self.ends_with(text, at) {
                marks.set(at, NAME | NUMBER);
            } else if what & ENDING != 0 && self.is_ending(text, at) {
                marks.set(at, STREET);
            }
        }
        // Words of two letters at the end.
        for at in last.saturating_sub(2).max(first)..last {
            gram = follow(gram, 0);
            self.word(text, at, self.grams[gram & GRAM], marks);
        }
        // The last digit of an escape may be a letter: a word begins behind it all the same.
        if escapes {
            for escape in memchr::memchr_iter(b'%', bytes) {
                let at = first + escape + 3;
                self.word(text, at, self.grams[joined(text, at)], marks);
            }
        }
    }

    /// The first byte from `at` on that ends three letters with which something may begin; `gram` are those.
    fn next(&self, bytes: &[u8], at: usize, gram: &mut usize) -> Option<usize> {
        let mut letters = *gram;
        for (n, byte) in bytes.iter().enumerate().skip(at) {
            letters = follow(letters, *byte);
            let what = self.grams[letters & GRAM];
            if what != 0 && (what & (GLUED | ENDING) != 0 || !is_inside(bytes, n)) {
                *gram = letters;
                return Some(n);
            }
        }
        *gram = letters;
        None
    }

    /// Marks the word at `at` if it begins as one of the vocabulary does.
    fn word(&self, text: Text<'_>, at: usize, mut what: u8, marks: &mut Marks) {
        if what & SPLIT != 0 {
            what |= self.grams[joined(text, at)];
        }
        marks.set(at, what);
    }

    /// Does the end of a street's name stand at `at`?
    fn is_ending(&self, text: Text<'_>, at: usize) -> bool {
        let rest = &text.bytes()[at..];
        self.endings.iter().any(|ending| rest.starts_with(ending.as_bytes()))
    }

    /// Does a glued word stand at `at`?
    fn ends_with(&self, text: Text<'_>, at: usize) -> bool {
        let rest = &text.bytes()[at..];
        self.glues.iter().any(|glued| {
            rest.get(..glued.len()).is_some_and(|word| word.eq_ignore_ascii_case(glued))
        })
    }
}

/// Do the three letters that end at `n` begin inside a word?
fn is_inside(bytes: &[u8], n: usize) -> bool {
    let before = n.checked_sub(3).is_some_and(|before| bytes[before].is_ascii_alphabetic());
    before && bytes[n - 2].is_ascii_lowercase()
}

/// The gram of the three letters from `at` on, whatever stands between them.
fn joined(text: Text<'_>, at: usize) -> usize {
    let (mut gram, mut letters, mut gap) = (0, 0, 0);
    let mut at = at;
    while letters < 3 && gap < GAP {
        match letter(text.at(at)) {
            0 => gap += 1,
            letter => {
                gram |= letter << (5 * letters);
                (letters, gap) = (letters + 1, 0);
            }
        }
        at += 1;
    }
    gram
}

/// Calls `each` with every gram that a text with `word` in it, letters with or without accents, may have there.
fn each_writing(word: &[u8], mut each: impl FnMut(usize)) {
    let accent = |byte: u8| b"aceilnosuz".contains(&byte);
    for accents in 0..8u8 {
        let mut bytes = Vec::new();
        let mut fits = true;
        for (n, byte) in word.iter().take(3).enumerate() {
            if accents >> n & 1 == 0 {
                bytes.push(*byte);
            } else {
                fits &= accent(*byte);
                bytes.extend([0x80, 0x80]);
            }
        }
        if !fits {
            continue;
        }
        each(gram(&bytes));
        if bytes.len() == 2 {
            // A word of two letters may be part of another: `cnValue`.
            (0..32).for_each(|third| each(gram(&bytes) | third << 10));
        }
    }
}

/// Where marks are in a text, to a few bytes for a short one, to a part in a thousand for a long one.
#[derive(Clone, Copy)]
pub(super) struct Places {
    bits: [u64; Self::WORDS],
    shift: u32,
}

impl Places {
    const WORDS: usize = 8;
    const BITS: usize = Self::WORDS * 64;

    fn none(len: usize) -> Self {
        let shift = (len / Self::BITS + 1).next_power_of_two().trailing_zeros();
        Self { bits: [0; Self::WORDS], shift }
    }

    fn set(&mut self, at: usize) {
        let bit = (at >> self.shift) % Self::BITS;
        self.bits[bit / 64] |= 1 << (bit % 64);
    }

    /// Is there a mark in `range`, or near it?
    pub(super) fn any(&self, range: Range<usize>) -> bool {
        let (first, last) = (range.start >> self.shift, range.end >> self.shift);
        let last = last.min(Self::BITS - 1);
        (first / 64..=last / 64).any(|word| {
            let low = if word == first / 64 { u64::MAX << (first % 64) } else { u64::MAX };
            let high = if word == last / 64 { u64::MAX >> (63 - last % 64) } else { u64::MAX };
            self.bits[word] & low & high != 0
        })
    }
}

/// The marks of one view.
pub(super) struct Marks {
    /// Words that may be the name of a field.
    pub(super) names: Places,
    /// Words that may tell what a number near them is.
    pub(super) numbers: Places,
    /// Words that may tell that a date near them is one of birth.
    pub(super) births: Places,
    /// Words that may be a street's.
    pub(super) streets: Places,
}

impl Marks {
    pub(super) fn none(len: usize) -> Self {
        let none = Places::none(len);
        Self { names: none, numbers: none, births: none, streets: none }
    }

    fn set(&mut self, at: usize, what: u8) {
        if what & NAME != 0 {
            self.names.set(at);
        }
        if what & NUMBER != 0 {
            self.numbers.set(at);
        }
        if what & BIRTH != 0 {
            self.births.set(at);
        }
        if what & STREET != 0 {
            self.streets.set(at);
        }
    }
}

#[cfg(test)]
mod tests;
