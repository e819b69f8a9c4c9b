//! Where a word of the vocabulary or a known beginning may stand: one look at each word.
//!
//! Invariant: wherever the names of fields, the words of a sentence or a beginning could say something there is a
//! mark, so a detector that finds no mark in its reach need not look. A mark alone says nothing. Place on the path:
//! before the candidates of each view.

use super::shape::{Kind, Shape};
use super::text::Text;
use std::ops::Range;

/// What a byte is to a gram, as its last letter: a letter without its case, a byte of another letter, a slash, or a
/// border.
static LAST: [u16; 256] = {
    let mut letters = [0; 256];
    let mut n = 0;
    while n < 256 {
        letters[n] = match n {
            0x41..=0x5a | 0x61..=0x7a => (n & 31) as u16,
            0x80.. => OTHER,
            0x2f => 28,
            0x5c => 29,
            _ => 0,
        } << 10;
        n += 1;
    }
    letters
};
const OTHER: u16 = 27;

/// Bytes in front of the first letter of a beginning.
const LONGEST_LEAD: usize = 2;

/// Three letters, five bits each.
const GRAM: usize = 0x7fff;
/// Bytes before and behind a window that are marked too: what a candidate in it may ask for.
const BEFORE: usize = 256;
const BEHIND: usize = 128;
/// Bytes between the letters of a word that are skipped: `e - mail`.
const GAP: usize = 4;

/// The gram that `word` begins with: its first letter in the lowest bits, so the oldest falls off by itself.
fn gram(word: &[u8]) -> usize {
    let (first, second, third) = match *word {
        [first, second, third, ..] => (first, second, third),
        [first, second] => (first, second, 0),
        [first] => (first, 0, 0),
        [] => (0, 0, 0),
    };
    follow(follow(follow(0, first), second), third)
}

/// The gram of the next three letters when `byte` follows.
fn follow(gram: usize, byte: u8) -> usize {
    gram >> 5 | usize::from(LAST[usize::from(byte)])
}

fn letter(byte: u8) -> usize {
    usize::from(LAST[usize::from(byte)] >> 10)
}

/// What may begin with three letters, as bits.
const LITERAL: u8 = 1;
const NAME: u8 = 2;
const NUMBER: u8 = 4;
/// A word of birth.
const BIRTH: u8 = 32;
/// A word for a street.
const STREET: u8 = 64;
/// A word with a border behind its first or second letter: `e-mail`, `ID-Karte`.
const SPLIT: u8 = 8;
/// As [`LITERAL`], with one or two bytes before the first letter: `-iPhone`, `--token`.
const LED: u8 = 16;
/// The last three letters of what counts at the end of a word: `userpassword`, `Schillerstraße`.
const TAIL: u8 = 128;
/// What is marked.
const MARKS: u8 = NAME | NUMBER | BIRTH | STREET;

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
            let led = literal.bytes().take_while(|byte| letter(*byte) == 0).count();
            debug_assert!(led <= LONGEST_LEAD, "a beginning is looked for near its first letter");
            let first = gram(&literal.as_bytes()[led..]);
            let any = if literal.len() - led < 3 { 0..32 } else { 0..1 };
            any.for_each(|third| all.add(first | third << 10, if led > 0 { LED } else { LITERAL }));
        }
        for (name, number) in names {
            let what = if number { NAME | NUMBER } else { NAME };
            each_writing(name.as_bytes(), |gram| all.add(gram, what));
            all.add_split(name.as_bytes());
        }
        born.for_each(|word| all.add_told(word, BIRTH));
        phoning.for_each(|word| all.add_told(word, NUMBER));
        streets.for_each(|word| all.add_told(&word.to_lowercase(), STREET));
        let endings = endings.iter().map(|ending| ending.trim_end_matches('.').as_bytes());
        for word in endings.chain(all.glues.clone()) {
            all.add(gram(&word[word.len().saturating_sub(3)..]), TAIL);
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
            if name.len() <= 4 || name.starts_with(b"email") || name.starts_with(b"epost") {
                self.add(gram(&[first, 0, second]), SPLIT);
            }
        }
    }

    /// Marks what may stand in or near `window`, and calls `literal` with every place in it at which one may begin.
    pub(super) fn mark(
        &self,
        text: Text<'_>,
        shape: &Shape,
        window: &Range<usize>,
        marks: &mut Marks,
        mut literal: impl FnMut(usize),
    ) {
        let region = window.start.saturating_sub(BEFORE)..text.len().min(window.end + BEHIND);
        text.count(region.len());
        shape.each(Kind::Begin, region.clone(), |at| {
            let what = self.grams[gram(&text.bytes()[at..])];
            if what & LED != 0 {
                (1..=LONGEST_LEAD)
                    .rev()
                    .filter_map(|led| at.checked_sub(led))
                    .filter(|at| window.contains(at))
                    .for_each(&mut literal);
            }
            if what & LITERAL != 0 && window.contains(&at) {
                literal(at);
            }
            self.word(text, at, what, marks);
        });
        let behind = region.start + 1..region.end + 1;
        shape.each(Kind::End, behind, |end| self.end(text, end, marks));
        // The last digit of an escape may be a letter: a word begins behind it all the same.
        if shape.encoded() {
            for escape in memchr::memchr_iter(b'%', &text.bytes()[region.clone()]) {
                let at = region.start + escape + 3;
                self.word(text, at, self.grams[joined(text, at)], marks);
            }
        }
    }

    /// Marks what counts at the end of a word, if the word that ends at `end` ends so.
    fn end(&self, text: Text<'_>, end: usize, marks: &mut Marks) {
        let word = &text.bytes()[..end];
        if self.grams[gram(&word[end.saturating_sub(3)..])] & TAIL == 0 {
            return;
        }
        for glued in &self.glues {
            let at = word.len().saturating_sub(glued.len());
            if word[at..].eq_ignore_ascii_case(glued) {
                marks.set(at, NAME | NUMBER);
            }
        }
        for ending in self.endings {
            let letters = ending.trim_end_matches('.');
            if word.ends_with(letters.as_bytes()) {
                marks.set(end - letters.len(), STREET);
            }
        }
    }

    /// Marks the word at `at` if it begins as one of the vocabulary does.
    fn word(&self, text: Text<'_>, at: usize, mut what: u8, marks: &mut Marks) {
        if what & SPLIT != 0 {
            what |= self.grams[joined(text, at)];
        }
        if what & MARKS != 0 {
            marks.set(at, what);
        }
    }
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
    let accent = |byte: u8| b"aceilnorsuz".contains(&byte);
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
        if bytes.len() == 1 {
            // A letter alone: `?t=Zk3…`.
            (0..32).for_each(|third| each(gram(&bytes) | third << 10));
        }
        if bytes.len() == 2 {
            // A word of two letters may be part of another: `cnValue`.
            (0..32).for_each(|third| each(gram(&bytes) | third << 10));
        }
    }
}

/// Where marks are in a text, to a byte for a short one, to a part in five hundred for a long one.
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

    /// Sets a mark at `at` if `marked`.
    fn set(&mut self, at: usize, marked: bool) {
        let bit = (at >> self.shift) % Self::BITS;
        self.bits[bit / 64] |= u64::from(marked) << (bit % 64);
    }

    /// Is there a mark in `range`, or near it?
    pub(super) fn any(&self, range: Range<usize>) -> bool {
        let (first, last) = (range.start >> self.shift, range.end >> self.shift);
        let last = last.min(Self::BITS - 1);
        let (low, high) = (u64::MAX << (first % 64), u64::MAX >> (63 - last % 64));
        if first / 64 == last / 64 {
            return self.bits[first / 64] & low & high != 0;
        }
        self.bits[first / 64] & low != 0
            || self.bits[last / 64] & high != 0
            || self.bits[first / 64 + 1..last / 64].iter().any(|bits| *bits != 0)
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
        self.names.set(at, what & NAME != 0);
        self.numbers.set(at, what & NUMBER != 0);
        self.births.set(at, what & BIRTH != 0);
        self.streets.set(at, what & STREET != 0);
    }
}

#[cfg(test)]
mod tests;
